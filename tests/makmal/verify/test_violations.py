"""What a dishonest organiser could write, with every hash, version and signature right: only the rules and the scores tell."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from makmal.verify.findings import Finding
from services.identity.account import ACCOUNT, AppointFirstAdministrator
from services.judging.category import CATEGORY, CloseJudging, LockRubric
from services.judging.juror import JUROR, RecuseJuror
from services.judging.scoresheet import SCORESHEET, VoidScoresheet
from services.judging.seats import judged_by
from services.judging.verdict import DecideWinners
from services.registration.edition import EDITION as EDITIONS
from services.registration.edition import CancelEdition
from services.screening import acts
from services.screening.eligibility import AssessEligibility
from shared import facts
from shared.deciding import Act
from shared.events.identity import RoleGranted, RoleRevoked
from shared.events.judging import (
    DecisionConfirmed,
    JudgingClosed,
    JurorRecused,
    Placed,
    ResultsAnnounced,
    ScoreRecorded,
    ScoresheetOpened,
    ScoresheetSubmitted,
    WinnersDecided,
)
from shared.events.notification import MessageQueued
from shared.events.registration import EditionOpened, InnovationSubmitted, NameTaken, RulebookAmended, RulebookPublished
from shared.events.screening import DossierItem, Nominated, ShortlistConfirmed
from tests.makmal.verify import small_edition as small
from tests.makmal.verify.small_edition import (
    ADMIN,
    AGENCIES,
    CHAIR,
    DIGITAL,
    ENTRIES,
    FIRST,
    HEADS,
    INNOVATIONS,
    JURORS,
    RULEBOOK,
    SCREENERS,
    SECOND,
    person,
    played,
    record,
)
from tests.makmal.verify.story import EDITION, Story

Forge = Callable[[Story], int]
"""Plants a violation; the position at which it is to be found."""


def test_an_honest_edition_is_proven_to_its_results() -> None:
    proof = played().proved()
    assert proof.verdict.findings == () and proof.proven and proof.exit_code == 0
    assert proof.acts > 90
    results = {result.category: [winner.entry for winner in result.winners] for result in proof.results}
    assert results == {DIGITAL: [ENTRIES["opd-02"], ENTRIES["opd-01"]], AGENCIES: [f"{EDITION}.opd.opd-02"]}
    assert all(result.holds and result.sheets == 8 for result in proof.results)


@pytest.mark.parametrize("until", list(small.STEPS))
def test_an_edition_is_proven_however_far_it_has_come(until: str) -> None:
    proof = played(until).proved()
    assert proof.verdict.findings == () and proof.proven


def sheet(code: str, juror: str) -> str:
    return f"scoresheet/{ENTRIES[code]}.{juror}"


def a_score_after_the_close(story: Story) -> int:
    """The sheet was open when judging was closed."""
    opened = ScoresheetOpened(entry=ENTRIES["opd-01"], juror=JURORS[0])
    story.forge(person(JURORS[0]), (sheet("opd-01", JURORS[0]), opened))
    story.does(person(CHAIR), Act(CATEGORY(DIGITAL), CloseJudging()))
    story.forge(person(JURORS[0]), (sheet("opd-01", JURORS[0]), ScoreRecorded(criterion="novelty", score=Decimal("99.00"))))
    return story.end


def a_conflicted_jurors_score(story: Story) -> int:
    opened = ScoresheetOpened(entry=ENTRIES["opd-03"], juror=JURORS[2])
    story.forge(person(JURORS[2]), (sheet("opd-03", JURORS[2]), opened))
    return story.end


def a_hundred_and_one_points(story: Story) -> int:
    opened = ScoresheetOpened(entry=ENTRIES["opd-01"], juror=JURORS[0])
    story.forge(person(JURORS[0]), (sheet("opd-01", JURORS[0]), opened))
    story.forge(person(JURORS[0]), (sheet("opd-01", JURORS[0]), ScoreRecorded(criterion="novelty", score=Decimal("101.00"))))
    return story.end


def another_jurors_score_by_the_committee(story: Story) -> int:
    story.forge(person(FIRST), (sheet("opd-01", JURORS[0]), ScoresheetOpened(entry=ENTRIES["opd-01"], juror=JURORS[0])))
    return story.end


def decided(story: Story) -> WinnersDecided:
    """What the sheets say, decided by the deciders of a like story."""
    event = played("decision").event(WinnersDecided, 0).event
    assert isinstance(event, WinnersDecided)
    return event


def with_winners(decision: WinnersDecided, *order: int) -> WinnersDecided:
    chosen = [decision.ranking[at] for at in order]
    winners = tuple(replace(placed, place=place) for place, placed in enumerate(chosen, 1))
    return replace(decision, winners=winners)


def a_deviation_without_a_reason(story: Story) -> int:
    story.forge(person(CHAIR), (f"category/{DIGITAL}", with_winners(decided(story), 1, 0)))
    return story.end


def a_winner_not_of_the_highest_rank(story: Story) -> int:
    """The ranking itself is forged, so that the winners follow from it."""
    right = decided(story)
    first, second, third = right.ranking
    swapped = (replace(second, place=1, score=first.score), replace(first, place=2, score=second.score), third)
    story.forge(person(CHAIR), (f"category/{DIGITAL}", replace(right, ranking=swapped, winners=swapped[:2])))
    return story.end


def a_nominee_that_was_never_screened(story: Story) -> int:
    item = DossierItem(innovation="unknown", revision=1, digest="0" * 64)
    nominated = Nominated(
        category="digital",
        entry=f"{EDITION}.digital.unknown",
        entrant="unknown",
        kind="innovation",
        institution="opd-01",
        name="Tidak pernah dinilai",
        dossier=(item,),
        desk_score=Decimal("99.00"),
        nominated_by=FIRST,
    )
    story.forge(person(FIRST), (f"shortlist/{DIGITAL}", nominated))
    return story.end


def an_announcement_by_who_decided(story: Story) -> int:
    told = decided(story)
    until = story.now + timedelta(days=RULEBOOK.result_objection_days, seconds=1)
    announced = ResultsAnnounced(winners=told.winners, objections_until=until, announced_by=person(CHAIR))
    story.forge(person(CHAIR), (f"category/{DIGITAL}", announced))
    return story.end


def another_winner_announced_than_decided(story: Story) -> int:
    told = decided(story)
    until = story.now + timedelta(days=RULEBOOK.result_objection_days, seconds=1)
    winners = with_winners(told, 1, 0).winners
    announced = ResultsAnnounced(winners=winners, objections_until=until, announced_by=person(SECOND))
    story.forge(person(SECOND), (f"category/{DIGITAL}", announced))
    return story.end


def a_submission_after_the_deadline(story: Story) -> int:
    late = InnovationSubmitted(edition=EDITION, institution="opd-01", record=record("Terlambat"))
    name = NameTaken(name="Terlambat", innovation="late")
    story.forge(person(HEADS["opd-01"]), ("innovation/late", late), (f"names/{EDITION}.opd-01", name))
    return story.end - 1


def a_submission_for_somebody_elses_institution(story: Story) -> int:
    foreign = InnovationSubmitted(edition=EDITION, institution="opd-01", record=record("Titipan"))
    name = NameTaken(name="Titipan", innovation="foreign")
    story.forge(person(HEADS["opd-02"]), ("innovation/foreign", foreign), (f"names/{EDITION}.opd-01", name))
    return story.end - 1


def a_name_that_is_not_taken(story: Story) -> int:
    nameless = InnovationSubmitted(edition=EDITION, institution="opd-01", record=record("Tanpa catatan nama"))
    story.forge(person(HEADS["opd-01"]), ("innovation/nameless", nameless))
    return story.end


def the_sheet_of_a_recused_juror_counted(story: Story) -> int:
    """He steps back; that his sheet is void is left out, and the winners are decided with it."""
    right = decided(story)
    recused = JurorRecused(juror=JURORS[0], entry=ENTRIES["opd-02"], reason="Pernah membimbing tim ini")
    story.forge(person(JURORS[0]), (f"juror/{EDITION}.{JURORS[0]}", recused))
    story.forge(person(CHAIR), (f"category/{DIGITAL}", JudgingClosed()))
    story.forge(person(CHAIR), (f"category/{DIGITAL}", right))
    return story.end


def a_shortlist_confirmed_by_its_proposer(story: Story) -> int:
    entries = tuple(ENTRIES.values())
    confirmed = ShortlistConfirmed(category="digital", entries=entries, confirmed_by=FIRST)
    story.forge(person(FIRST), (f"shortlist/{DIGITAL}", confirmed))
    return story.end


def a_shortlist_confirmed_in_anothers_name(story: Story) -> int:
    entries = tuple(ENTRIES.values())
    confirmed = ShortlistConfirmed(category="digital", entries=entries, confirmed_by=SECOND)
    story.forge(person(FIRST), (f"shortlist/{DIGITAL}", confirmed))
    return story.end


def a_role_granted_by_nobody_entitled(story: Story) -> int:
    granted = RoleGranted(
        person=HEADS["opd-01"], role="committee", edition=EDITION, decree="SK 9", decree_date=date(2023, 1, 9)
    )
    story.forge(person(FIRST), (f"account/{HEADS['opd-01']}", granted))
    return story.end


def a_second_first_administrator(story: Story) -> int:
    story.does("service/identity", Act(ACCOUNT("f" * 32), AppointFirstAdministrator("f" * 32)), edition=None)
    return story.end - 2


def an_act_long_after_the_role_was_revoked(story: Story) -> int:
    revoked = RoleRevoked(person=CHAIR, role="chair", edition=EDITION, reason="Masa tugas berakhir")
    story.forge(person(ADMIN), (f"account/{CHAIR}", revoked))
    story.now += timedelta(minutes=2)
    story.does(person(CHAIR), Act(CATEGORY(DIGITAL), CloseJudging()))
    return story.end


def a_rulebook_amended_after_its_stage_began(story: Story) -> int:
    rulebook = replace(RULEBOOK, quorum=1)
    amended = RulebookAmended(digest=rulebook.digest(), rulebook=rulebook, reason="Juri kurang")
    story.forge(person(FIRST), (f"edition/{EDITION}", amended))
    return story.end


def an_assessment_of_ones_own_institution(story: Story) -> int:
    """The screener works for the agency whose innovation he assesses."""
    small.grant(story, SCREENERS[0], "screener", employer="opd-01")
    story.now += timedelta(minutes=2)
    id = INNOVATIONS["opd-01"]
    command = AssessEligibility(id, SCREENERS[0], {"renewal": True, "benefit": True}, (), "", story.now)
    story.does(person(SCREENERS[0]), *acts.assess(id, command, story.stands(facts.INNOVATION(id)), RULEBOOK))
    return story.end - 1


def a_confirmation_of_nothing_decided(story: Story) -> int:
    story.forge(person(FIRST), (f"category/{DIGITAL}", DecisionConfirmed(confirmed_by=person(FIRST))))
    return story.end


def rules_locked_by_a_person(story: Story) -> int:
    story.does(person(FIRST), Act(CATEGORY(DIGITAL), LockRubric("digital"), facts.EDITION(EDITION)))
    return story.end


def one_append_of_two_authors(story: Story) -> int:
    """The name of the last innovation is taken by another person than who submitted it."""
    service, position, raw = story.entries[-1]
    story.entries[-1] = service, position, raw.replace(person(HEADS["opd-03"]).encode(), person(FIRST).encode())
    return position


def a_letter_about_another_event(story: Story) -> int:
    cause = story.event(ScoresheetSubmitted)
    queued = MessageQueued(to=JURORS[0], template="sheet_received", about=cause.subject, cause=3)
    story.forge("reaction/notification.sheet-received", ("message/m2", queued), cause=cause)
    return story.end


def an_act_in_another_edition(story: Story) -> int:
    story.does(person(CHAIR), Act(CATEGORY(DIGITAL), CloseJudging()), edition="kota-2024")
    return story.end


VIOLATIONS: dict[Forge, tuple[str, str, str]] = {
    a_score_after_the_close: ("panels", "", "judging of this category is not open"),
    a_conflicted_jurors_score: ("panels", "", "a conflict of interest with opd-03 (employer) is on record"),
    a_hundred_and_one_points: ("panels", "", "a score lies between 0 and 100, not 101.00"),
    another_jurors_score_by_the_committee: ("panels", "actor", f"is an act of {JURORS[0]}, but {person(FIRST)} recorded it"),
    a_deviation_without_a_reason: ("close of judging", "differs", "winners[0].entry"),
    a_winner_not_of_the_highest_rank: ("close of judging", "differs", "ranking[0].entry"),
    a_nominee_that_was_never_screened: ("screening", "", "there is no such innovation in this edition"),
    an_announcement_by_who_decided: ("second look", "", "you decided the winners yourself; another person announces them"),
    another_winner_announced_than_decided: ("second look", "differs", "winners"),
    a_submission_after_the_deadline: ("closing", "", "registration closed on"),
    a_submission_for_somebody_elses_institution: ("submission", "role", "(opd-01)"),
    a_name_that_is_not_taken: ("submission", "lacking", "there must stand NameTaken"),
    the_sheet_of_a_recused_juror_counted: ("scoring", "differs", "ranking[0].score 87.00, not 86.89"),
    a_shortlist_confirmed_by_its_proposer: ("nomination", "", "another member of the committee confirms the shortlist"),
    a_shortlist_confirmed_in_anothers_name: ("nomination", "actor", f"is an act of {SECOND}, but {person(FIRST)} recorded it"),
    a_role_granted_by_nobody_entitled: ("house", "", "roles are granted and revoked"),
    a_second_first_administrator: ("house", "role", "service/identity"),
    an_act_long_after_the_role_was_revoked: ("scoring", "role", "held none of the roles committee / chair in kota-2023"),
    a_rulebook_amended_after_its_stage_began: ("closing", "", "the rules are amended before that, and stand now"),
    an_assessment_of_ones_own_institution: ("closing", "own", "works or acts for opd-01"),
    a_confirmation_of_nothing_decided: ("close of judging", "", "the chair decides them first"),
    rules_locked_by_a_person: ("nomination", "actor", "reaction/judging.prepare"),
    one_append_of_two_authors: ("submission", "torn", "another author"),
    a_letter_about_another_event: ("scoring", "unfounded", "#3"),
    an_act_in_another_edition: ("scoring", "edition", "belongs to kota-2023, but its envelope says kota-2024"),
}
"""What is planted -> after which step, what kind of finding it is (empty: refused by a decider), and what the sentence says."""


def first(findings: tuple[Finding, ...]) -> Finding:
    assert findings, "it was not found"
    return findings[0]


@pytest.mark.parametrize("forge", VIOLATIONS, ids=lambda forge: forge.__name__.replace("_", " "))
def test_a_planted_violation_is_named_with_its_position(forge: Forge) -> None:
    until, kind, says = VIOLATIONS[forge]
    story = played(until)
    position = forge(story)
    proof = story.proved()
    found = first(proof.verdict.findings)
    assert (found.position, found.kind) == (position, kind or "refused"), found.en
    assert says in found.en
    assert found.id and found.id != found.en
    assert proof.exit_code == 1 and not proof.proven
    assert proof.verdict.root and not proof.found_by("bytes"), "the bytes are as the notary has signed them"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b'"score":"87.00"', b'"score":"much"'),
        (b'"score":"87.00"', b'"points":"87.00"'),
        (b"urn:makmal:judging:ScoreRecorded:1", b"urn:makmal:judging:ScoreRecorded:9"),
    ],
    ids=["a value of another type", "a field that is missing", "a schema that never was"],
)
def test_an_event_that_does_not_follow_its_schema_is_named(right: bytes, wrong: bytes) -> None:
    story = played("panels")
    juror = JURORS[0]
    opened = ScoresheetOpened(entry=ENTRIES["opd-01"], juror=juror)
    story.forge(person(juror), (sheet("opd-01", juror), opened))
    story.forge(person(juror), (sheet("opd-01", juror), ScoreRecorded(criterion="novelty", score=Decimal("87.00"))))
    service, position, raw = story.entries[-1]
    assert right in raw
    story.entries[-1] = service, position, raw.replace(right, wrong)
    found = first(story.proved().verdict.findings)
    assert (found.position, found.kind) == (position, "schema") and "ScoreRecorded" in found.en


def test_a_forged_decision_is_found_by_the_result_as_well() -> None:
    story = played("close of judging")
    position = a_winner_not_of_the_highest_rank(story)
    story.forge(person(FIRST), (f"category/{DIGITAL}", DecisionConfirmed(confirmed_by=person(FIRST))))
    forged = story.event(WinnersDecided).event
    assert isinstance(forged, WinnersDecided)
    until = story.now + timedelta(days=RULEBOOK.result_objection_days, seconds=1)
    told = ResultsAnnounced(winners=forged.winners, objections_until=until, announced_by=person(SECOND))
    story.forge(person(SECOND), (f"category/{DIGITAL}", told))
    proof = story.proved()
    assert proof.verdict.found_at == position
    [wrong] = proof.found_by("result")
    assert (wrong.kind, wrong.position) == ("winner", story.end)
    assert f"for place 1 of {DIGITAL}: Inovasi opd-01" in wrong.en and "by the scores it is Inovasi opd-02" in wrong.en
    [result] = proof.results
    assert not result.holds and result.winners[0].entry == ENTRIES["opd-02"]


def test_a_deviation_with_a_reason_is_no_violation() -> None:
    story = played("close of judging")
    order = (ENTRIES["opd-01"], ENTRIES["opd-02"])
    seats = judged_by(EDITION, story.stands(CATEGORY(DIGITAL)))
    command = DecideWinners(person(CHAIR), order, "Pemenang pertama mengundurkan diri")
    story.does(person(CHAIR), Act(CATEGORY(DIGITAL), command, *seats))
    seats = judged_by(EDITION, story.stands(CATEGORY(AGENCIES)))
    story.does(person(CHAIR), Act(CATEGORY(AGENCIES), DecideWinners(person(CHAIR)), *seats))
    small.second_look(story)
    small.announcement(story)
    proof = story.proved()
    assert proof.proven and proof.verdict.findings == ()
    assert [result.deviation for result in proof.results] == ["Pemenang pertama mengundurkan diri", ""]
    assert [placed.entry for placed in proof.results[0].winners] == [ENTRIES["opd-02"], ENTRIES["opd-01"]]


def test_an_outdated_token_may_still_have_served_for_a_moment() -> None:
    story = played("scoring")
    revoked = RoleRevoked(person=CHAIR, role="chair", edition=EDITION, reason="Masa tugas berakhir")
    story.forge(person(ADMIN), (f"account/{CHAIR}", revoked))
    story.does(person(CHAIR), Act(CATEGORY(DIGITAL), CloseJudging()))
    assert story.proved().verdict.findings == ()


def test_a_recusal_takes_its_sheet_out_without_a_finding() -> None:
    story = played("scoring")
    juror, entry = JURORS[0], ENTRIES["opd-01"]
    of, judging = JUROR(f"{EDITION}.{juror}"), CATEGORY(DIGITAL)
    stepping_back = Act(of, RecuseJuror(entry, "Pernah membimbing"), judging)
    voiding = Act(SCORESHEET(f"{entry}.{juror}"), VoidScoresheet(), judging, of)
    story.does(person(juror), stepping_back, voiding)
    for step in ("close of judging", "decision", "second look", "announcement"):
        small.STEPS[step](story)
    proof = story.proved()
    assert proof.verdict.findings == ()
    assert {result.category: (result.method, result.sheets) for result in proof.results} == {
        DIGITAL: ("severity", 7),
        AGENCIES: ("severity", 8),
    }


def test_rules_of_an_unknown_version_leave_it_unchecked() -> None:
    story = played("house")
    rulebook = replace(RULEBOOK, rules_version=2)
    opened = EditionOpened(
        name=rulebook.name, authority=rulebook.authority, rehearsal=False, rules_version=2, rulebook=rulebook.digest()
    )
    published = RulebookPublished(digest=rulebook.digest(), rulebook=rulebook)
    story.forge(person(FIRST), (f"edition/{EDITION}", opened), (f"edition/{EDITION}", published))
    proof = story.proved()
    assert proof.verdict.findings == () and not proof.proven and proof.exit_code == 2
    [(en, id)] = proof.unchecked
    assert en == f"edition/{EDITION} is held by version 2 of the rules; this program has 1" and id != en


def test_a_place_that_nobody_holds_is_no_winner() -> None:
    """An announcement with fewer winners than the category awards."""
    story = played("second look")
    told = decided(story)
    until = story.now + timedelta(days=RULEBOOK.result_objection_days, seconds=1)
    winners: tuple[Placed, ...] = told.winners[:1]
    announced = ResultsAnnounced(winners=winners, objections_until=until, announced_by=person(SECOND))
    story.forge(person(SECOND), (f"category/{DIGITAL}", announced))
    proof = story.proved()
    assert [finding.kind for finding in proof.verdict.findings] == ["differs", "winners"]


def test_an_edition_that_is_cancelled_goes_on_no_more() -> None:
    story = played("scoring")
    cancelling = CancelEdition("Anggaran dicabut", date(2023, 3, 20))
    story.does(person(FIRST), Act(EDITIONS(EDITION), cancelling))
    story.does(person(CHAIR), Act(CATEGORY(DIGITAL), CloseJudging()))
    found = first(story.proved().verdict.findings)
    assert (found.position, found.kind) == (story.end, "cancelled") and "Anggaran dicabut" in found.en
