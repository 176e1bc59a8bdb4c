"""The envelope of an event: CloudEvents 1.0, structured JSON. Its bytes are stored, delivered, hashed and archived as they are."""

import os
import time
from datetime import datetime
from functools import cache, cached_property

import msgspec
from msgspec import Struct

from shared import events

MAX_BYTES = 65_535
"""Archive entries have 16-bit lengths."""


class Unreadable(Exception):
    """An entry of the log that no reader may accept: not an event, or written where it does not belong."""

    def __init__(self, position: int, why: str):
        super().__init__(f"position {position}: {why}")
        self.position = position
        self.why = why


class Envelope(Struct, frozen=True, kw_only=True, omit_defaults=True):
    specversion: str
    id: str
    type: str
    source: str
    subject: str
    time: datetime
    dataschema: str
    edition: str | None = None
    version: int
    actor: str
    request: str
    correlationid: str
    causationid: str | None = None
    data: msgspec.Raw


def new_id() -> str:
    """A UUIDv7 (RFC 9562) whose 74 random bits come from the operating system."""
    random = int.from_bytes(os.urandom(10), "big") & ((1 << 74) - 1)
    milliseconds = time.time_ns() // 1_000_000
    digits = f"{milliseconds << 80 | 7 << 76 | random >> 62 << 64 | 2 << 62 | random & ((1 << 62) - 1):032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


@cache
def _marks(kind: type[events.Event]) -> tuple[str, str, str]:
    """Type, source and dataschema of an event type."""
    return kind.__name__, f"/{kind.owner()}", kind.dataschema()


class Draft(Struct, frozen=True, kw_only=True):
    """An event about to be appended: everything but its position."""

    event: events.Event
    subject: str
    version: int
    time: datetime
    actor: str
    request: str
    edition: str | None = None
    correlation: str | None = None
    causation: str | None = None

    def encode(self) -> bytes:
        """The CloudEvents JSON. Raises ValueError above 65,535 bytes."""
        name, source, dataschema = _marks(type(self.event))
        id = new_id()
        raw = msgspec.json.encode(
            Envelope(
                specversion="1.0",
                id=id,
                type=name,
                source=source,
                subject=self.subject,
                time=self.time,
                dataschema=dataschema,
                edition=self.edition,
                version=self.version,
                actor=self.actor,
                request=self.request,
                correlationid=self.correlation or id,
                causationid=self.causation,
                data=msgspec.Raw(msgspec.json.encode(self.event)),
            )
        )
        if len(raw) > MAX_BYTES:
            raise ValueError(f"{name} has {len(raw)} bytes; an event has at most {MAX_BYTES}")
        return raw


class Recorded(Struct, frozen=True, dict=True):
    """An event as it stands in the log: its position, the exact bytes, and the envelope read from them."""

    position: int
    raw: bytes
    envelope: Envelope

    @property
    def type(self) -> str:
        return self.envelope.type

    @property
    def service(self) -> str:
        return self.envelope.source[1:]

    @property
    def subject(self) -> str:
        return self.envelope.subject

    @cached_property
    def event(self) -> events.Event:
        """The event itself, brought to the newest schema. Raises Unreadable."""
        envelope = self.envelope
        try:
            return events.decode(envelope.type, envelope.dataschema, envelope.data)
        except (msgspec.ValidationError, msgspec.DecodeError, LookupError) as error:
            raise Unreadable(self.position, f"{envelope.type} cannot be read: {error}") from error


_decode = msgspec.json.Decoder(Envelope).decode


def parse(service: str, position: int, raw: bytes) -> Recorded:
    """Read one stream entry. Raises Unreadable, also when the event names another service than its stream's."""
    try:
        envelope = _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable(position, f"not an event: {error}") from error
    if envelope.source != f"/{service}":
        raise Unreadable(position, f"its source is {envelope.source}, but it stands in the stream of {service}")
    return Recorded(position, raw, envelope)


def parse_entry(service: str, id: bytes, fields: list[bytes]) -> Recorded:
    """Read an entry as the broker answers it. Raises Unreadable, also when somebody wrote it past the append script."""
    milliseconds, _, sequence = id.partition(b"-")
    position = int(milliseconds)
    if sequence != b"0":
        raise Unreadable(position, f"its ID in the stream of {service} is {id.decode()}, not {position}-0")
    if len(fields) != 2 or fields[0] != b"__data__":
        raise Unreadable(position, f"it must have the field __data__ alone in the stream of {service}")
    return parse(service, position, fields[1])
