"""Proving a log: its bytes and tree alone, and with every decision taken anew, beside what was aimed at and a library reading its log."""

import asyncio
import time
from collections.abc import Callable
from decimal import Decimal
from random import Random

from benchmarks.eventsourcing_on_sqlite import Scoresheets
from benchmarks.measured import Measured, repeated, scaled, side_by_side
from makmal.verify.bytes import Entry
from makmal.verify.proving import prove
from shared.events.judging import ScoreRecorded, ScoresheetOpened
from shared.events.notification import MessageQueued, MessageSent
from shared.transparency.checkpoint import Checkpoint
from shared.transparency.merkle import leaf_hash, root
from tests.makmal.verify.small_edition import CRITERIA, ENTRIES, JURORS, person, played
from tests.makmal.verify.story import NOTARY, ORIGIN

EVENTS = 100_000
ROUNDS = 5
BYTES, RULES = 100_000.0, 30_000.0
"""Events per second that were aimed at, on one core."""


async def measure(scale: float = 1.0) -> list[Measured]:
    events = scaled(EVENTS, scale, 500)
    log = a_log(events)
    hashes = [leaf_hash(raw) for _, _, raw in log]
    note = Checkpoint(ORIGIN, len(hashes), root(hashes)).sign(NOTARY)

    def proved(only_bytes: bool) -> None:
        proof = prove(log, note, NOTARY.verifier.vkey, hashes, counter=len(log), only_bytes=only_bytes)
        if not proof.proven:
            raise AssertionError(proof.verdict.findings[:1])

    def per_second(work: Callable[[], None], count: int) -> float:
        begun = time.process_time()
        work()
        return count / (time.process_time() - begun)

    async def of_bytes() -> float:
        return await asyncio.to_thread(per_second, lambda: proved(True), len(log))

    async def of_rules() -> float:
        return await asyncio.to_thread(per_second, lambda: proved(False), len(log))

    with Scoresheets() as other:
        stored = await asyncio.to_thread(other.fill, scaled(EVENTS // 5, scale, 500))

        async def of_other() -> float:
            return await asyncio.to_thread(per_second, other.read, stored)

        bytes, rules, read = await side_by_side(of_bytes, of_rules, of_other, rounds=repeated(ROUNDS, scale))
    what = f"{len(log):,} events of a small edition: "
    every = what + "bytes, tree, signature, and each act decided anew"
    aim = "what was aimed at"
    return [
        Measured("verify-bytes", what + "bytes, tree and signature", bytes, BYTES, aim, "events/s", 1),
        Measured("verify-rules", every, rules, RULES, aim, "events/s", 1),
        Measured(
            "verify-eventsourcing", what + "bytes", bytes, read, "eventsourcing on SQLite: reading its log", "events/s", 1
        ),
    ]


def a_log(events: int) -> list[Entry]:
    """An edition in the midst of judging: jurors change their scores, each sheet's criteria in one append, and letters go out."""
    story, chance = played("panels"), Random(1)
    seats = [(entry, juror) for code, entry in ENTRIES.items() for juror in JURORS if (code, juror) != ("opd-03", JURORS[2])]
    for entry, juror in seats:
        story.forge(person(juror), (f"scoresheet/{entry}.{juror}", ScoresheetOpened(entry=entry, juror=juror)))
    given: dict[tuple[str, str], Decimal] = {}
    letters = 0
    while story.end < events:
        entry, juror = chance.choice(seats)
        sheet, scores = f"scoresheet/{entry}.{juror}", []
        for criterion in CRITERIA:
            points = Decimal(chance.randint(0, 9_999)) / 100
            if given.get((sheet, criterion)) == points:
                points = Decimal("100.00")
            given[sheet, criterion] = points
            scores.append((sheet, ScoreRecorded(criterion=criterion, score=points.quantize(Decimal("0.01")))))
        recorded = story.forge(person(juror), *scores)
        if chance.random() < 0.4:
            letters += 1
            cause, message = recorded[0], f"message/{letters}"
            queued = MessageQueued(to=juror, template="score_kept", about=cause.subject, cause=cause.position)
            story.forge("reaction/notification.score-kept", (message, queued), cause=cause)
            story.forge("worker/notification.mail", (message, MessageSent(message_id=f"<{letters}@contoh>")))
    return story.entries
