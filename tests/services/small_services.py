"""Services for the small province of the model's tests, and what tests ask of their plans and journeys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.draws import Draws
from sim.errors import DataError
from sim.outline import outline
from sim.plan import Ints, Plan
from tests.model.small_province import Tree, scenario, tables

ROOMY: Tree = {
    "booking": {"no_show": 0, "prepare_days": {0: 1.0}},
    "sites": {
        "kanim": {
            "staff": 12,
            "sessions": {
                "weekdays": {
                    "quota": {"ordinary": 60, "priority": 20, "accelerated": 10},
                    "counters": {"document": 3, "interview": 5, "collection": 2},
                }
            },
        }
    },
}
"""An office that can spare a team; nobody misses an appointment."""

ENDLESS: Tree = {
    "sites": {
        site: {
            "staff": None,
            "sessions": {
                "weekdays": {
                    "quota": {"ordinary": 10_000, "priority": 10_000, "accelerated": 10_000},
                    "counters": {"document": 9_000, "interview": 9_000, "collection": 9_000},
                }
            },
        }
        for site in ("kanim", "ukk_near")
    }
}
"""So many slots and counters that nobody is in anybody's way."""


def programme(**changes: Any) -> Tree:
    """A service of the office: a team of three that serves thirty."""
    return {
        "name": "Van",
        "kind": "outreach",
        "home": "kanim",
        "intake": {"from": "09:00", "to": "15:00"},
        "seats_every": "30 min",
        "quota": {"ordinary": 30},
        "counters": {"document": 1, "interview": 2},
        "team": {"document": 1, "interview": 2},
        "handover": "home",
        **changes,
    }


def with_programmes(**programmes: Tree) -> Tree:
    """Overrides that add programmes."""
    return {"programmes": programmes}


def outage(**words: Any) -> Tree:
    """Overrides with one outage; ``first`` and ``last`` stand for from and to."""
    names = {"first": "from", "last": "to"}
    return {"outages": {"failure": {names.get(key, key): value for key, value in words.items()}}}


def site(plan: Plan, name: str) -> int:
    """Row of a place."""
    return plan.sites.id.index(name)


def rows(plan: Plan, name: str) -> Ints:
    """Sessions of a place."""
    return np.flatnonzero(plan.sessions.site == site(plan, name))


def dates(plan: Plan, name: str) -> list[dt.date]:
    """Dates of the sessions of a place."""
    return [plan.origin + dt.timedelta(days=int(day)) for day in plan.sessions.day[rows(plan, name)]]


def day(plan: Plan, date: str) -> int:
    """Day number of a date."""
    return (dt.date.fromisoformat(date) - plan.origin).days


def row_on(plan: Plan, name: str, date: str) -> int:
    """The session of a place on a date."""
    (found,) = (row for row in rows(plan, name) if plan.sessions.day[row] == day(plan, date))
    return int(found)


def weekdays(first: dt.date, last: dt.date, chosen: str) -> Iterator[dt.date]:
    """Dates of a weekday, from first to last."""
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    for number in range((last - first).days + 1):
        date = first + dt.timedelta(days=number)
        if names[date.weekday()] == chosen:
            yield date


def problems(overrides: Tree) -> str:
    """What the outline of the small province finds wrong; fails where it finds nothing."""
    try:
        outline(scenario(overrides), tables())
    except DataError as error:
        return str(error)
    raise AssertionError("nothing was found wrong")


def of_party(draws: Draws, values: Any) -> Any:
    """A value of parties for each applicant."""
    return values[draws.party]
