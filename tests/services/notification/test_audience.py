"""Who is written to because of what: facts of the other services go in, queued messages come out."""

from datetime import UTC, date, datetime

import msgspec

from shared.events.identity import RoleGranted, RoleRevoked
from shared.events.registration import (
    DeadlineExtended,
    DraftsOutstanding,
    EditionCancelled,
    EnrolmentCarriedOver,
    InnovationEndorsed,
    InnovationReclassified,
    InnovationSubmitted,
    InnovationWithdrawn,
    LateSubmissionPermitted,
    ObligationCarriedOver,
    ObligationWaived,
    PicAccepted,
    PicReplaced,
    SubmissionConfirmed,
)
from tests.services.notification.competition import record_named
from tests.services.notification.registrar import EDITION, Registrar


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
    await registrar.submit("Kartu", "opd-01", pic="pic-1")
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


async def test_what_is_permitted_waived_or_merged_changes_who_is_behind(registrar: Registrar) -> None:
    """opd-01 owes nothing any more; opd-03 is merged into opd-02, which then owes two and has entered one."""
    for person, code in (("head-1", "opd-01"), ("head-2", "opd-02"), ("head-3", "opd-03")):
        await registrar.grant(person, "head", code)
    await registrar.submit("Kartu", "opd-03", pic="pic-1")
    record = registrar.world.record
    permitted = LateSubmissionPermitted(institution="opd-03", until=datetime(2023, 8, 1, tzinfo=UTC), reason="banjir")
    await record("enrolment/test.opd-03", permitted)
    await record("enrolment/test.opd-01", ObligationWaived(institution="opd-01", reason="baru dibentuk"))
    carried = ObligationCarriedOver(institution="opd-02", previous="opd-03", innovations=1, pic=True)
    await record("enrolment/test.opd-02", carried)
    await record("enrolment/test.opd-03", EnrolmentCarriedOver(institution="opd-03", into="opd-02"))
    closes = datetime(2023, 7, 28, 16, 59, tzinfo=UTC)
    await record("edition/test", DeadlineExtended(closes=closes, reason="libur nasional"))
    assert set(await registrar.messages("deadline_extended")) == {"head-2"}
    late = await registrar.messages("late_permitted")
    assert late["head-3"].facts == {
        **EDITION,
        "institution": "Dinas Tiga",
        "until": "2023-08-01T07:00:00+07:00",
        "reason": "banjir",
    }
    released = await registrar.messages("obligation_waived")
    assert released["head-1"].facts == {**EDITION, "institution": "Dinas Satu", "reason": "baru dibentuk"}


async def test_everybody_in_the_edition_hears_that_it_is_cancelled(registrar: Registrar) -> None:
    await registrar.grant("head-1", "head", "opd-01")
    await registrar.grant("j1", "juror")
    await registrar.submit("Kartu", pic="pic-1")
    cancelled = EditionCancelled(reason="bencana", effective=date(2023, 4, 1))
    await registrar.world.record("edition/test", cancelled)
    told = await registrar.messages("edition_cancelled", 3)
    assert set(told) == {"head-1", "j1", "pic-1"}
    assert told["j1"].facts == {**EDITION, "reason": "bencana", "effective": "2023-04-01"}


async def test_those_who_answer_for_an_innovation_hear_what_others_say_of_it(registrar: Registrar) -> None:
    """The PIC accepts, the head endorses, the committee reclassifies; nobody is written to about what he did himself."""
    await registrar.grant("head-1", "head", "opd-01")
    await registrar.grant("typist", "operator", "opd-01")
    submitted = await registrar.submit("Kartu", pic="pic-1")
    record = registrar.world.record
    await record(submitted.subject, PicAccepted(institution="opd-01", person="pic-1"))
    await record(submitted.subject, InnovationEndorsed(institution="opd-01", digest="ab" * 32, endorsed_by="head-1"))
    analogue = msgspec.structs.replace(record_named("Kartu"), type="non digital")
    reclassified = InnovationReclassified(
        innovation=submitted.subject.partition("/")[2],
        institution="opd-01",
        previous="digital",
        record=analogue,
        reason="Formulir kertas",
    )
    await record(submitted.subject, reclassified)
    about = {**EDITION, "innovation": "Kartu", "institution": "Dinas Satu"}
    accepted = await registrar.messages("pic_accepted", 2)
    assert (set(accepted), accepted["head-1"].facts) == ({"head-1", "typist"}, about)
    endorsed = await registrar.messages("innovation_endorsed", 2)
    assert (set(endorsed), endorsed["pic-1"].facts) == ({"pic-1", "typist"}, about)
    told = await registrar.messages("innovation_reclassified", 3)
    assert set(told) == {"pic-1", "head-1", "typist"}
    assert told["head-1"].facts == {**about, "previous": "digital", "type": "non digital", "reason": "Formulir kertas"}


async def test_what_was_entered_on_somebodys_behalf_is_his_to_confirm_and_those_who_entered_it_hear_of_it(
    registrar: Registrar,
) -> None:
    await registrar.grant("head-1", "head", "opd-01")
    behalf = InnovationSubmitted(
        edition="test",
        institution="opd-01",
        record=record_named("Kartu"),
        accountable="ani",
        recorded_by="person/clerk",
        scan_digest="ab" * 32,
    )
    await registrar.world.record("innovation/i1", behalf, actor="person/clerk")
    about = {**EDITION, "innovation": "Kartu", "institution": "Dinas Satu"}
    assert (await registrar.messages("submission_to_confirm"))["ani"].facts == about
    await registrar.world.record("innovation/i1", SubmissionConfirmed(institution="opd-01", person="ani"))
    confirmed = await registrar.messages("submission_confirmed", 2)
    assert (set(confirmed), confirmed["clerk"].facts) == ({"clerk", "head-1"}, about)
    own = await registrar.submit("Papan", actor="person/ani")
    assert own.position and set(await registrar.messages("submission_to_confirm")) == {"ani"}


async def test_who_answers_for_an_institution_hears_of_its_drafts_that_are_not_submitted(registrar: Registrar) -> None:
    await registrar.grant("head-1", "head", "opd-01")
    await registrar.grant("head-2", "head", "opd-02")
    closes = datetime(2023, 7, 7, 16, 59, tzinfo=UTC)
    drafts = DraftsOutstanding(edition="test", institution="opd-01", drafts=2, closes=closes, days=3)
    await registrar.world.record("drafts/test.opd-01", drafts)
    told = (await registrar.messages("drafts_outstanding"))["head-1"]
    assert told.facts == {**EDITION, "institution": "Dinas Satu", "drafts": "2", "closes": "2023-07-07T23:59:00+07:00"}
