"""The public portal: the editions, one edition with its calendar and its rules, and the innovations that compete in it."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from fastapi import Response
from sqlalchemy import Connection, func, select

from services.registration import listings
from services.registration.api_innovations import InnovationId
from services.registration.bodies import EditionId
from services.registration.edition_projection import EditionRow
from services.registration.innovation_projection import InnovationRow
from services.registration.institution_projection import EnrolmentRow
from services.registration.pages_opening import may_open
from shared.database import table
from shared.events.innovation import InnovationRecord
from shared.facts import EditionFacts
from shared.refusals import Refused, Unknown
from shared.rulebook import Rulebook
from shared.web.pages import PageRouter, Visitor

pages = PageRouter()

ON_A_PAGE = 24

_editions, _innovations, _enrolments = table(EditionRow), table(InnovationRow), table(EnrolmentRow)
_with_institution = _innovations.join(
    _enrolments,
    (_enrolments.c.edition == _innovations.c.edition) & (_enrolments.c.institution == _innovations.c.institution),
)


@pages.get("/")
async def portal(visit: Visitor) -> Response:
    """Every edition, the newest first."""
    newest = select(_editions).order_by(_editions.c.opens.desc())
    rows = await visit.parts.database.read(lambda c: c.execute(newest).mappings().all())
    editions = [(row, msgspec.json.decode(row["rulebook"], type=Rulebook), _stage(row["ended"], row["closed"])) for row in rows]
    return await visit.render("portal.html", editions=editions, opens=may_open(visit.principal))


@pages.get("/e/{edition}")
async def edition_page(visit: Visitor, edition: EditionId) -> Response:
    """Its calendar, categories, rubrics and duties, as the rulebook has them now."""
    rules, facts = await visit.rules(), await visit.facts()
    row = await visit.parts.database.read(listings.edition(edition))
    counted = await visit.parts.database.read(_counts(edition))
    return await visit.render(
        "edition.html", rules=rules, facts=facts, row=row, counted=counted, now=visit.parts.event_log.now()
    )


@pages.get("/e/{edition}/innovations")
async def catalogue_page(
    visit: Visitor, edition: EditionId, q: str = "", type: str = "", kind: str = "", after: int = 0
) -> Response:
    """The innovations that compete, once registration is closed: until then they are their institutions' own."""
    rules, facts = await visit.rules(), await visit.facts()
    shown: Sequence[Any] = ()
    total = 0
    if facts.closed:
        total, shown = await visit.parts.database.read(_catalogue(edition, q.strip(), type, kind, after))
    return await visit.render(
        "catalogue.html",
        rules=rules,
        facts=facts,
        shown=shown[:ON_A_PAGE],
        total=total,
        next=str(shown[ON_A_PAGE - 1].position) if len(shown) > ON_A_PAGE else "",
        asked={"q": q, "type": type, "kind": kind, "after": after},
    )


@pages.get("/e/{edition}/innovations/{innovation}")
async def innovation_page(visit: Visitor, edition: EditionId, innovation: InnovationId) -> Response:
    """One innovation in the fields of the national form."""
    facts = await visit.facts()
    _must_be_closed(facts)
    found = await visit.parts.database.read(_one(edition, str(innovation)))
    if found is None or found.withdrawn:
        raise Unknown("this edition has no such innovation", "gelaran ini tidak memiliki inovasi tersebut")
    record = msgspec.json.decode(found.record, type=InnovationRecord)
    return await visit.render("innovation.html", found=found, record=record)


def _must_be_closed(facts: EditionFacts) -> None:
    if not facts.closed:
        raise Refused(
            "innovations are shown to everybody once registration is closed; until then they are their institutions' own",
            "inovasi ditampilkan untuk umum setelah pendaftaran ditutup; sebelum itu hanya untuk instansinya sendiri",
        )


def _stage(ended: str, closed: str) -> str:
    return ended or ("closed" if closed else "open")


def _counts(edition: str) -> Callable[[Connection], dict[str, int]]:
    institutions = select(func.count()).where(_enrolments.c.edition == edition, _enrolments.c.carried_into == "")
    innovations = select(func.count()).where(_innovations.c.edition == edition, _innovations.c.withdrawn.is_(False))
    return lambda c: {
        "institutions": int(c.execute(institutions).scalar_one()),
        "innovations": int(c.execute(innovations).scalar_one()),
    }


def _catalogue(edition: str, words: str, type: str, kind: str, after: int) -> Callable[[Connection], tuple[int, Sequence[Any]]]:
    """(how many there are, one page of them and one more), in the order of submission. Each word stands in the innovation's name
    or in its institution's."""
    wanted = [_innovations.c.edition == edition, _innovations.c.withdrawn.is_(False)]
    for word in words.split()[:8]:
        wanted.append((_innovations.c.name + " " + _enrolments.c.name).icontains(word, autoescape=True))
    if type:
        wanted.append(_innovations.c.type == type)
    if kind:
        wanted.append(_enrolments.c.kind == kind)
    counted = select(func.count()).select_from(_with_institution).where(*wanted)
    columns = (
        _innovations.c.innovation,
        _innovations.c.position,
        _innovations.c.name,
        _innovations.c.type,
        _innovations.c.stage,
    )
    listed = select(*columns, _enrolments.c.name.label("institution_name"), _enrolments.c.kind).select_from(_with_institution)
    listed = listed.where(*wanted, _innovations.c.position > after).order_by(_innovations.c.position).limit(ON_A_PAGE + 1)
    return lambda c: (int(c.execute(counted).scalar_one()), c.execute(listed).all())


def _one(edition: str, innovation: str) -> Callable[[Connection], Any]:
    query = select(_innovations, _enrolments.c.name.label("institution_name")).select_from(_with_institution)
    query = query.where(_innovations.c.edition == edition, _innovations.c.innovation == innovation)
    return lambda c: c.execute(query).first()
