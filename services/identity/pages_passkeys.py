"""Passkeys on pages: sign in with one, and on the account page add, name and remove them. The script passkey.js talks to the device."""

from fastapi import Response
from fastapi.responses import JSONResponse

from services.identity import passkeys, passkeys_ceremony, sign_in, vault
from services.identity.office import OfficeHere
from services.identity.pages import again, inside, signed_in
from services.identity.pages_account import ME, account, must_know_his_password
from services.identity.passkeys_ceremony import Answer, Door
from services.identity.sign_in import SignInRefused
from shared.refusals import Invalid, Refused
from shared.web.pages import Member, PageRouter, Visit, Visitor
from shared.web.pages.visit import HEADERS

pages = PageRouter()


@pages.post("/sign-in/passkey/options")
async def ask_for_one(visit: Visitor, office: OfficeHere) -> Response:
    """What the browser asks its devices for. Nothing is recorded by it."""
    now = visit.parts.event_log.now().timestamp()
    return _said(passkeys_ceremony.to_sign_in(office, _door(visit), _bound(visit, "sign-in"), now))


@pages.post("/sign-in/passkey")
async def sign_in_with_one(visit: Visitor, office: OfficeHere) -> Response:
    agent, next = visit.request.headers.get("user-agent", ""), visit.form["next"]
    try:
        person = await passkeys_ceremony.proven(visit.parts, office, _door(visit), _answer(visit), _bound(visit, "sign-in"))
        token = await sign_in.begin(visit.parts, office, person, agent, seconds=office.terms.page_seconds)
    except SignInRefused as refused:
        return await again(visit, refused, inside(next))
    return signed_in(token, next)


@pages.post("/me/passkeys/options")
async def ask_for_a_new_one(visit: Member, office: OfficeHere) -> Response:
    """Who knows his password, or signed in just now, may make a passkey. What is answered is good for that alone, in this session."""
    me, now = visit.me, visit.parts.event_log.now().timestamp()
    who, known, fresh = await visit.parts.database.read(
        lambda c: (vault.find(c, me.person), passkeys.of(c, me.person), passkeys.fresh(c, me.session, now))
    )
    try:
        _name(visit)
        if not fresh:
            await must_know_his_password(visit, office, "passkey_password")
    except Refused as refused:
        return _said({"refused": visit.say(refused)}, 409)
    shown = who or {"person": me.person, "login": me.person, "name": me.person}
    return _said(passkeys_ceremony.to_add(office, _door(visit), shown, known, _bound(visit, me.session), now))


@pages.post("/me/passkeys")
async def add_one(visit: Member, office: OfficeHere) -> Response:
    me = visit.me
    try:
        answer, bound = _answer(visit), _bound(visit, me.session)
        await passkeys_ceremony.added(visit.parts, office, _door(visit), me.person, _name(visit), answer, bound)
    except Refused as refused:
        return await account(visit, office, refused=refused)
    return await visit.go(ME, visit._("The passkey is added. You can sign in with it from now on."))


@pages.post("/me/passkeys/removal")
async def remove_one(visit: Member) -> Response:
    me, id = visit.me, visit.form["passkey"]
    await visit.parts.database.write(lambda c: passkeys.remove(c, me.person, id))
    return await visit.go(ME, visit._("The passkey is removed; it signs nobody in any more."))


def _door(visit: Visit) -> Door:
    """Raises Refused."""
    door = passkeys_ceremony.door(visit.parts.settings)
    if door is None:
        raise Refused(
            "passkeys need an address with a name and https; sign in with your password",
            "kunci sandi memerlukan alamat bernama dengan https; masuklah dengan kata sandi",
        )
    return door


def _bound(visit: Visit, purpose: str) -> str:
    """What a challenge is for, and in which browser."""
    return f"{purpose}\0{visit.form_secret}"


def _name(visit: Visit) -> str:
    """Raises Invalid."""
    name = " ".join(visit.form["passkey_name"].split())
    if not name or len(name) > passkeys.LONGEST_NAME:
        raise Invalid(
            f"give the passkey a name of at most {passkeys.LONGEST_NAME} characters, by which you know the device",
            f"beri kunci sandi itu nama paling banyak {passkeys.LONGEST_NAME} karakter agar perangkatnya Anda kenali",
        )
    return name


def _answer(visit: Visit) -> Answer:
    return Answer(**{name: visit.form[f"passkey_{name}"] for name in Answer.__struct_fields__})


def _said(body: object, status: int = 200) -> Response:
    return JSONResponse(body, status, headers={**HEADERS, "Cache-Control": "no-store"})
