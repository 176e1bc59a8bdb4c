"""All event streams of the house as an AsyncAPI 3 document, made from the event types. `docs/asyncapi.json` is the same document."""

from functools import cache
from typing import Any

import msgspec

from shared.events import Event, catalogue
from shared.events.catalogue import OWNERS
from shared.samples import DIGEST, INNOVATION, sample

Document = dict[str, Any]

_REFS = "#/components/schemas/{name}"


def document() -> Document:
    """AsyncAPI 3.0.0; every message with a schema and an example of its whole entry."""
    return _made(tuple(catalogue().items()))


@cache
def _made(named: tuple[tuple[str, type[Event]], ...]) -> Document:
    kinds = dict(named)
    built, schemas = msgspec.json.schema_components(list(kinds.values()), ref_template=_REFS)
    data = dict(zip(kinds, built, strict=True))
    for told in msgspec.inspect.multi_type_info(list(kinds.values())):
        _say_times(told, schemas)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Makmal: events",
            "version": "1",
            "description": "What happened, in order. Each service has one stream, which it alone writes; an entry's stream ID is "
            "`<position>-0`, and positions have no gaps over all streams. An entry holds one field, `__data__`: the event as "
            "CloudEvents 1.0 structured JSON, whose bytes are what is hashed and proven. Types are never changed but by a new "
            "`dataschema`, and old events are never rewritten. Events carry no personal data.",
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": {
            "broker": {"host": "broker:6379", "protocol": "redis", "description": "Valkey 8 or later, Redis 7.0 or later"}
        },
        "channels": {owner: _channel(owner) for owner in OWNERS},
        "operations": {
            f"{owner}Records": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{owner}"},
                "summary": f"The {owner} service, and no other, appends its events",
            }
            for owner in OWNERS
        },
        "components": {
            "messages": {name: _message(kind, data[name], schemas) for name, kind in kinds.items()},
            "schemas": {**schemas, "Envelope": ENVELOPE},
        },
    }


def _say_times(told: Any, schemas: dict[str, Any]) -> None:
    """msgspec leaves out that a text is a time where the type does not ask for a zone; those of events always have one."""
    for inner in (*getattr(told, "types", ()), *getattr(told, "item_types", ()), getattr(told, "item_type", None)):
        if inner is not None:
            _say_times(inner, schemas)
    if not isinstance(told, msgspec.inspect.StructType):
        return
    for field in told.fields:
        options = getattr(field.type, "types", (field.type,))
        if any(isinstance(option, msgspec.inspect.DateTimeType) for option in options):
            schema = schemas[told.cls.__name__]["properties"][field.encode_name]
            for option in schema.get("anyOf", (schema,)):
                if option.get("type") == "string":
                    option["format"] = "date-time"
        _say_times(field.type, schemas)


def _of(owner: str) -> list[str]:
    return [name for name, kind in catalogue().items() if kind.owner() == owner]


def _channel(owner: str) -> Document:
    return {
        "address": f"{{log}}:events:{owner}",
        "description": f"The stream of the {owner} service",
        "parameters": {"log": {"description": "Name of the log in braces, which are part of the key", "examples": ["{batam}"]}},
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _of(owner)},
    }


def _message(kind: type[Event], schema: Document, schemas: dict[str, Any]) -> Document:
    summary = (kind.__doc__ or "").strip() if kind.__doc__ is not Event.__doc__ else ""
    return {
        "name": kind.__name__,
        "title": kind.__name__,
        "summary": summary or f"Recorded by {kind.owner()}",
        "contentType": "application/cloudevents+json",
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/Envelope"},
                {
                    "type": "object",
                    "properties": {
                        "type": {"const": kind.__name__},
                        "source": {"const": f"/{kind.owner()}"},
                        "dataschema": {"const": kind.dataschema()},
                        "data": schema,
                    },
                },
            ]
        },
        "examples": [{"name": kind.__name__, "payload": _entry(kind, sample(schema, schemas))}],
    }


def _entry(kind: type[Event], data: Any) -> Document:
    return {
        "specversion": "1.0",
        "id": "0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b",
        "type": kind.__name__,
        "source": f"/{kind.owner()}",
        "subject": f"innovation/{INNOVATION}",
        "time": "2023-08-31T09:59:59.123456Z",
        "dataschema": kind.dataschema(),
        "edition": "batam-2023",
        "version": 1,
        "actor": "person/4f1c9a7e2b6d4c3f8a5e0d9b7c6a1f23",
        "request": DIGEST[:32],
        "correlationid": "0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b",
        "data": data,
    }


_TEXT: Document = {"type": "string"}

ENVELOPE: Document = {
    "type": "object",
    "required": [
        *("specversion", "id", "type", "source", "subject", "time", "dataschema"),
        *("version", "actor", "request", "correlationid", "data"),
    ],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {**_TEXT, "format": "uuid", "description": "UUIDv7"},
        "type": {**_TEXT, "description": "Name of the event type"},
        "source": {**_TEXT, "description": "The service that recorded it"},
        "subject": {**_TEXT, "description": "The aggregate, like `innovation/…`"},
        "time": {**_TEXT, "format": "date-time", "description": "The broker's clock"},
        "dataschema": {**_TEXT, "description": "`urn:makmal:<service>:<type>:<schema version>`"},
        "edition": _TEXT,
        "version": {"type": "integer", "minimum": 1, "description": "Of the aggregate"},
        "actor": {**_TEXT, "description": "`person/<id>`, `client/<id>` or a service; opaque, never a name"},
        "request": {**_TEXT, "description": "Key of the request that led to it"},
        "correlationid": _TEXT,
        "causationid": {**_TEXT, "description": "ID of the event that it answers"},
        "data": {"type": "object"},
    },
}
