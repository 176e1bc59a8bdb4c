"""Rubrics, sheets and whole panels to test the ranking with."""

from decimal import Decimal

from hypothesis import strategies as st

from services.judging.scoring.ranking import Portfolio, Rules, Sheet
from shared.rulebook import Criterion, Rubric, Text

CRITERIA = ("kebaharuan", "kemanfaatan", "replikasi", "kolaborasi", "penyajian")
LADDER = ("kebaharuan", "kemanfaatan", "pairwise", "vote")


def rubric(*weights: int, portfolio: int = 0, full_at: int = 5, maturity: int = 0) -> Rubric:
    scored = [Criterion(id=id, name=Text(id, id), weight=Decimal(w)) for id, w in zip(CRITERIA, weights, strict=False)]
    count = Criterion(id="portofolio", name=Text("x", "x"), weight=Decimal(portfolio), computed="count", full_at=full_at)
    mean = Criterion(id="kematangan", name=Text("x", "x"), weight=Decimal(maturity), computed="maturity", full_at=111)
    return Rubric("r", (*scored, *([count] if portfolio else []), *([mean] if maturity else [])))


def rules(*weights: int, **options: object) -> Rules:
    rubric_of = {k: options.pop(k) for k in ("portfolio", "full_at", "maturity") if k in options}
    return Rules(**{"rubric": rubric(*weights, **rubric_of), "ladder": LADDER, "places": 3, **options})  # type: ignore[arg-type]


ONE_EACH: Portfolio = (Decimal(0),)
"""One innovation, of which nothing is verified."""


def counts(**numbers: int) -> dict[str, Portfolio]:
    """Entry -> so many innovations, of which nothing is verified."""
    return {entry: ONE_EACH * n for entry, n in numbers.items()}


def sheet(entry: str, juror: str, *points: str | int | Decimal) -> Sheet:
    return Sheet(entry, juror, {id: Decimal(p) for id, p in zip(CRITERIA, points, strict=False)})


@st.composite
def panels(draw: st.DrawFn, *, complete: bool = False) -> tuple[dict[str, Portfolio], list[Sheet]]:
    """Few distinct points, so that ties are common; any subset of sheets unless `complete`."""
    maturities = st.lists(st.integers(0, 111).map(Decimal), max_size=6).map(tuple)
    entries = {f"e{i}": draw(maturities) for i in range(draw(st.integers(1, 6)))}
    jurors = [f"j{i}" for i in range(draw(st.integers(1, 4)))]
    points = st.sampled_from([Decimal(p) for p in ("60", "70", "70.5", "80")])
    pairs = [(e, j) for e in entries for j in jurors if complete or draw(st.integers(0, 3))]
    return entries, [sheet(e, j, draw(points), draw(points), draw(points)) for e, j in pairs]
