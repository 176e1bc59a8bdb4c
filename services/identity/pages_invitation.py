"""The page that an invitation, or the link to a new password, leads to: choose a password, and be signed in."""

from fastapi import Response

from services.identity import invitations, passwords, sign_in, vault
from services.identity.office import OfficeHere
from services.identity.pages import keeping
from services.identity.people_api import Activation, activate
from shared.refusals import Invalid, Refused, Unknown
from shared.web.pages import PageRouter, Visit, Visitor

pages = PageRouter()


@pages.get("/invitation")
async def invitation_page(visit: Visitor, code: str = "") -> Response:
    """Looking at it uses nothing up."""
    return await _page(visit, code[:200])


@pages.post("/invitation")
async def take_up(visit: Visitor, office: OfficeHere) -> Response:
    code = visit.form["code"]
    try:
        await _person(visit, code)
        body = visit.form.read(Activation, invitation=code, password=chosen(visit))
        done = await activate(body, visit.parts, office, Response())
    except Refused as refused:
        return await _page(visit, code, refused)
    agent = visit.request.headers.get("user-agent", "")
    token = await sign_in.begin(visit.parts, office, done.person, agent, seconds=office.terms.page_seconds)
    return keeping(token, await visit.go("/identity/me", visit._("Welcome. Your password is set and you are signed in.")))


def chosen(visit: Visit) -> str:
    """The new password as it was typed, twice alike and long enough. Raises Invalid."""
    password = visit.form["password"]
    if len(password) < passwords.LENGTH:
        visit.form.faults["password"] = visit._("At least %(least)s characters.", least=passwords.LENGTH)
        raise Invalid(
            f"the password is too short: it needs at least {passwords.LENGTH} characters; a sentence is easy to remember",
            f"kata sandi terlalu pendek: paling sedikit {passwords.LENGTH} karakter; sebuah kalimat mudah diingat",
        )
    if password != visit.form["password_again"]:
        visit.form.faults["password_again"] = visit._("This is not the same as above.")
        raise Invalid(
            "the two passwords differ; type the same one twice", "kedua kata sandi berbeda; ketik kata sandi yang sama dua kali"
        )
    return password


async def _person(visit: Visit, code: str) -> tuple[str, str]:
    now = visit.parts.event_log.now().timestamp()
    return await visit.parts.database.read(lambda c: invitations.person_invited(c, code, now))


async def _page(visit: Visit, code: str, refused: Refused | None = None) -> Response:
    """The form as long as the invitation is good; else what to do, and where another code can be typed."""
    reset, who, spent = "", None, None
    if code:
        try:
            person, reset = await _person(visit, code)
            who = await visit.parts.database.read(lambda c: vault.find(c, person))
        except Refused as no_more:
            refused = spent = no_more
    return await visit.render(
        "invitation.html",
        status=404 if isinstance(spent, Unknown) else 410 if spent else 409 if refused else 200,
        refused=None if spent else refused,
        spent=spent,
        code=code,
        reset=bool(reset),
        who=who,
        least=passwords.LENGTH,
    )
