"""Rankings and their advisory figures, reckoned once for what they follow from, however often somebody looks."""

import asyncio
from collections import OrderedDict
from typing import Any

from services.judging import tally
from services.judging.aside import Aside
from services.judging.docket import Docket
from services.judging.scoring.ranking import Ranking
from services.judging.scoring.reliability import Reliability, assess

KEPT = 64
"""More than the categories of the editions that are judged at one time."""

Versions = tuple[tuple[str, int], ...]
"""Subject and version of the category, of the sheets of all seats and of their jurors: the figures follow from these alone."""
Found = tuple[Ranking, Reliability]


class Reckoned:
    def __init__(self, aside: Aside) -> None:
        self._aside = aside
        self._found: OrderedDict[Versions, Found] = OrderedDict()

    async def of(
        self, versions: Versions, docket: Docket, votes: tuple[tuple[str, ...], ...], states: tuple[Any, ...]
    ) -> Found:
        """`states` are those of `versions`. Raises Refused where there is nothing to rank, as `tally` does."""
        found = self._found.get(versions)
        if found is None:
            ranking = await asyncio.to_thread(tally.tally, docket, votes, states)
            sheets = tally.counting(docket, states)
            figures = await self._aside.run(assess, tally.rules_of(docket), tally.portfolios(docket), sheets, votes)
            found = self._found[versions] = ranking, figures
            if len(self._found) > KEPT:
                self._found.popitem(last=False)
        return found
