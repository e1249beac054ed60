"""Sessions that are not held count nowhere: those an outage closes, and those on request that nobody asked for."""

from __future__ import annotations

import numpy as np
import pytest

from sim.draws import Draws
from sim.journeys import Journeys
from sim.measures.applicants import outcomes
from sim.measures.people import populations
from sim.measures.programmes import programmes
from sim.measures.sites import passports_by_month, sites
from sim.measures.tallies import sessions as tell
from sim.measures.team_days import team_days
from sim.plan import DAY_MS, DOCUMENT, INTERVIEW, Plan
from tests.measures.test_measures import Key, table
from tests.model.small_province import Tree, merged, plan_of, run
from tests.services.small_services import ROOMY, programme, site, with_programmes

CLOSED = {"outages": {"power": {"affects": ["intake"], "sites": ["kanim"], "from": "2023-03-06", "to": "2023-04-05"}}}
TEAM = {"document": 2, "interview": 3}
PRICES = {"costs": {"per_year": "Rp 0", "officer_day": "Rp 100000"}}


def told_of(overrides: Tree) -> tuple[Plan, Draws, Journeys, dict[Key, float]]:
    plan = plan_of(overrides)
    draws, j = run(plan)
    o = outcomes(plan, draws, j)
    months = passports_by_month(plan, j, o)
    rows = table(sites(plan, draws, j, tell(plan, j), months)) | table(
        programmes(plan, draws, j, months.sum(axis=1), populations(o))
    )
    return plan, draws, j, rows


def counted(plan: Plan, name: str) -> np.ndarray:
    s = plan.sessions
    inside = (s.day * DAY_MS >= plan.counted_from_ms) & (s.day * DAY_MS < plan.counted_to_ms)
    return np.flatnonzero(inside & (s.site == site(plan, name)) & (s.quota.sum(axis=1) > 0))


def minutes_of(plan: Plan, rows: np.ndarray) -> np.ndarray:
    """Staffed time of one counter in some sessions."""
    s = plan.sessions
    pause = np.maximum(np.minimum(s.closes, s.break_close) - np.maximum(s.intake_open, s.break_open), 0)
    return (s.closes - s.intake_open - pause)[rows]


def test_sessions_that_an_outage_closes_are_no_sessions_of_the_office() -> None:
    plan, draws, j, rows = told_of(merged(ROOMY, CLOSED))
    mine = counted(plan, "kanim")
    held = mine[~draws.closed[mine]]
    assert 10 < len(held) < len(mine) - 10
    assert rows["sessions", "site", "kanim", "count"] == len(held)
    told, s = tell(plan, j), plan.sessions
    quota = s.quota.sum(axis=1)
    assert rows["quota_use", "site", "kanim", "share"] == pytest.approx(told.booked[held].sum() / quota[held].sum())
    assert rows["visits_per_session", "site", "kanim", "mean"] == pytest.approx(told.visits[held].mean())
    for station, name, busy in (
        (INTERVIEW, "utilisation", told.interview_ms),
        (DOCUMENT, "utilisation_document", told.document_ms),
    ):
        staffed = (s.counters[held, station] * minutes_of(plan, held)).sum()
        assert rows[name, "site", "kanim", "share"] == pytest.approx(busy[held].sum() / staffed)


def test_officers_of_an_office_are_paid_on_days_on_which_an_outage_closes_it() -> None:
    found = [told_of(merged(ROOMY, {"sites": {"kanim": PRICES}}, more))[3] for more in ({}, CLOSED)]
    open_all, struck = found
    for key in (("officer_days", "site", "kanim", "count"), ("operating_rupiah", "programme", "kanim", "total")):
        assert struck[key] == open_all[key] > 0
    assert struck["team_days", "site", "kanim", "count"] < open_all["team_days", "site", "kanim", "count"] - 10


def test_a_team_that_an_outage_keeps_at_home_is_paid_as_it_was_to_go_and_was_out_on_no_such_day() -> None:
    prices = {"officer_day": "Rp 100000"}
    van = programme(rotation={"places": ["2.1"], "days": ["tue"]}, team={**TEAM, "other": 1}, costs=prices)
    everywhere = {"outages": {"power": {**CLOSED["outages"]["power"], "sites": None}}}
    del everywhere["outages"]["power"]["sites"]
    found, days = [], []
    for more in ({}, everywhere):
        plan, draws, j, rows = told_of(merged(ROOMY, {"sites": {"kanim": PRICES}}, with_programmes(van=van), more))
        o = outcomes(plan, draws, j)
        found.append(rows)
        days.append(table(team_days(plan, draws, j, o, populations(o)))["days_team_out", "site", "kanim", "count"])
    as_planned, struck = found
    for unit in ("van", "kanim"):
        assert (
            struck["officer_days", "programme", unit, "count"] == as_planned["officer_days", "programme", unit, "count"]
        )
    assert struck["team_days", "programme", "van", "count"] < as_planned["team_days", "programme", "van", "count"]
    assert days[1] == struck["team_days", "programme", "van", "count"] < days[0]
    assert days[0] == as_planned["team_days", "programme", "van", "count"]


def test_a_team_sets_out_for_whoever_has_booked_come_or_not() -> None:
    bedside = with_programmes(bedside=programme(audience="homebound", days=["tue"], reach="10 hours", team=TEAM))
    sick = {"need": {"segments": {name: {"homebound": 0.01} for name in ("religious", "general")}}}
    nobody = {"booking": {"no_show": 1.0, "rebook": 0.0}}
    _, _, _, rows = told_of(merged(ROOMY, bedside, sick, nobody))
    assert rows["team_days", "programme", "bedside", "count"] > 0
    assert rows["team_km", "programme", "bedside", "total"] > 0


@pytest.fixture(scope="module")
def asked() -> tuple[Plan, Draws, Journeys, dict[Key, float]]:
    """A team that calls on those who cannot leave home, on some days, and takes counters along."""
    bedside = with_programmes(bedside=programme(audience="homebound", days=["tue"], reach="10 hours", team=TEAM))
    sick = {"need": {"segments": {name: {"homebound": 0.01} for name in ("religious", "general")}}}
    return told_of(merged(ROOMY, bedside, sick))


def test_days_on_request_that_nobody_asked_for_are_no_sessions(
    asked: tuple[Plan, Draws, Journeys, dict[Key, float]],
) -> None:
    plan, _, j, rows = asked
    mine = counted(plan, "bedside")
    came = np.isin(mine, j.session) | np.isin(mine, j.visit_session) | np.isin(mine, j.missed_session)
    assert 0 < came.sum() < len(mine)
    assert rows["sessions", "site", "bedside", "count"] == came.sum()
    assert rows["team_days", "programme", "bedside", "count"] == came.sum()
    told = tell(plan, j)
    slots = plan.sessions.quota.sum(axis=1)[mine[came]].sum()
    assert rows["quota_use", "site", "bedside", "share"] == pytest.approx(told.booked[mine[came]].sum() / slots)


def test_counters_that_a_team_on_request_takes_along_are_no_staffed_time_at_home(
    asked: tuple[Plan, Draws, Journeys, dict[Key, float]],
) -> None:
    plan, _, j, rows = asked
    mine, s = counted(plan, "kanim"), plan.sessions
    team = counted(plan, "bedside")
    out = team[np.isin(team, j.session) | np.isin(team, j.visit_session) | np.isin(team, j.missed_session)]
    away = np.isin(mine, s.home_session[out])
    assert away.sum() == len(out)
    counters = s.counters[mine, INTERVIEW] - away * TEAM["interview"]
    busy = tell(plan, j).interview_ms[mine].sum()
    assert rows["utilisation", "site", "kanim", "share"] == pytest.approx(
        busy / (counters * minutes_of(plan, mine)).sum()
    )
