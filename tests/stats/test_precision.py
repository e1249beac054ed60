"""Claims of sim.experiment.precision: when a run stops, and what it says of what it reached."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.config.statistics import Replications
from sim.experiment.precision import LOOK_AHEAD, Stopping, look_ahead, told
from sim.stats.intervals import mean_interval

KNOWN = [
    (scenario, measure, "province", "province", statistic)
    for scenario in ("before", "after")
    for measure, statistic in (("travel_hours", "mean"), ("wait_minutes", "p90"), ("served", "count"))
]


def rule(*goals: dict[str, object], minimum: int = 3, maximum: int = 200, confidence: float = 0.95) -> Stopping:
    section = Replications.model_validate({"minimum": minimum, "maximum": maximum, "precision": list(goals)})
    found, problems = Stopping.rule(section, KNOWN, "before", confidence)
    assert not problems
    return found


def frame(n: int, **columns: np.ndarray) -> pd.DataFrame:
    """Columns are named scenario__measure__statistic."""
    rows = []
    for name, values in columns.items():
        scenario, measure, statistic = name.split("__")
        rows += [(scenario, r, measure, "province", "province", statistic, values[r]) for r in range(n)]
    return pd.DataFrame(rows, columns=["scenario", "replication", "measure", "level", "unit", "statistic", "value"])


def run(stopping: Stopping, **columns: np.ndarray) -> int:
    """Replications with which it stops."""
    n = stopping.minimum
    while more := stopping.more(frame(n, **columns)):
        n += more
    return n


RNG = np.random.default_rng(8)
HOURS = RNG.normal(6.0, 0.6, 500)
AFTER = HOURS - 2.0 + RNG.normal(0.0, 0.05, 500)
GOAL = {"measure": "travel_hours", "scenario": "before", "relative": 0.02}


def by_hand(values: np.ndarray, wanted: float, minimum: int, confidence: float = 0.95) -> int:
    """The first number from which half the relative width stays small enough for the look-ahead."""
    n = minimum
    while True:
        small = []
        for k in range(n, n + look_ahead(n) + 1):
            found = mean_interval(values[:k], confidence)
            small.append((found.high - found.low) / 2 <= wanted * abs(found.estimate))
        if all(small):
            return n + look_ahead(n)
        n += 1


@pytest.mark.parametrize("wanted", [0.02, 0.03, 0.06])
def test_it_stops_no_sooner_than_the_published_rule_and_not_much_later(wanted: float) -> None:
    n = run(rule({**GOAL, "relative": wanted}), before__travel_hours__mean=HOURS)
    first = by_hand(HOURS, wanted, 3)
    assert first <= n <= max(1.5 * first, first + LOOK_AHEAD)


def test_the_sign_of_the_mean_does_not_matter() -> None:
    assert run(rule(GOAL), before__travel_hours__mean=-HOURS) == run(rule(GOAL), before__travel_hours__mean=HOURS)


def test_a_difference_is_taken_pair_by_pair_and_needs_far_fewer() -> None:
    columns = {"before__travel_hours__mean": HOURS, "after__travel_hours__mean": AFTER}
    paired = run(rule({"comparison": "travel_hours", "scenario": "after", "absolute": 0.1}), **columns)
    single = run(rule({"measure": "travel_hours", "scenario": "before", "absolute": 0.1}), **columns)
    assert 10 * paired <= single


def test_several_goals_hold_together_by_bonferroni() -> None:
    two = rule(GOAL, {"measure": "wait_minutes", "scenario": "before", "relative": 0.5})
    waits = np.full(500, 100.0) + RNG.normal(size=500)
    table = two.table(frame(40, before__travel_hours__mean=HOURS, before__wait_minutes__p90=waits))
    half = stats.t.ppf(1 - 0.05 / 4, 39) * stats.sem(HOURS[:40])
    assert table.loc[0, "half_width"] == pytest.approx(half)
    assert table.loc[0, "achieved"] == pytest.approx(half / HOURS[:40].mean())


def test_without_a_scenario_every_one_of_them_has_to_be_precise() -> None:
    assert [q.scenario for q in rule({"measure": "served", "relative": 0.1}).quantities] == ["before", "after"]
    assert [q.scenario for q in rule({"comparison": "served", "absolute": 5}).quantities] == ["after"]


def test_the_maximum_ends_what_the_precision_would_not_and_is_said() -> None:
    hard = rule({**GOAL, "relative": 0.0001}, maximum=12)
    assert run(hard, before__travel_hours__mean=HOURS) == 12
    lines = told(hard.table(frame(12, before__travel_hours__mean=HOURS)))
    assert lines[0] == "Precision: 0 of 1 goals met after 12 replications."
    assert lines[1].startswith("Not met: travel_hours (mean) of before:")
    assert "wanted 0.01% either way" in lines[1]


def test_a_fixed_number_is_never_exceeded_and_its_goals_are_still_told() -> None:
    fixed = rule(GOAL).fixed(4)
    assert fixed.more(frame(4, before__travel_hours__mean=HOURS)) == 0
    assert len(fixed.table(frame(4, before__travel_hours__mean=HOURS))) == 1


def test_an_equal_mean_in_every_replication_is_precise_at_once() -> None:
    assert run(rule(GOAL), before__travel_hours__mean=np.zeros(500)) == 3 + LOOK_AHEAD


def test_tails_and_skewed_measures_of_few_replications_are_warned_of() -> None:
    waits = np.r_[np.full(9, 1.0), 30.0]
    goals = [{"measure": "wait_minutes", "statistic": "p90", "scenario": "before", "relative": 0.9}, GOAL]
    columns = {"before__wait_minutes__p90": HOURS, "before__travel_hours__mean": waits}
    table = rule(*goals).table(frame(10, **columns))
    assert table.loc[0, "warning"] == "a tail needs 30 replications, there are 10"
    assert table.loc[1, "skewness"] == pytest.approx(stats.skew(waits, bias=False))
    assert "skewness 3.2" in table.loc[1, "warning"]


@pytest.mark.parametrize(
    ("goal", "path", "nearest"),
    [
        ({"measure": "travel_hour", "relative": 0.1}, "replications.precision[0].measure", "travel_hours"),
        ({"measure": "served", "scenario": "befor", "relative": 0.1}, "replications.precision[0].scenario", "before"),
        ({"measure": "served", "statistic": "cont", "relative": 0.1}, "replications.precision[0].statistic", "count"),
        ({"comparison": "servd", "relative": 0.1}, "replications.precision[0].comparison", "served"),
        ({"measure": "served", "level": "provinc", "relative": 0.1}, "replications.precision[0].level", "province"),
    ],
)
def test_what_will_not_be_measured_is_named_with_the_nearest(goal: dict[str, object], path: str, nearest: str) -> None:
    section = Replications.model_validate({"minimum": 2, "maximum": 9, "precision": [goal]})
    _, problems = Stopping.rule(section, KNOWN, "before", 0.95)
    assert [(problem.path, problem.nearest) for problem in problems] == [(path, nearest)]


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"minimum": 9, "maximum": 3, "precision": [GOAL]}, "the maximum 3 is below the minimum 9"),
        ({"minimum": 3, "maximum": 9}, "needs a precision"),
        ({"minimum": 3, "maximum": 9, "precision": [{"measure": "served"}]}, "needs either relative or absolute"),
        ({"minimum": 3, "maximum": 9, "precision": [{"relative": 0.1}]}, "needs either measure or comparison"),
        (True, "found true"),
        (1, "found 1; allowed: at least 2"),
        ("ten", "found 'ten'; allowed: a whole number, or a map"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(section: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Replications.model_validate(section)
