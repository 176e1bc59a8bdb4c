"""What the demo tells: a line for each thing that happened, and a moving bar while much of it happens."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class Narrator:
    def __init__(self, console: Console):
        self._console = console
        self._begun = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._begun

    def tell(self, line: str) -> None:
        """One line of the story, with the seconds since it began."""
        self._console.print(f"[dim]{self.seconds:5.1f} s[/dim]  {line}", highlight=False, soft_wrap=True)

    def plain(self, line: object = "") -> None:
        self._console.print(line, highlight=False, soft_wrap=True)

    @contextmanager
    def watching(self, what: str, total: int) -> Iterator[Callable[[], None]]:
        """A bar that is gone afterwards; the function moves it on by one. Nothing is drawn where nobody watches."""
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self._console, transient=True, disable=not self._console.is_terminal) as progress:
            task = progress.add_task(what, total=total)
            yield lambda: progress.advance(task)
