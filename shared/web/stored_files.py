"""How a stored file is handed in over HTTP, and out again: always as a download, never as a page."""

from fastapi import Request, Response
from fastapi.responses import FileResponse
from starlette.requests import ClientDisconnect

from shared.refusals import Invalid
from shared.stored_files import LARGEST, SUFFIXES, Stored, StoredFiles, TooLong, WrongDigest, WrongKind
from shared.web.guard import takes
from shared.web.problems import TooLarge, problem

DIGEST = "^[0-9a-f]{64}$"
UPLOAD = takes("application/octet-stream", *SUFFIXES, at_most=LARGEST)
"""`openapi_extra` of a route that files are handed in at."""


async def hand_in(request: Request, files: StoredFiles, sha256: str) -> Stored | Response:
    """What is stored now; or the answer to a body that is no such file. Raises TooLarge, Invalid."""
    try:
        return await files.take_in(request.stream(), sha256)
    except TooLong as error:
        raise TooLarge(LARGEST) from error
    except WrongKind:
        return problem(
            "unsupported-media-type",
            "this is neither a PDF nor a PNG, JPEG or MP4 file; save the document as one of these and upload it again",
            "ini bukan berkas PDF, PNG, JPEG, atau MP4; simpan dokumen dalam salah satu bentuk itu lalu unggah kembali",
        )
    except WrongDigest as error:
        raise Invalid(
            f"what came has the SHA-256 {error.found}, not {sha256}; compute it over the whole file and upload it again",
            f"berkas yang tiba ber-SHA-256 {error.found}, bukan {sha256}; hitung dari seluruh berkas lalu unggah kembali",
        ) from error
    except ClientDisconnect:
        return Response(status_code=400)


def hand_out(request: Request, files: StoredFiles, sha256: str, media_type: str) -> Response:
    """The file that lies there, or 304 to whoever has it."""
    headers = {
        "ETag": f'"{sha256}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-cache",
    }
    if f'"{sha256}"' in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    name = f"{sha256[:16]}.{SUFFIXES[media_type]}"
    return FileResponse(files.path(sha256), media_type=media_type, filename=name, headers=headers)
