"""Every service is asked what its OpenAPI document allows, and what it does not: it never breaks, and never answers what the
document does not tell."""

import asyncio
import importlib
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared import samples
from shared.broker.embedded import EmbeddedBroker
from shared.eventlog import SERVICES
from shared.security import Grant
from tests.access.ground import ADMINISTRATOR, EDITION, OWN, PERSON, lay
from tests.access.walk import PLACES, SAID
from tests.serving import serving
from tests.world import World

ASKED = 8
"""Requests of each operation, half of them within its schema."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
KNOWN = {**samples.WORDS, **PLACES}
"""What stands in the small world, for paths."""
LAST = ("rotate_key",)
"""No token holds afterwards."""

pytestmark = pytest.mark.timeout(300)


class Served:
    """A running service, its operations and the tokens with which it is asked."""

    def __init__(self, url: str, tokens: list[str]):
        self.url = url
        self.tokens = tokens
        self.schema = schemathesis.openapi.from_url(f"{url}/v1/openapi.json")

    def operations(self) -> list[Any]:
        found: list[Any] = [result.ok() for result in self.schema.get_all_operations() if isinstance(result, Ok)]
        assert len(found) == self.schema.statistic.operations.total, "the document has operations that cannot be read"
        return sorted(found, key=lambda one: one.definition.raw["operationId"] in LAST)


@pytest.fixture(params=SERVICES)
def served(request: pytest.FixtureRequest, broker: EmbeddedBroker, tmp_path: Path) -> Iterator[Served]:
    name = request.param
    world = World(broker.url(), f"t{secrets.token_hex(6)}", tmp_path)

    async def prepared() -> list[str]:
        official = [Grant(role, EDITION) for role in ("committee", "screener", "juror", "chair", "auditor")]
        tokens = [
            await world.token(f"person/{PERSON}", *official),
            await world.token(f"person/{ADMINISTRATOR}", Grant("administrator")),
            await world.token("person/head", Grant("head", EDITION, (OWN,)), Grant("operator", EDITION, (OWN,))),
            await world.token("client/sipd", Grant("service", EDITION, (OWN,))),
            "",
        ]
        await lay(world)
        await world.close()
        return tokens

    tokens = asyncio.run(prepared())
    app = importlib.import_module(f"services.{name}.app").create_app(world.settings(name))
    with serving(app) as url:
        yield Served(url, tokens)


def ask(served: Served, operation: Any) -> None:
    """The operation, in and out of its schema, by everybody; in paths mostly what is there."""
    named = operation.definition.raw["operationId"]
    example = operation.definition.raw.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    within = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    without = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    whose = st.sampled_from(served.tokens)

    @settings(
        max_examples=ASKED,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(within, without), token=whose, there=st.sampled_from([True, True, False]), said=st.booleans())
    def run(case: Any, token: str, there: bool, said: bool) -> None:
        if there:
            case.path_parameters = {name: KNOWN.get(name, value) for name, value in (case.path_parameters or {}).items()}
        if said and example is not None:
            case.body = {**example, **SAID.get(named, {})}
        case.headers = {**(case.headers or {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        response = case.call(base_url=served.url, timeout=20)
        case.validate_response(response, checks=CHECKS)

    run()


def test_a_service_never_breaks_and_never_answers_what_its_document_does_not_tell(served: Served) -> None:
    wrong = []
    for operation in served.operations():
        try:
            ask(served, operation)
        except (Failure, FailureGroup) as error:
            wrong.append(f"{operation.label}: {error}")
    if wrong:
        pytest.fail("\n\n".join(wrong), pytrace=False)
    assert httpx.get(f"{served.url}/livez").status_code == 200
