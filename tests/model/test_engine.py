"""The model's laws on random small provinces, and its stories one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.building.loading import load_scenario
from sim.draws import CLOSED, FIRST, REFERRED, RETURN, VISITS, Draws
from sim.journeys import Journeys, Status, columns
from sim.measures.check import check_identities
from sim.measures.lines import check_lines
from sim.measures.tallies import sessions
from sim.plan import DAY_MS, HOUR_MS, NONE, Plan
from tests.model.audit import check_admitted_are_served, check_parties, check_quotas, check_services
from tests.model.small_province import FILE, certain, merged, plan_of, run, scenario

BOUNDLESS = {
    "quota": {"ordinary": 100_000, "priority": 100_000, "accelerated": 100_000},
    "counters": {"document": 5000, "interview": 5000, "collection": 5000},
}
"""A session that nobody ever has to wait for."""
NO_WAITING = {"sites": {site: {"sessions": {"weekdays": BOUNDLESS}} for site in ("kanim", "ukk_near", "ukk_far")}}
FAR_OPEN = {"sites": {"ukk_far": {"in_service": "always"}}}


def test_the_small_province_is_one_that_the_loader_takes() -> None:
    loaded = load_scenario(FILE).model
    assert dataclasses_of(loaded) == dataclasses_of(scenario())


def dataclasses_of(model: Any) -> dict[str, Any]:
    return {name: getattr(model, name) for name in type(model).model_fields if name != "data"}


# ---------------------------------------------------------------------------------------------------------- laws

SERVICES = st.sampled_from(
    ["0 ms", "7 min", {"distribution": "expon", "mean": "10 min"}, {"distribution": "gamma", "mean": "25 min", "cv": 2}]
)
SHARE = st.sampled_from([0.0, 0.2, 1.0])
QUOTA = st.sampled_from([0, 1, 3, 12, 100_000])
DEAR = {"distribution": "lognorm", "mean": "Rp 100000", "cv": 1}
DAYS_OFF = [None, {"share": 0.5, "price": "Rp 20000"}, {"share": 1, "price": DEAR}]
SATURDAYS: dict[str, Any] = {
    "days": ["sat"],
    "intake": {"from": "08:00", "to": "12:00"},
    "seats_every": "30 min",
    "quota": {"ordinary": 3, "priority": 2},
    "counters": {"document": 1, "interview": 1, "collection": 0},
}
BREAKS = st.sampled_from([None, {"from": "11:30", "to": "13:00"}, {"from": "07:30", "to": "09:00"}])


@st.composite
def rules_of(draw: st.DrawFn) -> dict[str, Any]:
    pause = draw(BREAKS)
    return {
        "quota": {"ordinary": draw(QUOTA), "priority": draw(QUOTA), "accelerated": draw(QUOTA)},
        "counters": {"document": draw(st.integers(1, 3)), "interview": draw(st.integers(1, 3)), "collection": 1},
        "seats_every": draw(st.sampled_from(["1 min", "30 min", "3 h"])),
        "breaks": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), pause),
    }


@st.composite
def provinces(draw: st.DrawFn) -> dict[str, Any]:
    """Overrides that turn the small province into another."""
    sizes = draw(st.sampled_from([{1: 1.0}, {1: 0.5, 2: 0.3, 5: 0.2}, {3: 1.0}]))
    per_year = draw(st.sampled_from([300, 1500, 4000]))
    missing, no_show = draw(SHARE), draw(SHARE)
    return {
        "choice": {"day_off": draw(st.sampled_from(DAYS_OFF))},
        "period": {"warm_up": "7 days", "to": "2023-04-20", "run_out": draw(st.sampled_from(["0 days", "30 days"]))},
        "channels": {
            "ordinary": {"queue_class": draw(st.integers(1, 2))},
            "accelerated": {"ready_after": draw(st.sampled_from([None, "0 min", "3 h", "30 h"]))},
        },
        "booking": {
            "window": draw(st.sampled_from(["2 days", "21 days"])),
            "notice": draw(st.sampled_from(["0 min", "12 h"])),
            "early_seats": draw(st.sampled_from([0.0, 0.3, 1.0])),
            "prepare_days": draw(st.sampled_from([{0: 1.0}, {0: 0.4, 2: 0.6}])),
            "patience": draw(st.sampled_from(["0 days", "10 days"])),
            "no_show": no_show,
            "rebook": draw(SHARE),
            "rebook_after": draw(st.sampled_from(["0 min", {"distribution": "gamma", "mean": "5 days", "cv": 0.7}])),
        },
        "papers": {"missing_new": missing, "missing_replacement": missing, "come_back": draw(SHARE)},
        "issue": {"refused": draw(SHARE) / 2, "working_days": draw(st.sampled_from([{0: 1.0}, {2: 0.3, 5: 0.7}]))},
        "collection": {
            "kept_for": draw(st.sampled_from(["3 days", "30 days"])),
            "delay": draw(st.sampled_from(["0 ms", {"distribution": "expon", "mean": "2 days"}])),
        },
        "service": {name: draw(SERVICES) for name in ("document", "interview", "collection")},
        "need": {
            "segments": {
                name: {"per_year": per_year, "party_size": sizes, "channels": {"priority": 0.3, "accelerated": 0.3}}
                for name in ("religious", "general")
            }
        },
        "sites": {
            "kanim": {"sessions": {"weekdays": draw(rules_of())}},
            "ukk_near": {
                "referral": draw(SHARE),
                "closed": draw(st.sampled_from([None, "2023-03-28"])),
                "sessions": {"weekdays": draw(rules_of()), **draw(st.sampled_from([{}, {"saturdays": SATURDAYS}]))},
            },
            "ukk_far": {
                "in_service": draw(st.sampled_from(["never", "always"])),
                "sessions": {"weekdays": draw(rules_of())},
            },
        },
    }


@settings(max_examples=60)
@given(provinces(), st.integers(0, 5))
def test_the_laws_of_the_model_hold_in_any_province(overrides: dict[str, Any], replication: int) -> None:
    plan = plan_of(overrides)
    draws, journeys = run(plan, replication)
    check_identities(plan, draws, journeys)
    check_lines(plan, journeys)
    check_services(plan, draws, journeys)
    check_quotas(plan, draws, journeys)
    check_admitted_are_served(plan, journeys)
    check_parties(draws, journeys)
    check_fates(draws, journeys)


def check_fates(draws: Draws, j: Journeys) -> None:
    """Assert that each journey's end fits what the applicant was fated to and has gone through."""
    at = {status: j.status == status for status in Status}
    assert sum(rows.sum() for rows in at.values()) == draws.applicants
    assert (j.session[at[Status.DETERRED]] == NONE).all()
    assert draws.misses[draws.party[at[Status.LOST_NO_SHOW]], 0].all()
    assert (j.by_visit("arrive_ms")[at[Status.LOST_NO_SHOW]] == NONE).all()
    lost = at[Status.LOST_PAPERS]
    assert (draws.papers_missing & ~draws.comes_back)[lost].all()
    assert draws.refused[at[Status.LOST_REFUSED]].all()
    assert not draws.refused[at[Status.COLLECTED]].any()
    assert ((j.collect_end_ms != NONE) == at[Status.COLLECTED]).all()
    twice = j.by_visit("arrive_ms")[:, RETURN] != NONE
    assert (draws.papers_missing & draws.comes_back)[twice].all()


def test_a_run_repeated_is_the_same_run() -> None:
    plan = plan_of()
    first, second = (columns(run(plan)[1]) for _ in range(2))
    for name, values in first.items():
        assert np.array_equal(values, second[name]), name


# ------------------------------------------------------------------------------------------- one change at a time


def test_opening_a_far_ukk_leaves_unaffected_applicants_identical() -> None:
    overrides = merged(NO_WAITING, {"choice": {"taste": "Rp 0"}})
    before_plan, after_plan = plan_of(overrides), plan_of(merged(overrides, FAR_OPEN))
    draws, before = run(before_plan)
    with_far, after = run(after_plan)
    cost = with_far.cost_rupiah
    # Even a slot on the day of need at the far UKK is dearer than the dearest slot elsewhere.
    lead = before_plan.behaviour.lead_day_rupiah * (before_plan.behaviour.window_ms // DAY_MS + 1)
    unaffected = (cost[:, 2] > cost[:, :2].min(axis=1) + lead)[draws.party]
    assert 0.5 < unaffected.mean() < 1
    was, now = columns(before), columns(after)
    for name, values in was.items():
        assert np.array_equal(values[unaffected], now[name][unaffected]), name
    assert (after.site[~unaffected] == 2).any()


def test_columns_of_visits_are_had_by_applicant_and_others_are_not_taken_for_them() -> None:
    _, j = run(plan_of())
    table = j.by_visit("arrive_ms")
    assert table.shape == (j.applicants, VISITS)
    np.testing.assert_array_equal(table[:, FIRST], j.first("arrive_ms"))
    back = np.flatnonzero(table[:, RETURN] != NONE)
    np.testing.assert_array_equal(back, j.later_applicant[j.later_visit == RETURN])
    np.testing.assert_array_equal(table[back, RETURN], j.arrive_ms[j.applicants :][j.later_visit == RETURN])
    some = np.concatenate([back[::-2], np.flatnonzero(table[:, RETURN] == NONE)[:5]])
    np.testing.assert_array_equal(j.by_visit("arrive_ms", some), table[some])
    assert j.by_visit("arrive_ms", some[:0]).shape == (0, VISITS)
    for column in (j.first, j.by_visit):
        for name in ("status", "later_visit", "arive_ms", "count"):
            with pytest.raises(ValueError, match=f"'{name}' is no column of visits; these are visit_session"):
                column(name)
    with pytest.raises(ValueError, match="'interview' is no station: 0 is the document check, 1 the interview"):
        j.services("interview")  # type: ignore[arg-type]
    assert repr(j) == f"Journeys({j.applicants} applicants, {len(j.later_visit)} visits after those as booked)"


def test_what_lies_upstream_of_a_change_is_identical() -> None:
    slow = {"service": {"interview": {"distribution": "gamma", "mean": "30 min", "cv": 0.5}}}
    (_, before), (_, after) = run(plan_of()), run(plan_of(slow))
    for name in ("booked_ms", "appointment_ms", "session", "tries", "missed"):
        assert np.array_equal(getattr(before, name), getattr(after, name)), name
    for name in ("arrive_ms", "document_start_ms", "document_end_ms"):
        assert np.array_equal(before.first(name), after.first(name)), name
    assert not np.array_equal(before.by_visit("interview_end_ms"), after.by_visit("interview_end_ms"))


EQUAL_COSTS = {
    "travel": {"fare_per_km": "Rp 0", "overnight_cost": "Rp 0"},
    "choice": {
        "value_of_time": "Rp 0", "taste": "Rp 0", "lead_day": "Rp 4000",
        "kind_constants": {"ukk": "Rp -4000", "far": "Rp -9000"},
    },
}  # fmt: skip
"""Ways cost nothing and tastes are the same, so that two sites are often equal, lead days counted."""


@pytest.mark.parametrize("costs", [{}, EQUAL_COSTS], ids=["", "many costs are equal"])
def test_a_site_that_nobody_can_use_changes_nothing_for_anybody(costs: dict[str, Any]) -> None:
    sessions = {"weekdays": {"quota": {"ordinary": 0, "priority": 0}}}
    nowhere = {"sites": {"ukk_far": {"kind": "far", "in_service": "always", "sessions": sessions}}}
    (_, before), (_, after) = run(plan_of(costs)), run(plan_of(merged(costs, nowhere)))
    was, now = columns(before), columns(after)
    for name, values in was.items():
        assert np.array_equal(values, now[name]), name


def test_more_time_after_the_last_need_changes_nothing_that_was_finished() -> None:
    short_plan = plan_of({"period": {"run_out": "10 days"}})
    (draws, short), (_, long) = run(short_plan), run(plan_of())
    was, now = columns(short), columns(long)
    # Who still looks for a slot near the end sees fewer sessions, and may do something else.
    last_try = draws.need_ms + draws.patience_ms + short_plan.behaviour.window_ms
    rows = np.flatnonzero((short.status != Status.UNDER_WAY) & (last_try < short_plan.horizon_ms)[draws.party])
    assert len(rows) > 300
    np.testing.assert_array_equal(long.status[rows], short.status[rows])
    settled = np.flatnonzero(short.collect_end_ms != NONE)
    assert len(settled) > 400
    for name in ("booked_ms", "appointment_ms", "collect_end_ms", "first_arrive_ms"):
        np.testing.assert_array_equal(was[name][settled], now[name][settled], name)


# ------------------------------------------------------------------------------------------------ need and booking


def _best(plan: Plan, draws: Draws) -> np.ndarray:
    return np.asarray(draws.cost_rupiah.min(axis=1)[draws.party])


def test_one_is_deterred_just_where_the_cost_is_above_the_worth_at_the_first_try() -> None:
    plan = plan_of(merged(NO_WAITING, {"choice": {"lead_day": "Rp 0"}}))
    draws, j = run(plan)
    can = _best(plan, draws) < CLOSED
    counted = (draws.need_ms < plan.counted_to_ms)[draws.party] & can
    too_dear = _best(plan, draws) > draws.worth_rupiah[draws.party]
    assert 20 < (too_dear & counted).sum() < counted.sum() - 200
    assert np.array_equal((j.status == Status.DETERRED)[counted], too_dear[counted])


def test_each_lead_day_is_a_cost_that_deters() -> None:
    cheap, dear = (run(plan_of({"choice": {"lead_day": f"Rp {price}"}}))[1] for price in (0, 40_000))
    assert (dear.status == Status.DETERRED).sum() > (cheap.status == Status.DETERRED).sum() + 50


def test_the_homebound_are_unserved_where_no_session_comes_to_them() -> None:
    draws, j = run(plan_of({"need": {"segments": {"general": {"homebound": 0.3}}}}))
    homebound = draws.homebound[draws.party]
    assert homebound.any()
    assert (j.status[homebound] == Status.UNSERVED).all()


def test_one_without_a_slot_tries_again_until_patience_ends() -> None:
    scarce = {"quota": {"ordinary": 1, "priority": 0, "accelerated": 0}}
    overrides = {"sites": {site: {"sessions": {"weekdays": scarce}} for site in ("kanim", "ukk_near")}}
    sizes = {"need": {"segments": {name: {"party_size": {1: 1.0}} for name in ("religious", "general")}}}
    plan = plan_of(merged(certain(), overrides, sizes))
    draws, j = run(plan)
    ordinary = (draws.channel == 0)[draws.party]
    gave_up = np.flatnonzero(
        (j.status == Status.UNSERVED) & (draws.need_ms < plan.counted_from_ms)[draws.party] & ordinary
    )
    assert len(gave_up) > 30
    party = draws.party[gave_up]
    assert np.array_equal(j.tries[gave_up], draws.patience_ms[party] // draws.retry_ms[party] + 1)
    booked = np.flatnonzero((j.booked_ms != NONE) & (j.missed == 0))
    party = draws.party[booked]
    tries_ms = draws.need_ms[party] + (j.tries[booked] - 1) * draws.retry_ms[party]
    assert np.array_equal(j.booked_ms[booked], tries_ms)
    assert (j.booked_ms[booked] <= draws.need_ms[party] + draws.patience_ms[party]).all()


@pytest.mark.parametrize(("worth", "goes"), [("Rp 10000000", True), ("Rp 60000", False)])
def test_one_who_would_give_up_takes_what_is_free_and_worth_it(worth: str, goes: bool) -> None:
    """Next door there is hardly a slot, and a lead day costs nothing: far away there is always one."""
    roomy = {"sites": {"kanim": {"sessions": {"weekdays": BOUNDLESS}}}}
    scarce = {"sites": {"ukk_near": {"sessions": {"weekdays": {"quota": {"ordinary": 1}}}}}}
    patient = {"booking": {"patience": "10 days"}, "choice": {"taste": "Rp 0", "lead_day": "Rp 0"}}
    segments = {
        name: {"worth": worth, "party_size": {1: 1.0}, "channels": {"priority": 0}} for name in ("religious", "general")
    }
    plan = plan_of(merged(certain(), roomy, scarce, patient, {"need": {"segments": segments}}))
    draws, j = run(plan)
    kanim, near = (plan.sites.id.index(name) for name in ("kanim", "ukk_near"))
    likes_near = (draws.cost_rupiah[:, near] < draws.cost_rupiah[:, kanim]) & (draws.cost_rupiah[:, near] <= 60_000)
    dear_elsewhere = likes_near & (draws.cost_rupiah[:, kanim] > 60_000) & (draws.need_ms < plan.counted_to_ms)
    settled = dear_elsewhere[draws.party] & (j.site != near)
    assert settled.sum() > 20
    if goes:
        assert (j.site[settled] == kanim).all()
        assert np.array_equal(
            j.booked_ms[settled] - draws.need_ms[draws.party[settled]],
            draws.retry_ms[draws.party[settled]] * (j.tries[settled] - 1),
        )
        assert (j.tries[settled] > 1).all()
    else:
        assert (j.status[settled] == Status.UNSERVED).all()


def test_where_no_session_is_on_offer_yet_one_tries_again() -> None:
    window = {"booking": {"window": "2 days", "prepare_days": {0: 1.0}, "patience": "30 days"}}
    plan = plan_of(merged(certain(), NO_WAITING, window))
    draws, j = run(plan)
    counted = (draws.need_ms < plan.counted_to_ms)[draws.party]
    assert (j.tries[counted] > 1).any()
    assert (j.session[counted] != NONE).all()


def test_one_who_is_shown_an_offer_only_later_is_deterred_by_it_then() -> None:
    dear = {"need": {"segments": {name: {"worth": "Rp 1"} for name in ("religious", "general")}}}
    window = {"booking": {"window": "2 days", "prepare_days": {0: 1.0}, "patience": "30 days"}}
    plan = plan_of(merged(certain(), NO_WAITING, window, {"choice": {"taste": "Rp 0"}}, dear))
    draws, j = run(plan)
    counted = (draws.need_ms < plan.counted_to_ms)[draws.party]
    assert (j.tries[counted] > 1).any()
    assert (j.status[counted] == Status.DETERRED).all()


def test_a_site_whose_quota_never_holds_the_party_is_no_option_for_it() -> None:
    near = {"quota": {"ordinary": 2, "priority": 2, "accelerated": 2}}
    sizes = {"need": {"segments": {name: {"party_size": {3: 1.0}} for name in ("religious", "general")}}}
    overrides = {
        "sites": {"ukk_near": {"sessions": {"weekdays": near}}, "kanim": {"sessions": {"weekdays": BOUNDLESS}}}
    }
    plan = plan_of(merged(certain(), overrides, sizes))
    draws, j = run(plan)
    assert (j.site[j.site != NONE] == 0).all()
    counted = (draws.need_ms < plan.counted_to_ms)[draws.party]
    assert (j.status[counted] == Status.COLLECTED).all()


def test_slots_are_taken_with_notice_inside_the_booking_window() -> None:
    plan = plan_of()
    _, j = run(plan)
    b, s = plan.behaviour, plan.sessions
    rows = np.flatnonzero(j.session != NONE)
    session, booked = j.session[rows], j.booked_ms[rows]
    assert (s.intake_open[session] <= booked + b.window_ms).all()
    assert (j.appointment_ms[rows] >= booked + b.notice_ms).all()
    assert (j.appointment_ms[rows] < s.intake_close[session]).all()


def test_no_appointment_is_before_the_day_one_can_come() -> None:
    draws, j = run(plan_of({"booking": {"prepare_days": {5: 1.0}}}))
    rows = np.flatnonzero(j.session != NONE)
    assert (j.appointment_ms[rows] >= draws.wanted_ms[draws.party[rows]]).all()


def test_priority_takes_an_ordinary_slot_where_its_own_are_gone() -> None:
    few = {"sessions": {"weekdays": {"quota": {"ordinary": 40, "priority": 1, "accelerated": 0}}}}
    plan = plan_of({"sites": {"kanim": few, "ukk_near": few}})
    draws, j = run(plan)
    priority = (draws.channel == 1)[draws.party] & (j.session != NONE)
    assert set(np.unique(j.slot_channel[priority]).tolist()) == {0, 1}
    ordinary = (draws.channel == 0)[draws.party] & (j.session != NONE)
    assert (j.slot_channel[ordinary] == 0).all()


def test_a_missed_appointment_is_lost_or_booked_again_once() -> None:
    draws, j = run(plan_of({"booking": {"no_show": 1}}))
    first = j.missed >= 1
    assert (j.status != Status.COLLECTED).all()
    again = draws.books_again[draws.party]
    assert (j.missed[first & ~again] == 1).all()
    assert (j.status[first & ~again] == Status.LOST_NO_SHOW).all()
    assert (j.missed <= 2).all()
    assert (j.missed == 2).any()


def test_two_bookings_of_a_party_are_two_where_it_looks_again_at_once_and_without_notice() -> None:
    """Who comes to need a passport while a session takes people in has an appointment there and then, and misses it."""
    at_once = {"notice": "0 min", "rebook_after": "0 min", "prepare_days": {0: 1.0}, "no_show": 0.5, "rebook": 1}
    plan = plan_of(merged(NO_WAITING, {"booking": at_once}))
    draws, j = run(plan)
    assert (draws.books_again_after_ms[draws.books_again] == 1).all()
    there_and_then = (j.appointment_ms == j.booked_ms) & (j.missed > 0)
    assert there_and_then.sum() > 50
    check_identities(plan, draws, j)
    assert (j.missed == 2).sum() > 50
    assert j.booked_again[j.missed == 2].all()
    assert sessions(plan, j).booked.sum() == (j.session != NONE).sum() + (j.missed > 0).sum()


# --------------------------------------------------------------------------------------------------- the way there


def test_one_arrives_early_by_plan_and_late_or_earlier_by_the_road() -> None:
    plan = plan_of(merged(certain(), {"booking": {"notice": "16 h"}}))
    draws, j = run(plan)
    rows = np.flatnonzero(j.first("arrive_ms") != NONE)
    mean = plan.travel.duration_ms[
        np.searchsorted(plan.travel.starts, j.appointment_ms[rows], side="right") - 1,
        draws.district[draws.party[rows]],
        j.site[rows],
    ]
    trip = mean * draws.trip_ppm[draws.party[rows]] // 1_000_000
    np.testing.assert_array_equal(j.first("trip_ms")[rows], trip)
    early = 20 * 60_000 + mean // 10
    expected = j.appointment_ms[rows] - early - mean + trip
    assert np.abs(j.first("arrive_ms")[rows] - expected).max() <= 1


def test_the_toll_road_shortens_the_trips_from_its_opening_on() -> None:
    plan = plan_of(merged(certain(), {"sites": {"ukk_near": {"in_service": "never"}}}))
    draws, j = run(plan)
    opening = plan.travel.starts[1]
    rows = (j.site == 0) & (draws.district[draws.party] == 3) & (j.first("trip_ms") != NONE)
    ratio = j.first("trip_ms") / draws.trip_ppm[draws.party] * 1e6 / HOUR_MS
    before, after = rows & (j.appointment_ms < opening), rows & (j.appointment_ms >= opening)
    assert before.any()
    assert after.any()
    np.testing.assert_allclose(ratio[before], 4 + 60 / 45, rtol=1e-4)
    np.testing.assert_allclose(ratio[after], 4 + 55 / 90, rtol=1e-4)


# ------------------------------------------------------------------------------------------------ papers, referral


def test_missing_papers_send_one_back_to_come_again_without_a_slot() -> None:
    draws, j = run(plan_of({"papers": {"missing_new": 1, "missing_replacement": 1}, "booking": {"no_show": 0}}))
    checked = j.first("document_end_ms") != NONE
    assert checked.sum() > 300
    assert (j.first("interview_end_ms") == NONE).all()
    lost = checked & ~draws.comes_back
    assert (j.status[lost] == Status.LOST_PAPERS).all()
    back = j.by_visit("arrive_ms")[:, RETURN] != NONE
    assert (j.by_visit("arrive_ms")[back, RETURN] > j.first("document_end_ms")[back] + draws.back_after_ms[back]).all()
    assert (j.by_visit("interview_end_ms")[back & (j.status == Status.COLLECTED), RETURN] != NONE).all()


def test_a_case_referred_by_a_ukk_goes_through_the_parent_and_is_issued_there() -> None:
    plan = plan_of(merged(certain(), {"sites": {"ukk_near": {"referral": 1}}}))
    _, j = run(plan)
    referred = j.by_visit("arrive_ms")[:, REFERRED] != NONE
    assert (referred == ((j.site == 1) & referred)).all()
    assert (plan.sessions.site[j.by_visit("visit_session")[referred, REFERRED]] == 0).all()
    assert (j.issued_at[referred & (j.issued_at != NONE)] == 0).all()
    assert not (j.issued_at[(j.site == 1) & (j.issued_at != NONE)] == 1).any()
    assert (j.by_visit("arrive_ms")[j.site == 0, REFERRED] == NONE).all()


# ------------------------------------------------------------------------------------------------------------ issue


def test_books_of_a_ukk_take_the_days_of_sending_on_top() -> None:
    days = {"issue": {"working_days": {3: 1.0}}, "sites": {"ukk_near": {"sending_days": {2: 1.0}}}}
    plan = plan_of(merged(certain(), days))
    draws, j = run(plan)
    later = {0: 3, 1: 5}
    for site, count in later.items():
        rows = np.flatnonzero((j.issued_at == site) & (draws.channel != 2)[draws.party])
        assert len(rows) > 50
        day = j.by_visit("interview_end_ms")[rows].max(axis=1) // DAY_MS
        place = np.searchsorted(plan.working_days, day, side="right") + count - 1
        np.testing.assert_array_equal(j.ready_ms[rows], plan.working_days[place] * DAY_MS + 10 * HOUR_MS)


def test_the_accelerated_are_issued_at_once_only_where_the_site_prints_by_itself() -> None:
    segments = {name: {"channels": {"accelerated": 1.0, "priority": 0.0}} for name in ("religious", "general")}
    plan = plan_of(merged(certain(), NO_WAITING, {"need": {"segments": segments}}))
    _, j = run(plan)
    collected = j.status == Status.COLLECTED
    office, ukk = collected & (j.issued_at == 0), collected & (j.issued_at == 1)
    assert office.any()
    assert ukk.any()
    np.testing.assert_array_equal(
        j.collect_end_ms[office], j.by_visit("interview_end_ms")[office].max(axis=1) + 3 * HOUR_MS
    )
    assert (j.collect_session[office] == NONE).all()
    assert (j.collect_trip_ms[office] == NONE).all()
    assert (j.collect_session[ukk] != NONE).all()
    assert (j.collect_end_ms[ukk] > j.by_visit("interview_end_ms")[ukk].max(axis=1) + DAY_MS).all()


def test_a_member_who_comes_again_does_not_hold_up_what_was_issued_at_once() -> None:
    segments = {
        name: {"channels": {"accelerated": 1.0, "priority": 0.0}, "party_size": {4: 1.0}}
        for name in ("religious", "general")
    }
    papers = {"missing_new": 0.3, "missing_replacement": 0.3, "come_back": 1.0}
    closed = {"ukk_near": {"in_service": "never"}}
    plan = plan_of(merged(certain(), NO_WAITING, {"papers": papers, "need": {"segments": segments}, "sites": closed}))
    draws, j = run(plan)
    collected = np.flatnonzero(j.status == Status.COLLECTED)
    assert draws.papers_missing[collected].any()
    np.testing.assert_array_equal(
        j.collect_end_ms[collected], j.by_visit("interview_end_ms")[collected].max(axis=1) + 3 * HOUR_MS
    )


def test_those_who_were_refused_get_no_passport() -> None:
    draws, j = run(plan_of({"issue": {"refused": 0.5}}))
    refused = draws.refused & (j.by_visit("interview_end_ms").max(axis=1) != NONE)
    ended = refused & (j.status != Status.UNDER_WAY)
    assert (j.status[ended] == Status.LOST_REFUSED).sum() > 100
    assert (j.issued_at[refused] == NONE).all()


# ------------------------------------------------------------------------------------------------------- collection


def test_one_of_the_party_fetches_all_its_passports_when_the_last_is_ready() -> None:
    plan = plan_of(certain())
    draws, j = run(plan)
    done = np.flatnonzero((j.status == Status.COLLECTED) & (j.collect_session != NONE))
    party = draws.party[done]
    last = np.zeros(draws.parties, dtype=np.int64)
    np.maximum.at(last, party, j.ready_ms[done])
    assert (j.collect_start_ms[done] >= last[party]).all()
    came = np.bincount(party, j.collect_trip_ms[done] != NONE)
    assert set(came[np.unique(party)].tolist()) == {1.0}
    spent = j.collect_end_ms[done] - j.collect_start_ms[done]
    together = np.bincount(party, draws.collection_ms[done])
    np.testing.assert_array_equal(spent, together[party].astype(np.int64))


def test_what_is_not_fetched_in_time_is_cancelled_and_some_never_come() -> None:
    _, late = run(plan_of({"collection": {"kept_for": "2 days", "never": 0, "delay": "6 days"}}))
    assert (late.status != Status.COLLECTED)[late.collect_session != NONE].sum() == 0
    assert (late.status == Status.LOST_UNCOLLECTED).sum() > 100
    _, never = run(plan_of({"collection": {"never": 1}}))
    assert (never.collect_session == NONE).all()
    assert (never.status == Status.LOST_UNCOLLECTED).any()


CLOSES = {"sites": {"ukk_near": {"closed": "2023-04-13"}}}


def test_books_left_when_a_ukk_closes_are_fetched_at_its_parent() -> None:
    plan = plan_of(merged(certain(), CLOSES))
    draws, j = run(plan)
    rows = np.flatnonzero((j.issued_at == 1) & (j.collect_trip_ms != NONE))
    at = plan.sessions.site[j.collect_session[rows]]
    moved = rows[at == 0]
    assert len(moved) > 3
    assert (at == 1).any()
    mean = plan.travel.duration_ms[
        np.searchsorted(plan.travel.starts, j.collect_arrive_ms[moved], side="right") - 1,
        draws.district[draws.party[moved]],
        0,
    ]
    np.testing.assert_array_equal(
        j.collect_trip_ms[moved], mean * draws.collect_trip_ppm[draws.party[moved]] // 1_000_000
    )


def test_one_who_comes_again_after_a_ukk_has_closed_goes_to_its_parent_and_is_issued_there() -> None:
    papers = {"papers": {"missing_new": 1, "missing_replacement": 1, "come_back": 1}}
    plan = plan_of(merged(certain(), CLOSES, papers, {"sites": {"ukk_near": {"referral": 1}}}))
    draws, j = run(plan)
    back = np.flatnonzero((j.site == 1) & (j.by_visit("arrive_ms")[:, RETURN] != NONE))
    moved = back[plan.sessions.site[j.by_visit("visit_session")[back, RETURN]] == 0]
    assert len(moved) > 3
    mean = plan.travel.duration_ms[
        np.searchsorted(plan.travel.starts, j.by_visit("arrive_ms")[moved, RETURN], side="right") - 1,
        draws.district[draws.party[moved]],
        0,
    ]
    np.testing.assert_array_equal(
        j.by_visit("trip_ms")[moved, RETURN], mean * draws.visit_trip_ppm[moved, RETURN] // 1_000_000
    )
    assert (j.by_visit("arrive_ms")[moved, REFERRED] == NONE).all()
    assert (j.issued_at[moved] != 1).all()


# ---------------------------------------------------------------------------------------------------------- horizon


def test_journeys_that_the_end_of_simulated_time_cuts_off_are_counted_as_under_way() -> None:
    plan = plan_of({"period": {"run_out": "0 days"}})
    draws, j = run(plan)
    assert plan.horizon_ms == plan.counted_to_ms
    under_way = j.status == Status.UNDER_WAY
    assert 50 < under_way.sum() < draws.applicants / 2
    assert j.applicants == draws.applicants
    for name in ("booked_ms", "collect_end_ms", "arrive_ms", "interview_end_ms"):
        assert (getattr(j, name) < plan.horizon_ms).all(), name
    check_identities(plan, draws, j)


@pytest.mark.parametrize("replication", [0, 1])
def test_nothing_is_left_under_way_when_there_is_time_enough(replication: int) -> None:
    plan = plan_of({"period": {"run_out": "90 days"}, "collection": {"kept_for": "20 days"}})
    draws, j = run(plan, replication)
    counted = (draws.need_ms < plan.counted_to_ms)[draws.party]
    assert not (j.status[counted] == Status.UNDER_WAY).any()
