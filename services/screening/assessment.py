"""One innovation on the Makmal team's desk. Decider: is it eligible, what desk scores has it, is it disqualified?

An assessment is of one revision of the innovation and may be made anew until the innovation stands in a nominated dossier. From
then on only a disqualification takes it out, and only an objection that is upheld brings it back. Until then it may also be
returned to its institution for revision; it is assessed anew after that.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from services.screening.disqualification import (
    ConfirmObjection,
    DecideObjection,
    Disqualify,
    FileObjection,
    confirm_objection,
    decide_objection,
    disqualify,
    file_objection,
)
from services.screening.eligibility import AssessEligibility, RequestRevision, assess, return_for_revision
from services.screening.scoring import RecordDeskScore, record_score
from services.screening.standing import Disqualified, Eligible, Ineligible, State, Unassessed
from shared.decider import Decider
from shared.events import Event
from shared.events.screening import (
    DeskScoreRecorded,
    EligibilityAssessed,
    InnovationDisqualified,
    ObjectionConfirmed,
    ObjectionFiled,
    ObjectionRejected,
    ObjectionUpheld,
    RevisionRequested,
)

Command = (
    AssessEligibility | RequestRevision | RecordDeskScore | Disqualify | FileObjection | ConfirmObjection | DecideObjection
)


def decide(state: State, command: Command, *others: Any) -> Sequence[Event]:
    """Others: of an assessment, a return or a score the edition, the innovation, the enrolment of its institution, the
    assignments, and the shortlist of each category in the rulebook's order; of a disqualification the edition; of an objection
    none."""
    match command:
        case AssessEligibility():
            return assess(state, command, *others)
        case RequestRevision():
            return return_for_revision(state, command, *others)
        case RecordDeskScore():
            return record_score(state, command, *others)
        case Disqualify():
            return disqualify(state, command, *others)
        case FileObjection():
            return file_objection(state, command)
        case ConfirmObjection():
            return confirm_objection(state, command)
        case DecideObjection():
            return decide_objection(state, command)


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Unassessed(), EligibilityAssessed():
            return _found(event, {})
        case ((Eligible() | Ineligible()), EligibilityAssessed()):
            return _found(event, state.scores)
        case ((Unassessed() | Eligible() | Ineligible()), RevisionRequested()):
            return replace(state, returned=event)
        case Eligible(), DeskScoreRecorded():
            return replace(state, scores={**state.scores, event.screener: event})
        case Eligible(), InnovationDisqualified():
            return Disqualified(state.assessed, state.scores, state.returned, disqualification=event)
        case Disqualified(objection=None), ObjectionFiled():
            return replace(state, objection=event)
        case Disqualified(objection=ObjectionFiled(), confirmed=None), ObjectionConfirmed():
            return replace(state, confirmed=event)
        case Disqualified(objection=ObjectionFiled(), rejected=None), ObjectionRejected():
            return replace(state, rejected=event)
        case Disqualified(objection=ObjectionFiled(), rejected=None), ObjectionUpheld():
            return Eligible(state.assessed, state.scores, state.returned, event)
    raise ValueError(f"{event!r} cannot follow {state!r}")


def _found(event: EligibilityAssessed, scores: dict[str, DeskScoreRecorded]) -> State:
    kind: Callable[..., State] = Eligible if event.eligible else Ineligible
    return kind(event, scores)


def command_of(events: Sequence[Event], by: str, at: datetime) -> Command:
    match events:
        case [EligibilityAssessed() as e]:
            return AssessEligibility(e.innovation, e.screener, e.criteria, e.reasons, e.note, at)
        case [RevisionRequested() as e]:
            return RequestRevision(e.innovation, e.what, e.deadline, e.screener, at)
        case [DeskScoreRecorded() as e]:
            return RecordDeskScore(e.innovation, e.screener, e.score, e.note)
        case [InnovationDisqualified() as e]:
            return Disqualify(e.innovation, e.reason, e.explanation, e.disqualified_by, at)
        case [ObjectionFiled() as e]:
            return FileObjection(e.innovation, e.grounds, e.filed_by, at, e.recorded_by, e.scan_digest)
        case [ObjectionConfirmed() as e]:
            return ConfirmObjection(e.innovation, e.person)
        case [(ObjectionUpheld() | ObjectionRejected()) as e]:
            return DecideObjection(e.innovation, isinstance(e, ObjectionUpheld), e.explanation, e.decided_by)
    raise ValueError(f"no command of an assessment leads to {events!r}")


ASSESSMENT: Decider[State] = Decider("screening", "assessment", Unassessed(), evolve, decide, command_of)
"""`assessment/<innovation>`"""
