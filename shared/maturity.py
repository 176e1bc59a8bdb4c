"""What an innovation shows of its maturity (*kematangan*): its claims with their documents, and what of them is verified.

Only what is verified as it stands counts: a claim or a document that was replaced since is as new (DOMAIN, maturity).
"""

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec
from msgspec import Struct

from shared.events.registration import EvidenceAttached, EvidenceReplaced
from shared.events.screening import EvidenceVerified
from shared.facts import claim_digest
from shared.rulebook import Catalogue


class Shown(Struct, frozen=True):
    """A claim as it stands."""

    claim: EvidenceAttached | EvidenceReplaced
    digest: str
    """Of the claim and its document: what a verification refers to."""
    verified: EvidenceVerified | None
    """None: nobody has verified it as it stands."""


def as_it_stands(
    claims: Mapping[int, EvidenceAttached | EvidenceReplaced], found: Mapping[int, EvidenceVerified]
) -> tuple[Shown, ...]:
    """The claims by indicator, each with the verification that it still has."""
    shown = []
    for number, claim in sorted(claims.items()):
        digest, verified = claim_digest(claim), found.get(number)
        shown.append(Shown(claim, digest, verified if verified and verified.claim == digest else None))
    return tuple(shown)


def digest_of(shown: Sequence[Shown]) -> str:
    """SHA-256 (hex) of the claims and of what is verified of them; empty: there are none."""
    if not shown:
        return ""
    said = [(one.digest, one.verified.parameter if one.verified else None) for one in shown]
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def verified_in(shown: Sequence[Shown]) -> dict[int, int | None]:
    """Indicator -> the parameter that is verified of its claim; None: nobody has verified it as it stands."""
    return {one.claim.indicator: one.verified.parameter if one.verified else None for one in shown}


def points(verified: Mapping[int, int | None], catalogue: Catalogue | None) -> Decimal:
    """Weight x verified parameter, added up over the indicators of the catalogue."""
    weights = {indicator.number: indicator.weight for indicator in catalogue.indicators} if catalogue else {}
    return sum((weights[n] * parameter for n, parameter in verified.items() if parameter and n in weights), Decimal(0))
