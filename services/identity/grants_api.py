"""What people and clients may do: roles granted and revoked, API clients registered. All by an administrator."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from services.identity.account import ACCOUNT
from services.identity.people_api import Body
from services.identity.roles import ADMINISTRATOR, GrantRole, RevokeRole
from shared.deciding import Act
from shared.web.asking import Asked

grants_router = APIRouter(tags=["roles and clients"])

Person = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
Edition = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,63}$")]
Institution = Annotated[str, Field(pattern="^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$")]
Institutions = Annotated[tuple[Institution, ...], Field(max_length=500)]


class RoleBody(Body):
    person: Person
    role: Annotated[str, Field(max_length=40)]
    edition: Edition | Annotated[str, Field(pattern="^$")] = ""


class Role(RoleBody):
    institutions: Institutions = ()
    decree: Annotated[str, Field(max_length=200, description="Nomor surat keputusan")] = ""
    decree_date: date | None = None
    employer: Annotated[
        Institution | Annotated[str, Field(pattern="^$")], Field(description="The institution that the person works for")
    ] = ""


class Revocation(RoleBody):
    reason: Annotated[str, Field(max_length=1000)] = ""


@grants_router.post("/roles", status_code=201)
async def grant(body: Role, asked: Asked) -> Role:
    """Grant a role in an edition by decree, or change what it is held for; `administrator` is held outside of any edition."""
    asked.principal.must_hold("", ADMINISTRATOR)
    command = GrantRole(**body.model_dump(), by=asked.principal.id)
    await asked.carry_out(Act(ACCOUNT(body.person), command, ACCOUNT(asked.principal.person)), edition=body.edition or None)
    await asked.parts.verifier.look_again()
    return body


@grants_router.post("/roles/revocation")
async def revoke(body: Revocation, asked: Asked) -> Revocation:
    """Take a role away, with a reason. The holder's tokens are refused by every service within half a minute."""
    asked.principal.must_hold("", ADMINISTRATOR)
    command = RevokeRole(**body.model_dump(), by=asked.principal.id)
    await asked.carry_out(Act(ACCOUNT(body.person), command, ACCOUNT(asked.principal.person)), edition=body.edition or None)
    await asked.parts.verifier.look_again()
    return body
