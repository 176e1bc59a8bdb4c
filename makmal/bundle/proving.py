"""Proving a bundle with the house's own verifier, nothing else running: bytes, rules and results, and every checkpoint in it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec.structs import replace

from makmal.bundle.reading import Bundle
from makmal.verify.bytes import Entry
from makmal.verify.findings import BYTES, Finding, found
from makmal.verify.proving import Proof, prove
from makmal.verify.published import size_of
from makmal.verify_command import shown
from shared.transparency.checkpoint import Checkpoint, InvalidCheckpoint, open_checkpoint
from shared.transparency.merkle import Tree, leaf_hash
from shared.transparency.note import InvalidKey, Verifier


def prove_bundle(directory: Path, vkey: str = "", *, only_bytes: bool = False, progress: bool = False) -> tuple[Proof, str]:
    """The proof, and the key that it rests on: `vkey`, or else the one in the bundle. Raises NoBundle."""
    bundle = Bundle(directory)
    key = _in_force(bundle, vkey) if vkey else bundle.vkey
    entries: Iterable[Entry] = bundle.entries()
    if progress:
        entries = shown(entries, bundle.size, "bytes" if only_bytes else "bytes and rules")
    proof = prove(entries, bundle.note, key, bundle.leaf_hashes(), only_bytes=only_bytes)
    verdict = proof.verdict
    flawed = min((finding.position for finding in verdict.findings if finding.position and finding.kind in BYTES), default=None)
    if discontinued := list(_discontinued(bundle, flawed)):
        findings = sorted((*discontinued, *verdict.findings), key=lambda finding: (finding.position, finding.rank))
        proof = replace(proof, verdict=replace(verdict, findings=tuple(findings)))
    return proof, key


def _in_force(bundle: Bundle, announced: str) -> str:
    """The key under the last checkpoint, if the announced one vouches for it: by a checkpoint that has the new key on record.

    Else the announced one, which has then not signed what it should have. `_discontinued` judges the checkpoints themselves.
    """
    if bundle.opened(announced) is not None or not _is_key(announced):
        return announced
    rotated = [(position, vkey) for position, raw in bundle.raws() if (vkey := _recorded_key(raw))]
    notes = [(size_of(note), note) for _, note in bundle.checkpoints()]
    trusted = [announced]
    for size, note in sorted(notes):
        if _is_signed(bundle, note, trusted):
            trusted += [vkey for position, vkey in rotated if position <= size and vkey not in trusted]
    return next((key for key in reversed(trusted) if bundle.opened(key) is not None), announced)


def _recorded_key(raw: bytes) -> str:
    if b"NotaryKeyRotated" not in raw:
        return ""
    try:
        event = msgspec.json.decode(raw)
        return str(event["data"]["vkey"]) if event["type"] == "NotaryKeyRotated" else ""
    except (msgspec.DecodeError, LookupError, TypeError):
        return ""


def _is_signed(bundle: Bundle, note: bytes, keys: Iterable[str]) -> bool:
    try:
        open_checkpoint(note, bundle.origin, [Verifier.parse(key) for key in keys if _is_key(key)])
    except InvalidCheckpoint:
        return False
    return True


def _discontinued(bundle: Bundle, flawed: int | None) -> Iterator[Finding]:
    """The earlier checkpoints that are not the beginning of what is in the bundle.

    `flawed`: the first position that was changed or lost, which is told already; of those that cover it nothing more is said.
    """
    tree, raws = Tree(), bundle.raws()
    for name, checkpoint in sorted(_opened(bundle), key=lambda each: each[1].size if each[1] else -1):
        if checkpoint is not None and flawed is not None and checkpoint.size >= flawed:
            continue
        if checkpoint is not None and checkpoint.size <= bundle.size:
            while tree.size < checkpoint.size:
                tree.append(leaf_hash(next(raws)[1]))
            if tree.root() == checkpoint.root:
                continue
        yield found("checkpoint", 0, name=name)


def _opened(bundle: Bundle) -> Iterator[tuple[str, Checkpoint | None]]:
    verifiers = [Verifier.parse(key) for key in bundle.keys if _is_key(key)]
    for name, note in bundle.checkpoints():
        try:
            yield name, open_checkpoint(note, bundle.origin, verifiers)
        except InvalidCheckpoint:
            yield name, None


def _is_key(text: str) -> bool:
    try:
        Verifier.parse(text)
    except InvalidKey:
        return False
    return True
