"""The screening office that API tests call on: the running service, an edition with five submitted innovations, its people."""

from typing import Any

import httpx

from shared.events import Event
from shared.events.identity import AccountActivated, AccountInvited, RoleGranted
from shared.events.registration import RegistrationClosed
from shared.security import Grant
from tests.services.screening.competition import RULES, record
from tests.world import World, bearer

YES = {"renewal": True, "benefit": True}


class Office:
    """Who asks is named as in `tokens`."""

    def __init__(self, world: World, client: httpx.AsyncClient, tokens: dict[str, str]):
        self.world = world
        self.client = client
        self.tokens = tokens

    async def post(self, who: str, path: str, body: dict[str, Any], key: str | None = None) -> httpx.Response:
        return await self.client.post(f"/v1{path}", json=body, headers=bearer(self.tokens[who], key))

    async def get(self, who: str, path: str, **query: Any) -> httpx.Response:
        position = await self.world.log("audit").position()
        query = {"at_least": position, **query}
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        return await self.client.get(f"/v1{path}", params=query, headers=headers)

    async def admit(self, innovation: str, score: str) -> None:
        for path, body in (("eligibility", {"criteria": YES}), ("desk-score", {"score": score})):
            answer = await self.post("sri", f"/innovations/{innovation}/{path}", body)
            assert answer.status_code == 200, answer.text

    async def nominate(self, category: str, entrant: str) -> httpx.Response:
        return await self.post("committee", f"/editions/test/shortlists/{category}/nominations", {"entrant": entrant})

    async def confirm(self, category: str, despite: str = "") -> httpx.Response:
        return await self.post("second", f"/editions/test/shortlists/{category}/confirmation", {"despite": despite})

    async def appoint(self, *screeners: str, employer: str = "") -> None:
        """On record as screeners, as identity would have it; with tokens."""
        for person in screeners:
            granted = RoleGranted(person=person, role="screener", edition="test", employer=employer)
            events: tuple[Event, ...] = AccountInvited(person=person), AccountActivated(person=person), granted
            await self.world.record(f"account/{person}", *events, edition=None)
            self.tokens[person] = await self.world.token(f"person/{person}", Grant("screener", "test", (), employer))

    async def assign(self) -> dict[str, list[str]]:
        """Innovation → its screeners."""
        answer = await self.post("committee", "/editions/test/assignments", {})
        assert answer.status_code == 200, answer.text
        return {each["innovation"]: each["screeners"] for each in answer.json()["assigned"]}

    async def item(self, who: str, innovation: str) -> Any:
        """The innovation on this person's worklist."""
        items = (await self.get(who, "/editions/test/worklist")).json()["items"]
        return next(item for item in items if item["innovation"] == innovation)

    async def close(self) -> None:
        effective = RULES.calendar.registration_closes
        await self.world.record("edition/test", RegistrationClosed(effective=effective, by="calendar"))


SUBMITTED = {
    "queue": ("opd-01", record("Demo Queue")),
    "garden": ("opd-01", record("Demo Garden", "non digital")),
    "map": ("opd-02", record("Demo Map")),
    "bus": ("ward-01", record("Demo Bus")),
    "tree": ("ward-01", record("Demo Tree", "non digital")),
}
