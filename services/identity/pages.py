"""Identity's pages: signing in and out."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from services.identity import sign_in, sign_in_links
from services.identity.accounts_api import EndOfSessions, end_sessions
from services.identity.office import OfficeHere
from services.identity.passkeys_ceremony import door
from services.identity.sign_in import SignInRefused, Token
from services.identity.signing_keys import SIGNING_KEYS
from shared.parts import Parts
from shared.refusals import Refused
from shared.security.tokens import ALGORITHM
from shared.web.pages import Member, PageRouter, Visit, Visitor, cookies
from shared.web.pages.visit import HEADERS

pages = PageRouter()


def inside(address: str) -> str:
    """Where to go on: an address of this house, or its start."""
    parts = urlsplit(address)
    ours = not parts.scheme and not parts.netloc and address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if ours and "\\" not in address else "/"


def signed_in(token: Token, next: str) -> Response:
    return keeping(token, RedirectResponse(inside(next), 303, headers=HEADERS))


def keeping(token: Token, away: Response) -> Response:
    """The answer, with the token in its cookie."""
    cookies.put(away, cookies.SESSION, token.access_token, token.expires_in)
    return away


@pages.get("/sign-in")
async def sign_in_page(visit: Visitor, next: str = "/") -> Response:
    return await visit.render("sign_in.html", next=inside(next), passkeys=door(visit.parts.settings))


@pages.post("/sign-in")
async def sign_in_here(visit: Visitor, office: OfficeHere) -> Response:
    agent, next = visit.request.headers.get("user-agent", ""), visit.form["next"]
    try:
        token = await sign_in.person(
            visit.parts, office, visit.form["email"], visit.form["password"], agent, seconds=office.terms.page_seconds
        )
    except SignInRefused as refused:
        return await again(visit, refused, inside(next))
    return signed_in(token, next)


@pages.get("/sign-in-link")
async def link_page(visit: Visitor, secret: str, next: str = "/") -> Response:
    """Says whom the link signs in; only the button uses it up, so that no program that looks ahead does."""
    now = visit.parts.event_log.now().timestamp()
    person = await visit.parts.database.read(lambda c: sign_in_links.whose(c, secret, now))
    return await visit.render("sign_in_link.html", secret=secret, good=person is not None, next=inside(next))


@pages.post("/sign-in-link")
async def use_link(visit: Visitor, office: OfficeHere) -> Response:
    now, secret = visit.parts.event_log.now().timestamp(), visit.form["secret"]
    person = await visit.parts.database.write(lambda c: sign_in_links.use(c, secret, now))
    if person is None:
        return await visit.render("sign_in_link.html", secret="", good=False, next="/", status=410)
    agent = visit.request.headers.get("user-agent", "")
    token = await sign_in.begin(visit.parts, office, person, agent, seconds=office.terms.page_seconds)
    return signed_in(token, visit.form["next"])


@pages.get("/renew")
async def renew(request: Request, visit: Visitor, office: OfficeHere, next: str = "/") -> Response:
    """Somebody's roles have changed while he was signed in: his session goes on with what he may do now."""
    try:
        claims = await _signed_by_us(visit.parts, request.cookies.get(cookies.SESSION, ""))
        token = await sign_in.renewed(visit.parts, office, str(claims.get("jti", "")))
    except (JoseError, ValueError, SignInRefused):
        return await visit.go(f"/identity/sign-in?next={inside(next)}", visit._("Please sign in again."))
    return signed_in(token, next)


async def _signed_by_us(parts: Parts, token: str) -> Mapping[str, object]:
    """The claims of a token that identity signed, whether or not it still holds. Raises JoseError, ValueError."""
    state, _ = await parts.desk.state(SIGNING_KEYS(""))
    keys = KeySet([OKPKey.import_key({**jwk, "kid": kid}) for kid, jwk in state.keys.items()])
    claims: Mapping[str, object] = jwt.decode(token, keys, algorithms=[ALGORITHM]).claims
    return claims


@pages.post("/sign-out")
async def sign_out(visit: Member) -> Response:
    ending = EndOfSessions(sessions=[visit.me.session])
    await end_sessions(visit.me.person, ending, visit.asked())
    away = await visit.go("/", visit._("You are signed out."))
    cookies.drop(away, cookies.SESSION)
    return away


async def again(visit: Visit, refused: SignInRefused, next: str) -> Response:
    said, passkeys = Refused(refused.en, refused.id), door(visit.parts.settings)
    page = await visit.render("sign_in.html", status=refused.status, refused=said, next=next, passkeys=passkeys)
    page.headers.update(refused.headers)
    return page
