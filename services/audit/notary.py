"""The notary: it follows the whole log in order, keeps every event's bytes and hash, and signs checkpoints of what it has seen.

It stops loudly, and signs nothing, while the log is torn, unreadable or contradicts what was signed; it goes on by itself when
that has been mended.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog
from faststream.redis import RedisBroker
from prometheus_client import Gauge

from services.audit.ledger import Inconsistent, Ledger, LedgerHeld, origin_of
from services.audit.on_record import NOTARY, Command, RecordInconsistency, RecordKey, on_record, suspect
from shared.deciding import Act, Desk
from shared.ending import end
from shared.eventlog import SERVICES, LogUnavailable, LogWentBack, OutOfTime, Recorded, Unreadable
from shared.eventlog.envelope import MAX_BYTES
from shared.eventlog.whole import Counted, Missing, Torn, WholeLog
from shared.parts import Parts
from shared.refusals import ChangedMeanwhile, Refused
from shared.transparency.merkle import leaf_hash
from shared.transparency.tilefiles import TileError

log = structlog.get_logger()

SECONDS_BETWEEN_CHECKPOINTS = 0.25
SECONDS_BETWEEN_REVIEWS = 3600.0
SEARCHED_AT_ONCE = 5000
"""Events compared at once where the streams hold more or fewer entries than they should."""
EVENTS_AT_ONCE = 4096
"""Kept with one set of file writes while catching up."""

SIGNED = Gauge("makmal_notary_position", "Position up to which the notary has signed")
LAG = Gauge("makmal_notary_lag", "Positions of the log that the notary has not signed yet")
STOPPED = Gauge("makmal_notary_stopped_position", "Position at which the notary has stopped; 0: it runs, -1: elsewhere")


class Notary:
    """`failure` says why it signs nothing, or nothing if it does."""

    def __init__(
        self,
        event_log: WholeLog,
        desk: Desk,
        directory: Path,
        *,
        between: float = SECONDS_BETWEEN_CHECKPOINTS,
        rest: float = 1.0,
    ):
        self.origin = origin_of(event_log.keys.log)
        self.vkey = ""
        self.signed = 0
        """Position up to which it has signed."""
        self.failure = "the notary has not yet compared the log with what it signed"
        self._log = event_log
        self._desk = desk
        self._directory = directory
        self._between = between
        self._rest = rest
        self._reviewed = 0
        self._next_review = 0.0
        self._moved = asyncio.Event()
        self._explained: tuple[int, int] | None = None
        """Entries too few, and the size signed, when all that was signed was still found: the flaw lies behind it."""

    async def reached(self, position: int, timeout: float) -> bool:
        """Wait until it has signed a position, at most `timeout` seconds; whether it has."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while self.signed < position:
                    await self._moved.wait()
        return self.signed >= position

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            try:
                with Ledger(self._directory, self.origin) as ledger:
                    self.vkey = ledger.vkey
                    self._has_signed(ledger.signed.size)
                    await self._follow(ledger)
            except (Torn, Unreadable, Inconsistent) as error:
                self._stopped(str(error), error.position or -1)
                if isinstance(error, Inconsistent) and error.position:
                    await self._put_on_record(RecordInconsistency(error.position, str(error)))
            except (LogUnavailable, LogWentBack, LedgerHeld, OutOfTime, ChangedMeanwhile, OSError) as error:
                self._stopped(str(error) or type(error).__name__, -1)
            except Exception as error:
                self._stopped(f"the notary has failed: {error!r}", -1)
                raise
            await asyncio.sleep(self._rest)

    async def _follow(self, ledger: Ledger) -> None:
        await self._compare(ledger)
        state, _ = await self._desk.state(NOTARY(""))
        for position in suspect(state):
            await self._must_be_signed(ledger, position - 1, position)
        if on_record(state) not in (ledger.vkey, ledger.successor() or ledger.vkey):
            await self._desk.carry_out(Act(NOTARY(""), RecordKey(ledger.vkey)), actor="service/audit")
        self._reviewed, self._next_review = 0, 0.0
        while True:
            started = time.monotonic()
            await self._must_be_there(ledger)
            await self._catch_up(ledger)
            if successor := ledger.successor():
                await self._hand_over(ledger, successor)
            self._goes_on()
            if not await self._review(ledger):
                await self._log.wake(ledger.size, SERVICES, 1.0)
            await asyncio.sleep(max(0.0, started + self._between - time.monotonic()))

    async def _catch_up(self, ledger: Ledger) -> None:
        """Keep and sign everything up to the end of the log, or up to where it is torn."""
        end = await self._log.position()  # what comes meanwhile waits for the next time: under load it never stops coming
        while ledger.size < end:
            waiting: list[Recorded] = []
            try:
                while len(waiting) < EVENTS_AT_ONCE and ledger.size + len(waiting) < end:
                    page = await self._log.read_on(ledger.size + len(waiting))
                    waiting += map(_keepable, page.events)
            finally:  # what is whole before a flaw is signed before the notary stops at it
                if waiting:
                    await _to_its_end(ledger.extend, [recorded.raw for recorded in waiting])
                if ledger.size != ledger.signed.size:
                    await _to_its_end(ledger.sign)
                self._has_signed(ledger.signed.size)

    async def _hand_over(self, ledger: Ledger, successor: str) -> None:
        """Vouch for the next key: its record stands under a checkpoint of the old key, and both keys sign that."""
        await self._desk.carry_out(Act(NOTARY(""), RecordKey(successor)), actor="service/audit")
        recorded = await self._log.position()
        while ledger.signed.size < recorded:
            await self._catch_up(ledger)
        await _to_its_end(ledger.hand_over)
        self.vkey = ledger.vkey
        log.info("the notary signs with a new key", origin=self.origin, vkey=self.vkey)

    # -- comparing the log with what was signed

    async def _compare(self, ledger: Ledger) -> None:
        """The log must still be there as far as it was signed, and end there with the same bytes."""
        size = ledger.signed.size
        await self._must_be_there(ledger)
        if size:
            await self._must_be_signed(ledger, size - 1, size)

    async def _must_be_there(self, ledger: Ledger) -> None:
        """As many entries as positions, or what was signed is searched for the first that is lost: a stream was trimmed or deleted.

        Comes before anything is signed: it holds over what stands unsigned behind the flaw as well.
        """
        counted, size = await self._log.counted(), ledger.signed.size
        if counted.positions < size:
            raise LogWentBack(f"the log is shorter than the {size} events that the notary has signed; restore it")
        too_few = counted.positions - counted.entries
        if too_few == 0 or self._explained == (too_few, size):
            return
        if not self.failure:
            self._stopped(_uneven(counted), -1)
        at = 0
        while at < size:
            at = await self._must_be_signed(ledger, at, size, SEARCHED_AT_ONCE)
        if too_few < 0 and counted.positions == size:
            raise Inconsistent(_uneven(counted))
        self._explained = too_few, size

    async def _review(self, ledger: Ledger) -> bool:
        """Compare a few more of the older events, one round an hour: bytes can change without anybody writing.

        False when nothing is left to be compared in this round.
        """
        if self._reviewed >= ledger.signed.size:
            self._reviewed, self._next_review = 0, time.monotonic() + SECONDS_BETWEEN_REVIEWS
        if time.monotonic() < self._next_review:
            return False
        self._reviewed = await self._must_be_signed(ledger, self._reviewed, ledger.signed.size)
        return True

    async def _must_be_signed(self, ledger: Ledger, start: int, end: int, limit: int = 500) -> int:
        """Compare one page of the events after position `start`, at most up to `end`; the position reached."""
        try:
            page = await self._log.read_on(start, limit)
        except Missing as missing:
            raise Inconsistent(
                f"position {missing.position} was signed and is missing from all streams now: put it back with "
                "`makmal audit restore --mend`",
                missing.position,
            ) from missing
        events = [recorded for recorded in page.events if recorded.position <= end]
        try:
            leaves = await asyncio.to_thread(ledger.tiles.leaf_hashes, start, start + len(events))
        except TileError as error:
            raise Inconsistent(f"the hash tiles of what was signed cannot be read: {error}") from error
        _compare(events, leaves)
        return start + len(events)

    # -- what others see of it

    async def _put_on_record(self, command: Command) -> None:
        with suppress(LogUnavailable, LogWentBack, OutOfTime, ChangedMeanwhile, Refused):  # tried again after the rest
            await self._desk.carry_out(Act(NOTARY(""), command), actor="service/audit")

    def _has_signed(self, size: int) -> None:
        self.signed = size
        self._moved.set()
        self._moved = asyncio.Event()
        SIGNED.set(size)
        LAG.set(max(0, self._log.seen - size))

    def _stopped(self, why: str, position: int) -> None:
        if self.failure != why:
            log.error("the notary signs nothing until this is mended", why=why, position=position)
        self.failure = why
        STOPPED.set(position)

    def _goes_on(self) -> None:
        if self.failure:
            log.info("the notary signs", origin=self.origin)
        self.failure = ""
        STOPPED.set(0)


async def _to_its_end(work: Callable[..., object], *arguments: object) -> None:
    """Run blocking work in a thread; who is cancelled meanwhile leaves the ledger only when the work has ended."""
    running = asyncio.ensure_future(asyncio.to_thread(work, *arguments))
    cancelled = False
    while not running.done():
        try:
            await asyncio.wait([running])
        except asyncio.CancelledError:
            cancelled = True
    running.result()
    if cancelled:
        raise asyncio.CancelledError


def _keepable(recorded: Recorded) -> Recorded:
    if len(recorded.raw) > MAX_BYTES:
        raise Unreadable(recorded.position, f"it has {len(recorded.raw)} bytes; an event has at most {MAX_BYTES}")
    return recorded


def _compare(events: Sequence[Recorded], leaves: Sequence[bytes]) -> None:
    for recorded, leaf in zip(events, leaves, strict=True):
        if leaf_hash(recorded.raw) != leaf:
            raise Inconsistent(f"the event at position {recorded.position} is not the one that was signed", recorded.position)


def _uneven(counted: Counted) -> str:
    return f"the streams hold {counted.entries} entries of {counted.positions} positions"


@asynccontextmanager
async def notary(parts: Parts, broker: RedisBroker) -> AsyncIterator[None]:
    """The notary as a background task of the audit service, which is ready when it signs."""
    if not isinstance(parts.event_log, WholeLog):
        raise TypeError("the notary must notice what is missing in the log: give the service a WholeLog")
    it = Notary(parts.event_log, parts.desk, parts.settings.data)
    parts.own["notary"] = it
    parts.checks.append(lambda: it.failure)
    task = asyncio.create_task(it.run(), name="notary")
    try:
        yield
    finally:
        await end([task])
