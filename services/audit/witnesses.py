"""Collecting cosignatures: every checkpoint is shown to the configured witnesses, and what they cosign is published beside it.

It works from the public directory alone, in the background: no witness, slow, away or hostile, delays the notary.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import httpx
import structlog
from faststream.redis import RedisBroker
from prometheus_client import Gauge

from services.audit.ledger import origin_of, public_directory
from shared.ending import end
from shared.parts import Parts
from shared.settings import Misconfigured
from shared.transparency.checkpoint import Checkpoint, parse_checkpoint
from shared.transparency.cosignature import Cosigned, WitnessVerifier, parse_cosignatures, timestamp_of, with_cosignatures
from shared.transparency.files import write_durably
from shared.transparency.note import InvalidKey, InvalidNote, Note, Signature, parse
from shared.transparency.tilefiles import TileError
from shared.transparency.tiles import TileStore
from shared.transparency.witnessing import PATH, AddCheckpoint, InvalidRequest, size_told

log = structlog.get_logger()

SETTING = "MAKMAL_WITNESSES"
SECONDS_BETWEEN_ROUNDS = 1.0
PATIENCE = 5.0
"""Seconds that a witness has for an answer."""
LONGEST_REST = 60.0
"""Seconds until a witness that failed is asked again; fewer after its first failures."""
LARGEST_ANSWER = 100_000

COSIGNED = Gauge("makmal_witness_position", "Position up to which a witness has cosigned", ["witness"])
REFUSES = Gauge("makmal_witness_refuses", "1: the witness has seen another log than this one", ["witness"])


class ShowsAnother(Exception):
    """The witness has seen what this log does not continue: this log, or its copy that was restored, is not the one it was."""


class Unusable(Exception):
    """The witness gave no answer that can be used."""


class Asked:
    """A configured witness and what came of asking it."""

    def __init__(self, url: str, verifier: WitnessVerifier):
        self.url = url.rstrip("/")
        self.verifier = verifier
        self.size = 0
        """Of the last checkpoint that it has cosigned, as far as is known here."""
        self.given: Cosigned | None = None
        self.failure = ""
        """Why the last answer was of no use; empty: it was."""
        self._failures = 0
        self._not_before = 0.0

    @property
    def name(self) -> str:
        return self.verifier.name

    @property
    def rests(self) -> bool:
        return time.monotonic() < self._not_before

    def succeeded(self, size: int, at: int) -> None:
        if self.failure:
            log.info("a witness cosigns again", witness=self.name)
        self.size, self.given, self.failure, self._failures, self._not_before = size, Cosigned(self.name, at), "", 0, 0.0
        COSIGNED.labels(self.name).set(size)
        REFUSES.labels(self.name).set(0)

    def failed(self, why: str, *, another: bool) -> None:
        if self.failure != why:
            log.error("a witness has not cosigned", witness=self.name, why=why, contradicts=another)
        self.failure, self._failures = why, self._failures + 1
        self._not_before = time.monotonic() + min(LONGEST_REST, 2.0 ** (self._failures - 1))
        REFUSES.labels(self.name).set(1 if another else 0)


def configured(environment: Mapping[str, str]) -> list[Asked]:
    """The witnesses of `MAKMAL_WITNESSES`: pairs of a URL and a verifier key, all apart by spaces. Raises Misconfigured."""
    words = environment.get(SETTING, "").split()
    if len(words) % 2:
        raise Misconfigured(f"{SETTING} holds pairs of a URL and a witness' key, but {len(words)} words")
    found: dict[str, Asked] = {}
    for url, vkey in zip(words[::2], words[1::2], strict=True):
        if not url.startswith(("http://", "https://")):
            raise Misconfigured(f"{SETTING}: {url} is no URL of a witness")
        try:
            asked = Asked(url, WitnessVerifier.parse(vkey))
        except InvalidKey as error:
            raise Misconfigured(f"{SETTING}: {vkey} is no witness' key: {error}") from error
        if found.setdefault(asked.name, asked) is not asked:
            raise Misconfigured(f"{SETTING} names {asked.name} twice")
    return list(found.values())


class Witnesses:
    """All of them. `run` until cancelled."""

    def __init__(self, directory: Path, origin: str, asked: Sequence[Asked], *, between: float = SECONDS_BETWEEN_ROUNDS):
        self.asked = asked
        self._origin = origin
        self._public = public_directory(directory)
        self._tiles = TileStore(self._public)
        self._between = between
        self._text = ""
        self._signatures: dict[str, Signature] = {}
        """Of the checkpoint with that text, by witness."""
        self._publishing = asyncio.Lock()

    @property
    def cosigned_file(self) -> Path:
        return self._public / "cosigned-checkpoint"

    async def run(self) -> None:
        async with httpx.AsyncClient(timeout=PATIENCE, follow_redirects=False) as client:
            while True:
                started = time.monotonic()
                try:
                    await self.round(client)
                except (OSError, TileError) as error:  # tiles and checkpoint are there again after the notary has mended them
                    log.error("no checkpoint can be shown to witnesses", why=str(error))
                await asyncio.sleep(max(0.0, started + self._between - time.monotonic()))

    async def round(self, client: httpx.AsyncClient) -> None:
        """Show the last checkpoint to those who have not cosigned it yet."""
        message = await asyncio.to_thread(self._read)
        if message is None:
            return
        note = parse(message)
        if note.text != self._text:
            self._text, self._signatures = note.text, {}
        still_open = [asked for asked in self.asked if asked.name not in self._signatures and not asked.rests]
        await asyncio.gather(*(self._show(client, asked, note) for asked in still_open))

    async def _show(self, client: httpx.AsyncClient, asked: Asked, note: Note) -> None:
        """Show it to one, and publish its cosignature at once: who is slow delays no other."""
        signature = await self._ask(client, asked, note)
        if signature is None:
            return
        async with self._publishing:
            self._signatures[asked.name] = signature
            cosigned = with_cosignatures(note.to_bytes(), self._signatures.values())
            await asyncio.to_thread(write_durably, self.cosigned_file, cosigned)

    def _read(self) -> bytes | None:
        file = self._public / "checkpoint"
        return file.read_bytes() if file.exists() else None

    async def _ask(self, client: httpx.AsyncClient, asked: Asked, note: Note) -> Signature | None:
        checkpoint = parse_checkpoint(note.text)
        try:
            async with asyncio.timeout(PATIENCE):
                signature = await self._cosigned(client, asked, note, checkpoint)
        except ShowsAnother as error:
            asked.failed(str(error), another=True)
        except (Unusable, InvalidNote, InvalidRequest, httpx.HTTPError, TimeoutError) as error:
            asked.failed(str(error) or f"no answer within {PATIENCE:g} s", another=False)
        else:
            asked.succeeded(checkpoint.size, timestamp_of(signature))
            return signature
        return None

    async def _cosigned(self, client: httpx.AsyncClient, asked: Asked, note: Note, checkpoint: Checkpoint) -> Signature:
        """Its cosignature; asked twice where it has seen more or less than is known here."""
        for _ in range(2):
            if asked.size > checkpoint.size:
                raise ShowsAnother(f"it has seen {asked.size} entries, this log has only {checkpoint.size}: it was put back")
            proof = await asyncio.to_thread(self._proof, asked.size, checkpoint.size)
            body = AddCheckpoint(asked.size, proof, note.to_bytes()).to_bytes()
            status, answer = await _post(client, asked.url + PATH, body)
            if status == 200:
                return _its_signature(asked.verifier, note, answer)
            if status != 409:
                break
            size = size_told(answer)
            if size == asked.size:
                raise ShowsAnother(f"it has seen another log of {size} entries under the name {self._origin}")
            asked.size = size
        said = answer.decode(errors="replace").strip()[:200]
        if status == 422:
            raise ShowsAnother(f"this log does not continue the {asked.size} entries that it has seen: {said}")
        raise Unusable(f"it answers {status}: {said}")

    def _proof(self, old: int, size: int) -> tuple[bytes, ...]:
        return tuple(self._tiles.consistency_proof(old, size))


async def _post(client: httpx.AsyncClient, url: str, body: bytes) -> tuple[int, bytes]:
    """Status and body of the answer; not more of it than one can have to say."""
    async with client.stream("POST", url, content=body) as answer:
        data = b""
        async for part in answer.aiter_bytes():
            data += part
            if len(data) > LARGEST_ANSWER:
                raise Unusable("its answer does not end")
        return answer.status_code, data


def _its_signature(verifier: WitnessVerifier, note: Note, answer: bytes) -> Signature:
    for signature in parse_cosignatures(answer.decode(errors="replace")):
        if verifier.verifies(note.text, signature):
            return signature
    raise Unusable(f"its answer holds no cosignature of this checkpoint by the key {verifier.vkey}")


def cosigned_at(asked: Asked) -> datetime | None:
    """When it last cosigned a checkpoint of this log."""
    return asked.given.at if asked.given else None


@asynccontextmanager
async def witnesses(parts: Parts, broker: RedisBroker) -> AsyncIterator[None]:
    """The collection as a background task of the audit service."""
    it = Witnesses(parts.settings.data, origin_of(parts.settings.log), configured(parts.settings.environment))
    parts.own["witnesses"] = it
    if not it.asked:
        yield
        return
    task = asyncio.create_task(it.run(), name="witnesses")
    try:
        yield
    finally:
        await end([task])
