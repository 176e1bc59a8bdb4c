"""What is said of editions and of the institutions in them, and what is answered, as JSON."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from services.registration.bodies import Body, ByDecree, DecreeBody, Done, Moment, Reason


class OpeningBody(Body):
    rulebook: dict[str, Any] = Field(description="As `makmal edition check` prints it for an edition folder")


class ExtensionBody(ByDecree):
    closes: Moment
    reason: Reason


class ClosingBody(ByDecree):
    pass


class Closes(Done):
    closes: datetime


class NameShown(BaseModel):
    id: str
    en: str


class Registration(BaseModel):
    opens: datetime
    closes: datetime
    """The deadline as it stands."""
    state: Literal["upcoming", "open", "closed"]
    closed: datetime | None
    """Since when it is on record as closed."""
    closed_by: str
    reason: str
    """Of the last extension or reopening."""
    decree: DecreeBody | None
    """Of the last extension, reopening or closing."""


class Ended(BaseModel):
    how: Literal["cancelled", "concluded"]
    effective: date
    reason: str
    decree: DecreeBody | None


class EditionShown(BaseModel):
    edition: str
    name: NameShown
    authority: str
    rehearsal: bool
    registration: Registration
    judging_closes: datetime | None
    ended: Ended | None
    """How it ended: nothing is done in it any more."""
    rulebook_digest: str
    amended: str
    """Why the rulebook was last amended; empty: it is as first published."""


class EditionInFull(EditionShown):
    rulebook: dict[str, Any]


class InstitutionShown(BaseModel):
    institution: str
    kind: str
    name: str
    abbreviation: str
    parent: str


class ObligationShown(BaseModel):
    institution: str
    kind: str
    name: str
    owed: int
    pic_owed: bool
    registered: int
    """Innovations that count for it: submitted, not withdrawn, endorsed where the edition asks for it."""
    with_pic: int
    pic_present: bool
    """Every registered innovation has one, and there is at least one."""
    met: bool
    due: datetime
    """The deadline of registration, or this institution's own by late permission."""
    met_by: list["Meeting"]
    waived: str
    """Why nothing is owed."""
    waived_by: str
    waived_decree: DecreeBody | None
    carried_from: list[str]
    """Merged institutions whose duties are in `owed`."""
    carried_into: str
    """The institution that it is merged into, which owes it now."""


class Meeting(BaseModel):
    """An innovation that counts, who entered it, and who answers for it."""

    innovation: str
    institution: str
    pic: str
