"""Outages: intake or printing stops, by date or at random; what was booked moves, what was decided waits."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pytest

from sim.drawing.outages import closed_sessions, print_limit
from sim.draws import Draws
from sim.errors import DataError
from sim.journeys import Handover, Journeys, Status
from sim.measures.all import measure
from sim.measures.check import check_identities
from sim.plan import DAY_MS, NONE, Plan
from sim.randomness import Source
from tests.model.small_province import Tree, certain, merged, plan_of, run
from tests.services.small_services import ENDLESS, ROOMY, day, outage, programme, row_on, rows, site, with_programmes

SHUT = "2023-04-05"
NO_INTAKE = outage(affects=["intake"], first=SHUT, last=SHUT)
FIRST_DAY, LAST_DAY = "2023-04-03", "2023-04-14"
PER_DAY = 30
"""Books that can be printed in a day, beside those promised for the same day."""
PROMISED = 10


def limited(limit: int) -> Tree:
    return {"sites": {"kanim": {"printing_per_day": limit + PROMISED}, "ukk_near": {"in_service": "never"}}}


@cache
def printing_out() -> tuple[Plan, Draws, Journeys]:
    words = outage(affects=["printing"], first=FIRST_DAY, last=LAST_DAY)
    plan = plan_of(merged(certain(), ROOMY, limited(PER_DAY), words))
    return plan, *run(plan)


def test_a_day_without_intake_receives_nobody_and_moves_those_booked_to_the_next_session() -> None:
    plan = plan_of(merged(certain(), ROOMY, NO_INTAKE))
    draws, journeys = run(plan)
    check_identities(plan, draws, journeys)
    for place, following in (("kanim", "2023-04-06"), ("ukk_near", "2023-04-07")):
        row = row_on(plan, place, SHUT)
        booked = journeys.session == row
        assert booked.sum() > 3
        assert not (journeys.by_visit("visit_session") == row).any()
        assert (journeys.first("visit_session")[booked] == row_on(plan, place, following)).all()
        moved = journeys.first("arrive_ms")[booked] // DAY_MS - day(plan, SHUT)
        assert (moved >= 1).all()


def test_after_many_days_without_intake_no_session_takes_more_than_twice_its_slots_and_nobody_is_lost() -> None:
    plan = plan_of(merged(certain(), outage(affects=["intake"], first=FIRST_DAY, last=LAST_DAY)))
    draws, journeys = run(plan)
    check_identities(plan, draws, journeys)
    came, booked = journeys.first("visit_session"), journeys.session
    moved = (booked != NONE) & draws.closed[booked] & (came != NONE)
    slots = plan.sessions.quota.sum(axis=1)
    carried = np.bincount(came[moved], minlength=len(slots))
    alone = (
        np.bincount(came[moved], weights=draws.size[draws.party[moved]] > slots[came[moved]], minlength=len(slots)) > 0
    )
    assert (carried <= np.where(alone, carried, slots)).all()
    # More than one session's: they are spread over the days after, each filled before the next.
    office = plan.sessions.site == site(plan, "kanim")
    days = np.flatnonzero((carried > 0) & office)
    assert len(days) > 3
    assert (carried[days[:-1]] + draws.size.max() > slots[days[:-1]]).all()
    held_back = (booked != NONE) & draws.closed[booked] & (journeys.missed == 0)
    assert (came[held_back] != NONE).all()


def test_a_day_without_intake_is_seen_in_lead_days_and_changes_nothing_before_it() -> None:
    usual, struck = (plan_of(merged(certain(), ROOMY, more)) for more in ({}, NO_INTAKE))
    (draws, before), (_, after) = run(usual), run(struck)
    early = draws.need_ms[draws.party] < day(usual, "2023-03-20") * DAY_MS
    gone = before.collect_end_ms < day(usual, SHUT) * DAY_MS
    same = early & gone & (before.collect_end_ms != NONE)
    assert same.any()
    assert np.array_equal(before.collect_end_ms[same], after.collect_end_ms[same])
    lead = []
    for plan, journeys in ((usual, before), (struck, after)):
        found, _ = measure(plan, draws, journeys, (60,))
        keys = zip(found.measure, found.level, found.unit, found.statistic, strict=True)
        lead.append(dict(zip(keys, found.value, strict=True))["lead_days", "week", "2023-04-03", "mean"])
    assert lead[1] > lead[0]


def test_nobody_is_received_in_an_outage_of_one_site_and_the_others_go_on() -> None:
    only = outage(affects=["intake"], first=SHUT, last=SHUT, sites=["kanim"])
    plan = plan_of(merged(certain(), ROOMY, only))
    _, journeys = run(plan)
    assert not (journeys.by_visit("visit_session") == row_on(plan, "kanim", SHUT)).any()
    assert (journeys.by_visit("visit_session") == row_on(plan, "ukk_near", SHUT)).any()


def test_a_team_of_an_office_that_is_out_stays_at_home() -> None:
    visits = [{"date": SHUT, "place": "3.1"}, {"date": "2023-04-12", "place": "3.1"}]
    only = outage(affects=["intake"], first=SHUT, last=SHUT, sites=["kanim"])
    plan = plan_of(merged(certain(), ROOMY, only, with_programmes(van=programme(visits=visits))))
    draws, journeys = run(plan)
    assert not (journeys.by_visit("visit_session") == row_on(plan, "van@3.1", SHUT)).any()
    assert (journeys.by_visit("visit_session") == row_on(plan, "van@3.1", "2023-04-12")).any()
    found, _ = measure(plan, draws, journeys, (60,))
    keys = zip(found.measure, found.level, found.unit, strict=True)
    assert dict(zip(keys, found.value, strict=True))["team_days", "programme", "van"] == 1


def test_nothing_is_printed_in_an_outage_of_printing_and_never_more_than_the_office_can() -> None:
    plan, _, journeys = printing_out()
    ready = _printed_on(plan, journeys)
    assert ready[day(plan, FIRST_DAY) : day(plan, LAST_DAY) + 1].sum() == 0
    assert ready.max() == PER_DAY


def test_the_backlog_of_printing_clears_at_the_printers_pace_and_then_is_gone() -> None:
    plan, _, journeys = printing_out()
    usual = plan_of(merged(certain(), ROOMY, limited(PER_DAY)))
    _, before = run(usual)
    made, meant = _printed_on(plan, journeys), _printed_on(usual, before)
    # Who is served and when does not depend on printing. More go through the printer: there was no passport of the day.
    assert np.array_equal(journeys.by_visit("interview_end_ms"), before.by_visit("interview_end_ms"))
    behind = np.cumsum(meant) - np.cumsum(made)
    last = day(plan, LAST_DAY)
    assert behind[last] > 100
    cleared = last + int(np.argmax(behind[last:] <= 0))
    full = [d for d in range(last + 1, cleared) if d in set(plan.working_days.tolist())]
    assert 0 < cleared - last < 40
    assert len(full) >= 4
    assert (made[full] == PER_DAY).all()
    # Those interviewed after the backlog is gone wait no longer than usual.
    late = journeys.first("interview_end_ms") > cleared * DAY_MS
    assert late.sum() > 50
    assert np.array_equal(journeys.ready_ms[late], before.ready_ms[late])


def test_printing_is_first_come_first_printed() -> None:
    plan, draws, journeys = printing_out()
    kept = draws.issue_days == 2
    rows_of = np.flatnonzero(kept & (journeys.ready_ms != NONE) & (journeys.handover != Handover.AT_ONCE))
    order = rows_of[np.argsort(journeys.first("interview_end_ms")[rows_of], kind="stable")]
    assert (np.diff(journeys.ready_ms[order] // DAY_MS) >= 0).all()
    assert plan.sites.printing_per_day[0] == PER_DAY + PROMISED


def test_a_delay_of_printing_is_seen_in_days_to_the_passport_by_week_and_goes_away() -> None:
    words = outage(affects=["printing"], first=FIRST_DAY, last=LAST_DAY)
    weeks = []
    for more in ({}, words):
        plan = plan_of(merged(certain(), ENDLESS, more))
        draws, journeys = run(plan)
        found, _ = measure(plan, draws, journeys, (60,))
        keys = zip(found.measure, found.level, found.unit, found.statistic, strict=True)
        value = dict(zip(keys, found.value, strict=True))
        wanted = ("days_to_passport", "week", "mean")
        weeks.append({u: v for (m, level, u, s), v in value.items() if (m, level, s) == wanted})
    assert weeks[1]["2023-03-27"] > weeks[0]["2023-03-27"] + 3
    assert weeks[1]["2023-05-01"] == weeks[0]["2023-05-01"]


def test_random_outages_come_and_last_as_often_and_long_as_said() -> None:
    words = outage(affects=["intake", "printing"], per_year=12, days={1: 0.5, 3: 0.5})
    by_itself = {"parent": None, "sending_days": None, "referral": 0}
    by_itself["printing_days"] = ["mon", "tue", "wed", "thu", "fri"]
    plan = plan_of(merged(ROOMY, words, {"sites": {"ukk_near": by_itself}}))
    begins = 12 / 365
    # A day is spared if nothing begins on it, and nothing that lasts three days on the two days before.
    expected = 1 - (1 - begins) * (1 - begins / 2) ** 2
    working = plan.working_days[(plan.working_days >= 2) & (plan.working_days < plan.n_days)]
    struck = np.stack([print_limit(plan, Source(3, r))[:2, working] == 0 for r in range(150)])
    # Up to three days in a row are struck together, so the error is that of a third of as many days, at least.
    error = np.sqrt(expected * (1 - expected) / (struck.size / 3))
    assert abs(struck.mean() - expected) < 4 * error
    assert not np.array_equal(struck[0, 0], struck[0, 1])


def test_a_random_outage_of_both_closes_sessions_on_the_days_on_which_printing_stops() -> None:
    plan = plan_of(merged(ROOMY, outage(affects=["intake", "printing"], per_year=30, days={2: 1.0})))
    closed, stopped = closed_sessions(plan, Source(1, 0)), print_limit(plan, Source(1, 0)) == 0
    s = plan.sessions
    own = plan.sites.parent[s.site] == s.site
    assert closed[own].any()
    assert np.array_equal(closed[own], stopped[s.site, s.day][own])
    draws, journeys = run(plan)
    check_identities(plan, draws, journeys)


def test_an_outage_that_is_switched_off_never_happens() -> None:
    usual, off = plan_of(ROOMY), plan_of(merged(ROOMY, NO_INTAKE, {"outages": {"failure": {"enabled": False}}}))
    assert np.array_equal(run(usual)[1].collect_end_ms, run(off)[1].collect_end_ms)


def test_a_group_whose_day_is_out_is_visited_on_the_next_and_its_team_then_leaves() -> None:
    from tests.services.test_on_request import EAZY, GROUPS

    words = outage(affects=["intake"], first="2023-04-05", last="2023-04-10")
    plan = plan_of(merged(certain(), ROOMY, GROUPS, words, with_programmes(eazy=EAZY)))
    draws, journeys = run(plan)
    check_identities(plan, draws, journeys)
    shut = [
        row
        for row in rows(plan, "eazy")
        if day(plan, "2023-04-05") <= plan.sessions.day[row] <= day(plan, "2023-04-10")
    ]
    moved = np.isin(journeys.session, shut) & (journeys.first("visit_session") != NONE)
    assert moved.any()
    assert (plan.sessions.day[journeys.first("visit_session")[moved]] > day(plan, "2023-04-10")).all()
    assert plan.origin + dt.timedelta(days=int(plan.sessions.day[shut[0]])) == dt.date(2023, 4, 5)


def _printed_on(plan: Plan, journeys: Journeys) -> np.ndarray:
    """Books printed on each day by the office, which hands them out on that day."""
    own = (journeys.issued_at == site(plan, "kanim")) & (journeys.handover != Handover.AT_ONCE)
    return np.bincount(journeys.ready_ms[own] // DAY_MS, minlength=plan.n_days)[: plan.n_days]


def test_a_stop_of_intake_is_seen_in_people_who_wait_for_their_interview_and_goes_away() -> None:
    waiting = []
    for words in ({}, outage(affects=["intake"], first="2023-04-06", last="2023-04-07")):
        plan = plan_of(merged(ROOMY, words))
        draws, journeys = run(plan)
        rows, _ = measure(plan, draws, journeys, ())
        value = zip(rows.measure, rows.unit, rows.value, strict=True)
        waiting.append({unit: count for measure, unit, count in value if measure == "interviews_waiting"})
    before, after = waiting
    assert after["2023-03-27"] == before["2023-03-27"]
    assert after["2023-04-03"] > before["2023-04-03"]
    assert after["2023-05-01"] == before["2023-05-01"]


def test_whoever_is_not_interviewed_by_the_end_is_still_waiting() -> None:
    plan = plan_of(merged(ROOMY, outage(affects=["intake"], first="2023-04-10", last="2026-12-31")))
    draws, journeys = run(plan)
    rows, _ = measure(plan, draws, journeys, ())
    value = zip(rows.measure, rows.unit, rows.value, strict=True)
    waiting = {unit: count for measure, unit, count in value if measure == "interviews_waiting"}
    weeks = [week for week in sorted(waiting) if week >= "2023-04-10"]
    need = draws.need_ms[draws.party]
    for week in weeks:
        end = (dt.date.fromisoformat(week) - plan.origin).days * DAY_MS + 7 * DAY_MS
        still = (need < end) & (journeys.status == Status.UNDER_WAY) & (journeys.issued_at == NONE)
        still &= journeys.by_visit("interview_end_ms").max(axis=1) == NONE
        assert waiting[week] == still.sum()
    assert waiting[weeks[-1]] > waiting[weeks[0]] > 0


def test_printing_returns_evenly_after_a_stop() -> None:
    words = outage(affects=["printing"], first="2023-04-03", last="2023-04-05")
    words["outages"]["failure"]["returns_over"] = 3
    plan = plan_of(merged(ROOMY, limited(PER_DAY), words))
    limit = print_limit(plan, Source(1, 0))[0]
    april = [int(limit[day(plan, f"2023-04-{number:02d}")]) for number in range(3, 12)]
    # The 8th and 9th are a weekend.
    assert april == [0, 0, 0, 7, 15, 0, 0, 22, 30]


SATURDAY = {"days": ["sat"], "intake": {"from": "08:00", "to": "12:00"}, "seats_every": "30 min"}
NO_FRIDAYS: Tree = {
    "sites": {
        "kanim": {
            "sessions": {
                "weekdays": {"days": ["mon", "tue", "wed", "thu"]},
                "saturdays": {
                    **SATURDAY,
                    "quota": {"ordinary": 10, "accelerated": 10},
                    "counters": {"document": 1, "interview": 1},
                },
            }
        }
    }
}
"""The office is open on Saturdays instead of Fridays."""


def days_of_printing(plan: Plan, place: str = "kanim") -> list[str]:
    """Those of a week without holidays."""
    prints = plan.sites.prints[plan.sites.id.index(place)]
    dates = [plan.origin + dt.timedelta(days=number) for number in np.flatnonzero(prints).tolist()]
    return [f"{date:%a}".lower() for date in dates if dt.date(2023, 5, 8) <= date <= dt.date(2023, 5, 14)]


def test_an_office_prints_on_the_days_of_its_sessions_or_those_that_it_is_told() -> None:
    weekdays = ["mon", "tue", "wed", "thu", "fri"]
    assert days_of_printing(plan_of()) == weekdays
    assert days_of_printing(plan_of(NO_FRIDAYS)) == ["mon", "tue", "wed", "thu", "sat"]
    told: Tree = {"sites": {"kanim": {"printing_days": weekdays}}}
    assert days_of_printing(plan_of(merged(NO_FRIDAYS, told))) == weekdays
    assert days_of_printing(plan_of(), "ukk_near") == [], "its books are printed at its parent"


def test_an_office_prints_on_no_holiday_unless_it_holds_sessions_on_them() -> None:
    plan, always = plan_of(), plan_of({"sites": {"kanim": {"sessions": {"weekdays": {"on_holidays": True}}}}})
    working = np.isin(np.arange(plan.n_days), plan.working_days)
    assert (plan.sites.prints[0] == working).all()
    weekdays = np.array([(plan.origin + dt.timedelta(days=day)).weekday() < 5 for day in range(plan.n_days)])
    assert working.sum() < weekdays.sum()
    assert (always.sites.prints[0] == weekdays).all()


def test_an_office_goes_on_printing_while_its_sessions_are_suspended_or_have_ended() -> None:
    words = {"suspended": [{"from": "2023-05-08", "to": "2023-05-21"}]}
    shut: Tree = {"sites": {"kanim": {"sessions": {"weekdays": words}}}}
    ended: Tree = {"sites": {"kanim": {"sessions": {"weekdays": {"days": ["wed"], "to": "2023-05-05"}}}}}
    assert days_of_printing(plan_of(shut)) == ["mon", "tue", "wed", "thu", "fri"]
    assert days_of_printing(plan_of(ended)) == ["mon", "tue", "wed", "thu", "fri"]


def test_books_are_ready_on_the_days_of_printing_and_those_of_the_same_day_are_had_on_them_alone() -> None:
    told: Tree = {"sites": {"kanim": {"printing_days": ["mon", "tue", "wed", "thu", "fri"]}}}
    for words, on_saturdays in ((NO_FRIDAYS, True), (merged(NO_FRIDAYS, told), False)):
        plan = plan_of(merged(certain(), words))
        _, journeys = run(plan)
        own = (journeys.issued_at == 0) & (journeys.ready_ms != NONE) & (journeys.ready_ms < plan.horizon_ms)
        for at_once in (True, False):
            ready = journeys.ready_ms[own & ((journeys.handover == Handover.AT_ONCE) == at_once)] // DAY_MS
            weekdays = {(plan.origin + dt.timedelta(days=int(number))).weekday() for number in np.unique(ready)}
            assert (5 in weekdays) == on_saturdays, at_once
            assert (4 in weekdays) == (not on_saturdays and not at_once), at_once


def test_a_sub_office_has_no_days_of_printing() -> None:
    with pytest.raises(ValueError, match="printing_days at a site whose parent prints its books"):
        plan_of({"sites": {"ukk_near": {"printing_days": ["mon"]}}})


def test_printing_that_has_no_limit_cannot_return_by_and_by() -> None:
    words = outage(affects=["printing"], first="2023-04-03", last="2023-04-05")
    words["outages"]["failure"]["returns_over"] = 3
    with pytest.raises(DataError, match=r"outages\.failure\.returns_over: .* where it has no limit: kanim\n"):
        plan_of(merged(ROOMY, words))
    words["outages"]["failure"]["sites"] = ["ukk_near"]
    with pytest.raises(
        DataError, match=r"failure\.sites: .* where it has no limit: ukk_near, where nothing is printed"
    ):
        plan_of(merged(ROOMY, words))


def test_an_office_that_promises_all_it_can_print_is_refused() -> None:
    with pytest.raises(DataError, match=r"printing_per_day: 10 books a day, of which 10 are promised for the same day"):
        plan_of(merged(ROOMY, limited(0)))


def test_a_random_outage_strikes_an_office_with_all_places_whose_home_it_is() -> None:
    words = outage(affects=["intake"], per_year=60, days={1: 1.0})
    visits = [{"date": f"2023-04-{number:02d}", "place": "3.1"} for number in (3, 4, 5, 6, 10, 11, 12, 13, 14, 17, 18)]
    plan = plan_of(merged(ROOMY, words, with_programmes(van=programme(visits=visits))))
    closed, s = closed_sessions(plan, Source(1, 0)), plan.sessions
    van, home = plan.sites.id.index("van@3.1"), plan.sites.id.index("kanim")
    days = set(s.day[(s.site == home) & closed]) & set(s.day[s.site == van])
    assert days
    assert days == set(s.day[(s.site == van) & closed]) & set(s.day[s.site == home])
