"""What a verification can find, each in one sentence of English and of Bahasa Indonesia."""

from msgspec import Struct

SENTENCES: dict[str, tuple[str, str]] = {
    "signature": (
        "The checkpoint is not one that the notary's key has signed: {why}.",
        "Checkpoint bukan yang ditandatangani kunci notaris: {why}.",
    ),
    "tiles": (
        "The published hash tiles are not those of the signed checkpoint of {size} events, so they accuse no event.",
        "Ubin hash yang diterbitkan bukan milik checkpoint bertanda tangan atas {size} peristiwa, sehingga tidak dapat menuduh "
        "peristiwa mana pun.",
    ),
    "root": (
        "The first {size} events are not the ones that the notary has signed; only the published hash tiles could say which.",
        "{size} peristiwa pertama bukan yang ditandatangani notaris; hanya ubin hash terbitan yang dapat menunjukkan yang mana.",
    ),
    "missing": (
        "No event stands at position {position} (missing up to {until}).",
        "Tidak ada peristiwa pada posisi {position} (hilang sampai {until}).",
    ),
    "lost": (
        "The log ends at position {last}, but the notary has signed {size} events.",
        "Log berakhir pada posisi {last}, padahal notaris telah menandatangani {size} peristiwa.",
    ),
    "twice": (
        "A second event stands at position {position}, in the stream of {stream}, or out of order.",
        "Peristiwa kedua ada pada posisi {position}, di aliran {stream}, atau tidak berurutan.",
    ),
    "changed": (
        "The event at position {position} ({what}) is not the one that the notary has signed there.",
        "Peristiwa pada posisi {position} ({what}) bukan yang ditandatangani notaris di sana.",
    ),
    "unreadable": (
        "What stands at position {position} in the stream of {stream} is no event: {why}.",
        "Yang ada pada posisi {position} di aliran {stream} bukan peristiwa: {why}.",
    ),
    "stream": (
        "The event at position {position} is {type} from {source}, but it stands in the stream of {stream}.",
        "Peristiwa pada posisi {position} adalah {type} dari {source}, tetapi ada di aliran {stream}.",
    ),
    "envelope": (
        "The envelope of the event at position {position} ({type}) is not CloudEvents 1.0 of at most 65,535 bytes.",
        "Amplop peristiwa pada posisi {position} ({type}) bukan CloudEvents 1.0 dengan paling banyak 65.535 bita.",
    ),
    "version": (
        "The event at position {position} makes version {version} of {subject}, which was to become version {expected}.",
        "Peristiwa pada posisi {position} menjadi versi {version} dari {subject}, yang seharusnya menjadi versi {expected}.",
    ),
    "cause": (
        "The event at position {position} ({type}) answers {cause}, but no such event stands before it.",
        "Peristiwa pada posisi {position} ({type}) menjawab {cause}, padahal peristiwa itu tidak ada sebelumnya.",
    ),
    "id": (
        "The event at position {position} has the ID {event} of an earlier one.",
        "Peristiwa pada posisi {position} memakai ID {event} milik peristiwa sebelumnya.",
    ),
    "counter": (
        "The log's counter says {counter}, but events stand up to position {last}.",
        "Penghitung log menyebut {counter}, padahal ada peristiwa sampai posisi {last}.",
    ),
}
"""By kind; in the order in which those of one position are told."""

_RANKS = {kind: rank for rank, kind in enumerate(SENTENCES)}


class Finding(Struct, frozen=True):
    position: int
    """Where; 0 where it concerns the log as a whole."""
    kind: str
    en: str
    id: str

    @property
    def rank(self) -> int:
        return _RANKS[self.kind]


def found(kind: str, position: int, **facts: object) -> Finding:
    en, id = SENTENCES[kind]
    return Finding(position, kind, en.format(position=position, **facts), id.format(position=position, **facts))


class Verdict(Struct, frozen=True):
    """`findings` in the order of the log, those about the log as a whole first."""

    events: int
    signed: int
    """How many of them a checkpoint vouches for; 0 without a valid one."""
    root: str
    """Of the tree over all events (hex)."""
    origin: str
    findings: tuple[Finding, ...]
    more: int = 0
    """Findings beyond those listed."""

    @property
    def proven(self) -> bool:
        """Nothing was found, and a checkpoint was there to compare with."""
        return not self.findings and bool(self.origin)

    @property
    def found_at(self) -> int | None:
        """The first position at which something is wrong."""
        return next((finding.position for finding in self.findings if finding.position), None)
