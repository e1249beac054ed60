"""What is answered of a ranking: which may be the best, by the states of their limits and what is told of the best."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast

import pandas as pd
import pytest

from sim.experiment.quantities import Quantity
from sim.ranking.alternatives import Alternative
from sim.ranking.ranked import Ranked
from sim.ranking.told import lines_of
from sim.report.messages import Messages
from sim.trying.asked import Asked
from sim.trying.states import State

NUMBER = Quantity("s", None, "served", "province", "province", "mean")
LIMITED = Quantity("s", None, "wait_minutes", "province", "province", "mean")


ENDS: Mapping[State, tuple[float, float]] = {"kept": (10.0, 20.0), "not kept": (40.0, 50.0), "not clear": (20.0, 40.0)}
"""Of an interval, by whether a limit of 30 is kept."""


def made(values: list[float], states: list[State], may_be: list[int]) -> Ranked:
    """A ranking of alternatives called a, b and so on, by their values, the most first; without states no limit."""
    asked = (Asked(NUMBER), *([Asked(LIMITED, "<=", 30.0, "30 min")] if states else []))
    rows = [[{"estimate": value, "ci_low": math.nan, "ci_high": math.nan, "replications": 9}] for value in values]
    for row, state in zip(rows, states, strict=False):
        low, high = ENDS[state]
        row.append({"estimate": (low + high) / 2, "ci_low": low, "ci_high": high, "replications": 9})
    estimates = {place: pd.DataFrame(row) for place, row in enumerate(rows)}
    return Ranked(
        title={"en": "Made up"}, names={}, sites=(), stands=(), without=False, plan=cast(Any, None),
        alternatives=tuple(Alternative(name, ()) for name in "abcdef"[: len(values)]), most=True, asked=asked,
        estimates=estimates, may_be_best={place: place in may_be for place in estimates},
        behind=dict.fromkeys(estimates, 1.0), refused={},
        replications=9, replicated=dict.fromkeys(estimates, 9), seed=1, interrupted=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "states", "may_be", "told"),
    [
        ([3.0, 2.0], [], [0], "the best, with 95%: a"),
        ([3.0, 2.0, 1.0], [], [0, 1], "one of these 2 is the best, with 95%: a; b"),
        ([3.0, 2.0], [], [0, 1], "any of them may be the best: --replications for more"),
        ([3.0, math.nan], [], [0], "a alone has a value of served mean"),
        ([math.nan, math.nan], [], [], "no alternative has a value of served mean"),
        ([3.0, 2.0], ["not kept", "kept"], [1], "the best of those that keep the limit, with 95%: b"),
        ([3.0, 2.0], ["not kept", "not kept"], [], "none of them keeps the limit, with 95%"),
        (
            [3.0, 2.0],
            ["not clear", "not kept"],
            [0],
            "a alone may keep the limit, with 95%; whether it does is not clear",
        ),
        (
            [3.0, 2.0, 1.0],
            ["not clear", "kept", "kept"],
            [0, 1],
            "one of these 2 is the best of those that keep the limit, with 95%: a; b",
        ),
        (
            [3.0, 2.0, 1.0],
            ["not clear", "not clear", "not kept"],
            [0, 1],
            "any of them that may keep the limit may be the best: --replications for more",
        ),
    ],
)
def test_the_answer_says_which_may_be_the_best_and_of_what(
    values: list[float], states: list[State], may_be: list[int], told: str
) -> None:
    assert told in list(lines_of(made(values, states, may_be), Messages("en")))


def test_those_over_a_limit_stand_after_the_others_and_have_no_rank() -> None:
    ranked = made([9.0, 2.0, 5.0, 7.0], ["not kept", "kept", "not clear", "not kept"], [1, 2])
    assert ranked.places == [2, 1, 0, 3]
    assert ranked.counted == [2, 1]
    standing = [ranked.standing(place) for place in ranked.places]
    assert standing == ["best if kept", "may be best", "over a limit", "over a limit"]
