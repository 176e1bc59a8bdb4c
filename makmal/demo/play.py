"""The play: a whole edition, from opened registration to announced winners and their proof."""

import asyncio
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from rich.markup import escape
from rich.table import Table

from makmal.demo import judging_act, proof_act, registration_act, screening_act
from makmal.demo.caller import Caller
from makmal.demo.cast import Cast, gather
from makmal.demo.halfway import Halfway, Until
from makmal.demo.narrator import Narrator
from makmal.demo.proof_act import Proof
from makmal.demo.serving import serve_on
from makmal.demo.stage import Stage, standing
from makmal.demo.truth import Truth
from services.registration.edition_folder import Edition, read_edition
from shared.rulebook import Rulebook


def _innovations(edition: Edition) -> int:
    """About two of each institution: 320 in Batam."""
    return 2 * len(edition.roster) + 28


class Placed(msgspec.Struct, frozen=True):
    place: int
    name: str
    score: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json FILE` writes."""

    edition: str
    institutions: int
    innovations: int
    events: int
    events_by_type: dict[str, int]
    categories: dict[str, list[Placed]]
    obligations_met: int
    gapless: bool
    rebuild_equal: bool
    checkpoint_verified: bool
    tamper_found_at: int | None
    proven: bool
    """Bytes, rules and results of the exported log."""
    independently_proven: bool
    """By the `verify.py` that is exported with it."""
    checkpoint_size: int
    receipt_verified: bool
    messages_sent: int
    seconds: float


def run(
    narrator: Narrator, folder: Path, *, data: Path | None, port: int, seed: int, serve: bool, until: Until | None = None
) -> Report | None:
    """Play the edition in `folder`. `data` is kept; without it, a temporary directory is used and removed. No report of half an
    edition."""
    edition = read_edition(folder)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # everything is stopped in order, as by Ctrl-C
    with _directory(data) as directory, standing(directory, port) as stage:
        if until:
            report, cast = None, asyncio.run(_half(narrator, stage, edition, seed, until))
        else:
            report, cast = asyncio.run(_play(narrator, stage, edition, seed))
        cast.people.keep(stage.house.data)
        if serve:
            serve_on(narrator, stage, cast.people)
    return report


@contextmanager
def _directory(data: Path | None) -> Iterator[Path]:
    if data is not None:
        yield data
        return
    directory = Path(tempfile.mkdtemp(prefix="makmal-demo-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory)


async def _half(narrator: Narrator, stage: Stage, edition: Edition, seed: int, until: Until) -> Cast:
    caller = Caller(stage.url)
    try:
        cast = await gather(caller, edition.rulebook.edition, stage.username, stage.password)
        half = Halfway(narrator, cast, edition, seed, _innovations(edition))
        await half.play(until)
        await _institution_joins(cast, edition.roster[0].code)
    finally:
        await caller.close()
    return cast


async def _institution_joins(cast: Cast, institution: str) -> None:
    """Its head and its operator have accounts, for who looks around."""
    await cast.head_of(institution)
    await cast.operator_of(institution)


async def _play(narrator: Narrator, stage: Stage, edition: Edition, seed: int) -> tuple[Report, Cast]:
    caller = Caller(stage.url)
    try:
        truth = Truth(seed)
        cast = await gather(caller, edition.rulebook.edition, stage.username, stage.password)
        narrator.tell(
            f"Six services, a broker and a gateway run at [bold]{stage.url}[/bold]; committee, {len(cast.screeners)} screeners, "
            f"{len(cast.jurors)} jurors and an API client have roles by decree"
        )
        registration = await registration_act.play(narrator, cast, edition, seed, _innovations(edition))
        rulebook = edition.rulebook
        nominees = await screening_act.play(narrator, cast, rulebook, registration.submitted, truth)
        judging = await judging_act.play(narrator, cast, stage, rulebook, nominees, truth, seed)
        await _institution_joins(cast, edition.roster[0].code)
        proof = await proof_act.play(narrator, cast, stage, rulebook)
        seconds = narrator.seconds
        _show_winners(narrator, rulebook, judging)
        _show_counts(narrator, caller, proof)
    finally:
        await caller.close()
    report = Report(
        edition=rulebook.edition,
        institutions=len(edition.roster),
        innovations=len(registration.submitted),
        events=proof.events,
        events_by_type=dict(proof.events_by_type),
        categories={
            id: [Placed(p["place"], p["name"], str(p["score"])) for p in shown["winners"]]
            for id, shown in judging.results.items()
        },
        obligations_met=registration.obligations_met,
        gapless=proof.gapless,
        rebuild_equal=proof.rebuild_equal,
        checkpoint_verified=proof.checkpoint_verified,
        tamper_found_at=proof.tamper_found_at,
        proven=proof.copy.proven,
        independently_proven=proof.copy.independently_proven,
        checkpoint_size=proof.copy.checkpoint_size,
        receipt_verified=proof.copy.receipt_verified,
        messages_sent=proof.messages_sent,
        seconds=round(seconds, 1),
    )
    return report, cast


def _show_winners(narrator: Narrator, rulebook: Rulebook, judging: judging_act.Judging) -> None:
    shown = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="bold")
    shown.add_column("Kategori", no_wrap=True)
    shown.add_column("Juara", no_wrap=True)
    shown.add_column("Pemenang", no_wrap=True, overflow="ellipsis")
    shown.add_column("Nilai", no_wrap=True, justify="right")
    for category in rulebook.categories:
        title = escape(category.name.id)
        for winner in judging.results[category.id]["winners"]:
            name = escape(winner["name"] if category.entrant == "innovation" else winner["institution_name"])
            shown.add_row(title, _roman(winner["place"]), name, str(winner["score"]) + ("*" if winner["resolved_by"] else ""))
            title = ""
    narrator.plain()
    narrator.plain(shown)


def _roman(place: int) -> str:
    return "I" * place if place < 4 else str(place)


def _show_counts(narrator: Narrator, caller: Caller, proof: Proof) -> None:
    most = Counter(proof.events_by_type).most_common(5)
    told = ", ".join(f"{n:,} {type}" for type, n in most)
    narrator.plain()
    narrator.plain(
        f"{proof.events:,} events of {len(proof.events_by_type)} types ({told}, …), "
        f"{sum(caller.answers.values()):,} HTTP requests, {caller.repeated} repeated while a service was away."
    )
