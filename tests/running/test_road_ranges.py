"""Claims of sim.preparing.road_ranges: no roads within their ranges make a trip shorter or longer than the ends do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.build import build_plan
from sim.building.loading import load_scenario
from sim.preparing.road_ranges import at_road_ends

SCENARIO = Path("configs/scenarios/with_ukk.yaml")
QUICK = {
    "speeds.toll": "100 km/h",
    "speeds.national": "52 km/h",
    "speeds.provincial": "46 km/h",
    "speeds.local": "40 km/h",
    "speeds.urban": "35 km/h",
    "speeds.congested": "46 km/h",
    "access.speed": "35 km/h",
    "access.circuity": "1.15",
    "access.own_district": "2 km",
}
"""What the province's ranges end with where trips are the quickest."""


def test_the_quick_end_is_the_plan_of_a_configuration_with_all_roads_there_and_the_slow_end_is_slower() -> None:
    loaded = load_scenario(SCENARIO)
    plan = build_plan(loaded.model)
    ends = at_road_ends(loaded, plan)
    assert ends is not None
    quick, slow = ends
    told = build_plan(load_scenario(SCENARIO, [f"roads.{key}={value}" for key, value in QUICK.items()]).model)
    assert np.array_equal(quick.travel.duration_ms, told.travel.duration_ms)
    assert (quick.travel.duration_ms < plan.travel.duration_ms).all()
    assert (plan.travel.duration_ms < slow.travel.duration_ms).all()
    assert quick.sessions is plan.sessions and quick.districts is plan.districts


@pytest.mark.parametrize("seed", range(5))
def test_roads_anywhere_within_their_ranges_make_trips_between_the_ends(seed: int) -> None:
    loaded = load_scenario(SCENARIO)
    ends = at_road_ends(loaded, build_plan(loaded.model))
    assert ends is not None
    rng = np.random.default_rng(seed)
    anywhere = []
    for path, known in loaded.provenance.items():
        if path.startswith("roads.") and known.range is not None:
            anywhere.append(f"{path}={known.range.at(float(rng.uniform()), known.value)}")
    assert len(anywhere) == len(QUICK)
    trips = build_plan(load_scenario(SCENARIO, anywhere).model).travel.duration_ms
    # Each leg is rounded to whole milliseconds.
    assert (ends[0].travel.duration_ms <= trips + 10).all()
    assert (trips <= ends[1].travel.duration_ms + 10).all()


def test_where_nothing_about_roads_has_a_range_no_end_is_known() -> None:
    loaded = load_scenario(SCENARIO)
    certain = {path: replace(known, range=None) for path, known in loaded.provenance.items()}
    assert at_road_ends(replace(loaded, provenance=certain), build_plan(loaded.model)) is None
