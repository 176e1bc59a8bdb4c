"""What people and clients prove themselves with: digests of passwords and secrets. Working state."""

import hmac

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
    __tablename__ = "identity_client_secrets"

    client: str = Field(primary_key=True)
    digest: str
    id: str = ""
    """ID of the secret, as the log names it; empty: the first one."""


ADD_PASSWORD = insert(table(PasswordRow))
ADD_SECRET = insert(table(ClientSecretRow))


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
    """Keep the digest of the client's secret, if it has none yet; whether the secret is the one it has now."""
    if connection.scalar(select(table(ClientSecretRow).c.client).where(table(ClientSecretRow).c.client == client)) is None:
        connection.execute(ADD_SECRET, {"client": client, "digest": digest(secret), "id": ""})
        return True
    return secret_id(connection, client, secret) == ""


def replace_secret(connection: Connection, client: str, secret: str, id: str) -> None:
    connection.execute(delete(table(ClientSecretRow)).where(table(ClientSecretRow).c.client == client))
    connection.execute(ADD_SECRET, {"client": client, "digest": digest(secret), "id": id})


def forget_secret(connection: Connection, client: str) -> None:
    connection.execute(delete(table(ClientSecretRow)).where(table(ClientSecretRow).c.client == client))


def secret_id(connection: Connection, client: str, secret: str) -> str | None:
    """The ID of the client's secret, if it is this one."""
    rows = table(ClientSecretRow)
    kept = connection.execute(select(rows.c.digest, rows.c.id).where(rows.c.client == client)).first()
    holds = hmac.compare_digest(kept.digest if kept else digest(""), digest(secret))
    return str(kept.id) if kept and holds else None
