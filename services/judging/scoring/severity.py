"""The additive severity model: what an entry is worth when jurors differ in severity and not every juror saw it.

    s_ij = μ + θ_i + δ_j + ε_ij        Σδ = 0        minimise Σ ε² + λ Σ δ²

s_ij is what juror j gave entry i, θ_i the entry, δ_j the juror (positive: lenient), λ the variance of the noise over that of
severity. μ + θ_i is reported. It follows from δ (the mean of s_ij − δ_j over the entry's jurors), so only a system as large as
the panel has to be solved. On a complete panel Σδ = 0 makes μ + θ_i the plain mean: there the two methods agree exactly.

The model is linear, so criteria fitted one by one and then weighted give what the fit of the weighted scores gives.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Generic, TypeVar

from msgspec import Struct

N = TypeVar("N", Fraction, float)
"""Float where an advisory figure repeats the fit a thousand times; everything official is exact (see `fit_exactly`)."""


class Fit(Struct, Generic[N], frozen=True):
    """Per column (criterion) that was fitted, in the unit of the scores."""

    entries: dict[str, tuple[N, ...]]
    """Entry -> μ + θ. May lie outside 0-100 where a severe panel gave nearly nothing, or a lenient one nearly everything."""
    jurors: dict[str, tuple[N, ...]]
    """Juror -> δ: how many points more than the panel he tends to give."""


def fit(scores: Mapping[tuple[str, str], Sequence[N]], shrinkage: N, counts: Mapping[str, N] | None = None) -> Fit[N]:
    """Fit the model to `scores`: (entry, juror) -> one score per column, the same columns everywhere.

    `shrinkage` is λ ≥ 0. `counts` lets a juror stand in the panel that many times (resampling); left out, each stands once.
    The scores must be connected (`linked` gives one component): else entries of different components are only compared by
    the assumption that their panels were equally severe, and with λ = 0 not at all (ZeroDivisionError).
    """
    if shrinkage < 0:
        raise ValueError(f"shrinkage is a ratio of variances and cannot be {shrinkage}")
    zero = shrinkage - shrinkage
    jurors = sorted({juror for _, juror in scores})
    at = {juror: position for position, juror in enumerate(jurors)}
    weight = [zero + 1 if counts is None else counts[juror] for juror in jurors]
    columns = len(next(iter(scores.values()), ()))
    panels: dict[str, list[tuple[int, Sequence[N]]]] = {}
    for (entry, juror), row in sorted(scores.items()):
        panels.setdefault(entry, []).append((at[juror], row))

    # Every term is weight_j × weight_k, so that the matrix is symmetric and positive definite: no pivot is ever zero. The
    # product added everywhere stands for Σδ = 0, which λ > 0 implies anyhow and λ = 0 needs.
    matrix = [[weight[j] * weight[k] for k in range(len(jurors))] for j in range(len(jurors))]
    right = [[zero] * columns for _ in jurors]
    means: dict[str, list[N]] = {}
    for j in range(len(jurors)):
        matrix[j][j] += weight[j] * shrinkage
    for entry, panel in panels.items():
        size = sum((weight[j] for j, _ in panel), zero)
        mean = [sum((weight[j] * row[c] for j, row in panel), zero) / size for c in range(columns)]
        means[entry] = mean
        for j, row in panel:
            matrix[j][j] += weight[j]
            share = weight[j] / size
            for k, _ in panel:
                matrix[j][k] -= share * weight[k]
            for c in range(columns):
                right[j][c] += weight[j] * (row[c] - mean[c])

    severity = _solve(matrix, right)
    entries: dict[str, tuple[N, ...]] = {}
    for entry, panel in panels.items():
        size = sum((weight[j] for j, _ in panel), zero)
        entries[entry] = tuple(
            means[entry][c] - sum((weight[j] * severity[j][c] for j, _ in panel), zero) / size for c in range(columns)
        )
    return Fit(entries=entries, jurors={juror: tuple(severity[at[juror]]) for juror in jurors})


def fit_exactly(scores: Mapping[tuple[str, str], Sequence[Fraction]], shrinkage: Fraction) -> Fit[Fraction]:
    """What `fit` gives for fractions with every juror once, to the last digit, in a ninth of its time: in whole numbers, because
    each sum of two fractions looks for their common divisors. Raises as `fit` does."""
    if shrinkage < 0:
        raise ValueError(f"shrinkage is a ratio of variances and cannot be {shrinkage}")
    jurors = sorted({juror for _, juror in scores})
    at = {juror: position for position, juror in enumerate(jurors)}
    columns = len(next(iter(scores.values()), ()))
    unit = lcm(*(value.denominator for row in scores.values() for value in row))
    panels: dict[str, list[tuple[int, list[int]]]] = {}
    for (entry, juror), points in sorted(scores.items()):
        whole = [value.numerator * (unit // value.denominator) for value in points]
        panels.setdefault(entry, []).append((at[juror], whole))

    # The equations of `fit`, times what makes λ and the mean over any panel whole.
    scale = shrinkage.denominator * lcm(*(len(panel) for panel in panels.values()))
    matrix = [[scale] * len(jurors) for _ in jurors]
    right = [[0] * columns for _ in jurors]
    totals: dict[str, list[int]] = {}
    for j in range(len(jurors)):
        matrix[j][j] += scale // shrinkage.denominator * shrinkage.numerator
    for entry, panel in panels.items():
        share = scale // len(panel)
        total = totals[entry] = [sum(column) for column in zip(*(row for _, row in panel), strict=True)]
        for j, row in panel:
            matrix[j][j] += scale
            for k, _ in panel:
                matrix[j][k] -= share
            right[j] = [r + scale * value - share * all for r, value, all in zip(right[j], row, total, strict=True)]

    severity, below = _solve_whole(matrix, right)
    entries: dict[str, tuple[Fraction, ...]] = {}
    for entry, panel in panels.items():
        lenient = [sum(column) for column in zip(*(severity[j] for j, _ in panel), strict=True)]
        size = below * unit * len(panel)
        entries[entry] = tuple(Fraction(t * below - d, size) for t, d in zip(totals[entry], lenient, strict=True))
    deltas = {juror: tuple(Fraction(d, below * unit) for d in severity[at[juror]]) for juror in jurors}
    return Fit(entries=entries, jurors=deltas)


def _solve_whole(matrix: list[list[int]], right: list[list[int]]) -> tuple[list[list[int]], int]:
    """(X, d) with `matrix` X = d × `right`, for a matrix as `_solve` takes it: Bareiss' elimination, whose divisions leave no rest
    because every number in it is a determinant (d that of the whole). Works in place."""
    size, before = len(matrix), 1
    for p in range(size):
        pivot, source, values = matrix[p][p], matrix[p], right[p]
        for row in range(p + 1, size):
            target, factor = matrix[row], matrix[row][p]
            matrix[row] = [(pivot * value - factor * above) // before for value, above in zip(target, source, strict=True)]
            right[row] = [(pivot * value - factor * above) // before for value, above in zip(right[row], values, strict=True)]
        before = pivot
    for p in reversed(range(size)):
        known = [[matrix[p][q] * value for value in right[q]] for q in range(p + 1, size)]
        sums = [sum(column) for column in zip(*known, strict=True)] if known else [0] * len(right[p])
        right[p] = [(before * value - sum) // matrix[p][p] for value, sum in zip(right[p], sums, strict=True)]
    return right, before


def _solve(matrix: list[list[N]], right: list[list[N]]) -> list[list[N]]:
    """X with `matrix` X = `right`, for a symmetric positive definite matrix; works in place."""
    size = len(matrix)
    for p in range(size):
        pivot, source, values = matrix[p][p], matrix[p], right[p]
        for row in range(p + 1, size):
            if not matrix[row][p]:
                continue
            factor = matrix[row][p] / pivot
            target = matrix[row]
            for column in range(p + 1, size):
                target[column] -= factor * source[column]
            right[row] = [value - factor * above for value, above in zip(right[row], values, strict=True)]
    for p in reversed(range(size)):
        for below in range(p + 1, size):
            factor = matrix[p][below]
            right[p] = [value - factor * known for value, known in zip(right[p], right[below], strict=True)]
        right[p] = [value / matrix[p][p] for value in right[p]]
    return right


def linked(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """The entries of `pairs` (entry, juror), grouped so that those linked through jurors in common stand together.

    More than one group means that no juror compares the groups, directly or through others: they cannot be ranked together.
    """
    by_juror: dict[str, list[str]] = {}
    by_entry: dict[str, list[str]] = {}
    for entry, juror in pairs:
        by_juror.setdefault(juror, []).append(entry)
        by_entry.setdefault(entry, []).append(juror)
    groups: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for first in sorted(by_entry):
        if first in seen:
            continue
        group, ahead = {first}, [first]
        while ahead:
            for juror in by_entry[ahead.pop()]:
                new = set(by_juror.pop(juror, ())) - group
                group |= new
                ahead.extend(new)
        seen |= group
        groups.append(tuple(sorted(group)))
    return tuple(groups)
