"""A person's sessions, the reset of his password, and his erasure."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from services.identity import invitations, sessions, traces, vault
from services.identity.account import ACCOUNT, Absent, EndSessions, OfferReset
from services.identity.erasure import ErasePerson
from services.identity.forgetting import forget
from services.identity.office import OfficeHere
from services.identity.people_api import Body, InvitationAnswer, PersonAnswer, PersonId, nobody
from services.identity.retention import RETENTION
from services.identity.roles import ADMINISTRATOR
from shared.deciding import Act
from shared.events.identity import SessionEnded
from shared.security import Principal
from shared.web.asking import Asked, PartsHere, SignedIn

accounts_router = APIRouter(tags=["accounts"])


class Session(Body):
    session: str
    begun: datetime
    expires: datetime
    agent: Annotated[str, Field(description="What the client called itself (User-Agent)")]
    current: bool
    """The one by which this was asked."""


class Sessions(Body):
    sessions: list[Session]


@accounts_router.get("/persons/{person}/sessions")
async def list_sessions(person: PersonId, parts: PartsHere, principal: SignedIn, response: Response) -> Sessions:
    """The sign-ins whose tokens hold: for the person himself and for administrators."""
    _himself_or_administrator(principal, person)
    now = parts.event_log.now().timestamp()
    rows = await parts.database.read(lambda c: sessions.open_ones(c, person, now))
    response.headers["Cache-Control"] = "no-store"
    return Sessions(
        sessions=[
            Session(
                session=row["session"],
                begun=sessions.moment(row["begun"]),
                expires=sessions.moment(row["expires"]),
                agent=row["agent"],
                current=row["session"] == principal.session,
            )
            for row in rows
        ]
    )


class EndOfSessions(Body):
    sessions: Annotated[list[Annotated[str, Field(max_length=64)]] | None, Field(max_length=200, description="None: all")] = (
        None
    )


class EndedSessions(Body):
    position: int


@accounts_router.post("/persons/{person}/sessions/ending")
async def end_sessions(person: PersonId, body: EndOfSessions, asked: Asked) -> EndedSessions:
    """End some or all sessions. Their tokens are refused at once here, and by every service within half a minute."""
    _himself_or_administrator(asked.principal, person)
    parts = asked.parts
    now = parts.event_log.now().timestamp()
    rows = await parts.database.read(lambda c: sessions.open_ones(c, person, now))
    wanted = None if body.sessions is None else set(body.sessions)
    ending = [row for row in rows if wanted is None or row["session"] in wanted]
    command = EndSessions(
        person, tuple((row["session"], sessions.moment(row["expires"])) for row in ending), asked.principal.id
    )
    outcome = await asked.carry_out(Act(ACCOUNT(person), command, ACCOUNT(asked.principal.person)), edition=None)
    ended = [e.event.session for e in outcome.events if isinstance(e.event, SessionEnded)]
    await parts.database.write(lambda c: sessions.forget(c, person, ended))
    await parts.verifier.look_again()
    return EndedSessions(position=outcome.position)


@accounts_router.post("/persons/{person}/password-reset", status_code=201)
async def offer_reset(person: PersonId, asked: Asked, office: OfficeHere) -> InvitationAnswer:
    """A link by which the holder of an active account chooses a new password, like an invitation. By an administrator."""
    asked.principal.must_hold("", ADMINISTRATOR)
    parts = asked.parts
    command = OfferReset(person, asked.key, asked.principal.id)
    await asked.carry_out(Act(ACCOUNT(person), command, ACCOUNT(asked.principal.person)), edition=None)
    token = office.derivation.secret("reset", asked.key)
    ends = parts.event_log.now().timestamp() + office.terms.invitation_seconds
    expires = await parts.database.write(lambda c: invitations.issue(c, person, token, ends, reset=asked.key))
    return InvitationAnswer(person=person, invitation=token, expires=sessions.moment(expires))


@accounts_router.post("/persons/{person}/erasure")
async def erase(person: PersonId, asked: Asked) -> PersonAnswer:
    """Erase what the vault holds of a person, and his account. By an administrator; refused while the record of an edition that
    names him must be kept. What is on record stays, with an ID that leads to nobody.
    """
    asked.principal.must_hold("", ADMINISTRATOR)
    parts = asked.parts
    account, _ = await parts.desk.state(ACCOUNT(person))
    named = await traces.editions_naming(parts.event_log, person)
    if isinstance(account, Absent) and not await parts.database.read(lambda c: vault.find(c, person)):
        raise nobody()
    await asked.carry_out(
        Act(
            ACCOUNT(person),
            lambda at: ErasePerson(person, named, at),
            ACCOUNT(asked.principal.person),
            *(RETENTION(edition) for edition in named),
        ),
        edition=None,
    )
    await parts.database.write(lambda c: forget(c, [person]))
    await parts.verifier.look_again()
    return PersonAnswer(person=person)


def _himself_or_administrator(principal: Principal, person: str) -> None:
    if principal.id != f"person/{person}":
        principal.must_hold("", ADMINISTRATOR)
