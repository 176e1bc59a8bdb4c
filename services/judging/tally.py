"""From scoresheets to winners: which sheets count, the ranking that follows from them, and what still stands against a decision.

A sheet counts when it is submitted (one typed from paper: confirmed by its juror), the entry competes, and nothing bars its
juror from it. So

- the submitted sheet of a juror who later left the panel stays, his open one counts for nothing;
- the sheet of a juror who has recused himself from the entry, or has a conflict of interest with its institution, counts for
  nothing, submitted or not, whenever that became known.

Pure: the log up to `JudgingClosed` and the recorded votes and conflicts give the same winners to anybody who computes them.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from msgspec.structs import replace

from services.judging import juror, sheet
from services.judging.docket import Docket
from services.judging.scoring.ranking import Portfolio, Ranking, Rules, Sheet, rank
from shared.events.judging import Placed, WinnersDecided
from shared.refusals import Invalid, Refused


def rules_of(docket: Docket) -> Rules:
    locked = docket.rules
    return Rules(
        rubric=locked.rubric,
        aggregation=locked.aggregation,
        ladder=locked.ladder,
        places=locked.category.places,
        ties=locked.category.ties,
    )


def portfolios(docket: Docket) -> dict[str, Portfolio]:
    """Entry -> its admitted innovations, by their verified points."""
    return {entry: tuple(item.maturity for item in admitted.dossier) for entry, admitted in docket.entries.items()}


def counting(docket: Docket, states: Iterable[Any]) -> list[Sheet]:
    """The sheets that count, out of the states of all seats' scoresheets and of their jurors."""
    submitted = [state for state in states if isinstance(state, sheet.Submitted)]
    jurors = {state.juror: state for state in states if isinstance(state, juror.Appointed)}
    return [
        Sheet(one.entry, one.juror, {criterion: recorded.score for criterion, recorded in one.scores.items()})
        for one in submitted
        if one.entry in docket.entries and juror.bar(jurors[one.juror], docket.entries[one.entry]) is None
    ]


def tally(docket: Docket, votes: tuple[tuple[str, ...], ...], states: tuple[Any, ...]) -> Ranking:
    """The ranking as the states of all seats' scoresheets and of their jurors give it.

    Raises Refused when seats were added after the caller looked up whose sheets to bring.
    """
    sheets = sum(isinstance(state, sheet.State) for state in states)
    if sheets != len(docket.seats):
        raise Refused("the panels have just changed; ask again", "panel juri baru saja berubah; ulangi permintaan")
    return rank(rules_of(docket), portfolios(docket), counting(docket, states), votes)


def must_be_decidable(docket: Docket, ranking: Ranking, states: Iterable[Any]) -> None:
    """Every entry with enough sheets, all of them comparable, no tie at an awarded place, no conflict in doubt. Raises Refused."""
    if not docket.entries:
        raise Refused(
            "every entry of this category is excluded; there is nothing to decide",
            "semua entri kategori ini dikeluarkan; tidak ada yang ditetapkan",
        )
    homes = {(person, docket.entries[e].institution) for e, person in docket.seats if e in docket.entries}
    for state in states:
        for institution, relation in state.proposals if isinstance(state, juror.Appointed) else ():
            if (state.juror, institution) in homes:
                raise Refused(
                    f"whether juror {state.juror} has a tie to {institution} ({relation}) is not settled; confirm or dismiss it",
                    f"belum jelas apakah juri {state.juror} terkait dengan {institution} ({juror.RELATIONS[relation]}); "
                    "kukuhkan atau tolak dahulu",
                )
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


def decision(docket: Docket, ranking: Ranking, by: str, order: tuple[str, ...] = (), reason: str = "") -> WinnersDecided:
    """By the ranking, or with the winners in another `order`, for which there must be a reason. Raises Refused, Invalid."""
    placed = tuple(
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
    )
    winners = tuple(p for p in placed if p.place <= docket.rules.category.places)
    if not order or order == tuple(winner.entry for winner in winners):
        return WinnersDecided(method=ranking.method, ranking=placed, winners=winners, decided_by=by)
    ranked = {p.entry: p for p in placed}
    places = min(docket.rules.category.places, len(placed))
    if len(order) != places or len(set(order)) < places or not ranked.keys() >= set(order):
        raise Invalid(
            f"name {places} different entries of this category, the winner first, or leave it to the ranking",
            f"sebutkan {places} entri berbeda dari kategori ini, mulai dari pemenang pertama, atau ikuti peringkat",
        )
    if not reason.strip():
        raise Invalid(
            "these winners are not the first of the ranking; say why, it will be public",
            "pemenang ini bukan peringkat teratas; sebutkan alasannya, yang akan diumumkan",
        )
    chosen = tuple(replace(ranked[entry], place=place, resolved_by=None) for place, entry in enumerate(order, 1))
    return WinnersDecided(method=ranking.method, ranking=placed, winners=chosen, deviation=reason, decided_by=by)


def exactly(score: Fraction) -> str:
    """`numerator/denominator`, in lowest terms."""
    return f"{score.numerator}/{score.denominator}"


def _names(docket: Docket, entries: Iterable[str]) -> str:
    return ", ".join(docket.entries[entry].name for entry in entries)
