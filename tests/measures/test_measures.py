"""Measures of people, sites, access and gains, with known answers."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim import jit
from sim.draws import Draws
from sim.experiment.summarise import OWN_DIFFERENCES
from sim.journeys import Journeys, Status, compact
from sim.measures.access import access
from sim.measures.all import measure
from sim.measures.applicants import outcomes
from sim.measures.flows import flows
from sim.measures.gains import gains
from sim.measures.outcomes import Outcomes
from sim.measures.people import people, populations
from sim.measures.reach import everybody, reach
from sim.measures.rows import FLOW, Rows
from sim.measures.sites import passports, passports_by_month, sites
from sim.measures.stages import STAGES
from sim.measures.tallies import sessions
from sim.measures.weeks import waiting
from sim.plan import DAY_MS, MINUTE_MS, NONE, Plan
from tests.measures.handmade import NEAR, OFFICE, Key, Story, clock, dense, session, story, table
from tests.model.small_province import plan_of, run


@pytest.fixture(scope="module")
def told() -> Story:
    return story()


# --------------------------------------------------------------------------------------------------------- people


@pytest.fixture(scope="module")
def of_people(told: Story) -> dict[Key, float]:
    o = outcomes(told.plan, told.draws, told.journeys)
    return table(people(told.plan, told.draws, told.journeys, o, populations(o)))


def test_need_is_counted_and_shared_out_among_fates(of_people: dict[Key, float]) -> None:
    province = ("province", "province")
    assert of_people["need", *province, "count"] == 6
    assert of_people["applicants", *province, "count"] == 5
    assert of_people["served", *province, "count"] == 4
    shares = {name: of_people[f"{name}_share", *province, "share"] for name in ("served", "deterred", "lost")}
    assert shares == pytest.approx({"served": 4 / 6, "deterred": 1 / 6, "lost": 1 / 6})
    assert of_people["unserved_share", *province, "share"] == 0
    assert of_people["under_way_share", *province, "share"] == 0


def test_people_are_counted_where_they_live_and_where_they_apply(of_people: dict[Key, float]) -> None:
    assert {code: of_people["need", "regency", code, "count"] for code in "123"} == {"1": 2, "2": 2, "3": 2}
    assert of_people["need", "district", "2.2", "count"] == 1
    assert of_people["deterred_share", "regency", "2", "share"] == 0.5
    assert of_people["applicants", "site", "kanim", "count"] == 4
    assert of_people["applicants", "site", "ukk_near", "count"] == 1
    assert ("need", "site", "kanim", "count") not in of_people
    assert ("deterred_share", "site", "kanim", "share") not in of_people


def test_flows_lead_from_where_people_live_to_where_they_booked(told: Story) -> None:
    found = outcomes(told.plan, told.draws, told.journeys)
    of_pairs = table(flows(told.plan, told.journeys, found))
    assert {key[:2] for key in of_pairs} == {("applicants", FLOW)}
    assert sum(of_pairs.values()) == 5
    assert sum(value for key, value in of_pairs.items() if key[2].endswith(" ukk_near")) == 1


def test_flows_add_up_to_the_applicants_of_each_site_and_to_those_of_each_district_who_got_a_slot() -> None:
    plan = plan_of()
    draws, journeys = run(plan)
    found = outcomes(plan, draws, journeys)
    counts = table(people(plan, draws, journeys, found, populations(found)))
    of_pairs = [(*key[2].split(" "), value) for key, value in table(flows(plan, journeys, found)).items()]
    for site in plan.sites.id:
        assert sum(pair[2] for pair in of_pairs if pair[1] == site) == counts["applicants", "site", site, "count"]
    without = found.applied & found.counted & (journeys.appointment_ms == NONE) & (journeys.session == NONE)
    for row, code in enumerate(plan.districts.code):
        booked = counts["applicants", "district", code, "count"] - without[found.district == row].sum()
        assert sum(pair[2] for pair in of_pairs if pair[0] == code) == booked


def test_means_medians_and_totals_are_over_those_who_have_the_value(of_people: dict[Key, float]) -> None:
    waits = [30, 45, 0, 5]
    assert of_people["wait_minutes", "province", "province", "mean"] == np.mean(waits)
    assert of_people["wait_minutes", "province", "province", "median"] == np.median(waits)
    assert of_people["wait_minutes", "province", "province", "p90"] == pytest.approx(np.quantile(waits, 0.9))
    assert of_people["wait_minutes", "site", "kanim", "mean"] == 25
    assert of_people["travel_hours", "regency", "3", "total"] == pytest.approx(6 * (5 + 1 / 3))
    assert of_people["trips", "province", "province", "mean"] == 7 / 4
    assert np.isnan(of_people["wait_minutes", "district", "2.2", "mean"])
    assert of_people["lead_days", "site", "ukk_near", "mean"] == 1
    assert of_people["days_to_passport", "kind", "channel:accelerated", "mean"] == 1


def test_the_kinds_are_segments_channels_passports_applications_and_mobility(of_people: dict[Key, float]) -> None:
    kinds = {
        unit: value for (measure, level, unit, _), value in of_people.items() if (measure, level) == ("need", "kind")
    }
    assert kinds == {
        "segment:religious": 6,
        "segment:general": 0,
        "channel:ordinary": 5,
        "channel:priority": 0,
        "channel:accelerated": 1,
        "passport:ordinary": 6,
        "passport:electronic": 0,
        "application:new": 6,
        "application:replacement": 0,
        "mobility:able": 6,
        "mobility:homebound": 0,
    }


def test_lead_days_by_week_are_those_of_the_week_of_need(of_people: dict[Key, float]) -> None:
    # Day 15 and 16 are in the week of Monday 13 March 2023.
    assert of_people["lead_days", "week", "2023-03-13", "mean"] == np.mean([4, 4, 1, 1])
    assert of_people["lead_days", "week", "2023-03-13", "count"] == 4
    assert of_people["lead_days", "site_week", "kanim 2023-03-13", "mean"] == 3


def test_gini_is_of_the_hours_of_the_served(told: Story, of_people: dict[Key, float]) -> None:
    hours = outcomes(told.plan, told.draws, told.journeys).travel_hours[1:5]
    pairs = np.abs(hours[:, None] - hours[None, :]).mean() / (2 * hours.mean())
    assert of_people["gini_travel_hours", "province", "province", "mean"] == pytest.approx(pairs)


# ---------------------------------------------------------------------------------------------------------- sites


def _of_story(
    part: Callable[[Plan, Draws, Journeys, Outcomes], Rows], told: Story, journeys: Journeys
) -> dict[Key, float]:
    return table(part(told.plan, told.draws, journeys, outcomes(told.plan, told.draws, journeys)))


def _of_sites(plan: Plan, draws: Draws, journeys: Journeys, o: Outcomes) -> Rows:
    return sites(plan, draws, journeys, sessions(plan, journeys), passports_by_month(plan, journeys, o))


def _passports(plan: Plan, _: Draws, journeys: Journeys, o: Outcomes) -> Rows:
    return passports(plan, passports_by_month(plan, journeys, o))


@pytest.fixture(scope="module")
def of_sites(told: Story) -> dict[Key, float]:
    return _of_story(_of_sites, told, told.journeys)


def _counted_sessions(plan: Plan, site: int) -> np.ndarray:
    s = plan.sessions
    counted = (s.day * DAY_MS >= plan.counted_from_ms) & (s.day * DAY_MS < plan.counted_to_ms)
    return np.flatnonzero(counted & (s.site == site))


def test_utilisation_is_busy_time_over_staffed_time_without_breaks(told: Story, of_sites: dict[Key, float]) -> None:
    rows = _counted_sessions(told.plan, OFFICE)
    weekday = (told.plan.origin.weekday() + told.plan.sessions.day[rows]) % 7
    staffed = np.where(weekday == 4, 8 - 1.5, 8 - 1).sum() * 60
    assert of_sites["utilisation", "site", "kanim", "share"] == pytest.approx((10 + 10 + 15) / staffed)
    assert of_sites["utilisation_document", "site", "kanim", "share"] == pytest.approx((5 + 5 + 5) / staffed)
    handing_out = np.where(weekday == 4, 6.5 - 1.5, 6.5 - 1).sum() * 60
    assert of_sites["utilisation_collection", "site", "kanim", "share"] == pytest.approx(4 / handing_out)


def test_the_break_of_a_friday_reaches_over_the_end_of_a_morning_session(
    told: Story, of_sites: dict[Key, float]
) -> None:
    rows = _counted_sessions(told.plan, NEAR)
    weekday = (told.plan.origin.weekday() + told.plan.sessions.day[rows]) % 7
    staffed = np.where(weekday == 4, 3.5, 4).sum() * 60
    assert of_sites["utilisation", "site", "ukk_near", "share"] == pytest.approx(10 / staffed)


def test_quota_use_counts_slots_that_were_missed(told: Story, of_sites: dict[Key, float]) -> None:
    offered = 21 * len(_counted_sessions(told.plan, OFFICE))
    assert of_sites["quota_use", "site", "kanim", "share"] == pytest.approx(4 / offered)
    j = told.journeys
    again, later = np.array(j.session), np.array(j.booked_ms)
    again[6], later[6] = session(told.plan, OFFICE, 20), later[6] + DAY_MS
    twice = _of_story(_of_sites, told, j._replace(session=again, booked_ms=later))
    assert twice["quota_use", "site", "kanim", "share"] == pytest.approx(5 / offered)


def test_overtime_is_work_after_the_end_of_staffed_time(told: Story) -> None:
    j = told.journeys
    late = np.array(j.interview_end_ms)
    late[1] = clock(19, 16, 24)
    rows = _of_story(_of_sites, told, j._replace(interview_end_ms=late))
    held = len(_counted_sessions(told.plan, OFFICE))
    assert rows["overtime_minutes", "site", "kanim", "mean"] == pytest.approx(24 / held)
    assert rows["sessions", "site", "kanim", "count"] == held
    assert rows["overtime_minutes", "site", "ukk_near", "mean"] == 0


def test_visits_count_returns_too(told: Story, of_sites: dict[Key, float]) -> None:
    assert of_sites["visits_per_session", "site", "kanim", "mean"] == 3 / len(_counted_sessions(told.plan, OFFICE))
    assert of_sites["visits_per_session", "site", "ukk_near", "mean"] == 2 / len(_counted_sessions(told.plan, NEAR))
    assert of_sites["visits_per_session", "site", "kanim", "median"] == 0


def test_passports_are_counted_by_day_of_interview_at_site_and_printing_office(told: Story) -> None:
    rows = _of_story(_passports, told, told.journeys)
    assert rows["passports", "province", "province", "count"] == 4
    assert rows["passports", "site", "kanim", "count"] == 3
    assert rows["passports", "site", "ukk_near", "count"] == 1
    assert rows["passports", "office", "kanim", "count"] == 4
    assert rows["passports", "office_month", "kanim 2023-03", "count"] == 4
    assert rows["passports", "office_month", "kanim 2023-04", "count"] == 0
    assert [rows["passports_to_date", "office_month", f"kanim 2023-0{month}", "count"] for month in (3, 4)] == [4, 4]
    assert ("passports", "office", "ukk_near", "count") not in rows


def test_passports_of_interviews_outside_the_counted_days_are_not_counted(told: Story) -> None:
    j = told.journeys
    shifted = np.where(j.interview_end_ms == NONE, NONE, j.interview_end_ms - 5 * DAY_MS)
    rows = _of_story(_passports, told, j._replace(interview_end_ms=shifted))
    assert rows["passports", "province", "province", "count"] == 3
    short = dataclasses.replace(told.plan, counted_to_ms=17 * DAY_MS)
    rows = _of_story(_passports, dataclasses.replace(told, plan=short), j)
    assert rows["passports", "province", "province", "count"] == 1


# --------------------------------------------------------------------------------------------------------- access


def test_coverage_is_the_share_of_people_near_a_session_over_the_days_with_one() -> None:
    plan = plan_of({"sites": {"ukk_near": {"in_service": "never"}}, "period": {"to": "2023-04-20"}})
    rows = table(access(plan, (15, 60, 90)))
    assert rows["coverage_15_min", "province", "province", "share"] == pytest.approx(0.6)
    assert rows["coverage_60_min", "province", "province", "share"] == pytest.approx(0.6)
    assert rows["coverage_90_min", "province", "province", "share"] == pytest.approx(0.75)
    assert rows["coverage_90_min", "regency", "2", "share"] == pytest.approx(0.6)
    assert rows["nearest_minutes", "district", "1.1", "mean"] == pytest.approx(0.16 * 60)
    assert rows["nearest_minutes", "regency", "3", "mean"] == pytest.approx(320)


def test_a_site_open_on_some_of_the_days_covers_its_people_on_those() -> None:
    plan = plan_of({"period": {"to": "2023-04-20"}})
    days = {site: set(plan.sessions.day[_counted_sessions(plan, site)].tolist()) for site in (OFFICE, NEAR)}
    share = len(days[NEAR]) / len(days[OFFICE] | days[NEAR])
    assert 0.4 < share < 0.7
    rows = table(access(plan, (30,)))
    assert rows["coverage_30_min", "province", "province", "share"] == pytest.approx(0.6 + 0.15 * share)
    assert rows["nearest_minutes", "district", "2.1", "mean"] == pytest.approx((1 - share) * 80)


def test_a_road_that_opens_in_the_period_counts_from_that_day_on() -> None:
    plan = plan_of({"sites": {"ukk_near": {"in_service": "never"}}})
    held = plan.sessions.day[_counted_sessions(plan, OFFICE)]
    share = (held * DAY_MS >= plan.travel.starts[1]).mean()
    assert 0.1 < share < 0.4
    rows = table(access(plan, (60,)))
    assert rows["coverage_60_min", "regency", "2", "share"] == pytest.approx(0.6 * share)
    minutes = 80 * (1 - share) + 55 / 90 * 60 * share
    assert rows["nearest_minutes", "district", "2.1", "mean"] == pytest.approx(minutes)


def test_sessions_without_a_quota_or_outside_the_counted_days_cover_nobody() -> None:
    nothing = {"quota": {"ordinary": 0, "priority": 0, "accelerated": 0}}
    plan = plan_of({"sites": {"ukk_near": {"sessions": {"weekdays": nothing}}}})
    alone = plan_of({"sites": {"ukk_near": {"in_service": "never"}}})
    assert table(access(plan, (30, 90))) == table(access(alone, (30, 90)))
    early = plan_of({"sites": {"ukk_near": {"closed": "2023-03-15"}}})
    assert table(access(early, (30, 90))) == table(access(alone, (30, 90)))


def test_access_is_unknown_where_no_session_is_on_a_counted_day() -> None:
    only = {"in_service": "by_date", "closed": "2023-03-15"}
    plan = plan_of({"sites": {"kanim": only, "ukk_near": {"in_service": "never"}}})
    found = reach(plan, everybody(plan))
    assert found.minutes.shape == found.nearest_days().shape == (0, 4)
    rows = table(access(plan, (60,)))
    assert rows["coverage_60_min", "province", "province", "share"] == 0
    assert np.isnan(rows["nearest_minutes", "province", "province", "mean"])
    draws, journeys = run(plan)
    measure(plan, draws, journeys, (60,))


# ---------------------------------------------------------------------------------------------------------- gains


def _other(j: Journeys, **changes: Any) -> Journeys:
    columns = dense(j)
    for name, (rows, value) in changes.items():
        columns[name][rows] = value
    return compact(columns)


def test_gains_are_each_person_against_themselves_over_those_served_in_both(told: Story) -> None:
    plan, draws, j = told.plan, told.draws, told.journeys
    before = outcomes(plan, draws, j)
    # 3 now gets the passport an hour sooner, on a trip of 3 minutes, and is called 2 minutes later to the interview;
    # 4 loses it; 5 gets it; 6 is as before.
    after = outcomes(
        plan,
        draws,
        _other(
            j,
            status=([4, 5], [Status.LOST_UNCOLLECTED, Status.COLLECTED]),
            collect_end_ms=([3, 5], [j.collect_end_ms[3] - 3_600_000, clock(20, 9)]),
            trip_ms=(([3], [0]), 3 * MINUTE_MS),
            interview_start_ms=(([3], [0]), j.interview_start_ms[3] + 2 * MINUTE_MS),
        ),
    )
    rows = table(gains(plan, before, after))
    province = ("province", "province")
    assert rows["days_saved", *province, "count"] == 3
    assert rows["days_saved", *province, "total"] == pytest.approx(1 / 24)
    assert rows["days_saved", *province, "mean"] == pytest.approx(1 / 24 / 3)
    assert rows["travel_hours_saved", "regency", "1", "total"] == pytest.approx(2 * (0.16 - 0.05))
    assert rows["travel_hours_saved", "regency", "3", "total"] == 0
    assert rows["cost_rupiah_saved", "regency", "1", "total"] == pytest.approx(10_000 * (2 * 0.11 + 1))
    assert rows["wait_minutes_saved", *province, "total"] == pytest.approx(-2)
    assert rows["wait_minutes_saved", *province, "mean"] == pytest.approx(-2 / 3)
    assert rows["wait_minutes_saved", "regency", "3", "total"] == 0
    assert rows["now_apply", *province, "count"] == 1
    assert rows["no_longer_apply", *province, "count"] == 0
    assert rows["now_served", *province, "count"] == 1
    assert rows["no_longer_served", *province, "count"] == 1
    assert rows["now_served", "regency", "2", "count"] == 1
    assert not any(level == "district" for _, level, _, _ in rows)


def test_days_saved_are_those_of_all_stages_and_only_the_stage_that_changed_saves_any(told: Story) -> None:
    before = outcomes(told.plan, told.draws, told.journeys)
    changed = ([1, 2], told.journeys.ready_ms[[1, 2]] - DAY_MS)
    after = outcomes(told.plan, told.draws, _other(told.journeys, ready_ms=changed))
    rows = table(gains(told.plan, before, after))
    saved = {stage: rows[f"{stage}_saved", "province", "province", "mean"] for stage in STAGES}
    assert saved == pytest.approx(dict(zip(STAGES, (0, 0, 0.5, -0.5), strict=True)))
    assert sum(saved.values()) == pytest.approx(rows["days_saved", "province", "province", "mean"])
    both = before.counted & before.served
    total = sum(rows[f"{stage}_before", "province", "province", "mean"] for stage in STAGES)
    assert total == pytest.approx(before.days_to_passport[both].mean())


def test_stages_of_a_site_add_up_to_its_days_to_the_passport() -> None:
    plan = plan_of()
    rows, _ = measure(plan, *run(plan), (60,))
    found = table(rows)
    for unit in [("province", "province"), *(("site", site) for site in plan.sites.id)]:
        days = sum(found[stage, *unit, "mean"] for stage in STAGES)
        assert days == pytest.approx(found["days_to_passport", *unit, "mean"], nan_ok=True)


def test_nobody_gains_from_no_change() -> None:
    plan = plan_of()
    draws, j = run(plan)
    rows = table(gains(plan, outcomes(plan, draws, j), outcomes(plan, draws, j)))
    own = [key for key in rows if key[3] != "count" or key[0].startswith(("now", "no_longer"))]
    changes = [key for key in own if not key[0].endswith("_before")]
    assert {name for name, *_ in changes} == set(OWN_DIFFERENCES)
    assert {statistic for *_, statistic in changes} == {"mean", "total", "count"}
    assert not any(rows[key] for key in changes if not np.isnan(rows[key]))
    assert rows["travel_hours_saved", "province", "province", "mean"] == 0


# ------------------------------------------------------------------------------------------------------ a real run


def test_a_real_run_gives_each_row_once_and_shares_that_add_up() -> None:
    plan = plan_of()
    draws, j = run(plan)
    rows, o = measure(plan, draws, j, (60, 120))
    found = table(rows)
    province = ("province", "province", "share")
    fates = ("served", "deterred", "unserved", "lost", "under_way")
    assert sum(found[f"{name}_share", *province] for name in fates) == pytest.approx(1)
    assert found["need", "province", "province", "count"] == o.counted.sum()
    for name in ("need", "served", "applicants"):
        for level in ("regency", "district"):
            parts = [value for (m, where, _, s), value in found.items() if (m, where, s) == (name, level, "count")]
            assert sum(parts) == found[name, "province", "province", "count"]
    at_sites = [value for (m, where, _, _), value in found.items() if (m, where) == ("passports", "site")]
    assert sum(at_sites) == found["passports", "province", "province", "count"]


def test_people_wait_for_the_interview_then_for_the_book_and_get_it_in_a_week(told: Story) -> None:
    # Weeks begin on days 12, 19 and 26. Three in need on day 15 are interviewed on day 19; who never is does not count.
    # One passport is had at once on day 16; of the three interviews of day 19 two books are ready on day 22 and fetched
    # on day 23, and the third, ready on day 26 here, is fetched that day.
    ready = told.journeys.ready_ms.copy()
    ready[4] = clock(26, 10)
    found = _of_story(waiting, told, told.journeys._replace(ready_ms=ready))
    units = [(told.plan.origin + dt.timedelta(days=day)).isoformat() for day in (12, 19, 26)]
    assert units[0] == min(week for _, level, week, _ in found if level == "week") == "2023-03-13"
    assert [found["interviews_waiting", "week", week, "count"] for week in units] == [3, 0, 0]
    assert [found["handed_over", "week", week, "count"] for week in units] == [1, 2, 1]
    assert [found["books_waiting", "week", week, "count"] for week in units] == [0, 1, 0]


def test_weeks_of_a_real_run_begin_on_monday() -> None:
    plan = plan_of()
    draws, j = run(plan)
    o = outcomes(plan, draws, j)
    found = table(people(plan, draws, j, o, populations(o)))
    day = pd.Timestamp(plan.origin) + pd.to_timedelta(o.need_ms // DAY_MS, unit="D")
    frame = pd.DataFrame({"week": day - pd.to_timedelta(day.day_of_week, unit="D"), "lead": o.lead_days})
    frame["days"] = o.days_to_passport
    for monday, lead in frame[o.counted].groupby("week")["lead"].mean().items():
        assert found["lead_days", "week", f"{monday:%Y-%m-%d}", "mean"] == pytest.approx(lead)
    # Some of the served have missed an appointment, and have no lead days.
    assert (o.counted & o.served & np.isnan(o.lead_days)).any()
    for monday, days in frame[o.counted & o.served].groupby("week")["days"]:
        at = "days_to_passport", "week", f"{monday:%Y-%m-%d}"
        assert found[*at, "mean"] == pytest.approx(days.mean())
        assert found[*at, "count"] == len(days)


def test_the_means_of_a_real_run_are_those_of_pandas() -> None:
    plan = plan_of()
    draws, j = run(plan)
    rows, o = measure(plan, draws, j, (60,))
    found = table(rows)
    frame = pd.DataFrame({"regency": plan.districts.regency[o.district], "site": j.site, "hours": o.travel_hours})
    frame = frame[o.counted & o.served]
    for code, mean in frame.groupby("regency")["hours"].mean().items():
        assert found["travel_hours", "regency", plan.regencies.code[int(code)], "mean"] == pytest.approx(mean)  # type: ignore[call-overload]
    for site, p90 in frame.groupby("site")["hours"].quantile(0.9).items():
        assert found["travel_hours", "site", plan.sites.id[int(site)], "p90"] == pytest.approx(p90)  # type: ignore[call-overload]


# --------------------------------------------------------------------------------------- what is asked for by name


@pytest.fixture(scope="module")
def measured() -> tuple[Plan, Draws, Journeys, dict[Key, float]]:
    plan = plan_of()
    draws, journeys = run(plan)
    return plan, draws, journeys, table(measure(plan, draws, journeys, (60, 120))[0])


def test_all_measures_are_the_same_to_the_last_bit_where_nothing_is_compiled(
    measured: tuple[Plan, Draws, Journeys, dict[Key, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, draws, journeys, rows = measured
    monkeypatch.setattr(jit, "available", lambda: False)
    monkeypatch.setattr(jit, "compiled", lambda function: function)
    plain = table(measure(plan, draws, journeys, (60, 120))[0])
    assert plain.keys() == rows.keys()
    np.testing.assert_array_equal(list(plain.values()), list(rows.values()))


def test_what_is_asked_for_by_name_is_what_it_is_where_everything_is_measured(
    measured: tuple[Plan, Draws, Journeys, dict[Key, float]],
) -> None:
    plan, draws, journeys, everything = measured
    for name in {(key[0], key[3]) for key in everything}:
        some = table(measure(plan, draws, journeys, (60, 120), frozenset({name}))[0])
        expected = {key: value for key, value in everything.items() if (key[0], key[3]) == name}
        wanted = {key: value for key, value in some.items() if (key[0], key[3]) == name}
        assert wanted.keys() == expected.keys(), name
        np.testing.assert_array_equal(list(wanted.values()), [expected[key] for key in wanted])


def test_little_is_measured_where_little_is_asked_for(
    measured: tuple[Plan, Draws, Journeys, dict[Key, float]],
) -> None:
    plan, draws, journeys, _ = measured
    some = table(measure(plan, draws, journeys, (60,), frozenset({("deterred_share", "share")}))[0])
    coverage = {"coverage_60_min", "nearest_minutes"}
    assert {key[0] for key in some} - coverage == {"deterred_share"}


def test_gains_that_are_asked_for_are_those_where_all_are_taken(told: Story) -> None:
    found = outcomes(told.plan, told.draws, told.journeys)
    everything = table(gains(told.plan, found, found))
    wanted = frozenset({("travel_hours_saved", "total"), ("now_apply", "count")})
    some = table(gains(told.plan, found, found, wanted))
    assert some == {key: value for key, value in everything.items() if (key[0], key[3]) in wanted}
