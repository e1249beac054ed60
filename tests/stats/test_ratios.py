"""Claims of sim.stats.ratios and of which rows it is used for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiment.bounds import bounds
from sim.experiment.denominators import DENOMINATORS, RATIOS
from sim.experiment.quantities import province_rows
from sim.experiment.summarise import comparisons, summary
from sim.measures.all import measure
from sim.measures.gains import gains
from sim.measures.stages import STAGES
from sim.stats.factorial import factorial
from sim.stats.intervals import mean_interval
from sim.stats.ratios import linearised, linearised_sums
from tests.model.small_province import plan_of, run

RNG = np.random.default_rng(3)
PEOPLE = RNG.integers(1, 60, 9).astype(float)
MEANS = 5.0 + 20.0 / PEOPLE + RNG.normal(0.0, 0.3, 9)


def frame(scenario: str, means: np.ndarray, people: np.ndarray, statistic: str = "mean") -> pd.DataFrame:
    measure = "travel_hours" if statistic == "mean" else "deterred_share"
    counted = "served" if statistic == "mean" else "need"
    rows = [
        (scenario, r, name, "province", "province", kind, value)
        for r, (mean, count) in enumerate(zip(means, people, strict=True))
        for name, kind, value in ((measure, statistic, mean), (counted, "count", count))
    ]
    return pd.DataFrame(rows, columns=["scenario", "replication", "measure", "level", "unit", "statistic", "value"])


def test_the_mean_is_the_ratio_of_sums_and_not_the_mean_of_means() -> None:
    found = linearised(MEANS, PEOPLE)
    assert found.mean() == pytest.approx((MEANS * PEOPLE).sum() / PEOPLE.sum(), rel=1e-12)
    assert abs(found.mean() - MEANS.mean()) > 0.1


def test_the_variance_is_that_of_the_delta_method() -> None:
    total, ratio = MEANS * PEOPLE, (MEANS * PEOPLE).sum() / PEOPLE.sum()
    by_hand = ((total - ratio * PEOPLE) ** 2).sum() / (8 * 9) / PEOPLE.mean() ** 2
    assert linearised(MEANS, PEOPLE).var(ddof=1) / 9 == pytest.approx(by_hand, rel=1e-12)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20), st.integers(1, 1000))
def test_with_the_same_people_in_each_replication_nothing_is_changed(means: list[float], people: int) -> None:
    assert linearised(means, np.full(len(means), people)) == pytest.approx(means, rel=1e-9, abs=1e-6)


def test_equal_means_have_no_spread_however_many_people_they_are_of() -> None:
    assert linearised([0.1] * 9, PEOPLE).tolist() == [0.1] * 9


def test_a_replication_without_people_has_no_value() -> None:
    found = linearised([4.0, np.nan, 6.0], [10, 0, 30])
    assert np.isnan(found[1])
    assert np.nanmean(found) == pytest.approx(5.5)


def test_the_summary_divides_sums_and_the_difference_is_that_of_the_estimates() -> None:
    replications = pd.concat([frame("a", MEANS, PEOPLE), frame("b", MEANS * 0.9, PEOPLE + 3)])
    table = summary(replications, 0.95).query("statistic == 'mean'").set_index("scenario")
    assert table.loc["a", "estimate"] == pytest.approx((MEANS * PEOPLE).sum() / PEOPLE.sum())
    found = comparisons(replications, "a", 0.95).query("statistic == 'mean'").iloc[0]
    assert found["difference"] == pytest.approx(table.loc["b", "estimate"] - table.loc["a", "estimate"])
    paired = mean_interval(linearised(MEANS * 0.9, PEOPLE + 3) - linearised(MEANS, PEOPLE), 0.95)
    assert (found["ci_low"], found["ci_high"]) == pytest.approx((paired.low, paired.high))


def test_an_interval_holds_its_estimate_even_where_a_number_is_not_what_its_statistic_says() -> None:
    for statistic, values in (("share", [1.2, 1.3, 1.7]), ("count", [-3.0, -4.0, -6.0])):
        rows = frame("a", np.array(values), PEOPLE[:3])
        rows = rows[rows["measure"] == "travel_hours"].assign(measure="gini_index_100", statistic=statistic)
        found = summary(rows, 0.95).iloc[0]
        assert found["ci_low"] <= found["estimate"] <= found["ci_high"], statistic


def test_the_difference_of_two_shares_lies_between_minus_one_and_one() -> None:
    few = [
        frame(name, np.array(share), np.array([10.0, 10.0]), "share") for name, share in (("a", [0, 1]), ("b", [1, 0]))
    ]
    found = comparisons(pd.concat(few), "a", 0.95, together=True).query("statistic == 'share'").iloc[0]
    assert (found["ci_low"], found["ci_high"]) == (-1.0, 1.0)
    assert found["ci_low_simultaneous"] >= -1.0 and found["ci_high_simultaneous"] <= 1.0


def test_the_interval_of_a_share_of_people_ends_at_nought_and_one() -> None:
    few = summary(frame("a", np.array([0.0, 0.0, 0.1]), np.array([10.0, 10, 10]), "share"), 0.95).iloc[0]
    most = summary(frame("a", np.array([1.0, 1.0, 0.9]), np.array([10.0, 10, 10]), "share"), 0.95).iloc[0]
    assert few["statistic"] == most["statistic"] == "share"
    assert few["ci_low"] == 0.0 < few["ci_high"] < 1.0
    assert most["ci_high"] == 1.0 > most["ci_low"] > 0.0


@pytest.mark.parametrize(
    ("measure", "statistic", "least"),
    [("under_way", "count", 0.0), ("lead_days", "p90", 0.0), ("days_saved", "mean", None), ("own", "mean", None)],
)
def test_an_interval_ends_where_a_quantity_cannot_go(measure: str, statistic: str, least: float | None) -> None:
    rows = frame("a", np.array([0.0, 0.0, 4.0]), np.array([10.0, 10, 10]), "mean")
    rows = rows[rows["statistic"] == "mean"].assign(measure=measure, statistic=statistic)
    found = summary(rows, 0.95).iloc[0]
    unbounded = mean_interval([0.0, 0.0, 4.0], 0.95)
    assert found["ci_low"] == (pytest.approx(unbounded.low) if least is None else least)
    assert found["ci_high"] == pytest.approx(unbounded.high)
    assert np.isnan(summary(rows[:1], 0.95).iloc[0]["ci_low"])


@pytest.mark.parametrize("measure", ["utilisation", "utilisation_document", "utilisation_collection"])
def test_the_use_of_counters_may_be_above_one_by_overtime_and_a_share_of_a_whole_may_not(measure: str) -> None:
    before, after = np.array([0.1, 0.3, 0.2]), np.array([0.95, 1.35, 0.6])
    keys = {"level": "site", "unit": "office", "statistic": "share"}
    rows = pd.DataFrame(
        [
            {"scenario": scenario, "replication": place, "measure": name, **keys, "value": value}
            for scenario, values in (("a", before), ("b", after))
            for place, value in enumerate(values)
            for name in (measure, "quota_use")
        ]
    )
    found = summary(rows, 0.95).set_index(["measure", "scenario"])
    compared = comparisons(rows, "a", 0.95, together=True).set_index("measure")
    unbounded, difference = mean_interval(after, 0.95), mean_interval(after - before, 0.95)
    assert found.loc[(measure, "b"), "ci_high"] == pytest.approx(unbounded.high) and unbounded.high > 1
    assert found.loc[("quota_use", "b"), "ci_high"] == 1
    assert found.loc[(measure, "a"), "ci_low"] == found.loc[("quota_use", "a"), "ci_low"] == 0
    assert compared.loc[measure, "ci_high"] == pytest.approx(difference.high) and difference.high > 1
    assert compared.loc[measure, "ci_high_simultaneous"] >= compared.loc[measure, "ci_high"]
    assert compared.loc["quota_use", "ci_high"] == 1


def test_the_count_of_those_who_newly_apply_is_never_below_none_and_a_difference_of_counts_may_be() -> None:
    keys = {"level": "province", "unit": "province", "statistic": "count"}
    values = [("a", 0.0, 5.0), ("a", 3.0, 9.0), ("a", 0.0, 6.0), ("b", 1.0, 5.0), ("b", 0.0, 8.0), ("b", 0.0, 6.0)]
    rows = [
        {"scenario": scenario, "replication": place % 3, "measure": measure, **keys, "value": value}
        for place, (scenario, *pair) in enumerate(values)
        for measure, value in zip(("now_apply", "served"), pair, strict=True)
    ]
    found = comparisons(pd.DataFrame(rows), "a", 0.95, together=True).set_index("measure")
    assert found.loc["now_apply", ["ci_low", "ci_low_simultaneous"]].tolist() == [0.0, 0.0]
    assert found.loc["served", "ci_low"] < 0
    assert found.loc["now_apply", "ci_high"] > found.loc["now_apply", "difference"]


def test_every_measure_of_the_program_has_its_bounds_or_may_be_below_zero() -> None:
    plan = plan_of({"sites": {"ukk_far": {"in_service": "always"}}})
    rows, found = measure(plan, *run(plan), (60,))
    rows.extend(gains(plan, found, found))
    keys = pd.DataFrame({"measure": rows.measure, "statistic": rows.statistic})
    least, most = bounds(keys)
    free = {name.replace("_saved", "") for name in keys["measure"][np.isinf(least)]}
    assert free == {
        *("travel_hours", "days", "wait_minutes", "cost_rupiah", *STAGES),
        *(f"concentration_{of}" for of in ("travel_hours", "cost_rupiah", "deterred_share")),
    }
    known = ~np.isnan(rows.value)
    assert (np.array(rows.value)[known] >= least[known]).all()
    assert (np.array(rows.value)[known] <= most[known] + 1e-12).all()


def test_effects_of_a_factorial_are_those_of_the_ratios() -> None:
    cells = {"a0": 1.0, "a1": 0.9, "b0": 0.8, "b1": 0.6}
    replications = pd.concat(
        [frame(name, MEANS * part, PEOPLE + 3 * place) for place, (name, part) in enumerate(cells.items())]
    )
    rows = province_rows(replications, [("travel_hours", "mean"), ("served", "count")])
    assert len(rows) == len(replications)
    table = factorial(rows, "ukk", {"none": ["a0", "a1"], "van": ["b0", "b1"]}, 0.95)
    found = table[(table["measure"] == "travel_hours") & (table["service"] == "van")].set_index("effect")["estimate"]
    estimate = summary(replications, 0.95).query("statistic == 'mean'").set_index("scenario")["estimate"]
    assert found["without"] == pytest.approx(estimate["b0"] - estimate["a0"])
    assert found["with"] == pytest.approx(estimate["b1"] - estimate["a1"])


def test_every_mean_over_people_that_is_measured_has_a_count_that_turns_it_into_a_total() -> None:
    day_off = {"choice": {"day_off": {"share": 0.4, "price": "Rp 50000"}}}
    plan = plan_of({"sites": {"ukk_far": {"in_service": "always"}}, **day_off})
    rows, found = measure(plan, *run(plan), (60,))
    rows.extend(gains(plan, found, found))
    known = {
        key: value
        for *key, value in zip(rows.measure, rows.level, rows.unit, rows.statistic, rows.value, strict=True)
        for key in [tuple(key)]
    }
    checked = set()
    for (name, level, unit, statistic), value in known.items():
        if statistic not in RATIOS or np.isnan(value):
            continue
        names = (name, *DENOMINATORS.get(name, ()))
        people = next((known[n, level, unit, "count"] for n in names if (n, level, unit, "count") in known), None)
        if people is None:
            continue
        checked.add(name)
        total = known.get((name, level, unit, "total"))
        if total is not None:
            assert value * people == pytest.approx(total), (name, level, unit)
        if statistic == "share":
            assert value * people == pytest.approx(round(value * people), abs=1e-6), (name, level, unit)
    assert checked >= {*DENOMINATORS, "wait_minutes", "office_minutes", "lead_days"}


def test_of_totals_a_replication_without_anybody_counts_too() -> None:
    totals, counts = np.array([9.0, 5.0, 4.0]), np.array([3.0, 0.0, 3.0])
    found = linearised_sums(totals, counts)
    assert found.mean() == pytest.approx(18 / 6)
    by_hand = ((totals - 3 * counts) ** 2).sum() / (2 * 3) / counts.mean() ** 2
    assert found.var(ddof=1) / 3 == pytest.approx(by_hand)
    assert np.isnan(linearised_sums([1.0, 2.0], [0.0, 0.0])).all()
    assert np.isnan(linearised_sums([1.0, np.nan], [2.0, 2.0])).tolist() == [False, True]


def test_of_totals_nothing_is_changed_where_everybody_is_in_some_mean() -> None:
    assert linearised_sums(MEANS * PEOPLE, PEOPLE) == pytest.approx(linearised(MEANS, PEOPLE), rel=1e-12)


def test_rupiah_for_a_passport_are_all_rupiah_over_all_passports() -> None:
    told = {"operating_rupiah": ("total", [8e6, 6e6, 4e6]), "passports": ("count", [2, 0, 4])}
    told["rupiah_per_passport"] = ("mean", [4e6, np.nan, 1e6])
    rows = [
        ("a", replication, measure, "programme", "van", statistic, value)
        for measure, (statistic, values) in told.items()
        for replication, value in enumerate(values)
    ]
    frame = pd.DataFrame(rows, columns=["scenario", "replication", "measure", "level", "unit", "statistic", "value"])
    table = summary(frame, 0.95).set_index("measure")
    assert table.loc["rupiah_per_passport", "estimate"] == pytest.approx(18e6 / 6)
    assert table.loc["rupiah_per_passport", "replications"] == 3


def test_bad_counts_are_named() -> None:
    with pytest.raises(ValueError, match=r"\(2,\) and \(3,\)"):
        linearised_sums([1.0, 2.0], [1, 2, 3])
    with pytest.raises(ValueError, match=r"\(2,\) and \(3,\)"):
        linearised([1.0, 2.0], [1, 2, 3])
    with pytest.raises(ValueError, match="negative, found -2"):
        linearised([1.0, 2.0], [1, -2])
