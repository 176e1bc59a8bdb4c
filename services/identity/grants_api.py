"""What people and clients may do: roles granted and revoked, API clients registered. All by an administrator."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from services.identity import credentials
from services.identity.account import ACCOUNT, ADMINISTRATOR, GrantRole, RevokeRole
from services.identity.client import CLIENT, RegisterClient
from services.identity.office import OfficeHere
from services.identity.people_api import Body
from shared.deciding import Act
from shared.refusals import Refused
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
    return body


@grants_router.post("/roles/revocation")
async def revoke(body: Revocation, asked: Asked) -> Revocation:
    """Take a role away, with a reason. Tokens given before hold until they end."""
    asked.principal.must_hold("", ADMINISTRATOR)
    command = RevokeRole(**body.model_dump(), by=asked.principal.id)
    await asked.carry_out(Act(ACCOUNT(body.person), command, ACCOUNT(asked.principal.person)), edition=body.edition or None)
    return body


class NewClient(Body):
    client: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{2,63}$")]
    edition: Edition
    scopes: Annotated[tuple[Annotated[str, Field(pattern=r"^[\x21\x23-\x5b\x5d-\x7e]{1,100}$")], ...], Field(max_length=50)]
    institutions: Annotated[Institutions, Field(description="Whom it enters for; empty: all")] = ()


class ClientAnswer(NewClient):
    client_secret: str
    """Shown here alone."""


@grants_router.post("/clients", status_code=201)
async def register_client(body: NewClient, asked: Asked, office: OfficeHere) -> ClientAnswer:
    """Register an API client. It gets tokens with the role `service` in its edition."""
    asked.principal.must_hold("", ADMINISTRATOR)
    await asked.carry_out(Act(CLIENT(body.client), RegisterClient(**body.model_dump())), edition=body.edition)
    secret = office.derivation.secret("client", asked.key)
    if not await asked.parts.database.write(lambda c: credentials.keep_secret(c, body.client, secret)):
        raise Refused(
            f"{body.client} is registered already, and its secret is shown only once; take another name for a new client",
            f"{body.client} sudah terdaftar dan rahasianya hanya ditampilkan sekali; pakai nama lain untuk klien baru",
        )
    return ClientAnswer(**body.model_dump(), client_secret=secret)
