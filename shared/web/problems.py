"""Every error is a problem document (RFC 9457): a stable `type`, and a sentence in English (`detail`) and Indonesian (`detail_id`)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from redis.exceptions import ConnectionError as RedisUnreachable
from redis.exceptions import TimeoutError as RedisTimeout
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from shared.database import away
from shared.eventlog import LogUnavailable, LogWentBack, OutOfTime, RequestReused
from shared.refusals import Away, ChangedMeanwhile, Forbidden, Invalid, Refused, Unknown, VersionNeeded
from shared.security import TokenRefused
from shared.web.problem_types import PREFIX, PROBLEMS
from shared.web.rates import TooMany

MEDIA_TYPE = "application/problem+json"

Draw = Callable[[Request, JSONResponse], Awaitable[Response]]
"""Makes a page of a problem."""


def problem(
    kind: str, en: str, id: str, headers: dict[str, str] | None = None, *, status: int | None = None, **more: Any
) -> JSONResponse:
    """A problem of one of the kinds in `PROBLEMS`, with its usual status unless another of its own is named."""
    known = PROBLEMS[kind]
    status = known.statuses[0] if status is None else status
    body = {
        "type": PREFIX + kind,
        "title": known.title,
        "status": status,
        "detail": en,
        "detail_id": id,
        **more,
    }
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


class TooLarge(HTTPException):
    """The body turned out to be longer than so many bytes. An HTTPException, because FastAPI lets only those through."""

    def __init__(self, most: int):
        super().__init__(413)
        self.most = most


def too_large(most: int) -> JSONResponse:
    return problem(
        "too-large",
        f"the request is larger than {most} bytes, the most that is taken here",
        f"permintaan lebih besar dari {most} byte, batas paling besar di sini",
    )


def unsupported(types: Sequence[str]) -> JSONResponse:
    accepted = ", ".join(types)
    return problem(
        "unsupported-media-type",
        f"send the body as {accepted}, not compressed, and say so in Content-Type",
        f"kirim isi permintaan sebagai {accepted}, tanpa kompresi, dan sebutkan di Content-Type",
        {"Accept": accepted},
    )


def unspeakable() -> JSONResponse:
    """No database takes it, and no name has it."""
    return problem(
        "invalid",
        "the address has a NUL character; leave it out",
        "alamat berisi karakter NUL; hilangkan",
    )


def too_many(many: TooMany) -> JSONResponse:
    return problem(
        "too-many-requests",
        f"too many requests at once; wait {many.retry_after} s, then go on",
        f"terlalu banyak permintaan sekaligus; tunggu {many.retry_after} detik, lalu lanjutkan",
        {"Retry-After": many.retry_after},
    )


REFUSALS: dict[type[Refused], str] = {
    Refused: "refused",
    Forbidden: "forbidden",
    Invalid: "invalid",
    Unknown: "unknown",
    VersionNeeded: "version-needed",
}


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    return problem(REFUSALS[type(error)], error.en, error.id)


async def _elsewhere(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Away)
    return problem("away", error.en, error.id, {"Retry-After": "5"})


async def _changed(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ChangedMeanwhile)
    return problem(
        "changed-meanwhile",
        f"somebody has changed this meanwhile; it is now at version {error.version}. Read it again and decide anew",
        f"data ini sudah diubah oleh orang lain; kini versi {error.version}. Baca kembali lalu putuskan lagi",
        status=412 if "if-match" in request.headers else 409,
        version=error.version,
    )


async def _token(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TokenRefused)
    return problem("not-signed-in", error.en, error.id, {"WWW-Authenticate": "Bearer"})


async def _reused(request: Request, error: Exception) -> JSONResponse:
    return problem(
        "idempotency-key-reused",
        "this Idempotency-Key was used for another request; take a new one for each new request",
        "Idempotency-Key ini sudah dipakai untuk permintaan lain; gunakan yang baru untuk setiap permintaan baru",
    )


async def _away(request: Request, error: Exception) -> JSONResponse:
    return problem(
        "log-unavailable",
        "the log cannot be written at the moment; repeat the request with the same Idempotency-Key",
        "log sedang tidak dapat ditulis; ulangi permintaan dengan Idempotency-Key yang sama",
        {"Retry-After": "2"},
    )


async def _went_back(request: Request, error: Exception) -> JSONResponse:
    return problem(
        "log-went-back",
        "the log is older than what this service has seen; an operator must restore it before anything is recorded",
        "log lebih lama daripada yang sudah dilihat layanan ini; operator harus memulihkannya lebih dahulu",
        {"Retry-After": "60"},
    )


async def _malformed(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = [{"at": ".".join(str(part) for part in e["loc"]), "what": str(e["msg"])} for e in error.errors()]
    return problem(
        "malformed",
        "; ".join(f"{fault['at']}: {fault['what']}" for fault in faults),
        "isi permintaan tidak sesuai; lihat errors untuk setiap bagian yang harus diperbaiki",
        errors=faults,
    )


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers) if error.headers else None
    match error.status_code:
        case 404:
            return problem(
                "unknown",
                "nothing is here; /v1/openapi.json lists what is",
                "tidak ada apa-apa di sini; daftarnya ada di /v1/openapi.json",
                headers,
            )
        case 405:
            return problem(
                "method-not-allowed",
                f"{request.method} is not done here; the header Allow names what is",
                f"{request.method} tidak berlaku di sini; lihat header Allow",
                headers,
            )
        case 413 if isinstance(error, TooLarge):
            return too_large(error.most)
    return problem(
        "http",
        f"the request cannot be read: {error.detail}",
        f"permintaan tidak terbaca: {error.detail}",
        headers,
        status=error.status_code,
    )


async def _too_many(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TooMany)
    return too_many(error)


async def _database(request: Request, error: Exception) -> JSONResponse:
    """The database's trouble is 503; what was wrongly asked of it is our fault."""
    if not isinstance(error, PoolTimeout) and not away(error):
        raise error
    return problem(
        "database-unavailable",
        "the database is away at the moment; repeat the request with the same Idempotency-Key",
        "basis data sedang tidak tersedia; ulangi permintaan dengan Idempotency-Key yang sama",
        {"Retry-After": "2"},
    )


async def _broken(request: Request, error: Exception) -> JSONResponse:
    return problem(
        "internal",
        "something broke on our side; nothing you sent was half recorded. It is in our log",
        "ada yang rusak di sisi kami; tidak ada data Anda yang tercatat setengah. Kami mencatatnya",
    )


def of_a_page(request: Request) -> bool:
    """Whether a person looks at it: no address of the API, asked by something that draws HTML."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return not path.startswith("/v1/") and "text/html" in request.headers.get("accept", "")


def install(app: FastAPI, draw: Draw) -> None:
    """Make every error of the app a problem document, and on a page what `draw` makes of it."""

    def handle(kind: type[Exception], answer: Callable[[Request, Exception], Awaitable[JSONResponse]]) -> None:
        async def answered(request: Request, error: Exception) -> Response:
            problem = await answer(request, error)
            return await draw(request, problem) if of_a_page(request) else problem

        app.add_exception_handler(kind, answered)

    for kind in REFUSALS:
        handle(kind, _refused)
    handle(Away, _elsewhere)
    handle(ChangedMeanwhile, _changed)
    handle(TokenRefused, _token)
    handle(RequestReused, _reused)
    handle(LogUnavailable, _away)
    handle(OutOfTime, _away)
    handle(LogWentBack, _went_back)
    handle(RequestValidationError, _malformed)
    handle(HTTPException, _http)
    handle(TooMany, _too_many)
    handle(DBAPIError, _database)
    handle(PoolTimeout, _database)
    handle(RedisUnreachable, _away)
    handle(RedisTimeout, _away)
    handle(Exception, _broken)
