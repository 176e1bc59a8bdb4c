"""`./dev bench [--json FILE] [NAME…]`: measure, and say plainly what falls short of its target."""

import importlib
import json
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks.measured import Measured, listing

NAMES = ("append", "submission", "projection", "growth", "memory", "pages", "verification", "notary")
"""Each is a module beside this one with `measure(scale)`."""

WIDTH = 120
"""Columns of the table where the output goes into a file."""

app = typer.Typer(add_completion=False)


@app.command()
def bench(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]…", help=f"Of {', '.join(NAMES)}; none: all")] = None,
    file: Annotated[Path | None, typer.Option("--json", help="Write the figures to this file")] = None,
    scale: Annotated[float, typer.Option(min=0.0001, max=10, help="Less work for a quick look; targets are meant for 1")] = 1.0,
) -> None:
    """Measure Makmal beside its references, side by side in this run."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    if unknown := [name for name in names or () if name not in NAMES]:
        raise typer.BadParameter(f"{', '.join(unknown)} is no benchmark; there are {', '.join(NAMES)}")
    found: list[Measured] = []
    for name in names or NAMES:
        with console.status(f"{name} …"):
            found += uvloop.run(importlib.import_module(f"benchmarks.{name}").measure(scale))
    console.print(_table(found))
    console.print(_verdict(found))
    if file is not None:
        file.write_text(json.dumps(listing(found), indent=2) + "\n")


def _table(found: list[Measured]) -> Table:
    table = Table("benchmark", "measured", "beside", "ratio", "target", "")
    for one in found:
        mark = "[green]met[/]" if one.met else "[red]not met[/]"
        table.add_row(
            f"{one.name}\n[dim]{one.what}[/]",
            f"{_number(one.value)} {one.unit}",
            f"{_number(one.reference)}\n[dim]{one.against}[/]",
            f"{one.ratio:.2f}",
            f"{'≥' if one.aim == 'at least' else '≤'} {one.target:g}",
            mark,
        )
    return table


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.3g}"


def _verdict(found: list[Measured]) -> str:
    short = [one.name for one in found if not one.met]
    return f"[red]Not met: {', '.join(short)}.[/]" if short else "[green]Every target is met.[/]"


if __name__ == "__main__":
    app()
