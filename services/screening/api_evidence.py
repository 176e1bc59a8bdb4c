"""JSON endpoints of evidence at the desk: what an innovation claims, and what a screener verifies of it."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.screening import acts
from services.screening.edge import Name, of_the_edition, on_the_desk
from services.screening.evidence_bodies import ClaimAnswer, EvidenceAnswer, VerificationAnswer, VerificationBody
from services.screening.verification import VERIFICATION, VerifyEvidence
from shared.facts import EVIDENCE
from shared.maturity import as_it_stands, points, verified_in
from shared.web.asking import Asked, PartsHere, SignedIn

evidence = APIRouter(tags=["desk"])


@evidence.get("/innovations/{innovation}/evidence")
async def show_evidence(innovation: Name, parts: PartsHere, principal: SignedIn) -> EvidenceAnswer:
    """What the innovation claims by indicator, and what of it is verified as it stands. Registration serves the files."""
    facts, rules = await of_the_edition(parts, innovation)
    principal.must_hold(facts.edition, "screener", "committee", "auditor")
    claims, _ = await parts.desk.state(EVIDENCE(innovation))
    verification, _ = await parts.desk.state(VERIFICATION(innovation))
    shown = as_it_stands(claims.claims, verification.found)
    return EvidenceAnswer(
        innovation=innovation,
        maturity=points(verified_in(shown), rules.catalogue),
        claims=[ClaimAnswer.of(one, rules.catalogue) for one in shown],
    )


@evidence.post("/innovations/{innovation}/evidence/{indicator}/verification")
async def verify_evidence(
    innovation: Name, indicator: Annotated[int, Path(ge=1, le=100)], body: VerificationBody, asked: Asked
) -> VerificationAnswer:
    """A screener has read the document behind a claim and says which parameter it shows: the claimed one, a lower one, or 0.

    Only verified points count. Once the claim or its document is replaced it is unverified again.
    """
    facts, rules = await on_the_desk(asked, innovation, "screener")
    command = VerifyEvidence(innovation, indicator, body.claim, body.parameter, body.note, asked.principal.person)
    await asked.carry_out(acts.verify(command, facts, rules), edition=facts.edition)
    return VerificationAnswer(innovation=innovation, indicator=indicator, parameter=body.parameter)
