"""Proving a bundle with the house's own verifier, nothing else running: bytes, rules and results, and every checkpoint in it."""

from collections.abc import Iterable
from pathlib import Path

from makmal.bundle.reading import Bundle
from makmal.verify.bytes import Entry
from makmal.verify.proving import Proof, prove
from makmal.verify.vouching import discontinued, in_force
from makmal.verify_command import shown
from shared.transparency.merkle import leaf_hash


def prove_bundle(directory: Path, vkey: str = "", *, only_bytes: bool = False, progress: bool = False) -> tuple[Proof, str]:
    """The proof, and the key that it rests on: `vkey`, or else the one in the bundle. Raises NoBundle."""
    bundle = Bundle(directory)
    key = in_force(vkey, bundle.note, bundle.origin, bundle.checkpoints(), bundle.raws()) if vkey else bundle.vkey
    entries: Iterable[Entry] = bundle.entries()
    if progress:
        entries = shown(entries, bundle.size, "bytes" if only_bytes else "bytes and rules")
    proof = prove(entries, bundle.note, key, bundle.leaf_hashes(), only_bytes=only_bytes)
    leaves = (leaf_hash(raw) for _, raw in bundle.raws())
    more = discontinued(bundle.checkpoints(), bundle.origin, bundle.keys, leaves, bundle.size, proof.flawed)
    return proof.with_findings(list(more)), key
