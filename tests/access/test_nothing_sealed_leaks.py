"""Until the results are announced nobody reads a score or an event's ID who may not: in no public file, no answer of the API, no page.

Every score of the played edition is another number, so that each is known wherever it turns up.
"""

import asyncio
import itertools
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import msgspec
from msgspec.structs import replace
from rich.console import Console

from makmal.demo.caller import Caller, Voice, until
from makmal.demo.cast import Cast, gather
from makmal.demo.halfway import Halfway
from makmal.demo.narrator import Narrator
from makmal.demo.stage import Stage, standing
from makmal.demo.truth import Truth
from makmal.verify.raw_log import entries, raw_client, snapshot
from services.audit.ledger import public_directory
from shared.eventlog import Keys
from shared.eventlog.envelope import Envelope
from shared.rulebook import Criterion, Publish
from shared.transparency.entries import decode_entries
from shared.transparency.merkle import leaf_hash
from shared.transparency.tiles import TileStore
from shared.web.openapi import operations
from shared.web.pages import cookies
from tests.browser.house import small_edition

EDITION, INNOVATIONS, JURORS, SCREENERS = "olah-rahasia", 7, 3, 2
SEED = 8
SERVICES = ("audit", "judging")
STREAM = "/live"
"""How the address of a page's own news ends: such an answer has no end."""
PAGES_SEEN_AT_LEAST, MOST_PAGES = 5, 24


class Known(Truth):
    """No two sheets say the same, and no mean of several is another's score: with this seed, whatever the order of the sheets."""

    def scores(self, entrant: str, juror: str, criteria: Iterable[Criterion]) -> dict[str, Decimal]:
        return {
            c.id: Decimal(
                self._random(entrant, juror, c.id).randrange(200, 999) * 10
                + 1
                + self._random(c.id, juror, entrant).randrange(9)
            )
            / 100
            for c in criteria
        }


class Sealed:
    """What stands in the log: the scores of each juror, and the IDs of all events."""

    def __init__(self, log: list[tuple[str, int, bytes]]) -> None:
        self.raws = [raw for _, _, raw in log]
        self.by_juror: dict[str, set[str]] = {}
        self.ids: dict[str, str] = {}
        """Of every event, and who recorded it."""
        self.positions: list[int] = []
        for _, position, raw in log:
            envelope = msgspec.json.decode(raw, type=Envelope)
            self.ids[envelope.id] = envelope.actor.partition("/")[2]
            if envelope.type == "ScoreRecorded":
                self.positions.append(position)
                score = str(msgspec.json.decode(envelope.data)["score"])
                self.by_juror.setdefault(envelope.subject.rpartition(".")[2], set()).add(score)

    def scores(self, but: str = "") -> set[str]:
        return {score for juror, scores in self.by_juror.items() if juror != but for score in scores}

    def told_in(self, text: str, but: str = "", published: Iterable[str] = ()) -> set[str]:
        """Scores of others than `but`, as they are written in either language, and IDs of events that others recorded."""
        numbers = {number.replace(",", ".") for number in re.findall(r"(?<![\d.,])\d{2}[.,]\d{2}(?!\d)", text)}
        ids = set(re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", text))
        return ((numbers & self.scores(but)) - set(published)) | {id for id in ids if self.ids.get(id, but) != but}


async def read(stage: Stage) -> Sealed:
    """The log as it stands, all of it signed."""
    keys, public = Keys(stage.house.secrets.log), public_directory(stage.house.data / "audit")
    log: list[tuple[str, int, bytes]] = []
    with stage.house.broker_url() as url, raw_client(url) as client:

        async def signed() -> bool:
            end = snapshot(client, keys).end
            log[:] = entries(client, keys, end)
            return int((public / "checkpoint").read_bytes().split(b"\n")[1]) == end

        await until(signed, "a checkpoint over the whole log")
    return Sealed(log)


class Asking:
    """Somebody who asks whatever can be asked with GET, and looks at every page he comes to."""

    def __init__(self, url: str, sealed: Sealed, cast: Cast, at: dict[str, list[str]]) -> None:
        self.url, self.sealed, self.cast, self.at = url, sealed, cast, at

    async def everything(self, token: str, but: str = "", published: Iterable[str] = ()) -> tuple[dict[str, set[str]], int]:
        """Address -> what leaked there; and how many answers were given."""
        leaks: dict[str, set[str]] = {}
        given = 0
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with httpx.AsyncClient(base_url=self.url, timeout=30, trust_env=False) as client:
            for service in SERVICES:
                document = (await client.get(f"/{service}/v1/openapi.json")).json()
                for address in addresses(service, document, self.at):
                    answer = await client.get(address, headers=headers)
                    assert answer.status_code < 500, (address, answer.text)
                    given += answer.status_code == 200
                    if told := self.sealed.told_in(f"{answer.headers} {answer.text}", but, published):
                        leaks[address] = told
        return leaks, given

    async def pages(self, token: str, but: str = "") -> tuple[dict[str, set[str]], int]:
        """From the edition's front doors on, along every link to a page of audit and judging; and how many were seen."""
        leaks: dict[str, set[str]] = {}
        doors = (
            "audit/e/{e}/proof",
            "audit/e/{e}/timeline",
            "audit/e/{e}/figures",
            "judging/e/{e}/results",
            "judging/e/{e}/entries",
        )
        chair = ("judging/e/{e}/chair", "judging/e/{e}/decisions", "judging/e/{e}/as-of", "audit/e/{e}/verification")
        institution = "judging/e/{e}/our/" + self.at["institution"][0]
        ahead = [f"/{door.format(e=EDITION)}" for door in (*doors, *chair, institution)]
        ahead += [f"/audit/events/{position}" for position in self.sealed.positions[:2]]
        ahead += [f"/audit/receipts/{position}" for position in self.sealed.positions[:2]]
        cookie = {"Cookie": f"{cookies.SESSION}={token}"} if token else {}
        seen, given = set(ahead), 0
        async with httpx.AsyncClient(base_url=self.url, timeout=30, trust_env=False) as client:
            while ahead and given < MOST_PAGES:
                address = ahead.pop(0)
                answer = await client.get(address, headers={"Accept": "text/html", **cookie})
                assert answer.status_code < 500, (address, answer.text)
                given += answer.status_code == 200
                if told := self.sealed.told_in(answer.text, but):
                    leaks[address] = told
                for link in re.findall(r'href="(/(?:audit|judging)/[^"#]+)"', answer.text):
                    if not link.partition("?")[0].endswith(STREAM) and link not in seen and EDITION in link:
                        seen.add(link)
                        ahead.append(link.replace("&amp;", "&"))
        return leaks, given


def addresses(service: str, document: dict[str, Any], at: dict[str, list[str]]) -> Iterator[str]:
    """Every operation that only reads, for everything there is to name in its path. KeyError: say in `at` what a new name stands for."""
    for path, method, operation in operations(document):
        required = [p for p in operation.get("parameters", ()) if p["in"] == "query" and p["required"]]
        if method == "get" and not required:
            names = re.findall(r"\{(\w+)\}", path)
            for values in itertools.product(*(at[name] for name in names)):
                yield f"/{service}" + path.format(**dict(zip(names, values, strict=True)))


async def places(cast: Cast, sealed: Sealed, halfway: Halfway) -> dict[str, list[str]]:
    nominees = halfway.nominees
    size = len(sealed.raws)
    whole = [f"{n:03}" for n in range(size // 256)]
    return {
        "edition": [EDITION],
        "category": [c.id for c in halfway.rulebook.categories],
        "entry": [n.entry for n in nominees][:2],
        "person": [cast.jurors[0].person],
        "position": [str(p) for p in sealed.positions[:2]],
        "kept": ["index"],
        "path": ["0/000", *whole, f"{size // 256:03}.p/{size % 256}"],
        "innovation": [halfway.submitted[0].innovation],
        "institution": [nominees[0].institution],
    }


def public_files(public: Path) -> dict[str, bytes]:
    return {str(file.relative_to(public)): file.read_bytes() for file in sorted(public.rglob("*")) if file.is_file()}


def is_silent(public: Path, sealed: Sealed) -> None:
    """Hashes of the very events, and neither a score nor an ID, as text or as bytes, in the content or the name of a file."""
    size = int((public / "checkpoint").read_bytes().split(b"\n")[1])
    hashes = TileStore(public).leaf_hashes(0, size)
    assert hashes == [leaf_hash(raw) for raw in sealed.raws[:size]], "these are the files that the events would leak from"
    sought = [score.encode() for score in sealed.scores()] + [id.encode() for id in sealed.ids]
    sought += [bytes.fromhex(id.replace("-", "")) for id in sealed.ids]
    found = public_files(public)
    assert {"checkpoint", "vkey", "keys"} <= found.keys() and any(name.startswith("tile/0/") for name in found)
    assert not any(name.startswith("tile/entries") for name in found)
    everything = b"\n".join([*found.values(), *(name.encode() for name in found)])
    assert not [what for what in sought if what in everything]


async def nobody_reads(asking: Asking, who: dict[str, str]) -> None:
    for name, token in who.items():
        person = name.partition(" ")[2]
        leaks, given = await asking.everything(token, person)
        assert (name, leaks) == (name, {})
        assert given >= PAGES_SEEN_AT_LEAST, name
        leaks, given = await asking.pages(token, person)
        assert (name, leaks) == (name, {})
        assert given >= PAGES_SEEN_AT_LEAST or not token, name


async def the_auditor_reads(asking: Asking, token: str) -> None:
    """So what is looked for can be found."""
    sealed, size = asking.sealed, len(asking.sealed.raws)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=asking.url, trust_env=False) as client:
        answer = await client.get(f"/audit/v1/tile/entries/{size // 256:03}.p/{size % 256}", headers=headers)
        assert decode_entries(answer.content) == sealed.raws[size - size % 256 :]
        shown = await client.get(f"/audit/v1/events/{sealed.positions[0]}", headers=headers)
    assert len(sealed.told_in(shown.text)) == 2, "its score and its ID"


async def play(stage: Stage) -> None:
    caller = Caller(stage.url)
    public = public_directory(stage.house.data / "audit")
    try:
        cast = await gather(caller, EDITION, stage.username, stage.password, JURORS, SCREENERS)
        edition = small_edition(EDITION)
        edition = replace(edition, rulebook=replace(edition.rulebook, publish=Publish(scores="winners")))
        halfway = Halfway(Narrator(Console(file=StringIO())), cast, edition, SEED, INNOVATIONS)
        halfway.truth = Known(SEED)
        for act in (halfway.open, halfway.register, halfway.screen, halfway.shortlist, halfway.judge):
            await act(True)
        institution = halfway.nominees[0].institution
        head, operator = await cast.head_of(institution), await cast.operator_of(institution)
        voices: dict[str, Voice] = {
            "committee": cast.committee,
            "head": head,
            "operator": operator,
            f"juror {cast.jurors[-1].person}": cast.jurors[-1],
        }
        who = {"anybody": "", **{name: voice._token for name, voice in voices.items()}}

        sealed = await read(stage)
        assert len(sealed.scores()) == len(sealed.positions) > 50
        is_silent(public, sealed)
        asking = Asking(stage.url, sealed, cast, await places(cast, sealed, halfway))
        await nobody_reads(asking, who)
        await the_auditor_reads(asking, cast.auditor._token)

        await halfway.decide(True)  # and nothing is announced
        sealed = await read(stage)
        is_silent(public, sealed)
        asking = Asking(stage.url, sealed, cast, await places(cast, sealed, halfway))
        await nobody_reads(asking, {name: who[name] for name in ("anybody", "committee")})

        await halfway.announce(True)
        sealed = await read(stage)
        is_silent(public, sealed)
        await as_the_rules_publish(Asking(stage.url, sealed, cast, await places(cast, sealed, halfway)), cast, halfway, head)
    finally:
        await caller.close()


async def as_the_rules_publish(asking: Asking, cast: Cast, halfway: Halfway, head: Voice) -> None:
    """`publish`: final scores of winners, to an institution what its own entries were given, and no events."""
    shown = await head.get(f"/judging/v1/editions/{EDITION}/results", at_least=head.position)
    assert {c["category"] for c in shown["categories"]} == {c.id for c in halfway.rulebook.categories}
    winners = [w for c in shown["categories"] for w in c["winners"]]
    assert winners and all(w["score"] for w in winners) and not any(c["others"] for c in shown["categories"])
    finals = {w["score"] for w in winners}
    leaks, _ = await asking.everything("", published=finals)
    assert leaks == {}, "the public reads no single score, before or after"
    own = msgspec.json.encode(await head.get(f"/judging/v1/editions/{EDITION}/my-results", at_least=head.position)).decode()
    entered = {n.entry for n in halfway.nominees if n.institution == halfway.nominees[0].institution}
    given = scores_of(asking.sealed, entered)
    told = asking.sealed.told_in(own, published=finals)
    assert told and told <= given, "what jurors gave its own entries, and no other's"
    assert not [juror for juror in asking.sealed.by_juror if juror in own], "without their names"


def scores_of(sealed: Sealed, wanted: set[str]) -> set[str]:
    found = set()
    for raw in sealed.raws:
        envelope = msgspec.json.decode(raw, type=Envelope)
        if envelope.type == "ScoreRecorded" and envelope.subject.partition("/")[2].rpartition(".")[0] in wanted:
            found.add(str(msgspec.json.decode(envelope.data)["score"]))
    return found


def test_nothing_sealed_leaks_before_the_announcement_and_what_the_rules_say_after(tmp_path: Path) -> None:
    with standing(tmp_path, 0) as stage:
        asyncio.run(play(stage))
