"""The notary's public key in words that an inspector understands, who has never seen one."""

from hashlib import sha256
from typing import NamedTuple


class Words(NamedTuple):
    en: str
    id: str


def fingerprint(vkey: str) -> str:
    """The key in sixteen groups of four digits: the SHA-256 of its text, for comparing by eye or by telephone."""
    digits = sha256(vkey.encode()).hexdigest().upper()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def key_in_words(vkey: str) -> Words:
    """What the key is good for, and how to be sure that it is the right one."""
    if not vkey:
        return Words("It has no key yet.", "Notaris belum memiliki kunci.")
    told = fingerprint(vkey)
    return Words(
        f"The fingerprint of its public key is {told}. Compare it with the one that the organiser has announced (in a decree, a "
        "newspaper, or minutes of a meeting): if all sixteen groups agree, it is the same key, and whatever that key has signed "
        "nobody else can have signed.",
        f"Sidik jari kunci publiknya ialah {told}. Cocokkan dengan yang telah diumumkan penyelenggara (dalam keputusan, surat kabar, "
        "atau berita acara): jika keenam belas kelompoknya sama, kuncinya sama, dan apa pun yang ditandatangani dengan kunci itu "
        "tidak mungkin ditandatangani oleh pihak lain.",
    )
