"""Last act: the proof. Every projection follows from the log, a changed score is found out, and a copy of it all proves itself."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

import msgspec

from makmal.demo import bundle_act
from makmal.demo.bundle_act import NOT_YET, Proven
from makmal.demo.caller import until
from makmal.demo.cast import Cast
from makmal.demo.narrator import Narrator
from makmal.demo.stage import Stage
from makmal.rebuilding import differences_of_services
from makmal.verify.bytes import Entry, verify
from makmal.verify.findings import Verdict
from makmal.verify.published import PublicUrl
from makmal.verify.raw_log import entries, raw_client, snapshot
from shared.eventlog import Keys
from shared.rulebook import Rulebook


@dataclass
class Proof:
    events: int = 0
    events_by_type: Counter[str] = field(default_factory=Counter)
    gapless: bool = False
    rebuild_equal: bool = False
    checkpoint_verified: bool = False
    tamper_found_at: int | None = None
    messages_sent: int = 0
    copy: Proven = NOT_YET
    """What the log's copy proves by itself."""


async def play(narrator: Narrator, cast: Cast, stage: Stage, rulebook: Rulebook) -> Proof:
    proof = Proof()
    proof.messages_sent = await _told(cast, rulebook.edition)
    arrived = len(stage.mailbox)
    log, verdict = await _verified(stage)
    proof.events = len(log)
    proof.events_by_type = Counter(_type(raw) for _, _, raw in log)
    proof.gapless = not any(f.kind in ("missing", "twice", "counter", "lost") for f in verdict.findings)
    proof.checkpoint_verified = verdict.proven
    told = "[green]verifies[/green]" if verdict.proven else "[red]fails[/red]"
    narrator.tell(
        f"{proof.messages_sent} messages are sent, {arrived} arrived, at {len(stage.mailbox.by_recipient)} people. The notary's "
        f"checkpoint over {verdict.signed:,} events {told}: root {verdict.root[:16]}…, "
        f"positions {'without a gap' if proof.gapless else 'with gaps'}"
    )
    different = await differences_of_services(stage.house)
    proof.rebuild_equal = not different
    narrator.tell(
        "Every projection of every service is rebuilt from zero and [green]equal row for row[/green]"
        if proof.rebuild_equal
        else f"Rebuilt projections [red]differ[/red]: {different[0]}"
    )
    await _tamper(narrator, stage, log, proof)
    proof.copy = await bundle_act.play(narrator, cast, stage, log)
    return proof


async def _told(cast: Cast, edition: str) -> int:
    """Wait until every message has found its end; how many were sent."""
    counts: Counter[str] = Counter()

    async def settled() -> bool:
        shown = await cast.auditor.get(f"/notification/v1/editions/{edition}/messages", limit=1, at_least=cast.auditor.position)
        same, now = counts == Counter(shown["counts"]), Counter(shown["counts"])
        counts.clear()
        counts.update(now)
        return same and not counts["queued"] and counts["sent"] > 0

    await until(settled, "the sending of all messages", 60)
    return counts["sent"]


async def _verified(stage: Stage) -> tuple[list[Entry], Verdict]:
    """The whole log as it stands in the broker, verified against a checkpoint that covers all of it."""
    published: list[PublicUrl] = []
    log: list[Entry] = []
    keys = Keys(stage.house.secrets.log)
    with stage.house.broker_url() as url, raw_client(url) as client:

        async def covered() -> bool:
            found = await asyncio.to_thread(PublicUrl, f"{stage.url}/audit")
            end = snapshot(client, keys).end
            published[:] = [found]
            log[:] = entries(client, keys, end)
            return int(found.note.split(b"\n")[1]) == end

        await until(covered, "a checkpoint over the whole log")
    return log, await asyncio.to_thread(_verify, log, published[0])


def _verify(log: list[Entry], published: PublicUrl) -> Verdict:
    return verify(log, published.note, published.vkey, published.leaf_hashes(len(log)), counter=len(log))


async def _tamper(narrator: Narrator, stage: Stage, log: list[Entry], proof: Proof) -> None:
    """In a copy of the log, one juror's score is raised; nothing else is touched."""
    scores = [(at, raw) for at, (_, _, raw) in enumerate(log) if _type(raw) == "ScoreRecorded"]
    at, raw = scores[len(scores) // 2]
    data = msgspec.json.decode(raw)["data"]
    before, after = data["score"], "99.00"
    service, position, _ = log[at]
    copy = [*log]
    copy[at] = service, position, raw.replace(f'"score":"{before}"'.encode(), f'"score":"{after}"'.encode())
    published = await asyncio.to_thread(PublicUrl, f"{stage.url}/audit")
    verdict = await asyncio.to_thread(_verify, copy, published)
    found = verdict.found_at
    proof.tamper_found_at = found if found == position else None
    told = f"[green]found at position {found}[/green]" if found == position else "[red]not found[/red]"
    narrator.tell(f"In a copy of the log a score of {before} becomes {after} at position {position}: {told}")


def _type(raw: bytes) -> str:
    return str(_envelope(raw).type)


class _Typed(msgspec.Struct):
    type: str


_envelope = msgspec.json.Decoder(_Typed).decode
