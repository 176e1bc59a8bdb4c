"""The situations that an edition can be in, and what may be asked of each."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from shared.events.registration import (
    DeadlineExtended,
    EditionCancelled,
    EditionConcluded,
    RegistrationReopened,
    RulebookAmended,
)
from shared.facts import ShortlistFacts
from shared.refusals import Invalid, Refused
from shared.rulebook import Rulebook


class Unopened(Struct, frozen=True):
    pass


class Announced(Struct, frozen=True):
    """Opened under a rulebook of this digest, which the next event publishes."""

    rulebook: str


class _GoingOn(Struct, frozen=True):
    """An edition in which things are done, and the last change of each kind: by it a repeated command is known."""

    rulebook: Rulebook
    digest: str
    """Of the rulebook as first published: what the edition was opened under."""
    changed: DeadlineExtended | RegistrationReopened | None = None
    """Why the deadline is no longer the rulebook's."""
    amended: RulebookAmended | None = None
    merged: dict[str, str] = {}
    """Category that is no more -> the one that took it in."""


class Registering(_GoingOn, frozen=True, kw_only=True):
    """Nothing but the calendar stands against registration: it is open from `opens` until `closes`."""

    closes: datetime
    reopened: bool = False
    """It was closed before, so that later stages may have begun."""

    @property
    def opens(self) -> datetime:
        return self.rulebook.calendar.registration_opens


class Closed(_GoingOn, frozen=True, kw_only=True):
    effective: datetime


class Cancelled(Struct, frozen=True):
    rulebook: Rulebook
    digest: str
    cancelled: EditionCancelled


class Concluded(Struct, frozen=True):
    rulebook: Rulebook
    digest: str
    concluded: EditionConcluded


State = Unopened | Announced | Registering | Closed | Cancelled | Concluded


def published(state: State) -> Rulebook:
    """The rulebook of an edition in which anything at all can be done. Raises Refused."""
    match state:
        case Registering() | Closed():
            return state.rulebook
        case Cancelled(cancelled=cancelled):
            raise Refused(
                f"this edition is cancelled ({cancelled.reason}); it can be read, and nothing is done in it any more",
                f"gelaran ini dibatalkan ({cancelled.reason}); masih dapat dibaca, tetapi tidak ada lagi yang dikerjakan di dalamnya",
            )
        case Concluded():
            raise Refused(
                "this edition is concluded; its record stands as it is and can be read",
                "gelaran ini sudah berakhir; catatannya tetap dan dapat dibaca",
            )
    raise Refused("this edition is not opened yet; the committee opens it", "gelaran ini belum dibuka; panitia yang membukanya")


def must_be_open(state: State, at: datetime) -> Rulebook:
    """The rulebook, if registration is open at that time: from its opening on, before its deadline. Raises Refused."""
    rulebook = published(state)
    match state:
        case Registering() if at < state.opens:
            raise Refused(
                f"registration opens on {moment(state.opens)}; come back then",
                f"pendaftaran dibuka pada {moment(state.opens)}; silakan kembali saat itu",
            )
        case Registering() if at >= state.closes:
            raise _closed(state.closes)
        case Closed():
            raise _closed(state.effective)
    return rulebook


def before_nominations(shortlists: Sequence[ShortlistFacts]) -> None:
    """Raises Refused once anybody is nominated: a late permission ends with that."""
    if begun := sorted({n.category for shortlist in shortlists for n in shortlist.nominated}):
        raise Refused(
            f"nominations have begun ({', '.join(begun)}), and late permissions end with that; revoke them first, or enter in the "
            "next edition",
            f"nominasi sudah dimulai ({', '.join(begun)}) dan izin terlambat berakhir dengan itu; batalkan nominasinya dahulu, atau "
            "ajukan pada gelaran berikutnya",
        )


def moment(at: datetime) -> str:
    """A time for people: to the second, with its offset."""
    return at.isoformat(" ", "seconds")


def _closed(when: datetime) -> Refused:
    return Refused(
        f"registration closed on {moment(when)}; only the committee can reopen it",
        f"pendaftaran ditutup pada {moment(when)}; hanya panitia yang dapat membukanya kembali",
    )


def before_judging_ends(rulebook: Rulebook, closes: datetime) -> None:
    """Raises Invalid for a deadline that judging would not outlast."""
    ends = rulebook.calendar.judging_closes
    if ends is not None and closes >= ends:
        raise Invalid(
            f"judging ends on {moment(ends)}; registration must close before that",
            f"penjurian berakhir pada {moment(ends)}; pendaftaran harus ditutup sebelumnya",
        )


def given_reason(reason: str) -> str:
    """The reason without surplus spaces. Raises Invalid if there is none."""
    if folded := " ".join(reason.split()):
        return folded
    raise Invalid("give a reason; it stands on record", "tuliskan alasannya; alasan itu akan tercatat")
