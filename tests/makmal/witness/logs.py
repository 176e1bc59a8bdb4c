"""A log that shows its checkpoints to a witness, honest or not."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from makmal.witness.memory import Memory
from makmal.witness.server import WitnessServer
from makmal.witness.witness import Witness
from shared.transparency import merkle
from shared.transparency.checkpoint import Checkpoint
from shared.transparency.cosignature import Cosigner
from shared.transparency.merkle import leaf_hash
from shared.transparency.note import Signer
from shared.transparency.witnessing import AddCheckpoint

ORIGIN = "makmal/test"
LOG = Signer(ORIGIN, bytes(32))
COSIGNER = Cosigner("auditor.example/w", bytes([1] * 32))
LEAVES = [leaf_hash(f"entry {number}".encode()) for number in range(64)]
FORK = [*LEAVES[:5], leaf_hash(b"another entry"), *LEAVES[6:]]
"""The same log with another entry at position 6."""


def checkpoint(size: int, leaves: list[bytes] = LEAVES, origin: str = ORIGIN) -> Checkpoint:
    return Checkpoint(origin, size, merkle.root(leaves[:size]))


def request(old: int, size: int, leaves: list[bytes] = LEAVES, signer: Signer = LOG) -> bytes:
    proof = tuple(merkle.consistency_proof(leaves, old, size)) if old else ()
    return AddCheckpoint(old, proof, checkpoint(size, leaves, signer.name).sign(signer)).to_bytes()


@contextmanager
def running(directory: Path, *keys: Signer, port: int = 0, cosigner: Cosigner = COSIGNER) -> Iterator[str]:
    """A witness of these logs on its directory; its URL."""
    memory = Memory(directory)
    try:
        witness = Witness(cosigner, [key.verifier for key in keys or (LOG,)], memory)
        with WitnessServer(("127.0.0.1", port), witness) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.port}"
            finally:
                server.shutdown()
                thread.join()
    finally:
        memory.close()
