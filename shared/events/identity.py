"""Events of the identity service. People are opaque IDs here; their names and addresses live in the vault."""

from datetime import date, datetime

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


class SessionEnded(Event, frozen=True, kw_only=True):
    """The token of this sign-in is refused from now on."""

    person: str
    session: str
    expires: datetime
    """When the token would have ended by itself."""


class PasswordResetOffered(Event, frozen=True, kw_only=True):
    """Whoever has the link that was shown to the actor may choose a new password. An earlier offer is void."""

    person: str
    reset: str


class PasswordChanged(Event, frozen=True, kw_only=True):
    """By that link. All sessions so far are ended."""

    person: str
    reset: str


class PersonErased(Event, frozen=True, kw_only=True):
    """What the vault held of this person is gone, and so is the account. The ID stays in what is on record."""

    person: str
    editions: tuple[str, ...] = ()
    """Whose record names him; none of them has to be kept any more."""


# -- API clients: subject `client/<client>`


class ClientRegistered(Event, frozen=True, kw_only=True):
    client: str
    edition: str
    scopes: tuple[str, ...]
    institutions: tuple[str, ...] = ()
    """Empty: all."""


class ClientSecretRotated(Event, frozen=True, kw_only=True):
    """A new secret beside the one so far, which holds until `former_until`; if there is none, it holds no longer, and tokens got by
    it are refused. A secret before that one holds no longer in any case."""

    client: str
    secret: str
    """An ID of the secret, which says nothing about it."""
    former_until: datetime | None = None


class FormerSecretEnded(Event, frozen=True, kw_only=True):
    """The client's former secret holds no longer, before its time. Tokens got by it are refused."""

    client: str
    secret: str
    """Which one."""


class ClientRevoked(Event, frozen=True, kw_only=True):
    client: str
    reason: str


# -- keys: subject `signing-keys`


class SigningKeyRotated(Event, frozen=True, kw_only=True):
    """The key that signs access tokens from now on, and the ones that are still honoured."""

    kid: str
    jwk: dict[str, str]
    """The public key (RFC 7517, OKP Ed25519)."""
    retired: tuple[str, ...] = ()
