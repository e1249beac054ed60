"""Those to whom an appointment on a working day costs a day's work: what is drawn, chosen, lost and measured."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.drawing import draw
from sim.draws import Draws
from sim.engines import compiled
from sim.journeys import Journeys, Status
from sim.measures.all import measure
from sim.measures.applicants import outcomes
from sim.measures.equity import equity
from sim.measures.people import populations
from sim.measures.rows import Rows
from sim.plan import GROUPS as GROUPS_ALONE
from sim.plan import NONE, Plan
from sim.randomness import Source
from tests.measures.handmade import Story, story
from tests.model.small_province import certain, merged, plan_of, run, scenario
from tests.model.test_engine import NO_WAITING, SATURDAYS
from tests.services.small_services import ROOMY, with_programmes
from tests.services.test_on_request import EAZY, GROUPS

SEED = 11
ERROR_RATE = 1e-3
PRICE = 60_000
LOSES = "working_day:day_off"
OPEN_SATURDAYS = {"sites": {"kanim": {"sessions": {"saturdays": SATURDAYS}}}}


def day_off(share: float = 0.5, price: Any = f"Rp {PRICE}") -> dict[str, Any]:
    return {"choice": {"day_off": {"share": share, "price": price}}}


def played(*overrides: dict[str, Any]) -> tuple[Plan, Draws, Journeys]:
    plan = plan_of(merged(*overrides))
    return plan, *run(plan)


def on_working_day(plan: Plan, j: Journeys) -> np.ndarray:
    """[applicants]: whether the slot booked is on a working day; False where there is none."""
    return np.append(plan.sessions.on_working_day(plan.working_days), False)[j.session]


# --------------------------------------------------------------------------------------------------------- draws


def test_the_share_and_the_price_are_those_configured() -> None:
    """At an error rate of 1 in 1000 each."""
    lognormal = {"distribution": "lognorm", "mean": "Rp 100000", "cv": 0.5}
    draws = draw(plan_of(day_off(0.3, lognormal)), Source(SEED, 0))
    loses = draws.day_off_rupiah > 0
    assert stats.binomtest(int(loses.sum()), draws.parties, 0.3).pvalue > ERROR_RATE
    sigma = np.sqrt(np.log(1.25))
    known = stats.lognorm(sigma, scale=100_000 / np.exp(sigma**2 / 2))
    assert stats.kstest(draws.day_off_rupiah[loses], known.cdf).pvalue > ERROR_RATE


def test_nothing_else_that_is_drawn_changes() -> None:
    without, with_ = (draw(plan_of(overrides), Source(SEED, 0)) for overrides in ({}, day_off()))
    for field in dataclasses.fields(Draws):
        if field.name != "day_off_rupiah":
            assert np.array_equal(getattr(without, field.name), getattr(with_, field.name)), field.name
    assert not without.day_off_rupiah.any()


def test_more_who_lose_a_day_are_the_same_and_some_others() -> None:
    few, many = (draw(plan_of(day_off(share)), Source(SEED, 0)).day_off_rupiah > 0 for share in (0.2, 0.6))
    assert (few & ~many).sum() == 0 < (many & ~few).sum()


def test_who_is_visited_at_home_loses_no_day() -> None:
    draws = draw(plan_of(merged(day_off(1), {"need": {"segments": {"general": {"homebound": 0.4}}}})), Source(SEED, 0))
    assert draws.homebound.any()
    assert np.array_equal(draws.day_off_rupiah == 0, draws.homebound)


# -------------------------------------------------------------------------------------------------------- choice


def test_it_changes_nothing_where_it_costs_nothing_or_happens_to_nobody() -> None:
    _, _, usual = played(OPEN_SATURDAYS)
    for nothing in (day_off(0.0), day_off(1.0, "Rp 0")):
        _, _, found = played(OPEN_SATURDAYS, nothing)
        for name in Journeys._fields:
            assert np.array_equal(getattr(usual, name), getattr(found, name)), name


def test_without_saturdays_it_deters_as_any_cost_of_the_appointment_does() -> None:
    """Every session is on a working day: the price is one more cost of each site."""
    plan, draws, found = played(day_off(1.0))
    dearer = dataclasses.replace(
        draws, cost_rupiah=draws.cost_rupiah + PRICE, day_off_rupiah=np.zeros_like(draws.day_off_rupiah)
    )
    expected = compiled.run(plan, dearer)
    for name in Journeys._fields:
        assert np.array_equal(getattr(expected, name), getattr(found, name)), name
    _, _, free = played({})
    assert (found.status == Status.DETERRED).sum() > (free.status == Status.DETERRED).sum() + 20


def test_saturdays_draw_those_who_would_lose_a_day_before_all_others() -> None:
    plan, draws, j = played(OPEN_SATURDAYS, day_off())
    loses = (draws.day_off_rupiah > 0)[draws.party]
    booked = j.session != NONE
    on_saturday = booked & ~on_working_day(plan, j)
    assert on_saturday.sum() > 15
    shares = [on_saturday[booked & some].mean() for some in (loses, ~loses)]
    assert shares[0] > 3 * shares[1]
    _, _, usual = played(OPEN_SATURDAYS)
    assert on_saturday.sum() > ((usual.session != NONE) & ~on_working_day(plan, usual)).sum()


def test_a_full_saturday_keeps_nobody_from_a_free_working_day_at_the_same_office() -> None:
    """Days of waiting cost nothing here, so that a Saturday in three weeks would be as good as one tomorrow."""
    free_lead = {"choice": {"lead_day": "Rp 0"}}
    plan, draws, j = played(certain(), NO_WAITING, OPEN_SATURDAYS, day_off(1.0, "Rp 900000"), free_lead)
    counted = (draws.need_ms < plan.counted_to_ms)[draws.party]
    assert counted.sum() > 200
    assert (j.session[counted] != NONE).all()
    assert (j.tries[counted] == 1).all()
    # Some got a Saturday, and there were not enough of them: ordinary slots of some were all taken.
    assert 0 < on_working_day(plan, j)[counted].sum() < counted.sum()
    taken = np.bincount(j.session[(j.session != NONE) & (j.slot_channel == 0)], minlength=len(plan.sessions.site))
    saturdays = ~plan.sessions.on_working_day(plan.working_days)
    assert (taken[saturdays] == SATURDAYS["quota"]["ordinary"]).any()


def test_who_finds_working_days_too_dear_books_a_saturday_or_looks_again_for_one() -> None:
    plan, _, j = played(OPEN_SATURDAYS, day_off(1.0, "Rp 1900000000"))
    # When no Saturday is left, whoever still looks takes what there is.
    saturdays = ~plan.sessions.on_working_day(plan.working_days)
    last_chance = plan.sessions.intake_close[saturdays].max() - plan.behaviour.notice_ms
    booked = (j.session != NONE) & (j.booked_ms < last_chance)
    assert booked.sum() > 15
    assert not on_working_day(plan, j)[booked].any()
    assert (j.tries[booked] > 1).any()


# -------------------------------------------------------------------------------------------------------- measures


def with_days_off(told: Story, rupiah: int) -> Story:
    """The story with parties that all lose a day's work."""
    return dataclasses.replace(
        told,
        plan=plan_of(day_off()),
        draws=dataclasses.replace(told.draws, day_off_rupiah=np.full(told.draws.parties, rupiah)),
    )


def test_each_visit_on_a_working_day_is_a_day_lost_and_part_of_the_cost() -> None:
    told = story()
    free = outcomes(told.plan, told.draws, told.journeys)
    lost = with_days_off(told, PRICE)
    found = outcomes(lost.plan, lost.draws, lost.journeys)
    # The fourth came again with papers; one of the couple fetched both books, which costs no day.
    np.testing.assert_array_equal(found.days_off, [np.nan, 1, 1, 1, 2, np.nan, np.nan])
    np.testing.assert_allclose(found.cost_rupiah - free.cost_rupiah, found.days_off * PRICE)
    np.testing.assert_array_equal(free.days_off, [np.nan, 0, 0, 0, 0, np.nan, np.nan])
    np.testing.assert_array_equal(found.fare_rupiah, free.fare_rupiah)


def test_who_is_visited_by_a_team_loses_no_day() -> None:
    plan, draws, j = played(certain(), ROOMY, with_programmes(eazy=EAZY), GROUPS, day_off(1.0))
    found = outcomes(plan, draws, j)
    visited = (plan.sites.audience == GROUPS_ALONE)[j.site] & (j.site != NONE)
    assert (found.served & visited).sum() > 20
    assert not found.days_off[found.served & visited].any()
    assert (found.days_off[found.served & ~visited] == 1).all()


def test_how_unevenly_the_burden_lies_is_measured_of_those_who_lose_a_day_and_of_the_others() -> None:
    told = story()
    couple = np.array([0, PRICE, 0, 0, 0, 0])
    plan, draws = plan_of(day_off()), dataclasses.replace(told.draws, day_off_rupiah=couple)
    o = outcomes(plan, draws, told.journeys)
    rows = equity(plan, draws, o, populations(o))
    found = dict(zip(zip(rows.measure, rows.unit, strict=True), rows.value, strict=True))
    # The couple of the far district travelled 16 hours each, the one of the city 0.32.
    assert found["worst_tenth_travel_hours", LOSES] == pytest.approx(16)
    assert found["worst_tenth_travel_hours", "working_day:free"] == pytest.approx(0.32)
    assert np.isnan(found["worst_tenth_travel_hours", "mobility:homebound"])
    assert found["worst_tenth_travel_hours", "channel:accelerated"] == pytest.approx(0.32)
    assert found["worst_tenth_travel_hours", "province"] == pytest.approx(16)


def test_a_visit_at_a_weekend_costs_no_day() -> None:
    told = with_days_off(story(), PRICE)
    off = dataclasses.replace(told.plan, working_days=told.plan.working_days[told.plan.working_days != 19])
    np.testing.assert_array_equal(
        outcomes(off, told.draws, told.journeys).days_off, [np.nan, 0, 0, 1, 1, np.nan, np.nan]
    )


def test_who_loses_a_day_has_measures_of_their_own_where_something_is_said_of_them() -> None:
    def told_by(rows: Rows) -> set[tuple[str, str]]:
        return set(zip(rows.measure, rows.unit, strict=True))

    plan, draws, j = played(OPEN_SATURDAYS, day_off())
    rows, _ = measure(plan, draws, j, [60])
    told = told_by(rows)
    assert {("days_off", "province"), ("need", LOSES), ("worst_tenth_travel_hours", LOSES)} <= told
    key = dict(zip(zip(rows.measure, rows.unit, rows.statistic, strict=True), rows.value, strict=True))
    assert key["need", LOSES, "count"] + key["need", "working_day:free", "count"] == key["need", "province", "count"]
    assert key["days_off", "working_day:free", "mean"] == 0 < key["days_off", LOSES, "mean"]
    nobody, _ = measure(*played(OPEN_SATURDAYS, day_off(0.0)), [60])
    assert told_by(nobody) == told
    assert nobody.value[nobody.measure.index("days_off")] == 0
    plain, _ = measure(*played(OPEN_SATURDAYS), [60])
    more = told - told_by(plain)
    assert more
    assert all(name == "days_off" or unit.startswith("working_day:") for name, unit in more)


@pytest.mark.parametrize(
    ("found", "told"),
    [({"share": 1.2, "price": "Rp 1"}, "share"), ({"share": 0.1}, "price"), ({"share": 0.1, "price": "3 h"}, "price")],
)
def test_what_is_wrong_about_it_is_told_with_its_key(found: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=rf"choice\.day_off\.{told}"):
        scenario({"choice": {"day_off": found}})
