"""A verification run that an auditor starts from the page: every byte of the log read anew and compared with what is signed.

What it covers: gapless numbers, what every event says of itself (its form, its change number, its cause), and the tree over all of
them against the signed checkpoint. That every decision was allowed and every winner follows, `makmal audit verify` checks.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import Response
from faststream.redis import RedisBroker

from services.audit.ledger import public_directory
from services.audit.notary import Notary
from services.audit.pages_kinds import Said
from shared.ending import end
from shared.eventlog import LogUnavailable, LogWentBack, Recorded, Unreadable
from shared.eventlog.whole import Torn, WholeLog
from shared.parts import Parts
from shared.transparency.checkpoint import InvalidCheckpoint, open_checkpoint
from shared.transparency.merkle import Tree, leaf_hash
from shared.transparency.note import InvalidNote, Verifier
from shared.web.pages import Member, PageRouter

pages = PageRouter()

AT_ONCE = 200
"""Events of each service that are read together; hashing them takes a few milliseconds in a thread of its own."""


class Violated(Exception):
    """The log is not what was signed, or not what a log is."""

    def __init__(self, en: str, id: str):
        super().__init__(en)
        self.said = Said(en, id)


class Walk:
    """The events up to now, in order. Raises Violated at the first that is wrong."""

    def __init__(self) -> None:
        self.tree = Tree()
        self._versions: dict[tuple[str, str], int] = {}
        self._ids: set[str] = set()

    def take(self, events: Sequence[Recorded]) -> None:
        for recorded in events:
            self._must_follow(recorded)
        self.tree.extend(leaf_hash(recorded.raw) for recorded in events)

    def _must_follow(self, recorded: Recorded) -> None:
        envelope, n = recorded.envelope, recorded.position
        try:
            recorded.event  # noqa: B018  reading it checks its form
        except ValueError as error:
            raise Violated(f"No. {n} cannot be read: {error}.", f"No. {n} tidak terbaca: {error}.") from error
        subject = (recorded.service, envelope.subject)
        if envelope.version != self._versions.get(subject, 0) + 1:
            raise Violated(
                f"No. {n} is not the next change of what it is about.",
                f"No. {n} bukan perubahan berikutnya dari hal yang dimaksud.",
            )
        if envelope.causationid is not None and envelope.causationid not in self._ids:
            raise Violated(
                f"No. {n} names a cause that was not recorded before it.",
                f"No. {n} menyebut sebab yang tidak tercatat sebelumnya.",
            )
        self._versions[subject] = envelope.version
        self._ids.add(envelope.id)


class Run:
    """`done` of `total` events are checked. `violation`: what is wrong; `away`: why it could not be finished."""

    def __init__(self, total: int) -> None:
        self.total, self.done = total, 0
        self.began = datetime.now(UTC)
        self.seconds = 0.0
        self.root = ""
        self.finished = False
        self.violation: Said | None = None
        self.away = False


class Verifying:
    """One run at a time, whoever asked for it; the last one is remembered."""

    def __init__(self, parts: Parts) -> None:
        self.run: Run | None = None
        self._parts = parts
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Unless one is under way."""
        if self.run is None or self.run.finished:
            notary: Notary = self._parts.own["notary"]
            self.run = Run(notary.signed)
            self._task = asyncio.create_task(self._carry_out(self.run, notary), name="verification")

    async def stop(self) -> None:
        if self._task is not None:
            await end([self._task])

    async def _carry_out(self, run: Run, notary: Notary) -> None:
        began = time.monotonic()
        try:
            await self._walk(run, notary)
        except Violated as violated:
            run.violation = violated.said
        except (InvalidCheckpoint, InvalidNote) as error:
            run.violation = Said(f"The checkpoint is not signed as it should be: {error}.", f"Checkpoint tidak sah: {error}.")
        except (Torn, Unreadable) as error:
            run.violation = Said(f"The log is torn: {error}.", f"Log terputus: {error}.")
        except LogWentBack as error:
            run.violation = Said(f"The log is shorter than it was: {error}.", f"Log lebih pendek dari semula: {error}.")
        except (LogUnavailable, OSError):
            run.away = True
        finally:
            run.seconds, run.finished = time.monotonic() - began, True

    async def _walk(self, run: Run, notary: Notary) -> None:
        log = self._parts.event_log
        assert isinstance(log, WholeLog)
        note = await asyncio.to_thread((public_directory(self._parts.settings.data) / "checkpoint").read_bytes)
        signed = open_checkpoint(note, notary.origin, [Verifier.parse(notary.vkey)])
        run.total, walk = signed.size, Walk()
        while run.done < signed.size:
            page = await log.read_on(run.done, AT_ONCE)
            events = [recorded for recorded in page.events if recorded.position <= signed.size]
            if not events:
                raise Violated(f"The log ends at no. {run.done}.", f"Log berakhir pada no. {run.done}.")
            await asyncio.to_thread(walk.take, events)
            run.done = events[-1].position
        run.root = walk.tree.root().hex()
        if run.root != signed.root.hex():
            raise Violated(
                "The events give another root than the one that is signed.",
                "Peristiwa-peristiwa menghasilkan akar yang lain dari yang ditandatangani.",
            )


@asynccontextmanager
async def verifying(parts: Parts, broker: RedisBroker) -> AsyncIterator[None]:
    """Ends a run under way when the service ends."""
    it = parts.own["verifying"] = Verifying(parts)
    try:
        yield
    finally:
        await it.stop()


@pages.get("/e/{edition}/verification")
async def verification_page(visit: Member, edition: str) -> Response:
    """The run under way, or the last one. A page that is open asks every second how far it is."""
    await visit.rules()
    visit.me.must_hold(edition, "auditor")
    it: Verifying = visit.parts.own["verifying"]
    return await visit.render("verification.html", run=it.run, block="progress" if visit.live else "")


@pages.post("/e/{edition}/verification")
async def start_verification(visit: Member, edition: str) -> Response:
    await visit.rules()
    visit.me.must_hold(edition, "auditor")
    it: Verifying = visit.parts.own["verifying"]
    it.start()
    return await visit.go(f"/audit/e/{edition}/verification")
