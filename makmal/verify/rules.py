"""The rules pass: every event of the log must be what a decider allowed, at that point of the log, to somebody who might do it.

The events of one append stand together and bear one `request`. Its acts follow one another: each begins with an event of an
aggregate, `command_of` says what was commanded, and `decide`, on the states as the log has made them so far, must lead to exactly
these events. Nothing here knows a rule of its own but who may record what (`permitted`), which the services check at their edges.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from makmal.verify.book import DECIDERS, RULES, Book
from makmal.verify.deed import Deed
from makmal.verify.findings import Finding, found
from makmal.verify.followed import FOLLOWED, lacking
from makmal.verify.needs import NEEDS, reopened_for_voided
from makmal.verify.offices import Offices
from makmal.verify.permitted import FOLLOWS, PERMITS
from makmal.verify.result import Announcement, announced
from makmal.verify.telling import other_than, refused_by
from services.judging.verdict import ReopenDecision, ReopenForVoided
from services.notification.message import QueueMessage
from shared import facts
from shared.decider import Decider
from shared.eventlog.envelope import Envelope
from shared.events import Event, catalogue, decode
from shared.events.identity import RoleGranted
from shared.events.judging import ResultCorrected, ResultsAnnounced
from shared.events.registration import EditionOpened, InnovationSubmitted
from shared.events.screening import ScreenerAssigned, ScreenerRecused
from shared.refusals import Refused
from shared.web.asking import ENDING_WITH_THEIR_EDITION

_IMPOSSIBLE = (ValueError, LookupError, TypeError, AssertionError, AttributeError, ArithmeticError)
"""What a decider meets where no decider has been: states that cannot be, values that nobody may give."""

Entry = tuple[int, Envelope, Any]
"""Position, envelope, event."""


class Rules:
    """Takes the events in the order of the log. `unchecked`: what could not be checked, and why."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.unchecked: list[tuple[str, str]] = []
        self.announcements: list[Announcement] = []
        self.events = 0
        self.acts = 0
        self.book = Book()
        self.offices = Offices()
        self._append: list[Entry] = []
        self._open = ("", "")
        self._ids: dict[str, int] = {}
        self._known: list[tuple[str, datetime | None]] = [("", None)]
        """Type and time of the event at each position."""
        self._readers: dict[tuple[str, str], Callable[[msgspec.Raw], Any]] = {}
        self._cause = 0
        self._unknown: set[str] = set()

    def take(self, position: int, envelope: Envelope) -> None:
        """The next event. Positions that are missing are found by the bytes pass."""
        kind = envelope.type, envelope.dataschema
        try:
            if reader := self._readers.get(kind):
                event = reader(envelope.data)
            else:
                event = decode(*kind, envelope.data)
                if catalogue()[kind[0]].dataschema() == kind[1]:
                    self._readers[kind] = msgspec.json.Decoder(catalogue()[kind[0]]).decode
        except (msgspec.ValidationError, msgspec.DecodeError, LookupError) as error:
            self.findings.append(found("schema", position, type=envelope.type, why=str(error)))
            return
        append = envelope.source, envelope.request
        if append != self._open:
            self._settle()
            self._open = append
        self._append.append((position, envelope, event))
        if len(self._known) < position:
            self._known += [("", None)] * (position - len(self._known))
        self._known.append((envelope.type, envelope.time))
        self._ids[envelope.id] = position

    def finish(self) -> None:
        self._settle()

    def _settle(self) -> None:
        """The acts of the append that is complete now."""
        append, self._append = self._append, []
        if not append:
            return
        self.events += len(append)
        _, first, _ = append[0]
        self._cause = self._ids.get(first.causationid, 0) if first.causationid else 0
        service, events = first.source[1:], [event for _, _, event in append]
        for position, envelope, _ in append[1:]:
            if (envelope.actor, envelope.time, envelope.causationid) != (first.actor, first.time, first.causationid):
                self._find("torn", position, envelope)
        at, end, before = 0, 0, ("", "")
        while at < len(append):
            position, envelope, event = append[at]
            subject = envelope.subject
            if at >= end:
                end = at + 1
                while end < len(append) and append[end][1].subject == subject:
                    end += 1
            if (self._unknown or envelope.type == "EditionOpened") and self._foreign(envelope, event):
                at += 1
                continue
            decider = DECIDERS.get((service, subject.partition("/")[0]))
            if decider is None:
                self._without_decider(position, envelope, event)
                at += 1
                continue
            self.acts += 1
            done = self._decided(decider, append, at, events[at:end]) or 1
            if (envelope.type, subject) != before:
                self._permitted(append, at, events[at : at + done])
                before = envelope.type, subject
            for each_position, each, happened in append[at : at + done]:
                self._count(service, each_position, each, happened)
            at += done
        for position, envelope, event in append:
            if envelope.type in FOLLOWED:
                id = envelope.subject.partition("/")[2]
                if missing := lacking(self.book, envelope.type, id, event, envelope.actor):
                    self._find("lacking", position, envelope, missing=missing)

    def _decided(self, decider: Decider[Any], append: Sequence[Entry], at: int, run: Sequence[Any]) -> int:
        """How many of the run's events the act led to; 0 where it could not have led to the first."""
        position, envelope, event = append[at]
        id = envelope.subject.partition("/")[2]
        try:
            command = decider.command_of(run, envelope.actor, envelope.time)
            decided = self._decide(decider, append, id, command)
        except Refused as refused:
            self.findings.append(refused_by(position, envelope, refused))
            return 0
        except _IMPOSSIBLE as error:
            self.findings.append(
                found("impossible", position, type=envelope.type, subject=envelope.subject, why=str(error)[:200])
            )
            return 0
        length = len(decided)
        if 0 < length <= len(run) and list(decided) == list(run[:length]):
            return length
        if isinstance(event, _ASSIGNING) and (length := self._by_an_older_roster(decider, append, id, command, run)):
            return length
        self.findings.append(other_than(append[at:], run, decided))
        return 0

    def _decide(self, decider: Decider[Any], append: Sequence[Entry], id: str, command: Any) -> Sequence[Event]:
        book, first, kind = self.book, append[0][1], type(command)
        state = book.of(decider, id)
        if kind is ReopenDecision and first.subject.startswith("juror/"):
            reopening = ReopenForVoided(command.reason, command.by)
            return decider.decide(state, reopening, *reopened_for_voided(book, id, first.subject.rpartition(".")[2]))
        if kind is QueueMessage and command.caused == command.at:
            command = msgspec.structs.replace(command, caused=self._time_of(command.cause))
        return decider.decide(state, command, *NEEDS[kind](book, id, command, first.actor))

    def _time_of(self, position: int) -> datetime:
        at = self._known[position][1] if 0 < position < len(self._known) else None
        if at is None:
            raise ValueError(f"it tells of position {position}, where nothing stands before it")
        return at

    def _by_an_older_roster(
        self, decider: Decider[Any], append: Sequence[Entry], id: str, command: Any, run: Sequence[Any]
    ) -> int:
        """The service takes the names of the screeners from its own count of the log, which may lag a little behind: whoever has just
        become one may be left out. As many of the run's events as then follow, or 0."""
        known = self.book.screeners.get(id, [])
        try:
            for left in range(len(known) - 1, -1, -1):
                self.book.screeners[id] = known[:left]
                try:
                    decided = self._decide(decider, append, id, command)
                except Refused:
                    break
                if 0 < len(decided) <= len(run) and list(decided) == list(run[: len(decided)]):
                    return len(decided)
        finally:
            self.book.screeners[id] = known
        return 0

    def _permitted(self, append: Sequence[Entry], at: int, events: Sequence[Any]) -> None:
        """Whether whoever recorded the act might do it."""
        position, envelope, event = append[at]
        leader = append[0][1].type
        edition = self._edition(envelope, event)
        if envelope.type in FOLLOWS:
            leaders = FOLLOWS[envelope.type]
            if not any(each.type in leaders for _, each, _ in append[:at]):
                self._find("alone", position, envelope, leaders=" / ".join(leaders))
        elif permit := PERMITS.get(envelope.type):
            deed = Deed(
                envelope=envelope,
                events=events,
                id=envelope.subject.partition("/")[2],
                edition=edition,
                leader=leader,
                cause=self._known[self._cause][0],
                cause_position=self._cause,
                book=self.book,
                offices=self.offices,
            )
            if refusal := permit(deed):
                kind, told = refusal
                self._find(kind, position, envelope, **told)
        service = envelope.source[1:]
        if service not in _IN_EDITIONS:
            return
        if (envelope.edition or "") != edition:
            self._find("edition", position, envelope, edition=edition, said=envelope.edition or "-")
        person = envelope.actor.startswith(("person/", "client/"))
        cancelled = self.book.of(facts.EDITION, edition).cancelled
        if cancelled and person and service in ENDING_WITH_THEIR_EDITION:
            self._find("cancelled", position, envelope, edition=edition, why=cancelled.reason)

    def _edition(self, envelope: Envelope, event: Any) -> str:
        """The edition that an act belongs to, by its aggregate; where that says nothing, by the event or the envelope."""
        kind, _, id = envelope.subject.partition("/")
        if how := _EDITIONS.get(kind):
            return how(self.book, id, event)
        return envelope.edition or ""

    def _count(self, service: str, position: int, envelope: Envelope, event: Any) -> None:
        """Move the states on; the result that an event announces is recomputed from those that it was announced on."""
        try:
            self.book.take(service, envelope.subject, event)
        except _IMPOSSIBLE as error:
            if not self.findings or self.findings[-1].position != position:
                self._find("impossible", position, envelope, subject=envelope.subject, why=str(error)[:200])
            return
        if service == "identity":
            self.offices.take(event, envelope.time)
            if isinstance(event, RoleGranted) and event.role == "screener":
                known = self.book.screeners.setdefault(event.edition, [])
                if event.person not in known:
                    known.append(event.person)
        elif envelope.type in _RESULTS:
            self.announcements.append(announced(position, envelope, event, self.book))

    def _foreign(self, envelope: Envelope, event: Any) -> bool:
        """Whether the edition is held by rules that this program does not have: then nothing in it can be judged."""
        edition = self._edition(envelope, event)
        if isinstance(event, EditionOpened) and event.rules_version not in RULES:
            self._unknown.add(edition)
            known, version = ", ".join(str(version) for version in RULES), event.rules_version
            self.unchecked.append(
                (
                    f"{envelope.subject} is held by version {version} of the rules; this program has {known}",
                    f"{envelope.subject} memakai aturan versi {version}; program ini memuat {known}",
                )
            )
        return edition in self._unknown

    def _without_decider(self, position: int, envelope: Envelope, event: Any) -> None:
        """A position that an operator has filled; nothing else stands in the log without a decider."""
        if envelope.type != "PositionVoided":
            self._find("impossible", position, envelope, subject=envelope.subject, why="no such aggregate")
        elif event.position != position or envelope.actor != "operator":
            self._find(
                "impossible",
                position,
                envelope,
                subject=envelope.subject,
                why="only an operator voids a position, in its place",
            )

    def _find(self, kind: str, position: int, envelope: Envelope, **told: object) -> None:
        self.findings.append(found(kind, position, type=envelope.type, **told))


def _first(book: Book, id: str, event: Any) -> str:
    return id.partition(".")[0]


def _of_innovation(book: Book, id: str, event: Any) -> str:
    return event.edition if isinstance(event, InnovationSubmitted) else book.of(facts.INNOVATION, id).edition


_EDITIONS: dict[str, Callable[[Book, str, Any], str]] = {
    **dict.fromkeys(("enrolment", "names", "import", "shortlist", "portfolio", "juror", "category", "scoresheet"), _first),
    **dict.fromkeys(("edition", "assignments", "contested"), lambda book, id, event: id),
    **dict.fromkeys(("innovation", "evidence", "assessment"), _of_innovation),
    "national-award": lambda book, id, event: event.edition,
}
_ASSIGNING = (ScreenerAssigned, ScreenerRecused)
_RESULTS = (ResultsAnnounced.__name__, ResultCorrected.__name__)
_IN_EDITIONS = ("registration", "screening", "judging")
