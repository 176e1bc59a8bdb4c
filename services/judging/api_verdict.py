"""JSON endpoints from closed sheets to the public result and the award: votes, decision, confirmation, announcement, reopening.

Four eyes: the chair decides, somebody else confirms, and who announces is not who decided. None of them has to do with an
institution that competes in the category.
"""

from fastapi import APIRouter

from services.judging import apart
from services.judging.answers import AnnouncementDone, CategoryDone, DecisionDone, places_shown
from services.judging.bodies import (
    AwardBody,
    CategoryId,
    DecisionBody,
    EditionId,
    Empty,
    EntryId,
    NationalBody,
    ReasonBody,
    VoteBody,
)
from services.judging.category import CATEGORY
from services.judging.naming import category_id, home_of
from services.judging.national import NATIONAL_AWARD, ProposeForNationalAward
from services.judging.objections import ConferAward, nominated
from services.judging.outcomes import AwardDone, ProposalDone
from services.judging.seats import judged_by
from services.judging.verdict import AnnounceResults, ConfirmDecision, DecideWinners, ReopenDecision, ResolveTie
from shared.deciding import Act, Outcome
from shared.events.judging import ResultCorrected, ResultsAnnounced, WinnersDecided
from shared.facts import EDITION, INNOVATION
from shared.web.asking import Asked, Asking

router = APIRouter(tags=["verdict"])


@router.post("/editions/{edition}/categories/{category}/tie-votes")
async def resolve_tie(edition: EditionId, category: CategoryId, body: VoteBody, asked: Asked) -> CategoryDone:
    """Record how the panel voted on a tie that the ranking shows as open: all its entries, best first. Chair."""
    asked.principal.must_hold(edition, "chair")
    await _by_the_sheets(asked, edition, category, ResolveTie(tuple(body.order), body.note))
    return CategoryDone(edition=edition, category=category)


@router.post("/editions/{edition}/categories/{category}/decision")
async def decide_winners(
    edition: EditionId, category: CategoryId, asked: Asked, body: DecisionBody | None = None
) -> DecisionDone:
    """Decide the winners as they follow from the scoresheets; others only with a reason, which will be public. Chair."""
    asked.principal.must_hold(edition, "chair")
    said = body or DecisionBody()
    command = DecideWinners(asked.principal.id, tuple(said.order), said.reason)
    outcome = await _by_the_sheets(asked, edition, category, command)
    event = next((r.event for r in outcome.events if isinstance(r.event, WinnersDecided)), None)
    return DecisionDone(
        edition=edition,
        category=category,
        method=event.method if event else None,
        ranking=places_shown(event.ranking) if event else None,
        winners=places_shown(event.winners) if event else None,
        deviation=(event.deviation or None) if event else None,
    )


async def _by_the_sheets(asked: Asking, edition: str, category: str, command: ResolveTie | DecideWinners) -> Outcome:
    await apart.from_category(asked.parts, asked.principal, edition, category)
    judging = CATEGORY(category_id(edition, category))
    state, _ = await asked.parts.desk.state(judging)
    return await asked.carry_out(Act(judging, command, *judged_by(edition, state)), edition=edition)


@router.post("/editions/{edition}/categories/{category}/decision/confirmation")
async def confirm_decision(edition: EditionId, category: CategoryId, asked: Asked, body: Empty | None = None) -> CategoryDone:
    """Confirm what another person decided. Committee or chair."""
    asked.principal.must_hold(edition, "committee", "chair")
    await apart.from_category(asked.parts, asked.principal, edition, category)
    command = ConfirmDecision(asked.principal.id)
    await asked.carry_out(Act(CATEGORY(category_id(edition, category)), command), edition=edition)
    return CategoryDone(edition=edition, category=category)


@router.post("/editions/{edition}/categories/{category}/decision/reopening")
async def reopen_decision(edition: EditionId, category: CategoryId, body: ReasonBody, asked: Asked) -> CategoryDone:
    """Have the winners decided anew, before or after the announcement, with the reason on record. Chair or committee."""
    asked.principal.must_hold(edition, "chair", "committee")
    await apart.from_category(asked.parts, asked.principal, edition, category)
    command = ReopenDecision(body.reason, asked.principal.id)
    await asked.carry_out(Act(CATEGORY(category_id(edition, category)), command), edition=edition)
    return CategoryDone(edition=edition, category=category)


@router.post("/editions/{edition}/categories/{category}/announcement")
async def announce(edition: EditionId, category: CategoryId, asked: Asked, body: Empty | None = None) -> AnnouncementDone:
    """Make the confirmed winners public; after a reopening, the correction. Committee."""
    asked.principal.must_hold(edition, "committee")
    await apart.from_category(asked.parts, asked.principal, edition, category)
    by, judging = asked.principal.id, CATEGORY(category_id(edition, category))
    outcome = await asked.carry_out(Act(judging, lambda at: AnnounceResults(by, at), EDITION(edition)), edition=edition)
    event = next((r.event for r in outcome.events if isinstance(r.event, ResultsAnnounced | ResultCorrected)), None)
    return AnnouncementDone(
        edition=edition,
        category=category,
        winners=places_shown(event.winners) if event else None,
        corrects=isinstance(event, ResultCorrected),
        objections_until=event.objections_until if event else None,
    )


@router.post("/entries/{entry}/award", status_code=201)
async def confer_award(entry: EntryId, body: AwardBody, asked: Asked) -> AwardDone:
    """Put the award to a winner on record, by its decree, once nothing can be objected any more. Committee."""
    edition, category = home_of(entry)
    asked.principal.must_hold(edition, "committee")
    await apart.from_entry(asked.parts, asked.principal, entry)
    judging = CATEGORY(category_id(edition, category))
    act = Act(judging, lambda at: ConferAward(entry, body.decree, body.decree_date, at))
    await asked.carry_out(act, edition=edition)
    return AwardDone(entry=entry, decree=body.decree)


@router.post("/entries/{entry}/national-award", status_code=201)
async def propose_for_national_award(entry: EntryId, body: NationalBody, asked: Asked) -> ProposalDone:
    """Propose an innovation of a winning entry for the national award, which it may enter twice. Committee."""
    edition, category = home_of(entry)
    asked.principal.must_hold(edition, "committee")
    docket = await apart.from_entry(asked.parts, asked.principal, entry)
    judging = CATEGORY(category_id(edition, category))
    proposals = NATIONAL_AWARD(nominated(docket, entry).institution)
    command = ProposeForNationalAward(edition, entry, body.innovation)
    await asked.carry_out(Act(proposals, command, judging, INNOVATION(body.innovation)), edition=edition)
    return ProposalDone(edition=edition, entry=entry, innovation=body.innovation)
