"""`makmal demo`: the command that plays a whole edition."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from makmal.demo.halfway import Until

BATAM = Path(__file__).resolve().parents[2] / "editions" / "batam-2023"


def _console() -> Console:
    """As wide as the terminal; where there is none (a file, a pipe), wide enough for the tables."""
    console = Console()
    return console if console.is_terminal else Console(width=110)


def demo(
    edition: Annotated[Path, typer.Option(help="An edition folder.")] = BATAM,
    data: Annotated[Path | None, typer.Option(help="Keep everything in this directory; else it is gone afterwards.")] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Leave it running until Ctrl-C, with a sign-in link for each role.")
    ] = False,
    until: Annotated[Until | None, typer.Option(help="Halt in the midst of this act, where each role has work to do.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same winners.")] = 2023,
    port: Annotated[int, typer.Option(help="Port of the gateway; 0 takes any free one.", min=0, max=65535)] = 0,
    json: Annotated[Path | None, typer.Option(help="Write the outcome to this file, as JSON.")] = None,
) -> None:
    """Play a whole edition through the services' own APIs: from opened registration to announced winners and their proof."""
    from makmal.demo.narrator import Narrator
    from makmal.demo.play import run
    from services.registration.edition_faults import FaultyEdition

    if until and json is not None:
        raise typer.BadParameter("half an edition has no outcome to write: leave out --json, or --until")
    if until and not (serve or data):
        raise typer.BadParameter("half an edition is to be looked at: add --serve, or keep it with --data")
    try:
        report = run(Narrator(_console()), edition, data=data, port=port, seed=seed, serve=serve, until=until)
    except FaultyEdition as faulty:
        print(faulty, file=sys.stderr)
        raise typer.Exit(2) from faulty
    if report is None:
        return
    if json is not None:
        json.write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    seen = report.gapless and report.rebuild_equal and report.checkpoint_verified and report.tamper_found_at is not None
    proven = report.proven and report.independently_proven and report.receipt_verified
    raise typer.Exit(0 if seen and proven else 1)
