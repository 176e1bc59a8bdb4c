"""`makmal audit receipt FILE`: what a receipt proves, verified offline, in words.

Exit codes: 0 proven, 1 not so (a signature or a hash is false), 2 could not be checked (something is missing or is no receipt).
"""

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer

from makmal.whereabouts import DataOption, whereabouts
from services.audit.ledger import public_directory
from services.audit.receipt_words import in_words
from shared.refusals import Invalid, Refused, Unknown
from shared.transparency.checkpoint import InvalidCheckpoint
from shared.transparency.cosignature import WitnessVerifier
from shared.transparency.merkle import InvalidProof, leaf_hash
from shared.transparency.note import InvalidKey, InvalidNote, Verifier
from shared.transparency.proof import InvalidReceipt, Proven, Receipt, parse_receipt, verify

PROVEN, NOT_SO, NOT_CHECKED = 0, 1, 2


def receipt_command(
    file: Annotated[Path, typer.Argument(help="The receipt, as /audit/v1/receipts/<position> gives it.", metavar="FILE")],
    key: Annotated[
        str,
        typer.Option(help="The notary's key as it was announced, or a file that holds it; else `vkey` beside FILE, or --data."),
    ] = "",
    event: Annotated[
        Path | None, typer.Option(help="The event's bytes; else those in the receipt, else FILE with the ending .json.")
    ] = None,
    witness: Annotated[
        list[str] | None, typer.Option(help="Key of a witness whose cosignature counts, or a file of keys; may be repeated.")
    ] = None,
    quorum: Annotated[int, typer.Option(help="So many of the witnesses must have cosigned.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    data: DataOption = None,
) -> None:
    """Verify offline that an event stands in the log: exactly as it is, at its number."""
    try:
        receipt = _read(file)
        keys = [_verifier(text) for text in _keys(key, file, data)]
        trusted = [_witness(text) for given in witness or () for text in _lines(given)]
        entry = _entry(receipt, file, event)
        if quorum > len(trusted):
            raise Invalid(
                f"{quorum} witnesses are asked for, but only {len(trusted)} are named: name each with --witness.",
                f"Diminta {quorum} saksi, tetapi hanya {len(trusted)} yang disebut: sebutkan masing-masing dengan --witness.",
            )
    except (Refused, OSError) as error:
        _say(as_json, NOT_CHECKED, *_sentences(error))
    try:
        proven = verify(receipt, entry, keys[0].name, keys, trusted)
    except (InvalidCheckpoint, InvalidProof, InvalidNote) as error:
        _say(as_json, NOT_SO, *_not_so(receipt, error))
    if len(proven.cosigned) < quorum:
        _say(
            as_json,
            NOT_SO,
            f"Only {len(proven.cosigned)} of the {quorum} witnesses asked for have cosigned this receipt.",
            f"Hanya {len(proven.cosigned)} dari {quorum} saksi yang diminta ikut menandatangani bukti ini.",
        )
    _tell(as_json, proven, keys)


def _tell(as_json: bool, proven: Proven, keys: list[Verifier]) -> NoReturn:
    try:
        words = in_words(proven)
    except ValueError as error:
        _say(as_json, NOT_CHECKED, f"The entry stands in the log, but {error}.", f"Entri ada dalam log, tetapi {error}.")
    if as_json:
        found = {
            "proven": True,
            "position": proven.index + 1,
            "origin": proven.checkpoint.origin,
            "size": proven.checkpoint.size,
            "root": proven.checkpoint.root.hex(),
            "leaf_hash": leaf_hash(proven.entry).hex(),
            "vkey": keys[0].vkey,
            "witnesses": [{"name": one.witness, "time": one.at.isoformat()} for one in proven.cosigned],
            "event": msgspec.Raw(proven.entry),
            "en": " ".join(words.en),
            "id": " ".join(words.id),
        }
        print(msgspec.json.encode(found).decode())
    else:
        print("Proven. / Terbukti.\n")
        print("\n".join(words.en), "\n".join(words.id), sep="\n\n")
    sys.exit(PROVEN)


def _say(as_json: bool, code: int, en: str, id: str) -> NoReturn:
    """Say why nothing is proven, and end."""
    if as_json:
        print(msgspec.json.encode({"proven": False, "en": en, "id": id}).decode())
    else:
        print(f"{en}\n{id}", file=sys.stderr)
    sys.exit(code)


def _sentences(error: Refused | OSError) -> tuple[str, str]:
    if isinstance(error, Refused):
        return error.en, error.id
    return f"{error.filename}: {error.strerror}.", f"{error.filename}: tidak dapat dibaca ({error.strerror})."


def _not_so(receipt: Receipt, error: ValueError) -> tuple[str, str]:
    number = receipt.index + 1
    if isinstance(error, InvalidProof):
        return (
            f"Not proven: it is not this event that the notary signed at number {number} ({error}). It or the receipt was changed.",
            f"Tidak terbukti: bukan peristiwa ini yang ditandatangani notaris pada nomor {number}. Peristiwa atau buktinya diubah.",
        )
    return (
        f"Not proven: the signature under the receipt is not one of that key ({error}).",
        "Tidak terbukti: tanda tangan pada bukti ini bukan dari kunci tersebut.",
    )


def _read(file: Path) -> Receipt:
    try:
        return parse_receipt(file.read_bytes())
    except InvalidReceipt as error:
        raise Invalid(
            f"{file} is no receipt: {error}. Take it unchanged from where you got it.",
            f"{file} bukan berkas bukti penerimaan yang utuh. Ambil kembali tanpa diubah dari sumbernya.",
        ) from error


def _entry(receipt: Receipt, file: Path, given: Path | None) -> bytes:
    if given is not None:
        return given.read_bytes()
    if receipt.extra is not None:
        return receipt.extra
    beside = file.with_suffix(".json")
    if beside.is_file() and beside != file:
        return beside.read_bytes()
    raise Unknown(
        f"This receipt does not hold the event itself: name the file of its bytes with --event, or put it at {beside}.",
        f"Bukti ini tidak memuat isi peristiwanya: sebutkan berkasnya dengan --event, atau letakkan di {beside}.",
    )


def _keys(key: str, file: Path, data: Path | None) -> list[str]:
    if key:
        return _lines(key)
    where = whereabouts(data).audit if data is not None else None
    for published in (file.parent if data is None else None, public_directory(where) if where else None):
        for name in ("keys", "vkey"):  # all that the notary ever had: an old receipt is signed with an old one
            if published is not None and (published / name).is_file():
                return _lines(str(published / name))
    raise Unknown(
        "Nothing says which key the notary signs with: name the one that was announced with --key.",
        "Kunci notaris tidak diketahui: sebutkan kunci yang telah diumumkan dengan --key.",
    )


def _lines(given: str) -> list[str]:
    """Keys as they are given: one itself, or the lines of a file."""
    if "+" in given and not Path(given).is_file():
        return [given]
    return [line.strip() for line in Path(given).read_text().splitlines() if line.strip()]


def _verifier(text: str) -> Verifier:
    try:
        return Verifier.parse(text)
    except InvalidKey as error:
        raise _no_key(text, error) from error


def _witness(text: str) -> WitnessVerifier:
    try:
        return WitnessVerifier.parse(text)
    except InvalidKey as error:
        raise _no_key(text, error) from error


def _no_key(text: str, error: InvalidKey) -> Invalid:
    return Invalid(
        f"{text} is no public key ({error}). It is one line, like name+1a2b3c4d+ARTq…",
        f"{text} bukan kunci publik. Kunci ditulis dalam satu baris, mis. nama+1a2b3c4d+ARTq…",
    )
