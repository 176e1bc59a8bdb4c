"""What goes over the wire: bodies of requests and answers. Scores are exact decimals, written as strings in answers."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.screening import desk_score
from services.screening.candidates import Candidate
from services.screening.reading import Shortlist
from shared.events.screening import Nominated


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EligibilityBody(Body):
    criteria: dict[str, bool]
    """Every eligibility code of the rulebook, answered."""
    reasons: list[str] = Field(default=[], max_length=50)
    """Reason codes of the rulebook that stand against it."""
    note: str = ""


class DeskScoreBody(Body):
    score: Decimal
    note: str = ""


class DisqualificationBody(Body):
    reason: str
    explanation: str


class NominationBody(Body):
    entrant: Annotated[str, Field(min_length=1, max_length=100)]
    """An institution's code or an innovation's ID, as the category has it."""


class RevocationBody(NominationBody):
    reason: str


class EmptyBody(Body):
    pass


class EligibilityAnswer(BaseModel):
    innovation: str
    eligible: bool


class DeskScoreAnswer(BaseModel):
    innovation: str
    screener: str
    score: Decimal


class DisqualificationAnswer(BaseModel):
    innovation: str
    reason: str


class NominationAnswer(BaseModel):
    entry: str
    desk_score: Decimal | None
    """None where it was nominated already."""


class RevocationAnswer(BaseModel):
    entry: str


class ConfirmationAnswer(BaseModel):
    category: str
    entries: list[str] | None
    """None where it was confirmed already."""


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
    criteria: dict[str, bool]
    reasons: list[str]
    note: str
    desk_score: Decimal | None
    scores: int
    my_score: Decimal | None

    @classmethod
    def of(cls, row: Any, scores: dict[str, Decimal], screener: str) -> "WorkItem":
        mean = desk_score.mean(list(scores.values()))
        return cls(
            innovation=row.innovation,
            institution=row.institution,
            name=row.name,
            type=row.fields["type"],
            revision=row.revision,
            withdrawn=row.withdrawn,
            state=row.state,
            stale=0 < row.assessed_revision < row.revision,
            criteria=row.criteria,
            reasons=row.reasons,
            note=row.note,
            desk_score=None if mean is None else desk_score.half_up(mean),
            scores=len(scores),
            my_score=scores.get(screener),
        )


class WorklistAnswer(BaseModel):
    items: list[WorkItem]


class CandidateAnswer(BaseModel):
    rank: int | None
    entry: str
    entrant: str
    institution: str
    name: str
    innovations: list[str]
    desk_score: Decimal | None
    tied_at_edge: bool
    nominated: bool


class DossierItemAnswer(BaseModel):
    innovation: str
    revision: int
    digest: str


class NominatedAnswer(BaseModel):
    entry: str
    entrant: str
    institution: str
    name: str
    desk_score: Decimal
    dossier: list[DossierItemAnswer]


class ShortlistAnswer(BaseModel):
    edition: str
    category: str
    name: dict[str, str]
    entrant: Literal["institution", "innovation"]
    nominees: int
    confirmed: bool
    to_assess: int
    """Innovations competing here that are still to be assessed."""
    candidates: list[CandidateAnswer]
    nominated: list[NominatedAnswer]

    @classmethod
    def of(cls, edition: str, found: Shortlist) -> "ShortlistAnswer":
        category = found.category
        entrants = {nominated.entrant for nominated in found.nominated}
        return cls(
            edition=edition,
            category=category.id,
            name={"id": category.name.id, "en": category.name.en},
            entrant=category.entrant,
            nominees=category.nominees,
            confirmed=found.confirmed,
            to_assess=found.to_assess,
            candidates=[_candidate(edition, category.id, c, c.entrant in entrants) for c in found.candidates],
            nominated=[_nominated(nominated) for nominated in found.nominated],
        )


def _candidate(edition: str, category: str, candidate: Candidate, nominated: bool) -> CandidateAnswer:
    exact = candidate.desk_score
    return CandidateAnswer(
        rank=candidate.rank,
        entry=f"{edition}.{category}.{candidate.entrant}",
        entrant=candidate.entrant,
        institution=candidate.institution,
        name=candidate.name,
        innovations=list(candidate.innovations),
        desk_score=None if exact is None else desk_score.half_up(exact),
        tied_at_edge=candidate.tied_at_edge,
        nominated=nominated,
    )


def _nominated(nominated: Nominated) -> NominatedAnswer:
    return NominatedAnswer(
        entry=nominated.entry,
        entrant=nominated.entrant,
        institution=nominated.institution,
        name=nominated.name,
        desk_score=nominated.desk_score,
        dossier=[
            DossierItemAnswer(innovation=item.innovation, revision=item.revision, digest=item.digest)
            for item in nominated.dossier
        ],
    )
