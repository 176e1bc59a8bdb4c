"""How the candidates of a category are ranked for the committee."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from services.screening.candidates import Candidate, Innovation, Institution, candidates
from services.screening.categories import chosen
from services.screening.desk_score import half_up, mean
from tests.services.screening.competition import RULES, record

AGENCIES, DIGITAL = RULES.categories
INSTITUTIONS = {
    "opd-01": Institution("opd-01", "opd", "Demo Agency"),
    "opd-02": Institution("opd-02", "opd", "Another Demo Agency"),
    "ward-01": Institution("ward-01", "ward", "Demo Ward"),
}


def innovation(id: str, *scores: str, institution: str = "opd-01", type: str = "digital") -> Innovation:
    return Innovation(
        id=id,
        institution=institution,
        name=f"Demo {id}",
        fields=chosen(record(type=type)),
        scores=tuple(map(Decimal, scores)),
    )


def ranked(*innovations: Innovation) -> list[tuple[str, int | None, bool]]:
    return [(c.entrant, c.rank, c.tied_at_edge) for c in candidates(DIGITAL, INSTITUTIONS, innovations)]


def test_the_best_desk_score_comes_first_and_the_unscored_last() -> None:
    assert ranked(innovation("a", "70"), innovation("b"), innovation("c", "90")) == [
        ("c", 1, False),
        ("a", 2, False),
        ("b", None, False),
    ]


def test_equal_scores_at_the_edge_are_marked_and_stand_by_name() -> None:
    assert ranked(innovation("d", "70"), innovation("c", "60"), innovation("b", "90"), innovation("a", "70")) == [
        ("b", 1, False),
        ("a", 2, True),
        ("d", 2, True),
        ("c", 4, False),
    ]


def test_equal_scores_within_the_line_are_no_matter() -> None:
    assert ranked(innovation("a", "90"), innovation("b", "90"), innovation("c", "60")) == [
        ("a", 1, False),
        ("b", 1, False),
        ("c", 3, False),
    ]


def test_scores_that_only_look_equal_when_rounded_are_no_tie() -> None:
    """80.33… stands above 80.33."""
    assert ranked(innovation("a", "90"), innovation("b", "80.33"), innovation("c", "80", "80", "81")) == [
        ("a", 1, False),
        ("c", 2, False),
        ("b", 3, False),
    ]


def test_only_what_the_category_is_for_competes() -> None:
    garden = innovation("garden", "99", type="non digital")
    stranger = innovation("stranger", "99", institution="opd-99")
    ward = innovation("ward", "50", institution="ward-01")
    assert ranked(garden, stranger, ward) == [("ward", 1, False)]


def test_an_institution_has_the_mean_of_its_innovations_whatever_their_type() -> None:
    found = candidates(
        AGENCIES,
        INSTITUTIONS,
        [
            innovation("queue", "80", "90"),
            innovation("garden", "60", type="non digital"),
            innovation("idea", institution="opd-02"),
            innovation("ward", "99", institution="ward-01"),
        ],
    )
    assert found == (
        Candidate(
            entrant="opd-01",
            institution="opd-01",
            name="Demo Agency",
            innovations=("garden", "queue"),
            desk_score=Fraction(145, 2),
            rank=1,
        ),
        Candidate(entrant="opd-02", institution="opd-02", name="Another Demo Agency", innovations=("idea",), desk_score=None),
    )


def test_a_written_score_is_rounded_half_up() -> None:
    assert [str(half_up(Fraction(n, 1000))) for n in (80004, 80005, 79995, 0, 100_000)] == [
        "80.00",
        "80.01",
        "80.00",
        "0.00",
        "100.00",
    ]


@given(st.lists(st.lists(st.decimals(0, 100, places=2), max_size=3), max_size=6))
def test_ranks_follow_exact_scores_and_marks_stand_on_both_sides_of_the_line(scores: list[list[Decimal]]) -> None:
    pool = [innovation(str(n), *map(str, own)) for n, own in enumerate(scores)]
    found = candidates(DIGITAL, INSTITUTIONS, pool)
    assert {c.entrant: c.desk_score for c in found} == {i.id: mean(i.scores) for i in pool}
    known = [c for c in found if c.desk_score is not None]
    for c in known:
        assert c.desk_score is not None
        assert c.rank == 1 + sum(o.desk_score > c.desk_score for o in known if o.desk_score is not None)
        equal = [place for place, o in enumerate(known, 1) if o.desk_score == c.desk_score]
        assert c.tied_at_edge == (min(equal) <= DIGITAL.nominees < max(equal))
