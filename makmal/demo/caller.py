"""How the demo speaks to the services: over HTTP through the gateway, with a token, as any other client would."""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

import httpx

PATIENCE = 30.0
"""Seconds for which a request is repeated while a service is away."""

AWAY = (502, 503, 504)


class Answered(Exception):
    """A service answered with a problem document that the story did not expect."""

    def __init__(self, method: str, path: str, status: int, problem: Any):
        detail = problem.get("detail", problem) if isinstance(problem, dict) else problem
        super().__init__(f"{method} {path}: {status}, {detail}")
        self.status = status
        self.problem = problem


class Caller:
    """One connection pool to the gateway. Counts what was asked, by status, and what had to be repeated."""

    def __init__(self, url: str):
        limits = httpx.Limits(max_connections=32, max_keepalive_connections=32)
        self._http = httpx.AsyncClient(base_url=url, timeout=30, limits=limits, trust_env=False)
        self.answers: Counter[int] = Counter()
        self.repeated = 0
        self.position = 0
        """The highest position that an answer named: what a query waits for to see everything done so far."""

    async def send(self, method: str, path: str, headers: dict[str, str], **content: Any) -> httpx.Response:
        """Send a request until a service answers it. The Idempotency-Key makes the repetition harmless."""
        end = asyncio.get_running_loop().time() + PATIENCE
        while True:
            try:
                answer = await self._http.request(method, path, headers=headers, **content)
            except httpx.TransportError:
                if asyncio.get_running_loop().time() > end:
                    raise
            else:
                if answer.status_code not in AWAY or asyncio.get_running_loop().time() > end:
                    self.answers[answer.status_code] += 1
                    self.position = max(self.position, int(answer.headers.get("Makmal-Position", 0)))
                    return answer
            self.repeated += 1
            await asyncio.sleep(0.1)

    async def token(self, **form: str) -> str:
        """An access token for a person (`username`, `password`) or a client (`client_id`, `client_secret`)."""
        answer = await self.send("POST", "/identity/v1/token", {}, data=form)
        if answer.status_code != 200:
            raise Answered("POST", "/identity/v1/token", answer.status_code, _body(answer))
        token: str = answer.json()["access_token"]
        return token

    async def close(self) -> None:
        await self._http.aclose()


class Voice:
    """Somebody signed in: a person, or an API client."""

    def __init__(self, caller: Caller, token: str, person: str = ""):
        self._caller = caller
        self._token = token
        self.person = person

    @property
    def position(self) -> int:
        return self._caller.position

    async def get(self, path: str, **query: Any) -> Any:
        return await self._ask("GET", path, params=query)

    async def pages(self, path: str, items: str, **query: Any) -> AsyncIterator[Any]:
        """Every item of a list that comes page by page, of all that was done so far."""
        query = {**query, "limit": 500, "at_least": self.position}
        while True:
            answer = await self._answer("GET", path, params=query)
            for item in answer.json()[items]:
                yield item
            following = answer.links.get("next")
            if following is None:
                return
            query = {**query, **httpx.URL(following["url"]).params}

    async def post(self, path: str, body: Any = None) -> Any:
        """The JSON answer. Raises Answered for anything but success."""
        return await self._ask("POST", path, json=body or {})

    async def put(self, path: str, body: Any) -> Any:
        """Put it in the place of whatever version is there."""
        return (await self._answer("PUT", path, json=body, headers={"If-Match": "*"})).json()

    async def upload(self, path: str, content: bytes, media_type: str) -> Any:
        return (await self._answer("PUT", path, content=content, headers={"Content-Type": media_type})).json()

    async def fetch(self, path: str, **query: Any) -> bytes:
        """What is no JSON."""
        return (await self._answer("GET", path, params=query)).content

    async def refused(self, path: str, body: Any = None) -> tuple[int, str]:
        """Ask for what must be refused: the status and the sentence. Raises AssertionError if it is done after all."""
        try:
            await self.post(path, body)
        except Answered as answered:
            return answered.status, str(answered.problem["detail"])
        raise AssertionError(f"POST {path} should have been refused")

    async def _ask(self, method: str, path: str, **content: Any) -> Any:
        return (await self._answer(method, path, **content)).json()

    async def _answer(
        self, method: str, path: str, headers: Mapping[str, str] = MappingProxyType({}), **content: Any
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token}", **headers}
        if method != "GET":
            headers["Idempotency-Key"] = uuid.uuid4().hex
        answer = await self._caller.send(method, path, headers, **content)
        if answer.status_code >= 300:
            raise Answered(method, path, answer.status_code, _body(answer))
        return answer


def _body(answer: httpx.Response) -> Any:
    return answer.json() if "json" in answer.headers.get("content-type", "") else answer.text


async def until(true: Callable[[], Awaitable[bool]], what: str, seconds: float = 20.0) -> None:
    """Ask again and again until it is true. Raises RuntimeError saying `what` did not come about."""
    end = asyncio.get_running_loop().time() + seconds
    for _ in iter(lambda: asyncio.get_running_loop().time() < end, False):
        if await true():
            return
        await asyncio.sleep(0.05)
    raise RuntimeError(f"{what} did not come about within {seconds:.0f} s")


async def all_of(jobs: Any, at_once: int = 24) -> list[Any]:
    """Await coroutines, `at_once` at a time; their results in order. The first failure ends the rest."""
    gate = asyncio.Semaphore(at_once)

    async def one(job: Any) -> Any:
        async with gate:
            return await job

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(job)) for job in jobs]
    return [task.result() for task in tasks]
