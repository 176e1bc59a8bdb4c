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
    "checkpoint": (
        "The earlier checkpoint {name} is not signed by the notary, or this log does not continue it.",
        "Checkpoint terdahulu {name} tidak ditandatangani notaris, atau log ini bukan lanjutannya.",
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
    "time": (
        "The event at position {position} is of {time}, {seconds} s before an earlier one; times may run back {most} s.",
        "Peristiwa pada posisi {position} bertanggal {time}, {seconds} s sebelum peristiwa terdahulu; waktu boleh mundur {most} s.",
    ),
    "schema": (
        "The data of the event at position {position} ({type}) cannot be read: {why}.",
        "Data peristiwa pada posisi {position} ({type}) tidak dapat dibaca: {why}.",
    ),
    "rulebook": (
        "The rules at position {position} ({type}) are not those that their digest {digest} names.",
        "Aturan pada posisi {position} ({type}) bukan yang disebut digest-nya {digest}.",
    ),
    "torn": (
        "The event at position {position} ({type}) bears the request of the ones before it, but another author, time or cause.",
        "Peristiwa pada posisi {position} ({type}) memakai permintaan peristiwa sebelumnya, tetapi pelaku, waktu, atau sebabnya lain.",
    ),
    "refused": (
        "The rules did not allow the event at position {position} ({type} of {subject}): {why}.",
        "Aturan tidak mengizinkan peristiwa pada posisi {position} ({type} dari {subject}): {why}.",
    ),
    "impossible": (
        "The event at position {position} ({type}) cannot be what became of {subject}: {why}.",
        "Peristiwa pada posisi {position} ({type}) tidak mungkin menjadi kelanjutan {subject}: {why}.",
    ),
    "nothing": (
        "The event at position {position} ({type} of {subject}) follows from nothing that was commanded: all of it stood already.",
        "Peristiwa pada posisi {position} ({type} dari {subject}) tidak mengikuti perintah apa pun: semuanya sudah tercatat.",
    ),
    "differs": (
        "The event at position {position} ({type}) is not what the rules lead to: it says {what}.",
        "Peristiwa pada posisi {position} ({type}) bukan yang dihasilkan aturan: isinya {what}.",
    ),
    "lacking": (
        "Behind the event at position {position} ({type}) there must stand {missing}, and it does not.",
        "Di belakang peristiwa pada posisi {position} ({type}) harus ada {missing}, tetapi tidak ada.",
    ),
    "alone": (
        "The event at position {position} ({type}) stands without the one that it follows ({leaders}).",
        "Peristiwa pada posisi {position} ({type}) ada tanpa peristiwa yang diikutinya ({leaders}).",
    ),
    "unfounded": (
        "The event at position {position} ({type}) answers {causes}, but its cause is {cause}.",
        "Peristiwa pada posisi {position} ({type}) menjawab {causes}, tetapi penyebabnya {cause}.",
    ),
    "role": (
        "The event at position {position} ({type}) was recorded by {actor}, who held none of the roles {roles} in {edition}{whom}.",
        "Peristiwa pada posisi {position} ({type}) dicatat oleh {actor}, yang tidak memegang peran {roles} pada {edition}{whom}.",
    ),
    "own": (
        "The event at position {position} ({type}) was recorded by {actor}, who works or acts for {institution}, which it concerns.",
        "Peristiwa pada posisi {position} ({type}) dicatat oleh {actor}, yang bekerja atau bertindak untuk {institution} terkait.",
    ),
    "actor": (
        "The event at position {position} ({type}) is an act of {said}, but {actor} recorded it.",
        "Peristiwa pada posisi {position} ({type}) adalah tindakan {said}, tetapi {actor} yang mencatatnya.",
    ),
    "edition": (
        "The event at position {position} ({type}) belongs to {edition}, but its envelope says {said}.",
        "Peristiwa pada posisi {position} ({type}) termasuk {edition}, tetapi amplopnya menyebut {said}.",
    ),
    "cancelled": (
        "The event at position {position} ({type}) was recorded after {edition} was cancelled ({why}).",
        "Peristiwa pada posisi {position} ({type}) dicatat setelah {edition} dibatalkan ({why}).",
    ),
    "unjudged": (
        "The result at position {position} was announced for {category}, where nothing is judged.",
        "Hasil pada posisi {position} diumumkan untuk {category}, padahal tidak ada penjurian di sana.",
    ),
    "uncounted": (
        "The result at position {position} ({category}) follows from no scores: {why}.",
        "Hasil pada posisi {position} ({category}) tidak mengikuti nilai mana pun: {why}.",
    ),
    "winner": (
        "Announced at position {position} for place {place} of {category}: {stands}; by the scores it is {follows}.",
        "Diumumkan pada posisi {position} untuk peringkat {place} {category}: {stands}; menurut nilai: {follows}.",
    ),
    "winners": (
        "Announced at position {position} for {category}: {stands} winners; by the scores there are {follows}.",
        "Diumumkan pada posisi {position} untuk {category}: {stands} pemenang; menurut nilai ada {follows}.",
    ),
    "others": (
        "The nominees announced at position {position} for {category} beside the winners are not ranked as the scores rank them.",
        "Nomine yang diumumkan pada posisi {position} untuk {category} di luar pemenang tidak sesuai peringkat nilainya.",
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


BYTES = (
    *(
        "signature",
        "tiles",
        "root",
        "checkpoint",
        "missing",
        "lost",
        "twice",
        "changed",
        "unreadable",
        "stream",
        "envelope",
        "version",
    ),
    *("cause", "id", "counter", "time", "rulebook"),
)
RESULT = ("unjudged", "uncounted", "winner", "winners", "others")


class Verdict(Struct, frozen=True):
    """What the bytes say. `findings` in the order of the log, those about the log as a whole first."""

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
