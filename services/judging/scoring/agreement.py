"""How far jurors agree: coefficients of the literature over their weighted scores. Advisory, in floats.

All take (entry, juror) -> weighted score and answer None where the coefficient is not defined.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean

Weighted = Mapping[tuple[str, str], float]


def icc_2k(scores: Weighted) -> float | None:
    """ICC(2,k) of Shrout and Fleiss (1979): reliability of the panel's mean, jurors as a sample. Complete panels only."""
    if (table := _table(scores)) is None:
        return None
    n, k = len(table), len(table[0])
    overall = fmean(fmean(row) for row in table)
    rows = [fmean(row) for row in table]
    columns = [fmean(column) for column in zip(*table, strict=True)]
    between = k * sum((row - overall) ** 2 for row in rows) / (n - 1)
    of_jurors = n * sum((column - overall) ** 2 for column in columns) / (k - 1)
    left = sum((table[i][j] - rows[i] - columns[j] + overall) ** 2 for i in range(n) for j in range(k)) / ((n - 1) * (k - 1))
    scale = between + (of_jurors - left) / n
    return (between - left) / scale if scale > 0 else None


def kendall_w(scores: Weighted) -> float | None:
    """Kendall's W, corrected for ties: 0 no agreement on the order, 1 the same order from every juror. Complete panels only."""
    if (table := _table(scores)) is None:
        return None
    n, k = len(table), len(table[0])
    ranks = [_ranks(column) for column in zip(*table, strict=True)]
    sums = [sum(row) for row in zip(*ranks, strict=True)]
    spread = sum((total - k * (n + 1) / 2) ** 2 for total in sums)
    ties = sum(size**3 - size for column in zip(*table, strict=True) for size in Counter(column).values())
    most = k * k * (n**3 - n) - k * ties
    return 12 * spread / most if most > 0 else None


def krippendorff_alpha(scores: Weighted) -> float | None:
    """Krippendorff's α with interval distances: 1 the same scores from every juror, 0 as by chance. Bears incomplete panels."""
    panels: dict[str, list[float]] = {}
    for (entry, _), score in sorted(scores.items()):
        panels.setdefault(entry, []).append(score)
    pairable = [panel for panel in panels.values() if len(panel) > 1]
    values = [score for panel in pairable for score in panel]
    if len(values) < 3 or not (expected := _pair_distance(values) / (len(values) - 1)):
        return None
    return 1 - sum(_pair_distance(panel) / (len(panel) - 1) for panel in pairable) / expected


def _pair_distance(values: Sequence[float]) -> float:
    """Σ (v − w)² over all ordered pairs."""
    mean = fmean(values)
    return 2 * len(values) * sum((value - mean) ** 2 for value in values)


def _table(scores: Weighted) -> list[list[float]] | None:
    """One row per entry, one column per juror, if every juror scored every entry and there are two of each at least."""
    entries, jurors = sorted({entry for entry, _ in scores}), sorted({juror for _, juror in scores})
    if len(entries) < 2 or len(jurors) < 2 or len(scores) != len(entries) * len(jurors):
        return None
    return [[scores[entry, juror] for juror in jurors] for entry in entries]


def _ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1 for the lowest; equal values share the mean of their ranks."""
    return [sum(other < value for other in values) + (sum(other == value for other in values) + 1) / 2 for value in values]
