"""Passports come to their owners: collected, brought, delivered, of the same day; with progress checks and without."""

from __future__ import annotations

from functools import cache

import numpy as np

from sim.draws import Draws
from sim.journeys import Handover, Journeys
from sim.measures.applicants import outcomes
from sim.plan import DAY_MS, NONE, Plan
from tests.model.small_province import Tree, certain, merged, plan_of, run
from tests.services.small_services import ENDLESS, ROOMY, dates, of_party, outage, programme, site, with_programmes

NO_PRINTING = outage(affects=["printing"], first="2023-04-03", last="2023-04-14")


def delivery(**words: object) -> Tree:
    offered = {"fee": "Rp 30000", "reluctance": "Rp 20000", "days": {1: 0.5, 2: 0.5}, "taste": "Rp 20000"}
    return {"collection": {"delivery": offered | words}}


def checks(uptake: float) -> Tree:
    return {"collection": {"progress_check": {"uptake": uptake}}}


@cache
def delivered(fee: int = 30_000) -> tuple[Plan, Draws, Journeys]:
    plan = plan_of(merged(certain(), ROOMY, delivery(fee=f"Rp {fee}")))
    return plan, *run(plan)


def test_delivery_saves_the_second_trip() -> None:
    plan, draws, journeys = delivered()
    found = outcomes(plan, draws, journeys)
    sent = journeys.handover == Handover.DELIVERED
    fetched = journeys.handover == Handover.COLLECTED
    assert sent.sum() > 50
    assert (found.trips[sent] == 1).all()
    assert (journeys.collect_trip_ms[sent] == NONE).all()
    assert found.trips[fetched].mean() > 1.3


def test_a_delivered_passport_comes_some_working_days_after_it_is_ready() -> None:
    plan, draws, journeys = delivered()
    sent = np.flatnonzero(journeys.handover == Handover.DELIVERED)
    ready, came = journeys.ready_ms[sent] // DAY_MS, journeys.collect_end_ms[sent] // DAY_MS
    # The last book of a party decides; alone there is one.
    alone = draws.size[draws.party[sent]] == 1
    days = np.searchsorted(plan.working_days, came) - np.searchsorted(plan.working_days, ready)
    assert set(days[alone]) == {1, 2}


def test_fewer_have_it_delivered_where_it_costs_more() -> None:
    shares = []
    for fee in (0, 30_000, 90_000):
        _, _, journeys = delivered(fee)
        shares.append((journeys.handover == Handover.DELIVERED).sum())
    assert shares[0] > 1.2 * shares[1] > 1.2 * shares[2]


def test_more_have_it_delivered_the_further_they_live() -> None:
    plan, draws, journeys = delivered()
    district = of_party(draws, draws.district)
    uptake = []
    for code in ("1.1", "2.1", "3.1"):
        there = (district == plan.districts.code.index(code)) & (journeys.site == site(plan, "kanim"))
        has = there & np.isin(journeys.handover, (Handover.DELIVERED, Handover.COLLECTED))
        uptake.append((journeys.handover[has] == Handover.DELIVERED).mean())
    assert uptake[0] < uptake[1] < uptake[2]


def test_the_fee_is_paid_once_a_party() -> None:
    plan, draws, journeys = delivered()
    found = outcomes(plan, draws, journeys)
    sent = journeys.handover == Handover.DELIVERED
    stretch = np.searchsorted(plan.travel.starts, journeys.first("arrive_ms"), side="right") - 1
    fare = 2 * plan.travel.fare_rupiah[stretch, of_party(draws, draws.district), journeys.site]
    fees = np.bincount(draws.party[sent], (found.fare_rupiah - fare)[sent])
    assert (draws.size[np.unique(draws.party[sent])] > 1).any()
    assert np.allclose(fees[np.unique(draws.party[sent])], 30_000)


def test_a_site_outside_the_list_delivers_nothing() -> None:
    plan = plan_of(merged(certain(), ROOMY, delivery(sites=["kanim"])))
    _, journeys = run(plan)
    sent = journeys.handover == Handover.DELIVERED
    assert sent.any()
    assert (journeys.issued_at[sent] == site(plan, "kanim")).all()


def test_without_delays_nobody_goes_in_vain() -> None:
    _, journeys = run(plan_of(merged(certain(), ROOMY)))
    assert journeys.vain_trips.sum() == 0


def test_printing_delays_waste_trips_and_progress_checks_spare_them() -> None:
    trips, wasted = [], []
    for more in ({}, checks(0.5), checks(1.0)):
        plan = plan_of(merged(certain(), ROOMY, NO_PRINTING, more))
        draws, journeys = run(plan)
        wasted.append(int(journeys.vain_trips.sum()))
        trips.append(np.nansum(outcomes(plan, draws, journeys).trips))
    assert wasted[0] > 20
    assert 0.25 * wasted[0] < wasted[1] < 0.75 * wasted[0]
    assert wasted[2] == 0
    assert trips[0] > trips[1] > trips[2]


def test_a_trip_in_vain_costs_its_time_and_fare() -> None:
    plan = plan_of(merged(certain(), ROOMY, NO_PRINTING))
    draws, journeys = run(plan)
    found = outcomes(plan, draws, journeys)
    vain = np.flatnonzero((journeys.vain_trips > 0) & found.served)
    one_way = journeys.first("trip_ms")[vain] + journeys.collect_trip_ms[vain] + journeys.vain_trip_ms[vain]
    assert np.allclose(found.trips[vain], 2 + journeys.vain_trips[vain])
    assert np.allclose(found.travel_hours[vain], 2 * one_way / 3_600_000)


def test_brought_passports_need_no_trip_and_those_handed_out_at_home_do() -> None:
    visits = [{"date": date, "place": "3.1"} for date in ("2023-03-28", "2023-04-04", "2023-04-11")]
    for handover in ("home", "brought"):
        van = programme(
            visits=visits, handover=handover, **({"brought_days": {6: 1.0}} if handover == "brought" else {})
        )
        plan = plan_of(merged(certain(), ROOMY, with_programmes(van=van)))
        draws, journeys = run(plan)
        got = (journeys.site == site(plan, "van@3.1")) & (journeys.collect_end_ms != NONE)
        assert got.sum() > 20
        if handover == "brought":
            assert (journeys.handover[got] == Handover.BROUGHT).all()
            assert (outcomes(plan, draws, journeys).trips[got] == 1).all()
        else:
            assert (journeys.handover[got] == Handover.COLLECTED).all()
            assert (plan.sessions.site[journeys.collect_session[got]] == site(plan, "kanim")).all()
    assert dates(plan, "van@3.1")[0].isoformat() == "2023-03-28"


def test_passports_of_the_same_day_are_for_the_accelerated_at_an_office_that_prints() -> None:
    plan = plan_of(merged(certain(), ROOMY))
    draws, journeys = run(plan)
    at_once = journeys.handover == Handover.AT_ONCE
    accelerated = of_party(draws, draws.channel) == plan.channels.id.index("accelerated")
    assert at_once.sum() > 10
    assert (accelerated & (journeys.site == site(plan, "kanim")))[at_once].all()
    near = accelerated & (journeys.site == site(plan, "ukk_near")) & (journeys.collect_end_ms != NONE)
    assert near.any()
    assert (journeys.handover[near] == Handover.COLLECTED).all()
    assert (journeys.collect_end_ms // DAY_MS == journeys.first("interview_end_ms") // DAY_MS)[at_once].all()
    assert (
        journeys.slot_channel[accelerated & (journeys.session != NONE)] == plan.channels.id.index("accelerated")
    ).all()


def test_there_is_no_passport_of_the_same_day_while_printing_or_it_alone_is_out() -> None:
    for affects in (["printing"], ["same_day"]):
        plan = plan_of(merged(certain(), ENDLESS, outage(affects=affects, first="2023-04-03", last="2023-04-14")))
        _, journeys = run(plan)
        on = plan.origin.toordinal() + journeys.collect_end_ms[journeys.handover == Handover.AT_ONCE] // DAY_MS
        first, last = (plan.origin.fromisoformat(d).toordinal() for d in ("2023-04-03", "2023-04-14"))
        assert len(on) > 20
        assert not ((first <= on) & (on <= last)).any()
