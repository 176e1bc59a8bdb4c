"""Who screens an innovation, and which scores count therefore."""

from collections.abc import Mapping
from typing import TypeVar

from msgspec import Struct

V = TypeVar("V")


class Panel(Struct, frozen=True):
    institution: str
    screeners: tuple[str, ...]
    recused: dict[str, str] = {}
    """Screener → reason."""
    called: bool = False
    """One more was called because scores lay far apart."""

    def counting(self, scores: Mapping[str, V]) -> dict[str, V]:
        """Those of its screeners: what a recused one gave counts no more."""
        return {who: scores[who] for who in self.screeners if who in scores}


class Assignments(Struct, frozen=True):
    """Empty: this edition assigns nobody, and any of its screeners may take any innovation."""

    panels: dict[str, Panel] = {}
    """By innovation."""

    def counting(self, innovation: str, scores: Mapping[str, V]) -> dict[str, V]:
        """The scores that count for the innovation."""
        panel = self.panels.get(innovation)
        return dict(scores) if panel is None else panel.counting(scores)

    def complete(self, innovation: str, scores: Mapping[str, V]) -> bool:
        """Whether every score that is due is in: one of each assigned screener, or any where nobody is assigned."""
        panel = self.panels.get(innovation)
        return bool(scores) if panel is None else bool(panel.screeners) and panel.counting(scores).keys() == {*panel.screeners}
