"""Whatever is commanded of a category, from any point of its course on: each decision is the command read back from its events."""

from datetime import timedelta
from typing import Any

from hypothesis import given as for_any
from hypothesis import settings
from hypothesis import strategies as st

from services.judging import category, docket
from services.judging.category import CATEGORY, AdmitEntry, AssignPanel, CloseJudging, LockRubric, OpenJudging
from services.judging.disclosure import Disclose, ProposeDisclosure
from services.judging.exclusion import ExcludeEntry, ReinstateInnovation, StrikeInnovation
from services.judging.objections import ConferAward, ConfirmObjection, FileObjection, RuleOnObjection
from services.judging.verdict import AnnounceResults, ConfirmDecision, DecideWinners, ReopenDecision, ResolveTie
from shared.refusals import Refused
from tests.services.judging.competition import (
    ANA,
    BUDI,
    CHAIR,
    CITRA,
    OFFICIAL,
    OPEN_EDITION,
    SECOND,
    WHEN,
    X,
    Y,
    Z,
    juror_of,
    sheet_of,
    shortlist,
)
from tests.specification import NOON

entries = st.sampled_from([X, Y, Z])
reasons = st.sampled_from(["", "alasan"])
people = st.sampled_from([CHAIR, OFFICIAL, SECOND])
times = st.sampled_from([NOON, NOON + timedelta(days=9)])
some_commands = st.lists(
    st.one_of(
        st.sampled_from([LockRubric("digital"), LockRubric("dance"), OpenJudging(), CloseJudging()]),
        st.builds(AdmitEntry, entries),
        st.builds(AssignPanel, entries, st.sampled_from([(ANA,), (ANA, BUDI), (BUDI, CITRA), ()])),
        st.builds(ResolveTie, st.permutations([X, Y]).map(tuple), st.sampled_from(["", "3:2"])),
        st.builds(DecideWinners, people, st.sampled_from([(), (X,), (Y,)]), reasons),
        st.builds(ConfirmDecision, people),
        st.builds(AnnounceResults, people, times),
        st.builds(ReopenDecision, reasons, people),
        st.builds(FileObjection, st.sampled_from(["o1", "o2"]), entries, reasons, people, times),
        st.just(FileObjection("o2", X, "alasan", "person/7", NOON, SECOND, "ab" * 32)),
        st.builds(ConfirmObjection, st.sampled_from(["o1", "o2"]), st.just("person/7")),
        st.builds(RuleOnObjection, st.sampled_from(["o1", "o2"]), st.booleans(), reasons, people),
        st.builds(ConferAward, entries, st.sampled_from(["SK 1", "SK 2"]), st.just(WHEN.date()), times),
        st.builds(ExcludeEntry, entries, st.just("dicabut")),
        st.builds(StrikeInnovation, st.sampled_from(["x", "i0", "i1"]), st.just("tidak sah")),
        st.builds(ReinstateInnovation, st.sampled_from(["i0", "i1"]), st.just("terbukti sah")),
        st.builds(ProposeDisclosure, st.sampled_from(["", X]), st.just(ANA), reasons, people),
        st.builds(Disclose, st.sampled_from(["", X]), st.just(ANA), people),
    ),
    max_size=12,
)
whole_course: list[category.Command] = [
    LockRubric("digital"),
    AdmitEntry(X),
    AdmitEntry(Y),
    AssignPanel(X, (ANA, BUDI)),
    AssignPanel(Y, (ANA, BUDI)),
    OpenJudging(),
    CloseJudging(),
    ResolveTie((Y, X), "3:2"),
    DecideWinners(CHAIR),
    ConfirmDecision(OFFICIAL),
    AnnounceResults(SECOND, NOON),
    FileObjection("o1", X, "alasan", "person/7", NOON),
]


@settings(max_examples=300)
@for_any(st.integers(0, len(whole_course)), some_commands, st.booleans(), st.booleans())
def test_the_command_read_from_any_events_leads_to_the_same_events(
    steps: int, commands: list[category.Command], level: bool, revoked: bool
) -> None:
    def others(command: category.Command, state: docket.State) -> tuple[Any, ...]:
        match command:
            case LockRubric() | AnnounceResults():
                return (OPEN_EDITION,)
            case ExcludeEntry():
                return (shortlist(Y) if revoked else shortlist(X, Y),)
            case AdmitEntry() | OpenJudging():
                return (shortlist(X, Y),)
            case AssignPanel(_, jurors):
                return tuple(juror_of(person) for person in jurors)
            case ResolveTie() | DecideWinners():
                seats = sorted(state.docket.seats) if not isinstance(state, docket.Unlocked) else []
                sheets = [sheet_of(e, j, 70 if level or e == X else 60, 70, 70, 70, 70) for e, j in seats]
                return (*sheets, *(juror_of(person) for person in sorted({j for _, j in seats})))
        return ()

    state: docket.State = CATEGORY.initial
    for command in [*whole_course[:steps], *commands]:
        known = others(command, state)
        try:
            events = category.decide(state, command, *known)
        except Refused:
            continue
        if events:
            at = getattr(command, "at", NOON)
            assert category.decide(state, category.command_of(events, getattr(command, "by", ""), at), *known) == events
        for event in events:
            state = docket.evolve(state, event)
        assert category.decide(state, command, *others(command, state)) == []
