"""Taking in a document that somebody chose in a form: where the API is told a digest before, here it is computed."""

import hashlib
from collections.abc import AsyncIterator

from msgspec import Struct
from starlette.datastructures import UploadFile

from services.registration.evidence_api import files_of
from services.registration.evidence_uploads import uploaded
from shared.refusals import Invalid
from shared.stored_files import LARGEST, PIECE, TooLong, WrongKind
from shared.web.pages import Visit

MOST_SENT = 3 * LARGEST
"""Bytes of a form with its file. More than a file may have: so a file that is too large is refused beside what else was typed."""


class TakenFile(Struct, frozen=True):
    """Stored, and put down as this person's upload; it stays so while the rest of the form is mended."""

    sha256: str
    size: int
    name: str


async def taken_file(visit: Visit, field: str = "file") -> TakenFile | None:
    """The file that came with the form, or the one that came before (its digest stands in the form). Raises Invalid."""
    sent = visit.form.files.get(field)
    if sent is None:
        stored = await files_of(visit.parts).find(visit.form["sha256"]) if visit.form["sha256"].isalnum() else None
        return TakenFile(stored.sha256, stored.size, visit.form["file_name"]) if stored else None
    digest = hashlib.sha256()
    async for piece in _pieces(sent):
        digest.update(piece)
    await sent.seek(0)
    try:
        stored = await files_of(visit.parts).take_in(_pieces(sent), digest.hexdigest())
    except TooLong as error:
        most = visit.words.size(LARGEST)
        raise Invalid(
            f"the file is larger than {most}; scan it in a lower resolution or in parts, and choose it again",
            f"berkas lebih besar dari {most}; pindai dengan resolusi lebih rendah atau bagi berkasnya, lalu pilih kembali",
        ) from error
    except WrongKind as error:
        raise Invalid(
            "this is neither a PDF nor a PNG, JPEG or MP4 file; save the document as one of these and choose it again",
            "ini bukan berkas PDF, PNG, JPEG, atau MP4; simpan dokumen dalam salah satu bentuk itu lalu pilih kembali",
        ) from error
    at = visit.parts.event_log.now().isoformat(timespec="seconds")
    await visit.parts.database.write(uploaded(stored.sha256, visit.me.id, at))
    return TakenFile(stored.sha256, stored.size, sent.filename or "")


async def _pieces(sent: UploadFile) -> AsyncIterator[bytes]:
    while piece := await sent.read(PIECE):
        yield piece
