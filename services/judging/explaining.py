"""Why an entry has its place: from the place to the score, to the sheets, to the weights and points, each with where it is recorded.

Pure, and for people: a tree of sentences in two languages that anybody can follow with a pencil. `explaining_sources` gathers what it
is made from.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from msgspec import Struct

from services.judging import sheet as sheets
from services.judging.docket import Docket
from services.judging.scoring.figures import rounded
from services.judging.scoring.ranking import Ranking, Rules, Standing, mean_maturity
from services.judging.tally import portfolios, rules_of, tally
from shared.events.judging import Placed
from shared.refusals import Unknown
from shared.rulebook import Criterion

Source = tuple[str, ...]
"""What stands somewhere in the log: `("score", entry, juror, criterion)`, `("sheet", entry, juror)`, `("admitted", entry)`, …"""


class Line(Struct, frozen=True, kw_only=True):
    """One sentence, where in the log its facts stand, and what it rests on."""

    en: str
    id: str
    positions: tuple[int, ...] = ()
    parts: tuple["Line", ...] = ()
    about: str = ""
    """`jurors` (what each of them gave), `left out` (sheets that do not count), `next` (the entry behind it): not told to everybody."""


class Case(Struct, frozen=True, kw_only=True):
    """An announced result, and all that it follows from."""

    category: str
    """`<edition>.<category>`"""
    docket: Docket
    votes: tuple[tuple[str, ...], ...]
    states: tuple[Any, ...]
    """The scoresheets of all seats and their jurors, as they were then."""
    winners: tuple[Placed, ...]
    deviation: str
    sources: Mapping[Source, int]
    """Where in the log each thing stands."""


def explain(case: Case, entry: str) -> Line:
    """The explanation of one entry. Raises Unknown for one that does not compete here."""
    ranking = tally(case.docket, case.votes, case.states)
    standing = next((each for each in ranking.standings if each.entry == entry), None)
    if standing is None:
        raise Unknown(f"{entry} has no place in {case.category}", f"{entry} tidak memiliki peringkat pada {case.category}")
    return _Explained(case, ranking, standing).whole()


class _Explained:
    def __init__(self, case: Case, ranking: Ranking, standing: Standing):
        self.case = case
        self.ranking = ranking
        self.standing = standing
        self.entry = standing.entry
        self.rules: Rules = rules_of(case.docket)
        self.name = case.docket.entries[self.entry].name
        seated = sorted({juror for _, juror in case.docket.seats})
        self.numbers = {juror: number for number, juror in enumerate(seated, 1)}

    def at(self, *sources: Source) -> tuple[int, ...]:
        return tuple(sorted({self.case.sources[source] for source in sources if source in self.case.sources}))

    def whole(self) -> Line:
        category, place = self.rules_name(), self.standing.place
        won = next((winner.place for winner in self.case.winners if winner.entry == self.entry), None)
        ranked = f"place {place}" if place else "no place", f"peringkat {place}" if place else "tanpa peringkat"
        told = f"place {won}" if won else ranked[0], f"juara {won}" if won else ranked[1]
        return Line(
            en=f"{self.name}: {told[0]} in {category[0]}, with a score of {self.standing.shown}",
            id=f"{self.name}: {told[1]} pada {category[1]}, dengan nilai {_comma(str(self.standing.shown))}",
            positions=self.at(("announced",), ("confirmed",), ("decided",)),
            parts=tuple(
                part for part in (self.deviation(won), self.score(), self.order(), self.left_out(), self.rule()) if part
            ),
        )

    def rules_name(self) -> tuple[str, str]:
        name = self.case.docket.rules.category.name
        return name.en, name.id

    def deviation(self, won: int | None) -> Line | None:
        if not self.case.deviation:
            return None
        place = self.standing.place
        return Line(
            en=f"By the scores it is at place {place}; the chair decided otherwise: {self.case.deviation}",
            id=f"Menurut nilai berada pada peringkat {place}; ketua memutuskan lain: {self.case.deviation}",
            positions=self.at(("decided",)),
        )

    def score(self) -> Line:
        exact = self.standing.exact
        rubric = self.rules.rubric
        computed = [self.computed(criterion) for criterion in rubric.criteria if criterion.computed is not None]
        share = sum((Fraction(c.weight) for c in rubric.scored), Fraction(0))
        by_jurors = [self.by_jurors(share)] if rubric.scored else []
        parts = (*by_jurors, *computed)
        added = " + ".join(part.en.partition(": ")[2].partition(" ")[0] for part in parts)
        formula = f"{added} = {_shown(exact)}" if len(parts) > 1 else _shown(exact)
        return Line(
            en=f"The score is {formula} (exactly {exact.numerator}/{exact.denominator})",
            id=f"Nilainya {_comma(formula)} (tepatnya {exact.numerator}/{exact.denominator})",
            parts=parts,
        )

    def by_jurors(self, share: Fraction) -> Line:
        """The mean of the jurors' weighted sheets, each less its juror's severity where the panel is incomplete."""
        given, severities = self.standing.jurors, self.ranking.severities
        worth = {juror: points - severities.get(juror, Fraction(0)) for juror, points in given.items()}
        mean = sum(worth.values(), Fraction(0)) / len(worth)
        sheets_en, sheets_id = f"{len(worth)} scoresheets", f"{len(worth)} lembar penilaian"
        weighed = ("", "") if share == 100 else (f" × {_plain(share)} % of the weights", f" × {_comma(_plain(share))} % bobot")
        how = ("", "")
        if severities:
            how = (
                ", each less how many points its juror gives above the panel (the panel is incomplete, so the severity model applies)",
                ", masing-masing dikurangi selisih jurinya terhadap panel (panel tidak lengkap, sehingga model keketatan berlaku)",
            )
        points = mean * share / 100
        return Line(
            en=f"By the jurors: {_shown(points)} points, the mean {_shown(mean)} of {sheets_en}{weighed[0]}{how[0]}",
            id=f"Menurut juri: {_comma(_shown(points))} poin, rata-rata {_comma(_shown(mean))} dari {sheets_id}{weighed[1]}{how[1]}",
            about="jurors",
            parts=tuple(self.sheet(j, given[j], severities.get(j)) for j in sorted(given, key=lambda j: self.numbers[j])),
        )

    def sheet(self, juror: str, weighted: Fraction, severity: Fraction | None) -> Line:
        number = self.numbers[juror]
        less = ""
        if severity is not None:
            less = f" {'−' if severity >= 0 else '+'} {_shown(abs(severity))} = {_shown(weighted - severity)}"
        scores = next(
            s.scores for s in self.case.states if isinstance(s, sheets.Submitted) and (s.entry, s.juror) == (self.entry, juror)
        )
        lines, of = [], _plain(sum((Fraction(c.weight) for c in self.rules.rubric.scored), Fraction(0)))
        for criterion in self.rules.rubric.scored:
            points = scores[criterion.id].score
            lines.append(
                Line(
                    en=f"{criterion.name.en}: {points} points × weight {_plain(Fraction(criterion.weight))} of {of}",
                    id=f"{criterion.name.id}: {_comma(f'{points} poin × bobot {_plain(Fraction(criterion.weight))} dari {of}')}",
                    positions=self.at(("score", self.entry, juror, criterion.id)),
                )
            )
        return Line(
            en=f"Juror {number}: {_shown(weighted)}{less}",
            id=f"Juri {number}: {_comma(_shown(weighted) + less)}",
            positions=self.at(("sheet", self.entry, juror)),
            parts=tuple(lines),
        )

    def computed(self, criterion: Criterion) -> Line:
        portfolio = portfolios(self.case.docket)[self.entry]
        points = self.standing.criteria[criterion.id]
        worth = points * Fraction(criterion.weight) / 100
        if criterion.computed == "count":
            what = f"{len(portfolio)} admitted innovations", f"{len(portfolio)} inovasi yang lolos"
        else:
            maturity = _shown(mean_maturity(portfolio))
            what = f"a mean verified maturity of {maturity}", f"rata-rata kematangan terverifikasi {_comma(maturity)}"
        return Line(
            en=f"{criterion.name.en}: {_shown(worth)} points, {_shown(points)} for {what[0]} (100 from {criterion.full_at} on) × weight "
            f"{_plain(Fraction(criterion.weight))}",
            id=f"{criterion.name.id}: {_comma(_shown(worth))} poin, {_comma(_shown(points))} untuk {what[1]} (100 mulai "
            f"{criterion.full_at}) × bobot {_comma(_plain(Fraction(criterion.weight)))}",
            positions=self.at(("admitted", self.entry)),
        )

    def order(self) -> Line | None:
        """What it stands before, and how it was parted from an equal score."""
        standing, names = self.standing, self.case.docket.entries
        if standing.equal_score and standing.resolved_by:
            others = ", ".join(names[other].name for other in standing.equal_score)
            return Line(
                en=f"Exactly the same score has {others}; the ladder parted them by {self.rung(standing.resolved_by)[0]}",
                id=f"Nilai yang persis sama dimiliki {others}; dipisahkan menurut {self.rung(standing.resolved_by)[1]}",
                positions=self.at(("voted",)) if standing.resolved_by == "vote" else (),
            )
        after = [each for each in self.ranking.standings if each.exact < standing.exact]
        if not after:
            return None
        nearest = after[0]
        return Line(
            about="next",
            en=f"The next is {names[nearest.entry].name}, {_shown(standing.exact - nearest.exact)} points below",
            id=f"Berikutnya {names[nearest.entry].name}, {_comma(_shown(standing.exact - nearest.exact))} poin di bawahnya",
        )

    def rung(self, rung: str) -> tuple[str, str]:
        if rung == "pairwise":
            return (
                "the jurors' duels (who was put higher by more of them)",
                "duel para juri (siapa yang lebih banyak diunggulkan)",
            )
        if rung == "vote":
            return "the panel's vote", "pemungutan suara panel"
        criterion = next(c for c in self.rules.rubric.criteria if c.id == rung)
        points = _shown(self.standing.criteria[rung])
        return f"{criterion.name.en} ({points} here)", f"{criterion.name.id} ({_comma(points)} di sini)"

    def left_out(self) -> Line | None:
        """Sheets for the entry that do not count."""
        void = [s for s in self.case.states if isinstance(s, sheets.Voided) and s.entry == self.entry]
        if not void:
            return None
        lines = tuple(
            Line(
                en=f"Juror {self.numbers[each.juror]}: {each.reason}",
                id=f"Juri {self.numbers[each.juror]}: {each.reason}",
                positions=self.at(("void", self.entry, each.juror)),
            )
            for each in void
        )
        return Line(
            en=f"{len(void)} scoresheets do not count",
            id=f"{len(void)} lembar penilaian tidak dihitung",
            about="left out",
            parts=lines,
        )

    def rule(self) -> Line:
        locked = self.case.docket.rules
        weights = ", ".join(f"{c.name.en} {_plain(Fraction(c.weight))}" for c in locked.rubric.criteria)
        bobot = ", ".join(f"{c.name.id} {_comma(_plain(Fraction(c.weight)))}" for c in locked.rubric.criteria)
        return Line(
            en=f"The rules were fixed before the first score: rulebook {locked.rulebook[:12]}…, weights {weights}",
            id=f"Aturan ditetapkan sebelum nilai pertama: peraturan {locked.rulebook[:12]}…, bobot {bobot}",
            positions=self.at(("rules",), ("admitted", self.entry)),
        )


def _shown(exact: Fraction) -> str:
    return str(rounded(exact))


def _comma(number: str) -> str:
    """As Bahasa Indonesia writes it: 87,16."""
    return number.replace(".", ",")


def _plain(number: Fraction) -> str:
    """Without surplus digits: 30, 12.5."""
    return str(number.numerator) if number.denominator == 1 else f"{rounded(number).normalize():f}"
