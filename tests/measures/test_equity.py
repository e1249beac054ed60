"""Claims of sim.measures.equity, with known answers of the handmade story."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sim.measures.applicants import outcomes
from sim.measures.equity import equity, remoteness
from sim.measures.people import populations
from sim.measures.rows import Rows
from sim.stats.inequality import concentration, gini
from tests.measures.handmade import Key, Story, story, table
from tests.model.small_province import plan_of

PEOPLE = [60_000, 15_000, 15_000]
"""Of the districts of the story in which somebody got a passport: city, town, far away."""
HOURS = [0.32, 0.0, 16.0]
"""Of a passport there; the couple of the far district travelled 21 h 20 min and 10 h 40 min."""
PROVINCE = ("province", "province", "mean")


def rows_of(told: Story) -> dict[Key, float]:
    o = outcomes(told.plan, told.draws, told.journeys)
    return table(equity(told.plan, told.draws, o, populations(o)))


@pytest.fixture(scope="module")
def told() -> Story:
    return story()


@pytest.fixture(scope="module")
def found(told: Story) -> dict[tuple[str, str, str, str], float]:
    return rows_of(told)


def test_a_district_weighs_as_much_as_it_has_people(found: dict[tuple[str, str, str, str], float]) -> None:
    # Ascending: 15,000 with 0 h, 60,000 with 0.32 h, 15,000 with 16 h.
    whole = 60_000 * 0.32 + 15_000 * 16
    area = (60 * (19_200 / whole) + 15 * (19_200 / whole + 1)) / 90
    assert found["gini_district_travel_hours", *PROVINCE] == pytest.approx(1 - area)
    assert found["gini_district_travel_hours", *PROVINCE] == pytest.approx(gini(HOURS, PEOPLE))
    # A tenth of 90,000 people lives in the far district.
    assert found["worst_tenth_travel_hours", *PROVINCE] == pytest.approx(16)
    assert found["lorenz_travel_hours", "tenth", "1", "share"] == 0
    assert found["lorenz_travel_hours", "tenth", "5", "share"] == pytest.approx((45 - 15) / 60 * 19_200 / whole)


def test_the_far_bear_more_and_the_index_says_so(told: Story, found: dict[tuple[str, str, str, str], float]) -> None:
    assert remoteness(told.plan) == pytest.approx([9.6, 110 / 3, 99.36857, 276.66667], rel=1e-4)
    expected = concentration(HOURS, [1, 2, 3], PEOPLE)
    assert found["concentration_travel_hours", *PROVINCE] == pytest.approx(expected)
    assert 0 < expected < found["gini_district_travel_hours", *PROVINCE]


def test_the_gap_is_between_the_means_of_regencies(found: dict[tuple[str, str, str, str], float]) -> None:
    assert found["regency_gap_travel_hours", *PROVINCE] == pytest.approx(16)
    city, far = 46_533.333, (1_102_500 + 556_666.667) / 2
    assert found["regency_gap_cost_rupiah", *PROVINCE] == pytest.approx(far - 34_500, rel=1e-6)
    assert city > 34_500


def test_who_did_not_apply_is_in_the_share_deterred_of_all_who_had_need(
    found: dict[tuple[str, str, str, str], float],
) -> None:
    # One of one in a district of 10,000; nobody in the others: 10,000 people are the worst-off tenth of 100,000.
    assert found["worst_tenth_deterred_share", "province", "province", "share"] == pytest.approx(1)
    assert found["gini_district_deterred_share", *PROVINCE] == pytest.approx(0.9)
    assert found["regency_gap_deterred_share", "province", "province", "share"] == pytest.approx(1 / 2)


def test_kinds_of_people_have_measures_of_their_own(told: Story, found: dict[tuple[str, str, str, str], float]) -> None:
    # Only the applicant of the city had the accelerated channel.
    assert found["worst_tenth_travel_hours", "kind", "channel:accelerated", "mean"] == pytest.approx(0.32)
    assert found["gini_district_travel_hours", "kind", "channel:accelerated", "mean"] == 0
    assert np.isnan(found["worst_tenth_travel_hours", "kind", "mobility:homebound", "mean"])
    homebound = dataclasses.replace(told.draws, homebound=np.array([False, True, False, False, False, False]))
    moved = rows_of(dataclasses.replace(told, draws=homebound))
    assert moved["worst_tenth_travel_hours", "kind", "mobility:homebound", "mean"] == pytest.approx(16)
    province = {key: value for key, value in found.items() if key[1] != "kind"}
    assert {key: moved[key] for key in province} == province


def test_nobody_with_need_gives_the_same_rows_without_values() -> None:
    told = story()
    nobody = dataclasses.replace(told.plan, counted_from_ms=told.plan.counted_to_ms)
    o = outcomes(nobody, told.draws, told.journeys)
    rows: Rows = equity(nobody, told.draws, o, populations(o))
    assert np.isnan(rows.value).all()
    assert len(rows) == len(rows_of(told))


def test_remoteness_does_not_change_with_a_sub_office() -> None:
    far = plan_of({"sites": {"ukk_far": {"in_service": "always"}}})
    assert remoteness(far) == pytest.approx(remoteness(plan_of()))
