"""Putting events back into the broker: into an empty one, or where streams have lost entries.

What is put back is what was signed, byte for byte and under its own position. What stands there already is left; where something
else stands, nothing is changed: `Differs`. The services may run meanwhile. Everything the append script keeps beside the streams
(`shared/eventlog/append.lua`) follows from the events: the index of each aggregate, the counter, and the request records of the
last two weeks. Of a request's body the log holds no digest, so a restored record fits any body (`ANY_BODY`).
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec
from msgspec import Struct
from redis import Redis

from makmal.verify.raw_log import entries, snapshot
from shared.eventlog import SERVICES, Keys
from shared.eventlog.answers import ANY_BODY
from shared.eventlog.keys import WEEK
from shared.refusals import Refused

_HERE = Path(__file__).parent
_STREAM, _INDEX = (_HERE / "mend_stream.lua").read_text(), (_HERE / "mend_index.lua").read_text()
_COUNTER = """
local now = tonumber(redis.call('GET', KEYS[1]) or '0')
if now >= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
return 1
"""
AT_ONCE = 500
RECORDS_LIVE = 2 * WEEK
"""Seconds."""


class Source(Protocol):
    """Where events come from: a bundle, or what the notary keeps."""

    size: int

    def raws(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """Position and bytes, in order, up to `size`."""


class Differs(Refused):
    """Something else stands in the broker than what was signed."""

    def __init__(self, position: int, what: str, apa: str):
        super().__init__(
            f"At position {position} {what}. Nothing was changed: an event that stands is never overwritten. Keep this broker's "
            "directory as evidence, and restore into a new one.",
            f"Pada posisi {position} {apa}. Tidak ada yang diubah: peristiwa yang ada tidak pernah ditimpa. Simpan direktori broker "
            "ini sebagai bukti, dan pulihkan ke direktori baru.",
        )
        self.position = position


class Mended(Struct, frozen=True):
    events: dict[str, int]
    """Service -> entries put back into its stream."""
    indexed: int
    """Positions put back into indexes."""
    counter: bool
    """Whether the counter was behind."""
    size: int
    """Up to which position the broker has everything now."""


class _Envelope(Struct):
    type: str
    source: str
    subject: str
    time: datetime
    request: str

    @property
    def service(self) -> str:
        return self.source[1:]


_envelope = msgspec.json.Decoder(_Envelope).decode


class _Requested(Struct):
    first: int
    last: int
    at: datetime


class _Plan:
    """What the source says, and what of it is missing in the streams."""

    def __init__(self) -> None:
        self.missing: dict[str, list[int]] = defaultdict(list)
        self.index: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.requests: dict[tuple[str, str], _Requested] = {}

    def take(self, position: int, envelope: _Envelope) -> None:
        self.index[envelope.service, envelope.subject].append(position)
        known = self.requests.get(key := (envelope.service, envelope.request))
        if envelope.type == "PositionVoided":
            return  # no request led to it
        if known is not None and known.last == position - 1:
            known.last = position
        else:
            self.requests[key] = _Requested(position, position, envelope.time)


def mend(client: Redis, keys: Keys, source: Source) -> Mended:
    """Put back whatever the source has and the broker has not. Raises Differs before anything is changed."""
    plan = _compared(client, keys, source)
    if any(plan.missing.values()):
        _put_back(client, keys, source, plan)
    indexed = _index(client, keys, plan, source.size)
    _records(client, keys, plan)
    end = snapshot(client, keys).end  # as far as any stream goes; the counter comes last, for it says that all is there
    counter = bool(client.eval(_COUNTER, 1, keys.position, str(max(end, source.size))))
    return Mended({service: len(places) for service, places in plan.missing.items()}, indexed, counter, source.size)


def _compared(client: Redis, keys: Keys, source: Source) -> _Plan:
    """Walk source and streams side by side."""
    plan = _Plan()
    standing = entries(client, keys, source.size)
    stream, place, there = next(standing, ("", source.size + 1, b""))
    for position, raw in source.raws():
        envelope = _read(position, raw)
        plan.take(position, envelope)
        if place > position:
            plan.missing[envelope.service].append(position)
            continue
        if place < position:
            raise Differs(place, "two events stand", "ada dua peristiwa")
        if there != raw:
            raise Differs(position, "another event stands than was signed", "ada peristiwa lain, bukan yang ditandatangani")
        if stream != envelope.service:
            raise Differs(
                position,
                f"an event of {envelope.service} stands in the stream of {stream}",
                f"peristiwa {envelope.service} ada di aliran {stream}",
            )
        stream, place, there = next(standing, ("", source.size + 1, b""))
    if place <= source.size:
        raise Differs(place, "two events stand", "ada dua peristiwa")
    return plan


def _read(position: int, raw: bytes) -> _Envelope:
    try:
        envelope = _envelope(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Differs(
            position, f"what was signed is no event ({error})", f"yang ditandatangani bukan peristiwa ({error})"
        ) from error
    if envelope.service not in SERVICES:
        raise Differs(position, f"{envelope.source} is no service", f"{envelope.source} bukan layanan")
    return envelope


def _put_back(client: Redis, keys: Keys, source: Source, plan: _Plan) -> None:
    """A stream takes no entry before the last that it ever had, so one that is there is built anew beside itself."""
    beside = {service for service, places in plan.missing.items() if places and client.exists(keys.stream(service))}
    missing = {service: set(places) for service, places in plan.missing.items()}
    written = {service: keys.stream(service) + (":mended" if service in beside else "") for service in SERVICES}
    for service in beside:
        client.delete(written[service])
    pipe = client.pipeline(transaction=False)
    for position, raw in source.raws():
        service = _envelope(raw).service
        if service in beside or position in missing.get(service, ()):
            pipe.execute_command("XADD", written[service], f"{position}-0", "__data__", raw)
        if len(pipe) >= AT_ONCE:
            pipe.execute()
    pipe.execute()
    for service in sorted(beside):
        client.eval(_STREAM, 2, keys.stream(service), written[service], str(source.size))


def _index(client: Redis, keys: Keys, plan: _Plan, size: int) -> int:
    put_back = 0
    every = list(plan.index.items())
    for start in range(0, len(every), AT_ONCE):
        pipe = client.pipeline(transaction=False)
        for (service, subject), positions in every[start : start + AT_ONCE]:
            pipe.eval(_INDEX, 1, keys.index(service, subject), str(size), *map(str, positions))
        for ((_, subject), positions), answer in zip(every[start : start + AT_ONCE], pipe.execute(), strict=True):
            if answer < 0:
                raise Differs(
                    positions[0], f"the index of {subject} names other events", f"indeks {subject} menyebut peristiwa lain"
                )
            put_back += answer
    return put_back


def _records(client: Redis, keys: Keys, plan: _Plan) -> None:
    """Of this week and the last: older ones are never looked up."""
    now: list[Any] = list(client.time())
    this_week = int(now[0]) // WEEK
    pipe = client.pipeline(transaction=False)
    touched: set[str] = set()
    for (service, request), asked in plan.requests.items():
        week = int(asked.at.timestamp()) // WEEK
        if this_week - 1 <= week <= this_week:
            name = keys.requests(service, week)
            touched.add(name)
            pipe.execute_command("HSETNX", name, request, f"{asked.first} {asked.last} {ANY_BODY}")
        if len(pipe) >= AT_ONCE:
            pipe.execute()
    for name in sorted(touched):
        pipe.expire(name, RECORDS_LIVE)
    pipe.execute()
