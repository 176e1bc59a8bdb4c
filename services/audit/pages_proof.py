"""What anybody may check: the page "Check it yourself", and every receipt with its proof drawn in words."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from fastapi import Path, Response
from sqlalchemy import select

from services.audit import receipts
from services.audit.key_words import fingerprint, key_in_words
from services.audit.ledger import public_directory
from services.audit.notary import Notary
from services.audit.pages_path import path_of
from services.audit.projections import TrailLine
from services.audit.receipt_words import in_words
from services.audit.witnesses import Witnesses, cosigned_at
from shared.database import table
from shared.events.audit import NotaryKeyRotated
from shared.parts import Parts
from shared.refusals import Invalid, Refused
from shared.transparency.checkpoint import Checkpoint, InvalidCheckpoint, parse_checkpoint
from shared.transparency.merkle import InvalidProof, leaf_hash
from shared.transparency.note import InvalidNote, Verifier, parse
from shared.transparency.proof import MEDIA_TYPE, SUFFIX, Proven, Receipt, verify
from shared.web.pages import PageRouter, Visit, Visitor
from shared.web.paging import LARGEST

pages = PageRouter()

Position = Annotated[int, Path(ge=1, le=LARGEST)]
_trail = table(TrailLine)


@pages.get("/e/{edition}/proof")
async def proof_page(visit: Visitor, edition: str) -> Response:
    """What is promised, what stands signed just now, who has witnessed it, and how to check it in five minutes."""
    await visit.rules()
    notary: Notary = visit.parts.own["notary"]
    watching: Witnesses = visit.parts.own["witnesses"]
    signed, at = await asyncio.to_thread(_last_checkpoint, visit.parts)
    return await visit.render(
        "proof.html",
        notary=notary,
        key=key_in_words(notary.vkey),
        groups=fingerprint(notary.vkey).split() if notary.vkey else [],
        signed=signed,
        signed_at=at,
        witnesses=[(one, cosigned_at(one)) for one in watching.asked],
        cosigned=(public_directory(visit.parts.settings.data) / "cosigned-checkpoint").exists(),
    )


@pages.get("/receipts")
async def find_receipt(visit: Visitor) -> Response:
    """The form that asks for a number leads to its receipt."""
    asked = visit.request.query_params.get("position", "").strip().replace(".", "").replace(",", "")
    if not (asked.isdecimal() and 0 < int(asked) <= LARGEST):
        raise Invalid(
            "a receipt has the number of an event: write a whole number from 1, like 120",
            "bukti penerimaan memiliki nomor peristiwa: tulis bilangan bulat mulai dari 1, misalnya 120",
        )
    return await visit.go(f"/audit/receipts/{int(asked)}")


@pages.get("/receipts/{position}")
async def receipt_page(visit: Visitor, position: Position) -> Response:
    """The proof in words. What the event says is shown to who may have it; the proof holds for everybody."""
    receipt = await receipts.receipt_of(visit.parts, position, visit.principal)
    entry = receipt.extra or (await receipts.kept(visit.parts, position - 1, position))[0]
    proven = await _proven(visit, receipt, entry)
    if receipt.extra is not None:
        visit.edition = receipts.recorded(position, entry).envelope.edition or ""
    return await visit.render(
        "receipt.html",
        position=position,
        proven=proven,
        words=getattr(in_words(proven), visit.language) if receipt.extra is not None else (),
        event=_indented(entry) if receipt.extra is not None else "",
        leaf=leaf_hash(entry).hex(),
        steps=path_of(receipt, entry, proven.checkpoint.size),
    )


@pages.get("/receipts/{position}/file")
async def receipt_file(visit: Visitor, position: Position) -> Response:
    """The receipt as a file, with the event's bytes for who is signed in and may have them."""
    receipt = await receipts.receipt_of(visit.parts, position, visit.principal)
    headers = {
        "Content-Disposition": f'attachment; filename="makmal-{position}{SUFFIX}"',
        "Cache-Control": "private, no-store",
        "Vary": "Cookie",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(receipt.to_bytes(), media_type=MEDIA_TYPE, headers=headers)


def _last_checkpoint(parts: Parts) -> tuple[Checkpoint | None, datetime | None]:
    """And when it was written. Nothing before the notary has signed at all."""
    file = public_directory(parts.settings.data) / "checkpoint"
    try:
        note, written = file.read_bytes(), file.stat().st_mtime
    except FileNotFoundError:
        return None, None
    return parse_checkpoint(parse(note).text), datetime.fromtimestamp(written, UTC)


async def _proven(visit: Visit, receipt: Receipt, entry: bytes) -> Proven:
    """The receipt verified here and now, as its reader can do it at home. Raises Refused where it does not hold."""
    notary: Notary = visit.parts.own["notary"]
    watching: Witnesses = visit.parts.own["witnesses"]
    keys = [Verifier.parse(key) for key in await _keys(visit.parts, notary)]
    try:
        return verify(receipt, entry, notary.origin, keys, [one.verifier for one in watching.asked])
    except (InvalidCheckpoint, InvalidProof, InvalidNote) as error:
        raise Refused(
            f"the proof of number {receipt.index + 1} does not hold: {error}. Tell an auditor",
            f"bukti nomor {receipt.index + 1} tidak sah: {error}. Beri tahu auditor",
        ) from error


async def _keys(parts: Parts, notary: Notary) -> Sequence[str]:
    """All that the notary has ever signed with: a checkpoint that witnesses have cosigned may be older than its last key."""
    rotated = select(_trail.c.position).where(_trail.c.type == NotaryKeyRotated.__name__).order_by(_trail.c.position)
    positions = await parts.database.read(lambda connection: connection.execute(rotated).scalars().all())
    found = {notary.vkey: None}
    for at in positions:
        if at <= notary.signed:
            event = receipts.recorded(at, (await receipts.kept(parts, at - 1, at))[0]).event
            if isinstance(event, NotaryKeyRotated):
                found[event.vkey] = None
    return list(found)


def _indented(entry: bytes) -> str:
    return msgspec.json.format(entry, indent=2).decode()
