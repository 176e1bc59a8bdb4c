"""The JSON API of registration: editions, their registration, the institutions in them and what these owe."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from services.registration import ledger, listings
from services.registration.bodies import DecreeBody, Done, EditionId, EnrolmentBody, EnrolmentDone
from services.registration.bodies_editions import (
    Closes,
    ClosingBody,
    EditionInFull,
    EditionShown,
    Ended,
    ExtensionBody,
    InstitutionShown,
    Meeting,
    NameShown,
    ObligationShown,
    OpeningBody,
    Registration,
)
from services.registration.calendar import RegistrationCalendar
from services.registration.edition import EDITION, OpenEdition
from services.registration.edition_calendar import CloseRegistration, ExtendDeadline, ReopenRegistration
from services.registration.enrolment import ENROLMENT, EnrolInstitution
from services.registration.institution import INSTITUTION, RegisterInstitution
from shared.deciding import Act, Outcome
from shared.parts import Parts
from shared.refusals import Invalid, Unknown
from shared.rulebook import Rulebook
from shared.web.asking import Asked, Asking, PartsHere, SignedIn, public, reached
from shared.web.paging import Limit, page

router = APIRouter(tags=["editions"])


@router.post("/editions", status_code=201)
async def open_edition(body: OpeningBody, asked: Asked) -> Done:
    """Open an edition under its rulebook. Needs the role committee of that edition."""
    rulebook = rulebook_in(body.rulebook)
    asked.principal.must_hold(rulebook.edition, "committee")
    outcome = await to_edition(asked, rulebook.edition, OpenEdition(rulebook))
    return Done(edition=rulebook.edition, position=outcome.position)


@router.post("/editions/{edition}/registration/closing")
async def close_registration(edition: EditionId, body: ClosingBody, asked: Asked) -> Done:
    """Close registration now, before its deadline. Committee."""
    asked.principal.must_hold(edition, "committee")
    outcome = await to_edition(asked, edition, lambda at: CloseRegistration(at, body.by()))
    return Done(edition=edition, position=outcome.position)


@router.post("/editions/{edition}/registration/extension")
async def extend_deadline(edition: EditionId, body: ExtensionBody, asked: Asked) -> Closes:
    """Move the deadline to a later time, before it has passed. Committee."""
    asked.principal.must_hold(edition, "committee")
    outcome = await to_edition(asked, edition, lambda at: ExtendDeadline(body.closes, body.reason, at, body.by()))
    return Closes(edition=edition, position=outcome.position, closes=body.closes)


@router.post("/editions/{edition}/registration/reopening")
async def reopen_registration(edition: EditionId, body: ExtensionBody, asked: Asked) -> Closes:
    """Open registration again until a new deadline, after it has closed. Committee."""
    asked.principal.must_hold(edition, "committee")
    outcome = await to_edition(asked, edition, lambda at: ReopenRegistration(body.closes, body.reason, at, body.by()))
    return Closes(edition=edition, position=outcome.position, closes=body.closes)


def rulebook_in(body: dict[str, Any]) -> Rulebook:
    """Raises Invalid for what is none."""
    try:
        return msgspec.convert(body, Rulebook)
    except msgspec.ValidationError as error:
        raise Invalid(
            f"this is no rulebook: {error}; `makmal edition check` prints a right one",
            f"ini bukan aturan gelaran: {error}; `makmal edition check` mencetak yang benar",
        ) from error


async def to_edition(asked: Asking, edition: str, command: Any) -> Outcome:
    """Carry it out, and let the calendar look at its deadlines anew."""
    outcome = await asked.carry_out(Act(EDITION(edition), command), edition=edition)
    calendar: RegistrationCalendar = asked.parts.own["calendar"]
    calendar.changed(outcome.position)
    return outcome


@router.get("/editions", dependencies=[Depends(public), Depends(reached)])
async def list_editions(
    request: Request, response: Response, parts: PartsHere, after: str = "", limit: Limit = 100
) -> list[EditionShown]:
    """All editions by id, with their calendars."""
    rows = await parts.database.read(listings.editions(after, limit + 1))
    shown = page(request, response, rows, limit, lambda row: row.edition)
    return [EditionShown(**_edition(parts, row, msgspec.json.decode(row.rulebook))) for row in shown]


@router.get("/editions/{edition}", dependencies=[Depends(public), Depends(reached)])
async def show_edition(edition: EditionId, parts: PartsHere) -> EditionInFull:
    """One edition with its rulebook."""
    row = await parts.database.read(listings.edition(edition))
    if row is None:
        raise _no_edition(edition)
    rulebook = msgspec.json.decode(row.rulebook)
    return EditionInFull(**_edition(parts, row, rulebook), rulebook=rulebook)


def _edition(parts: Parts, row: Any, rulebook: dict[str, Any]) -> dict[str, Any]:
    now, opens, closes = parts.event_log.now(), datetime.fromisoformat(row.opens), datetime.fromisoformat(row.closes)
    closed = datetime.fromisoformat(row.closed) if row.closed else None
    return {
        "edition": row.edition,
        "name": NameShown(**rulebook["name"]),
        "authority": rulebook["authority"],
        "rehearsal": rulebook["rehearsal"],
        "registration": Registration(
            opens=opens,
            closes=closes,
            state="closed" if closed or row.ended or now >= closes else "open" if now >= opens else "upcoming",
            closed=closed,
            closed_by=row.closed_by,
            reason=row.reason,
            decree=_decree(row.decree),
        ),
        "judging_closes": datetime.fromisoformat(row.judging_closes) if row.judging_closes else None,
        "ended": Ended(
            how=row.ended,
            effective=date.fromisoformat(row.ended_effective),
            reason=row.ended_reason,
            decree=_decree(row.ended_decree),
        )
        if row.ended
        else None,
        "rulebook_digest": row.digest,
        "amended": row.amended,
    }


def _decree(json: str) -> DecreeBody | None:
    return DecreeBody.model_validate_json(json) if json else None


@router.post("/editions/{edition}/institutions", status_code=201)
async def enrol_institution(edition: EditionId, body: EnrolmentBody, asked: Asked) -> EnrolmentDone:
    """Enrol an institution in the edition, with what institutions of its kind owe. Committee."""
    asked.principal.must_hold(edition, "committee")
    told = (body.code, body.kind, body.name, body.abbreviation, body.parent)
    outcome = await asked.carry_out(
        Act(ENROLMENT(f"{edition}.{body.code}"), EnrolInstitution(*told), EDITION(edition)),
        Act(INSTITUTION(body.code), RegisterInstitution(*told)),
        edition=edition,
    )
    return EnrolmentDone(edition=edition, institution=body.code, kind=body.kind, name=body.name, position=outcome.position)


@router.get("/editions/{edition}/institutions", dependencies=[Depends(public), Depends(reached)])
async def list_institutions(
    request: Request,
    response: Response,
    edition: EditionId,
    parts: PartsHere,
    kind: str = "",
    after: str = "",
    limit: Limit = 100,
) -> list[InstitutionShown]:
    """The institutions of an edition by code, as they are called in it."""
    rows = await _rows_of(parts, edition, listings.institutions(edition, kind, after, limit + 1))
    shown = page(request, response, rows, limit, lambda row: row.institution)
    return [
        InstitutionShown(
            institution=row.institution, kind=row.kind, name=row.name, abbreviation=row.abbreviation, parent=row.parent
        )
        for row in shown
    ]


@router.get("/editions/{edition}/obligations", dependencies=[Depends(reached)])
async def list_obligations(
    request: Request,
    response: Response,
    edition: EditionId,
    parts: PartsHere,
    principal: SignedIn,
    met: bool | None = None,
    after: str = "",
    limit: Limit = 100,
) -> list[ObligationShown]:
    """What institutions owe and whether it is met, by code. Committee and auditor see all, a head his own institutions."""
    principal.must_hold(edition, "committee", "auditor", "head")
    all_of_them = principal.holds("committee", edition) or principal.holds("auditor", edition)
    own = tuple(code for g in principal.grants if (g.role, g.edition) == ("head", edition) for code in g.institutions)
    seen = None if all_of_them else own
    rows = await _rows_of(parts, edition, ledger.obligations(edition, seen, met, after, limit + 1))
    shown = page(request, response, rows, limit, lambda row: row.institution)
    codes = [row.institution for row in shown]
    met_by, origins = defaultdict(list), defaultdict(list)
    for row in await parts.database.read(ledger.meeting(edition, codes)):
        met_by[row.institution].append(Meeting(innovation=row.innovation, institution=row.entered_by, pic=row.pic))
    for row in await parts.database.read(ledger.taken_over(edition, codes)):
        origins[row.institution].append(row.origin)
    return [
        ObligationShown(
            **{**row._mapping, "met": bool(row.met), "pic_owed": bool(row.pic_owed)}
            | {"due": datetime.fromisoformat(row.due), "waived_decree": _decree(row.waived_decree)},
            pic_present=bool(row.registered) and row.with_pic == row.registered,
            met_by=met_by[row.institution],
            carried_from=origins[row.institution],
        )
        for row in shown
    ]


async def _rows_of(parts: Parts, edition: str, query: Any) -> Sequence[Any]:
    """The query's rows; Unknown if there are none because there is no such edition."""
    rows: Sequence[Any] = await parts.database.read(query)
    if not rows and await parts.database.read(listings.edition(edition)) is None:
        raise _no_edition(edition)
    return rows


def _no_edition(edition: str) -> Unknown:
    return Unknown(
        f"there is no edition {edition}; GET /v1/editions lists them",
        f"tidak ada gelaran {edition}; lihat daftarnya di GET /v1/editions",
    )
