"""The client of the log: append, load, read. All of a service's processes may use it at once."""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.exceptions import NoScriptError, RedisError, ResponseError

from shared.eventlog.answers import (
    Append,
    Appended,
    Conflicted,
    History,
    Loaded,
    LogUnavailable,
    LogWentBack,
    OutOfTime,
    ReadPage,
    RequestReused,
    Wanted,
)
from shared.eventlog.envelope import Recorded, parse, parse_entry
from shared.eventlog.groupcommit import GroupCommit
from shared.eventlog.keys import WEEK, Keys

_here = Path(__file__).parent
APPEND_SCRIPT = (_here / "append.lua").read_bytes()
LOAD_SCRIPT = (_here / "load.lua").read_bytes()
_pack = msgspec.msgpack.Encoder().encode

APPENDS_PER_CALL = 256
BYTES_PER_CALL = 1 << 20
EVENTS_PER_APPEND = 1_000
EVENTS_PER_LOAD = 1_000
BYTES_PER_LOAD = 4 << 20
LONGEST_WAIT = 5.0
"""Seconds that a blocking read waits at the most: well below the connection's timeout."""


class EventLog:
    """One service's hold of a log.

    `seen` is the highest position it has ever seen; the runner keeps it over restarts. While `doubt` stands (the runner found that
    the log is not the one this service has seen, or could not compare it yet), appends and loads are refused with it.
    """

    def __init__(self, client: Redis, keys: Keys, service: str, seen: int = 0):
        self.client = client
        self.keys = keys
        self.service = service
        self.seen = seen
        self.doubt: LogUnavailable | LogWentBack | None = None
        self._offset = 0.0
        self._appends: GroupCommit[Append, Appended] = GroupCommit(
            self._send_appends,
            items=APPENDS_PER_CALL,
            size=BYTES_PER_CALL,
            size_of=_size,
            lanes=2,
        )
        self._loads: GroupCommit[tuple[str, Sequence[Wanted]], Loaded] = GroupCommit(
            self._send_loads, items=64, size=512, size_of=lambda load: len(load[1]) + 1
        )

    async def append(self, append: Append) -> Appended:
        """Append atomically. Raises Conflicted, RequestReused, OutOfTime, LogWentBack, LogUnavailable, ValueError."""
        if not append.request:
            raise ValueError("an append needs a request key, if only a random one")
        if _size(append) > BYTES_PER_CALL or len(append.events) > EVENTS_PER_APPEND:
            raise ValueError(f"one append takes at most {EVENTS_PER_APPEND:,} events and 1 MiB")
        guarded = {subject for service, subject, _ in append.expected if service == self.service}
        if unguarded := {subject for subject, _ in append.events} - guarded:
            raise ValueError(f"no version is expected of {', '.join(sorted(unguarded))}")
        if self.doubt is not None:
            raise self.doubt
        return await self._appends(append)

    async def load(self, wanted: Sequence[Wanted], request: str = "") -> Loaded:
        """The histories of these aggregates, as of one position, and what stands on record for the request."""
        if self.doubt is not None:
            raise self.doubt
        loaded = await self._loads((request, wanted))
        histories = list(loaded.histories)
        for i, want in enumerate(wanted):
            history = histories[i]
            while want.known + len(history.events) < history.version:
                known = want.known + len(history.events)
                more = (await self._loads(("", (Wanted(want.service, want.subject, known),)))).histories[0]
                if more.version < history.version:
                    raise LogWentBack(
                        f"{want.subject} went back from version {history.version} to {more.version} while it was read"
                    )
                history = History(history.version, (*history.events, *more.events[: history.version - known]))
            histories[i] = history
        return msgspec.structs.replace(loaded, histories=tuple(histories))

    async def read(self, after: int, streams: Sequence[str], limit: int = 500) -> ReadPage:
        """The events of these services after a position, merged in the order of the log; at most `limit` of each."""
        names = [self.keys.stream(service) for service in streams]
        seen = max(after, self.seen)  # as of now: an append may raise it while the read is under way
        try:
            async with self.client.pipeline(transaction=True) as pipe:
                pipe.execute_command("XREAD", "COUNT", limit, "STREAMS", *names, *[f"{after}-0"] * len(names))
                pipe.get(self.keys.position)
                replies, position = await pipe.execute()
        except (RedisError, OSError) as error:
            raise LogUnavailable(str(error)) from error
        horizon = int(position or 0)
        if horizon < seen:
            raise LogWentBack(f"the log ends at {horizon}, but {self.service} has seen {seen}")
        of = dict(zip(names, streams, strict=True))
        found: list[Recorded] = []
        for name, entries in replies or ():
            service = of[name.decode()]
            found += [parse_entry(service, id, fields) for id, fields in entries]
            if len(entries) == limit:
                horizon = min(horizon, found[-1].position)
        found.sort(key=lambda recorded: recorded.position)
        self.seen = max(self.seen, horizon)
        return ReadPage(tuple(e for e in found if e.position <= horizon), horizon)

    async def at(self, service: str, first: int, last: int) -> tuple[Recorded, ...]:
        """The events of one service from position `first` to `last`."""
        try:
            entries = await self.client.execute_command("XRANGE", self.keys.stream(service), f"{first}-0", f"{last}-0")
        except (RedisError, OSError) as error:
            raise LogUnavailable(str(error)) from error
        return tuple(parse_entry(service, id, fields) for id, fields in entries)

    async def position(self) -> int:
        try:
            return int(await self.client.get(self.keys.position) or 0)
        except (RedisError, OSError) as error:
            raise LogUnavailable(str(error)) from error

    async def wake(self, after: int, streams: Sequence[str], timeout: float) -> None:
        """Return when one of the streams has something after the position, or after `timeout` seconds (at most five).

        It only wakes: what is new, `read` says. While the broker is away it returns after half a second or the timeout.
        """
        names = [self.keys.stream(service) for service in streams]
        block = max(1, int(min(timeout, LONGEST_WAIT) * 1000))
        try:
            since = [f"{after}-0"] * len(names)
            await self.client.execute_command("XREAD", "COUNT", 1, "BLOCK", block, "STREAMS", *names, *since)
        except (RedisError, OSError):
            await asyncio.sleep(min(timeout, 0.5))

    def now(self) -> datetime:
        """The broker's clock by the offset measured at the last load."""
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() + self._offset, UTC)

    async def _run_script(self, command: str, script: bytes, keys: list[str], *arguments: bytes) -> Any:
        sha = _sha1(script)
        try:
            try:
                return await self.client.execute_command(command, sha, len(keys), *keys, *arguments)
            except NoScriptError:
                await self.client.script_load(script)
                return await self.client.execute_command(command, sha, len(keys), *keys, *arguments)
        except ResponseError as error:
            if "equal or smaller" in str(error):
                raise LogWentBack(f"the counter is behind the stream of {self.service}") from error
            raise LogUnavailable(str(error)) from error
        except (RedisError, OSError) as error:
            raise LogUnavailable(str(error) or type(error).__name__) from error

    def _measure(self, now: int) -> None:
        self._offset = now / 1000 - datetime.now(UTC).timestamp()

    async def _send_appends(self, appends: Sequence[Append]) -> Sequence[Appended | Exception]:
        for _ in range(3):
            week = int(self.now().timestamp()) // WEEK
            own, requests = self.keys.stream(self.service), self.keys.requests
            keys = [self.keys.position, own, requests(self.service, week), requests(self.service, week - 1)]
            number: dict[tuple[str, str], int] = {}

            def key(service: str, subject: str, keys: list[str] = keys, number: dict[tuple[str, str], int] = number) -> int:
                known = number.get((service, subject))
                if known is None:
                    keys.append(self.keys.index(service, subject))
                    known = number[service, subject] = len(keys)
                return known

            packed, raws = [], []
            for append in appends:
                expected = [n for service, subject, version in append.expected for n in (key(service, subject), version)]
                events = [key(self.service, subject) for subject, _ in append.events]
                raws += [raw for _, raw in append.events]
                packed.append((int(append.at.timestamp() * 1000), append.request, append.body, expected, events))
            status, *rest = await self._run_script("EVALSHA", APPEND_SCRIPT, keys, _pack((self.seen, week, packed)), *raws)
            if status == b"ok":
                self.seen = max(self.seen, rest[0])
                subjects = {n: subject for (_, subject), n in number.items()}
                return [self._answer(answer, subjects) for answer in rest[1]]
            if status == b"back":
                raise LogWentBack(f"the log ends at {rest[0]}, but {self.service} has seen {self.seen}")
            self._measure(rest[0])
        raise LogUnavailable("the broker's clock cannot be followed")

    def _answer(self, answer: list[Any], subjects: dict[int, str]) -> Appended | Exception:
        match answer:
            case [b"appended", first, last]:
                return Appended(first, last, False)
            case [b"done", first, last]:
                return Appended(first, last, True)
            case [b"conflict", key, version]:
                return Conflicted(subjects[key], version)
            case [b"reused"]:
                return RequestReused("this request key stands with another body")
            case _:
                self._measure(answer[1])
                return OutOfTime("the event's time is more than 5 s off the broker's clock")

    async def _send_loads(self, loads: Sequence[tuple[str, Sequence[Wanted]]]) -> Sequence[Loaded | Exception]:
        week = int(self.now().timestamp()) // WEEK
        requests = self.keys.requests
        keys = [self.keys.position, requests(self.service, week), requests(self.service, week - 1)]
        number: dict[str, int] = {}

        def key(name: str) -> int:
            known = number.get(name)
            if known is None:
                keys.append(name)
                known = number[name] = len(keys)
            return known

        seen = self.seen  # as of now: an append may raise it while the load is under way
        packed = []
        for request, wanted in loads:
            numbers: list[int] = []
            for want in wanted:
                numbers += key(self.keys.index(want.service, want.subject)), key(self.keys.stream(want.service)), want.known
            packed.append((request, numbers))
        now, position, answers = await self._run_script(
            "EVALSHA_RO", LOAD_SCRIPT, keys, _pack((EVENTS_PER_LOAD, BYTES_PER_LOAD, packed))
        )
        self._measure(now)
        if position < seen:
            raise LogWentBack(f"the log ends at {position}, but {self.service} has seen {seen}")
        self.seen = max(self.seen, position)
        when = datetime.fromtimestamp(now / 1000, UTC)
        return [
            Loaded(when, position, _record(record), tuple(map(_history, (w.service for w in wanted), histories)))
            for (_, wanted), (record, *histories) in zip(loads, answers, strict=True)
        ]


def _size(append: Append) -> int:
    """Bytes that an append takes in a call, well enough for the limit."""
    size = len(append.request) + len(append.body) + 24 * (len(append.expected) + len(append.events))
    for _, raw in append.events:
        size += len(raw)
    return size


@cache
def _sha1(script: bytes) -> str:
    """The name under which the broker keeps a script."""
    return hashlib.sha1(script).hexdigest()


def _record(record: bytes) -> tuple[int, int, str] | None:
    if not record:
        return None
    first, last, body = record.decode().split(" ", 2)
    return int(first), int(last), body


def _history(service: str, answer: list[Any]) -> History:
    version, flat = answer
    pairs = zip(flat[::2], flat[1::2], strict=True)
    return History(version, tuple(parse(service, int(position), raw) for position, raw in pairs))


async def close(log: EventLog) -> None:
    """Close the log's connections, after what is under way has ended."""
    await asyncio.shield(log.client.aclose())
