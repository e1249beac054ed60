"""Which scenario is the best at points of the ranges where the best one as things stand is not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.experiment.asked import Conclusion
from sim.experiment.concluded import ahead_elsewhere, weakest
from sim.experiment.quantities import Quantity

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
