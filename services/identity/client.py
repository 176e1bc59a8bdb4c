"""An API client: another system that acts in one edition, with scopes. Decider: who is registered as what, and until when."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from shared.decider import Decider
from shared.events.identity import ClientRegistered, ClientRevoked, ClientSecretRotated, FormerSecretEnded
from shared.refusals import Invalid, Refused, Unknown
from shared.security.scopes import SCOPES

Event = ClientRegistered | ClientSecretRotated | FormerSecretEnded | ClientRevoked


class RegisterClient(Struct, frozen=True, kw_only=True):
    client: str
    edition: str
    scopes: tuple[str, ...]
    institutions: tuple[str, ...] = ()
    """Empty: all."""


class RotateClientSecret(Struct, frozen=True):
    client: str
    secret: str
    """An ID of the new secret, not the secret."""
    former_until: datetime | None = None
    """So long the secret so far holds beside it; None: no longer."""


class EndFormerSecret(Struct, frozen=True):
    """Now, not when its time is over: all users of the client have the new one, or it has become known."""

    client: str


class RevokeClient(Struct, frozen=True):
    client: str
    reason: str


Command = RegisterClient | RotateClientSecret | EndFormerSecret | RevokeClient


class Unregistered(Struct, frozen=True):
    pass


class Former(Struct, frozen=True):
    """The secret before the present one, while both hold."""

    secret: str
    given: int
    until: datetime


class Registered(Struct, frozen=True):
    terms: ClientRegistered
    secret: str = ""
    """ID of the secret that it was given last; empty: the first one."""
    given: int = 1
    """Version of the client with which it was given."""
    version: int = 1
    former: Former | None = None

    def holding(self, secret: str | None, at: datetime) -> tuple[int, datetime | None] | None:
        """If this secret holds: the version that its tokens bear, by which they are refused once it does not, and until when it holds."""
        if secret == self.secret:
            return self.version, None
        if self.former is not None and secret == self.former.secret and at < self.former.until:
            return self.former.given, self.former.until
        return None


class Revoked(Struct, frozen=True):
    pass


State = Unregistered | Registered | Revoked


def decide(state: State, command: Command) -> Sequence[Event]:
    match state, command:
        case Unregistered(), RegisterClient():
            _check_scopes(command)
            return [_terms(command)]
        case Registered(terms), RegisterClient(client=client):
            if terms == _terms(command):
                return []
            raise Refused(
                f"a client {client} is registered with other terms; take another name for the new client",
                f"klien {client} sudah terdaftar dengan ketentuan lain; pakai nama lain untuk klien baru",
            )
        case Registered(secret=known), RotateClientSecret(client, secret, until):
            return [] if secret == known else [ClientSecretRotated(client=client, secret=secret, former_until=until)]
        case Registered(former=former), EndFormerSecret(client):
            return [] if former is None else [FormerSecretEnded(client=client, secret=former.secret)]
        case Registered(), RevokeClient(client, reason):
            if not reason.strip():
                raise Invalid("say why the client is revoked", "sebutkan alasan pencabutan klien ini")
            return [ClientRevoked(client=client, reason=reason)]
        case Revoked(), RevokeClient():
            return []
        case Revoked(), EndFormerSecret():
            return []
        case Revoked(), RegisterClient(client=client) | RotateClientSecret(client=client):
            raise Refused(
                f"the client {client} was revoked for good; register a new client under another name",
                f"klien {client} sudah dicabut; daftarkan klien baru dengan nama lain",
            )
        case Unregistered(), (RotateClientSecret(client=client) | EndFormerSecret(client=client) | RevokeClient(client=client)):
            raise Unknown(f"there is no client {client}; register it first", f"tidak ada klien {client}; daftarkan dahulu")
    raise ValueError(f"{command!r} is not for a client")


def _terms(command: RegisterClient) -> ClientRegistered:
    return ClientRegistered(
        client=command.client,
        edition=command.edition,
        scopes=tuple(sorted(set(command.scopes))),
        institutions=tuple(sorted(set(command.institutions))),
    )


def _check_scopes(command: RegisterClient) -> None:
    """Raises Invalid."""
    known = ", ".join(SCOPES)
    if unknown := sorted(set(command.scopes) - SCOPES.keys()):
        raise Invalid(
            f"there is no scope {', '.join(unknown)}; the scopes are {known}",
            f"tidak ada cakupan {', '.join(unknown)}; cakupan yang ada: {known}",
        )
    if not command.scopes:
        raise Invalid(
            f"say what the client may do; the scopes are {known}", f"sebutkan wewenang klien ini; cakupan yang ada: {known}"
        )


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Unregistered(), ClientRegistered():
            return Registered(event)
        case Registered(), ClientSecretRotated(secret=secret, former_until=until):
            now = state.version + 1
            former = Former(state.secret, state.given, until) if until is not None else None
            return Registered(state.terms, secret, given=now, version=now, former=former)
        case Registered(former=Former(secret=former)), FormerSecretEnded(secret=ended) if former == ended:
            return replace(state, version=state.version + 1, former=None)
        case Registered(), ClientRevoked():
            return Revoked()
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Event], by: str, at: datetime) -> Command:
    match events:
        case [ClientRegistered(client=client, edition=edition, scopes=scopes, institutions=institutions)]:
            return RegisterClient(client=client, edition=edition, scopes=scopes, institutions=institutions)
        case [ClientSecretRotated(client=client, secret=secret, former_until=until)]:
            return RotateClientSecret(client, secret, until)
        case [FormerSecretEnded(client=client)]:
            return EndFormerSecret(client)
        case [ClientRevoked(client=client, reason=reason)]:
            return RevokeClient(client, reason)
    raise ValueError(f"no command leads to {events!r}")


CLIENT: Decider[State] = Decider("identity", "client", Unregistered(), evolve, decide, command_of)
"""`client/<client>`"""
