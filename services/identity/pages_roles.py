"""Who holds which role in an edition, by which decree: the committee sees it and invites people, an administrator grants and revokes."""

import asyncio
import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Path, Query, Response
from sqlalchemy import select

from services.identity import vault
from services.identity.account import ACCOUNT, Active, Invited
from services.identity.grants_api import Revocation, Role, grant, revoke
from services.identity.office import OfficeHere
from services.identity.people_api import Invitation, InvitationAnswer, NewPerson, PersonId, invite, register
from services.identity.projections import MandateRow
from services.identity.role_words import ROLES
from services.identity.roles import ADMINISTRATOR, FOR_INSTITUTIONS
from shared.database import table
from shared.facts import ENROLMENT
from shared.refusals import Refused, Unknown
from shared.web.pages import Member, PageRouter, Visit
from shared.web.paging import LARGEST

pages = PageRouter()

Edition = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Cursor = Annotated[int, Query(ge=0, le=LARGEST)]
ROWS = 40
OF_EDITIONS = [role for role in ROLES if role != ADMINISTRATOR]
_held = table(MandateRow)


@pages.get("/e/{edition}/roles")
async def roles_page(visit: Member, edition: Edition, role: str = "", past: str = "", after: Cursor = 0) -> Response:
    _must_see(visit, edition)
    return await _list(visit, edition, role=role if role in OF_EDITIONS else "", past=past == "1", after=after)


@pages.post("/e/{edition}/roles")
async def invite_somebody(visit: Member, edition: Edition, office: OfficeHere) -> Response:
    """Register and invite at once; the link is shown this once. The same form sent again gives the same link."""
    _must_see(visit, edition)
    try:
        new = visit.form.read(NewPerson)
        person = (await register(new, visit.asked("register"), office)).person
        given = await invite(Invitation(person=person), visit.asked("invite"), office)
    except Refused as refused:
        return await _list(visit, edition, refused=refused)
    return await _person(visit, edition, person, given=given)


@pages.get("/e/{edition}/roles/{person}")
async def person_page(visit: Member, edition: Edition, person: PersonId) -> Response:
    _must_see(visit, edition)
    return await _person(visit, edition, person)


@pages.post("/e/{edition}/roles/{person}/invitation")
async def invite_again(visit: Member, edition: Edition, person: PersonId, office: OfficeHere) -> Response:
    _must_see(visit, edition)
    try:
        given = await invite(Invitation(person=person), visit.asked(), office)
    except Refused as refused:
        return await _person(visit, edition, person, refused=refused)
    return await _person(visit, edition, person, given=given)


@pages.post("/e/{edition}/roles/{person}/grant")
async def grant_role(visit: Member, edition: Edition, person: PersonId) -> Response:
    _must_see(visit, edition)
    try:
        codes = visit.form["codes"].replace(",", " ").split()
        await grant(visit.form.read(Role, person=person, edition=edition, institutions=codes), visit.asked())
    except Refused as refused:
        return await _person(visit, edition, person, refused=refused)
    return await visit.go(
        f"/identity/e/{edition}/roles/{person}",
        visit._("The role is granted. Who is signed in already takes it up by opening “My account”."),
    )


@pages.post("/e/{edition}/roles/{person}/revocation")
async def revoke_role(visit: Member, edition: Edition, person: PersonId) -> Response:
    _must_see(visit, edition)
    try:
        await revoke(visit.form.read(Revocation, person=person, edition=edition), visit.asked())
    except Refused as refused:
        return await _person(visit, edition, person, refused=refused)
    return await visit.go(
        f"/identity/e/{edition}/roles/{person}", visit._("The role is revoked; within half a minute it holds nowhere.")
    )


def _must_see(visit: Visit, edition: str) -> None:
    """The committee of the edition, and administrators."""
    if not visit.me.holds(ADMINISTRATOR):
        visit.me.must_hold(edition, "committee")


async def _list(
    visit: Visit, edition: str, *, role: str = "", past: bool = False, after: int = 0, refused: Refused | None = None
) -> Response:
    asked = select(_held).where(_held.c.edition == edition, _held.c.position > after, _held.c.holder.like("person/%"))
    if role:
        asked = asked.where(_held.c.role == role)
    if not past:
        asked = asked.where(_held.c.until.is_(None))
    asked = asked.order_by(_held.c.position).limit(ROWS + 1)
    rows = await visit.parts.database.read(lambda c: c.execute(asked).mappings().all())
    kept = [(name, value) for name, value in (("role", role), ("past", "1" if past else "")) if value]
    address = f"/identity/e/{edition}/roles{'?' if kept else ''}{'&'.join(f'{n}={v}' for n, v in kept)}"
    return await _drawn(
        visit,
        "roles.html",
        refused,
        mandates=await _shown(visit, edition, rows[:ROWS]),
        role=role,
        past=past,
        first=not after,
        next=str(rows[ROWS - 1]["position"]) if len(rows) > ROWS else "",
        address=address,
    )


async def _person(
    visit: Visit, edition: str, person: str, *, given: InvitationAnswer | None = None, refused: Refused | None = None
) -> Response:
    """`given`: the invitation that was made just now, shown this once."""
    row = await visit.parts.database.read(lambda c: vault.find(c, person))
    if row is None:
        raise Unknown("nobody stands in the vault under this ID", "tidak ada orang dengan ID ini")
    asked = (
        select(_held).where(_held.c.edition == edition, _held.c.holder == f"person/{person}").order_by(_held.c.position.desc())
    )
    rows = await visit.parts.database.read(lambda c: c.execute(asked).mappings().all())
    account, _ = await visit.parts.desk.state(ACCOUNT(person))
    return await _drawn(
        visit,
        "person.html",
        refused,
        who=row,
        mandates=await _shown(visit, edition, rows),
        active=isinstance(account, Active),
        invited=isinstance(account, Invited),
        given=given,
        prints=visit.me.holds("committee", edition) is not None,
        link=f"{visit.parts.settings.public_url}/identity/invitation?code={given.invitation}" if given else "",
    )


async def _drawn(visit: Visit, template: str, refused: Refused | None, **context: Any) -> Response:
    page = await visit.render(
        template,
        status=409 if refused else 200,
        refused=refused,
        role_words=ROLES,
        roles=OF_EDITIONS,
        for_institutions=FOR_INSTITUTIONS,
        administrator=visit.me.holds(ADMINISTRATOR) is not None,
        **context,
    )
    page.headers["Cache-Control"] = "no-store"
    return page


async def _shown(visit: Visit, edition: str, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Each with the name of its holder and of the institutions it is held for."""
    persons = [str(row["holder"]).partition("/")[2] for row in rows]
    known = {row["person"]: row["name"] for row in await visit.parts.database.read(lambda c: vault.find_many(c, persons))}
    codes = {code for row in rows for code in (*json.loads(row["institutions"]), row["employer"]) if code}
    enrolled = await asyncio.gather(*(visit.parts.desk.state(ENROLMENT(f"{edition}.{code}")) for code in sorted(codes)))
    names = {code: state.name or code for code, (state, _) in zip(sorted(codes), enrolled, strict=True)}
    return [
        {
            **row,
            "person": person,
            "name": known.get(person, ""),
            "for": [names[code] for code in json.loads(row["institutions"])],
            "works_for": names.get(row["employer"], ""),
        }
        for row, person in zip(rows, persons, strict=True)
    ]
