"""JSON endpoints of screening: the desk (eligibility, scores, disqualification, worklist) and the shortlists."""

from fractions import Fraction
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response

from services.screening import acts, reading
from services.screening.assessment import AssessEligibility, Disqualify, RecordDeskScore
from services.screening.bodies import (
    ConfirmationAnswer,
    DeskScoreAnswer,
    DeskScoreBody,
    DisqualificationAnswer,
    DisqualificationBody,
    EligibilityAnswer,
    EligibilityBody,
    EmptyBody,
    NominationAnswer,
    NominationBody,
    RevocationAnswer,
    RevocationBody,
    ShortlistAnswer,
    WorkItem,
    WorklistAnswer,
)
from services.screening.desk_score import half_up
from services.screening.rulebook import category_of, rules_of
from services.screening.shortlist import SHORTLIST, ConfirmShortlist, NominateInnovation, NominateInstitution, RevokeNomination
from shared.deciding import Act
from shared.events.screening import Nominated, ShortlistConfirmed
from shared.facts import EDITION, INNOVATION, InnovationFacts
from shared.refusals import Forbidden, Unknown
from shared.rulebook import Rulebook
from shared.security import Principal
from shared.web.asking import Asked, Asking, PartsHere, SignedIn, reached

desk = APIRouter(tags=["desk"])
shortlists = APIRouter(tags=["shortlists"])

Name = Annotated[str, Path(min_length=1, max_length=100)]


@desk.post("/innovations/{innovation}/eligibility")
async def assess_eligibility(innovation: Name, body: EligibilityBody, asked: Asked) -> EligibilityAnswer:
    """A screener answers every criterion of eligibility (PP 38/2017 art. 6); eligible is what meets all, with no reason against."""
    facts, rules = await _on_the_desk(asked, innovation, "screener")
    command = AssessEligibility(innovation, body.criteria, tuple(body.reasons), body.note)
    await asked.carry_out(*acts.assess(command, facts, rules), edition=facts.edition)
    return EligibilityAnswer(innovation=innovation, eligible=all(body.criteria.values()) and not body.reasons)


@desk.post("/innovations/{innovation}/desk-score")
async def record_desk_score(innovation: Name, body: DeskScoreBody, asked: Asked) -> DeskScoreAnswer:
    """The screener's own score of an eligible innovation, 0-100; the same screener's next one takes its place."""
    facts, rules = await _on_the_desk(asked, innovation, "screener")
    screener = asked.principal.person
    command = RecordDeskScore(innovation, screener, body.score, body.note)
    await asked.carry_out(acts.score(command, facts, rules), edition=facts.edition)
    return DeskScoreAnswer(innovation=innovation, screener=screener, score=half_up(Fraction(body.score)))


@desk.post("/innovations/{innovation}/disqualification")
async def disqualify(innovation: Name, body: DisqualificationBody, asked: Asked) -> DisqualificationAnswer:
    """The committee takes an eligible innovation out, also after the shortlist is confirmed. It is final."""
    facts, _ = await _on_the_desk(asked, innovation, "committee")
    command = Disqualify(innovation, body.reason, body.explanation)
    await asked.carry_out(*acts.disqualify(command, facts), edition=facts.edition)
    return DisqualificationAnswer(innovation=innovation, reason=body.reason)


@desk.get("/editions/{edition}/worklist", dependencies=[Depends(reached)])
async def worklist(
    edition: Name,
    parts: PartsHere,
    principal: SignedIn,
    response: Response,
    after: Annotated[int, Query(ge=0, description="Cursor of the page before; see the Link header")] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    state: Literal["unassessed", "eligible", "ineligible", "disqualified"] | None = None,
) -> WorklistAnswer:
    """The edition's innovations with what the desk has found, in the order of their submission."""
    principal.must_hold(edition, "screener", "committee", "auditor")
    rows = await parts.database.read(lambda c: reading.worklist(c, edition, after, limit + 1, state))
    rows, more = rows[:limit], len(rows) > limit
    if more:
        filtered = f"&state={state}" if state else ""
        response.headers["Link"] = f'<?after={rows[-1][0].position}&limit={limit}{filtered}>; rel="next"'
    return WorklistAnswer(items=[WorkItem.of(row, scores, principal.person) for row, scores in rows])


@shortlists.get("/editions/{edition}/shortlists/{category}", dependencies=[Depends(reached)])
async def shortlist(edition: Name, category: Name, parts: PartsHere, principal: SignedIn) -> ShortlistAnswer:
    """The category's candidates by desk score, who of them is nominated, and whether the shortlist is confirmed."""
    principal.must_hold(edition, "committee", "screener", "auditor")
    found = await parts.database.read(lambda c: reading.shortlist(c, edition, category))
    if found is None:
        state, _ = await parts.desk.state(EDITION(edition))
        category_of(state, category)
        raise Unknown(
            "this category is not counted yet; ask again in a moment", "kategori ini belum dihitung; coba lagi sebentar"
        )
    return ShortlistAnswer.of(edition, found)


@shortlists.post("/editions/{edition}/shortlists/{category}/nominations")
async def nominate(edition: Name, category: Name, body: NominationBody, asked: Asked) -> NominationAnswer:
    """Nominate an entrant once registration is closed: its dossier is fixed by revision and digest."""
    asked.principal.must_hold(edition, "committee")
    act = await _nomination(asked, edition, category, body.entrant)
    outcome = await asked.carry_out(act, edition=edition)
    recorded = outcome.first(Nominated)
    event = recorded.event if recorded else None
    return NominationAnswer(
        entry=f"{edition}.{category}.{body.entrant}", desk_score=event.desk_score if isinstance(event, Nominated) else None
    )


@shortlists.post("/editions/{edition}/shortlists/{category}/revocations")
async def revoke(edition: Name, category: Name, body: RevocationBody, asked: Asked) -> RevocationAnswer:
    """Take a nomination back, with the reason, before the shortlist is confirmed. The entrant may be nominated anew."""
    asked.principal.must_hold(edition, "committee")
    state, _ = await asked.parts.desk.state(SHORTLIST(f"{edition}.{category}"))
    if nominated := state.nominated.get(body.entrant):
        _must_not_be_his_own(asked.principal, edition, nominated.institution)
    await asked.carry_out(acts.revoke(edition, RevokeNomination(category, body.entrant, body.reason)), edition=edition)
    return RevocationAnswer(entry=f"{edition}.{category}.{body.entrant}")


@shortlists.post("/editions/{edition}/shortlists/{category}/confirmation")
async def confirm(edition: Name, category: Name, body: EmptyBody, asked: Asked) -> ConfirmationAnswer:
    """Confirm the shortlist: its entries go to the jurors, and no nomination comes or goes after it."""
    asked.principal.must_hold(edition, "committee")
    act = await acts.confirm(asked.parts.desk, edition, ConfirmShortlist(category))
    outcome = await asked.carry_out(act, edition=edition)
    recorded = outcome.first(ShortlistConfirmed)
    event = recorded.event if recorded else None
    return ConfirmationAnswer(category=category, entries=list(event.entries) if isinstance(event, ShortlistConfirmed) else None)


async def _on_the_desk(asked: Asking, innovation: str, role: str) -> tuple[InnovationFacts, Rulebook]:
    """The innovation and its edition's rules, if the caller holds the role there and it is not of his own institution."""
    facts, _ = await asked.parts.desk.state(INNOVATION(innovation))
    if facts.record is None:
        raise Unknown(
            "there is no such innovation; take its ID from the worklist",
            "inovasi tersebut tidak ada; ambil ID-nya dari daftar kerja",
        )
    asked.principal.must_hold(facts.edition, role)
    _must_not_be_his_own(asked.principal, facts.edition, facts.institution)
    edition, _ = await asked.parts.desk.state(EDITION(facts.edition))
    return facts, rules_of(edition)


async def _nomination(asked: Asking, edition: str, category: str, entrant: str) -> Act:
    """The nomination of an institution or an innovation, as the category has it, if it is not the caller's own."""
    state, _ = await asked.parts.desk.state(EDITION(edition))
    if category_of(state, category).entrant == "institution":
        _must_not_be_his_own(asked.principal, edition, entrant)
        return await acts.nominate_institution(asked.parts.desk, edition, NominateInstitution(category, entrant))
    facts, _ = await asked.parts.desk.state(INNOVATION(entrant))
    _must_not_be_his_own(asked.principal, edition, facts.institution)
    return acts.nominate_innovation(edition, NominateInnovation(category, entrant), facts.institution)


def _must_not_be_his_own(principal: Principal, edition: str, institution: str) -> None:
    """Nobody acts on what concerns his own institution: the one he heads or enters for in this edition."""
    own = {i for g in principal.grants if g.edition == edition and g.role in ("head", "operator") for i in g.institutions}
    if institution in own:
        raise Forbidden(
            f"{institution} is your own institution; somebody else of the team decides on what is its own",
            f"{institution} adalah instansi Anda sendiri; anggota tim yang lain yang memutuskan perihalnya",
        )
