"""Queueing and overtime week by week, against sums over all people and sessions one by one."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict

import pytest

from sim.measures.applicants import outcomes
from sim.measures.held import held_sessions
from sim.measures.sites import passports_by_month, sites
from sim.measures.tallies import sessions
from sim.measures.weeks import queues_by_week
from sim.plan import DAY_MS, MINUTE_MS, NONE
from tests.measures.handmade import table
from tests.model.small_province import Tree, merged, plan_of, run

SLOW: Tree = {"sites": {"kanim": {"sessions": {"weekdays": {"counters": {"interview": 1, "document": 1}}}}}}
CLOSED: Tree = {
    "outages": {"power": {"affects": ["intake"], "sites": ["kanim"], "from": "2023-03-20", "to": "2023-03-26"}}
}


def monday_of(plan_origin: dt.date, day: int) -> str:
    date = plan_origin + dt.timedelta(days=day)
    return (date - dt.timedelta(days=date.weekday())).isoformat()


@pytest.mark.parametrize("overrides", [SLOW, merged(SLOW, CLOSED)], ids=["open", "a week closed"])
def test_queueing_by_week_is_of_everybody_who_came_in_it_whenever_their_need_arose(overrides: Tree) -> None:
    plan = plan_of(overrides)
    draws, j = run(plan)
    o = outcomes(plan, draws, j)
    found = table(queues_by_week(plan, sessions(plan, j)))
    waits: dict[tuple[str, str], list[float]] = defaultdict(list)
    uncounted = 0
    for a in range(j.applicants):
        row = j.visit_session[a]
        if row == NONE or math.isnan(o.wait_minutes[a]):
            continue
        week = monday_of(plan.origin, int(plan.sessions.day[row]))
        waits["week", week].append(o.wait_minutes[a])
        waits["site_week", f"{plan.sites.id[plan.sessions.site[row]]} {week}"].append(o.wait_minutes[a])
        uncounted += not o.counted[a]
    of_waits = {
        key: value for key, value in found.items() if key[0] == "wait_minutes" and key[1] in ("week", "site_week")
    }
    weeks = [unit for _, level, unit, statistic in of_waits if level == "week" and statistic == "mean"]
    first, last = (
        plan.origin + dt.timedelta(days=ms // DAY_MS) for ms in (plan.counted_from_ms, plan.counted_to_ms - 1)
    )
    assert min(weeks) <= first.isoformat() < max(weeks) <= last.isoformat()
    assert uncounted > 50
    for (_, level, unit, statistic), value in of_waits.items():
        those = waits[level, unit]
        if statistic == "count":
            assert value == len(those)
        elif those:
            assert value == pytest.approx(sum(those) / len(those), rel=1e-12)
        else:
            assert math.isnan(value)
    assert (found["wait_minutes", "site_week", "kanim 2023-03-20", "count"] == 0) == (overrides is not SLOW)


def test_overtime_by_week_is_of_the_sessions_held_in_it_and_their_mean_is_that_of_the_site() -> None:
    plan = plan_of(merged(SLOW, CLOSED))
    draws, j = run(plan)
    found = table(sites(plan, draws, j, sessions(plan, j), passports_by_month(plan, j, outcomes(plan, draws, j))))
    held, over = held_sessions(plan, draws, j), sessions(plan, j).over_ms / MINUTE_MS
    by_week: dict[str, list[float]] = defaultdict(list)
    for row in held.nonzero()[0].tolist():
        unit = f"{plan.sites.id[plan.sessions.site[row]]} {monday_of(plan.origin, int(plan.sessions.day[row]))}"
        by_week[unit].append(over[row])
    told = {
        unit: value
        for (name, level, unit, _), value in found.items()
        if (name, level) == ("overtime_minutes", "site_week")
    }
    assert max(value for value in told.values() if not math.isnan(value)) > 0
    for unit, value in told.items():
        assert value == pytest.approx(sum(by_week[unit]) / len(by_week[unit])) if by_week[unit] else math.isnan(value)
    assert math.isnan(told["kanim 2023-03-20"])
    mine = [unit for unit in told if unit.startswith("kanim ")]
    assert set(mine) >= {unit for unit in by_week if unit.startswith("kanim ")}
    total = sum(sum(by_week[unit]) for unit in mine) / sum(len(by_week[unit]) for unit in mine)
    assert found["overtime_minutes", "site", "kanim", "mean"] == pytest.approx(total)
