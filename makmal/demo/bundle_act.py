"""The end of the proof: a copy of the log that proves itself, with our verifier and with one file of plain Python; and a receipt."""

import asyncio
import sys
from pathlib import Path

from msgspec import Struct

from makmal.bundle.export import export
from makmal.bundle.proving import prove_bundle
from makmal.demo.cast import Cast
from makmal.demo.narrator import Narrator
from makmal.demo.stage import Stage
from makmal.verify.bytes import Entry
from shared.transparency.checkpoint import InvalidCheckpoint
from shared.transparency.merkle import InvalidProof
from shared.transparency.note import Verifier
from shared.transparency.proof import SUFFIX, InvalidReceipt, parse_receipt, verify


class Proven(Struct, frozen=True):
    proven: bool
    """By `makmal audit verify --bundle`: bytes, rules and results."""
    independently_proven: bool
    """By the bundle's own `verify.py`, in a process of its own."""
    checkpoint_size: int
    receipt_verified: bool
    """The receipt of a submission, offline."""


NOT_YET = Proven(False, False, 0, False)


async def play(narrator: Narrator, cast: Cast, stage: Stage, log: list[Entry]) -> Proven:
    """The bundle and the receipt stay in the data directory, as `bundle` and `receipt.tlog-proof`."""
    bundle, receipt = stage.house.data / "bundle", stage.house.data / f"receipt{SUFFIX}"
    exported = await asyncio.to_thread(export, stage.house.data / "audit", bundle)
    proof, _ = await asyncio.to_thread(prove_bundle, bundle, exported.vkey)
    position, raw = next((position, raw) for _, position, raw in log if b'"type":"InnovationSubmitted"' in raw)
    receipt.write_bytes(await cast.auditor.fetch(f"/audit/v1/receipts/{position}"))
    good = _holds(receipt.read_bytes(), position, raw, exported.vkey)
    independent = await _by_itself(bundle, exported.vkey, receipt)
    narrator.tell(
        f"A copy of the log proves itself: {exported.size:,} events, {proof.acts:,} decisions taken anew, {len(proof.results)} results "
        f"recomputed, {_word(proof.proven)}; by verify.py, one file of plain Python, {_word(independent)}; the receipt of the "
        f"submission at position {position}, {_word(good)}"
    )
    if not proof.proven:
        first = proof.verdict.findings[0].en if proof.verdict.findings else proof.unchecked[0][0]
        narrator.tell(f"[red]Not proven[/red]: {first}")
    return Proven(proof.proven, independent, exported.size, good)


def _holds(receipt: bytes, position: int, raw: bytes, vkey: str) -> bool:
    """Whether the receipt proves exactly this event at this position, by the notary's key."""
    verifier = Verifier.parse(vkey)
    try:
        return verify(parse_receipt(receipt), raw, verifier.name, [verifier]).index == position - 1
    except (InvalidReceipt, InvalidCheckpoint, InvalidProof):
        return False


async def _by_itself(bundle: Path, vkey: str, receipt: Path) -> bool:
    """`python3 verify.py` in the bundle, isolated: it sees neither our modules nor the environment."""
    command = (sys.executable, "-I", "-S", str(bundle / "verify.py"), "--key", vkey, "--receipt", str(receipt))
    null = asyncio.subprocess.DEVNULL
    return await (await asyncio.create_subprocess_exec(*command, cwd=bundle, stdout=null, stderr=null, env={})).wait() == 0


def _word(good: bool) -> str:
    return "[green]proven[/green]" if good else "[red]not proven[/red]"
