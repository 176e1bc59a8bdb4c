"""What a receipt proves, in words: sentences for who has never seen a hash, in English and in Indonesian. Pure."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from shared.eventlog.envelope import Envelope
from shared.transparency.cosignature import Cosigned
from shared.transparency.proof import Proven
from shared.web.pages.words import Words

KINDS = {
    "InnovationSubmitted": ("the submission of an innovation", "pengajuan sebuah inovasi"),
    "InnovationRevised": ("the revision of an innovation", "revisi sebuah inovasi"),
    "InnovationWithdrawn": ("the withdrawal of an innovation", "penarikan sebuah inovasi"),
    "EvidenceAttached": ("evidence for an innovation", "bukti dukung sebuah inovasi"),
    "EligibilityAssessed": ("the assessment whether an innovation is eligible", "penilaian kelayakan sebuah inovasi"),
    "DeskScoreRecorded": ("a desk score", "nilai penilaian berkas"),
    "Nominated": ("a nomination", "sebuah nominasi"),
    "NominationRevoked": ("the end of a nomination", "pembatalan sebuah nominasi"),
    "ShortlistConfirmed": ("the confirmation of a shortlist", "penetapan daftar nominasi"),
    "ScoreRecorded": ("a score", "sebuah nilai"),
    "ScoresheetSubmitted": ("the submission of a scoresheet", "penyerahan lembar nilai"),
    "WinnersDecided": ("the decision on winners", "keputusan pemenang"),
    "DecisionConfirmed": ("the confirmation of a decision", "pengesahan keputusan"),
    "ResultsAnnounced": ("the announcement of results", "pengumuman hasil"),
    "ResultCorrected": ("the correction of a result", "pembetulan hasil"),
    "NotaryKeyRotated": ("a key of the notary", "kunci notaris"),
}

_decode = msgspec.json.Decoder(Envelope).decode


class InWords(NamedTuple):
    """Sentences, one after the other."""

    en: tuple[str, ...]
    id: tuple[str, ...]


def in_words(proven: Proven) -> InWords:
    """What has been proven of an event. Raises `ValueError` if the entry is no event."""
    try:
        envelope = _decode(proven.entry)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"what is proven to stand in the log is no event: {error}") from error
    number, log, size = proven.index + 1, proven.checkpoint.origin, proven.checkpoint.size
    kind_en, kind_id = KINDS.get(envelope.type, ("an event", "sebuah peristiwa"))
    seen = [_seen_by(proven.cosigned, "en"), _seen_by(proven.cosigned, "id")]
    return InWords(
        (
            f"Number {number} in the log {log} is {kind_en} ({envelope.type}), recorded on {_date(envelope.time, 'en')} as an act of "
            f"{envelope.actor}.",
            f"It is recorded exactly as it is here, to the letter. The notary has signed this with the first {size} events of the "
            "log; whoever changed, removed or replaced it would contradict that signature.",
            seen[0],
            "Not proven is whether what it says is right, and whose the notary's key is: compare the key with the one announced.",
        ),
        (
            f"Nomor {number} dalam log {log} ialah {kind_id} ({envelope.type}), dicatat pada {_date(envelope.time, 'id')} sebagai "
            f"perbuatan {envelope.actor}.",
            f"Isinya tercatat persis seperti di sini, huruf demi huruf. Notaris telah menandatanganinya bersama {size} peristiwa "
            "pertama log itu; siapa pun yang mengubah, menghapus, atau menggantinya akan bertentangan dengan tanda tangan itu.",
            seen[1],
            "Yang tidak dibuktikan: apakah isinya benar, dan milik siapa kunci notaris itu. Cocokkan kuncinya dengan yang diumumkan.",
        ),
    )


def _seen_by(cosigned: tuple[Cosigned, ...], language: str) -> str:
    told = ", ".join(f"{one.witness} ({_date(one.at, language)})" for one in cosigned)
    if language == "en":
        return (
            f"Seen and cosigned by independent witnesses: {told}. Nobody can show others a different log without their noticing."
            if cosigned
            else "No witness that you trust has cosigned it: that everybody is shown the same log rests on the notary alone."
        )
    return (
        f"Disaksikan dan ikut ditandatangani saksi independen: {told}. Tidak seorang pun dapat menunjukkan log lain kepada orang lain "
        "tanpa ketahuan."
        if cosigned
        else "Belum ada saksi yang Anda percayai yang ikut menandatangani: bahwa semua orang melihat log yang sama bergantung pada "
        "notaris saja."
    )


def _date(at: datetime, language: str) -> str:
    return Words(language).moment(at, seconds=True)
