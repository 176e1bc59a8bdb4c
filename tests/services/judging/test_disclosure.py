"""Who is shown sealed scores before the announcement."""

from services.judging.category import CATEGORY
from services.judging.disclosure import Disclose, ProposeDisclosure, may_see
from services.judging.docket import listed
from shared.events.judging import DisclosureProposed, SealedScoresDisclosed
from shared.refusals import Forbidden, Invalid, Refused, Unknown
from tests.services.judging.competition import ANA, BUDI, CHAIR, OFFICIAL, X, Y, category_of, closed, judged
from tests.specification import specification

given = specification(CATEGORY)

proposed = DisclosureProposed(entry=X, to=ANA, reason="dugaan kebocoran", proposed_by=OFFICIAL)
disclosed = SealedScoresDisclosed(entry=X, to=ANA, reason="dugaan kebocoran", proposed_by=OFFICIAL, approved_by=CHAIR)


def test_the_committee_asks_and_the_chair_discloses() -> None:
    given(*judged(X)).when(ProposeDisclosure(X, ANA, "dugaan kebocoran", OFFICIAL)).then(proposed)
    given(*closed(X), proposed).when(Disclose(X, ANA, CHAIR)).then(disclosed)


def test_nothing_is_disclosed_that_nobody_asked_for() -> None:
    given(*judged(X), proposed).when(Disclose("", ANA, CHAIR)).is_refused(
        "nobody has asked for this disclosure; the committee proposes it first", Refused
    )


def test_nobody_discloses_what_he_asked_for_himself_or_is_to_see() -> None:
    for by in (OFFICIAL, f"person/{ANA}"):
        given(*judged(X), proposed).when(Disclose(X, ANA, by)).is_refused(
            "sealed scores are opened by another person than who asked for it or is to see them", Forbidden
        )


def test_a_disclosure_has_a_reason_and_an_entry_that_is_judged() -> None:
    given(*judged(X)).when(ProposeDisclosure(X, ANA, " ", OFFICIAL)).is_refused(
        "say why sealed scores should be shown", Invalid
    )
    given(*judged(X)).when(ProposeDisclosure(Y, ANA, "alasan", OFFICIAL)).is_refused(
        f"{Y} is no admitted entry; the entries stand in the list of its category", Unknown
    )


def test_only_whom_they_were_disclosed_to_sees_the_scores_and_of_that_entry_only() -> None:
    docket = listed(category_of([*judged(X, Y), proposed, disclosed]))
    assert may_see(docket, X, ANA)
    assert not may_see(docket, Y, ANA)
    assert not may_see(docket, X, BUDI)
    assert not may_see(listed(category_of([*judged(X, Y), proposed])), X, ANA), "asked for is not disclosed"


def test_a_disclosure_of_the_whole_category_is_one_of_every_entry() -> None:
    whole = SealedScoresDisclosed(entry="", to=ANA, reason="audit", proposed_by=OFFICIAL, approved_by=CHAIR)
    docket = listed(category_of([*judged(X, Y), whole]))
    assert may_see(docket, X, ANA) and may_see(docket, Y, ANA)
