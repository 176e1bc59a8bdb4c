"""API clients registered, given a new secret, revoked; and the signing keys renewed. All by an administrator."""

from datetime import datetime, timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi import Body as FromBody
from pydantic import Field

from services.identity import credentials
from services.identity.client import CLIENT, EndFormerSecret, RegisterClient, Registered, RevokeClient, RotateClientSecret
from services.identity.grants_api import Edition, Institutions
from services.identity.keyring import published_by
from services.identity.office import OfficeHere
from services.identity.people_api import Body
from services.identity.roles import ADMINISTRATOR
from shared.deciding import Act
from shared.events.identity import ClientRegistered, ClientSecretRotated, FormerSecretEnded
from shared.refusals import Invalid, Refused
from shared.web.asking import Asked

clients_router = APIRouter(tags=["clients and keys"])

ClientId = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9-]{2,63}$")]


class NewClient(Body):
    client: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{2,63}$")]
    edition: Edition
    scopes: Annotated[tuple[Annotated[str, Field(pattern=r"^[\x21\x23-\x5b\x5d-\x7e]{1,100}$")], ...], Field(max_length=50)]
    institutions: Annotated[Institutions, Field(description="Whom it enters for; empty: all")] = ()


class ClientAnswer(NewClient):
    client_secret: str
    """Shown here alone."""


@clients_router.post("/clients", status_code=201)
async def register_client(body: NewClient, asked: Asked, office: OfficeHere) -> ClientAnswer:
    """Register an API client. It gets tokens with the role `service` in its edition."""
    asked.principal.must_hold("", ADMINISTRATOR)
    outcome = await asked.carry_out(Act(CLIENT(body.client), RegisterClient(**body.model_dump())), edition=body.edition)
    secret = office.derivation.secret("client", asked.key)
    kept = await asked.parts.database.write(lambda c: credentials.keep_secret(c, body.client, secret))
    if not kept and outcome.first(ClientRegistered) is None:
        raise Refused(
            f"{body.client} is registered already, and its secret is shown only once; take another name for a new client",
            f"{body.client} sudah terdaftar dan rahasianya hanya ditampilkan sekali; pakai nama lain untuk klien baru",
        )
    return ClientAnswer(**body.model_dump(), client_secret=secret)


class SecretRotation(Body):
    former_holds_seconds: Annotated[
        int, Field(ge=0, le=30 * 24 * 3600, description="So long the secret so far holds as well; 0: no longer")
    ] = 24 * 3600


class SecretAnswer(Body):
    client: str
    client_secret: str
    """Shown here alone."""
    former_until: datetime | None
    """The secret so far holds until then; none: it does no longer."""


@clients_router.post("/clients/{client}/secret", status_code=201)
async def rotate_secret(
    client: ClientId, asked: Asked, office: OfficeHere, body: Annotated[SecretRotation, FromBody()] = SecretRotation()
) -> SecretAnswer:
    """A new secret. The one so far holds for a while as well, so that the other system can change over without a pause; one that
    was still holding from an earlier rotation does no longer. After a leak let it hold for 0 seconds: tokens got by it are refused.
    """
    asked.principal.must_hold("", ADMINISTRATOR)
    seconds = body.former_holds_seconds
    if 0 < seconds < office.terms.token_seconds:
        raise Invalid(
            f"a token holds for {office.terms.token_seconds} s; let the former secret hold at least so long, or not at all (0)",
            f"token berlaku {office.terms.token_seconds} detik; rahasia lama berlaku paling sedikit selama itu, atau tidak sama sekali (0)",
        )
    outcome = await asked.carry_out(
        Act(
            CLIENT(client),
            lambda at: RotateClientSecret(client, asked.key, at + timedelta(seconds=seconds) if seconds else None),
        ),
        edition=None,
    )
    until = next((e.event.former_until for e in outcome.events if isinstance(e.event, ClientSecretRotated)), None)
    secret = office.derivation.secret("client", asked.key)
    state, _ = await asked.parts.desk.state(CLIENT(client))
    if isinstance(state, Registered) and state.secret == asked.key:
        live = [asked.key, *([state.former.secret] if state.former else [])]
        await asked.parts.database.write(lambda c: credentials.add_secret(c, client, secret, asked.key, live))
    await asked.parts.verifier.look_again()
    return SecretAnswer(client=client, client_secret=secret, former_until=until)


class EndedSecret(Body):
    client: str


@clients_router.post("/clients/{client}/former-secret/ending")
async def end_former_secret(client: ClientId, asked: Asked) -> EndedSecret:
    """The former secret holds no longer, before its time: the other system has changed over, or it has become known. Tokens got by
    it are refused within half a minute; those of the present secret hold.
    """
    asked.principal.must_hold("", ADMINISTRATOR)
    outcome = await asked.carry_out(Act(CLIENT(client), EndFormerSecret(client)), edition=None)
    for secret in [e.event.secret for e in outcome.events if isinstance(e.event, FormerSecretEnded)]:
        await asked.parts.database.write(partial(credentials.forget_secret, client=client, id=secret))
    await asked.parts.verifier.look_again()
    return EndedSecret(client=client)


class ClientRevocation(Body):
    reason: Annotated[str, Field(max_length=1000)] = ""


class RevokedClient(ClientRevocation):
    client: str


@clients_router.post("/clients/{client}/revocation")
async def revoke_client(client: ClientId, body: ClientRevocation, asked: Asked) -> RevokedClient:
    """The client gets no tokens any more, for good; those that it has are refused within half a minute."""
    asked.principal.must_hold("", ADMINISTRATOR)
    await asked.carry_out(Act(CLIENT(client), RevokeClient(client, body.reason)), edition=None)
    await asked.parts.database.write(lambda c: credentials.forget_secret(c, client))
    await asked.parts.verifier.look_again()
    return RevokedClient(client=client, reason=body.reason)


class KeyRotation(Body):
    retire_all: Annotated[bool, Field(description="Refuse all tokens given so far as well: everybody signs in again")] = False


class RotatedKey(Body):
    kid: str
    retired: tuple[str, ...]


@clients_router.post("/signing-keys/rotation", status_code=201)
async def rotate_key(body: KeyRotation, asked: Asked, office: OfficeHere) -> RotatedKey:
    """Sign tokens with a new key from now on. Tokens of the key so far hold until they end, unless `retire_all`."""
    asked.principal.must_hold("", ADMINISTRATOR)
    async with office.keyring.turn:
        act = await office.keyring.new_key(retire_all=body.retire_all)
        published = published_by(await asked.carry_out(act, edition=None))
        await office.keyring.discard_unpublished()
    await asked.parts.verifier.look_again()
    return RotatedKey(kid=published.kid, retired=published.retired)
