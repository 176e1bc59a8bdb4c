"""Which tokens hold, as identity's events have it: the published keys, the sessions ended, and since when a holder's older
tokens say what is true no longer."""

from shared.eventlog import Recorded
from shared.events.identity import (
    ClientRevoked,
    ClientSecretRotated,
    FormerSecretEnded,
    PasswordChanged,
    PersonErased,
    RoleGranted,
    RoleRevoked,
    SessionEnded,
    SigningKeyRotated,
)

Jwk = dict[str, str]

TOUCHING = {
    kind.__name__
    for kind in (
        *(SigningKeyRotated, SessionEnded, PasswordChanged, PersonErased),
        *(RoleGranted, RoleRevoked, ClientSecretRotated, FormerSecretEnded, ClientRevoked),
    )
}


class Standing:
    """A fold that is moved on in place. It grows with the roles granted and the sessions ended that have not run out."""

    def __init__(self) -> None:
        self.keys: dict[str, Jwk] = {}
        """The published key set: key ID -> public JWK."""
        self._ended: dict[str, float] = {}
        """Session -> when its token ends by itself (seconds since 1970)."""
        self._outdated: dict[str, int] = {}
        """Holder -> version of his account (or client) below which his tokens hold no longer."""
        self._secret_given: dict[str, int] = {}
        """Client -> version with which it got its present secret; tokens got by its former secret bear a lower one."""
        self._roles: set[tuple[str, str, str]] = set()

    def refuses(self, holder: str, version: int, session: str) -> bool:
        """Whether a token is refused that was given to `holder` as his account stood at `version`."""
        return session in self._ended or version < self._outdated.get(holder, 0)

    def move_on(self, recorded: Recorded) -> bool:
        """Count an event of identity; whether it touches any token."""
        if recorded.type not in TOUCHING:
            return False
        version = recorded.envelope.version
        match recorded.event:
            case SigningKeyRotated(kid=kid, jwk=jwk, retired=retired):
                self.keys = {**{k: v for k, v in self.keys.items() if k not in retired}, kid: jwk}
            case SessionEnded(session=session, expires=expires):
                self._ended[session] = expires.timestamp()
            case RoleGranted(person=person, role=role, edition=edition):
                role_held = (person, role, edition)
                if role_held not in self._roles:
                    self._roles.add(role_held)  # the first grant: older tokens say too little, never too much
                    return False
                self._outdated[f"person/{person}"] = version
            case RoleRevoked(person=person, role=role, edition=edition):
                self._roles.discard((person, role, edition))
                self._outdated[f"person/{person}"] = version
            case PasswordChanged(person=person) | PersonErased(person=person):
                self._outdated[f"person/{person}"] = version
            case ClientSecretRotated(client=client, former_until=until):
                self._outdated[f"client/{client}"] = version if until is None else self._secret_given.get(client, 0)
                self._secret_given[client] = version
            case FormerSecretEnded(client=client):
                self._outdated[f"client/{client}"] = self._secret_given[client]
            case ClientRevoked(client=client):
                self._outdated[f"client/{client}"] = version
        return True

    def forget(self, now: float) -> None:
        """Sessions whose tokens have run out anyway."""
        self._ended = {session: expires for session, expires in self._ended.items() if expires > now}
