"""Whether a value keeps a limit, by the interval of its number."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from sim.experiment.quantities import Quantity
from sim.trying.asked import Asked
from sim.trying.states import by_chance, state_of, states_of, together

NUMBER = Quantity("s", None, "wait_minutes", "site", "kanim", "mean")


def row(low: float, high: float, estimate: float | None = None, replications: int = 10) -> pd.Series:
    middle = (low + high) / 2 if estimate is None else estimate
    return pd.Series({"estimate": middle, "ci_low": low, "ci_high": high, "replications": replications})


@pytest.mark.parametrize(
    ("sign", "low", "high", "state"),
    [
        ("<=", 1.0, 5.0, "kept"),
        ("<=", 4.0, 5.1, "not clear"),
        ("<=", 5.1, 6.0, "not kept"),
        (">=", 5.0, 6.0, "kept"),
        (">=", 4.9, 6.0, "not clear"),
        (">=", 1.0, 4.9, "not kept"),
    ],
)
def test_a_limit_is_kept_where_the_whole_interval_keeps_it(sign: str, low: float, high: float, state: str) -> None:
    assert state_of(Asked(NUMBER, "<=" if sign == "<=" else ">=", 5.0), row(low, high), True) == state


def test_without_a_value_it_is_said_and_without_an_interval_nothing_is_clear() -> None:
    asked = Asked(NUMBER, "<=", 5.0)
    assert state_of(asked, row(math.nan, math.nan), True) == "no value"
    assert state_of(asked, row(math.nan, math.nan, estimate=3.0, replications=1), True) == "not clear"


def test_few_replications_that_agree_tell_nothing_of_a_number_that_hangs_on_chance() -> None:
    asked = Asked(NUMBER, "<=", 5.0)
    assert state_of(asked, row(3.0, 3.0, replications=4), chance=True) == "not clear"
    assert state_of(asked, row(3.0, 3.0, replications=5), chance=True) == "kept"
    assert state_of(asked, row(3.0, 3.0, replications=2), chance=False) == "kept"
    assert state_of(asked, row(7.0, 7.0, replications=2), chance=False) == "not kept"


def test_a_number_hangs_on_chance_where_replications_differ_at_any_value() -> None:
    same, other = (pd.DataFrame([row(3.0, 3.0), row(1.0, 1.0)]), pd.DataFrame([row(2.0, 4.0), row(2.0, 2.0)]))
    assert [by_chance({0: same, 1: other}, number) for number in (0, 1)] == [True, False]


def test_each_limit_has_a_state_and_the_worst_is_that_of_all() -> None:
    asked = [Asked(NUMBER, "<=", 5.0), Asked(NUMBER), Asked(NUMBER, ">=", 5.0)]
    rows = pd.DataFrame([row(1.0, 2.0), row(1.0, 2.0), row(1.0, 2.0)])
    assert states_of(asked, {3: rows}, {4: "no"}) == {3: ("kept", "not kept"), 4: ("refused", "refused")}
    assert together(("kept", "kept")) == "kept"
    assert together(("kept", "not clear", "not kept")) == "not kept"
    assert together(("not clear", "no value")) == "no value"
