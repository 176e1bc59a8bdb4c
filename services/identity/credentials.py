"""What people and clients prove themselves with: digests of passwords and secrets. Working state."""

import hmac
from collections.abc import Collection

from sqlalchemy import Connection, delete, insert, select
from sqlmodel import Field, SQLModel

from services.identity.derivation import digest
from services.identity.vault import VaultRow, login_of
from shared.database import table


class PasswordRow(SQLModel, table=True):
    __tablename__ = "identity_passwords"

    person: str = Field(primary_key=True)
    hash: str
    """argon2id, with its salt and parameters."""


class ClientSecretRow(SQLModel, table=True):
    """Digest of a secret. How long it holds, the log says."""

    __tablename__ = "identity_live_secrets"

    client: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    """ID of the secret, as the log names it; empty: the first one."""
    digest: str


ADD_PASSWORD = insert(table(PasswordRow))
_secrets = table(ClientSecretRow)
ADD_SECRET = insert(_secrets)


def set_password(connection: Connection, person: str, hash: str) -> None:
    connection.execute(delete(table(PasswordRow)).where(table(PasswordRow).c.person == person))
    connection.execute(ADD_PASSWORD, {"person": person, "hash": hash})


def erase(connection: Connection, person: str) -> None:
    connection.execute(delete(table(PasswordRow)).where(table(PasswordRow).c.person == person))


def has_password(connection: Connection, person: str) -> bool:
    return connection.scalar(select(table(PasswordRow).c.person).where(table(PasswordRow).c.person == person)) is not None


def password_of(connection: Connection, email: str) -> tuple[str, str] | None:
    """Person and password hash of the account that signs in with this address."""
    vault, passwords = table(VaultRow), table(PasswordRow)
    found = connection.execute(
        select(vault.c.person, passwords.c.hash)
        .join(passwords, passwords.c.person == vault.c.person)
        .where(vault.c.login == login_of(email))
    ).first()
    return (found.person, found.hash) if found else None


def keep_secret(connection: Connection, client: str, secret: str) -> bool:
    """Keep the digest of the client's first secret, if it has none yet; whether the secret is that one."""
    if connection.scalar(select(_secrets.c.client).where(_secrets.c.client == client)) is None:
        connection.execute(ADD_SECRET, {"client": client, "digest": digest(secret), "id": ""})
        return True
    return secret_id(connection, client, secret) == ""


def add_secret(connection: Connection, client: str, secret: str, id: str, live: Collection[str]) -> None:
    """Keep the digest of a new secret, and of those before it the `live` ones alone."""
    of_this = _secrets.c.client == client
    connection.execute(delete(_secrets).where(of_this, _secrets.c.id.not_in([one for one in live if one != id])))
    connection.execute(ADD_SECRET, {"client": client, "digest": digest(secret), "id": id})


def forget_secret(connection: Connection, client: str, id: str | None = None) -> None:
    """One of the client's secrets, or all."""
    of_this = delete(_secrets).where(_secrets.c.client == client)
    connection.execute(of_this if id is None else of_this.where(_secrets.c.id == id))


def secret_id(connection: Connection, client: str, secret: str) -> str | None:
    """The ID of this secret, if it is one of the client's."""
    shown, found = digest(secret), None
    for id, kept in connection.execute(select(_secrets.c.id, _secrets.c.digest).where(_secrets.c.client == client)):
        if hmac.compare_digest(kept, shown):
            found = str(id)
    return found
