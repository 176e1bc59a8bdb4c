"""The registration office that API tests call on: the service on a real broker, and those who use it signed in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec

from shared.rulebook import Rulebook
from shared.security import Grant
from tests.services.registration.made_up import record_json, rulebook
from tests.world import World, bearer


def running_rulebook(**more: Any) -> Rulebook:
    """Registration is open now, for an hour."""
    now = datetime.now(UTC)
    calendar = {"registration_opens": now - timedelta(hours=1), "registration_closes": now + timedelta(hours=1)}
    return rulebook(calendar=msgspec.convert(calendar, type(rulebook().calendar)), **more)


class Office:
    """Registration, with an edition open in it and those who use it signed in."""

    def __init__(self, world: World, client: httpx.AsyncClient):
        self.world = world
        self.client = client
        self.tokens: dict[str, str] = {}

    async def sign_in(self, edition: str = "test") -> None:
        self.tokens["committee"] = await self.world.token("person/committee", Grant("committee", edition))
        self.tokens["system"] = await self.world.token("client/simoda", Grant("service", edition))
        self.tokens["operator"] = await self.world.token("person/operator", Grant("operator", edition, ("opd-01",)))
        self.tokens["head"] = await self.world.token("person/head", Grant("head", edition, ("opd-02",)))
        self.tokens["juror"] = await self.world.token("person/juror", Grant("juror", edition))
        self.tokens["screener"] = await self.world.token("person/screener", Grant("screener", edition))

    async def post(self, who: str, path: str, body: Any, key: str | None = None, **headers: str) -> httpx.Response:
        return await self.client.post(f"/v1{path}", json=body, headers={**bearer(self.tokens[who], key), **headers})

    async def put(self, who: str, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self.client.put(f"/v1{path}", json=body, headers={**bearer(self.tokens[who]), **headers})

    async def get(self, who: str, path: str, **query: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        query["at_least"] = query.get("at_least", await self.world.log("audit").position())
        return await self.client.get(f"/v1{path}", params=query, headers=headers)

    async def open(self, rules: Rulebook) -> httpx.Response:
        return await self.post("committee", "/editions", {"rulebook": msgspec.to_builtins(rules)})

    async def enrol(self, code: str, kind: str = "opd", edition: str = "test") -> httpx.Response:
        body = {"code": code, "kind": kind, "name": f"Perangkat {code}"}
        return await self.post("committee", f"/editions/{edition}/institutions", body)

    async def submit(self, who: str = "operator", institution: str = "opd-01", **more: Any) -> httpx.Response:
        body = {"institution": institution, "record": record_json(), **more}
        return await self.post(who, "/editions/test/innovations", body)

    async def types(self) -> list[str]:
        """Of all events of registration."""
        return [event.type for event in await self.world.all_events() if event.service == "registration"]


def problem(answer: httpx.Response, status: int) -> str:
    """The sentence of a refusal, given in both languages."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["detail_id"] and told["detail_id"] != told["detail"]
    return str(told["detail"])


async def innovation_of(office: Office, **more: Any) -> str:
    answer = await office.submit(**more)
    assert answer.status_code == 201, answer.text
    return f"/innovations/{answer.json()['innovation']}"
