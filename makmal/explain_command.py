"""`makmal audit explain WINNER`: from a place to the scores and weights it follows from, each with its position in the log."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from makmal.log_reading import everything, with_log
from makmal.whereabouts import DataOption
from services.judging.explaining import Case, Line, explain
from services.judging.explaining_sources import Course
from shared.eventlog import EventLog
from shared.refusals import Invalid, Refused, Unknown

WIDTH = 200
"""Columns where the output goes into a file."""


def explain_command(
    winner: Annotated[
        str, typer.Argument(help="An entry, an innovation's ID, an institution's code, a name or part of it; or a category.")
    ],
    category: Annotated[str, typer.Option(help="Only in this category, like digital or batam-2023.digital.")] = "",
    english: Annotated[bool, typer.Option("--english", help="In English; else in Bahasa Indonesia.")] = False,
    json: Annotated[bool, typer.Option("--json", help="The tree in both languages, with positions.")] = False,
    data: DataOption = None,
) -> None:
    """Explain an announced place: the score, the scoresheets and weights it follows from, and where in the log each of them stands."""
    course = _course(data)
    found = sought(course, winner, category)
    lines = [explain(case, entry) for case, entry in found]
    if json:
        print(msgspec.json.encode(lines).decode())
        return
    from rich.console import Console
    from rich.tree import Tree

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH)
    for line in lines:
        tree = Tree(_told(line, english))
        _grow(tree, line, english)
        console.print(tree)
    console.print("[dim]#N: position in the log; `makmal log show N` prints the event.[/dim]")


def _course(data: Path | None) -> Course:
    course = Course()

    async def take(events: EventLog) -> None:
        async for recorded in everything(events, streams=("judging",)):
            course.take(recorded.position, recorded.subject, recorded.event)

    with_log(data, take)
    return course


def sought(course: Course, winner: str, category: str = "") -> list[tuple[Case, str]]:
    """The cases and entries that are meant. Raises Unknown where nothing announced is, Invalid where too much is."""
    if not course.cases:
        raise Refused(
            "no result is announced yet; places are explained from then on",
            "belum ada hasil yang diumumkan; penjelasan menyusul",
        )
    cases = [case for id, case in sorted(course.cases.items()) if category in ("", id, id.partition(".")[2])]
    if not cases:
        known = ", ".join(sorted(course.cases))
        raise Unknown(
            f"no result of {category} is announced; of these: {known}", f"hasil {category} belum diumumkan; yang sudah: {known}"
        )
    for case in cases:
        if winner in (case.category, case.category.partition(".")[2]):
            return [(case, placed.entry) for placed in case.winners]
    exact = [(case, entry) for case in cases for entry in case.docket.entries if winner in (entry, entry.split(".", 2)[2])]
    if exact:
        return exact
    said = winner.casefold()
    named = [(case, entry) for case in cases for entry, it in case.docket.entries.items() if said in it.name.casefold()]
    whole = [(case, entry) for case, entry in named if case.docket.entries[entry].name.casefold() == said]
    won = [(case, entry) for case, entry in named if entry in {placed.entry for placed in case.winners}]
    found = whole or (named if len(named) == 1 else won if len(won) == 1 else [])
    if found:
        return found
    if named:
        listed = "; ".join(f"{case.docket.entries[entry].name} ({entry})" for case, entry in named[:10])
        raise Invalid(
            f"{winner} may be one of these; name one: {listed}",
            f"{winner} dapat berarti salah satu ini; sebutkan satu: {listed}",
        )
    raise Unknown(
        f"nothing that was judged is called {winner}; name an entry, an innovation, an institution or a category",
        f"tidak ada yang dinilai bernama {winner}; sebutkan entri, inovasi, instansi, atau kategori",
    )


def _told(line: Line, english: bool) -> str:
    from rich.markup import escape

    where = " ".join(f"#{position}" for position in line.positions)
    text = escape(line.en if english else line.id)
    return f"{text}  [dim]{where}[/dim]" if where else text


def _grow(tree: "object", line: Line, english: bool) -> None:
    from rich.tree import Tree

    assert isinstance(tree, Tree)
    for part in line.parts:
        _grow(tree.add(_told(part, english)), part, english)
