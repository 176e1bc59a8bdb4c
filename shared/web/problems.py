"""Every error is a problem document (RFC 9457): a stable `type`, and a sentence in English (`detail`) and Indonesian (`detail_id`)."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.eventlog import LogUnavailable, LogWentBack, OutOfTime, RequestReused
from shared.refusals import ChangedMeanwhile, Forbidden, Invalid, Refused, Unknown, VersionNeeded
from shared.security import TokenRefused

MEDIA_TYPE = "application/problem+json"


def problem(status: int, kind: str, en: str, id: str, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    body = {
        "type": f"urn:makmal:problem:{kind}",
        "title": kind.replace("-", " "),
        "status": status,
        "detail": en,
        "detail_id": id,
        **more,
    }
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


REFUSALS: dict[type[Refused], tuple[int, str]] = {
    Refused: (409, "refused"),
    Forbidden: (403, "forbidden"),
    Invalid: (422, "invalid"),
    Unknown: (404, "unknown"),
    VersionNeeded: (428, "version-needed"),
}


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    status, kind = REFUSALS[type(error)]
    return problem(status, kind, error.en, error.id)


async def _changed(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ChangedMeanwhile)
    status = 412 if "if-match" in request.headers else 409
    return problem(
        status,
        "changed-meanwhile",
        f"somebody has changed this meanwhile; it is now at version {error.version}. Read it again and decide anew",
        f"data ini sudah diubah oleh orang lain; kini versi {error.version}. Baca kembali lalu putuskan lagi",
        version=error.version,
    )


async def _token(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TokenRefused)
    return problem(401, "not-signed-in", error.en, error.id, {"WWW-Authenticate": "Bearer"})


async def _reused(request: Request, error: Exception) -> JSONResponse:
    return problem(
        422,
        "idempotency-key-reused",
        "this Idempotency-Key was used for another request; take a new one for each new request",
        "Idempotency-Key ini sudah dipakai untuk permintaan lain; gunakan yang baru untuk setiap permintaan baru",
    )


async def _away(request: Request, error: Exception) -> JSONResponse:
    return problem(
        503,
        "log-unavailable",
        "the log cannot be written at the moment; repeat the request with the same Idempotency-Key",
        "log sedang tidak dapat ditulis; ulangi permintaan dengan Idempotency-Key yang sama",
        {"Retry-After": "2"},
    )


async def _went_back(request: Request, error: Exception) -> JSONResponse:
    return problem(
        503,
        "log-went-back",
        "the log is older than what this service has seen; an operator must restore it before anything is recorded",
        "log lebih lama daripada yang sudah dilihat layanan ini; operator harus memulihkannya lebih dahulu",
        {"Retry-After": "60"},
    )


async def _malformed(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = [{"at": ".".join(str(part) for part in e["loc"]), "what": str(e["msg"])} for e in error.errors()]
    return problem(
        422,
        "malformed",
        "; ".join(f"{fault['at']}: {fault['what']}" for fault in faults),
        "isi permintaan tidak sesuai; lihat errors untuk setiap bagian yang harus diperbaiki",
        errors=faults,
    )


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    kinds = {404: "unknown", 405: "method-not-allowed", 413: "too-large", 415: "unsupported-media-type"}
    headers = dict(error.headers) if error.headers else None
    return problem(error.status_code, kinds.get(error.status_code, "http"), str(error.detail), str(error.detail), headers)


async def _broken(request: Request, error: Exception) -> JSONResponse:
    return problem(
        500,
        "internal",
        "something broke on our side; nothing you sent was half recorded. It is in our log",
        "ada yang rusak di sisi kami; tidak ada data Anda yang tercatat setengah. Kami mencatatnya",
    )


def install(app: FastAPI) -> None:
    """Make every error of the app a problem document."""
    for kind in REFUSALS:
        app.add_exception_handler(kind, _refused)
    app.add_exception_handler(ChangedMeanwhile, _changed)
    app.add_exception_handler(TokenRefused, _token)
    app.add_exception_handler(RequestReused, _reused)
    app.add_exception_handler(LogUnavailable, _away)
    app.add_exception_handler(OutOfTime, _away)
    app.add_exception_handler(LogWentBack, _went_back)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _broken)
