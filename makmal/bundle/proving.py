"""Proving a bundle with the house's own verifier, nothing else running: bytes, rules and results, and every checkpoint in it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec.structs import replace

from makmal.bundle.reading import Bundle
from makmal.verify.bytes import Entry
from makmal.verify.findings import Finding, found
from makmal.verify.proving import Proof, prove
from makmal.verify_command import shown
from shared.transparency.checkpoint import Checkpoint, InvalidCheckpoint, open_checkpoint
from shared.transparency.merkle import Tree, leaf_hash
from shared.transparency.note import InvalidKey, Verifier


def prove_bundle(directory: Path, vkey: str = "", *, only_bytes: bool = False, progress: bool = False) -> tuple[Proof, str]:
    """The proof, and the key that it rests on: `vkey`, or else the one in the bundle. Raises NoBundle."""
    bundle = Bundle(directory)
    key = vkey or bundle.vkey
    entries: Iterable[Entry] = bundle.entries()
    if progress:
        entries = shown(entries, bundle.size, "bytes" if only_bytes else "bytes and rules")
    proof = prove(entries, bundle.note, key, bundle.leaf_hashes(), only_bytes=only_bytes)
    if discontinued := list(_discontinued(bundle)):
        verdict = proof.verdict
        findings = sorted((*discontinued, *verdict.findings), key=lambda finding: (finding.position, finding.rank))
        proof = replace(proof, verdict=replace(verdict, findings=tuple(findings)))
    return proof, key


def _discontinued(bundle: Bundle) -> Iterator[Finding]:
    """The earlier checkpoints that are not the beginning of what is in the bundle."""
    tree, raws = Tree(), bundle.raws()
    for name, checkpoint in sorted(_opened(bundle), key=lambda each: each[1].size if each[1] else -1):
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
