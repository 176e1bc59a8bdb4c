"""`makmal audit verify`: bytes, rules and results of the log, each told by itself.

Exit codes: 0 proven, 1 violated, 2 could not be checked.
"""

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from redis.exceptions import RedisError

from makmal.verify.bytes import Entry
from makmal.verify.proving import Pass, Proof, prove
from makmal.verify.published import PublicDirectory, PublicUrl, Published, size_of
from makmal.verify.raw_log import entries, raw_client, snapshot
from makmal.verify.vouching import discontinued, in_force
from makmal.whereabouts import DataOption, Whereabouts, whereabouts
from services.audit.ledger import origin_of, public_directory
from shared.refusals import Refused

NOT_CHECKED = 2
SHOWN = 10
"""Findings told to people; `--json` has up to a thousand."""


class PassReport(msgspec.Struct, frozen=True):
    made: bool
    findings: int
    """Of those listed."""


class Report(msgspec.Struct, frozen=True):
    """What `--json` prints."""

    proven: bool
    events: int
    signed: int
    unsigned: int
    origin: str
    root: str
    vkey: str
    acts: int
    """Decisions that were taken anew."""
    passes: dict[Pass, PassReport]
    results: tuple[Any, ...]
    """Every announced result as it follows from the scores."""
    unchecked: tuple[dict[str, str], ...]
    found_at: int | None
    findings: tuple[dict[str, object], ...]
    more: int
    seconds: float


def verify_command(
    url: Annotated[
        str, typer.Option(help="Audit service whose checkpoint and tiles count, like http://localhost:8000/audit.")
    ] = "",
    vkey: Annotated[
        str, typer.Option(help="The notary's key as it was announced; else the one published beside the checkpoint.")
    ] = "",
    bundle: Annotated[Path | None, typer.Option(help="A bundle, instead of a live log: nothing else need run.")] = None,
    only_bytes: Annotated[bool, typer.Option("--bytes", help="Leave the rules and the results unjudged.")] = False,
    json: Annotated[bool, typer.Option("--json")] = False,
    data: DataOption = None,
) -> None:
    """Prove the log: every byte as the notary has signed it, every event as the rules allowed it, every result as the scores have it."""
    started = time.perf_counter()
    progress = sys.stderr.isatty() and not json
    try:
        if bundle is not None:
            from makmal.bundle.proving import prove_bundle

            proof, key = prove_bundle(bundle, vkey, only_bytes=only_bytes, progress=progress)
        else:
            where = whereabouts(data)
            published: Published = _published(where, url)
            proof, key = check(where, published, vkey, only_bytes=only_bytes, progress=progress)
    except (Refused, RedisError, OSError) as error:
        sentences = (error.en, error.id) if isinstance(error, Refused) else (str(error),)
        print("\n".join(sentences), file=sys.stderr)
        sys.exit(NOT_CHECKED)
    tell(proof, key, time.perf_counter() - started, json=json)
    sys.exit(proof.exit_code)


def check(
    where: Whereabouts, published: Published, vkey: str = "", *, only_bytes: bool = False, progress: bool = False
) -> tuple[Proof, str]:
    """Prove the log in the broker against what was published, which was read before: so the log goes at least as far.

    Also the key that the proof rests on: `vkey`, or one that it vouches for; without one, that which is published.
    """
    with where.broker_url() as url, raw_client(url) as client:
        now = snapshot(client, where.keys)
        found: Iterable[Entry] = entries(client, where.keys, now.end)
        if progress:
            found = shown(found, now.end, "bytes" if only_bytes else "bytes and rules")
        origin, size = origin_of(where.keys.log), size_of(published.note)
        recorded = ((position, raw) for _, position, raw in entries(client, where.keys, now.end, ("audit",)))
        key = in_force(vkey, published.note, origin, published.kept, recorded) if vkey else published.vkey
        leaves = published.leaf_hashes()
        proof = prove(found, published.note, key, leaves, counter=now.counter, only_bytes=only_bytes)
    if leaves is None or any(finding.kind == "tiles" for finding in proof.verdict.findings):
        return proof, key
    kept = [(name, note) for name, note in published.kept if size_of(note) <= size]  # the notary may have gone on meanwhile
    more = discontinued(kept, origin, (*published.keys, key), iter(leaves), size, proof.flawed)
    return proof.with_findings(list(more)), key


def _published(where: Whereabouts, url: str) -> Published:
    if url:
        return PublicUrl(url)
    if where.audit is None:
        raise Refused(
            "Say whose checkpoint counts: give --url of the audit service, or --data.",
            "Sebutkan checkpoint mana yang berlaku: berikan --url layanan audit, atau --data.",
        )
    return PublicDirectory(public_directory(where.audit))


def shown(found: Iterable[Entry], total: int, what: str) -> Iterator[Entry]:
    """The same entries, with a bar on the terminal."""
    from rich.console import Console
    from rich.progress import track

    yield from track(found, what, total=total, console=Console(stderr=True), transient=True)


def tell(proof: Proof, vkey: str, seconds: float, *, json: bool) -> None:
    """Print the report."""
    report = report_of(proof, vkey, seconds)
    print(msgspec.json.encode(report).decode() if json else "\n".join(_lines(proof, vkey, seconds)))


def report_of(proof: Proof, vkey: str, seconds: float) -> Report:
    verdict = proof.verdict
    every: tuple[Pass, ...] = ("bytes", "rules", "result")
    return Report(
        proven=proof.proven,
        events=verdict.events,
        signed=verdict.signed,
        unsigned=max(0, verdict.events - verdict.signed),
        origin=verdict.origin,
        root=verdict.root,
        vkey=vkey,
        acts=proof.acts,
        passes={which: PassReport(which in proof.passes, len(proof.found_by(which))) for which in every},
        results=tuple(msgspec.to_builtins(result) for result in proof.results),
        unchecked=tuple({"en": en, "id": id} for en, id in proof.unchecked),
        found_at=verdict.found_at,
        findings=tuple({"position": f.position, "kind": f.kind, "en": f.en, "id": f.id} for f in verdict.findings),
        more=verdict.more,
        seconds=round(seconds, 3),
    )


def _lines(proof: Proof, vkey: str, seconds: float) -> Iterator[str]:
    verdict = proof.verdict
    if verdict.findings:
        yield verdict.findings[0].en
        for finding in verdict.findings[1:SHOWN]:
            yield f"  {finding.en}"
        further = len(verdict.findings) - SHOWN + verdict.more
        if further > 0:
            yield f"  and {further:,} more findings."
        return
    if not verdict.origin:
        yield "There is no checkpoint: nothing is proven."
        return
    unsigned = max(0, verdict.events - verdict.signed)
    yield (
        f"Bytes   {verdict.events:,} events without a gap, the first {verdict.signed:,} exactly as {verdict.origin} signed them"
        f" ({unsigned:,} not signed yet)"
    )
    if "rules" in proof.passes:
        yield f"Rules   {proof.acts:,} decisions taken anew, each by somebody who might take it: they lead to these events"
        yield f"Result  {_results(proof)}"
    for en, _ in proof.unchecked:
        yield f"Not checked: {en}."
    yield f"{'Proven' if proof.proven else 'Not proven'} in {seconds:.1f} s."
    yield f"Root {verdict.root}"
    yield f"Key  {vkey}  (compare it with the one that was announced)"


def _results(proof: Proof) -> str:
    if not proof.results:
        return "nothing is announced yet"
    deviating = sum(bool(result.deviation) for result in proof.results)
    sheets = sum(result.sheets for result in proof.results)
    told = f"{len(proof.results)} announced results follow from {sheets:,} scoresheets"
    return f"{told}; {deviating} of them deviate, with the reason on record" if deviating else told
