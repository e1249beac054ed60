"""Statistics by group, and tidy rows, against pandas."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import jit
from sim.measures import kernels
from sim.measures.groups import Column, Units, ascending
from sim.measures.population import Population
from sim.measures.rows import Grouping, Rows
from sim.stats.inequality import gini

VALUES = st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(-1, 4), st.integers(-1, 2), st.booleans()), max_size=60)
ALL = ("mean", "share", "median", "p90", "total", "count")


def _frame(table: list[tuple[float, int, int, bool]]) -> pd.DataFrame:
    kinds = {"value": float, "unit": np.int64, "kind": np.int64, "used": bool}
    return pd.DataFrame(table, columns=list(kinds)).astype(kinds)


def _rows_of(frame: pd.DataFrame) -> dict[tuple[str, str, str], float]:
    rows = Rows()
    groupings = [
        Grouping("unit", tuple("01234"), frame["unit"].to_numpy()),
        Grouping("kind", tuple("012"), frame["kind"].to_numpy()),
    ]
    Population(frame["used"].to_numpy()).add(rows, "x", frame["value"].to_numpy(), groupings, ALL)
    return dict(zip(zip(rows.level, rows.unit, rows.statistic, strict=True), rows.value, strict=True))


def _assert_statistics_are_those_of_pandas(frame: pd.DataFrame) -> None:
    found = _rows_of(frame)
    assert len(found) == (5 + 3) * len(ALL)
    for level, n in (("unit", 5), ("kind", 3)):
        groups = frame[frame["used"] & frame["value"].notna() & (frame[level] >= 0)].groupby(level)["value"]
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
            wanted = series.reindex(range(n)).astype(float).fillna(fill).to_numpy()
            got = [found[level, str(unit), name] for unit in range(n)]
            np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-6, err_msg=f"{level} {name}")


@given(VALUES)
def test_statistics_by_unit_are_those_of_pandas(table: list[tuple[float, int, int, bool]]) -> None:
    _assert_statistics_are_those_of_pandas(_frame(table))


@given(VALUES)
def test_statistics_are_the_same_to_the_last_bit_where_nothing_is_compiled(
    table: list[tuple[float, int, int, bool]],
) -> None:
    frame = _frame(table)
    compiled = _rows_of(frame)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jit, "available", lambda: False)
        _assert_statistics_are_those_of_pandas(frame)
        plain = _rows_of(frame)
    assert plain.keys() == compiled.keys()
    np.testing.assert_array_equal(list(plain.values()), list(compiled.values()))


def test_values_that_are_unknown_are_left_out() -> None:
    frame = _frame([(1.0, 0, 0, True), (np.nan, 0, 1, True), (np.nan, 1, 1, False), (4.0, 0, 1, True)])
    _assert_statistics_are_those_of_pandas(frame)


NEARLY_THE_SAME = st.integers(0, 40).map(lambda k: 1e6 + k * 1e-9)


@given(st.lists(st.one_of(NEARLY_THE_SAME, st.floats(allow_nan=False), st.sampled_from([0.0, -0.0])), max_size=80))
def test_ascending_is_a_stable_sort_also_of_numbers_that_are_nearly_the_same(values: list[float]) -> None:
    x = np.array(values, dtype=np.float64)
    np.testing.assert_array_equal(ascending(x), np.argsort(x, kind="stable"))


@given(st.lists(st.tuples(st.integers(-1, 2), st.integers(0, 3)), max_size=40))
def test_a_table_counts_the_elements_of_each_unit_and_kind(pairs: list[tuple[int, int]]) -> None:
    unit, kind = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    table = Units([unit, np.zeros_like(unit)], [3, 1]).table(kind, 4)
    wanted = [[sum((u, k) == (i, c) for u, k in pairs) for c in range(4)] for i in range(3)]
    assert table[1:4].tolist() == wanted
    assert table[5].tolist() == np.bincount(kind, minlength=4).tolist()


def test_units_too_many_for_two_bytes_are_told_apart() -> None:
    index = np.array([0, 70_000, 70_000, -1, 69_999])
    units = Units([index], [70_001])
    column = Column(np.array([1.0, 2.0, 4.0, 8.0, 16.0]))
    found = units.statistics(column, ALL)
    (part,) = units.slices
    assert found["total"][part][[0, 69_999, 70_000]].tolist() == [1.0, 16.0, 6.0]
    assert found["median"][part][[0, 69_999, 70_000]].tolist() == [1.0, 16.0, 3.0]
    assert np.isnan(found["p90"][part][5])


def test_a_level_can_have_statistics_of_its_own() -> None:
    rows, index = Rows(), np.array([0, 0, 1])
    groupings = [Grouping("site", ("a", "b"), index), Grouping("district", ("1", "2"), index)]
    everyone = Population(np.ones(3, dtype=bool))
    everyone.add(
        rows, "wait", np.array([1.0, 3.0, 9.0]), groupings, ("mean", "p90", "count"), {"district": ("mean", "count")}
    )
    statistics = dict.fromkeys(zip(rows.level, rows.statistic, strict=True))
    assert list(statistics) == [
        ("site", "mean"),
        ("site", "p90"),
        ("site", "count"),
        ("district", "mean"),
        ("district", "count"),
    ]


def test_a_level_without_statistics_has_no_rows_though_others_have_quantiles() -> None:
    rows, index = Rows(), np.array([0, 0, 1])
    groupings = [Grouping("site", ("a", "b"), index), Grouping("district", ("1", "2"), index)]
    everyone = Population(np.ones(3, dtype=bool))
    everyone.add(rows, "wait", np.array([1.0, 3.0, 9.0]), groupings, ("mean",), {"site": (), "district": ("median",)})
    assert rows.level == ["district", "district"]
    assert rows.value == [2.0, 9.0]


@given(VALUES)
def test_a_part_of_a_population_has_the_rows_of_a_population_of_its_own(
    table: list[tuple[float, int, int, bool]],
) -> None:
    frame = _frame(table)
    grouping = [Grouping("unit", tuple("01234"), frame["unit"].to_numpy())]
    used, low = frame["used"].to_numpy(), (frame["kind"] < 1).to_numpy()
    whole, values = Population(used), frame["value"].to_numpy()
    whole.units(grouping)
    of_part, of_its_own = Rows(), Rows()
    whole.part(low[used]).add(of_part, "x", values, grouping, ALL)
    Population(used & low).add(of_its_own, "x", values, grouping, ALL)
    assert (of_part.unit, of_part.statistic) == (of_its_own.unit, of_its_own.statistic)
    np.testing.assert_array_equal(of_part.value, of_its_own.value)


@pytest.mark.parametrize("mask", [[True] * 4, [True, False, True, True]], ids=["in a row", "apart"])
@pytest.mark.parametrize("values", [np.ones(3), np.ones(5), np.ones(1), np.ones((4, 1))], ids=str)
def test_values_that_are_not_one_for_each_element_are_refused(mask: list[bool], values: np.ndarray) -> None:
    everyone = Population(np.array(mask))
    grouping = Grouping("site", ("a",), np.zeros(4, dtype=np.int64))
    with pytest.raises(ValueError, match="one value is needed for each of 4 elements, found"):
        everyone.add(Rows(), "wait", values, [grouping], ("mean",))
    with pytest.raises(ValueError, match="one value is needed for each of 4 elements, found"):
        everyone.add(Rows(), "wait", np.ones(4), [grouping, Grouping("site", ("a",), np.zeros(1, np.int64))], ("mean",))
    with pytest.raises(ValueError, match=f"one value is needed for each of {sum(mask)} elements, found 9"):
        everyone.part(np.ones(9, dtype=bool))


@pytest.mark.parametrize("wrong", [-2, 2])
def test_a_unit_that_is_not_there_is_refused(wrong: int) -> None:
    with pytest.raises(ValueError, match=f"a unit of the level site is {wrong}: the last of its 2 units is 1"):
        Grouping("site", ("a", "b"), np.array([0, wrong, -1]))


def test_values_that_cannot_be_written_to_or_lie_apart_are_read_by_the_same_machine_code() -> None:
    grouping = [Grouping("site", ("a", "b"), np.array([0, 0, 1]))]
    apart = np.array([[1.0, 0.0], [3.0, 0.0], [9.0, 0.0]])
    fixed = apart[:, 0].copy()
    fixed.flags.writeable = False
    for values in (apart[:, 0].copy(), fixed, apart[:, 0], np.array([1, 3, 9])):
        rows = Rows()
        rows.add_groups("wait", values, np.ones(3, dtype=bool), grouping, ALL)
        assert rows.value[:6] == [2.0, 9.0, 2.0, 9.0, 2.0, 9.0]
    # Whatever else this process has run: nobody has handed values in another form to a loop.
    for kernel, place in ((kernels.add_up, 1), (kernels.mend_order, 0)):
        forms = [signature[place] for signature in jit.compiled(kernel).signatures]
        assert forms
        assert {(form.layout, form.mutable) for form in forms} == {("C", False)}


def test_the_largest_numbers_there_are_give_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = Rows()
        grouping = Grouping("site", ("a", "b"), np.array([0, 1]))
        rows.add_groups("wait", np.full(2, 1.7e308), np.ones(2, dtype=bool), [grouping], ("mean", "median"))
    values = dict(zip(zip(rows.statistic, rows.unit, strict=True), rows.value, strict=True))
    assert values == {(s, u): 1.0 if s == "count" else 1.7e308 for s in ("mean", "median", "count") for u in "ab"}


def test_values_of_other_units_are_refused() -> None:
    with pytest.raises(ValueError, match="2 values of wait for 3 units of site"):
        Rows().add_all("wait", "site", ("a", "b", "c"), "mean", np.zeros(2))


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


@pytest.mark.parametrize(("mine", "theirs", "told"), [("nan", "nan", None), ("nan", "1", "lead"), ("1", "nan", "lead")])
def test_tables_that_differ_by_what_is_missing_are_told_apart(mine: str, theirs: str, told: str | None) -> None:
    tables = []
    for value in (mine, theirs):
        rows = Rows()
        rows.add("trips", "province", "province", "mean", 1.0)
        rows.add("lead", "province", "province", "mean", float(value))
        tables.append(rows)
    assert tables[0].differing(tables[1]) == told
