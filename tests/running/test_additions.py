"""Claims of what only adds: new places and services do, and anything else that differs is no mere addition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.keeping.plan_files import pack_plans, read_adds
from sim.plan import Behaviour, Plan, Sessions
from sim.report.told import read_told
from sim.running import additions
from sim.running.additions import only_adds
from tests.cli.cases import call
from tests.model.small_province import plan_of

OPEN: Mapping[str, Any] = {"sites": {"ukk_far": {"in_service": "always"}}}


@pytest.fixture(scope="module")
def before() -> Plan:
    return plan_of()


@pytest.fixture(scope="module")
def after() -> Plan:
    return plan_of(OPEN)


def changed(overrides: Mapping[str, Any]) -> Plan:
    """The plan with the new sub-office, and something else that differs."""
    return plan_of({**OPEN, **overrides, "sites": {**OPEN["sites"], **overrides.get("sites", {})}})


def test_a_new_sub_office_only_adds_and_one_that_closes_does_not(before: Plan, after: Plan) -> None:
    assert only_adds(before, after)
    assert only_adds(before, before)
    assert not only_adds(after, before)


VAN: Mapping[str, Any] = {
    "programmes": {
        "van": {
            "name": "Van", "kind": "outreach", "home": "kanim", "days": ["tue"],
            "venue": {"road_node": "MID", "position": {"lat": 0, "lon": 0.5}},
            "intake": {"from": "09:00", "to": "12:00"}, "seats_every": "30 min", "quota": {"ordinary": 3},
            "counters": {"document": 1, "interview": 1}, "team": {"interview": 1, "other": 1}, "handover": "home",
        }
    },
    "sites": {"kanim": {"staff": None, "sessions": {"weekdays": {"counters": {"interview": 3}}}}},
}  # fmt: skip


def test_a_team_that_closes_counters_at_home_is_an_addition_where_teams_are_let_do_so() -> None:
    before = plan_of({"sites": VAN["sites"]})
    van = plan_of(VAN)
    assert not only_adds(before, van)
    assert only_adds(before, van, with_teams=True)
    assert not only_adds(van, before, with_teams=True)
    more = {**VAN, "booking": {"window": "40 days"}}
    assert not only_adds(before, plan_of(more), with_teams=True), "what people do differs as well"
    counters = {"kanim": {"staff": None, "sessions": {"weekdays": {"counters": {"interview": 2}}}}}
    assert not only_adds(before, plan_of({**VAN, "sites": counters}), with_teams=True), "so do counters at home"


def test_a_longer_stay_is_an_addition_and_a_shorter_one_is_not(before: Plan) -> None:
    from_may = plan_of({"sites": {"ukk_far": {"in_service": "by_date", "opened": "2023-05-01", "closed": None}}})
    from_april = plan_of({"sites": {"ukk_far": {"in_service": "by_date", "opened": "2023-04-01", "closed": None}}})
    assert (from_may.sites.days_in_service < from_april.sites.days_in_service).any()
    assert only_adds(from_may, from_april) and only_adds(before, from_may)
    assert not only_adds(from_april, from_may)


def test_an_outage_is_no_addition(before: Plan) -> None:
    stop = {"affects": ["printing"], "from": "2023-04-03", "to": "2023-04-07"}
    out = changed({"outages": {"failure": stop}})
    assert out.outages
    assert not only_adds(before, out)
    assert not only_adds(out, out)


@pytest.mark.parametrize(
    "overrides",
    [
        {"sites": {"kanim": {"printing_per_day": 40}}},
        {"sites": {"kanim": {"sessions": {"weekdays": {"counters": {"interview": 2}}}}}},
        {"sites": {"kanim": {"sessions": {"weekdays": {"quota": {"ordinary": 13}}}}}},
        {"sites": {"kanim": {"sessions": {"weekdays": {"collection": {"from": "10:00", "to": "15:30"}}}}}},
        {"sites": {"ukk_near": {"sending_days": {2: 1.0}}}},
        {"breaks": {"mon": {"from": "12:00", "to": "13:30"}}},
        {"issue": {"working_days": {3: 1.0}}},
        {"channels": {"accelerated": {"ready_after": "4 h"}}},
        {"collection": {"promised_days": 5}},
        {"collection": {"progress_check": {"enabled": True, "uptake": 0.5}}},
        {"collection": {"delivery": {"enabled": True, "fee": "Rp 20000", "days": {2: 1.0}, "taste": "Rp 1000"}}},
        {"choice": {"kind_constants": {"ukk": "Rp 30000"}}},
        {"service": {"interview": {"distribution": "gamma", "mean": "12 min", "cv": 0.5}}},
        {"travel": {"fare_per_km": "Rp 600"}},
        {"need": {"segments": {"general": {"per_year": 3001}}}},
    ],
    ids=lambda overrides: str(overrides)[:60],
)
def test_what_differs_besides_is_no_addition(before: Plan, overrides: Mapping[str, Any]) -> None:
    assert not only_adds(before, changed(overrides))


def test_every_field_of_what_both_have_is_compared(before: Plan, after: Plan) -> None:
    """One session, one field at a time; so of a field that a later version adds."""
    spared = {"first"}
    for name in {field.name for field in fields(Sessions)} - spared:
        column = getattr(after.sessions, name).copy()
        column[0] = ~column[0] if column.dtype == np.bool_ else column[0] + 1
        other = replace(after, sessions=replace(after.sessions, **{name: column}))
        assert not only_adds(before, other), name


def test_a_field_that_nobody_named_is_compared(before: Plan, after: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass(frozen=True)
    class Later(Behaviour):
        patience_at_counters: int = 0

    monkeypatch.setitem(additions.AXIS_OF_SITES, Later, additions.AXIS_OF_SITES[Behaviour])

    def later(plan: Plan, value: int) -> Plan:
        known = {field.name: getattr(plan.behaviour, field.name) for field in fields(Behaviour)}
        return replace(plan, behaviour=Later(**known, patience_at_counters=value))

    assert only_adds(later(before, 1), later(after, 1))
    assert not only_adds(later(before, 1), later(after, 2))


def test_a_team_that_closes_counters_of_its_office_takes_something_away(before: Plan, after: Plan) -> None:
    """Its sessions are new, and the counters close only on days on which somebody has booked it."""
    s = after.sessions
    new = int(np.flatnonzero(s.site == after.sites.id.index("ukk_far"))[0])
    at_home = np.full_like(s.home_session, -1)
    at_home[new] = 0
    takes = np.zeros_like(s.takes)
    nothing = replace(after, sessions=replace(s, home_session=at_home, takes=takes))
    assert only_adds(before, nothing)
    takes[new, 1] = 1
    assert not only_adds(before, replace(nothing, sessions=replace(nothing.sessions, takes=takes)))


def test_what_only_adds_is_kept_with_the_plans(before: Plan, after: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plans.npz"
    path.write_bytes(pack_plans({"small": before, "more": after}, [("small", "more")]))
    assert read_adds(path) == {("small", "more")}
    path.write_bytes(pack_plans({"small": before, "more": after}))
    assert read_adds(path) == frozenset()


def test_a_run_keeps_with_its_plans_whether_the_main_scenario_only_adds(folder: Path) -> None:
    plans = folder / "results" / "impact" / "plans.npz"
    assert call("run", "impact.yaml", "--workers", "1").exit_code == 0
    assert read_adds(plans) == {("before", "after")}
    assert read_told(plans.parent).evidence.only_adds
    with (folder / "after.yaml").open("a") as file:
        file.write("collection: {promised_days: 6}\n")
    assert call("run", "impact.yaml", "--workers", "1").exit_code == 0
    assert read_adds(plans) == frozenset()
    assert not read_told(plans.parent).evidence.only_adds
