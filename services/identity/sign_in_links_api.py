"""Links that sign somebody else in, for rehearsals."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from services.identity import sessions, sign_in_links
from services.identity.account import ACCOUNT, Active
from services.identity.office import OfficeHere
from services.identity.people_api import Body, nobody
from shared.refusals import Forbidden
from shared.web.asking import Asked

links_router = APIRouter(tags=["accounts"])

LINK_SECONDS = 24 * 3600


class NewSignInLink(Body):
    person: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


class SignInLink(Body):
    address: str
    """Of the page that signs in, below the public URL."""
    expires: datetime


@links_router.post("/sign-in-links", status_code=201)
async def make_sign_in_link(body: NewSignInLink, asked: Asked, office: OfficeHere) -> SignInLink:
    """A link that signs this person in, once, within a day. Only where `MAKMAL_SIGN_IN_LINKS=1` is set, as in a demo;
    administrators only."""
    asked.principal.must_hold("", "administrator")
    if not office.terms.sign_in_links:
        raise Forbidden(
            "this house makes no sign-in links; it would take MAKMAL_SIGN_IN_LINKS=1, which is meant for rehearsals",
            "sistem ini tidak membuat tautan masuk; perlu MAKMAL_SIGN_IN_LINKS=1, yang dimaksudkan untuk gladi",
        )
    account, _ = await asked.parts.desk.state(ACCOUNT(body.person))
    if not isinstance(account, Active):
        raise nobody()
    secret = office.derivation.secret("sign-in-link", asked.key)
    now = asked.parts.event_log.now().timestamp()
    expires = await asked.parts.database.write(lambda c: sign_in_links.offer(c, secret, body.person, now + LINK_SECONDS, now))
    return SignInLink(address=f"/identity/sign-in-link?secret={secret}", expires=sessions.moment(expires))
