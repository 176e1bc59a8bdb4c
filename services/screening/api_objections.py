"""JSON endpoints for what an institution is told: how its innovation stands, and its objection to a disqualification."""

from fastapi import APIRouter

from services.screening import acts
from services.screening.assessment import ASSESSMENT
from services.screening.bodies import (
    DecisionAnswer,
    DecisionBody,
    DisqualificationAnswer,
    DisqualificationBody,
    EmptyBody,
    ObjectionAnswer,
    ObjectionBody,
    StandingAnswer,
)
from services.screening.disqualification import ConfirmObjection, DecideObjection, Disqualify, FileObjection
from services.screening.edge import Name, of_the_edition, on_the_desk
from shared.events.screening import InnovationDisqualified
from shared.facts import ACCOUNT, InnovationFacts
from shared.refusals import Refused
from shared.web.asking import Asked, Asking, PartsHere, SignedIn

objections = APIRouter(tags=["disqualification"])


@objections.get("/innovations/{innovation}/standing")
async def standing(innovation: Name, parts: PartsHere, principal: SignedIn) -> StandingAnswer:
    """How an innovation stands at the desk, for its institution and its PIC, by whom they act; scores are not told."""
    facts, _ = await of_the_edition(parts, innovation)
    if principal.person != facts.pic:
        roles = "head", "operator", "service"
        if not any(principal.holds(role, facts.edition) for role in ("committee", "screener", "auditor")):
            principal.must_hold(facts.edition, *roles, institution=facts.institution, scope="innovations:read")
    state, _ = await parts.desk.state(ASSESSMENT(innovation))
    return StandingAnswer.of(innovation, facts, state)


@objections.post("/innovations/{innovation}/disqualification")
async def disqualify(innovation: Name, body: DisqualificationBody, asked: Asked) -> DisqualificationAnswer:
    """The committee takes an eligible innovation out, also after the shortlist is confirmed. Its institution may object within
    the edition's period."""
    facts, _ = await on_the_desk(asked, innovation, "committee")
    person = asked.principal.person
    found = acts.disqualify(innovation, lambda at: Disqualify(innovation, body.reason, body.explanation, person, at), facts)
    recorded = (await asked.carry_out(*found, edition=facts.edition)).first(InnovationDisqualified)
    event = recorded.event if recorded else None
    until = event.objections_until if isinstance(event, InnovationDisqualified) else None
    return DisqualificationAnswer(innovation=innovation, reason=body.reason, objections_until=until)


@objections.post("/innovations/{innovation}/objection")
async def object(innovation: Name, body: ObjectionBody, asked: Asked) -> ObjectionAnswer:
    """The institution of a disqualified innovation objects: its head, who enters for it, or the innovation's PIC. Where it comes on
    paper, a member of the committee types it on that person's behalf."""
    facts, _ = await of_the_edition(asked.parts, innovation)
    principal, behalf = asked.principal, body.on_behalf_of
    if behalf is None:
        if principal.person != facts.pic:
            principal.must_hold(facts.edition, "head", "operator", institution=facts.institution)
        person, recorded_by, scan = principal.person, "", ""
    else:
        await on_the_desk(asked, innovation, "committee")
        person, recorded_by, scan = behalf.person, principal.id, behalf.scan_digest
        await _must_speak_for(asked, person, facts)
    found = acts.file_objection(
        innovation, lambda at: FileObjection(innovation, body.grounds, person, at, recorded_by, scan), facts
    )
    await asked.carry_out(*found, edition=facts.edition)
    return ObjectionAnswer(innovation=innovation)


@objections.post("/innovations/{innovation}/objection/confirmation")
async def confirm(innovation: Name, body: EmptyBody, asked: Asked) -> ObjectionAnswer:
    """The person for whom an objection was typed from paper confirms that it is his."""
    facts, _ = await of_the_edition(asked.parts, innovation)
    await asked.carry_out(acts.confirm_objection(ConfirmObjection(innovation, asked.principal.person)), edition=facts.edition)
    return ObjectionAnswer(innovation=innovation)


async def _must_speak_for(asked: Asking, person: str, facts: InnovationFacts) -> None:
    """Raises Refused unless this person may object for the innovation."""
    account, _ = await asked.parts.desk.state(ACCOUNT(person))
    granted = (account.holds(role, facts.edition) for role in ("head", "operator"))
    if person != facts.pic and not any(grant and facts.institution in grant.institutions for grant in granted):
        raise Refused(
            f"this person does not speak for {facts.institution}; name its head, who enters for it, or the innovation's PIC",
            f"orang ini tidak mewakili {facts.institution}; sebutkan kepalanya, operatornya, atau PIC inovasi ini",
        )


@objections.post("/innovations/{innovation}/objection/decision")
async def decide(innovation: Name, body: DecisionBody, asked: Asked) -> DecisionAnswer:
    """A member of the committee other than who disqualified decides on the objection. Upheld, the innovation is back in."""
    facts, _ = await on_the_desk(asked, innovation, "committee")
    command = DecideObjection(innovation, body.upheld, body.explanation, asked.principal.person)
    await asked.carry_out(*acts.decide_objection(command, facts), edition=facts.edition)
    return DecisionAnswer(innovation=innovation, upheld=body.upheld)
