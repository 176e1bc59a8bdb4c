"""The envelope: CloudEvents 1.0 whose bytes are stored as they are hashed."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest

from shared.eventlog import Draft, EventLog, Keys, Unreadable, parse
from shared.eventlog.envelope import new_id
from shared.events import Event, catalogue
from tests.golden.examples import example


class Noted(Event, frozen=True, kw_only=True):
    """An event type of this test."""

    reason: str

    @classmethod
    def owner(cls) -> str:
        return "notification"


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalogue(), "Noted", Noted)


NOW = datetime(2023, 3, 1, 12, 0, tzinfo=UTC)


def drafted(event: Event, **more: object) -> Draft:
    fields = {"subject": "message/1", "version": 1, "time": NOW, "actor": "person/1", "request": "r", **more}
    return Draft(event=event, **fields)  # type: ignore[arg-type]


def test_an_event_is_cloudevents_json_with_our_extensions() -> None:
    raw = drafted(Noted(reason="alamat tak dikenal"), edition="batam-2023", correlation="c", causation="d").encode()
    found = msgspec.json.decode(raw)
    assert uuid.UUID(found.pop("id")).version == 7
    assert found == {
        "specversion": "1.0",
        "type": "Noted",
        "source": "/notification",
        "subject": "message/1",
        "time": "2023-03-01T12:00:00Z",
        "dataschema": "urn:makmal:notification:Noted:1",
        "edition": "batam-2023",
        "version": 1,
        "actor": "person/1",
        "request": "r",
        "correlationid": "c",
        "causationid": "d",
        "data": {"reason": "alamat tak dikenal"},
    }


def test_an_event_without_a_cause_correlates_with_itself() -> None:
    found = msgspec.json.decode(drafted(Noted(reason="")).encode())
    assert found["correlationid"] == found["id"]
    assert "causationid" not in found
    assert "edition" not in found


def test_ids_grow_with_time_and_never_repeat() -> None:
    ids = [new_id() for _ in range(2_000)]
    assert len(set(ids)) == 2_000
    assert all(uuid.UUID(id).version == 7 and uuid.UUID(id).variant == uuid.RFC_4122 for id in ids)
    assert ids[0][:8] <= ids[-1][:8]
    rest = [int(uuid.UUID(id)) & ((1 << 62) - 1) for id in ids]
    assert all(any(bits >> n & 1 for bits in rest) and not all(bits >> n & 1 for bits in rest) for n in range(62))


def test_an_event_above_65535_bytes_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Noted has 65\d+ bytes; an event has at most 65535"):
        drafted(Noted(reason="x" * 65_500)).encode()


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_data_is_always_an_object_without_a_tag(name: str) -> None:
    """FastStream takes a JSON object whose `data` is a string for an envelope of its own and loses the rest."""
    raw = drafted(example(catalogue()[name])).encode()
    data = msgspec.json.decode(raw)["data"]
    assert isinstance(data, dict)
    assert "type" not in data or "type" in catalogue()[name].__struct_fields__


def test_an_entry_is_read_back_as_it_was_written() -> None:
    event = Noted(reason="alamat")
    raw = drafted(event).encode()
    recorded = parse("notification", 7, raw)
    assert (recorded.position, recorded.raw, recorded.event) == (7, raw, event)
    assert (recorded.type, recorded.service, recorded.subject) == ("Noted", "notification", "message/1")


def test_an_event_in_another_services_stream_is_refused() -> None:
    with pytest.raises(Unreadable, match="position 7: its source is /notification, but it stands in the stream of judging"):
        parse("judging", 7, drafted(Noted(reason="x")).encode())


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"type": "NoSuchEvent"}, "no event type NoSuchEvent"),
        ({"dataschema": "urn:makmal:notification:Noted:99"}, "no way to read urn"),
        ({"dataschema": "urn:makmal:notification:Noted:x"}, "no way to read urn"),
        ({"data": {"reason": 5}}, "Expected `str`"),
        ({"data": "text"}, "Expected `object`"),
    ],
)
def test_an_event_that_nobody_understands_is_told_with_its_position(changed: dict[str, object], why: str) -> None:
    envelope = msgspec.json.decode(drafted(Noted(reason="x")).encode())
    recorded = parse("notification", 7, msgspec.json.encode({**envelope, **changed}))
    with pytest.raises(Unreadable, match=f"position 7: .*{why}"):
        _ = recorded.event


@pytest.mark.parametrize("name", ["", "a b", "{batam}", "batam:x", "bat*m", "kabupatén"])
def test_a_logs_name_has_letters_digits_and_dashes(name: str) -> None:
    with pytest.raises(ValueError, match="a log's name"):
        Keys(name)


async def test_all_keys_of_a_log_lie_on_one_shard(keys: Keys, open_log: Callable[..., EventLog]) -> None:
    log = open_log("audit")
    names = [
        keys.position,
        keys.stream("judging"),
        keys.index("judging", "a/1"),
        keys.requests("judging", 1),
        keys.work("mail"),
    ]
    assert len({log.client.get_encoder().encode(name).split(b"}")[0] for name in names}) == 1
    assert all(name.startswith("{batam}:") for name in names)
