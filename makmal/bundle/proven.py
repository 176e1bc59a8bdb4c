"""What must hold of a bundle before anything is restored from it."""

from pathlib import Path

from makmal.bundle.reading import Bundle
from makmal.bundle.signed import Signed
from makmal.verify.bytes import verify
from services.audit.ledger import public_directory
from shared.refusals import Refused


def must_be_proven(bundle: Bundle) -> None:
    """Raises Refused unless every byte in it is signed."""
    verdict = verify(bundle.entries(), bundle.note, bundle.vkey, bundle.leaf_hashes())
    if not verdict.proven:
        why = verdict.findings[0]
        raise Refused(
            f"Nothing is restored from {bundle.where}, which does not prove itself. {why.en}",
            f"Tidak ada yang dipulihkan dari {bundle.where}, yang tidak membuktikan dirinya. {why.id}",
        )


def must_not_contradict(bundle: Bundle, audit: Path) -> None:
    """Raises Refused where the notary here has signed something else, or more than the bundle holds."""
    if not (public_directory(audit) / "checkpoint").exists():
        return
    signed = Signed(audit)
    if signed.size > bundle.size:
        raise Refused(
            f"The notary here has signed {signed.size} events, the bundle holds {bundle.size}: name no bundle, and what the notary "
            "keeps is restored.",
            f"Notaris di sini sudah menandatangani {signed.size} peristiwa, salinan hanya berisi {bundle.size}: jangan sebutkan "
            "salinan, dan yang disimpan notaris akan dipulihkan.",
        )
    if signed.origin != bundle.origin or bundle.leaf_hashes(signed.size) != signed.leaf_hashes(signed.size):
        raise Refused(
            "The bundle is another log than the one that the notary here has signed: name another data directory.",
            "Salinan ini log lain, bukan yang ditandatangani notaris di sini: sebutkan direktori data lain.",
        )
