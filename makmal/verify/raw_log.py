"""The whole log as it stands in the broker, byte by byte and unread, for verification."""

from collections.abc import Iterable, Iterator
from heapq import merge
from typing import Any

from msgspec import Struct
from redis import Redis

from makmal.verify.bytes import Entry
from shared.eventlog import SERVICES, Keys

AT_ONCE = 2_000


class Snapshot(Struct, frozen=True):
    counter: int
    """The log's own count of positions."""
    end: int
    """The last position that any stream holds: the counter, if nobody meddled."""


def raw_client(url: str) -> Redis:
    """A client that gives stream entries as they are on the wire."""
    client: Redis = Redis.from_url(url, protocol=2, socket_timeout=30)
    for command in ("XRANGE", "XREVRANGE"):
        client.set_response_callback(command, lambda response, **_: response)
    return client


def snapshot(client: Redis, keys: Keys) -> Snapshot:
    """Where the log ends just now, all streams at one moment."""
    with client.pipeline(transaction=True) as pipe:
        pipe.get(keys.position)
        for service in SERVICES:
            pipe.execute_command("XREVRANGE", keys.stream(service), "+", "-", "COUNT", 1)
        counter, *lasts = pipe.execute()
    ends = [_position(entries[0][0]) for entries in lasts if entries]
    return Snapshot(int(counter or 0), max([int(counter or 0), *ends]))


def entries(client: Redis, keys: Keys, end: int, services: Iterable[str] = SERVICES) -> Iterator[Entry]:
    """All entries up to position `end`, merged. What is no entry of a log (another ID or other fields) has empty bytes."""
    return merge(*(_stream(client, keys, service, end) for service in services), key=lambda entry: entry[1])


def _stream(client: Redis, keys: Keys, service: str, end: int) -> Iterator[Entry]:
    start = "-"
    while True:
        page: list[Any] = client.execute_command("XRANGE", keys.stream(service), start, f"{end}-0", "COUNT", AT_ONCE)
        for id, fields in page:
            whole = id.endswith(b"-0") and len(fields) == 2 and fields[0] == b"__data__"
            yield service, _position(id), fields[1] if whole else b""
        if len(page) < AT_ONCE:
            return
        start = f"({page[-1][0].decode()}"


def _position(id: bytes) -> int:
    return int(id.partition(b"-")[0])
