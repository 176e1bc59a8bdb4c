import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from makmal.verify.bytes import Entry, verify
from makmal.verify.findings import Verdict
from shared.eventlog import Draft
from shared.events import Event
from shared.events.judging import ScoreRecorded, ScoresheetOpened
from shared.events.registration import InstitutionRegistered
from shared.events.screening import ShortlistConfirmed
from shared.transparency.checkpoint import Checkpoint
from shared.transparency.merkle import leaf_hash, root
from shared.transparency.note import Signer

ORIGIN = "makmal/test"
NOTARY = Signer(ORIGIN, bytes(range(32)))
EVENTS = 600
SIGNED = 590
Tamper = Callable[[list[Entry]], list[Entry]]


THEN = datetime(2023, 5, 1, tzinfo=UTC)


def encoded(event: Event, subject: str, version: int, cause: str | None = None, time: datetime = THEN) -> bytes:
    draft = Draft(
        event=event,
        subject=subject,
        version=version,
        time=time,
        actor="person/p",
        request="r",
        edition="test",
        causation=cause,
    )
    return draft.encode()


def a_log() -> list[Entry]:
    """Institutions, and scoresheets of four events each, to the first of which another service answers."""
    entries: list[Entry] = []
    while len(entries) < EVENTS:
        number = len(entries) // 6
        sheet = f"scoresheet/test.digital.{number}.p"
        opened = encoded(ScoresheetOpened(entry=f"test.digital.{number}", juror="p"), sheet, 1)
        cause = opened.decode().split('"id":"')[1][:36]
        raws = [
            ("registration", encoded(InstitutionRegistered(code="opd", kind="opd", name="Dinas"), f"institution/{number}", 1)),
            ("judging", opened),
            *(
                ("judging", encoded(ScoreRecorded(criterion=name, score=Decimal("71.5")), sheet, 2 + place))
                for place, name in enumerate(("novelty", "benefit", "replication"))
            ),
            ("screening", encoded(ShortlistConfirmed(category="digital", entries=()), f"shortlist/{number}", 1, cause)),
        ]
        entries += [(stream, len(entries) + place, raw) for place, (stream, raw) in enumerate(raws, 1)]
    return entries


@pytest.fixture(scope="module")
def log() -> list[Entry]:
    return a_log()


def judged(log: list[Entry], tamper: Tamper = lambda entries: entries, **how: object) -> Verdict:
    """What verification says of a tampered copy, against what was signed of the log itself."""
    leaves = [leaf_hash(raw) for _, _, raw in log][:SIGNED]
    options = {"leaf_hashes": leaves, "counter": len(log), **how}
    note = Checkpoint(ORIGIN, SIGNED, root(leaves)).sign(NOTARY)
    return verify(tamper(list(log)), note, NOTARY.verifier.vkey, **options)  # type: ignore[arg-type]


def at(position: int, change: Callable[[bytes], bytes]) -> Tamper:
    def tamper(entries: list[Entry]) -> list[Entry]:
        stream, _, raw = entries[position - 1]
        assert change(raw) != raw
        return [*entries[: position - 1], (stream, position, change(raw)), *entries[position:]]

    return tamper


def test_a_log_as_it_was_signed_is_proven(log: list[Entry]) -> None:
    verdict = judged(log)
    assert verdict.proven and verdict.findings == ()
    assert (verdict.events, verdict.signed, verdict.origin) == (EVENTS, SIGNED, ORIGIN)
    assert verdict.root == root(leaf_hash(raw) for _, _, raw in log).hex()


def test_it_is_proven_without_the_published_hashes_as_well(log: list[Entry]) -> None:
    assert judged(log, leaf_hashes=None).proven


def test_without_a_checkpoint_nothing_is_proven(log: list[Entry]) -> None:
    verdict = verify(log, None, "")
    assert verdict.findings == () and not verdict.proven


@pytest.mark.parametrize("position", [4, 256, 257, 514, SIGNED - 5])
def test_a_changed_score_is_found_at_its_position(log: list[Entry], position: int) -> None:
    position = next(p for stream, p, raw in log if p >= position and b'"score"' in raw)
    verdict = judged(log, at(position, lambda raw: raw.replace(b'"71.5"', b'"91.5"')))
    assert not verdict.proven
    assert [(f.kind, f.position) for f in verdict.findings] == [("changed", position)]
    assert verdict.findings[0].en.startswith(f"The event at position {position} (ScoreRecorded of scoresheet/test.digital.")
    assert verdict.findings[0].id.startswith(f"Peristiwa pada posisi {position} (")


def test_a_space_in_the_json_is_a_change_too(log: list[Entry]) -> None:
    assert judged(log, at(300, lambda raw: raw.replace(b'","', b'", "', 1))).found_at == 300


def test_without_the_published_hashes_a_change_is_known_but_not_where(log: list[Entry]) -> None:
    verdict = judged(log, at(300, lambda raw: raw.replace(b'","', b'", "', 1)), leaf_hashes=None)
    assert [(f.kind, f.position) for f in verdict.findings] == [("root", 0)]


def test_a_dropped_event_is_missing_at_its_position(log: list[Entry]) -> None:
    verdict = judged(log, lambda entries: entries[:299] + entries[300:])
    assert (verdict.findings[0].kind, verdict.found_at) == ("missing", 300)
    assert {f.kind for f in verdict.findings} <= {"missing", "version", "cause"}


def test_a_dropped_event_with_the_later_ones_moved_up_is_found_at_its_position(log: list[Entry]) -> None:
    def tamper(entries: list[Entry]) -> list[Entry]:
        return entries[:299] + [(stream, position - 1, raw) for stream, position, raw in entries[300:]]

    verdict = judged(log, tamper, counter=EVENTS - 1)
    assert (verdict.findings[0].kind, verdict.found_at) == ("changed", 300)


def test_swapped_events_are_found_at_the_first_of_them(log: list[Entry]) -> None:
    def tamper(entries: list[Entry]) -> list[Entry]:
        one, other = entries[301], entries[307]
        entries[301], entries[307] = (other[0], one[1], other[2]), (one[0], other[1], one[2])
        return entries

    verdict = judged(log, tamper)
    assert (verdict.findings[0].kind, verdict.found_at) == ("changed", 302)
    assert 308 in {f.position for f in verdict.findings if f.kind == "changed"}


def test_an_event_moved_to_another_stream_is_found(log: list[Entry]) -> None:
    def tamper(entries: list[Entry]) -> list[Entry]:
        _, position, raw = entries[301]
        entries[301] = ("screening", position, raw)
        return entries

    verdict = judged(log, tamper)
    assert [(f.kind, f.position) for f in verdict.findings if f.kind != "version"] == [("stream", 302)]


def test_an_event_that_claims_another_service_is_found(log: list[Entry]) -> None:
    position = next(p for stream, p, _ in log if stream == "judging" and p > SIGNED)
    verdict = judged(log, at(position, lambda raw: raw.replace(b'"/judging"', b'"/screening"')))
    assert (verdict.findings[0].kind, verdict.found_at) == ("stream", position)


def test_a_log_cut_off_below_what_was_signed_is_found(log: list[Entry]) -> None:
    verdict = judged(log, lambda entries: entries[:400], counter=400)
    assert [(f.kind, f.position) for f in verdict.findings] == [("lost", 401)]
    assert verdict.findings[0].en == f"The log ends at position 400, but the notary has signed {SIGNED} events."


def test_unsigned_events_cut_off_are_missing_by_the_counter(log: list[Entry]) -> None:
    verdict = judged(log, lambda entries: entries[: SIGNED + 1])
    assert [(f.kind, f.position) for f in verdict.findings] == [("missing", SIGNED + 2)]


def test_a_counter_set_back_is_found(log: list[Entry]) -> None:
    verdict = judged(log, counter=EVENTS - 3)
    assert [(f.kind, f.position) for f in verdict.findings] == [("counter", EVENTS - 2)]


def test_an_inserted_event_stands_twice(log: list[Entry]) -> None:
    verdict = judged(log, lambda entries: [*entries[:300], ("audit", 300, entries[5][2]), *entries[300:]])
    assert [(f.kind, f.position) for f in verdict.findings] == [("twice", 300)]


def test_forged_events_behind_what_was_signed_are_held_against_the_rules_of_the_log(log: list[Entry]) -> None:
    position = EVENTS + 1
    sheet = ScoresheetOpened(entry="e", juror="p")
    forged: dict[str, bytes] = {
        "version": encoded(sheet, "scoresheet/new", 2),
        "cause": encoded(sheet, "scoresheet/new", 1, "00000000-0000-7000-8000-000000000000"),
        "id": log[1][2].replace(b"test.digital.0", b"test.digital.x"),
        "unreadable": b"{}",
        "envelope": encoded(sheet, "scoresheet/new", 1).replace(b'"1.0"', b'"1.1"'),
    }
    for kind, raw in forged.items():
        verdict = judged(log, lambda entries, raw=raw: [*entries, ("judging", position, raw)], counter=position)  # type: ignore[misc]
        assert [(f.kind, f.position) for f in verdict.findings] == [(kind, position)]


@pytest.mark.parametrize(("seconds", "kinds"), [(9, []), (10, []), (11, ["time"]), (86_400, ["time"])])
def test_a_clock_that_runs_back_is_found_beyond_ten_seconds(log: list[Entry], seconds: int, kinds: list[str]) -> None:
    """Machines' clocks differ a little; a day is no difference of clocks."""
    raw = encoded(ScoresheetOpened(entry="e", juror="p"), "scoresheet/new", 1, time=THEN - timedelta(seconds=seconds))
    verdict = judged(log, lambda entries: [*entries, ("judging", EVENTS + 1, raw)], counter=EVENTS + 1)
    assert [(f.kind, f.position) for f in verdict.findings] == [(kind, EVENTS + 1) for kind in kinds]


def test_a_checkpoint_of_another_key_proves_nothing(log: list[Entry]) -> None:
    other = Signer(ORIGIN, os.urandom(32))
    note = Checkpoint(ORIGIN, 3, root([leaf_hash(raw) for _, _, raw in log[:3]])).sign(other)
    verdict = verify(log, note, NOTARY.verifier.vkey)
    assert [f.kind for f in verdict.findings] == ["signature"] and not verdict.proven


def test_a_checkpoint_with_a_changed_size_is_refused(log: list[Entry]) -> None:
    note = Checkpoint(ORIGIN, 3, root([leaf_hash(raw) for _, _, raw in log[:3]])).sign(NOTARY).replace(b"\n3\n", b"\n4\n")
    assert [f.kind for f in verify(log, note, NOTARY.verifier.vkey).findings] == ["signature"]


def test_hashes_that_were_changed_with_the_event_are_found_out(log: list[Entry]) -> None:
    tamper = at(304, lambda raw: raw.replace(b'"71.5"', b'"91.5"'))
    leaves = [leaf_hash(raw) for _, _, raw in tamper(list(log))][:SIGNED]
    assert [f.kind for f in judged(log, tamper, leaf_hashes=leaves).findings] == ["tiles", "root"]


def test_wrong_hashes_accuse_no_event(log: list[Entry]) -> None:
    leaves = [leaf_hash(raw) for _, _, raw in log][:SIGNED]
    leaves[299] = leaf_hash(b"another")
    assert [f.kind for f in judged(log, leaf_hashes=leaves).findings] == ["tiles"]


def test_a_thousand_findings_are_listed_and_the_rest_counted() -> None:
    entries = [("judging", position, b"?") for position in range(1, 1_501)]
    verdict = verify(entries, None, "")
    assert (len(verdict.findings), verdict.more) == (1_000, 500)
