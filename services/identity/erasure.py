"""The rules of erasing a person: not while the record of an edition in which he acted must be kept."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from services.identity.retention import Retention
from services.identity.roles import ADMINISTRATOR, Roles
from shared.events.identity import PersonErased
from shared.refusals import Refused


class ErasePerson(Struct, frozen=True):
    person: str
    editions: tuple[str, ...]
    """Those whose record names him: by acts of his, by a role, as PIC or juror."""
    at: datetime


def erase(held: Roles, command: ErasePerson, editions: Sequence[Retention]) -> Sequence[PersonErased]:
    """`editions` are those that the command names, in its order."""
    if (ADMINISTRATOR, "") in held:
        raise Refused(
            "this person is an administrator; revoke that role first",
            "orang ini administrator; cabut dahulu peran itu",
        )
    if unknown := sorted({edition for _, edition in held} - set(command.editions)):
        raise Refused(
            f"this person has meanwhile got a role in {', '.join(unknown)}; look at his roles and decide again",
            f"orang ini baru saja memperoleh peran pada {', '.join(unknown)}; periksa perannya lalu putuskan lagi",
        )
    for name, edition in zip(command.editions, editions, strict=True):
        _must_be_over(name, edition, holds=any(of == name for _, of in held), at=command.at)
    return [PersonErased(person=command.person, editions=command.editions)]


def _must_be_over(name: str, edition: Retention, *, holds: bool, at: datetime) -> None:
    if not edition.edition:
        if holds:
            raise Refused(
                f"this person holds a role in {name}, which has not begun; revoke it first",
                f"orang ini memegang peran pada {name} yang belum dimulai; cabut dahulu peran itu",
            )
        return
    if edition.until is None:
        raise Refused(
            f"the record of {name} names this person and is kept for {edition.years} years after the edition is concluded; "
            "it is not concluded yet",
            f"catatan {name} menyebut orang ini dan disimpan {edition.years} tahun setelah gelaran itu selesai; "
            "gelaran itu belum selesai",
        )
    if at < edition.until:
        day = edition.until.date().isoformat()
        raise Refused(
            f"the record of {name} names this person and is kept for {edition.years} years, until {day}; ask again after that day",
            f"catatan {name} menyebut orang ini dan disimpan {edition.years} tahun, sampai {day}; "
            "mintalah kembali setelah hari itu",
        )
