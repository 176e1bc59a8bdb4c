"""Receipts: the proof that an event stands in the log, made from what the notary has kept and published.

Nothing of it needs the broker: a receipt can be had while the log is torn, and it is what the notary has signed in any case.
"""

import asyncio
from pathlib import Path

import msgspec

from services.audit.ledger import private_directory, public_directory
from services.audit.notary import Notary
from services.audit.sealed import may_have
from shared.eventlog import Recorded
from shared.eventlog.envelope import Envelope
from shared.parts import Parts
from shared.refusals import Refused, Unknown
from shared.security import Principal
from shared.transparency.checkpoint import parse_checkpoint
from shared.transparency.entries import EntryStore
from shared.transparency.merkle import leaf_hash
from shared.transparency.note import parse
from shared.transparency.proof import Receipt
from shared.transparency.tilefiles import TileError
from shared.transparency.tiles import TileStore

LONGEST_WAIT = 5.0
"""Seconds in which a receipt waits for the notary, who signs several times a second."""

_decode = msgspec.json.Decoder(Envelope).decode


async def receipt_of(parts: Parts, position: int, principal: Principal | None) -> Receipt:
    """The receipt of the event at a position, with its bytes where he may have them. Raises Unknown, Refused.

    On a checkpoint that witnesses have cosigned, if there is one that covers it, else on the last one.
    """
    await _signed(parts, position)
    public = public_directory(parts.settings.data)
    raw = (await kept(parts, position - 1, position))[0]
    note = await asyncio.to_thread(_checkpoint, public, position)
    size = parse_checkpoint(parse(note).text).size
    tiles = TileStore(public)
    try:
        [leaf] = await asyncio.to_thread(tiles.leaf_hashes, position - 1, position)
        hashes = await asyncio.to_thread(tiles.inclusion_proof, position - 1, size)
    except TileError as error:
        raise _unreadable(position, str(error)) from error
    if leaf_hash(raw) != leaf:
        raise _unreadable(position, "the entry that is kept is not the one that was signed")
    extra = raw if await may_have(parts, recorded(position, raw), principal) else None
    return Receipt(position - 1, tuple(hashes), note, extra)


async def kept(parts: Parts, start: int, end: int) -> list[bytes]:
    """The bytes of the events at positions `start` + 1 to `end`, as the notary has kept them. Raises Refused."""
    store = EntryStore(private_directory(parts.settings.data) / "entries")
    try:
        return await asyncio.to_thread(store.entries, start, end)
    except TileError as error:
        raise _unreadable(end, str(error)) from error


def recorded(position: int, raw: bytes) -> Recorded:
    """A kept entry, read. It was readable when it was kept."""
    return Recorded(position, raw, _decode(raw))


async def _signed(parts: Parts, position: int) -> None:
    """Wait until the notary has signed the position, if the log has it. Raises Unknown."""
    notary: Notary = parts.own["notary"]
    if notary.signed < position <= await parts.event_log.position():
        await notary.reached(position, LONGEST_WAIT)
    if notary.signed < position:
        raise Unknown(
            f"the notary has signed {notary.signed} events, none at position {position} yet. Ask again when it has",
            f"notaris telah menandatangani {notary.signed} peristiwa, belum sampai posisi {position}. Mintalah lagi nanti",
        )


def _checkpoint(directory: Path, position: int) -> bytes:
    cosigned = directory / "cosigned-checkpoint"
    if cosigned.exists():
        note = cosigned.read_bytes()
        if parse_checkpoint(parse(note).text).size >= position:
            return note
    return (directory / "checkpoint").read_bytes()


def _unreadable(position: int, why: str) -> Refused:
    return Refused(
        f"no receipt can be made of position {position}: {why}. An auditor must look at the notary's directory",
        f"bukti penerimaan untuk posisi {position} tidak dapat dibuat: {why}. Auditor harus memeriksa direktori notaris",
    )
