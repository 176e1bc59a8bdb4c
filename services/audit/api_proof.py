"""What proves: checkpoints, hash tiles and receipts for everybody; the entries themselves for who may have them."""

import re
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from fastapi.responses import FileResponse, PlainTextResponse
from pydantic import BaseModel, ConfigDict

from services.audit import receipts
from services.audit.key_words import fingerprint, key_in_words
from services.audit.ledger import INDEX, kept_directory, public_directory
from services.audit.notary import Notary
from services.audit.sealed import all_may_be_had, audits
from services.audit.witnesses import Witnesses, cosigned_at
from shared.refusals import Forbidden, Unknown
from shared.transparency.entries import encode_entries
from shared.transparency.proof import MEDIA_TYPE, SUFFIX
from shared.transparency.tilefiles import TILE_WIDTH
from shared.web.asking import PartsHere, PerhapsSignedIn, public
from shared.web.paging import LARGEST

router = APIRouter(tags=["proof"])
_TILE = re.compile(r"(0|[1-9][0-9]?)/(x[0-9]{3}/)*[0-9]{3}(\.p/[1-9][0-9]{0,2})?")
_KEPT = re.compile(rf"{INDEX}|[0-9]{{12,}}")
_BUNDLE = re.compile(r"((?:x[0-9]{3}/)*)([0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
_IMMUTABLE = {"Cache-Control": "public, max-age=604800, immutable"}
_PRIVATE = {"Cache-Control": "private, no-store", "Vary": "Authorization"}


class WitnessDescribed(BaseModel):
    """A program of somebody else's that cosigns checkpoints as long as the log never contradicts itself."""

    model_config = ConfigDict(extra="forbid")

    name: str
    vkey: str
    position: int
    """Up to which it has cosigned, as far as is known."""
    cosigned: datetime | None
    """When it last did."""
    failure: str
    """Why it does not cosign just now; empty: it does."""


class NotaryDescribed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    origin: str
    vkey: str
    """The key that checkpoints are signed with (C2SP signed-note verifier key)."""
    fingerprint: str
    """Of the key, for comparing it by eye or by telephone."""
    position: int
    witnesses: list[WitnessDescribed]
    en: str
    id: str


def _notary(parts: PartsHere) -> Notary:
    notary: Notary = parts.own["notary"]
    return notary


@router.get("/checkpoint", dependencies=[Depends(public)], response_class=PlainTextResponse)
async def checkpoint(parts: PartsHere) -> Response:
    """The last signed checkpoint (C2SP tlog-checkpoint): how many events there are, and the root of the tree over them."""
    file = public_directory(parts.settings.data) / "checkpoint"
    if not file.exists():
        raise Unknown("nothing is signed yet; ask again in a moment", "belum ada yang ditandatangani; coba lagi sebentar")
    return PlainTextResponse(file.read_bytes(), headers={"Cache-Control": "no-cache"})


@router.get(
    "/cosigned-checkpoint",
    dependencies=[Depends(public)],
    response_class=PlainTextResponse,
    responses={404: {"description": "No witness has cosigned yet"}},
)
async def cosigned_checkpoint(parts: PartsHere) -> Response:
    """The last checkpoint that at least one witness has cosigned (C2SP tlog-cosignature), with the cosignatures."""
    file = public_directory(parts.settings.data) / "cosigned-checkpoint"
    if not file.exists():
        raise Unknown(
            "no witness has cosigned a checkpoint yet; take the one that the notary has signed at `checkpoint`",
            "belum ada saksi yang ikut menandatangani; ambil checkpoint notaris di `checkpoint`",
        )
    return PlainTextResponse(file.read_bytes(), headers={"Cache-Control": "no-cache"})


@router.get("/checkpoints/{kept}", dependencies=[Depends(public)], response_class=PlainTextResponse)
async def kept_checkpoint(
    kept: Annotated[str, Path(description="`index`, or a name that stands in it", examples=[INDEX])], parts: PartsHere
) -> Response:
    """An earlier checkpoint that is kept for good, by its size in twelve digits: the first, one of each hour, and those under which
    the notary's key changed, signed with both. `index` lists them, one a line, smallest first.

    Whoever knows an earlier key of the notary follows its changes by these.
    """
    file = kept_directory(parts.settings.data) / kept
    if not _KEPT.fullmatch(kept) or not file.is_file():
        raise Unknown(
            "no such checkpoint is kept; `checkpoints/index` lists those that are",
            "tidak ada checkpoint demikian yang disimpan; daftarnya ada di `checkpoints/index`",
        )
    return PlainTextResponse(file.read_bytes(), headers={"Cache-Control": "no-cache"})


@router.get("/keys", dependencies=[Depends(public)], response_class=PlainTextResponse)
async def keys(parts: PartsHere) -> Response:
    """All keys that the notary ever had (C2SP signed-note verifier keys), one a line, oldest first: the last one signs now."""
    file = public_directory(parts.settings.data) / "keys"
    if not file.exists():
        raise Unknown("the notary has no key yet; ask again in a moment", "notaris belum memiliki kunci; coba lagi sebentar")
    return PlainTextResponse(file.read_bytes(), headers={"Cache-Control": "no-cache"})


@router.get("/tile/entries/{path:path}", response_class=Response)
async def entries(path: str, parts: PartsHere, principal: PerhapsSignedIn) -> Response:
    """A bundle of the entries themselves (C2SP tlog-tiles): `000`, or `000.p/5` while it is not full.

    For auditors of the editions in it; for everybody once the results of these editions are announced, where they publish events.
    """
    start, width = _extent(path)
    if width and start + width <= _notary(parts).signed:
        raws = await receipts.kept(parts, start, start + width)
        events = [receipts.recorded(start + number, raw) for number, raw in enumerate(raws, 1)]
        if await all_may_be_had(parts, events, principal):
            return Response(encode_entries(raws), media_type="application/octet-stream", headers=_PRIVATE)
    elif principal is not None and audits(principal, None):
        raise Unknown(
            "there is no such bundle of entries; if it is not full yet, ask for as many as it has, like `000.p/5`",
            "tidak ada bundel entri demikian; jika belum penuh, mintalah sebanyak isinya, mis. `000.p/5`",
        )
    raise Forbidden(
        "these entries are for auditors of every edition in them, and for everybody once its results are announced, where the "
        "edition publishes its events",
        "entri ini hanya untuk auditor setiap gelaran di dalamnya, dan untuk semua orang setelah hasilnya diumumkan, bila "
        "gelaran itu memublikasikan peristiwanya",
    )


def _extent(path: str) -> tuple[int, int]:
    """The first entry of a bundle and how many are asked for; none if that is no bundle's path."""
    place = _BUNDLE.fullmatch(path)
    if place is None or place[1].startswith("x000/"):
        return 0, 0
    index = int((place[1] + place[2]).replace("x", "").replace("/", ""))
    width = int(place[3] or TILE_WIDTH)
    return index * TILE_WIDTH, width if width < TILE_WIDTH or place[3] is None else 0


@router.get("/tile/{path:path}", dependencies=[Depends(public)], response_class=FileResponse)
async def tile(path: str, parts: PartsHere) -> Response:
    """A hash tile (C2SP tlog-tiles): `0/x001/234`, or `0/x001/234.p/5` while it is not full. Level 0 holds the leaf hashes."""
    file = public_directory(parts.settings.data) / "tile" / path
    if not _TILE.fullmatch(path) or not file.is_file():
        raise Unknown(
            "there is no such hash tile; if it was a partial one, ask for the full one",
            "tidak ada ubin hash demikian; jika tadinya sebagian, minta ubin penuhnya",
        )
    return FileResponse(file, media_type="application/octet-stream", headers=_IMMUTABLE)


@router.get("/receipts/{position}", response_class=PlainTextResponse)
async def receipt(position: Annotated[int, Path(ge=1, le=LARGEST)], parts: PartsHere, principal: PerhapsSignedIn) -> Response:
    """The receipt of the event at a position (C2SP tlog-proof): that it stands in the log, to be verified offline for ever.

    Anybody may have it: it holds hashes only. Its line `extra` holds the event's bytes for who shows that he did it himself, that
    it was registered for an institution he acts for, or that he is an auditor.
    """
    made = await receipts.receipt_of(parts, position, principal)
    name = f"makmal-{position}{SUFFIX}"
    headers = {**_PRIVATE, "Content-Disposition": f'inline; filename="{name}"'}
    return Response(made.to_bytes(), media_type=MEDIA_TYPE, headers=headers)


@router.get("/notary", dependencies=[Depends(public)])
async def notary(parts: PartsHere) -> NotaryDescribed:
    """The key that checkpoints are signed with, and what they say, in words."""
    it = _notary(parts)
    witnesses: Witnesses = parts.own["witnesses"]
    words = key_in_words(it.vkey)
    return NotaryDescribed(
        origin=it.origin,
        vkey=it.vkey,
        fingerprint=fingerprint(it.vkey) if it.vkey else "",
        position=it.signed,
        witnesses=[
            WitnessDescribed(
                name=asked.name,
                vkey=asked.verifier.vkey,
                position=asked.size,
                cosigned=cosigned_at(asked),
                failure=asked.failure,
            )
            for asked in witnesses.asked
        ],
        en=f"The notary of {it.origin} has signed that the first {it.signed} events are exactly these and stand in this order. "
        f"Whoever keeps a checkpoint can show later that nothing before it was changed, removed or inserted. {words.en}",
        id=f"Notaris {it.origin} telah menandatangani bahwa {it.signed} peristiwa pertama persis seperti ini dan dalam urutan ini. "
        "Siapa pun yang menyimpan checkpoint dapat menunjukkan kelak bahwa tidak ada yang diubah, dihapus, atau disisipkan "
        f"sebelumnya. {words.id}",
    )
