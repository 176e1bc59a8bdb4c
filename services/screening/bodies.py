"""What goes over the wire at the desk: bodies of requests and answers. Scores are exact decimals, written as strings in answers."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.screening import desk_score
from services.screening.reading import OnTheDesk
from services.screening.standing import Disqualified, Eligible, Ineligible, State, Unassessed
from shared.facts import InnovationFacts
from shared.maturity import points
from shared.rulebook import Rulebook


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EmptyBody(Body):
    pass


class EligibilityBody(Body):
    criteria: dict[str, bool]
    """Every eligibility code of the rulebook, answered."""
    reasons: list[str] = Field(default=[], max_length=50)
    """Reason codes of the rulebook that stand against it."""
    note: str = ""


class DeskScoreBody(Body):
    score: Decimal
    note: str = ""


class RevisionBody(Body):
    what: str
    """What is to be revised."""
    deadline: AwareDatetime


class AssignmentBody(Body):
    limit: Annotated[int, Field(ge=1, le=500)] = 500
    """So many innovations at the most; repeat it until none is left."""


class RecusalBody(Body):
    reason: str
    screener: Annotated[str, Field(max_length=100)] = ""
    """Empty: you yourself. The committee may name another."""


class DisqualificationBody(Body):
    reason: str
    explanation: str


class OnBehalf(Body):
    """Of whom paper speaks that somebody else types in."""

    person: Annotated[str, Field(min_length=1, max_length=100)]
    scan_digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """SHA-256 (hex) of the scan."""


class ObjectionBody(Body):
    grounds: str
    on_behalf_of: OnBehalf | None = None
    """The committee types it from paper; the person confirms it later."""


class DecisionBody(Body):
    upheld: bool
    explanation: str


class EligibilityAnswer(BaseModel):
    innovation: str
    eligible: bool


class DeskScoreAnswer(BaseModel):
    innovation: str
    screener: str
    score: Decimal


class RevisionAnswer(BaseModel):
    innovation: str
    deadline: datetime


class AssignedAnswer(BaseModel):
    innovation: str
    screeners: list[str]


class AssignmentsAnswer(BaseModel):
    assigned: list[AssignedAnswer]


class RecusalAnswer(BaseModel):
    innovation: str
    screener: str
    screeners: list[str] | None
    """Who screens it now; None where nobody could take the place, or nothing had to change."""


class DisqualificationAnswer(BaseModel):
    innovation: str
    reason: str
    objections_until: datetime | None
    """None where it was disqualified already."""


class ObjectionAnswer(BaseModel):
    innovation: str


class DecisionAnswer(BaseModel):
    innovation: str
    upheld: bool


class WorkItem(BaseModel):
    innovation: str
    institution: str
    name: str
    type: str
    revision: int
    withdrawn: bool
    state: Literal["unassessed", "eligible", "ineligible", "disqualified"]
    stale: bool
    """It was revised since it was assessed: assess it anew."""
    returned: str
    """What its institution is to revise; empty: it is not returned, or assessed since."""
    returned_until: datetime | None
    criteria: dict[str, bool]
    reasons: list[str]
    note: str
    objection: Literal["none", "open", "upheld", "rejected"]
    objections_until: datetime | None
    screeners: list[str]
    """To whom it is assigned."""
    mine: bool
    owed: bool
    """Your assessment or score of it is still to come."""
    hidden: bool
    """The others' scores are shown once yours is in."""
    desk_score: Decimal | None
    scores: int
    my_score: Decimal | None
    apart: bool
    """The scores lie further apart than the edition lets pass."""
    claims: int
    """Indicators for which it claims a parameter with evidence."""
    unverified: int
    """Of these nobody has verified so many as they stand."""
    maturity: Decimal
    """Points of what is verified, by the edition's catalogue."""

    @classmethod
    def of(cls, found: OnTheDesk, person: str, screens: bool, rules: Rulebook) -> "WorkItem":
        """As this person sees it; `screens`: he is a screener of the edition."""
        row, scores = found.row, found.scores
        hidden = screens and bool(scores) and person not in scores
        mine = person in found.screeners
        return cls(
            innovation=row.innovation,
            institution=row.institution,
            name=row.name,
            type=row.fields["type"],
            revision=row.revision,
            withdrawn=row.withdrawn,
            state=row.state,
            stale=0 < row.assessed_revision < row.revision,
            returned=row.returned,
            returned_until=_time(row.returned_until),
            criteria=row.criteria,
            reasons=row.reasons,
            note=row.note,
            objection=row.objection,
            objections_until=_time(row.objections_until),
            screeners=list(found.screeners),
            mine=mine,
            owed=mine and not row.withdrawn and row.state in ("unassessed", "eligible") and person not in scores,
            hidden=hidden,
            desk_score=None if hidden else desk_score.shown(tuple(scores.values())),
            scores=len(scores),
            my_score=scores.get(person),
            apart=not hidden and bool(scores) and max(scores.values()) - min(scores.values()) > rules.desk_gap,
            claims=len(found.claims),
            unverified=sum(parameter is None for parameter in found.claims.values()),
            maturity=points(found.claims, rules.catalogue),
        )


class WorklistAnswer(BaseModel):
    items: list[WorkItem]


class StandingAnswer(BaseModel):
    innovation: str
    revision: int
    state: Literal["unassessed", "eligible", "ineligible", "disqualified"]
    assessed_revision: int | None
    criteria: dict[str, bool]
    reasons: list[str]
    """Reason codes of the rulebook that stand against it."""
    explanation: str
    """Of the disqualification, or of the decision on the objection."""
    returned: str
    """What is to be revised; empty: it is not returned, or assessed since."""
    returned_until: datetime | None
    objection: Literal["none", "open", "upheld", "rejected"]
    objections_until: datetime | None

    @classmethod
    def of(cls, innovation: str, facts: InnovationFacts, found: State) -> "StandingAnswer":
        assessed = None if isinstance(found, Unassessed) else found.assessed
        out = found.disqualification if isinstance(found, Disqualified) else None
        decided = found.rejected if isinstance(found, Disqualified) else found.upheld if isinstance(found, Eligible) else None
        objection: Literal["none", "open", "upheld", "rejected"] = "none"
        if isinstance(found, Disqualified) and found.objection:
            objection = "rejected" if found.rejected else "open"
        elif isinstance(found, Eligible) and found.upheld:
            objection = "upheld"
        return cls(
            innovation=innovation,
            revision=facts.revision,
            state=STATES[type(found)],
            assessed_revision=assessed.revision if assessed else None,
            criteria=assessed.criteria if assessed else {},
            reasons=[out.reason] if out else list(assessed.reasons) if assessed else [],
            explanation=decided.explanation if decided else out.explanation if out else "",
            returned=found.returned.what if found.returned else "",
            returned_until=found.returned.deadline if found.returned else None,
            objection=objection,
            objections_until=out.objections_until if out else None,
        )


STATES: Mapping[type[State], Literal["unassessed", "eligible", "ineligible", "disqualified"]] = {
    Unassessed: "unassessed",
    Eligible: "eligible",
    Ineligible: "ineligible",
    Disqualified: "disqualified",
}


class LoadAnswer(BaseModel):
    screener: str
    assigned: int
    scored: int


class LoadsAnswer(BaseModel):
    screeners: list[LoadAnswer]


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
