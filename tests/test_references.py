"""What is promised to who writes clients: every operation and every event with an example that its schema allows, every problem named."""

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from shared.eventlog import SERVICES
from shared.events import catalogue
from shared.settings import Settings
from shared.web.asyncapi import document
from shared.web.openapi import operations
from shared.web.problem_types import PROBLEMS

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module", params=SERVICES)
def openapi(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A service's document, as it serves it."""
    data = tmp_path_factory.mktemp(request.param)
    settings = Settings("test", "redis://nowhere", f"sqlite:///{data}/x.db", data, "http://makmal.test", "", "", "secret")
    document: dict[str, Any] = importlib.import_module(f"services.{request.param}.app").create_app(settings).openapi()
    return document


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Of the request and of every success: (where, media type, what stands there)."""
    for type, media in operation.get("requestBody", {}).get("content", {}).items():
        yield "request", type, media
    for status, answer in operation["responses"].items():
        if status < "300":
            for type, media in answer.get("content", {}).items():
                yield status, type, media


def faults(schema: dict[str, Any], components: dict[str, Any], value: Any) -> list[str]:
    validator = jsonschema_rs.Draft202012Validator({**schema, "components": components}, validate_formats=True)
    return [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(value)]


def test_every_operation_has_examples_that_its_schemas_allow(openapi: dict[str, Any]) -> None:
    wrong = []
    for path, method, operation in operations(openapi):
        for where, type, media in contents(operation):
            here = f"{method.upper()} {path} {where}"
            if not type.endswith("json") and where != "request":
                continue
            if "example" not in media and "examples" not in media:
                wrong.append(f"{here} ({type}): no example")
            elif type.endswith("json"):
                wrong += [f"{here}: {fault}" for fault in faults(media["schema"], openapi["components"], media["example"])]
        for parameter in operation.get("parameters", ()):
            if parameter["required"]:
                told = faults(parameter["schema"], openapi["components"], parameter["example"])
                wrong += [f"{method.upper()} {path} {parameter['name']}: {fault}" for fault in told]
    assert wrong == []


def test_every_operation_is_described_and_says_who_may_ask_and_how_it_refuses(openapi: dict[str, Any]) -> None:
    for path, method, operation in operations(openapi):
        here = f"{method.upper()} {path}"
        assert operation.get("description", "").strip(), f"{here} needs a docstring"
        assert "security" in operation, here
        assert {"429", "500", "503"} <= set(operation["responses"]), here
        assert ("401" in operation["responses"]) == (bool(operation["security"]) or operation["operationId"] == "token"), here


def test_the_problems_of_a_status_are_those_listed(openapi: dict[str, Any]) -> None:
    for name, response in openapi["components"]["responses"].items():
        status = int(name.removeprefix("Problem"))
        media = response["content"]["application/problem+json"]
        assert set(media["examples"]) == {kind for kind, known in PROBLEMS.items() if status in known.statuses}
        for example in media["examples"].values():
            assert faults(media["schema"], openapi["components"], example["value"]) == []


def test_every_event_has_an_example_that_its_reader_takes() -> None:
    whole = document()
    assert set(whole["components"]["messages"]) == set(catalogue())
    for name, kind in catalogue().items():
        message = whole["components"]["messages"][name]
        example = message["examples"][0]["payload"]
        assert faults(message["payload"], whole["components"], example) == [], name
        msgspec.convert(example["data"], kind, strict=False)


def test_every_event_is_heard_on_its_owners_channel() -> None:
    for name, kind in catalogue().items():
        assert [owner for owner, channel in document()["channels"].items() if name in channel["messages"]] == [kind.owner()]


def test_the_asyncapi_document_kept_in_docs_is_the_one_that_is_served() -> None:
    kept = json.loads((ROOT / "docs" / "asyncapi.json").read_text())
    assert kept == json.loads(json.dumps(document())), "write it anew: python -m tests.golden"
