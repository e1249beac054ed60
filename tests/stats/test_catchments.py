"""Claims of sim.stats.catchments: by hand, what must always hold, and against PySAL access."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.stats.catchments import enhanced_two_step, two_step, zone_weights

ZONES = {30: 1.0, 60: 0.68, 90: 0.22}


def test_two_places_share_the_office_between_them_and_the_far_one_has_its_own() -> None:
    # The first office is near the first two places, the second near the last two.
    minutes = [[10, 200], [30, 30], [200, 5]]
    scores = two_step([60, 20], [100, 200, 50], minutes, 30)
    assert scores == pytest.approx([60 / 300, 60 / 300 + 20 / 250, 20 / 250])


def test_zones_weigh_people_and_offices_alike() -> None:
    minutes = [[10, 80], [50, 20], [91, 45]]
    scores = enhanced_two_step([60, 20], [100, 200, 50], minutes, ZONES)
    first, second = 60 / (100 + 0.68 * 200), 20 / (0.22 * 100 + 200 + 0.68 * 50)
    assert scores == pytest.approx([first + 0.22 * second, 0.68 * first + second, 0.68 * second])


def test_the_edge_of_a_zone_belongs_to_it_and_what_cannot_be_reached_weighs_nothing() -> None:
    minutes = np.array([0, 30, 30.01, 60, 90, 90.1, np.inf])
    assert zone_weights(minutes, ZONES).tolist() == [
        1,
        1,
        0.68,
        0.68,
        0.22,
        0,
        0,
    ]


def test_an_office_that_nobody_reaches_gives_nothing() -> None:
    assert two_step([5, 7], [10, 0], [[500, 1], [500, 1]], 60) == pytest.approx([0.7, 0.7])
    assert two_step([5, 7], [0, 0], [[1, 1], [1, 1]], 60).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (([1], [1, 2], [[1]], 30), "places, points"),
        (([-1], [1], [[1]], 30), "supply must not be negative"),
        (([1], [1], [[np.nan]], 30), "minutes must not be negative or missing"),
        (([1], [1], [[1]], 0), "edges above 0"),
    ],
)
def test_what_does_not_fit_is_refused(arguments: tuple[object, ...], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        two_step(*arguments)  # type: ignore[arg-type]


@st.composite
def provinces(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    places, points = draw(st.integers(1, 12)), draw(st.integers(1, 6))
    supply = draw(arrays(float, points, elements=st.floats(0, 1e4)))
    people = draw(arrays(float, places, elements=st.floats(1, 1e6)))
    return supply, people, draw(arrays(float, (places, points), elements=st.floats(0, 300)))


@given(provinces(), st.floats(1, 200))
def test_what_all_people_have_is_the_supply_that_anybody_reaches(
    province: tuple[np.ndarray, np.ndarray, np.ndarray], catchment: float
) -> None:
    supply, people, minutes = province
    reached = (minutes <= catchment).any(axis=0)
    total = (two_step(supply, people, minutes, catchment) * people).sum()
    assert total == pytest.approx(supply[reached].sum(), rel=1e-9, abs=1e-9)
    zones = {catchment / 3: 1.0, catchment * 2 / 3: 0.68, catchment: 0.22}
    zoned = (enhanced_two_step(supply, people, minutes, zones) * people).sum()
    assert zoned == pytest.approx(total, rel=1e-9, abs=1e-9)


@given(provinces())
def test_zones_of_one_weight_are_one_catchment(province: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    assert enhanced_two_step(*province, {40: 1.0, 120: 1.0}) == pytest.approx(two_step(*province, 120), rel=1e-12)


def pysal(supply: np.ndarray, people: np.ndarray, minutes: np.ndarray, zones: dict[int, float]) -> np.ndarray:
    """The scores of both methods by PySAL access: ``[2, places]``, 0 where it has none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from access import Access, weights

        place, point = np.indices(minutes.shape).reshape(2, -1)
        costs = pd.DataFrame({"origin": place, "dest": point, "cost": minutes.ravel()})
        demand = pd.DataFrame({"place": np.arange(len(people)), "people": people})
        capacity = pd.DataFrame({"point": np.arange(len(supply)), "slots": supply})
        about = {
            "demand_df": demand, "demand_index": "place", "demand_value": "people", "supply_df": capacity,
            "supply_index": "point", "supply_value": "slots", "cost_df": costs, "cost_origin": "origin",
            "cost_dest": "dest", "cost_name": "cost", "neighbor_cost_df": None,
        }  # fmt: skip
        oracle = Access(**about)
        plain = oracle.two_stage_fca(name="plain", max_cost=max(zones))
        enhanced = oracle.enhanced_two_stage_fca(name="zones", weight_fn=weights.step_fn(dict(zones)))
    found = [frame.iloc[:, 0].reindex(np.arange(len(people))).fillna(0.0).to_numpy() for frame in (plain, enhanced)]
    return np.array(found)


def test_scores_are_those_of_pysal_access() -> None:
    rng = np.random.default_rng(2023)
    people, supply = rng.lognormal(10, 0.8, 241), rng.integers(1, 310, 12).astype(float)
    minutes = rng.gamma(2.0, 70.0, (241, 12)).round()
    zones = {60: 1.0, 120: 0.68, 180: 0.22}
    own = np.array([two_step(supply, people, minutes, 180), enhanced_two_step(supply, people, minutes, zones)])
    np.testing.assert_allclose(own, pysal(supply, people, minutes, zones), rtol=1e-12, atol=0)
