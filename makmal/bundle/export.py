"""Making a bundle of what the notary has signed. Two exports of one state are the same bytes, wherever and whenever they are made."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from makmal.bundle.reading import Bundle, NoBundle
from makmal.bundle.signed import Signed, hash_tiles
from shared.refusals import Refused
from shared.transparency.entries import encode_entries
from shared.transparency.files import write_durably
from shared.transparency.merkle import leaf_hash, root
from shared.transparency.tilefiles import TILE_WIDTH, Tile

_HERE = Path(__file__).parent
COPIED = ("verify.py", "README.txt")
GENERATED = ("checkpoints", "editions", "tile")
"""Directories of a bundle in which nothing else lies."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

Put = Callable[[str, bytes], None]


class Exported(Struct, frozen=True):
    origin: str
    size: int
    """Events."""
    files: int
    checkpoints: int
    """Earlier ones that are in it."""
    editions: tuple[str, ...]
    vkey: str


def export(audit: Path, target: Path) -> Exported:
    """Write the bundle of the notary's directory `audit` to `target`: a new or empty one, or an earlier bundle of this log.

    Raises Refused. The checkpoint is written last, so that an interrupted export is no bundle, or the earlier one still.
    """
    signed = Signed(audit)
    _must_be_ours(target, signed)
    written: set[Path] = set()

    def put(path: str, data: bytes) -> None:
        file = target / path
        written.add(file)
        if not file.is_file() or file.read_bytes() != data:
            write_durably(file, data)

    told = _Told()
    leaves = _put_entries(signed, told, put)
    for tile, data in hash_tiles(leaves):
        put(tile.path, data)
    kept = dict(signed.checkpoints())
    for name, note in kept.items():
        put(f"checkpoints/{name}", note)
    for edition, rulebook in told.rulebooks.items():
        put(f"editions/{edition}.json", rulebook)
    for name in COPIED:
        put(name, (_HERE / name).read_bytes())
    put("keys", "".join(f"{key}\n" for key in dict.fromkeys([*told.keys, signed.vkey])).encode())
    put("checkpoint", signed.note)
    _prune(target, written)
    return Exported(signed.origin, signed.size, len(written), len(kept), tuple(sorted(told.rulebooks)), signed.vkey)


def _put_entries(signed: Signed, told: "_Told", put: Put) -> list[bytes]:
    """Write the entry bundles; the leaf hashes. Raises Refused unless they are those of the checkpoint."""
    leaves: list[bytes] = []
    page: list[bytes] = []
    for position, raw in signed.raws():
        leaves.append(leaf_hash(raw))
        page.append(raw)
        told.take(raw)
        if len(page) == TILE_WIDTH or position == signed.size:
            put(Tile("entries", (position - 1) // TILE_WIDTH, len(page)).path, encode_entries(page))
            page.clear()
    if root(leaves) != signed.root:
        raise signed.damaged("the events do not add up to the root of the checkpoint")
    return leaves


class _Named(Struct):
    edition: str


class _Data(Struct):
    vkey: str = ""
    rulebook: msgspec.Raw = msgspec.Raw()


class _Envelope(Struct):
    type: str
    data: msgspec.Raw


_envelope, _data = msgspec.json.Decoder(_Envelope).decode, msgspec.json.Decoder(_Data).decode
_TELLING = ("NotaryKeyRotated", "RulebookPublished", "RulebookAmended")


class _Told:
    """What the log itself says of keys and rules."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.rulebooks: dict[str, bytes] = {}
        """Edition -> the rulebook as it was last published, in the log's own bytes."""

    def take(self, raw: bytes) -> None:
        try:
            envelope = _envelope(raw)
            if envelope.type not in _TELLING:
                return
            data = _data(envelope.data)
            if data.vkey:
                self.keys.append(data.vkey)
            elif _NAME.fullmatch(edition := msgspec.json.decode(data.rulebook, type=_Named).edition):
                self.rulebooks[edition] = msgspec.json.format(bytes(data.rulebook)) + b"\n"
        except (msgspec.DecodeError, UnicodeDecodeError):
            return  # signed as it stands; whoever verifies the bundle says what is wrong with it


def _must_be_ours(target: Path, signed: Signed) -> None:
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    try:
        earlier = Bundle(target)
        hashes = earlier.leaf_hashes() or []
    except NoBundle as error:
        raise Refused(
            f"{target} holds something else than an earlier bundle of this log: name a new or an empty directory.",
            f"{target} berisi hal lain, bukan salinan log ini yang terdahulu: sebutkan direktori baru atau kosong.",
        ) from error
    ours = signed.leaf_hashes(earlier.size) if earlier.size <= signed.size else None
    if earlier.origin != signed.origin or hashes != ours or not any(earlier.opened(key) for key in earlier.keys):
        raise Refused(
            f"{target} holds a bundle of {earlier.size} events of {earlier.origin} that {signed.origin} does not continue. Keep it, "
            "and verify both: one of the two is not what was signed.",
            f"{target} berisi salinan {earlier.size} peristiwa {earlier.origin} yang tidak dilanjutkan {signed.origin}. Simpan, lalu "
            "verifikasi keduanya: salah satunya bukan yang ditandatangani.",
        )


def _prune(target: Path, written: set[Path]) -> None:
    """Remove what earlier exports put there and this one did not: partial tiles that are full now."""
    for name in GENERATED:
        for file in _deepest_first(target / name):
            if file.is_dir():
                if not any(file.iterdir()):
                    file.rmdir()
            elif file not in written:
                file.unlink()


def _deepest_first(directory: Path) -> Iterator[Path]:
    yield from sorted(directory.rglob("*"), key=lambda path: len(path.parts), reverse=True)
