"""After the story: the house stays open, and a link for each role leads into it."""

import asyncio
import sys
import time

from makmal.demo.caller import Caller, Voice
from makmal.demo.cast import Account, People
from makmal.demo.narrator import Narrator
from makmal.demo.stage import Stage

ROLES = {
    "committee": "Panitia",
    "head": "Kepala perangkat daerah",
    "operator": "Operator perangkat daerah",
    "screener": "Penilai Tim Makmal",
    "juror": "Juri",
    "chair": "Ketua juri",
    "auditor": "Auditor",
}


def guests(people: People) -> list[tuple[str, Account]]:
    """One of each role, nobody twice where it can be helped."""
    return [(role, people.first(role)) for role in ROLES]


async def sign_in_links(url: str, administrator: tuple[str, str], people: list[Account]) -> list[str]:
    """A link for each, which signs in whoever opens it first."""
    caller = Caller(url)
    try:
        token = await caller.token(grant_type="password", username=administrator[0], password=administrator[1])
        voice = Voice(caller, token)
        made = [await voice.post("/identity/v1/sign-in-links", {"person": one.person}) for one in people]
    finally:
        await caller.close()
    return [f"{url}{one['address']}" for one in made]


def serve_on(narrator: Narrator, stage: Stage, people: People) -> None:
    """Until Ctrl-C. Enter gives new links: each opens once."""
    narrator.plain(f"\nMakmal runs at [bold]{stage.url}[/bold] until Ctrl-C. A link signs in once; Enter gives new ones.\n")
    try:
        while True:
            _show(narrator, stage, people)
            if sys.stdin is None or not sys.stdin.isatty():
                _for_ever()
            input()
    except (KeyboardInterrupt, EOFError):
        narrator.plain("Stopping.")


def _show(narrator: Narrator, stage: Stage, people: People) -> None:
    chosen = guests(people)
    links = asyncio.run(sign_in_links(stage.url, (stage.username, stage.password), [account for _, account in chosen]))
    names = [f"{ROLES[role]} {account.institution}".strip() for role, account in chosen]
    width = max(map(len, names))
    for name, link in zip(names, links, strict=True):
        narrator.plain(f"  [bold]{name:{width}}[/bold]  {link}")
    narrator.plain(f"\n[dim]Passwords of all accounts: {stage.house.data / 'demo-people.json'}[/dim]")


def _for_ever() -> None:
    while True:
        time.sleep(3600)
