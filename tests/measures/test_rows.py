"""Statistics by group, and tidy rows, against pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.measures.rows import Grouping, Rows, group_statistics
from sim.stats.inequality import gini

VALUES = st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(-1, 4), st.booleans()), max_size=60)
ALL = ("mean", "share", "median", "p90", "total", "count")


@given(VALUES)
def test_statistics_by_group_are_those_of_pandas(table: list[tuple[float, int, bool]]) -> None:
    frame = pd.DataFrame(table, columns=["value", "unit", "used"]).astype({"value": float, "unit": int, "used": bool})
    used = frame[frame["used"]]
    values = used["value"].to_numpy(float)
    got = group_statistics(values, used["unit"].to_numpy(np.int64), 5, ALL)
    sorted_before = group_statistics(values, used["unit"].to_numpy(np.int64), 5, ALL, np.argsort(values))
    for name in ALL:
        np.testing.assert_array_equal(got[name], sorted_before[name])
    groups = frame[frame["used"] & (frame["unit"] >= 0)].groupby("unit")["value"]
    expected = {
        "mean": groups.mean(),
        "share": groups.mean(),
        "median": groups.median(),
        "p90": groups.quantile(0.9),
        "total": groups.sum(),
        "count": groups.count(),
    }
    for name, series in expected.items():
        fill = 0.0 if name in ("total", "count") else np.nan
        wanted = series.reindex(range(5)).astype(float).fillna(fill).to_numpy()
        np.testing.assert_allclose(got[name], wanted, rtol=1e-9, atol=1e-6, err_msg=name)


def test_rows_are_one_for_each_unit_and_statistic() -> None:
    rows = Rows()
    grouping = Grouping("site", ("a", "b"), np.array([0, 0, -1]))
    rows.add_groups("wait", np.array([1.0, 3.0, 99.0]), np.array([True] * 3), [grouping], ("mean", "count"))
    table = list(zip(rows.measure, rows.level, rows.unit, rows.statistic, rows.value, strict=True))
    assert table[0] == ("wait", "site", "a", "mean", 2.0)
    assert [row[2:4] for row in table] == [("a", "mean"), ("b", "mean"), ("a", "count"), ("b", "count")]
    assert np.isnan(table[1][4])
    assert table[3][4] == 0.0
    assert len(rows) == 4


def test_rows_of_another_come_after_ones_own() -> None:
    one, two = Rows(), Rows()
    one.add("a", "province", "province", "mean", 1)
    two.add("b", "province", "province", "mean", 2)
    one.extend(two)
    assert (one.measure, one.value, len(two)) == (["a", "b"], [1.0, 2.0], 1)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40).filter(lambda v: sum(v) > 1e-3))
def test_gini_is_half_the_mean_difference_of_all_pairs_over_the_mean(values: list[float]) -> None:
    x = np.array(values)
    pairs = np.abs(x[:, None] - x[None, :]).mean() / (2 * x.mean())
    assert gini(x) == pytest.approx(pairs, abs=1e-9)


def test_gini_of_the_edges() -> None:
    assert np.isnan(gini(np.array([])))
    assert gini(np.zeros(5)) == 0.0
    assert gini(np.full(7, 3.0)) == pytest.approx(0.0, abs=1e-12)
    assert gini(np.array([0.0] * 99 + [5.0])) == pytest.approx(0.99)
