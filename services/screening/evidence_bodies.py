"""What goes over the wire about evidence: claims, and what of them is verified."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field

from services.screening.bodies import Body
from shared.maturity import Shown, points, verified_in
from shared.rulebook import Catalogue


class VerificationBody(Body):
    claim: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """The claim's digest, as the list of evidence shows it: it says what you have read."""
    parameter: Annotated[int, Field(ge=0, le=3)]
    """What the document shows; 0: nothing of what is claimed."""
    note: str = ""
    """Needed where it is less than what is claimed."""


class VerificationAnswer(BaseModel):
    innovation: str
    indicator: int
    parameter: int


class ClaimAnswer(BaseModel):
    """A claim as it stands, with its document."""

    indicator: int
    name: str
    """Of the indicator, by the edition's catalogue."""
    claim: str
    """Digest of the claim and its document: a verification names it."""
    parameter: int
    letter_number: str
    letter_date: date
    subject: str
    sha256: str
    media_type: str
    size: int
    verified: int | None
    """The parameter that the document shows; null: nobody has verified it as it stands."""
    note: str
    screener: str | None
    points: Decimal
    """Weight x verified parameter."""

    @classmethod
    def of(cls, shown: Shown, catalogue: Catalogue | None) -> "ClaimAnswer":
        said, verified = shown.claim, shown.verified
        indicator = catalogue.indicator(said.indicator) if catalogue else None
        return cls(
            indicator=said.indicator,
            name=indicator.name if indicator else "",
            claim=shown.digest,
            parameter=said.parameter,
            letter_number=said.letter_number,
            letter_date=said.letter_date,
            subject=said.subject,
            sha256=said.sha256,
            media_type=said.media_type,
            size=said.size,
            verified=verified.parameter if verified else None,
            note=verified.note if verified else "",
            screener=verified.screener if verified else None,
            points=points(verified_in([shown]), catalogue),
        )


class EvidenceAnswer(BaseModel):
    innovation: str
    maturity: Decimal
    """Points of what is verified."""
    claims: list[ClaimAnswer]
