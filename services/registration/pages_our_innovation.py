"""An innovation that was submitted, for its institution: its receipt, how it stands and what happened, and what can be done with it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from fastapi import Response

from services.registration import drafts
from services.registration.api_innovations import revise_innovation, withdraw_innovation
from services.registration.api_vouching import endorse_innovation
from services.registration.bodies import RecordBody, RevisionBody, WithdrawalBody
from services.registration.bodies_innovations import EndorsementBody
from services.registration.edition import EDITION
from services.registration.enrolment import ENROLMENT
from services.registration.innovation_state import ComesLate, may_enter, may_revise
from services.registration.our_history import happenings
from services.registration.our_place import Place, our_innovation, place
from services.registration.our_standing import Ours, screened, standing
from services.registration.our_words import FIELD_NAMES, in_words
from services.registration.pages_drafts import WORDS
from services.registration.pages_our_evidence import lines
from shared.events.registration import InnovationRecord
from shared.facts import RETURNED
from shared.refusals import ChangedMeanwhile, Invalid, Refused
from shared.web.pages import Member, PageRouter, Visit

pages = PageRouter()

CHANGED = Refused(
    "this innovation was changed elsewhere meanwhile. Look at it as it stands now; what you typed is kept here",
    "inovasi ini sementara itu diubah di tempat lain. Periksa keadaannya sekarang; ketikan Anda tetap ada di sini",
)


@pages.get("/e/{edition}/our/{institution}/innovations/{innovation}")
async def show(visit: Member, edition: str, institution: str, innovation: UUID) -> Response:
    here = await place(visit, edition, institution)
    return await _shown(visit, here, innovation)


@pages.get("/e/{edition}/our/{institution}/innovations/{innovation}/revision")
async def revision(visit: Member, edition: str, institution: str, innovation: UUID) -> Response:
    here = await place(visit, edition, institution)
    return await _revision(visit, here, innovation)


@pages.post("/e/{edition}/our/{institution}/innovations/{innovation}/revision")
async def revise(visit: Member, edition: str, institution: str, innovation: UUID) -> Response:
    """In the place of the version that was read."""
    here = await place(visit, edition, institution)
    await our_innovation(visit, here, innovation)
    try:
        record = visit.form.read(RecordBody)
        if lacking := [(field, Refused(en, id)) for field, en, id in drafts.missing(record.__dict__, here.rules)]:
            visit.form.faults = {field: visit.say(lack) for field, lack in lacking}
            raise Invalid("; ".join(lack.en for _, lack in lacking), "; ".join(lack.id for _, lack in lacking))
        done = await revise_innovation(innovation, RevisionBody(record=record), visit.asked())
    except (Refused, ChangedMeanwhile) as error:
        return await _revision(visit, here, innovation, error if isinstance(error, Refused) else CHANGED)
    said = visit._("The revision is recorded.") if done.changed else visit._("Nothing was changed, so nothing is recorded.")
    return await visit.go(f"{here.address}/innovations/{innovation}", said)


@pages.post("/e/{edition}/our/{institution}/innovations/{innovation}/withdrawal")
async def withdraw(visit: Member, edition: str, institution: str, innovation: UUID) -> Response:
    async def act() -> str:
        await withdraw_innovation(innovation, visit.form.read(WithdrawalBody), visit.asked())
        return visit._("The innovation is withdrawn. Its name is free again.")

    return await _done(visit, edition, institution, innovation, act)


@pages.post("/e/{edition}/our/{institution}/innovations/{innovation}/endorsement")
async def endorse(visit: Member, edition: str, institution: str, innovation: UUID) -> Response:
    async def act() -> str:
        await endorse_innovation(innovation, visit.form.read(EndorsementBody), visit.asked())
        return visit._("The innovation is endorsed.")

    return await _done(visit, edition, institution, innovation, act)


async def _done(visit: Visit, edition: str, institution: str, innovation: UUID, act: Callable[[], Awaitable[str]]) -> Response:
    here = await place(visit, edition, institution)
    await our_innovation(visit, here, innovation)
    try:
        said = await act()
    except (Refused, ChangedMeanwhile) as error:
        return await _shown(visit, here, innovation, error if isinstance(error, Refused) else CHANGED)
    return await visit.go(f"{here.address}/innovations/{innovation}", said)


async def as_it_stands(visit: Visit, here: Place, row: Any) -> Ours:
    return standing([row], await screened(visit.parts, [row.innovation]), here.rules, here.now)[0]


async def why_not(visit: Visit, here: Place, row: Any) -> tuple[Refused | None, Refused | None]:
    """Why it cannot be revised, and why it cannot be withdrawn; None: it can. By the same rules that decide."""
    registration, _ = await visit.parts.desk.state(EDITION(here.edition))
    enrolled, _ = await visit.parts.desk.state(ENROLMENT(f"{here.edition}.{row.institution}"))
    returned, _ = await visit.parts.desk.state(RETURNED(row.innovation))
    rules: tuple[Callable[[], object], ...] = (
        lambda: may_revise(registration, enrolled, returned, here.now),
        lambda: may_enter(registration, enrolled, here.now),
    )
    reasons: list[Refused | None] = []
    for rule in rules:
        try:
            rule()
        except ComesLate:
            reasons.append(None)
        except Refused as refused:
            reasons.append(refused)
        else:
            reasons.append(None)
    return reasons[0], reasons[1]


async def _shown(visit: Visit, here: Place, innovation: UUID, refused: Refused | None = None) -> Response:
    row = await our_innovation(visit, here, innovation)
    record = msgspec.json.decode(row.record, type=InnovationRecord)
    evidence, _ = await lines(visit, here.rules, str(innovation))
    no_revision, no_withdrawal = await why_not(visit, here, row)
    return await visit.render(
        "our/innovation.html",
        status=409 if refused else 200,
        refused=refused,
        here=here,
        at=f"{here.address}/innovations/{innovation}",
        one=await as_it_stands(visit, here, row),
        row=row,
        record=record,
        submitted=datetime.fromisoformat(row.submitted),
        evidence=evidence,
        history=await happenings(visit.parts, str(innovation)),
        no_revision=no_revision,
        no_withdrawal=no_withdrawal,
        in_words=in_words,
        field_names=FIELD_NAMES,
    )


async def _revision(visit: Visit, here: Place, innovation: UUID, refused: Refused | None = None) -> Response:
    row = await our_innovation(visit, here, innovation)
    no_revision, _ = await why_not(visit, here, row)
    return await visit.render(
        "our/revision.html",
        status=409 if refused else 200,
        refused=refused,
        here=here,
        at=f"{here.address}/innovations/{innovation}",
        one=await as_it_stands(visit, here, row),
        row=row,
        record=msgspec.json.decode(row.record, type=InnovationRecord),
        no_revision=no_revision,
        **WORDS,
    )
