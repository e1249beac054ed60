"""Days on which teams are out: told apart by whether counters close at the office, whoever else it is."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.applicants import outcomes
from sim.measures.people import populations
from sim.measures.team_days import DAYS, MEASURES, OUT, REST, team_days
from sim.plan import DAY_MS, Plan
from tests.measures.test_measures import Key, table
from tests.model.small_province import Tree, merged, plan_of, run
from tests.services.small_services import ROOMY, programme, site, with_programmes


def told_of(overrides: Tree) -> tuple[Plan, dict[Key, float], dict[bool, list[float]]]:
    """Rows of a year's people, and the waits at the office on Tuesdays and on other days, one by one."""
    plan = plan_of(overrides)
    draws, journeys = run(plan)
    found = outcomes(plan, draws, journeys)
    rows = table(team_days(plan, draws, journeys, found, populations(found)))
    waits: dict[bool, list[float]] = {True: [], False: []}
    for a in range(journeys.applicants):
        row = journeys.first("visit_session")[a]
        if found.counted[a] and not np.isnan(found.wait_minutes[a]) and plan.sessions.site[row] == site(plan, "kanim"):
            weekday = (plan.origin.weekday() + int(plan.sessions.day[row])) % 7
            waits[weekday == 1].append(found.wait_minutes[a])
    return plan, rows, waits


VAN = programme(rotation={"places": ["2.1"], "days": ["tue"]})


@pytest.fixture(scope="module")
def van() -> tuple[Plan, dict[Key, float], dict[bool, list[float]]]:
    return told_of(merged(ROOMY, with_programmes(van={**VAN, "team": {"document": 2, "interview": 4}})))


def test_waits_on_days_of_a_team_are_told_apart_from_those_of_other_days(van: tuple) -> None:  # type: ignore[type-arg]
    _, rows, waits = van
    assert rows[OUT, "site", "kanim", "mean"] == pytest.approx(np.mean(waits[True]), rel=1e-12)
    assert rows[REST, "site", "kanim", "mean"] == pytest.approx(np.mean(waits[False]), rel=1e-12)
    assert rows[OUT, "site", "kanim", "mean"] > rows[REST, "site", "kanim", "mean"], "one counter in place of five"


def test_days_of_a_team_are_counted_days_on_which_it_is_out(van: tuple) -> None:  # type: ignore[type-arg]
    plan, rows, _ = van
    days = plan.sessions.day[plan.sessions.site == site(plan, "van@2.1")]
    counted = (days * DAY_MS >= plan.counted_from_ms) & (days * DAY_MS < plan.counted_to_ms)
    assert 0 < rows[DAYS, "site", "kanim", "count"] == counted.sum() < len(days)


def test_offices_that_send_nobody_have_no_days_of_teams(van: tuple) -> None:  # type: ignore[type-arg]
    _, rows, _ = van
    means = {(measure, "site", "kanim", of) for measure in MEASURES[1:] for of in ("mean", "count")}
    assert set(rows) == {(DAYS, "site", "kanim", "count"), *means}
    for words in ({"overtime": True, "team": {"other": 2}}, {"team": {"other": 2}}):
        _, rows, _ = told_of(merged(ROOMY, with_programmes(van={**VAN, **words})))
        assert not rows, words


def test_a_team_on_request_is_out_when_somebody_has_booked_it_and_never_when_nobody_has() -> None:
    bedside = with_programmes(bedside=programme(audience="homebound", days=["tue"], reach="10 hours"))
    found = []
    for share in (0.2, 0.0):
        sick = {"need": {"segments": {name: {"homebound": share} for name in ("religious", "general")}}}
        found.append(told_of(merged(ROOMY, bedside, sick))[1])
    some, none = found
    assert some[DAYS, "site", "kanim", "count"] > 0
    assert none[DAYS, "site", "kanim", "count"] == 0
    assert np.isnan(none[OUT, "site", "kanim", "mean"])
    assert not np.isnan(none[REST, "site", "kanim", "mean"])
