"""Judging driven over HTTP: the facts it starts from, the people who take part, and the steps of the course."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from services.judging.app import create_app
from shared.events.registration import InstitutionEnrolled, RulebookPublished
from shared.events.screening import Nominated
from shared.rulebook import Rulebook
from shared.security import Grant
from tests.services.judging.competition import CHAIR, CRITERIA, EDITION, OFFICIAL, RULEBOOK, SECOND, confirmed
from tests.world import World, eventually


class Course:
    """A running judging service and the people at it. `last` is the position of the last command's answer."""

    def __init__(self, world: World, client: httpx.AsyncClient):
        self.world = world
        self.client = client
        self.last = 0
        self._tokens: dict[str, str] = {}

    async def token(self, who: str) -> str:
        """`official` and `second` (committee), `chair`, `stranger`, `head opd-01`, `auditor`, else the person of a juror.

        With `@opd-01` after any of them he is employed there.
        """
        if who not in self._tokens:
            name, _, employer = who.partition("@")
            roles = {
                "official": (OFFICIAL, "committee"),
                "second": (SECOND, "committee"),
                "chair": (CHAIR, "chair"),
                "auditor": ("person/8", "auditor"),
                "stranger": ("person/9", "head"),
            }
            id, role = roles.get(name, (f"person/{name}", "juror"))
            institutions: tuple[str, ...] = ()
            if name.startswith("head "):
                id, role, institutions = f"person/{name[5:]}", "head", (name[5:],)
            grant = Grant(role, EDITION, institutions, employer)
            self._tokens[who] = await self.world.token(id, grant)
        return self._tokens[who]

    async def post(self, who: str, path: str, body: Any = None, key: str = "") -> httpx.Response:
        headers = {"Authorization": f"Bearer {await self.token(who)}", "Idempotency-Key": key or os.urandom(8).hex()}
        answer = await self.client.post(f"/v1{path}", json={} if body is None else body, headers=headers)
        self.last = max(self.last, int(answer.headers.get("Makmal-Position", 0)))
        return answer

    async def done(self, who: str, path: str, body: Any = None) -> Any:
        """The answer's JSON; the request must succeed."""
        answer = await self.post(who, path, body)
        assert answer.is_success, answer.text
        return answer.json()

    async def refused(self, who: str, path: str, body: Any = None) -> tuple[int, str]:
        """Status and English sentence; there is an Indonesian one as well."""
        answer = await self.post(who, path, body)
        assert answer.is_error, answer.text
        problem = answer.json()
        assert problem["detail_id"] and problem["detail_id"] != problem["detail"]
        return answer.status_code, problem["detail"]

    async def get(self, who: str, path: str, **query: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {await self.token(who)}"} if who else {}
        return await self.client.get(f"/v1{path}", params={"at_least": self.last, **query}, headers=headers)

    async def shown(self, who: str, path: str, **query: Any) -> Any:
        answer = await self.get(who, path, **query)
        assert answer.is_success, answer.text
        return answer.json()

    # -- steps

    async def appoint(self, *jurors: str) -> None:
        for juror in jurors:
            await self.done("official", f"/editions/{EDITION}/jurors", {"person": juror, "university": "Universitas Contoh"})

    async def shortlist(self, *nominees: Nominated) -> str:
        """Screening confirms the shortlist; the path of the category, once its entries are admitted."""
        category = nominees[0].category
        await self.world.record(f"shortlist/{EDITION}.{category}", *nominees, confirmed(*nominees), edition=EDITION)
        path = f"/editions/{EDITION}/categories/{category}"

        async def admitted() -> bool:
            answer = await self.get("official", path)
            return answer.is_success and len(answer.json()["entries"]) == len(nominees)

        await eventually(admitted)
        return path

    async def open(self, *nominees: Nominated) -> str:
        """Shortlist, panels and opening."""
        path = await self.shortlist(*nominees)
        await self.done("official", f"{path}/panels")
        await self.done("official", f"{path}/opening")
        return path

    async def score(self, juror: str, entry: str, *points: int | str, submit: bool = True) -> None:
        """Open the sheet, record all points (in the order of CRITERIA), submit."""
        await self.done(juror, f"/entries/{entry}/scoresheet")
        scores = [{"criterion": c, "score": p} for c, p in zip(CRITERIA, points, strict=True)]
        await self.done(juror, f"/entries/{entry}/scores", {"scores": scores})
        if submit:
            await self.done(juror, f"/entries/{entry}/scoresheet/submission")

    async def decide(self, path: str) -> Any:
        """The chair decides, the committee confirms, another member announces; the announcement's answer."""
        await self.done("chair", f"{path}/decision")
        await self.done("official", f"{path}/decision/confirmation")
        return await self.done("second", f"{path}/announcement")


@asynccontextmanager
async def judging(world: World, rulebook: Rulebook = RULEBOOK, institutions: int = 3) -> AsyncIterator[Course]:
    """The service on an edition with its rulebook and the institutions opd-01, opd-02, …"""
    published = RulebookPublished(digest=rulebook.digest(), rulebook=rulebook)
    await world.record(f"edition/{EDITION}", published, edition=EDITION)
    for number in range(1, institutions + 1):
        code = f"opd-{number:02}"
        enrolled = InstitutionEnrolled(institution=code, kind="opd", name=f"Dinas Contoh {number}")
        await world.record(f"enrolment/{EDITION}.{code}", enrolled, edition=EDITION)
    async with world.running(create_app(world.settings("judging"))) as client:
        yield Course(world, client)
