"""From scoresheets to winners: which sheets count, the ranking that follows from them, and what still stands against a decision.

A sheet counts when it is submitted and nothing bars its juror from the entry. So

- the submitted sheet of a juror who later left the panel stays, his open one counts for nothing;
- the sheet of a juror who has recused himself from the entry, or has a conflict of interest with its institution, counts for
  nothing, submitted or not, whenever that became known.

Pure: the log up to `JudgingClosed` and the recorded votes and conflicts give the same winners to anybody who computes them.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from services.judging import juror, scoresheet
from services.judging.docket import Docket
from services.judging.ranking import Ranking, Rules, Sheet, rank
from shared.events.judging import Placed, WinnersDecided
from shared.refusals import Refused


def rules_of(docket: Docket) -> Rules:
    locked = docket.rules
    return Rules(
        rubric=locked.rubric,
        aggregation=locked.aggregation,
        ladder=locked.ladder,
        places=locked.category.places,
        ties=locked.category.ties,
    )


def portfolios(docket: Docket) -> dict[str, int]:
    """Entry -> number of its admitted innovations."""
    return {entry: len(admitted.dossier) for entry, admitted in docket.entries.items()}


def counting(docket: Docket, states: Iterable[Any]) -> list[Sheet]:
    """The sheets that count, out of the states of all seats' scoresheets and of their jurors."""
    sheets = [state for state in states if isinstance(state, scoresheet.Submitted)]
    jurors = {state.juror: state for state in states if isinstance(state, juror.Appointed)}
    return [
        Sheet(sheet.entry, sheet.juror, {criterion: recorded.score for criterion, recorded in sheet.scores.items()})
        for sheet in sheets
        if juror.bar(jurors[sheet.juror], docket.entries[sheet.entry]) is None
    ]


def tally(docket: Docket, votes: tuple[tuple[str, ...], ...], states: tuple[Any, ...]) -> Ranking:
    """The ranking as the states of all seats' scoresheets and of their jurors give it.

    Raises Refused when seats were added after the caller looked up whose sheets to bring.
    """
    sheets = sum(isinstance(state, scoresheet.Unopened | scoresheet.Open | scoresheet.Submitted) for state in states)
    if sheets != len(docket.seats):
        raise Refused("the panels have just changed; ask again", "panel juri baru saja berubah; ulangi permintaan")
    return rank(rules_of(docket), portfolios(docket), counting(docket, states), votes)


def must_be_decidable(docket: Docket, ranking: Ranking) -> None:
    """Every entry with enough sheets, all of them comparable, no tie at an awarded place. Raises Refused."""
    quorum = docket.rules.quorum
    sheets = {standing.entry: len(standing.jurors) for standing in ranking.standings}
    if docket.rules.rubric.scored and (short := [e for e in docket.entries if sheets.get(e, 0) < quorum]):
        listed = "; ".join(f"{docket.entries[e].name}: {sheets.get(e, 0)}" for e in short)
        raise Refused(
            f"every entry needs {quorum} submitted scoresheets that count, and these have fewer: {listed}",
            f"setiap entri memerlukan {quorum} lembar penilaian terkirim yang sah; yang masih kurang: {listed}",
        )
    if not ranking.connected:
        groups = " | ".join(_names(docket, group) for group in ranking.components)
        raise Refused(
            f"no juror links these groups of entries, so their scores do not compare: {groups}. They need a juror in common",
            f"tidak ada juri yang menghubungkan kelompok entri ini, sehingga nilainya tidak dapat dibandingkan: {groups}. "
            "Perlu juri yang sama",
        )
    for tie in ranking.open_ties:
        tied = _names(docket, tie.entries)
        raise Refused(
            f"tied at place {tie.place}: {tied}. The panel votes, and the chair records the vote's order",
            f"seri pada peringkat {tie.place}: {tied}. Panel melakukan pemungutan suara, ketua mencatat urutannya",
        )


def decision(docket: Docket, ranking: Ranking) -> WinnersDecided:
    return WinnersDecided(
        method=ranking.method,
        ranking=tuple(
            Placed(
                place=standing.place,
                entry=standing.entry,
                name=docket.entries[standing.entry].name,
                score=standing.score,
                shown=standing.shown,
                exact=exactly(standing.exact),
                resolved_by=standing.resolved_by,
            )
            for standing in ranking.standings
            if standing.place is not None
        ),
    )


def exactly(score: Fraction) -> str:
    """`numerator/denominator`, in lowest terms."""
    return f"{score.numerator}/{score.denominator}"


def _names(docket: Docket, entries: Iterable[str]) -> str:
    return ", ".join(docket.entries[entry].name for entry in entries)
