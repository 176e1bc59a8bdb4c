"""The example clients, run as they are printed: from a submission with evidence to its announced place, in at most 15 calls.
What the committee, screeners and jurors do in between is played."""

import asyncio
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import msgspec
from rich.console import Console

from makmal.demo import judging_act, registration_act, screening_act
from makmal.demo.caller import Caller
from makmal.demo.cast import SCOPES, Cast, gather
from makmal.demo.narrator import Narrator
from makmal.demo.registration_act import Submitted
from makmal.demo.stage import standing
from makmal.demo.truth import Truth
from services.registration.edition_folder import Edition, read_edition
from shared.events.registration import InnovationRecord

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = ROOT / "docs" / "examples"
CLIENTS = {"din-01": [str(EXAMPLES / "makmal.sh")], "din-02": [sys.executable, str(EXAMPLES / "makmal_client.py")]}
"""Institution -> the client that submits for it."""
CATEGORY = "layanan-digital"
INNOVATIONS = 600
"""As if so many came: registration stays open for as many seconds as the clients need on a busy machine."""


class Example:
    """One example client, with its credentials; counts its calls."""

    def __init__(self, url: str, edition: str, institution: str, secret: str):
        self.institution = institution
        self.calls = 0
        self._environment = {
            **os.environ,
            "MAKMAL_URL": url,
            "MAKMAL_CLIENT": f"demo-{institution}",
            "MAKMAL_SECRET": secret,
            "MAKMAL_EDITION": edition,
        }

    async def run(self, *arguments: str) -> str:
        """What it prints."""
        command = [*CLIENTS[self.institution], *arguments]
        done = await asyncio.to_thread(
            subprocess.run,
            command,
            cwd=EXAMPLES,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        self.calls += sum(line.startswith("> ") for line in done.stderr.splitlines())
        return done.stdout


async def play(url: str, username: str, password: str, edition: Edition) -> None:
    caller = Caller(url)
    try:
        cast = await gather(caller, edition.rulebook.edition, username, password)
        edition = msgspec.structs.replace(edition, rulebook=registration_act.mapped(edition.rulebook, INNOVATIONS))
        examples = [await _client(cast, url, institution) for institution in CLIENTS]
        base = f"/registration/v1/editions/{cast.edition}"
        await cast.committee.post("/registration/v1/editions", {"rulebook": msgspec.to_builtins(edition.rulebook)})
        for institution in edition.roster:
            if institution.code in CLIENTS:
                body = {f: getattr(institution, f) for f in ("code", "kind", "name", "abbreviation", "parent")}
                await cast.committee.post(f"{base}/institutions", body)

        submitted = {}
        for example in examples:
            number = f"SIPD/{example.institution}"
            submitted[example] = (
                await example.run("register", example.institution, number, "innovation.json", "evidence.pdf")
            ).strip()
        await registration_act._closed(cast, base)
        await _others(cast, edition, {example.institution: id for example, id in submitted.items()})

        told = {example.institution: await example.run("follow", id, CATEGORY) for example, id in submitted.items()}
        assert all(answer.startswith("screening: eligible\nplace ") for answer in told.values()), told
        assert {answer.split("place ")[1][0] for answer in told.values()} == {"1", "2"}
        assert all(0 < example.calls <= 15 for example in examples)
        shown = await cast.committee.get(f"{base}/innovations", at_least=cast.committee.position)
        numbers = {one["innovation"]: one["external_reference"] for one in shown}
        assert numbers == {id: f"SIPD/{example.institution}" for example, id in submitted.items()}
    finally:
        await caller.close()


async def _client(cast: Cast, url: str, institution: str) -> Example:
    body = {
        "client": f"demo-{institution}",
        "edition": cast.edition,
        "scopes": [*SCOPES, "people:write"],
        "institutions": [institution],
    }
    registered = await cast.administrator.post("/identity/v1/clients", body)
    return Example(url, cast.edition, institution, registered["client_secret"])


async def _others(cast: Cast, edition: Edition, innovations: dict[str, str]) -> None:
    """The committee, the screeners and three jurors do their parts for one category."""
    rulebook, truth = edition.rulebook, Truth(1)
    record = msgspec.json.decode((EXAMPLES / "innovation.json").read_bytes(), type=InnovationRecord)
    entered = [Submitted(id, institution, record, "") for institution, id in innovations.items()]
    narrator = Narrator(Console(file=StringIO()))
    await screening_act._assign(cast, rulebook.edition)
    await screening_act._screen(narrator, cast, rulebook, entered, set(), truth)
    category = next(c for c in rulebook.categories if c.id == CATEGORY)
    nominees = await screening_act._shortlist(cast, rulebook.edition, category, {})
    base = f"/judging/v1/editions/{rulebook.edition}"
    for juror in cast.jurors[:3]:
        await cast.committee.post(f"{base}/jurors", {"person": juror.person, "university": "Universitas Demo"})
    await judging_act._open(cast, base, category, len(nominees))
    criteria = rulebook.rubric(category.rubric).scored
    for nominee in nominees:
        for number, juror in enumerate(cast.jurors[:3]):
            scores = truth.scores(nominee.institution, f"juri-{number}", criteria)
            await judging_act._fill(juror, nominee.entry, scores)
    await cast.chair.post(f"{base}/categories/{category.id}/closing")
    await judging_act._decide(cast, base, category)
    await judging_act._announce(cast, base, category)


def test_the_example_clients_follow_an_innovation_to_its_announced_place(tmp_path: Path) -> None:
    edition = read_edition(ROOT / "tests" / "editions" / "riau-olah")
    with standing(tmp_path, 0) as stage:
        asyncio.run(play(stage.url, stage.username, stage.password, edition))
