"""The keys that sign access tokens. Decider: which key signs from now on, and which older ones are still honoured."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from shared.decider import Decider
from shared.events.identity import SigningKeyRotated
from shared.refusals import Refused

Jwk = dict[str, str]


class RotateSigningKey(Struct, frozen=True):
    """`retire` are the key IDs to honour no longer; those that are not published are passed over."""

    kid: str
    jwk: Jwk
    retire: tuple[str, ...] = ()


class KeySet(Struct, frozen=True):
    current: str = ""
    """ID of the key that signs; empty before the first."""
    keys: dict[str, Jwk] = {}
    """The published keys by ID, the current one among them."""
    retired: frozenset[str] = frozenset()


State = KeySet


def decide(state: State, command: RotateSigningKey) -> Sequence[SigningKeyRotated]:
    if state.current == command.kid and state.keys[command.kid] == command.jwk:
        return []
    if command.kid in state.keys or command.kid in state.retired:
        raise Refused(
            f"the key {command.kid} has signed before; rotate to a new key",
            f"kunci {command.kid} sudah pernah dipakai; ganti dengan kunci baru",
        )
    retired = tuple(sorted(kid for kid in set(command.retire) if kid in state.keys))
    return [SigningKeyRotated(kid=command.kid, jwk=command.jwk, retired=retired)]


def evolve(state: State, event: SigningKeyRotated) -> State:
    if event.kid in state.keys or event.kid in state.retired or not state.keys.keys() >= set(event.retired):
        raise ValueError(f"{event!r} cannot follow {state!r}")
    kept = {kid: jwk for kid, jwk in state.keys.items() if kid not in event.retired}
    return KeySet(event.kid, {**kept, event.kid: event.jwk}, state.retired | set(event.retired))


def command_of(events: Sequence[SigningKeyRotated], by: str, at: datetime) -> RotateSigningKey:
    match events:
        case [SigningKeyRotated(kid=kid, jwk=jwk, retired=retired)]:
            return RotateSigningKey(kid, jwk, retired)
    raise ValueError(f"no command leads to {events!r}")


SIGNING_KEYS: Decider[State] = Decider("identity", "signing-keys", KeySet(), evolve, decide, command_of)
"""`signing-keys`: there is one."""
