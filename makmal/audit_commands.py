"""`makmal audit …`: proving that the log is what the notary has signed.

Exit codes: 0 proven, 1 violated, 2 could not be checked.
"""

import sys
import time
from collections.abc import Iterator
from typing import Annotated

import msgspec
import typer
from redis.exceptions import RedisError

from makmal.verify.bytes import Entry, verify
from makmal.verify.findings import Verdict
from makmal.verify.published import PublicDirectory, PublicUrl, Published
from makmal.verify.raw_log import entries, raw_client, snapshot
from makmal.whereabouts import DataOption, Whereabouts, whereabouts
from services.audit.ledger import public_directory
from shared.refusals import Refused

audit = typer.Typer(help="Prove what was recorded.", no_args_is_help=True, add_completion=False)


@audit.callback()
def proofs() -> None:
    """Prove what was recorded."""


PROVEN, VIOLATED, NOT_CHECKED = 0, 1, 2
SHOWN = 10
"""Findings told to people; `--json` has up to a thousand."""


class Report(msgspec.Struct, frozen=True):
    proven: bool
    events: int
    signed: int
    unsigned: int
    origin: str
    root: str
    vkey: str
    found_at: int | None
    findings: tuple[dict[str, object], ...]
    more: int
    seconds: float


@audit.command("verify")
def verify_command(
    url: Annotated[
        str, typer.Option(help="Audit service whose checkpoint and tiles count, like http://localhost:8000/audit.")
    ] = "",
    vkey: Annotated[
        str, typer.Option(help="The notary's key as it was announced; else the one published beside the checkpoint.")
    ] = "",
    json: Annotated[bool, typer.Option("--json")] = False,
    data: DataOption = None,
) -> None:
    """Verify every byte of the log: positions, streams, versions, causes, and the root that the notary has signed."""
    started = time.perf_counter()
    try:
        where = whereabouts(data)
        published: Published = _published(where, url)
        key = vkey or published.vkey
        verdict = check(where, published, key, progress=sys.stderr.isatty() and not json)
    except (Refused, RedisError, OSError) as error:
        sentences = (error.en, error.id) if isinstance(error, Refused) else (str(error),)
        print("\n".join(sentences), file=sys.stderr)
        sys.exit(NOT_CHECKED)
    seconds = time.perf_counter() - started
    print(msgspec.json.encode(_report(verdict, key, seconds)).decode() if json else "\n".join(_tell(verdict, key, seconds)))
    sys.exit(PROVEN if verdict.proven else VIOLATED)


def check(where: Whereabouts, published: Published, vkey: str, *, progress: bool = False) -> Verdict:
    """Verify the log in the broker against what was published, which was read before: so the log goes at least as far."""
    with where.broker_url() as url, raw_client(url) as client:
        now = snapshot(client, where.keys)
        found = entries(client, where.keys, now.end)
        if progress:
            found = _shown(found, now.end)
        return verify(found, published.note, vkey, published.leaf_hashes(), counter=now.counter)


def _published(where: Whereabouts, url: str) -> Published:
    if url:
        return PublicUrl(url)
    if where.audit is None:
        raise Refused(
            "Say whose checkpoint counts: give --url of the audit service, or --data.",
            "Sebutkan checkpoint mana yang berlaku: berikan --url layanan audit, atau --data.",
        )
    return PublicDirectory(public_directory(where.audit))


def _shown(found: Iterator[Entry], total: int) -> Iterator[Entry]:
    from rich.console import Console
    from rich.progress import track

    yield from track(found, "verifying", total=total, console=Console(stderr=True), transient=True)


def _report(verdict: Verdict, vkey: str, seconds: float) -> Report:
    return Report(
        proven=verdict.proven,
        events=verdict.events,
        signed=verdict.signed,
        unsigned=max(0, verdict.events - verdict.signed),
        origin=verdict.origin,
        root=verdict.root,
        vkey=vkey,
        found_at=verdict.found_at,
        findings=tuple({"position": f.position, "kind": f.kind, "en": f.en, "id": f.id} for f in verdict.findings),
        more=verdict.more,
        seconds=round(seconds, 3),
    )


def _tell(verdict: Verdict, vkey: str, seconds: float) -> Iterator[str]:
    if verdict.proven:
        yield (
            f"Proven: {verdict.events:,} events without a gap, the first {verdict.signed:,} exactly as {verdict.origin} signed them"
            f" ({max(0, verdict.events - verdict.signed):,} not signed yet), in {seconds:.1f} s."
        )
        yield f"Root {verdict.root}"
        yield f"Key  {vkey}  (compare it with the one that was announced)"
        return
    yield verdict.findings[0].en if verdict.findings else "There is no checkpoint: nothing is proven."
    for finding in verdict.findings[1:SHOWN]:
        yield f"  {finding.en}"
    further = len(verdict.findings) - SHOWN + verdict.more
    if further > 0:
        yield f"  and {further:,} more findings."
