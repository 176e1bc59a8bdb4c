"""What requests to registration say and what it answers, as JSON."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.events.registration import Decree, Form, Initiator, InnovationRecord, Kind, Stage, Theme

EditionId = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40, examples=["batam-2023"])]
_CODE = r"[A-Za-z0-9]+([.-][A-Za-z0-9]+)*"
_LINE = r"^[^\x00-\x1f\x7f]*$"
_PROSE = r"^[^\x00]*$"

Code = Annotated[str, StringConstraints(pattern=f"^{_CODE}$", max_length=60)]
CodeOrNone = Annotated[str, StringConstraints(pattern=f"^({_CODE})?$", max_length=60)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, pattern=_LINE, max_length=200)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, pattern=_PROSE, max_length=5_000)]
Design = Annotated[str, StringConstraints(strip_whitespace=True, pattern=_PROSE, max_length=20_000)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, pattern=_PROSE, max_length=1_000)]
Person = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,64}$")]
"""A person's opaque ID; never a name."""
PersonOrNone = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{0,64}$")]


InstitutionCode = Annotated[Code, Path(examples=["opd-01"])]
"""In an address."""


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EnrolmentBody(Body):
    code: Code
    kind: Code
    name: Annotated[Line, StringConstraints(min_length=1)]
    abbreviation: Line = ""
    parent: CodeOrNone = ""


class DecreeBody(Body):
    """The decision on paper. It holds from its date, where `effective` says nothing else."""

    number: Annotated[Line, StringConstraints(min_length=1)]
    dated: date
    effective: date | None = None

    def decree(self) -> Decree:
        return Decree(self.number, self.dated, self.effective)


class ByDecree(Body):
    decree: DecreeBody | None = None

    def by(self) -> Decree | None:
        return self.decree.decree() if self.decree else None


Moment = Annotated[AwareDatetime, Field(lt=datetime(9000, 1, 1, tzinfo=UTC))]
"""A time that every time zone can write down."""


class RecordBody(Body):
    """An innovation in the fields of the national reporting form."""

    name: Line
    stage: Stage
    initiator: Initiator
    type: Kind
    form: Form
    theme: Theme
    main_affair: Line
    other_affairs: tuple[Line, ...] = Field((), max_length=40)
    trial_date: date
    implementation_date: date
    design: Design
    purpose: Prose
    benefit: Prose
    result: Prose

    def record(self) -> InnovationRecord:
        return InnovationRecord(**self.__dict__)


class OnBehalf(Body):
    """Whose paper, or whose entry in another system, this is."""

    person: Person
    scan_digest: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = Field(
        "", description="SHA-256 of the scanned paper; another system has none"
    )


class SubmissionBody(Body):
    institution: Code
    record: RecordBody
    pic: PersonOrNone = ""
    external_reference: Line = ""
    on_behalf_of: OnBehalf | None = None


class RevisionBody(Body):
    record: RecordBody


class WithdrawalBody(Body):
    reason: Reason


class PicBody(Body):
    person: Person
    reason: Reason = ""


# -- answers


class Done(BaseModel):
    """`position`: what a query may wait for by `?at_least=`."""

    edition: str
    position: int


class EnrolmentDone(Done):
    institution: str
    kind: str
    name: str


class Receipt(BaseModel):
    """Of a submission. `digest` is the SHA-256 (hex) of the record's canonical JSON."""

    innovation: str
    institution: str
    name: str
    position: int
    revision: int
    digest: str


class RevisionDone(BaseModel):
    """`changed`: false where the record was this one already."""

    innovation: str
    institution: str
    name: str
    position: int
    digest: str
    changed: bool


class WithdrawalDone(BaseModel):
    innovation: str
    position: int


class PicDone(BaseModel):
    innovation: str
    person: str
    position: int


class InnovationShown(BaseModel):
    innovation: str
    edition: str
    institution: str
    name: str
    type: Kind
    stage: Stage
    revision: int
    digest: str
    pic: str
    pic_accepted: bool
    """He has said so himself."""
    external_reference: str
    endorsed: bool
    """By the head of its institution, since its last revision."""
    reclassified: str
    """Why the committee changed its type."""
    accountable: str
    """On whose behalf it was entered."""
    recorded_by: str
    scan_digest: str
    confirmed: bool
    """By whom it was entered on behalf of."""
    submitted: datetime
    changed: datetime
    withdrawn: bool
    reason: str
    """Why it was withdrawn."""
    version: int
    """The ETag's number."""


class InnovationInFull(InnovationShown):
    record: dict[str, Any]
