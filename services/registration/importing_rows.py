"""What the rows of an imported file mean to the registration office: the acts of each, and what would be refused.

A dry run asks the deciders themselves, on the states as they are, letting each row see the ones before it; so it says what the
import would say, at no other cost than reading.
"""

import asyncio
import uuid
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from services.registration.bodies import EnrolmentBody, SubmissionBody
from services.registration.coming_late import shortlists_of
from services.registration.edition import EDITION
from services.registration.edition_state import Registering, published
from services.registration.enrolment import ENROLMENT, EnrolInstitution
from services.registration.importing import ImportKind
from services.registration.importing_columns import PicRow, Wanted
from services.registration.importing_tables import RowFault
from services.registration.innovation import INNOVATION, RECORD_RULES, NamePic, SubmitInnovation
from services.registration.institution import INSTITUTION, RegisterInstitution
from services.registration.names import NAMES, TakeName, folded
from shared.decider import Aggregate, Key
from shared.deciding import Act, Desk, request_key
from shared.facts import RETURNED
from shared.refusals import Forbidden, Refused
from shared.security import Principal

S = TypeVar("S")

OF_THE_ROW = uuid.UUID("6f3d0a0e-5a5b-4c0e-9a6e-0d5f6f1f8c11")
"""Namespace of the IDs of imported innovations: the same row, in the same edition, is the same innovation."""

IMPORTERS = ("operator", "head", "committee")
"""Roles whose people may import, for the institutions they are held for; the committee for any. Other systems submit each
innovation by itself, and name who is accountable for it."""

BREATH = 50
"""Rows after which others who ask the service get their turn."""

COLUMNS_OF_RULES = {
    "long_enough": "design",
    "short_enough": "design",
    "tried_before_applied": "implementation_date",
}
"""Where a rule of a record finds its fault; others name the field in their sentence."""


class Entry(Struct, frozen=True):
    """A row with what it asks for decided to be: its acts, and the key under which they stand on record."""

    number: int
    acts: tuple[Act, ...]
    key: str
    column: str
    """Where a refusal is shown."""


class Clerk:
    """Goes through the rows of one file, for one caller."""

    def __init__(self, desk: Desk, principal: Principal, edition: str, kind: ImportKind, at: datetime):
        self._desk = desk
        self._principal = principal
        self._edition = edition
        self._kind = kind
        self._at = at
        self._states: dict[Key, Any] = {}
        self._allowed: dict[str, RowFault | None] = {}
        self._codes: set[str] = set()
        self.faults: list[RowFault] = []

    async def entries(self, wanted: list[Wanted]) -> list[Entry]:
        """The rows that would be taken; `faults` has what stands against the others. Raises Refused for a closed edition."""
        published(await self._state(EDITION(self._edition)))
        self._codes = {row.body.code for row in wanted if isinstance(row.body, EnrolmentBody)}
        found = []
        for count, row in enumerate(wanted):
            if count % BREATH == 0:
                await asyncio.sleep(0)  # what is known already is decided without waiting for anything
            before = len(self.faults)
            entry = await self._entry(row)
            if entry is not None and len(self.faults) == before:
                found.append(entry)
        return found

    async def _entry(self, row: Wanted) -> Entry | None:
        match row.body:
            case EnrolmentBody():
                return await self._enrolment(row.number, row.body)
            case SubmissionBody():
                return await self._submission(row.number, row.body)
            case PicRow():
                return await self._pic(row.number, row.body)
        raise TypeError(f"{row.body!r} is of no kind that is imported")

    async def _enrolment(self, number: int, body: EnrolmentBody) -> Entry:
        edition, code = self._edition, body.code
        if body.parent and body.parent not in self._codes:
            above = await self._state(ENROLMENT(f"{edition}.{body.parent}"))
            if above == ENROLMENT.initial:
                self._fault(
                    number,
                    "parent",
                    f"no institution has the code {body.parent}; write one of this file or edition, or nothing",
                    f"tidak ada perangkat berkode {body.parent}; tulis kode dari berkas atau gelaran ini, atau kosongkan",
                )
        told = (code, body.kind, body.name, body.abbreviation, body.parent)
        acts = (
            Act(ENROLMENT(f"{edition}.{code}"), EnrolInstitution(*told), EDITION(edition)),
            Act(INSTITUTION(code), RegisterInstitution(*told)),
        )
        return await self._tried(number, acts, "code", body)

    async def _submission(self, number: int, body: SubmissionBody) -> Entry | None:
        edition, institution = self._edition, body.institution
        if not self._may_enter(number, institution):
            return None
        record = body.record.record()
        rulebook = published(await self._state(EDITION(edition)))
        for rule in RECORD_RULES:
            if fault := rule(record, rulebook):
                self._fault(number, COLUMNS_OF_RULES.get(rule.__name__, fault[0].split()[0].rstrip(":")), *fault)
        id = str(uuid.uuid5(OF_THE_ROW, self._key(body)))
        late = await self._late(id)
        names = NAMES(f"{edition}.{institution}")
        held = (await self._state(names)).held.get(id)
        acts = (
            Act(
                INNOVATION(id) if held else INNOVATION.new(id),
                lambda at: SubmitInnovation(edition, institution, record, at, body.external_reference, body.pic),
                EDITION(edition),
                ENROLMENT(f"{edition}.{institution}"),
                *late,
            ),
            Act(names, TakeName(record.name, id, first=True)),
        )
        return await self._tried(number, acts, "name", body)

    async def _pic(self, number: int, body: PicRow) -> Entry | None:
        edition, institution = self._edition, body.institution
        if not self._may_enter(number, institution):
            return None
        standing = (await self._state(NAMES(f"{edition}.{institution}"))).taken.get(folded(body.innovation))
        if standing is None:
            self._fault(
                number,
                "innovation",
                f"{institution} has no innovation of this name; import the innovations first, and write the name as it stands",
                f"{institution} tidak memiliki inovasi bernama ini; impor inovasinya dahulu, dan tulis namanya seperti tercatat",
            )
            return None
        act = Act(
            INNOVATION(standing.innovation),
            lambda at: NamePic(body.person, at, body.reason),
            EDITION(edition),
            ENROLMENT(f"{edition}.{institution}"),
            *await self._late(standing.innovation),
        )
        return await self._tried(number, (act,), "person", body)

    async def _late(self, innovation: str) -> tuple[Aggregate[Any], ...]:
        """What is looked at besides once the deadline has passed, for institutions with a late permission."""
        state = await self._state(EDITION(self._edition))
        in_time = isinstance(state, Registering) and self._at < state.closes
        return () if in_time else (RETURNED(innovation), *shortlists_of(published(state)))

    def _may_enter(self, number: int, institution: str) -> bool:
        if institution not in self._allowed:
            self._allowed[institution] = None
            try:
                self._principal.must_hold(self._edition, *IMPORTERS, institution=institution)
            except Forbidden as forbidden:
                self._allowed[institution] = RowFault(0, "institution", forbidden.en, forbidden.id)
        if fault := self._allowed[institution]:
            self.faults.append(msgspec.structs.replace(fault, row=number))
        return fault is None

    async def _tried(self, number: int, acts: tuple[Act, ...], column: str, body: Any) -> Entry:
        """Decide on the states as they are; later rows see what follows from it."""
        involved = {a.key: a for act in acts for a in (act.aggregate, *act.others)}
        states = {key: await self._state(aggregate) for key, aggregate in involved.items()}
        try:
            for act in acts:
                act.decide(self._at, states)
        except Refused as refused:
            if not any(fault.row == number for fault in self.faults):
                self._fault(number, column, refused.en, refused.id)
        else:
            self._states |= {key: state for key, state in states.items() if not involved[key].new}
        return Entry(number, acts, request_key("import", self._key(body)), column)

    async def _state(self, aggregate: Aggregate[S]) -> S:
        if aggregate.new:
            return aggregate.fold.initial
        if aggregate.key not in self._states:
            self._states[aggregate.key] = (await self._desk.state(aggregate))[0]
        state: S = self._states[aggregate.key]
        return state

    def _key(self, body: Any) -> str:
        return f"{self._edition}\0{self._kind}\0{body.model_dump_json()}"

    def _fault(self, number: int, column: str, en: str, id: str) -> None:
        self.faults.append(RowFault(number, column, en, id))
