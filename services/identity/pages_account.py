"""My account: who I am here, what I may do and by which decree, where I am signed in, and what I sign in with."""

from typing import Any

from fastapi import Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select

from services.identity import credentials, passkeys, passwords, sign_in, vault
from services.identity.account import ACCOUNT, Active, ChangePassword, OfferReset
from services.identity.accounts_api import EndOfSessions, end_sessions, list_sessions
from services.identity.devices import device
from services.identity.mandates_api import HeldRole, roles
from services.identity.office import Office, OfficeHere
from services.identity.pages import keeping
from services.identity.pages_invitation import chosen
from services.identity.passkeys_ceremony import door
from services.identity.projections import MandateRow
from services.identity.role_words import ROLES
from services.identity.roles import ADMINISTRATOR
from services.identity.sessions import moment
from services.identity.sign_in import SignInRefused
from shared.database import table
from shared.deciding import Act
from shared.facts import EDITION
from shared.refusals import Invalid, Refused
from shared.security import Principal
from shared.web.pages import Member, PageRouter, Visit, cookies, menu

pages = PageRouter()

ME = "/identity/me"


@pages.get("/me")
async def account_page(visit: Member, office: OfficeHere) -> Response:
    """Whose roles have changed since he signed in goes on with those that he holds now."""
    held, _ = await visit.parts.desk.state(ACCOUNT(visit.me.person))
    if isinstance(held, Active) and set(sign_in.grants_of(held)) != set(visit.me.grants):
        return RedirectResponse(f"/identity/renew?next={ME}", 303)
    return await account(visit, office)


@pages.post("/me/sessions")
async def end_some(visit: Member) -> Response:
    """One session, as the button says, or all others."""
    mine = await list_sessions(visit.me.person, visit.parts, visit.me, Response())
    one = visit.form["session"]
    ending = [each.session for each in mine.sessions if (each.session == one if one else not each.current)]
    await end_sessions(visit.me.person, EndOfSessions(sessions=ending), visit.asked())
    if visit.me.session in ending:
        away = await visit.go("/", visit._("You are signed out."))
        cookies.drop(away, cookies.SESSION)
        return away
    return await visit.go(ME, visit._("Signed out there."))


@pages.post("/me/password")
async def change_password(visit: Member, office: OfficeHere) -> Response:
    """Who knows the present password chooses another. All his sessions end, and this one begins anew."""
    try:
        await must_know_his_password(visit, office)
        hash = await office.passwords.hash(chosen(visit))
        await _record_change(visit)
    except Refused as refused:
        return await account(visit, office, refused=refused)
    person = visit.me.person
    await visit.parts.database.write(lambda c: credentials.set_password(c, person, hash))
    mine = await list_sessions(person, visit.parts, visit.me, Response())
    await end_sessions(person, EndOfSessions(sessions=[one.session for one in mine.sessions]), visit.asked("sessions"))
    await visit.parts.verifier.look_again()
    agent = visit.request.headers.get("user-agent", "")
    token = await sign_in.begin(visit.parts, office, person, agent, seconds=office.terms.page_seconds)
    return keeping(token, await visit.go(ME, visit._("The password is changed. On all other devices you are signed out.")))


async def must_know_his_password(visit: Visit, office: Office, field: str = "password_present") -> None:
    """Raises Invalid. A wrong one counts as a wrong password at the sign-in does."""
    row = await visit.parts.database.read(lambda c: vault.find(c, visit.me.person))
    try:
        await sign_in.proven(visit.parts, office, str(row["login"]) if row else "", visit.form[field])
    except SignInRefused as refused:
        visit.form.faults[field] = visit._("This is not your password.") if refused.status == 400 else visit.say(_said(refused))
        raise Invalid(
            *(
                (
                    "your present password is another; type it as you do when you sign in",
                    "kata sandi Anda saat ini bukan itu; ketik seperti ketika Anda masuk",
                )
                if refused.status == 400
                else (refused.en, refused.id)
            )
        ) from refused


def _said(refused: SignInRefused) -> Refused:
    return Refused(refused.en, refused.id)


async def _record_change(visit: Visit) -> None:
    me, offer, change = visit.me, visit.asked("offer"), visit.asked("change")
    account = ACCOUNT(me.person)
    await offer.carry_out(Act(account, OfferReset(me.person, offer.key, me.id), account), edition=None)
    await change.carry_out(Act(account, ChangePassword(me.person, offer.key), account), edition=None)


async def account(visit: Visit, office: Office, *, refused: Refused | None = None, **more: Any) -> Response:
    me = visit.me
    now = visit.parts.event_log.now().timestamp()
    row, keys, fresh = await visit.parts.database.read(
        lambda c: (vault.find(c, me.person), passkeys.of(c, me.person), passkeys.fresh(c, me.session, now))
    )
    held = await roles(me.person, visit.parts, me)
    mine = await list_sessions(me.person, visit.parts, me, Response())
    page = await visit.render(
        "me.html",
        status=409 if refused else 200,
        refused=refused,
        who=row,
        editions=[await _edition(visit, edition, of) for edition, of in _by_edition(held.roles)],
        role_words=ROLES,
        granting=await _all_editions(visit) if me.holds(ADMINISTRATOR) else [],
        sessions=[{"one": one, "device": device(one.agent)} for one in mine.sessions],
        least=passwords.LENGTH,
        passkeys=[
            {"key": one, "added": moment(one["added"]), "used": moment(one["used"]) if one["used"] else None} for one in keys
        ],
        passkey_door=door(visit.parts.settings),
        passkey_name=device(visit.request.headers.get("user-agent", "")),
        fresh=fresh,
        **more,
    )
    page.headers["Cache-Control"] = "no-store"
    return page


async def _all_editions(visit: Visit) -> list[dict[str, Any]]:
    """Where an administrator grants roles: every edition in which somebody holds one."""
    column = table(MandateRow).c.edition
    found = await visit.parts.database.read(
        lambda c: c.scalars(select(column).where(column != "").distinct().order_by(column)).all()
    )
    return [await _edition(visit, edition, []) for edition in found]


def _by_edition(held: list[HeldRole]) -> list[tuple[str, list[HeldRole]]]:
    """The newest role's edition first; what is held outside of any edition before all."""
    found: dict[str, list[HeldRole]] = {}
    for role in held:
        found.setdefault(role.edition, []).append(role)
    newest = sorted(found.items(), key=lambda item: max(role.since for role in item[1]), reverse=True)
    return sorted(newest, key=lambda item: bool(item[0]))


async def _edition(visit: Visit, edition: str, held: list[HeldRole]) -> dict[str, Any]:
    facts = (await visit.parts.desk.state(EDITION(edition)))[0] if edition else None
    opened = facts is not None and facts.rulebook is not None
    return {
        "id": edition,
        "name": facts.rulebook.name if facts is not None and facts.rulebook is not None else None,
        "roles": held,
        "places": _places(visit.me, edition) if opened else [],
    }


def _places(me: Principal, edition: str) -> list[menu.Place]:
    return menu.own_places(me, edition)
