"""Events of the identity service. People are opaque IDs here; their names and addresses live in the vault."""

from datetime import date

from shared.events.event import Event

# -- accounts: subject `account/<person>`


class AccountInvited(Event, frozen=True, kw_only=True):
    person: str


class AccountActivated(Event, frozen=True, kw_only=True):
    person: str


class RoleGranted(Event, frozen=True, kw_only=True):
    """A role held in an edition by decree; `administrator` alone is held outside of any (`edition` empty)."""

    person: str
    role: str
    edition: str = ""
    institutions: tuple[str, ...] = ()
    decree: str = ""
    decree_date: date | None = None
    employer: str = ""
    """Code of the institution that the person works for: he decides on nothing of it. Empty: works for none that competes."""


class RoleRevoked(Event, frozen=True, kw_only=True):
    person: str
    role: str
    edition: str = ""
    reason: str = ""


class PersonErased(Event, frozen=True, kw_only=True):
    person: str


# -- API clients: subject `client/<client>`


class ClientRegistered(Event, frozen=True, kw_only=True):
    client: str
    edition: str
    scopes: tuple[str, ...]
    institutions: tuple[str, ...] = ()
    """Empty: all."""


# -- keys: subject `signing-keys`


class SigningKeyRotated(Event, frozen=True, kw_only=True):
    """The key that signs access tokens from now on, and the ones that are still honoured."""

    kid: str
    jwk: dict[str, str]
    """The public key (RFC 7517, OKP Ed25519)."""
    retired: tuple[str, ...] = ()
