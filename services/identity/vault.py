"""The vault: names and addresses of people, the only place that has them. Working state: it is no fact and can be erased."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Connection, RowMapping, delete, insert, select
from sqlmodel import Field, SQLModel

from shared.database import table
from shared.eventlog import RequestReused
from shared.refusals import Refused

LANGUAGES = ("id", "en")


class VaultRow(SQLModel, table=True):
    __tablename__ = "identity_vault"

    person: str = Field(primary_key=True)
    name: str
    email: str
    login: str = Field(unique=True)
    """What the person signs in with; it belongs to one person. The e-mail address in lower case; without one the NIP, else the ID."""
    phone: str = ""
    nip: str = ""
    language: str = "id"
    body: str = ""
    """Digest of the request that registered the person, which his ID is derived from."""


class Details(Struct, frozen=True, kw_only=True):
    name: str
    email: str
    """Empty for a person who has none: his invitation is printed."""
    phone: str = ""
    nip: str = ""
    """Nomor Induk Pegawai, the number of a civil servant."""
    language: str = "id"


ADD = insert(table(VaultRow))


def login_of(email: str) -> str:
    """What an address is compared by."""
    return email.strip().casefold()


def register(connection: Connection, person: str, details: Details, body: str) -> str:
    """The ID under which the person stands in the vault: `person`, or the one that he has already by name and address.

    Refused if the address belongs to somebody of another name. Raises RequestReused.
    """
    known = find(connection, person)
    if known is not None:
        if known["body"] != body:
            raise RequestReused
        return person
    row = {name: getattr(details, name) for name in details.__struct_fields__}
    login = login_of(details.email) or login_of(details.nip) or person
    holder = find_by_login(connection, login)
    if holder is None:
        connection.execute(ADD, {"person": person, "login": login, "body": body, **row})
        return person
    if _plain(str(holder["name"])) != _plain(details.name):
        raise Refused(
            "this e-mail address or NIP belongs to a person registered under another name; give each person his own",
            "alamat surel atau NIP ini milik orang yang terdaftar dengan nama lain; berikan setiap orang miliknya sendiri",
        )
    return str(holder["person"])


def erase(connection: Connection, person: str) -> None:
    connection.execute(delete(table(VaultRow)).where(table(VaultRow).c.person == person))


def find(connection: Connection, person: str) -> RowMapping | None:
    vault = table(VaultRow)
    return connection.execute(select(vault).where(vault.c.person == person)).mappings().first()


def find_many(connection: Connection, persons: Sequence[str]) -> Sequence[RowMapping]:
    """Those of them whom the vault knows."""
    vault = table(VaultRow)
    return connection.execute(select(vault).where(vault.c.person.in_(persons))).mappings().all()


def find_by_login(connection: Connection, email: str) -> RowMapping | None:
    vault = table(VaultRow)
    return connection.execute(select(vault).where(vault.c.login == login_of(email))).mappings().first()


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
