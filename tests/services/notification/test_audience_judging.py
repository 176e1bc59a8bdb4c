"""Who is written to because of what jurors and the jury do, and of results."""

from datetime import date
from decimal import Decimal

from shared.events.judging import (
    AwardConferred,
    ConflictProposed,
    DecisionConfirmed,
    DecisionReopened,
    EntryAdmitted,
    EntryExcluded,
    JurorAppointed,
    JurorReplaced,
    NationalAwardProposed,
    PanelAssigned,
    Placed,
    ResultCorrected,
    ResultObjectionFiled,
    ResultObjectionRejected,
    ResultObjectionUpheld,
    ResultsAnnounced,
    ScoresheetReopened,
)
from shared.events.screening import DossierItem
from tests.services.notification.registrar import CATEGORY, EDITION, Registrar, innovation_of
from tests.specification import NOON

CAUSE = "category/test.digital"
LATER = "2023-03-01T19:00:00+07:00"


def placed(place: int, entry: str, name: str, score: int) -> Placed:
    return Placed(place=place, entry=entry, name=name, score=Decimal(score), shown=Decimal(score), exact=f"{score}/1")


async def judged(registrar: Registrar) -> list[str]:
    """Entries A (pic-1), B (pic-2), C (pic-1), D (pic-3), judged by j1, j2 and j3. Their IDs."""
    pics = (("A", "pic-1"), ("B", "pic-2"), ("C", "pic-1"), ("D", "pic-3"))
    ids = [innovation_of(await registrar.submit(name, pic=pic)) for name, pic in pics]
    entries = [f"test.digital.{id}" for id in ids]
    admitted = [
        EntryAdmitted(
            entry=entry, institution="opd-01", name=name, dossier=(DossierItem(innovation=id, revision=1, digest="0"),)
        )
        for entry, id, (name, _) in zip(entries, ids, pics, strict=True)
    ]
    panels = [PanelAssigned(entry=entries[0], jurors=("j1", "j2")), PanelAssigned(entry=entries[1], jurors=("j2", "j3"))]
    await registrar.world.record(CAUSE, *admitted, *panels)
    return entries


async def test_a_juror_is_told_of_his_appointment_and_of_his_replacement(registrar: Registrar) -> None:
    await registrar.world.record("juror/test.j1", JurorAppointed(juror="j1", university="Universitas Demo"))
    assert (await registrar.messages("juror_appointed"))["j1"].facts == {**EDITION, "university": "Universitas Demo"}
    await registrar.world.record("juror/test.j1", JurorReplaced(juror="j1", successor="j9", reason="sakit"))
    assert (await registrar.messages("juror_replaced"))["j1"].facts == {**EDITION, "reason": "sakit"}


async def test_the_chair_hears_of_a_proposed_tie_but_not_by_letter_whose(registrar: Registrar) -> None:
    await registrar.grant("chair-1", "chair")
    tie = ConflictProposed(
        juror="j1", institution="opd-02", relation="mentor", note="pernah membimbing", proposed_by="person/x"
    )
    await registrar.world.record("juror/test.j1", tie)
    told = await registrar.messages("conflict_proposed")
    assert told["chair-1"].facts == {**EDITION, "institution": "Dinas Dua", "note": "pernah membimbing"}


async def test_jurors_hear_of_an_excluded_entry_and_of_a_reopened_sheet(registrar: Registrar) -> None:
    entries = await judged(registrar)
    await registrar.world.record(CAUSE, EntryExcluded(entry=entries[0], reason="ganda", cause="NominationRevoked"))
    told = await registrar.messages("entry_excluded", 2)
    assert set(told) == {"j1", "j2"}
    assert told["j1"].facts == {**EDITION, **CATEGORY, "entry": "A", "reason": "ganda"}
    reopened = ScoresheetReopened(entry=entries[1], juror="j3", reason="salah ketik", reopened_by="person/chair")
    await registrar.world.record(f"scoresheet/{entries[1]}.j3", reopened)
    sheet = await registrar.messages("sheet_reopened")
    assert sheet["j3"].facts == {**EDITION, **CATEGORY, "entry": "B", "reason": "salah ketik"}


async def test_the_committee_hears_that_a_decision_is_confirmed_or_reopened(registrar: Registrar) -> None:
    await registrar.grant("boss", "committee")
    await registrar.grant("chair-1", "chair")
    await registrar.world.record(CAUSE, DecisionConfirmed(confirmed_by="person/x"))
    assert (await registrar.messages("decision_confirmed"))["boss"].facts == {**EDITION, **CATEGORY}
    await registrar.world.record(CAUSE, DecisionReopened(reason="keliru", reopened_by="person/x"))
    assert set(await registrar.messages("decision_reopened", 2)) == {"boss", "chair-1"}


async def test_results_go_to_winners_to_the_other_nominees_and_to_the_jurors(registrar: Registrar) -> None:
    entries = await judged(registrar)
    winners = (placed(1, entries[0], "A", 90), placed(2, entries[2], "C", 80))
    await registrar.world.record(CAUSE, EntryExcluded(entry=entries[3], reason="ganda", cause="NominationRevoked"))
    [cause] = await registrar.world.record(CAUSE, ResultsAnnounced(winners=winners, objections_until=NOON))
    receipt = {"position": str(cause.position)}
    winner = await registrar.messages("results_winner")
    assert {person: message.facts["results"] for person, message in winner.items()} == {"pic-1": "1. A (90)\n2. C (80)"}
    nominee = await registrar.messages("results_nominee")
    results = {"results": "1. A (90)\n2. C (80)", "entries": "B", "objections_until": LATER}
    assert nominee["pic-2"].facts == {**EDITION, **CATEGORY, **results, **receipt}
    jurors = await registrar.messages("results_juror", 3)
    assert set(jurors) == {"j1", "j2", "j3"}
    assert jurors["j3"].facts == {**EDITION, **CATEGORY, "results": "1. A (90)\n2. C (80)", **receipt}


async def test_a_corrected_result_goes_to_whoever_was_told_the_former_one(registrar: Registrar) -> None:
    entries = await judged(registrar)
    corrected = ResultCorrected(
        winners=(placed(1, entries[1], "B", 91),), reason="salah hitung", objections_until=NOON, announced_by="person/x"
    )
    await registrar.world.record(CAUSE, corrected)
    told = await registrar.messages("results_corrected", 6)
    assert set(told) == {"pic-1", "pic-2", "pic-3", "j1", "j2", "j3"}
    assert (told["j1"].facts["results"], told["j1"].facts["reason"]) == ("1. B (91)", "salah hitung")


async def test_an_objection_to_a_result_goes_to_those_who_decide_and_the_ruling_to_who_objected(registrar: Registrar) -> None:
    for person, role, institutions in (("boss", "committee", ()), ("chair-1", "chair", ()), ("head-1", "head", ("opd-01",))):
        await registrar.grant(person, role, *institutions)
    entries = await judged(registrar)
    filed = [
        ResultObjectionFiled(
            objection=str(n), entry=entries[1], institution="opd-01", grounds="nilai keliru", filed_by="person/head-1"
        )
        for n in (1, 2)
    ]
    rulings = (
        ResultObjectionUpheld(objection="1", reason="benar", ruled_by="person/x"),
        ResultObjectionRejected(objection="2", reason="tidak benar", ruled_by="person/x"),
    )
    await registrar.world.record(CAUSE, *filed, *rulings)
    assert {message.to for message in await registrar.letters("result_objection_filed", 4)} == {"boss", "chair-1"}
    upheld = await registrar.messages("result_objection_upheld", 2)
    assert set(upheld) == {"pic-2", "head-1"}
    assert upheld["head-1"].facts == {**EDITION, **CATEGORY, "entry": "B", "reason": "benar"}
    assert set(await registrar.messages("result_objection_rejected", 2)) == {"pic-2", "head-1"}


async def test_awards_and_national_proposals_go_to_who_answers_for_them(registrar: Registrar) -> None:
    await registrar.grant("head-1", "head", "opd-01")
    entries = await judged(registrar)
    award = AwardConferred(entry=entries[1], place=1, decree="KPTS/1", decree_date=date(2023, 6, 1))
    await registrar.world.record(CAUSE, award)
    told = await registrar.messages("award_conferred", 2)
    assert set(told) == {"pic-2", "head-1"}
    decree = {"entry": "B", "place": "1", "decree": "KPTS/1", "decree_date": "2023-06-01"}
    assert told["pic-2"].facts == {**EDITION, **CATEGORY, **decree}
    innovation = entries[1].rpartition(".")[2]
    proposed = NationalAwardProposed(edition="test", entry=entries[1], innovation=innovation, name="B")
    await registrar.world.record("national-award/opd-01", proposed)
    assert set(await registrar.messages("national_award_proposed", 2)) == {"pic-2", "head-1"}
