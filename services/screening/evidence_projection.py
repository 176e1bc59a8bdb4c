"""What the worklist shows of evidence: each claim as it stands, and the last that a screener found of its indicator."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlmodel import Field, SQLModel

from shared.database import table
from shared.eventlog import Recorded
from shared.events.registration import EvidenceAttached, EvidenceReplaced
from shared.events.screening import EvidenceVerified
from shared.facts import claim_digest
from shared.runner import Projection
from shared.runner.projection import Changes


class ClaimRow(SQLModel, table=True):
    __tablename__ = "screening_claims_v1"

    innovation: str = Field(primary_key=True)
    indicator: int = Field(primary_key=True)
    claim: str
    """Digest of the claim and its document."""
    read: str
    """Digest of the claim that was verified last; empty: none. Only where it is the claim that stands, `verified` counts."""
    verified: int
    """The parameter that was found then."""


CLAIMS = Projection("screening_claims", 1, ClaimRow)

_claims = table(ClaimRow)
_this = (_claims.c.innovation == bindparam("of"), _claims.c.indicator == bindparam("number"))
CLAIMED = insert(_claims)
REPLACED = update(_claims).where(*_this).values(claim=bindparam("now"))
VERIFIED = update(_claims).where(*_this).values(read=bindparam("seen"), verified=bindparam("found"))


@CLAIMS.on(EvidenceAttached)
def _attached(recorded: Recorded, event: EvidenceAttached) -> Changes:
    row = {
        "innovation": event.innovation,
        "indicator": event.indicator,
        "claim": claim_digest(event),
        "read": "",
        "verified": 0,
    }
    yield CLAIMED, row


@CLAIMS.on(EvidenceReplaced)
def _replaced(recorded: Recorded, event: EvidenceReplaced) -> Changes:
    yield REPLACED, {"of": event.innovation, "number": event.indicator, "now": claim_digest(event)}


@CLAIMS.on(EvidenceVerified)
def _verified(recorded: Recorded, event: EvidenceVerified) -> Changes:
    yield VERIFIED, {"of": event.innovation, "number": event.indicator, "seen": event.claim, "found": event.parameter}


def claims_of(connection: Connection, innovations: Iterable[str]) -> Mapping[str, dict[int, int | None]]:
    """Innovation -> indicator -> the parameter verified of the claim as it stands; None: nobody has verified it."""
    found: dict[str, dict[int, int | None]] = {innovation: {} for innovation in innovations}
    for row in connection.execute(select(_claims).where(_claims.c.innovation.in_(found.keys()))):
        found[row.innovation][row.indicator] = row.verified if row.read == row.claim else None
    return found
