"""JSON endpoints of the desk: who screens what, eligibility, revision, scores, and the worklist."""

from fractions import Fraction
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response

from services.screening import acts, reading
from services.screening.assignments import AssignScreeners, RecuseScreener, Work
from services.screening.bodies import (
    AssignedAnswer,
    AssignmentBody,
    AssignmentsAnswer,
    DeskScoreAnswer,
    DeskScoreBody,
    EligibilityAnswer,
    EligibilityBody,
    LoadAnswer,
    LoadsAnswer,
    RecusalAnswer,
    RecusalBody,
    RevisionAnswer,
    RevisionBody,
    WorkItem,
    WorklistAnswer,
)
from services.screening.desk_score import half_up
from services.screening.edge import Name, counted, of_the_edition, on_the_desk, roster
from services.screening.eligibility import AssessEligibility, RequestRevision
from services.screening.rulebook import rules_of
from services.screening.scoring import RecordDeskScore
from shared.events.screening import ScreenerAssigned
from shared.facts import EDITION
from shared.web.asking import Asked, PartsHere, SignedIn, reached
from shared.web.paging import Cursor

desk = APIRouter(tags=["desk"])


@desk.post("/editions/{edition}/assignments")
async def assign(edition: Name, body: AssignmentBody, asked: Asked) -> AssignmentsAnswer:
    """Assign screeners to all innovations that lack some: evenly, and never to what is of their own institution.

    From the first assignment on only those act on an innovation to whom it is assigned.
    """
    asked.principal.must_hold(edition, "committee")
    state, _ = await asked.parts.desk.state(EDITION(edition))
    wanted = rules_of(state).screeners_per_innovation
    await counted(asked.parts)
    rows = await asked.parts.database.read(lambda c: reading.short_of_screeners(c, edition, wanted, body.limit))
    command = AssignScreeners(tuple(Work(row.innovation, row.institution) for row in rows))
    outcome = await asked.carry_out(acts.assign(edition, command, await roster(asked.parts, edition)), edition=edition)
    assigned = [e.event for e in outcome.events if isinstance(e.event, ScreenerAssigned)]
    return AssignmentsAnswer(assigned=[AssignedAnswer(innovation=a.innovation, screeners=list(a.screeners)) for a in assigned])


@desk.get("/editions/{edition}/assignments", dependencies=[Depends(reached)])
async def assignments(edition: Name, parts: PartsHere, principal: SignedIn) -> LoadsAnswer:
    """How many innovations each screener has, and how many of them he has scored."""
    principal.must_hold(edition, "committee", "screener", "auditor")
    found = await parts.database.read(lambda c: reading.loads(c, edition))
    return LoadsAnswer(
        screeners=[LoadAnswer(screener=load.screener, assigned=load.assigned, scored=load.scored) for load in found]
    )


@desk.post("/innovations/{innovation}/recusal")
async def recuse(innovation: Name, body: RecusalBody, asked: Asked) -> RecusalAnswer:
    """A screener steps back from an innovation, or the committee relieves him: another takes his place, and a score that he gave
    counts no more."""
    facts, _ = await of_the_edition(asked.parts, innovation)
    principal = asked.principal
    screener = body.screener or principal.person
    if screener == principal.person:
        principal.must_hold(facts.edition, "screener", "committee")  # Stepping back from what is his own is what he should do.
    else:
        await on_the_desk(asked, innovation, "committee")
    command = RecuseScreener(innovation, screener, body.reason)
    act = acts.recuse(facts.edition, command, await roster(asked.parts, facts.edition))
    recorded = (await asked.carry_out(act, edition=facts.edition)).first(ScreenerAssigned)
    event = recorded.event if recorded else None
    screeners = list(event.screeners) if isinstance(event, ScreenerAssigned) else None
    return RecusalAnswer(innovation=innovation, screener=screener, screeners=screeners)


@desk.post("/innovations/{innovation}/eligibility")
async def assess_eligibility(innovation: Name, body: EligibilityBody, asked: Asked) -> EligibilityAnswer:
    """A screener answers every criterion of eligibility (PP 38/2017 art. 6); eligible is what meets all, with no reason against."""
    facts, rules = await on_the_desk(asked, innovation, "screener")
    person, reasons = asked.principal.person, tuple(body.reasons)
    found = acts.assess(
        innovation,
        lambda at: AssessEligibility(innovation, person, body.criteria, reasons, body.note, at),
        facts,
        rules,
    )
    await asked.carry_out(*found, edition=facts.edition)
    return EligibilityAnswer(innovation=innovation, eligible=all(body.criteria.values()) and not body.reasons)


@desk.post("/innovations/{innovation}/revision")
async def request_revision(innovation: Name, body: RevisionBody, asked: Asked) -> RevisionAnswer:
    """A screener or the committee returns an innovation to its institution, which may revise it until the deadline, also after
    registration is closed. It is assessed anew after that."""
    facts, rules = await on_the_desk(asked, innovation, "committee", "screener")
    screener = "" if asked.principal.holds("committee", facts.edition) else asked.principal.person
    act = acts.request_revision(
        innovation, lambda at: RequestRevision(innovation, body.what, body.deadline, screener, at), facts, rules
    )
    await asked.carry_out(act, edition=facts.edition)
    return RevisionAnswer(innovation=innovation, deadline=body.deadline)


@desk.post("/innovations/{innovation}/desk-score")
async def record_desk_score(innovation: Name, body: DeskScoreBody, asked: Asked) -> DeskScoreAnswer:
    """The screener's own score of an eligible innovation, 0-100. He may change it until another's is in; a score that lies far
    from the others calls for one more screener."""
    facts, rules = await on_the_desk(asked, innovation, "screener")
    screener = asked.principal.person
    command = RecordDeskScore(innovation, screener, body.score, body.note)
    await asked.carry_out(*acts.score(command, facts, rules, await roster(asked.parts, facts.edition)), edition=facts.edition)
    return DeskScoreAnswer(innovation=innovation, screener=screener, score=half_up(Fraction(body.score)))


@desk.get("/editions/{edition}/worklist", dependencies=[Depends(reached)])
async def worklist(
    edition: Name,
    parts: PartsHere,
    principal: SignedIn,
    response: Response,
    after: Cursor = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    state: Literal["unassessed", "eligible", "ineligible", "disqualified"] | None = None,
    mine: Annotated[bool, Query(description="Only what is assigned to you")] = False,
) -> WorklistAnswer:
    """The edition's innovations with what the desk has found, in the order of their submission.

    A screener sees the others' scores of an innovation once he has scored it himself.
    """
    principal.must_hold(edition, "screener", "committee", "auditor")
    rulebook = (await parts.desk.state(EDITION(edition)))[0].rulebook
    if rulebook is None:
        return WorklistAnswer(items=[])
    person = principal.person
    items = await parts.database.read(lambda c: reading.worklist(c, edition, after, limit + 1, state, person if mine else None))
    items, more = items[:limit], len(items) > limit
    if more:
        filtered = (f"&state={state}" if state else "") + ("&mine=true" if mine else "")
        response.headers["Link"] = f'<?after={items[-1].row.position}&limit={limit}{filtered}>; rel="next"'
    screens = principal.holds("screener", edition) is not None
    return WorklistAnswer(items=[WorkItem.of(item, person, screens, rulebook) for item in items])
