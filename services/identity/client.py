"""An API client: another system that acts in one edition, with scopes. Decider: who is registered as what."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from shared.decider import Decider
from shared.events.identity import ClientRegistered
from shared.refusals import Refused


class RegisterClient(Struct, frozen=True, kw_only=True):
    client: str
    edition: str
    scopes: tuple[str, ...]
    institutions: tuple[str, ...] = ()
    """Empty: all."""


class Unregistered(Struct, frozen=True):
    pass


class Registered(Struct, frozen=True):
    terms: ClientRegistered


State = Unregistered | Registered


def decide(state: State, command: RegisterClient) -> Sequence[ClientRegistered]:
    asked = ClientRegistered(
        client=command.client,
        edition=command.edition,
        scopes=tuple(sorted(set(command.scopes))),
        institutions=tuple(sorted(set(command.institutions))),
    )
    match state:
        case Unregistered():
            return [asked]
        case Registered(terms) if terms == asked:
            return []
    raise Refused(
        f"a client {command.client} is registered with other terms; take another name for the new client",
        f"klien {command.client} sudah terdaftar dengan ketentuan lain; pakai nama lain untuk klien baru",
    )


def evolve(state: State, event: ClientRegistered) -> State:
    match state, event:
        case Unregistered(), ClientRegistered():
            return Registered(event)
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[ClientRegistered], by: str, at: datetime) -> RegisterClient:
    match events:
        case [ClientRegistered(client=client, edition=edition, scopes=scopes, institutions=institutions)]:
            return RegisterClient(client=client, edition=edition, scopes=scopes, institutions=institutions)
    raise ValueError(f"no command leads to {events!r}")


CLIENT: Decider[State] = Decider("identity", "client", Unregistered(), evolve, decide, command_of)
"""`client/<client>`"""
