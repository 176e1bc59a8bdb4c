"""One innovation on the desk beside its checklist: read, assess, score, verify, return, step back; the committee takes out and rules."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal

from fastapi import Response

from services.screening.api_desk import assess_eligibility, record_desk_score, recuse, request_revision
from services.screening.api_evidence import show_evidence, verify_evidence
from services.screening.api_objections import decide, disqualify
from services.screening.assessment import ASSESSMENT
from services.screening.bodies import (
    DecisionBody,
    DeskScoreBody,
    DisqualificationBody,
    EligibilityBody,
    RecusalBody,
    RevisionBody,
)
from services.screening.edge import Name, of_the_edition
from services.screening.evidence_bodies import VerificationBody
from services.screening.pages_worklist import WHO, Desk, desk_of, lines_of, own_institutions
from services.screening.standing import Assessed, Disqualified
from shared.facts import INNOVATION
from shared.refusals import Invalid, Refused, Unknown
from shared.web.pages import Member, PageRouter, Visit
from shared.web.pages.words import ZONE

pages = PageRouter()

SCORE = re.compile(r"\d{1,3}([.,]\d{1,2})?")
TO_REVISE = timedelta(days=3)
"""What the form proposes; the screener may name another time."""


@pages.get("/e/{edition}/worklist/{innovation}")
async def entry_page(visit: Member, edition: Name, innovation: Name) -> Response:
    visit.me.must_hold(edition, *WHO)
    return await _entry(visit, edition, innovation)


@pages.post("/e/{edition}/worklist/{innovation}")
async def save(visit: Member, edition: Name, innovation: Name) -> Response:
    """The checklist and, where a score was typed, the score. What stands already is not recorded again: another screener's
    assessment stays his as long as this one agrees with it."""
    await _at_home(visit, edition, innovation)
    try:
        rules = await visit.rules()
        ticked = visit.form.all("criterion")
        body = visit.form.read(
            EligibilityBody,
            criteria={criterion.code: criterion.code in ticked for criterion in rules.eligibility},
            reasons=visit.form.all("against"),
        )
        score = _score(visit)
        eligible = all(body.criteria.values()) and not body.reasons
        if not ticked and not body.note:
            raise Invalid(
                "tick each criterion that it meets; if it meets none, say in the note why",
                "centang setiap kriteria yang terpenuhi; jika tidak ada yang terpenuhi, jelaskan alasannya pada catatan",
            )
        if score is not None and not eligible:
            raise Invalid(
                "only an eligible innovation is scored; tick all criteria, or leave the score empty",
                "hanya inovasi yang layak yang diberi nilai; centang semua kriteria, atau kosongkan nilainya",
            )
        if await _says_more(visit, innovation, body):
            await assess_eligibility(innovation, body, visit.asked("assessment"))
        if score is not None:
            given = DeskScoreBody(score=score, note=visit.form["score_note"])
            await record_desk_score(innovation, given, visit.asked("score"))
    except Refused as refused:
        return await _entry(visit, edition, innovation, refused)
    here = f"/screening/e/{edition}/worklist"
    if score is None and eligible:
        return await visit.go(f"{here}/{innovation}", visit._("The checklist is saved. Give your score when you are ready."))
    return await _onward(visit, edition, innovation, visit._("Saved: %(name)s.", name=await _name(visit, innovation)))


@pages.post("/e/{edition}/worklist/{innovation}/revision")
async def send_back(visit: Member, edition: Name, innovation: Name) -> Response:
    await _at_home(visit, edition, innovation)
    try:
        body = visit.form.read(RevisionBody, deadline=_moment(visit, "deadline"))
        await request_revision(innovation, body, visit.asked())
    except Refused as refused:
        return await _entry(visit, edition, innovation, refused)
    said = visit._("Returned: %(name)s. Its institution is told what to revise.", name=await _name(visit, innovation))
    return await _onward(visit, edition, innovation, said)


@pages.post("/e/{edition}/worklist/{innovation}/evidence/{indicator}")
async def verify(visit: Member, edition: Name, innovation: Name, indicator: int) -> Response:
    async def act() -> object:
        shown, note = visit.form[f"parameter-{indicator}"], visit.form[f"note-{indicator}"]
        body = visit.form.read(VerificationBody, parameter=shown, note=note)
        return await verify_evidence(innovation, indicator, body, visit.asked())

    return await _done(visit, edition, innovation, act, visit._("Recorded what the document shows."), "#evidence")


@pages.post("/e/{edition}/worklist/{innovation}/disqualification")
async def take_out(visit: Member, edition: Name, innovation: Name) -> Response:
    async def act() -> object:
        return await disqualify(innovation, visit.form.read(DisqualificationBody), visit.asked())

    said = visit._("It is disqualified. Its institution is told, and may object.")
    return await _done(visit, edition, innovation, act, said)


@pages.post("/e/{edition}/worklist/{innovation}/objection")
async def rule(visit: Member, edition: Name, innovation: Name) -> Response:
    async def act() -> object:
        body = visit.form.read(DecisionBody, upheld=visit.form["do"] == "uphold", explanation=visit.form["ruling"])
        return await decide(innovation, body, visit.asked())

    return await _done(visit, edition, innovation, act, visit._("The objection is decided; its institution is told."))


@pages.post("/e/{edition}/worklist/{innovation}/recusal")
async def step_back(visit: Member, edition: Name, innovation: Name) -> Response:
    await _at_home(visit, edition, innovation)
    try:
        await recuse(innovation, RecusalBody(reason=visit.form["why"]), visit.asked())
    except Refused as refused:
        return await _entry(visit, edition, innovation, refused)
    said = visit._("You have stepped back from it; another screener takes your place.")
    return await visit.go(f"/screening/e/{edition}/worklist", said)


async def _done(
    visit: Visit, edition: str, innovation: str, act: Callable[[], Awaitable[object]], said: str, part: str = ""
) -> Response:
    await _at_home(visit, edition, innovation)
    try:
        await act()
    except Refused as refused:
        return await _entry(visit, edition, innovation, refused)
    return await visit.go(f"/screening/e/{edition}/worklist/{innovation}{part}", said)


async def _onward(visit: Visit, edition: str, innovation: str, said: str) -> Response:
    """To the next that waits; to the list when none does."""
    if position := getattr(visit.request.state, "position", 0):
        await visit.parts.runner.reached(position)
    following = (await desk_of(visit, edition)).next_waiting(innovation)
    return await visit.go(f"/screening/e/{edition}/worklist{'/' + following if following else ''}", said)


async def _entry(visit: Visit, edition: str, innovation: str, refused: Refused | None = None) -> Response:
    await _at_home(visit, edition, innovation)
    facts, rules = await of_the_edition(visit.parts, innovation)
    desk = await desk_of(visit, edition)
    place = desk.find(innovation)
    line = (await lines_of(visit, desk, [place]))[0] if place else None
    before, after = desk.around(innovation)
    state, _ = await visit.parts.desk.state(ASSESSMENT(innovation))
    own = facts.institution in own_institutions(visit.me, edition)
    person, now = visit.me.person, visit.parts.event_log.now()
    return await visit.render(
        "entry.html",
        status=409 if refused else 200,
        refused=refused,
        innovation=innovation,
        facts=facts,
        record=facts.record,
        rules=rules,
        line=line,
        assessed=state.assessed if isinstance(state, Assessed) else None,
        my=state.scores.get(person) if isinstance(state, Assessed) else None,
        out=state if isinstance(state, Disqualified) else None,
        returned=state.returned,
        own=own,
        writes=desk.screens
        and line is not None
        and not own
        and not line.item.withdrawn
        and not isinstance(state, Disqualified),
        rules_on=visit.me.holds("committee", edition) is not None and not own,
        person=person,
        evidence=await show_evidence(innovation, visit.parts, visit.me),
        parameters={i.number: i.parameters for i in rules.catalogue.indicators} if rules.catalogue else {},
        before=before,
        after=after,
        place=_place(desk, innovation),
        until=(now + TO_REVISE).astimezone(ZONE).strftime("%Y-%m-%dT16:00"),
        now=now,
    )


def _place(desk: Desk, innovation: str) -> tuple[int, int]:
    at = next((n for n, place in enumerate(desk.places, 1) if place.innovation == innovation), 0)
    return at, len(desk.places)


async def _at_home(visit: Visit, edition: str, innovation: str) -> None:
    """Raises Unknown for an innovation of another edition."""
    facts, _ = await visit.parts.desk.state(INNOVATION(innovation))
    if facts.record is None or facts.edition != edition:
        raise Unknown(
            f"{edition} has no such innovation; take it from the worklist",
            f"{edition} tidak memiliki inovasi tersebut; buka dari daftar kerja",
        )


async def _name(visit: Visit, innovation: str) -> str:
    facts, _ = await visit.parts.desk.state(INNOVATION(innovation))
    return facts.record.name if facts.record else ""


async def _says_more(visit: Visit, innovation: str, body: EligibilityBody) -> bool:
    """Whether the checklist says other than the assessment that stands."""
    facts, _ = await visit.parts.desk.state(INNOVATION(innovation))
    state, _ = await visit.parts.desk.state(ASSESSMENT(innovation))
    if not isinstance(state, Assessed) or state.returned is not None or state.assessed.revision != facts.revision:
        return True
    known = state.assessed
    return (known.criteria, list(known.reasons), known.note) != (body.criteria, body.reasons, body.note.strip())


def _score(visit: Visit) -> Decimal | None:
    """As typed, with a comma or a point; None: left empty. Raises Invalid."""
    typed = visit.form["score"]
    if not typed:
        return None
    if not SCORE.fullmatch(typed) or Decimal(typed.replace(",", ".")) > 100:
        visit.form.faults["score"] = visit._("a number from 0 to 100, with two decimals at the most")
        raise Invalid(
            "a score is a number from 0 to 100 with at most two decimals",
            "nilai berupa angka 0 sampai 100 dengan paling banyak dua desimal",
        )
    return Decimal(typed.replace(",", "."))


def _moment(visit: Visit, name: str) -> datetime:
    """A time as it is typed, in the city's time zone. Raises Invalid."""
    try:
        return datetime.fromisoformat(visit.form[name]).replace(tzinfo=ZONE)
    except ValueError:
        visit.form.faults[name] = visit._("a day and a time")
        raise Invalid("give the day and the time until when", "isi tanggal dan jam batas waktunya") from None
