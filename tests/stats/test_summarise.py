"""Claims of sim.experiment.summarise: the columns, the order, the numbers and the bytes of the two tables."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.experiment.quantities import Quantity, Values
from sim.experiment.summarise import COMPARISON_COLUMNS, KEYS, SUMMARY_COLUMNS, comparisons, summary, write_table
from sim.stats.intervals import holm, mean_interval, paired_interval

RNG = np.random.default_rng(11)
BEFORE = RNG.normal(6.0, 0.5, 8)
AFTER = BEFORE - RNG.normal(2.0, 0.1, 8)
OTHER = BEFORE - RNG.normal(0.0, 0.1, 8)
SAVED = RNG.normal(1.5, 0.2, 8)


def rows(scenario: str, values: Any, measure: str = "travel_hours", unit: str = "province") -> pd.DataFrame:
    level = "province" if unit == "province" else "regency"
    constant = {"scenario": scenario, "measure": measure, "level": level, "unit": unit, "statistic": "mean"}
    return pd.DataFrame({"replication": np.arange(len(values)), "value": values}).assign(**constant)


@pytest.fixture
def replications() -> pd.DataFrame:
    return pd.concat(
        [
            rows("with_ukk", AFTER),
            rows("before", BEFORE),
            rows("other", OTHER),
            rows("before", BEFORE + 1, unit="16.01"),
            rows("with_ukk", AFTER + 2, unit="16.01"),
            rows("with_ukk", SAVED, "travel_hours_saved"),
            rows("with_ukk", AFTER, unit="16.02"),
        ],
        ignore_index=True,
    )


def row(table: pd.DataFrame, **where: str) -> Any:
    for column, value in where.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return next(table.itertuples())


def test_summary_has_the_contracts_columns_and_the_t_interval(replications: pd.DataFrame) -> None:
    table = summary(replications, 0.9)
    assert tuple(table.columns) == SUMMARY_COLUMNS
    assert len(table) == 7
    found = row(table, scenario="with_ukk", unit="16.01")
    expected = mean_interval(AFTER + 2, 0.9)
    assert (found.estimate, found.ci_low, found.ci_high) == (expected.estimate, expected.low, expected.high)
    assert found.replications == 8


def test_comparison_is_scenario_minus_baseline_pair_by_pair(replications: pd.DataFrame) -> None:
    table = comparisons(replications, "before", 0.95)
    assert tuple(table.columns) == COMPARISON_COLUMNS
    found = row(table, scenario="with_ukk", unit="province", measure="travel_hours")
    expected = paired_interval(AFTER, BEFORE, 0.95)
    assert (found.difference, found.ci_low, found.ci_high) == (expected.difference, expected.low, expected.high)
    assert found.variance_reduction == expected.variance_reduction > 10
    assert found.baseline == "before"


def test_p_values_are_adjusted_over_units_and_scenarios_of_a_measure_and_level(replications: pd.DataFrame) -> None:
    table = comparisons(replications, "before", 0.95)
    raw = [paired_interval(AFTER, BEFORE, 0.95).p, paired_interval(OTHER, BEFORE, 0.95).p]
    province = [row(table, scenario=s, unit="province", measure="travel_hours") for s in ("with_ukk", "other")]
    assert [found.p_adjusted for found in province] == holm(raw).tolist()
    assert province[1].p_adjusted == raw[1]
    alone = row(table, scenario="with_ukk", unit="16.01")
    assert alone.p_adjusted == paired_interval(AFTER + 2, BEFORE + 1, 0.95).p


def test_measures_that_compare_person_by_person_are_their_own_difference(replications: pd.DataFrame) -> None:
    found = row(comparisons(replications, "before", 0.95), measure="travel_hours_saved")
    expected = mean_interval(SAVED, 0.95)
    assert (found.difference, found.ci_low, found.ci_high) == (expected.estimate, expected.low, expected.high)
    assert np.isnan(found.variance_reduction)


def test_a_unit_that_the_baseline_lacks_is_summarised_but_not_compared(replications: pd.DataFrame) -> None:
    assert "16.02" in set(summary(replications, 0.95)["unit"])
    assert "16.02" not in set(comparisons(replications, "before", 0.95)["unit"])


def test_a_replication_where_nobody_was_served_is_left_out_of_both_tables(replications: pd.DataFrame) -> None:
    gap = (replications["replication"] == 3) & (replications["scenario"] == "with_ukk")
    absent = replications[~(gap & (replications["unit"] == "16.01"))].copy()
    absent.loc[gap & (absent["unit"] == "province"), "value"] = np.nan
    for unit in ("16.01", "province"):
        assert row(summary(absent, 0.95), scenario="with_ukk", unit=unit, measure="travel_hours").replications == 7
        compared = row(comparisons(absent, "before", 0.95), scenario="with_ukk", unit=unit, measure="travel_hours")
        assert compared.replications == 7
        here, before = (
            np.delete(side, 3) for side in ((AFTER + 2, BEFORE + 1) if unit == "16.01" else (AFTER, BEFORE))
        )
        expected = paired_interval(here, before, 0.95)
        assert (compared.difference, compared.ci_low, compared.ci_high) == pytest.approx(
            (expected.difference, expected.low, expected.high), rel=1e-12
        )


def test_pairs_are_compared_over_the_replications_that_both_have() -> None:
    """Means of different numbers of people, some of whom only one of the scenarios has."""
    hours = {"before": [4.0, np.nan, 9.0, 2.0, np.nan, 5.0], "with_ukk": [3.0, 8.0, np.nan, 2.5, 7.0, 1.0]}
    people = {"before": [10, 0, 3, 40, 0, 5], "with_ukk": [20, 6, 0, 45, 1, 9]}
    rows = [
        (name, replication, measure, "district", "16.01.01", statistic, column[name][replication])
        for name in hours
        for replication in range(6)
        for measure, statistic, column in (("travel_hours", "mean", hours), ("served", "count", people))
    ]
    table = pd.DataFrame(rows, columns=["scenario", "replication", *KEYS, "value"])
    both = [0, 3, 5]

    def ratio(name: str) -> float:
        return sum(hours[name][i] * people[name][i] for i in both) / sum(people[name][i] for i in both)

    wanted = ratio("with_ukk") - ratio("before")
    found = row(comparisons(table, "before", 0.95), scenario="with_ukk", measure="travel_hours", unit="16.01.01")
    assert found.replications == 3
    assert found.difference == pytest.approx(wanted, rel=1e-12)
    # To first order the ratio moves with each replication by what its people are off, over the mean number of people.
    moves = [
        (people[name][i] * (hours[name][i] - ratio(name))) / (sum(people[name][k] for k in both) / 3)
        for name in ("with_ukk", "before")
        for i in both
    ]
    expected = mean_interval([wanted + moves[i] - moves[i + 3] for i in range(3)], 0.95)
    assert (found.ci_low, found.ci_high) == pytest.approx((expected.low, expected.high), rel=1e-9)
    # What a run is stopped by, and a search looks at, is the same number.
    asked = Quantity("with_ukk", "before", "travel_hours", "district", "16.01.01", "mean")
    assert np.nanmean(Values.taken(table, [asked]).first(6)) == pytest.approx(wanted, rel=1e-12)


def test_the_order_of_the_rows_and_the_scenarios_given_decide_the_bytes(
    replications: pd.DataFrame, tmp_path: Path
) -> None:
    shuffled = replications.sample(frac=1, random_state=1)
    order = ("with_ukk", "other", "before")
    for name, frame in (("a", replications), ("b", shuffled)):
        write_table(summary(frame, 0.95, order), tmp_path / f"{name}_summary.csv")
        write_table(comparisons(frame, "before", 0.95, order), tmp_path / f"{name}_comparisons.csv")
    assert (tmp_path / "a_summary.csv").read_bytes() == (tmp_path / "b_summary.csv").read_bytes()
    assert (tmp_path / "a_comparisons.csv").read_bytes() == (tmp_path / "b_comparisons.csv").read_bytes()
    assert list(dict.fromkeys(summary(shuffled, 0.95, order)["scenario"])) == list(order)


def test_levels_come_in_the_order_of_the_design_not_of_the_alphabet(replications: pd.DataFrame) -> None:
    table = summary(replications, 0.95, ("with_ukk",))
    travel = table[(table["scenario"] == "with_ukk") & (table["measure"] == "travel_hours")]
    assert list(travel["unit"]) == ["province", "16.01", "16.02"]


def test_a_quantity_with_two_values_in_one_replication_is_named(replications: pd.DataFrame) -> None:
    doubled = pd.concat([replications, replications.iloc[[3]]])
    with pytest.raises(ValueError, match="two values in one replication for with_ukk 3 travel_hours province province"):
        summary(doubled, 0.95)


def test_missing_columns_and_unknown_baselines_are_named(replications: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="lack statistic"):
        summary(replications.drop(columns="statistic"), 0.95)
    with pytest.raises(ValueError, match="'befoore'; there are before, other, with_ukk"):
        comparisons(replications, "befoore", 0.95)


def test_a_single_scenario_has_no_comparison(replications: pd.DataFrame) -> None:
    only = replications[replications["scenario"] == "before"]
    table = comparisons(only, "before", 0.95)
    assert len(table) == 0
    assert tuple(table.columns) == COMPARISON_COLUMNS


def test_without_a_baseline_nothing_is_compared(replications: pd.DataFrame) -> None:
    assert len(comparisons(replications, None, 0.95)) == 0


def test_a_unit_more_costs_a_few_calls_of_functions() -> None:
    def calls(districts: int) -> int:
        """Python functions that are called for so many districts."""
        parts = [
            pd.DataFrame({"unit": [f"16.{i:04d}" for i in range(districts)], "value": np.arange(districts) + r}).assign(
                scenario=s, replication=r, measure="x", level="district", statistic="mean"
            )
            for s, r in itertools.product("abc", range(5))
        ]
        frame = pd.concat(parts, ignore_index=True)
        called = 0

        def count(frame: object, event: str, argument: object) -> None:
            nonlocal called
            called += event == "call"

        sys.setprofile(count)
        try:
            summary(frame, 0.95)
            comparisons(frame, "a", 0.95)
        finally:
            sys.setprofile(None)
        return called

    calls(10)  # what is imported or remembered at first is not counted
    few, many = calls(10), calls(1000)
    # A loop over groups costs hundreds a unit.
    assert many - few < 10 * 990


def test_what_differs_by_the_order_of_a_sum_alone_is_no_difference() -> None:
    """0.1 + 0.2 + 0.3 is not 0.3 + 0.2 + 0.1; without spread the smallest difference would be clear from zero."""
    first, second = (0.1 + 0.2) + 0.3, (0.3 + 0.2) + 0.1
    assert first != second
    table = comparisons(pd.concat([rows("before", [first] * 4), rows("after", [second] * 4)]), "before", 0.95)
    found = row(table, scenario="after")
    assert (found.difference, found.ci_low, found.ci_high, found.p_adjusted) == (0.0, 0.0, 0.0, 1.0)
    table = comparisons(pd.concat([rows("before", [first] * 4), rows("after", [second + 1e-9] * 4)]), "before", 0.95)
    assert row(table, scenario="after").difference == pytest.approx(1e-9, rel=1e-6)
