"""What jurors read: the record as it was admitted, out of the log by its digest, whatever came later."""

from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from shared.events.registration import (
    EvidenceAttached,
    EvidenceReplaced,
    InnovationRecord,
    InnovationRevised,
    InnovationSubmitted,
)
from shared.events.screening import (
    DossierItem,
    EvidenceVerified,
    InnovationDisqualified,
    Nominated,
    NominationRevoked,
    ObjectionUpheld,
)
from shared.facts import claim_digest, record_digest
from shared.maturity import as_it_stands, digest_of
from shared.rulebook import Criterion
from tests.golden.examples import example
from tests.services.judging.competition import ANA, BUDI, CITRA, EDITION, RULEBOOK, X, Y, nominated, text
from tests.services.judging.course import judging
from tests.world import World, eventually

FIRST = replace(example(InnovationRecord), name="Kartu BBM")
SECOND = replace(FIRST, name="Kartu BBM 2.0")
THIRD = replace(FIRST, name="Kartu BBM 3.0")

read_second = replace(nominated(X, "opd-01"), dossier=(DossierItem(innovation="i0", revision=2, digest=record_digest(SECOND)),))


async def history(world: World, *records: InnovationRecord) -> None:
    submitted = replace(example(InnovationSubmitted), edition=EDITION, institution="opd-01", record=records[0])
    revised = [replace(example(InnovationRevised), record=record) for record in records[1:]]
    await world.record("innovation/i0", submitted, *revised, edition=EDITION)


async def test_jurors_read_the_revision_that_was_admitted_and_see_that_there_is_a_later_one(world: World) -> None:
    await history(world, FIRST, SECOND, THIRD)
    async with judging(world) as course:
        await course.appoint(ANA)
        await course.open(read_second)
        shown = await course.shown(ANA, f"/entries/{X}/dossier")
        [item] = shown["innovations"]
        assert (item["record"]["name"], item["revision"], item["revised_since"]) == ("Kartu BBM 2.0", 2, 1)
        assert item["digest"] == record_digest(SECOND)
        assert (shown["entry"], shown["institution"]) == (X, "opd-01")


async def test_a_digest_that_no_revision_has_is_said_to_be_missing(world: World) -> None:
    await history(world, FIRST, THIRD)
    async with judging(world) as course:
        await course.appoint(ANA)
        await course.open(read_second)
        answer = await course.get(ANA, f"/entries/{X}/dossier")
        assert answer.status_code == 409
        assert answer.json()["detail"].startswith("the log holds no revision of i0 with the digest that was admitted")


async def test_a_dossier_is_for_its_panel_and_those_who_oversee_it(world: World) -> None:
    await history(world, SECOND)
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        tie = {"institution": "opd-01", "relation": "employer"}
        await course.open(read_second)
        await course.done(BUDI, f"/editions/{EDITION}/jurors/{BUDI}/conflicts", tie)
        for who, status in ((ANA, 200), ("chair", 200), ("official", 200), ("auditor", 200), (BUDI, 403), (CITRA, 403)):
            assert (await course.get(who, f"/entries/{X}/dossier")).status_code == status, who
        assert (await course.get("stranger", f"/entries/{X}/dossier")).status_code == 403


# -- evidence

CLAIMED = replace(example(EvidenceAttached), innovation="i0", institution="opd-01", indicator=1, parameter=3)
REPLACED = replace(example(EvidenceReplaced), innovation="i0", institution="opd-01", indicator=1, parameter=2)
FOUND = EvidenceVerified(
    innovation="i0", indicator=1, claim=claim_digest(CLAIMED), parameter=2, note="Satu halaman.", screener="p"
)


def with_evidence(*found: EvidenceVerified) -> Nominated:
    shown = as_it_stands({1: CLAIMED}, {one.indicator: one for one in found})
    [item] = read_second.dossier
    return replace(read_second, dossier=(replace(item, evidence=digest_of(shown), maturity=Decimal(6)),))


async def test_jurors_read_the_evidence_as_it_was_admitted_and_what_of_it_is_verified(world: World) -> None:
    await history(world, FIRST, SECOND)
    await world.record("evidence/i0", CLAIMED, edition=EDITION)
    await world.record("verification/i0", FOUND, edition=EDITION)
    await world.record("evidence/i0", REPLACED, edition=EDITION)
    async with judging(world) as course:
        await course.appoint(ANA)
        await course.open(with_evidence(FOUND))
        [item] = (await course.shown(ANA, f"/entries/{X}/dossier"))["innovations"]
        [claim] = item["evidence"]
        assert (claim["indicator"], claim["parameter"], claim["verified"], claim["note"]) == (1, 3, 2, "Satu halaman.")
        assert (claim["sha256"], claim["media_type"], claim["size"]) == (CLAIMED.sha256, CLAIMED.media_type, CLAIMED.size)
        assert item["maturity"] == "6"


async def test_evidence_that_nobody_had_verified_is_shown_as_such(world: World) -> None:
    await history(world, FIRST, SECOND)
    await world.record("evidence/i0", CLAIMED, edition=EDITION)
    await world.record("verification/i0", FOUND, edition=EDITION)
    async with judging(world) as course:
        await course.appoint(ANA)
        await course.open(with_evidence())
        [item] = (await course.shown(ANA, f"/entries/{X}/dossier"))["innovations"]
        assert [claim["verified"] for claim in item["evidence"]] == [None]


async def test_evidence_that_the_log_does_not_hold_is_said_to_be_missing(world: World) -> None:
    await history(world, FIRST, SECOND)
    async with judging(world) as course:
        await course.appoint(ANA)
        await course.open(with_evidence(FOUND))
        answer = await course.get(ANA, f"/entries/{X}/dossier")
        assert answer.status_code == 409
        assert answer.json()["detail"].startswith("the log holds no evidence of i0 with the digest that was admitted")


async def test_verified_maturity_counts_in_the_ranking_as_it_was_admitted(world: World) -> None:
    rubric = RULEBOOK.rubric("digital")
    novelty, benefit, *rest = rubric.criteria
    measured = Criterion(id="maturity", name=text("maturity"), weight=novelty.weight, computed="maturity", full_at=12)
    rules = replace(
        RULEBOOK, rubrics=(replace(rubric, criteria=(measured, benefit, *rest)), RULEBOOK.rubric("opd")), ladder=("vote",)
    )
    await history(world, SECOND)
    async with judging(world, rules) as course:
        await course.appoint(ANA, BUDI)
        path = await course.open(with_evidence(FOUND), nominated(Y, "opd-02"))
        for juror in (ANA, BUDI):
            for entry in (X, Y):
                await course.done(juror, f"/entries/{entry}/scoresheet")
                scores = [{"criterion": criterion.id, "score": 80} for criterion in (benefit, *rest)]
                await course.done(juror, f"/entries/{entry}/scores", {"scores": scores})
                await course.done(juror, f"/entries/{entry}/scoresheet/submission")
        await course.done("official", f"{path}/closing")
        await course.decide(path)
        standings = (await course.shown("chair", f"{path}/ranking"))["standings"]
        assert [(s["entry"], s["criteria"]["maturity"], s["score"]) for s in standings] == [
            (X, "50.00", "71.00"),
            (Y, "0.00", "56.00"),
        ]


# -- what screening takes out later


async def entries(course: Any, path: str) -> dict[str, tuple[int, str | None]]:
    shown = await course.shown("official", path)
    return {e["entry"]: (e["innovations"], e["excluded"]) for e in shown["entries"]}


async def test_a_nomination_revoked_after_judging_began_takes_the_entry_out_visibly(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI, CITRA)
        path = await course.open(nominated(X, "opd-01"), nominated(Y, "opd-02"))
        for juror in (ANA, BUDI):
            await course.score(juror, X, 90, 90, 90, 90, 90)
            await course.score(juror, Y, 60, 60, 60, 60, 60)
        revoked = NominationRevoked(category="digital", entry=X, entrant="x", reason="meniru")
        await world.record(f"shortlist/{EDITION}.digital", revoked, edition=EDITION)

        async def out() -> bool:
            return (await entries(course, path))[X] == (1, "meniru")

        await eventually(out)
        status, sentence = await course.refused(CITRA, f"/entries/{X}/scoresheet")
        assert (status, sentence.partition(":")[0]) == (409, "Entry X is excluded")
        assert [e["excluded"] for e in await course.shown(ANA, "/my/entries")] == ["meniru", None]
        await course.done("official", f"{path}/closing")
        await course.decide(path)
        [category] = (await course.shown("", f"/editions/{EDITION}/results"))["categories"]
        assert [w["entry"] for w in category["winners"]] == [Y]
        [own] = (await course.shown("head opd-01", f"/editions/{EDITION}/my-results"))["entries"]
        assert (own["excluded"], own["place"]) == ("meniru", None)


async def test_a_disqualified_innovation_leaves_the_dossier_and_comes_back_when_the_objection_is_upheld(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA)
        entry = f"{EDITION}.opd.opd-01"
        path = await course.open(nominated(entry, "opd-01", 3))
        gone = InnovationDisqualified(innovation="i1", reason="tiru", explanation="menyalin")
        await world.record("assessment/i1", gone, edition=EDITION)

        async def count(wanted: int) -> bool:
            return (await entries(course, path))[entry] == (wanted, None)

        await eventually(lambda: count(2))
        assert [i["innovation"] for i in (await course.shown(ANA, f"/entries/{entry}/scoresheet"))["dossier"]] == ["i0", "i2"]
        [mine] = await course.shown(ANA, "/my/entries")
        assert [i["innovation"] for i in mine["dossier"]] == ["i0", "i2"]
        upheld = ObjectionUpheld(innovation="i1", explanation="terbukti asli", decided_by="person/1")
        await world.record("assessment/i1", upheld, edition=EDITION)
        await eventually(lambda: count(3))


async def test_a_winner_is_proposed_for_the_national_award(world: World) -> None:
    await history(world, SECOND)
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        path = await course.open(read_second)
        for juror in (ANA, BUDI):
            await course.score(juror, X, 90, 90, 90, 90, 90)
        await course.done("official", f"{path}/closing")
        await course.decide(path)
        proposal = {"innovation": "i0"}
        await course.done("official", f"/entries/{X}/national-award", proposal)
        await course.done("official", f"/entries/{X}/national-award", proposal)
        made = [r.event for r in await world.all_events() if r.type == "NationalAwardProposed"]
        assert [e.name for e in made] == ["Kartu BBM 2.0"]  # type: ignore[attr-defined]
        assert (await course.refused("chair", f"/entries/{X}/national-award", proposal))[0] == 403
