"""Who is written to because of what screening asks, finds and decides."""

from decimal import Decimal

from shared.events.screening import (
    DossierItem,
    InnovationDisqualified,
    Nominated,
    NominationRevoked,
    ObjectionFiled,
    ObjectionRejected,
    ObjectionUpheld,
    RevisionRequested,
    ShortlistConfirmed,
)
from tests.services.notification.registrar import CATEGORY, EDITION, Registrar, innovation_of
from tests.specification import NOON

ABOUT = {**EDITION, "innovation": "Kartu", "institution": "Dinas Satu"}


def nominated(code: str, *innovations: str) -> Nominated:
    return Nominated(
        category="digital",
        entry=f"test.digital.{code}",
        entrant=code,
        kind="institution",
        institution=code,
        name=f"Entri {code}",
        dossier=tuple(DossierItem(innovation=innovation, revision=1, digest="0") for innovation in innovations),
        desk_score=Decimal(80),
    )


def confirmed(*codes: str) -> ShortlistConfirmed:
    return ShortlistConfirmed(category="digital", entries=tuple(f"test.digital.{code}" for code in codes))


def revoked(code: str) -> NominationRevoked:
    return NominationRevoked(category="digital", entry=f"test.digital.{code}", entrant=code, reason="data palsu")


async def test_who_answers_for_a_returned_innovation_is_told_what_to_revise_and_until_when(registrar: Registrar) -> None:
    await registrar.grant("head-1", "head", "opd-01")
    await registrar.grant("head-2", "head", "opd-02")
    id = innovation_of(await registrar.submit("Kartu", pic="pic-1"))
    returned = RevisionRequested(innovation=id, what="lengkapi manfaat", deadline=NOON, revision=1)
    await registrar.world.record(f"assessment/{id}", returned)
    told = await registrar.messages("revision_requested", 2)
    assert set(told) == {"pic-1", "head-1"}
    assert told["pic-1"].facts == {**ABOUT, "what": "lengkapi manfaat", "deadline": "2023-03-01T19:00:00+07:00"}


async def test_who_answers_for_a_disqualified_innovation_is_told_why_and_until_when_to_object(registrar: Registrar) -> None:
    await registrar.grant("typist", "operator", "opd-01")
    id = innovation_of(await registrar.submit("Kartu", pic="pic-1"))
    disqualified = InnovationDisqualified(innovation=id, reason="careless", explanation="lihat butir 3", objections_until=NOON)
    await registrar.world.record(f"assessment/{id}", disqualified)
    told = await registrar.messages("innovation_disqualified", 2)
    assert set(told) == {"pic-1", "typist"}
    assert told["pic-1"].facts == {
        **ABOUT,
        "reason:en": "careless answers",
        "reason:id": "jawaban asal-asalan",
        "explanation": "lihat butir 3",
        "objections_until": "2023-03-01T19:00:00+07:00",
    }


async def test_the_committee_hears_of_an_objection_and_its_institution_of_the_decision(registrar: Registrar) -> None:
    await registrar.grant("boss", "committee")
    await registrar.grant("head-1", "head", "opd-01")
    for name, decision in (
        ("A", ObjectionUpheld(innovation="", explanation="sesuai", decided_by="person/boss")),
        ("B", ObjectionRejected(innovation="", explanation="tidak sesuai", decided_by="person/boss")),
    ):
        id = innovation_of(await registrar.submit(name, pic=f"pic-{name}"))
        filed = ObjectionFiled(innovation=id, grounds="data lengkap", filed_by="person/head-1")
        decided = type(decision)(innovation=id, explanation=decision.explanation, decided_by=decision.decided_by)
        await registrar.world.record(f"assessment/{id}", filed, decided)
    queued = await registrar.letters("objection_filed", 2)
    assert {message.to for message in queued} == {"boss"}
    assert {message.facts["grounds"] for message in queued} == {"data lengkap"}
    upheld = await registrar.messages("objection_upheld", 2)
    assert set(upheld) == {"pic-A", "head-1"} and upheld["head-1"].facts["explanation"] == "sesuai"
    assert set(await registrar.messages("objection_rejected", 2)) == {"pic-B", "head-1"}


async def test_nominees_are_told_when_the_shortlist_is_confirmed_each_pic_once(registrar: Registrar) -> None:
    submitted = [await registrar.submit(name, pic=pic) for name, pic in (("A", "pic-1"), ("B", "pic-1"), ("C", "pic-2"))]
    without = await registrar.submit("D")
    one, two = [innovation_of(s) for s in (*submitted[:2], without)], [innovation_of(submitted[2])]
    early = nominated("opd-01", *one), nominated("opd-02", *two), nominated("opd-03", *two), revoked("opd-03")
    await registrar.world.record("shortlist/test.digital", *early)
    [cause] = await registrar.world.record("shortlist/test.digital", confirmed("opd-01", "opd-02"))
    told = await registrar.messages("nominated", 2)
    assert told["pic-1"].facts == {**EDITION, **CATEGORY, "entry": "Entri opd-01", "position": str(cause.position)}
    assert told["pic-2"].facts["entry"] == "Entri opd-02"
    await registrar.world.record("shortlist/test.digital", revoked("opd-02"))
    gone = await registrar.messages("nomination_revoked")
    assert gone["pic-2"].facts == {**EDITION, **CATEGORY, "entry": "Entri opd-02", "reason": "data palsu"}
