"""What somebody with the operator's power can do to a log or to what was published of it. Each attack says where it must be found."""

from collections.abc import Callable
from random import Random

from msgspec import Struct

from shared.transparency.checkpoint import Checkpoint
from shared.transparency.merkle import leaf_hash, root
from shared.transparency.note import Signer
from tests.attacks.ground import Ground, Id, Published, other_byte


class Attack(Struct, frozen=True):
    """Where verification must find it first (None: it concerns the log as a whole), as one of which kinds, and what is published."""

    position: int | None
    kinds: tuple[str, ...]
    published: Published | None = None
    """None: as the notary published it."""


Attacker = Callable[[Ground, Random], Attack]


def _one(ground: Ground, random: Random) -> tuple[str, int, bytes]:
    return random.choice(ground.log)


def byte_changed(ground: Ground, random: Random) -> Attack:
    service, position, raw = _one(ground, random)
    other = other_byte(random, raw)
    ground.rewrite(service, [(id, other if id == b"%d-0" % position else was) for id, was in ground.stream(service)])
    return Attack(position, ("changed", "unreadable"))


def entry_dropped(ground: Ground, random: Random) -> Attack:
    service, position, _ = _one(ground, random)
    ground.client.xdel(ground.keys.stream(service), f"{position}-0")
    return Attack(position, ("missing",))


def entry_slipped_in(ground: Ground, random: Random) -> Attack:
    """Between two others, where the log has no position for it."""
    service, position, raw = _one(ground, random)
    after: list[Id] = []
    for id, was in ground.stream(service):
        after.append((id, was))
        if id == b"%d-0" % position:
            after.append((b"%d-1" % position, raw))
    ground.rewrite(service, after)
    return Attack(position, ("twice", "unreadable"))


def entry_added(ground: Ground, random: Random) -> Attack:
    """At the end, past the append script; sometimes with the counter, sometimes without."""
    service, _, raw = _one(ground, random)
    ground.client.xadd(ground.keys.stream(service), {"__data__": raw}, f"{ground.end + 1}-0")
    if random.random() < 0.5:
        ground.client.incr(ground.keys.position)
    return Attack(ground.end + 1, ("version", "counter", "id"))


def entries_swapped(ground: Ground, random: Random) -> Attack:
    (one, first, raw), (other, second, other_raw) = random.sample(ground.log, 2)
    changed = {b"%d-0" % first: other_raw, b"%d-0" % second: raw}
    for service in {one, other}:
        ground.rewrite(service, [(id, changed.get(id, was)) for id, was in ground.stream(service)])
    return Attack(min(first, second), ("changed", "stream"))


def entry_duplicated(ground: Ground, random: Random) -> Attack:
    """The same entry in a second stream, too."""
    service, position, raw = _one(ground, random)
    other = random.choice([s for s in ground.services if s != service])
    put = {int(id.partition(b"-")[0]): (id, was) for id, was in ground.stream(other)} | {position: (b"%d-0" % position, raw)}
    ground.rewrite(other, [put[place] for place in sorted(put)])
    return Attack(position, ("twice", "stream"))


def entry_moved(ground: Ground, random: Random) -> Attack:
    attack = entry_duplicated(ground, random)
    assert attack.position is not None
    service = ground.log[attack.position - 1][0]
    ground.client.xdel(ground.keys.stream(service), f"{attack.position}-0")
    return Attack(attack.position, ("stream",))


def stream_trimmed(ground: Ground, random: Random) -> Attack:
    """`XADD … MAXLEN 0`: what a client library does when it is told to keep a stream short."""
    service = random.choice(ground.services)
    left = random.choice((0, random.randrange(len(ground.positions(service)))))
    if left:
        ground.client.xtrim(ground.keys.stream(service), maxlen=left, approximate=False)
    else:
        ground.client.xadd(ground.keys.stream(service), {"__data__": b"{}"}, f"{ground.end + 1}-0", maxlen=0, approximate=False)
    return Attack(ground.positions(service)[0], ("missing",))


def stream_deleted(ground: Ground, random: Random) -> Attack:
    service = random.choice(ground.services)
    ground.client.delete(ground.keys.stream(service))
    return Attack(ground.positions(service)[0], ("missing", "lost"))


def counter_set_back(ground: Ground, random: Random) -> Attack:
    to = random.randrange(ground.end)
    if to:
        ground.client.set(ground.keys.position, to)
    else:
        ground.client.delete(ground.keys.position)
    return Attack(to + 1, ("counter",))


def counter_run_ahead(ground: Ground, random: Random) -> Attack:
    ground.client.incrby(ground.keys.position, random.randrange(1, 9))
    return Attack(ground.end + 1, ("missing",))


def old_copy_restored(ground: Ground, random: Random) -> Attack:
    """The broker runs on an append-only file of an earlier moment."""
    end = random.randrange(ground.end)
    for service in ground.services:
        ground.rewrite(service, [(id, raw) for id, raw in ground.stream(service) if int(id.partition(b"-")[0]) <= end])
    ground.client.set(ground.keys.position, end)
    return Attack(end + 1, ("lost", "missing"))


# -- what was published


def checkpoint_forged(ground: Ground, random: Random) -> Attack:
    """By somebody without the notary's key: another key of the same name, or another root under the old signature."""
    known = ground.published
    if random.random() < 0.5:
        other = Signer.generate(ground.signer.name)
        note = Checkpoint(ground.signer.name, ground.end, random.randbytes(32)).sign(other)
    else:
        text, blank, signatures = known.note.partition(b"\n\n")
        lines = text.split(b"\n")
        lines[1] = b"%d" % random.randrange(1, ground.end)
        note = b"\n".join(lines) + blank + signatures
    return Attack(None, ("signature",), Published(note, known.vkey, known.leaf_hashes))


def checkpoint_truncated(ground: Ground, random: Random) -> Attack:
    known = ground.published
    note = known.note[: random.randrange(len(known.note))]
    return Attack(None, ("signature",), Published(note, known.vkey, known.leaf_hashes))


def checkpoint_replayed(ground: Ground, random: Random) -> Attack:
    """An old checkpoint is published again, and what it does not cover is changed. Whoever has seen the later one finds it."""
    old = random.randrange(len(ground.noted.notes) - 1)
    covered = int(ground.noted.notes[old].split(b"\n")[1])
    service, position, raw = random.choice(ground.log[covered:])
    other = raw.replace(b'"time":"20', b'"time":"19', 1)
    ground.rewrite(service, [(id, other if id == b"%d-0" % position else was) for id, was in ground.stream(service)])
    return Attack(position, ("changed",))


def tile_changed(ground: Ground, random: Random) -> Attack:
    """A published hash is another: no event is accused, the tiles are."""
    known = ground.published
    assert known.leaf_hashes is not None
    hashes = list(known.leaf_hashes)
    at = random.randrange(len(hashes))
    hashes[at] = other_byte(random, hashes[at])
    return Attack(None, ("tiles",), Published(known.note, known.vkey, hashes))


def score_changed_and_all_hashes_recomputed(ground: Ground, random: Random) -> Attack:
    """By the organiser and the notary together: they rewrite a score, and sign a new tree of the same size with the true key.

    What they publish now holds together. It is found by any checkpoint kept from before (here with the tiles of that time).
    """
    scores = [entry for entry in ground.log if b'"type":"ScoreRecorded"' in entry[2]]
    service, position, raw = random.choice(scores)
    before = raw.partition(b'"score":"')[2].partition(b'"')[0]
    other = raw.replace(b'"score":"%b"' % before, b'"score":"99.00"')
    ground.rewrite(service, [(id, other if id == b"%d-0" % position else was) for id, was in ground.stream(service)])
    hashes = [leaf_hash(other if place == position else was) for _, place, was in ground.log]
    note = Checkpoint(ground.signer.name, ground.end, root(hashes)).sign(ground.signer)
    assert ground.verified(Published(note, ground.published.vkey, hashes)).proven, (
        "by itself, the new publication holds together"
    )
    alone = ground.verified(Published(ground.published.note, ground.published.vkey, None))
    assert [finding.kind for finding in alone.findings] == ["root"], "the kept checkpoint alone says that something was changed"
    return Attack(position, ("changed",))


CAMPAIGN: dict[Attacker, int] = {
    byte_changed: 500,
    entry_dropped: 250,
    entry_slipped_in: 150,
    entry_added: 150,
    entries_swapped: 200,
    entry_duplicated: 100,
    entry_moved: 100,
    stream_trimmed: 50,
    stream_deleted: 20,
    counter_set_back: 100,
    counter_run_ahead: 10,
    old_copy_restored: 60,
    checkpoint_forged: 100,
    checkpoint_truncated: 80,
    checkpoint_replayed: 60,
    tile_changed: 60,
    score_changed_and_all_hashes_recomputed: 60,
}
"""How often each is tried: 2,050 in all."""
