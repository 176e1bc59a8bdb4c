"""JSON endpoints of conflicts of interest: declared by whoever has one, proposed by others, confirmed or dismissed."""

from fastapi import APIRouter

from services.judging import voiding
from services.judging.answers import JurorDone
from services.judging.bodies import ConflictBody, DismissalBody, EditionId, Empty, PersonId, ProposedConflictBody
from services.judging.juror import JUROR, DeclareConflict, DismissConflict, ProposeConflict, StateTies
from services.judging.naming import juror_id
from shared.deciding import Act
from shared.facts import ENROLMENT
from shared.refusals import Forbidden
from shared.web.asking import Asked

router = APIRouter(tags=["conflicts of interest"])


@router.post("/editions/{edition}/jurors/{person}/conflicts", status_code=201)
async def declare_conflict(edition: EditionId, person: PersonId, body: ConflictBody, asked: Asked) -> JurorDone:
    """Put a tie to an institution on record, or confirm a proposed one: its entries are barred to the juror, and the sheets that
    he has for them are void from then on. The juror himself, the chair or the committee."""
    if asked.principal.person != person:
        asked.principal.must_hold(edition, "chair", "committee")
        asked.principal.must_not_concern(edition, body.institution)
    else:
        asked.principal.must_hold(edition, "juror", "chair", "committee")
    seated = await voiding.seats_of(asked.parts.desk, edition, person, lambda entry: entry.institution == body.institution)
    reason = f"juror {person} has a conflict of interest with {body.institution} ({body.relation})"
    declaring = Act(
        JUROR(juror_id(edition, person)),
        DeclareConflict(body.institution, body.relation, body.note),
        ENROLMENT(f"{edition}.{body.institution}"),
    )
    await asked.carry_out(declaring, *voiding.acts(edition, person, asked.principal.id, reason, seated), edition=edition)
    return JurorDone(edition=edition, person=person)


@router.post("/editions/{edition}/jurors/{person}/conflict-proposals", status_code=201)
async def propose_conflict(edition: EditionId, person: PersonId, body: ProposedConflictBody, asked: Asked) -> JurorDone:
    """Say that a juror has a tie to an institution. Until it is confirmed or dismissed no winners are decided where it matters.
    Anybody with a role in the edition."""
    asked.principal.must_hold(edition, "committee", "chair", "juror", "screener", "auditor", "head", "operator")
    command = ProposeConflict(body.institution, body.relation, body.note, asked.principal.id)
    act = Act(JUROR(juror_id(edition, person)), command, ENROLMENT(f"{edition}.{body.institution}"))
    await asked.carry_out(act, edition=edition)
    return JurorDone(edition=edition, person=person)


@router.post("/editions/{edition}/jurors/{person}/conflict-proposals/dismissal")
async def dismiss_conflict(edition: EditionId, person: PersonId, body: DismissalBody, asked: Asked) -> JurorDone:
    """Settle that a proposed tie is none, with the reason. Chair or committee; neither the juror himself nor who proposed it."""
    asked.principal.must_hold(edition, "chair", "committee")
    asked.principal.must_not_concern(edition, body.institution)
    command = DismissConflict(body.institution, body.relation, body.reason, asked.principal.id)
    await asked.carry_out(Act(JUROR(juror_id(edition, person)), command), edition=edition)
    return JurorDone(edition=edition, person=person)


@router.post("/editions/{edition}/jurors/{person}/ties-stated", status_code=201)
async def state_ties(edition: EditionId, person: PersonId, asked: Asked, body: Empty | None = None) -> JurorDone:
    """The juror states that every tie he has is on record. Who took another juror's place says so before he scores."""
    asked.principal.must_hold(edition, "juror", "chair")
    if asked.principal.person != person:
        raise Forbidden("only the juror himself can state this", "hanya juri itu sendiri yang dapat menyatakannya")
    await asked.carry_out(Act(JUROR(juror_id(edition, person)), StateTies()), edition=edition)
    return JurorDone(edition=edition, person=person)
