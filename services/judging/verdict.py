"""From closed sheets to a public result: the panel's votes, the chair's decision, its confirmation, announcement and reopening.

Four eyes: who decided neither confirms nor announces.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from services.judging import juror, sheet
from services.judging.docket import Announced, Closed, Confirmed, Decided, Docket, Event, institutions
from services.judging.tally import decision, must_be_decidable, tally
from shared.events.judging import (
    DecisionConfirmed,
    DecisionReopened,
    Placed,
    ResultCorrected,
    ResultsAnnounced,
    TieResolved,
    WinnersDecided,
)
from shared.facts import EditionFacts
from shared.refusals import Forbidden, Invalid, Refused


class ResolveTie(Struct, frozen=True):
    """Needs `seats.judged_by`: the scoresheets of all seats and their jurors."""

    order: tuple[str, ...]
    note: str


class DecideWinners(Struct, frozen=True):
    """Needs `seats.judged_by`: the scoresheets of all seats and their jurors."""

    by: str
    order: tuple[str, ...] = ()
    """The winners, best first, where they are not to be the ranking's first; empty: as the sheets rank them."""
    reason: str = ""
    """Why they are not."""


class ConfirmDecision(Struct, frozen=True):
    by: str


class ReopenDecision(Struct, frozen=True):
    reason: str
    by: str


class ReopenForVoided(Struct, frozen=True):
    """A juror is barred from now on. A decision that rests on his sheets is reopened, if it is not announced; what is announced
    is reopened by a person. Needs the juror and his sheets in this category."""

    reason: str
    by: str


class AnnounceResults(Struct, frozen=True):
    """Needs the edition."""

    by: str
    at: datetime


Command = ResolveTie | DecideWinners | ConfirmDecision | ReopenDecision | ReopenForVoided | AnnounceResults
Stage = Closed | Decided | Confirmed | Announced


def decide(state: Stage, command: Command, *others: Any) -> list[Event]:
    match state, command:
        case _, ResolveTie(order, note):
            return _vote(state, order, note, others)
        case Closed(listed, votes), DecideWinners(by):
            _has_no_part(by, listed, others)
            ranking = tally(listed, votes, others)
            must_be_decidable(listed, ranking, others)
            return [decision(listed, ranking, command.by, command.order, command.reason)]
        case ((Decided() | Confirmed() | Announced()), DecideWinners(order=order)):
            if order and order != tuple(placed.entry for placed in state.decision.winners):
                raise Refused(
                    "the winners are decided otherwise; reopen the decision, with the reason, before deciding anew",
                    "pemenang sudah ditetapkan lain; buka kembali penetapannya disertai alasan sebelum menetapkan lagi",
                )
            return []
        case Closed(), (ConfirmDecision() | AnnounceResults()):
            raise Refused(
                "the winners are not decided yet; the chair decides them first",
                "pemenang belum ditetapkan; ketua dewan juri menetapkannya dahulu",
            )
        case Decided(), ConfirmDecision(by):
            if by == state.decision.decided_by:
                raise Forbidden(
                    "you decided the winners yourself; another person confirms the decision",
                    "Anda sendiri yang menetapkan pemenang; penetapan dikukuhkan oleh orang lain",
                )
            return [DecisionConfirmed(confirmed_by=by)]
        case _, ConfirmDecision():
            return []
        case ((Decided() | Confirmed() | Announced()), ReopenDecision(reason, by)):
            return [_reopened(state.docket, reason, by)]
        case Closed(listed), ReopenDecision():
            if listed.reopened:
                return []
            raise Refused("nothing is decided yet that could be reopened", "belum ada penetapan yang dapat dibuka kembali")
        case ((Decided() | Confirmed()), ReopenForVoided(reason, by)):
            submitted = [one for one in others[1:] if isinstance(one, sheet.Submitted) and one.entry in state.docket.entries]
            if any(juror.bar(others[0], state.docket.entries[one.entry]) for one in submitted):
                return [DecisionReopened(reason=reason, reopened_by=by)]
            return []
        case _, ReopenForVoided():
            return []
        case Decided(), AnnounceResults():
            raise Refused(
                "the decision is not confirmed yet; another person than who decided confirms it first",
                "penetapan belum dikukuhkan; orang lain selain yang menetapkan mengukuhkannya dahulu",
            )
        case Confirmed(), AnnounceResults(by, at):
            return [_announced(state, by, at, others[0])]
        case Announced(), AnnounceResults():
            return []
    raise AssertionError(f"{command!r} is no command on a result")


def _has_no_part(by: str, docket: Docket, others: tuple[Any, ...]) -> None:
    """Raises Forbidden where the decider's employer competes, by what is on record about him as a juror."""
    competing = institutions(docket)
    for state in others:
        if isinstance(state, juror.Appointed) and by == f"person/{state.juror}":
            employers = [institution for institution, relation in state.conflicts if relation == "employer"]
            if own := next((institution for institution in employers if institution in competing), None):
                raise Forbidden(
                    f"your employer {own} competes in this category; somebody else decides it",
                    f"pemberi kerja Anda {own} berlomba pada kategori ini; ditetapkan oleh orang lain",
                )


def _reopened(docket: Docket, reason: str, by: str) -> DecisionReopened:
    if docket.awards:
        raise Refused(
            "awards of this category are conferred: its result stands",
            "penghargaan kategori ini sudah diserahkan: hasilnya tetap",
        )
    if not reason.strip():
        raise Invalid("say why the decision is reopened", "sebutkan alasan penetapan dibuka kembali")
    return DecisionReopened(reason=reason, reopened_by=by)


def _announced(state: Confirmed, by: str, at: datetime, edition: EditionFacts) -> ResultsAnnounced | ResultCorrected:
    decided, docket, rulebook = state.decision, state.docket, edition.rulebook
    if by == decided.decided_by:
        raise Forbidden(
            "you decided the winners yourself; another person announces them",
            "Anda sendiri yang menetapkan pemenang; hasilnya diumumkan oleh orang lain",
        )
    assert rulebook is not None, "entries are admitted by a rulebook"
    won = {placed.entry for placed in decided.winners}
    others: tuple[Placed, ...] = ()
    if rulebook.publish.scores == "nominees":
        others = tuple(placed for placed in decided.ranking if placed.entry not in won)
    until = at + timedelta(seconds=rulebook.result_objection_days * rulebook.day_seconds)
    if docket.published is None:
        return ResultsAnnounced(
            winners=decided.winners, others=others, deviation=decided.deviation, objections_until=until, announced_by=by
        )
    return ResultCorrected(
        winners=decided.winners,
        others=others,
        deviation=decided.deviation,
        reason=docket.reopened,
        objections_until=until,
        announced_by=by,
    )


def _vote(state: Stage, order: tuple[str, ...], note: str, states: tuple[Any, ...]) -> list[Event]:
    latest = next((vote for vote in reversed(state.votes) if set(vote) == set(order)), None)
    if latest == order:
        return []
    if not isinstance(state, Closed):
        raise Refused("the winners are decided: the vote stands", "pemenang sudah ditetapkan: hasil pemungutan suara tetap")
    ties = tally(state.docket, state.votes, states).open_ties
    if not any(len(order) == len(tie.entries) and set(order) == set(tie.entries) for tie in ties):
        listed = "; ".join(f"{tie.place}: {', '.join(tie.entries)}" for tie in ties)
        raise Refused(
            f"a vote orders exactly the entries of a tie that stands ({listed or 'none does'})",
            f"pemungutan suara mengurutkan tepat entri yang masih seri ({listed or 'tidak ada'})",
        )
    if not note.strip():
        raise Invalid("note how the panel voted", "catat bagaimana panel memberikan suara")
    return [TieResolved(order=order, note=note)]


def command_of(events: Sequence[Event], by: str, at: datetime) -> Command | None:
    """None: these are another module's events."""
    match events[0]:
        case TieResolved(order=order, note=note):
            return ResolveTie(order, note)
        case WinnersDecided(winners=winners, deviation=deviation, decided_by=decided_by):
            return DecideWinners(decided_by, tuple(p.entry for p in winners) if deviation else (), deviation)
        case DecisionConfirmed(confirmed_by=confirmed_by):
            return ConfirmDecision(confirmed_by)
        case DecisionReopened(reason=reason, reopened_by=reopened_by):
            return ReopenDecision(reason, reopened_by)
        case ResultsAnnounced(announced_by=announced_by) | ResultCorrected(announced_by=announced_by):
            return AnnounceResults(announced_by, at)
    return None
