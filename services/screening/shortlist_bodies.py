"""What goes over the wire at the shortlists: bodies of requests and answers. Scores are exact decimals, strings in answers."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from services.screening import desk_score
from services.screening.bodies import Body
from services.screening.candidates import Candidate
from services.screening.reading import Shortlist
from shared.events.screening import Nominated


class NominationBody(Body):
    entrant: Annotated[str, Field(min_length=1, max_length=100)]
    """An institution's code or an innovation's ID, as the category has it."""
    reason: str = ""
    """Needed where others of the same desk score stand at the edge of the shortlist: why this one."""


class RevocationBody(Body):
    entrant: Annotated[str, Field(min_length=1, max_length=100)]
    reason: str


class ConfirmationBody(Body):
    despite: str = ""
    """Needed where a disqualification in the category may still fall by an objection: why it is confirmed despite that."""


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


class CandidateAnswer(BaseModel):
    rank: int | None
    entry: str
    entrant: str
    institution: str
    name: str
    innovations: list[str]
    desk_score: Decimal | None
    tied_at_edge: bool
    hidden: bool
    """Rank and score are shown once you have scored it yourself, or the shortlist is confirmed."""
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
    desk_score: Decimal | None
    dossier: list[DossierItemAnswer]
    tied_with: list[str]
    reason: str


class RevokedAnswer(BaseModel):
    entry: str
    entrant: str
    name: str
    reason: str


class ShortlistAnswer(BaseModel):
    edition: str
    category: str
    name: dict[str, str]
    entrant: Literal["institution", "innovation"]
    nominees: int
    confirmed: bool
    despite: str
    """Why it was confirmed although a disqualification might still fall."""
    to_assess: int
    """Innovations competing here that are still to be assessed."""
    candidates: list[CandidateAnswer]
    nominated: list[NominatedAnswer]
    revoked: list[RevokedAnswer]

    @classmethod
    def of(cls, edition: str, found: Shortlist, hidden: frozenset[str]) -> "ShortlistAnswer":
        """`hidden`: entrants whose score the reader must not see yet; they stand last, by name."""
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
            despite=found.despite,
            candidates=[
                _candidate(edition, category.id, candidate, candidate.entrant in entrants, candidate.entrant in hidden)
                for candidate in sorted(
                    found.candidates, key=lambda c: (c.entrant in hidden, c.name if c.entrant in hidden else "")
                )
            ],
            nominated=[_nominated(nominated, nominated.entrant in hidden) for nominated in found.nominated],
            revoked=[
                RevokedAnswer(entry=event.entry, entrant=event.entrant, name=event.name, reason=reason)
                for event, reason in found.revoked
            ],
        )


def _candidate(edition: str, category: str, candidate: Candidate, nominated: bool, hidden: bool) -> CandidateAnswer:
    exact = None if hidden else candidate.desk_score
    return CandidateAnswer(
        rank=None if hidden else candidate.rank,
        entry=f"{edition}.{category}.{candidate.entrant}",
        entrant=candidate.entrant,
        institution=candidate.institution,
        name=candidate.name,
        innovations=list(candidate.innovations),
        desk_score=None if exact is None else desk_score.half_up(exact),
        tied_at_edge=candidate.tied_at_edge and not hidden,
        hidden=hidden,
        nominated=nominated,
    )


def _nominated(nominated: Nominated, hidden: bool) -> NominatedAnswer:
    return NominatedAnswer(
        entry=nominated.entry,
        entrant=nominated.entrant,
        institution=nominated.institution,
        name=nominated.name,
        desk_score=None if hidden else nominated.desk_score,
        dossier=[
            DossierItemAnswer(innovation=item.innovation, revision=item.revision, digest=item.digest)
            for item in nominated.dossier
        ],
        tied_with=[] if hidden else list(nominated.tied_with),
        reason="" if hidden else nominated.reason,
    )
