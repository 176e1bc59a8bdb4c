"""People and their accounts: registered into the vault, invited, and activated by themselves."""

import hmac
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection

from services.identity import authority, credentials, invitations, passwords, sessions, vault
from services.identity.account import ACCOUNT, ActivateAccount, ChangePassword, InviteAccount
from services.identity.office import OfficeHere
from shared.deciding import Act
from shared.parts import Parts
from shared.refusals import Forbidden, Invalid, Unknown
from shared.web.asking import Asked, PartsHere, SignedIn, public, signed_in

people_router = APIRouter(tags=["people"])

PersonId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
"""No control characters: these texts stand in letters and their headers."""
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$")]
Email = Annotated[str, Field(max_length=254)]
ADDRESS = re.compile(r"[^@\s\x00-\x1f\x7f<>,;\"]+@[^@\s\x00-\x1f\x7f<>,;\"]+")


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewPerson(Body):
    name: Name
    email: Annotated[Email, Field(description="Empty for a person without one: his invitation is printed")] = ""
    phone: Annotated[str, Field(max_length=40, pattern=ONE_LINE)] = ""
    nip: Annotated[str, Field(max_length=30, pattern=ONE_LINE, description="Nomor Induk Pegawai")] = ""
    language: Literal["id", "en"] = "id"

    def details(self) -> vault.Details:
        """Raises Invalid."""
        if self.email.strip() and not ADDRESS.fullmatch(self.email.strip()):
            raise Invalid(
                f"{self.email} is not an e-mail address; it looks like name@office.example",
                f"{self.email} bukan alamat surel; contohnya nama@kantor.example",
            )
        return vault.Details(
            name=self.name.strip(), email=self.email.strip(), phone=self.phone, nip=self.nip, language=self.language
        )


class PersonAnswer(Body):
    person: str


class PersonDetails(PersonAnswer):
    name: str
    email: str
    language: str


@people_router.post("/persons", status_code=201)
async def register(new: NewPerson, asked: Asked, office: OfficeHere) -> PersonAnswer:
    """Put a person into the vault. The same name and address again give the same person. Nothing is recorded in the log."""
    await authority.must_be_at_work(asked.parts, asked.principal, *authority.MAY_REGISTER, scope="people:write")
    details, person = new.details(), office.derivation.person(asked.key)
    return PersonAnswer(person=await asked.parts.database.write(lambda c: vault.register(c, person, details, asked.body)))


async def _has_the_secret(parts: PartsHere, makmal_vault_secret: Annotated[str, Header()] = "") -> None:
    """Notification, which sends letters."""
    secret = parts.settings.vault_secret
    if not secret or not hmac.compare_digest(secret.encode(), makmal_vault_secret.encode()):
        raise Forbidden(
            "the vault does not know this secret; it stands in MAKMAL_VAULT_SECRET",
            "brankas tidak mengenal rahasia ini; lihat MAKMAL_VAULT_SECRET",
        )


async def _may_read(
    request: Request, parts: PartsHere, person: PersonId, makmal_vault_secret: Annotated[str | None, Header()] = None
) -> None:
    """The committee of an edition, the person himself, or notification with the vault's secret."""
    if makmal_vault_secret is not None:
        await _has_the_secret(parts, makmal_vault_secret)
        return
    principal = await signed_in(request)
    if principal.id != f"person/{person}":
        authority.must_hold_anywhere(principal, *authority.MAY_READ_PEOPLE)


@people_router.get("/persons")
async def find_person(
    email: Annotated[Email, Query(description="Address with which the person stands in the vault")],
    parts: PartsHere,
    principal: SignedIn,
    response: Response,
) -> PersonAnswer:
    """Who has this e-mail address. For the committee of an edition that is not over, and administrators."""
    await authority.must_be_at_work(parts, principal, *authority.MAY_INVITE)
    found = await parts.database.read(lambda c: vault.find_by_login(c, email))
    if found is None:
        raise nobody()
    response.headers["Cache-Control"] = "no-store"
    return PersonAnswer(person=str(found["person"]))


@people_router.get("/persons/{person}", dependencies=[Depends(public), Depends(_may_read)])
async def read_person(person: PersonId, parts: PartsHere, response: Response) -> PersonDetails:
    """Name, address and language of a person."""
    found = await parts.database.read(lambda c: vault.find(c, person))
    if found is None:
        raise nobody()
    response.headers["Cache-Control"] = "no-store"
    return PersonDetails(person=person, name=str(found["name"]), email=str(found["email"]), language=str(found["language"]))


class Addressee(PersonDetails):
    login: str
    """What the person signs in with."""


@people_router.get("/vault", dependencies=[Depends(public), Depends(_has_the_secret)])
async def look_up(
    person: Annotated[list[Annotated[str, Field(max_length=64)]], Query(min_length=1, max_length=100)],
    parts: PartsHere,
    response: Response,
) -> list[Addressee]:
    """Those of these people whom the vault knows, in any order. For notification, with the vault's secret."""
    found = await parts.database.read(lambda c: vault.find_many(c, person))
    response.headers["Cache-Control"] = "no-store"
    return [Addressee(**{name: str(row[name]) for name in Addressee.model_fields}) for row in found]


class Invitation(Body):
    """Either `person`, who stands in the vault, or `name` and `email` of somebody new."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Ani Contoh", "email": "ani@kota.example"}]})

    person: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] | None = None
    name: Name | None = None
    email: Email | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.person is None) == (self.name is None or self.email is None) or (self.person and (self.name or self.email)):
            raise ValueError("give either person, or name and email")
        return self


class InvitationAnswer(PersonAnswer):
    invitation: str
    """Shown here alone; whoever has it chooses the password."""
    expires: datetime


@people_router.post("/accounts", status_code=201)
async def invite(body: Invitation, asked: Asked, office: OfficeHere) -> InvitationAnswer:
    """Invite a person to an account. A later invitation replaces an earlier one that was not taken up."""
    parts = asked.parts
    await authority.must_be_at_work(parts, asked.principal, *authority.MAY_INVITE)
    person = body.person or office.derivation.person(asked.key)
    if body.name and body.email:
        details = NewPerson(name=body.name, email=body.email).details()
        new = person
        person = await parts.database.write(lambda c: vault.register(c, new, details, asked.body))
    elif await parts.database.read(lambda c: vault.find(c, person)) is None:
        raise nobody()
    command = InviteAccount(person, asked.principal.id)
    await asked.carry_out(Act(ACCOUNT(person), command, ACCOUNT(asked.principal.person)), edition=None)
    token = office.derivation.secret("invitation", asked.key)
    ends = parts.event_log.now() + timedelta(seconds=office.terms.invitation_seconds)
    expires = await parts.database.write(lambda c: invitations.issue(c, person, token, ends.timestamp()))
    return InvitationAnswer(person=person, invitation=token, expires=datetime.fromtimestamp(expires, UTC))


class Activation(Body):
    invitation: Annotated[str, Field(max_length=200)]
    password: Annotated[str, Field(max_length=1000)]


@people_router.post("/accounts/activation", dependencies=[Depends(public)])
async def activate(body: Activation, parts: PartsHere, office: OfficeHere, response: Response) -> PersonAnswer:
    """Whoever was invited, or given a link to reset it, chooses his password. The link serves once."""
    if len(body.password) < passwords.LENGTH:
        raise Invalid(
            f"a password has at least {passwords.LENGTH} characters; a sentence is easy to remember",
            f"kata sandi paling sedikit {passwords.LENGTH} karakter; sebuah kalimat mudah diingat",
        )
    now = parts.event_log.now().timestamp()
    person, reset = await parts.database.read(lambda c: invitations.person_invited(c, body.invitation, now))
    hash = await office.passwords.hash(body.password)
    # The event first: whatever a crash prevents after it, the invitation still serves to repeat.
    position = await _record(parts, person, ChangePassword(person, reset) if reset else ActivateAccount(person))

    def admit(connection: Connection) -> None:
        invitations.take_up(connection, body.invitation, now)
        credentials.set_password(connection, person, hash)
        sessions.forget(connection, person)

    await parts.database.write(admit)
    await parts.verifier.look_again()
    response.headers["Makmal-Position"] = str(position)
    return PersonAnswer(person=person)


async def _record(parts: Parts, person: str, command: ActivateAccount | ChangePassword) -> int:
    outcome = await parts.desk.carry_out(Act(ACCOUNT(person), command), actor=f"person/{person}")
    parts.runner.wake()
    return outcome.position


def nobody() -> Unknown:
    return Unknown(
        "nobody stands in the vault under this ID or address; register the person first",
        "tidak ada orang dengan ID atau alamat ini; daftarkan orangnya dahulu",
    )
