"""Agreement coefficients against published examples."""

import pytest

from services.judging.scoring.agreement import icc_2k, kendall_w, krippendorff_alpha


def table(*rows: list[float | None]) -> dict[tuple[str, str], float]:
    return {(f"e{i}", f"j{j}"): s for i, row in enumerate(rows) for j, s in enumerate(row) if s is not None}


SHROUT_FLEISS = table([9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7])


def test_icc_of_the_table_of_shrout_and_fleiss_1979_is_0_62() -> None:
    assert icc_2k(SHROUT_FLEISS) == pytest.approx(0.62, abs=0.005)


def test_kendalls_w_is_1_where_all_jurors_agree_on_the_order_and_0_where_two_disagree_wholly() -> None:
    assert kendall_w(table([1, 10], [2, 20], [3, 90])) == pytest.approx(1)
    assert kendall_w(table([1, 3], [2, 2], [3, 1])) == pytest.approx(0)
    assert kendall_w(table([1, 1], [1, 1], [3, 9])) == pytest.approx(1)  # equal ranks are corrected for


def test_krippendorffs_alpha_of_his_example_with_missing_values_is_0_849() -> None:
    # Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), example C: four observers, twelve units, interval.
    rows: list[list[float | None]] = [
        [1, 1, None, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
        [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [None, 5, 5, 5], [None, None, 1, 1], [None, None, 3, None],
    ]  # fmt: skip
    assert krippendorff_alpha(table(*rows)) == pytest.approx(0.849, abs=0.0005)


def test_on_an_incomplete_panel_only_krippendorffs_alpha_is_defined() -> None:
    scores = table([1, 2], [2, None], [3, 4])
    assert (icc_2k(scores), kendall_w(scores)) == (None, None)
    assert krippendorff_alpha(scores) is not None


def test_one_entry_one_juror_or_one_score_for_everything_define_no_coefficient() -> None:
    for scores in [table(), table([1.0, 2.0]), table([1.0], [2.0]), table([5.0, 5.0], [5.0, 5.0])]:
        assert (icc_2k(scores), kendall_w(scores), krippendorff_alpha(scores)) == (None, None, None)
