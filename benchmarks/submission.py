"""Submissions over HTTP, authenticated, validated, durable, beside an endpoint that only validates the same body."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from random import Random

import httpx
import msgspec

from benchmarks.ground import ground
from benchmarks.http_load import CONNECTIONS, requests_per_second
from benchmarks.measured import Measured, repeated, scaled, side_by_side
from benchmarks.server import Server, serving
from benchmarks.tokens import token
from makmal.demo.innovations import demo_innovations
from services.registration.edition_folder import Edition, read_edition
from shared.sockets import socket_directory
from shared.web import rates

REQUESTS = 1_000
"""Of one round."""
TARGET = 0.5
FOLDER = Path(__file__).resolve().parent.parent / "editions" / "batam-2023"

UNLIMITED = {rates.ADDRESS: "0 1", rates.CLIENT: "0 1"}
"""The one caller of this benchmark asks faster than any real one may."""


async def measure(scale: float = 1.0) -> list[Measured]:
    requests = scaled(REQUESTS, scale, CONNECTIONS)
    edition = _open_now(read_edition(FOLDER))
    with ground() as here:
        bearer = await token(here, "client/bench", ("committee", "service"), edition.rulebook.edition)
        settings = here.house.environment("registration", broker_url=here.url("registration"), public_url="http://bench")
        run = socket_directory(here.house.run)
        ours, bare = run / "ours.sock", run / "bare.sock"
        with serving(
            Server("services.registration.app:app", ours, "/readyz", {**settings, **UNLIMITED}),
            Server("benchmarks.bare_endpoint:app", bare, "/openapi.json"),
        ):
            _prepare(ours, edition, bearer)
            made = submissions(edition, bearer)
            submitted, validated = await side_by_side(
                lambda: requests_per_second(ours, list(islice(made, requests))),
                lambda: requests_per_second(bare, list(islice(made, requests))),
                rounds=repeated(7, scale),
            )
    what = f"POST of an innovation (300 to 600 words), one worker, {CONNECTIONS} connections"
    against = "bare FastAPI, one worker, that only validates the body"
    return [Measured("submission", what, submitted, validated, against, "requests/s", TARGET)]


def _open_now(edition: Edition) -> Edition:
    """The edition, with registration open today."""
    now = datetime.now(UTC)
    calendar = msgspec.structs.replace(
        edition.rulebook.calendar,
        registration_opens=now - timedelta(days=1),
        registration_closes=now + timedelta(days=1),
        judging_closes=now + timedelta(days=2),
    )
    return msgspec.structs.replace(edition, rulebook=msgspec.structs.replace(edition.rulebook, calendar=calendar))


def _prepare(socket: Path, edition: Edition, bearer: str) -> None:
    """Open the edition and enrol its institutions."""
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(socket)), base_url="http://bench") as client:

        def post(path: str, body: dict[str, object]) -> None:
            headers = {"Authorization": f"Bearer {bearer}", "Idempotency-Key": uuid.uuid4().hex}
            client.post(f"/v1/editions{path}", json=body, headers=headers).raise_for_status()

        post("", {"rulebook": msgspec.to_builtins(edition.rulebook)})
        for institution in edition.roster:
            body = {name: getattr(institution, name) for name in ("code", "kind", "name", "abbreviation", "parent")}
            post(f"/{edition.rulebook.edition}/institutions", body)


def submissions(edition: Edition, bearer: str) -> Iterator[bytes]:
    """Requests without end: the demo's innovations in no order of institutions, each time under another name."""
    pool = demo_innovations(1, edition.rulebook, edition.roster)
    Random(1).shuffle(pool)
    for number in count():
        innovation = pool[number % len(pool)]
        record = msgspec.structs.replace(innovation.record, name=f"{innovation.record.name} {number}")
        body = msgspec.json.encode({"institution": innovation.institution, "record": record})
        head = (
            f"POST /v1/editions/{edition.rulebook.edition}/innovations HTTP/1.1\r\n"
            f"Host: bench\r\nAuthorization: Bearer {bearer}\r\nIdempotency-Key: {uuid.uuid4().hex}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        yield head.encode() + body
