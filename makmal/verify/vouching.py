"""Which of the notary's keys counts, and whether the checkpoints that were kept are the beginning of what is there.

A key vouches for the one after it by a checkpoint, signed with it, that has the new key on record. So whoever knows only the key
that was announced first can follow the changes, as long as those checkpoints were kept.
"""

from collections.abc import Iterable, Iterator

import msgspec

from makmal.verify.findings import Finding, found
from makmal.verify.published import size_of
from shared.transparency.checkpoint import Checkpoint, InvalidCheckpoint, open_checkpoint
from shared.transparency.merkle import Tree
from shared.transparency.note import InvalidKey, Verifier

Kept = tuple[str, bytes]
"""Name and note of an earlier checkpoint."""


def in_force(announced: str, note: bytes, origin: str, kept: Iterable[Kept], raws: Iterable[tuple[int, bytes]]) -> str:
    """The key under the last checkpoint, `note`, if the announced one vouches for it.

    Else the announced one, which has then not signed what it should have. `raws`: position and bytes of the events, or of those in
    the notary's stream. That the kept checkpoints are of this log is for `discontinued` to judge.
    """
    if opened(note, origin, [announced]) is not None or not is_key(announced):
        return announced
    rotated = [(position, vkey) for position, raw in raws if (vkey := recorded_key(raw))]
    trusted = [announced]
    for size, earlier in sorted((size_of(earlier), earlier) for _, earlier in kept):
        if opened(earlier, origin, trusted) is not None:
            trusted += [vkey for position, vkey in rotated if position <= size and vkey not in trusted]
    return next((key for key in reversed(trusted) if opened(note, origin, [key]) is not None), announced)


def discontinued(
    kept: Iterable[Kept], origin: str, keys: Iterable[str], leaves: Iterator[bytes], size: int, flawed: int | None
) -> Iterator[Finding]:
    """The earlier checkpoints that are not the beginning of the `size` events with these leaf hashes.

    `flawed`: the first position that was changed or lost, which is told already; of those that cover it nothing more is said.
    """
    known, tree = list(keys), Tree()
    points = [(name, opened(note, origin, known)) for name, note in kept]
    for name, checkpoint in sorted(points, key=lambda each: each[1].size if each[1] else -1):
        if checkpoint is not None and flawed is not None and checkpoint.size >= flawed:
            continue
        if checkpoint is not None and checkpoint.size <= size:
            while tree.size < checkpoint.size:
                tree.append(next(leaves))
            if tree.root() == checkpoint.root:
                continue
        yield found("checkpoint", 0, name=name)


def opened(note: bytes, origin: str, keys: Iterable[str]) -> Checkpoint | None:
    """The checkpoint, if one of the keys has signed it."""
    try:
        return open_checkpoint(note, origin, [Verifier.parse(key) for key in keys if is_key(key)])
    except InvalidCheckpoint:
        return None


def recorded_key(raw: bytes) -> str:
    """The key that an event puts on record; empty if it does not."""
    if b"NotaryKeyRotated" not in raw:
        return ""
    try:
        event = msgspec.json.decode(raw)
        return str(event["data"]["vkey"]) if event["type"] == "NotaryKeyRotated" else ""
    except (msgspec.DecodeError, UnicodeDecodeError, LookupError, TypeError):
        return ""


def is_key(text: str) -> bool:
    try:
        Verifier.parse(text)
    except InvalidKey:
        return False
    return True
