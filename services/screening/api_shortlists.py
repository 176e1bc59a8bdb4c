"""JSON endpoints of the shortlists: the candidates of a category, nominations, and the confirmation."""

from fastapi import APIRouter, Depends

from services.screening import acts, reading
from services.screening.edge import Name, counted
from services.screening.nomination import NominateInnovation, NominateInstitution
from services.screening.rulebook import category_of
from services.screening.shortlist import SHORTLIST, ConfirmShortlist, RevokeNomination
from services.screening.shortlist_bodies import (
    ConfirmationAnswer,
    ConfirmationBody,
    NominationAnswer,
    NominationBody,
    RevocationAnswer,
    RevocationBody,
    ShortlistAnswer,
)
from shared.deciding import Act
from shared.events.screening import Nominated, ShortlistConfirmed
from shared.facts import EDITION, INNOVATION
from shared.refusals import Unknown
from shared.web.asking import Asked, Asking, PartsHere, SignedIn, reached

shortlists = APIRouter(tags=["shortlists"])


@shortlists.get("/editions/{edition}/shortlists/{category}", dependencies=[Depends(reached)])
async def shortlist(edition: Name, category: Name, parts: PartsHere, principal: SignedIn) -> ShortlistAnswer:
    """The category's candidates by desk score, who of them is nominated, and whether the shortlist is confirmed.

    A screener sees the score of what he has scored himself; the others' once the shortlist is confirmed.
    """
    principal.must_hold(edition, "committee", "screener", "auditor")
    found = await parts.database.read(lambda c: reading.shortlist(c, edition, category))
    if found is None:
        state, _ = await parts.desk.state(EDITION(edition))
        category_of(state, category)
        raise Unknown(
            "this category is not counted yet; ask again in a moment", "kategori ini belum dihitung; coba lagi sebentar"
        )
    screens = principal.holds("screener", edition) is not None
    return ShortlistAnswer.of(edition, found, found.hidden_from(principal.person) if screens else frozenset())


@shortlists.post("/editions/{edition}/shortlists/{category}/nominations")
async def nominate(edition: Name, category: Name, body: NominationBody, asked: Asked) -> NominationAnswer:
    """Nominate an entrant once registration is closed: its dossier is fixed by revision and digest.

    Where others of the same desk score stand at the edge of the shortlist, say why this one.
    """
    asked.principal.must_hold(edition, "committee")
    outcome = await asked.carry_out(await _nomination(asked, edition, category, body), edition=edition)
    recorded = outcome.first(Nominated)
    event = recorded.event if recorded else None
    return NominationAnswer(
        entry=f"{edition}.{category}.{body.entrant}", desk_score=event.desk_score if isinstance(event, Nominated) else None
    )


@shortlists.post("/editions/{edition}/shortlists/{category}/revocations")
async def revoke(edition: Name, category: Name, body: RevocationBody, asked: Asked) -> RevocationAnswer:
    """Take a nomination back, with the reason. Before the shortlist is confirmed the entrant may be nominated anew; after it the
    entry is out of the judging, and nobody takes its place."""
    asked.principal.must_hold(edition, "committee")
    state, _ = await asked.parts.desk.state(SHORTLIST(f"{edition}.{category}"))
    if nominated := state.nominated.get(body.entrant):
        asked.principal.must_not_concern(edition, nominated.institution)
    await asked.carry_out(acts.revoke(edition, RevokeNomination(category, body.entrant, body.reason)), edition=edition)
    return RevocationAnswer(entry=f"{edition}.{category}.{body.entrant}")


@shortlists.post("/editions/{edition}/shortlists/{category}/confirmation")
async def confirm(edition: Name, category: Name, body: ConfirmationBody, asked: Asked) -> ConfirmationAnswer:
    """Confirm the shortlist that others have nominated: its entries go to the jurors, and none comes in after it."""
    principal = asked.principal
    principal.must_hold(edition, "committee")
    state, _ = await asked.parts.desk.state(SHORTLIST(f"{edition}.{category}"))
    for nominated in state.nominated.values():
        principal.must_not_concern(edition, nominated.institution)
    act = await acts.confirm(
        asked.parts.desk, edition, category, lambda at: ConfirmShortlist(category, principal.person, at, body.despite)
    )
    recorded = (await asked.carry_out(act, edition=edition)).first(ShortlistConfirmed)
    event = recorded.event if recorded else None
    return ConfirmationAnswer(category=category, entries=list(event.entries) if isinstance(event, ShortlistConfirmed) else None)


async def _nomination(asked: Asking, edition: str, category: str, body: NominationBody) -> Act:
    """The nomination of an institution or an innovation, as the category has it, if it is not the caller's own."""
    desk, principal = asked.parts.desk, asked.principal
    state, _ = await desk.state(EDITION(edition))
    if category_of(state, category).entrant == "institution":
        principal.must_not_concern(edition, body.entrant)
        tied_with = await _tied_with(asked, edition, category, body.entrant)
        command = NominateInstitution(category, body.entrant, principal.person, tied_with, body.reason)
        return await acts.nominate_institution(desk, edition, command)
    facts, _ = await desk.state(INNOVATION(body.entrant))
    principal.must_not_concern(edition, facts.institution)
    tied_with = await _tied_with(asked, edition, category, body.entrant)
    nomination = NominateInnovation(category, body.entrant, principal.person, tied_with, body.reason)
    return acts.nominate_innovation(edition, nomination, facts.institution)


async def _tied_with(asked: Asking, edition: str, category: str, entrant: str) -> tuple[str, ...]:
    """The other candidates of the same desk score at the edge, as the committee sees them at this moment: it chooses by what the
    page shows, and the event keeps what that was."""
    await counted(asked.parts)
    found = await asked.parts.database.read(lambda c: reading.shortlist(c, edition, category))
    tied = [candidate.entrant for candidate in found.candidates if candidate.tied_at_edge] if found else []
    return tuple(other for other in tied if other != entrant) if entrant in tied else ()
