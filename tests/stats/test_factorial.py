"""Claims of sim.stats.factorial: on made-up cells with known effects, and against scipy."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.config.schema import Experiment
from sim.stats.factorial import contrasts, factorial

CELLS = {"none": ["a0", "a1"], "van": ["v0", "v1"], "mall": ["m0", "m1"], "all": ["x0", "x1"]}
TRUE = {"a0": 100.0, "a1": 150.0, "v0": 120.0, "v1": 156.0, "m0": 105.0, "m1": 155.0, "x0": 123.0, "x1": 160.0}


def frame_of(values: Mapping[str, np.ndarray]) -> pd.DataFrame:
    rows = [
        (scenario, number, "served", "province", "province", "count", value)
        for scenario, column in values.items()
        for number, value in enumerate(column)
    ]
    return pd.DataFrame(rows, columns=["scenario", "replication", "measure", "level", "unit", "statistic", "value"])


def noisy(replications: int, spread: float = 1.0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(5)
    shared = rng.normal(0.0, 20.0, replications)
    return {name: true + shared + rng.normal(0.0, spread, replications) for name, true in TRUE.items()}


def estimates(table: pd.DataFrame) -> dict[tuple[str, str], float]:
    return {(row.service, row.effect): row.estimate for row in table.itertuples()}


def test_effects_are_the_differences_of_cells_and_the_interaction_half_their_difference() -> None:
    found = estimates(factorial(frame_of({k: np.full(3, v) for k, v in TRUE.items()}), "ukk", CELLS, 0.95))
    assert found["van", "without"] == 20.0
    assert found["van", "with"] == 6.0
    assert found["van", "main"] == 13.0
    assert found["van", "interaction"] == -7.0
    assert found["mall", "interaction"] == 0.0
    assert found["all", "without"] == 23.0
    assert found["all_beyond_sum", "without"] == 23.0 - 20.0 - 5.0
    assert found["ukk", "without"] == 50.0
    assert found["ukk", "with"] == 37.0
    assert found["ukk", "main"] == (50.0 + 36.0 + 50.0 + 37.0) / 4


def test_every_contrast_adds_up_to_zero() -> None:
    names, weights = contrasts("ukk", CELLS)
    assert len(set(names)) == len(names) == len(weights)
    assert weights.sum(axis=1) == pytest.approx(0.0)


def test_intervals_are_paired_t_intervals_and_simultaneous_ones_those_of_bonferroni() -> None:
    values = noisy(8)
    table = factorial(frame_of(values), "ukk", CELLS, 0.9)
    row = table[(table["service"] == "van") & (table["effect"] == "interaction")].iloc[0]
    contrast = ((values["v1"] - values["a1"]) - (values["v0"] - values["a0"])) / 2
    low, high = stats.t.interval(0.9, df=7, loc=contrast.mean(), scale=stats.sem(contrast))
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((low, high))
    low, high = stats.t.interval(1 - 0.1 / len(table), df=7, loc=contrast.mean(), scale=stats.sem(contrast))
    assert (row["simultaneous_low"], row["simultaneous_high"]) == pytest.approx((low, high))


def test_chance_that_all_cells_share_is_not_in_the_intervals() -> None:
    table = factorial(frame_of(noisy(6, spread=0.0)), "ukk", CELLS, 0.95)
    assert table["ci_high"].to_numpy() == pytest.approx(table["ci_low"].to_numpy())


@pytest.mark.slow
def test_simultaneous_intervals_hold_all_effects_together() -> None:
    rng = np.random.default_rng(11)
    names, weights = contrasts("ukk", CELLS)
    cells = [scenario for pair in CELLS.values() for scenario in pair]
    true = weights @ np.array([TRUE[cell] for cell in cells])
    held, alone, runs = 0, 0, 200
    for _ in range(runs):
        values = {name: value + rng.normal(0.0, 3.0, 5) for name, value in TRUE.items()}
        table = factorial(frame_of(values), "ukk", CELLS, 0.9)
        assert list(zip(table["service"], table["effect"], strict=True)) == names
        held += bool(((table["simultaneous_low"] <= true) & (true <= table["simultaneous_high"])).all())
        alone += bool(((table["ci_low"] <= true) & (true <= table["ci_high"])).all())
    assert held >= 0.88 * runs
    assert alone < 0.75 * runs


def test_a_replication_that_a_cell_lacks_is_left_out_of_its_effects_alone() -> None:
    values = noisy(5)
    values["v1"] = np.append(values["v1"][:4], np.nan)
    table = factorial(frame_of(values), "ukk", CELLS, 0.95).set_index(["service", "effect"])
    assert table.loc[("van", "without"), "replications"] == 5
    assert table.loc[("van", "with"), "replications"] == 4


def test_a_cell_that_was_not_run_is_refused_by_name() -> None:
    values = noisy(3)
    del values["v1"]
    with pytest.raises(ValueError, match="the cell van is 'v1', which was not run"):
        factorial(frame_of(values), "ukk", CELLS, 0.95)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"none": ["a", "b"], "van": ["c", "nobody"]}, r"factorial.cells.van: no scenario is named 'nobody'"),
        ({"van": ["c", "d"], "mall": ["a", "b"]}, "needs `none`"),
        ({"none": ["a", "b"], "van": ["a", "c"]}, "a stands in two cells"),
        ({"none": ["a", "b"], "van": ["c"]}, "at least 2"),
    ],
)
def test_a_design_that_cannot_be_is_an_error_of_the_experiment(cells: dict[str, list[str]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Experiment.model_validate(
            {
                "name": "design",
                "title": "A design",
                "scenarios": {name: f"{name}.yaml" for name in "abcd"},
                "factorial": {"factor": "ukk", "cells": cells},
                "replications": 2,
                "seed": 1,
            }
        )
