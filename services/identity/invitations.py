"""Invitations: tokens that can be taken up once and for a while, by the digest of each. Working state."""

from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import Field, SQLModel

from services.identity.derivation import digest
from shared.database import table
from shared.refusals import Refused, Unknown

OPEN, TAKEN, REPLACED = "open", "taken", "replaced"


class InvitationRow(SQLModel, table=True):
    __tablename__ = "identity_invitations"

    digest: str = Field(primary_key=True)
    person: str = Field(index=True)
    expires: float
    """Seconds since 1970."""
    situation: str = OPEN
    reset: str = ""
    """ID of the reset, if it is the link by which an active account gets a new password."""


ADD = insert(table(InvitationRow))


def issue(connection: Connection, person: str, token: str, expires: float, reset: str = "") -> float:
    """Keep a new invitation in place of any earlier one of this person; when it ends. One that is kept already stays as it is."""
    invitations = table(InvitationRow)
    known = connection.scalar(select(invitations.c.expires).where(invitations.c.digest == digest(token)))
    if known is not None:
        return float(known)
    earlier = update(invitations).where(invitations.c.person == person, invitations.c.situation == OPEN)
    connection.execute(earlier.values(situation=REPLACED))
    connection.execute(ADD, {"digest": digest(token), "person": person, "expires": expires, "situation": OPEN, "reset": reset})
    return expires


def erase(connection: Connection, person: str) -> None:
    connection.execute(delete(table(InvitationRow)).where(table(InvitationRow).c.person == person))


def person_invited(connection: Connection, token: str, now: float) -> tuple[str, str]:
    """Whom the invitation is for, and the reset's ID if it is for a new password.

    Refused if it was taken up, replaced or has ended; Unknown if there is none such.
    """
    invitations = table(InvitationRow)
    found = connection.execute(select(invitations).where(invitations.c.digest == digest(token))).first()
    if found is None:
        raise Unknown(
            "there is no such invitation; copy the whole link from the letter, or ask for a new invitation",
            "undangan ini tidak ada; salin tautan lengkap dari surat, atau mintalah undangan baru",
        )
    if found.situation == TAKEN:
        raise Refused(
            "this invitation has been taken up; sign in with the password chosen then",
            "undangan ini sudah digunakan; masuklah dengan kata sandi yang dipilih waktu itu",
        )
    if found.situation == REPLACED:
        raise Refused(
            "a newer invitation has replaced this one; use the newest",
            "undangan ini sudah diganti dengan yang lebih baru; gunakan yang terbaru",
        )
    if found.expires <= now:
        raise Refused(
            "this invitation has ended; ask the committee for a new one",
            "undangan ini sudah kedaluwarsa; mintalah yang baru kepada panitia",
        )
    return str(found.person), str(found.reset)


def take_up(connection: Connection, token: str, now: float) -> None:
    """Mark it as taken up. Raises like `person_invited`; of two at once, one is refused."""
    person_invited(connection, token, now)
    invitations = table(InvitationRow)
    connection.execute(update(invitations).where(invitations.c.digest == digest(token)).values(situation=TAKEN))
