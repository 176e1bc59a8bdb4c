"""How long the house takes for a page: every page that a role can reach by links, on an edition as large as the demo's."""

import asyncio
import contextlib
import os
import re
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from io import StringIO
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import msgspec
from msgspec import Struct
from rich.console import Console

from benchmarks.measured import Measured, scaled
from makmal import status
from makmal.demo.caller import Caller
from makmal.demo.cast import JURORS, People, gather
from makmal.demo.halfway import Halfway, Until
from makmal.demo.narrator import Narrator
from makmal.demo.stage import Stage, standing
from services.registration.edition_folder import Edition, read_edition
from shared.web.pages.cookies import SESSION

BATAM = Path(__file__).resolve().parent.parent / "editions" / "batam-2023"
INNOVATIONS = 320
TIMES = 40
"""How often each page is asked for."""
MOST_PAGES = 60
"""Of one role."""
MILLISECONDS = 50.0
ROLES = ("", "committee", "head", "operator", "screener", "juror", "chair", "auditor")
"""The first is anybody."""

ASKED = {
    "": ("/registration/e/{edition}/innovations?q=air&kind=opd",),
    "committee": ("/screening/e/{edition}/worklist?show=all&q=air", "/notification/e/{edition}/letters?state=sent"),
    "auditor": ("/audit/e/{edition}/timeline?type=ScoresheetSubmitted", "/judging/e/{edition}/as-of?position={number}"),
}
"""By role: what people type or move rather than follow. `number`: of an event, another one each time."""
LAST = 8_000
APART = 37
"""Numbers of events: the first asked for, and from one to the next."""

_LINK = re.compile(r'<a [^>]*?href="([^"#]+)')
_OWN = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|[^/]*\d[^/]*")
"""Segments of an address that name one thing of many."""


class Page(Struct, frozen=True):
    role: str
    path: str
    p50: float
    p95: float
    worked: float
    """Processor time of its service for one look. All in milliseconds."""


async def measure(scale: float) -> list[Measured]:
    """The slowest page's p95, what half of all pages take, and how long a processor works for the one that gives it most to do."""
    with tempfile.TemporaryDirectory(prefix="makmal-bench-") as directory:
        pages = await asyncio.to_thread(_in_a_house, Path(directory), scale)
    slowest = sorted(pages, key=lambda page: -page.p95)
    told = ", ".join(f"{page.path} ({page.role or 'anybody'}) {page.p95:.0f}" for page in slowest[:3])
    heaviest = max(pages, key=lambda page: page.worked)
    about = f"{len(pages)} pages of {len(ROLES)} roles"
    return [
        Measured(
            "pages-p95", f"{about}, the slowest: {told}", slowest[0].p95, MILLISECONDS, "what is aimed at", "ms", 1, "at most"
        ),
        Measured(
            "pages-p50",
            f"{about}, the median of their medians",
            statistics.median(page.p50 for page in pages),
            MILLISECONDS,
            "what is aimed at",
            "ms",
            1,
            "at most",
        ),
        Measured(
            "pages-work",
            f"{about}, processor time of {heaviest.path} ({heaviest.role or 'anybody'})",
            heaviest.worked,
            MILLISECONDS,
            "what a page may take in all",
            "ms",
            1,
            "at most",
        ),
    ]


def _in_a_house(directory: Path, scale: float) -> list[Page]:
    """In a thread of its own: the house is forked from where no event loop runs."""
    with standing(directory / "data", 0) as stage:
        return asyncio.run(_measured(stage, scale))


async def _measured(stage: Stage, scale: float) -> list[Page]:
    people = await _play(stage, scale)
    found: list[Page] = []
    for role in ROLES:
        async with _as(stage, people, role) as client:
            asked = [path.replace("{edition}", people.edition) for path in ASKED.get(role, ())]
            for path in (*await _reached(client, people.edition, scaled(MOST_PAGES, scale, 5)), *asked):
                found.append(await _timed(client, stage, role, path, scaled(TIMES, scale, 5)))
    return found


async def _play(stage: Stage, scale: float) -> People:
    caller = Caller(stage.url)
    try:
        edition = _smaller(read_edition(BATAM), scale)
        jurors = scaled(JURORS, scale, edition.rulebook.quorum)
        cast = await gather(caller, edition.rulebook.edition, stage.username, stage.password, jurors)
        story = Halfway(Narrator(Console(file=StringIO())), cast, edition, 2023, scaled(INNOVATIONS, scale, 40))
        await story.play(Until.ANNOUNCEMENT)
        await cast.head_of(story.nominees[0].institution)
        await cast.operator_of(story.nominees[0].institution)
    finally:
        await caller.close()
    return cast.people


def _smaller(edition: Edition, scale: float) -> Edition:
    """With fewer institutions of each kind, for a quick look."""
    kinds = [[i for i in edition.roster if i.kind == kind.id] for kind in edition.rulebook.kinds]
    kept = {i.code for of_kind in kinds for i in of_kind[: scaled(len(of_kind), min(scale, 1), 6)]}
    return msgspec.structs.replace(edition, roster=tuple(i for i in edition.roster if i.code in kept))


@contextlib.asynccontextmanager
async def _as(stage: Stage, people: People, role: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of somebody with this role."""
    cookies = {}
    if role:
        caller, account = Caller(stage.url), people.first(role)
        cookies[SESSION] = await caller.token(grant_type="password", username=account.email, password=account.password)
        await caller.close()
    headers = {"Accept": "text/html"}
    async with httpx.AsyncClient(base_url=stage.url, headers=headers, cookies=cookies, trust_env=False, timeout=30) as client:
        yield client


async def _reached(client: httpx.AsyncClient, edition: str, most: int) -> list[str]:
    """One address of each kind that links lead to, from the edition's page on, `most` of them."""
    waiting = [f"/registration/e/{edition}", "/"]
    kinds = {_kind(path) for path in waiting}
    reached: list[str] = []
    while waiting and len(reached) < most:
        path = waiting.pop(0)
        answer = await client.get(path)
        if answer.status_code != 200 or not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        reached.append(path)
        for address in _links(answer):
            if _kind(address) not in kinds:
                kinds.add(_kind(address))
                waiting.append(address)
    return reached


def _links(answer: httpx.Response) -> Iterator[str]:
    for href in _LINK.findall(answer.text):
        target = urlsplit(urljoin(str(answer.url), href))
        here = urlsplit(str(answer.url))
        if target.netloc == here.netloc and "/v1/" not in target.path and not target.path.startswith("/assets/"):
            yield target.path


def _kind(path: str) -> str:
    return "/".join("*" if _OWN.fullmatch(part) else part for part in path.split("/"))


async def _timed(client: httpx.AsyncClient, stage: Stage, role: str, path: str, times: int) -> Page:
    taken = []
    running = status.read(stage.house.status_file)
    assert running is not None
    service = running.services[path.split("/")[1] or "registration"].pid
    worked = 0.0
    for n in range(times + 1):
        if n == 1:  # the first one warms up what is read once
            worked = _worked(service)
        begun = time.perf_counter()
        answer = await client.get(path.replace("{number}", str(LAST - n * APART)))
        taken.append((time.perf_counter() - begun) * 1_000)
        if answer.status_code != 200:
            raise RuntimeError(f"GET {path} as {role or 'anybody'}: {answer.status_code}")
    worked = (_worked(service) - worked) / times
    taken = sorted(taken[1:])
    return Page(role, path, statistics.median(taken), taken[min(len(taken) - 1, round(0.95 * len(taken)))], worked)


def _worked(process: int | None) -> float:
    """Processor time of a process since its start (ms), as Linux counts it."""
    user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) * 1_000 / os.sysconf("SC_CLK_TCK")
