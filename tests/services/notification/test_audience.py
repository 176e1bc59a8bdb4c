"""Who is written to because of what: facts of the other services go in, queued messages come out."""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from services.notification.app import create_app
from shared.eventlog import Recorded
from shared.events.identity import RoleGranted, RoleRevoked
from shared.events.judging import EntryAdmitted, JurorAppointed, PanelAssigned, Placed, ResultsAnnounced
from shared.events.notification import MessageQueued
from shared.events.registration import (
    DeadlineExtended,
    EditionOpened,
    InnovationSubmitted,
    InnovationWithdrawn,
    InstitutionEnrolled,
    ObligationSet,
    PicAppointed,
    PicReplaced,
    RulebookPublished,
)
from shared.events.screening import DossierItem, InnovationDisqualified, Nominated
from tests.services.notification.competition import RULEBOOK, record_named
from tests.world import World, eventually

EDITION = {"edition:id": "Lomba", "edition:en": "Competition"}
CATEGORY = {"category:id": "Inovasi digital terbaik", "category:en": "Best digital innovation"}


class Registrar:
    """Records facts of the other services, as they would."""

    def __init__(self, world: World):
        self.world = world

    async def open(self) -> None:
        opened = EditionOpened(name=RULEBOOK.name, authority="x", rehearsal=False, rules_version=1, rulebook=RULEBOOK.digest())
        await self.world.record("edition/test", opened, RulebookPublished(digest=RULEBOOK.digest(), rulebook=RULEBOOK))
        for code, name in (("opd-01", "Dinas Satu"), ("opd-02", "Dinas Dua"), ("opd-03", "Dinas Tiga")):
            enrolled = InstitutionEnrolled(institution=code, kind="opd", name=name)
            await self.world.record(
                f"enrolment/test.{code}", enrolled, ObligationSet(institution=code, innovations=1, pic=True)
            )

    async def submit(self, name: str, institution: str = "opd-01", pic: str = "", actor: str = "person/typist") -> Recorded:
        id = str(uuid.uuid4())
        submitted = InnovationSubmitted(edition="test", institution=institution, record=record_named(name))
        appointed = [PicAppointed(institution=institution, person=pic)] if pic else []
        return (await self.world.record(f"innovation/{id}", submitted, *appointed, actor=actor))[0]

    async def messages(self, template: str, number: int = 1) -> dict[str, MessageQueued]:
        """By person, once so many of a kind are queued; and no more than these."""

        async def found() -> list[Recorded]:
            queued = [e for e in await self.world.all_events() if isinstance(e.event, MessageQueued)]
            mine = [e for e in queued if e.event.template == template]  # type: ignore[attr-defined]
            return mine if len(mine) >= number else []

        recorded = await eventually(found, timeout=10)
        assert len(recorded) == number
        assert {e.envelope.edition for e in recorded} == {"test"}
        return {e.event.to: e.event for e in recorded}


@pytest.fixture
async def registrar(world: World) -> AsyncIterator[Registrar]:
    """The service hears what the registrar records; without an SMTP server, nothing is sent."""
    here = Registrar(world)
    async with world.running(create_app(world.settings("notification"))):
        await here.open()
        yield here


def innovation_of(recorded: Recorded) -> str:
    return recorded.subject.partition("/")[2]


async def test_the_pic_gets_a_receipt_with_its_position_and_is_told_of_his_appointment(registrar: Registrar) -> None:
    submitted = await registrar.submit("Kartu", pic="pic-1")
    receipt = (await registrar.messages("submission_received"))["pic-1"]
    about = {**EDITION, "innovation": "Kartu", "institution": "Dinas Satu"}
    assert receipt.facts == {**about, "position": str(submitted.position)}
    assert (receipt.about, receipt.cause) == (submitted.subject, submitted.position)
    assert (await registrar.messages("pic_appointed"))["pic-1"].facts == about


async def test_without_a_pic_whoever_submitted_gets_the_receipt(registrar: Registrar) -> None:
    await registrar.submit("Kartu", actor="client/siida")
    await registrar.submit("Kartu", actor="person/typist")
    assert set(await registrar.messages("submission_received")) == {"typist"}


async def test_both_persons_are_told_when_a_pic_is_replaced(registrar: Registrar) -> None:
    submitted = await registrar.submit("Kartu", pic="pic-1")
    replaced = PicReplaced(institution="opd-01", previous="pic-1", person="pic-2", reason="mutasi")
    await registrar.world.record(submitted.subject, replaced)
    assert (await registrar.messages("pic_relieved"))["pic-1"].facts["reason"] == "mutasi"
    assert set(await registrar.messages("pic_appointed", 2)) == {"pic-1", "pic-2"}


async def test_a_new_deadline_concerns_those_who_answer_for_institutions_that_still_owe(registrar: Registrar) -> None:
    record = registrar.world.record
    for person, role, institutions in (
        ("head-1", "head", ("opd-01",)),
        ("head-2", "head", ("opd-02",)),
        ("typist", "operator", ("opd-01", "opd-02", "opd-03")),
        ("left", "operator", ("opd-03",)),
        ("juror", "juror", ()),
    ):
        await record(f"account/{person}", RoleGranted(person=person, role=role, edition="test", institutions=institutions))
    await record("account/left", RoleRevoked(person="left", role="operator", edition="test"))
    await record("account/head-2", RoleGranted(person="head-2", role="head", edition="other", institutions=("opd-02",)))
    await registrar.submit("Kartu", "opd-01")
    gone = await registrar.submit("Sia-sia", "opd-02")
    await record(gone.subject, InnovationWithdrawn(institution="opd-02", reason="ganda"))
    closes = datetime(2023, 7, 28, 16, 59, tzinfo=UTC)
    await record("edition/test", DeadlineExtended(closes=closes, reason="libur nasional"))
    told = await registrar.messages("deadline_extended", 2)
    assert {person: message.facts["institutions"] for person, message in told.items()} == {
        "head-2": "Dinas Dua",
        "typist": "Dinas Dua, Dinas Tiga",
    }
    assert told["head-2"].facts["closes"] == "2023-07-28T23:59:00+07:00"


async def test_the_pics_of_a_nominees_dossier_are_told_each_once(registrar: Registrar) -> None:
    submitted = [await registrar.submit(name, pic=pic) for name, pic in (("A", "pic-1"), ("B", "pic-1"), ("C", "pic-2"))]
    without = await registrar.submit("D")
    dossier = tuple(DossierItem(innovation=innovation_of(s), revision=1, digest="0") for s in (*submitted, without))
    nominated = Nominated(
        category="digital",
        entry="test.digital.opd-01",
        entrant="opd-01",
        kind="institution",
        institution="opd-01",
        name="Dinas Satu",
        dossier=dossier,
        desk_score=Decimal(80),
    )
    await registrar.world.record("shortlist/test.digital", nominated)
    told = await registrar.messages("nominated", 2)
    assert set(told) == {"pic-1", "pic-2"}
    assert told["pic-1"].facts == {**EDITION, **CATEGORY, "entry": "Dinas Satu"}


async def test_a_juror_is_told_of_his_appointment(registrar: Registrar) -> None:
    await registrar.world.record("juror/test.j1", JurorAppointed(juror="j1", university="Universitas Demo"))
    assert (await registrar.messages("juror_appointed"))["j1"].facts == {**EDITION, "university": "Universitas Demo"}


async def test_the_pic_of_a_disqualified_innovation_is_told_why(registrar: Registrar) -> None:
    submitted = await registrar.submit("Kartu", pic="pic-1")
    disqualified = InnovationDisqualified(innovation=innovation_of(submitted), reason="careless", explanation="lihat butir 3")
    await registrar.world.record(f"assessment/{innovation_of(submitted)}", disqualified)
    facts = (await registrar.messages("innovation_disqualified"))["pic-1"].facts
    assert (facts["reason:en"], facts["reason:id"]) == ("careless answers", "jawaban asal-asalan")
    assert facts["explanation"] == "lihat butir 3"


async def test_results_go_to_the_winners_pics_and_to_the_jurors(registrar: Registrar) -> None:
    submitted = [await registrar.submit(name, pic=pic) for name, pic in (("A", "pic-1"), ("B", "pic-2"), ("C", "pic-1"))]
    ids = [innovation_of(s) for s in submitted]
    entries = [f"test.digital.{id}" for id in ids]
    admitted = [
        EntryAdmitted(
            entry=entry,
            institution="opd-01",
            name=entry,
            dossier=(DossierItem(innovation=id, revision=1, digest="0"),),
        )
        for entry, id in zip(entries, ids, strict=True)
    ]
    panels = [PanelAssigned(entry=entries[0], jurors=("j1", "j2")), PanelAssigned(entry=entries[1], jurors=("j2", "j3"))]
    winners = tuple(
        Placed(place=place, entry=entry, name=name, score=Decimal(score), shown=Decimal(score), exact=f"{score}/1")
        for place, entry, name, score in ((1, entries[0], "A", 90), (2, entries[2], "C", 80))
    )
    await registrar.world.record("category/test.digital", *admitted, *panels, ResultsAnnounced(winners=winners))
    winner = await registrar.messages("results_winner")
    assert {person: message.facts["results"] for person, message in winner.items()} == {"pic-1": "1. A (90)\n2. C (80)"}
    jurors = await registrar.messages("results_juror", 3)
    assert set(jurors) == {"j1", "j2", "j3"}
    assert jurors["j3"].facts == {**EDITION, **CATEGORY, "results": "1. A (90)\n2. C (80)"}
