"""Verifying a log by its bytes: positions, streams, envelopes, versions, causes, times, and the tree that the notary has signed.

Pure: the entries come from anywhere (a broker, a copy in memory, a bundle), and nothing is believed but the verifier key. One pass,
one core, some 200,000 events a second. What the events *mean* is not judged here but by whoever takes `each` of them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct

from makmal.verify.findings import Finding, Verdict, found
from shared.eventlog.envelope import MAX_BYTES, Envelope
from shared.events import catalogue
from shared.rulebook import digest_of
from shared.transparency.checkpoint import Checkpoint, InvalidCheckpoint, open_checkpoint
from shared.transparency.merkle import Tree, leaf_hash, root
from shared.transparency.note import InvalidKey, Verifier

Entry = tuple[str, int, bytes]
"""The service in whose stream an entry stands, its position, its bytes (none where it is no entry of a log)."""

MOST_FINDINGS = 1_000
"""Beyond these, findings are counted only."""

MOST_BACK = timedelta(seconds=10)
"""Times may run back so far between positions."""

_decode = msgspec.json.Decoder(Envelope).decode


def verify(
    entries: Iterable[Entry],
    note: bytes | None,
    vkey: str,
    leaf_hashes: Sequence[bytes] | None = None,
    *,
    counter: int | None = None,
    each: Callable[[int, Envelope], None] | None = None,
) -> Verdict:
    """Verify the entries of all streams, merged by position.

    `note`: the signed checkpoint; None judges the log by itself. `vkey`: the notary's key, from somewhere that who may change the
    log cannot change. `leaf_hashes`: those that were published (level 0 of the hash tiles); with them the first changed event is
    found, without them only that there is one. `counter`: the log's own count of positions.
    `each` takes position and envelope of every event that stands where it should, in order.
    """
    signed, findings = _opened(note, vkey)
    size = signed.size if signed else 0
    published: Sequence[bytes] = () if leaf_hashes is None else leaf_hashes[:size]
    walk = _Walk(published, each)
    findings += walk.over(entries)
    if counter is not None:
        findings += _counted(counter, walk.last)
    tree = Tree()
    tree.extend(walk.leaves[:size])
    if signed is not None:
        tiles = None if leaf_hashes is None else published
        findings = _against(signed, findings, walk.last, tree, tiles)
    tree.extend(walk.leaves[size:])
    findings.sort(key=lambda finding: (finding.position, finding.rank))
    origin = signed.origin if signed else ""
    return Verdict(walk.events, size, tree.root().hex(), origin, tuple(findings), walk.more)


def _opened(note: bytes | None, vkey: str) -> tuple[Checkpoint | None, list[Finding]]:
    if note is None:
        return None, []
    try:
        verifier = Verifier.parse(vkey)
        return open_checkpoint(note, verifier.name, [verifier]), []
    except (InvalidCheckpoint, InvalidKey) as error:
        return None, [found("signature", 0, why=str(error))]


class _Walk:
    """One pass over the entries. `leaves` are the hashes of those that stand where they should."""

    def __init__(self, published: Sequence[bytes], each: Callable[[int, Envelope], None] | None = None):
        self.leaves: list[bytes] = []
        self.events = 0
        self.last = 0
        self.more = 0
        self._published = published
        self._each = each
        self._latest = datetime.min.replace(tzinfo=UTC)
        self._ids: set[str] = set()
        self._versions: dict[tuple[str, str], int] = {}
        self._owners = {name: kind.owner() for name, kind in catalogue().items()}

    def over(self, entries: Iterable[Entry]) -> list[Finding]:
        findings: list[Finding] = []
        for finding in self._findings(entries):
            if len(findings) < MOST_FINDINGS:
                findings.append(finding)
            else:
                self.more += 1
        return findings

    def _findings(self, entries: Iterable[Entry]) -> Iterator[Finding]:
        published, leaves = self._published, self.leaves
        signed = len(published)
        for stream, position, raw in entries:
            self.events += 1
            if position != self.last + 1:
                if position <= self.last:
                    yield found("twice", position, stream=stream)
                    continue
                yield found("missing", self.last + 1, until=position - 1)
            self.last = position
            leaf = leaf_hash(raw)
            leaves.append(leaf)
            other = position <= signed and published[position - 1] != leaf
            try:
                envelope = _decode(raw)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                envelope = None
                yield found("unreadable", position, stream=stream, why=str(error))
            if other:
                what = f"{envelope.type} of {envelope.subject}" if envelope else "unreadable"
                yield found("changed", position, what=what)
            if envelope is not None:
                yield from self._judge(stream, position, raw, envelope)
                if self._each is not None:
                    self._each(position, envelope)

    def _judge(self, stream: str, position: int, raw: bytes, envelope: Envelope) -> Iterator[Finding]:
        """What an envelope says must fit where it stands and what stands before it."""
        if envelope.source != f"/{stream}" or self._owners.get(envelope.type) != stream:
            yield found("stream", position, type=envelope.type, source=envelope.source, stream=stream)
        if envelope.specversion != "1.0" or len(raw) > MAX_BYTES:
            yield found("envelope", position, type=envelope.type)
        if envelope.time > self._latest:
            self._latest = envelope.time
        elif self._latest - envelope.time > MOST_BACK:
            back, most = (self._latest - envelope.time).total_seconds(), int(MOST_BACK.total_seconds())
            yield found("time", position, time=envelope.time.isoformat(), seconds=round(back, 3), most=most)
        aggregate = stream, envelope.subject
        expected = self._versions.get(aggregate, 0) + 1
        if envelope.version != expected:
            yield found("version", position, subject=envelope.subject, version=envelope.version, expected=expected)
        self._versions[aggregate] = envelope.version
        if envelope.type in _WITH_RULES and (digest := _misnamed(envelope.data)):
            yield found("rulebook", position, type=envelope.type, digest=digest)
        ids = self._ids
        if envelope.causationid is not None and envelope.causationid not in ids:
            yield found("cause", position, type=envelope.type, cause=envelope.causationid)
        if envelope.id in ids:
            yield found("id", position, event=envelope.id)
        ids.add(envelope.id)


_WITH_RULES = frozenset(("RulebookPublished", "RulebookAmended"))


class _Rules(Struct):
    """What these say, as it is written: with the fields that a rulebook had then."""

    digest: str
    rulebook: msgspec.Raw


def _misnamed(data: msgspec.Raw) -> str:
    """The digest that stands beside a rulebook and is another one's; empty: it is its own, or none can be read."""
    try:
        said = msgspec.json.decode(data, type=_Rules)
    except msgspec.DecodeError:
        return ""
    return said.digest if digest_of(said.rulebook) != said.digest else ""


def _counted(counter: int, last: int) -> list[Finding]:
    if counter > last:
        return [found("missing", last + 1, until=counter)]
    return [found("counter", counter + 1, counter=counter, last=last)] if counter < last else []


_CHANGE_THE_ROOT = ("missing", "twice", "changed", "lost")


def _against(
    signed: Checkpoint, findings: list[Finding], last: int, tree: Tree, tiles: Sequence[bytes] | None
) -> list[Finding]:
    """Compare with the checkpoint: what was found, and the tree of as many events as were signed."""
    if last < signed.size:
        findings.append(found("lost", last + 1, size=signed.size, last=last))
    same = (tree.size, tree.root()) == (signed.size, signed.root)
    doubted = not same or any(finding.kind == "changed" for finding in findings) or len(tiles or ()) < signed.size
    if tiles is not None and doubted and (len(tiles) < signed.size or root(tiles) != signed.root):
        findings = [finding for finding in findings if finding.kind != "changed"]  # these tiles accuse nobody
        findings.append(found("tiles", 0, size=signed.size))
    if not same and not any(f.kind in _CHANGE_THE_ROOT and f.position <= signed.size for f in findings):
        findings.append(found("root", 0, size=signed.size))
    return findings
