"""Which scenario is the best at points of the ranges where the best one as things stand is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.experiment.asked import Conclusion
from sim.experiment.quantities import Quantity
from sim.keeping.concluded import SPREAD, Spread, ahead_elsewhere, how_often, weakest

TITLES = {name: {"en": name.upper(), "id": name * 2} for name in "abc"}
NAN = float("nan")


def best(largest: bool) -> Conclusion:
    quantities = tuple(Quantity(name, None, "travel_hours", "province", "province", "mean") for name in "abc")
    return Conclusion("best", {}, quantities, None, None, largest)


def test_the_others_that_are_ahead_are_told_with_their_number_of_points_most_first() -> None:
    values = np.array([[3, 1, 2], [1, 2, 3], [1, 2, 3], [1, 3, 2], [NAN, NAN, NAN], [1, 2, 3]])
    holds = np.array([True, False, False, False, False, False])
    assert ahead_elsewhere(best(largest=True), 0, values, holds, TITLES) == {
        "elsewhere_en": "C: 3; B: 1",
        "elsewhere_id": "cc: 3; bb: 1",
    }
    lowest = ahead_elsewhere(best(largest=False), 0, -values, holds, TITLES)
    assert lowest["elsewhere_en"] == "C: 3; B: 1"


def test_nobody_is_ahead_where_it_holds_everywhere_or_only_replications_differ() -> None:
    values = np.array([[3.0, 1.0, 2.0]])
    for holds in (True, False):
        found = ahead_elsewhere(best(largest=True), 0, values, np.array([holds]), TITLES)
        assert found == {"elsewhere_en": "", "elsewhere_id": ""}


def test_the_weakest_stage_is_told_with_who_is_ahead_at_it_and_an_empty_column_is_nobody() -> None:
    rows = pd.DataFrame(
        {
            "holds": [9, 1, 0],
            "points": [10, 5, 3],
            "unfit": [0, 1, 3],
            "elsewhere_en": ["B: 1", "C: 3", ""],
            "elsewhere_id": [NAN] * 3,
        }
    )
    least = weakest(rows)
    assert (least.holds, least.points) == (1, 4)
    assert least.elsewhere == {"en": "C: 3", "id": ""}
    assert weakest(rows[rows["points"] == rows["unfit"]]).points == 0
    assert weakest(rows.drop(columns=["elsewhere_en", "elsewhere_id"])).elsewhere == {"en": "", "id": ""}, "kept before"


BY_PATH = [108, 69, 74, 80, 89, 6, 140, 68, 93, 44]
"""Points of 140 at which a conclusion of the bundled study held, by path."""


def margins(by_path: list[int], each: int = 140) -> np.ndarray:
    """Two replications of each point, path by path, that hold at so many."""
    holds = np.concatenate([np.arange(each) < count for count in by_path])
    return np.where(holds, 1.0, -1.0)[:, None].repeat(2, axis=1)


def test_the_share_of_points_on_paths_is_as_sure_as_the_paths_are_many() -> None:
    """771 of 1,400 points seem to be more than half; over ten paths, 55% is give or take 18 points."""
    found = how_often(margins(BY_PATH), margins(BY_PATH), 0.95, paths=10)
    assert (found["points"], found["holds"], found["paths"]) == (1400, 771, 10)
    shares = np.array(BY_PATH) / 140
    half = stats.t.ppf(0.975, 9) * shares.std(ddof=1) / np.sqrt(10)
    assert half == pytest.approx(0.18, abs=0.005)
    assert found["share_low"] == pytest.approx(shares.mean() - half)
    assert found["share_high"] == pytest.approx(shares.mean() + half)


def test_points_that_are_refused_are_of_no_path_and_a_path_of_none_else_is_none() -> None:
    numbers = margins([3, 0, 2], each=4)
    numbers[4:8] = NAN
    numbers[8, 0] = NAN
    found = how_often(numbers, numbers, 0.95, paths=3)
    mean, half = (3 / 4 + 1 / 3) / 2, stats.t.ppf(0.975, 1) * abs(3 / 4 - 1 / 3) / 2
    assert found["share_low"] == max(mean - half, 0) and found["share_high"] == min(mean + half, 1)


def test_the_share_of_independent_points_is_as_sure_as_they_are_many_and_a_single_point_says_nothing() -> None:
    numbers = margins([10], each=16)
    found = how_often(numbers, numbers, 0.95, independent=8)
    assert (found["holds"], found["share"], found["independent"]) == (10, 1.0, 8)
    wilson = stats.binomtest(8, 8).proportion_ci(method="wilson")
    assert (found["share_low"], found["share_high"]) == pytest.approx((wilson.low, wilson.high))
    assert np.isnan(found["paths"])
    one = how_often(numbers[:1], numbers[:1], 0.95)
    assert np.isnan([one[column] for column in SPREAD]).all()


def test_how_points_lie_is_read_as_it_was_written_and_as_unknown_where_it_was_not() -> None:
    for spread in (Spread(10, 0, 0.0, 0.4), Spread(0, 128, 0.5, 1.0)):
        assert Spread.of(spread.row) == spread
    unknown = Spread.of({"share_low": "", "paths": ""})
    assert (unknown.paths, unknown.independent) == (0, 0) and np.isnan([unknown.low, unknown.high]).all()
    rows = pd.DataFrame({"holds": [9, 6], "points": [10, 10], "unfit": [0, 0]})
    assert weakest(rows.assign(paths=[3, 2], share_low=[0.6, 0.2], share_high=[1, 0.9])).spread.paths == 2
