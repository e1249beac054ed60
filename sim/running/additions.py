"""Whether a plan only adds to another: new places, services and sessions, while nothing that was there is changed.

Every field of a plan is compared, those of a later version too, unless it is named here. What this module does not know
how to compare counts as a difference, or fails: a plan is never said to be alike in what nobody looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import fields, is_dataclass, replace
from typing import Any, cast

import numpy as np

from sim.plan import NONE, Behaviour, Ints, Plan, Sessions, Sites, Travel

NAMES = ("scenario", "title")
"""Fields of a plan that are mere names."""
ROWS_OF_SITES = ("parent", "collect_at", "home", "held_at")
"""Fields of the sites that name other sites by their rows."""
HOW_LONG = ("days_in_service", "days_suspended")
"""Fields of the sites that tell how long they are there."""
AXIS_OF_SITES: dict[type, dict[str, int]] = {
    Travel: dict.fromkeys(("duration_ms", "distance_m", "fare_rupiah", "team_ms", "team_m"), 2),
    Behaviour: {"working_area": 1, "site_constant": 0},
}
"""Fields outside the sites themselves that have a part for each site, and the axis along which they have it."""


def only_adds(before: Plan, after: Plan, *, with_teams: bool = False) -> bool:
    """Whether one plan has all that another has, unchanged, and at most more places, services and sessions.

    Outages in either speak against it, and so does a new team that closes counters of its office while it is away.

    Args:
        before: a plan as it was built; one from a file lacks what people do.
        after: another.
        with_teams: let new teams close counters of their offices, as they belong to what is added.
    """
    places = {name: row for row, name in enumerate(after.sites.id)}
    if before.outages or after.outages or not set(before.sites.id) <= set(places):
        return False
    here, there = np.arange(len(before.sites.id)), np.array([places[name] for name in before.sites.id], dtype=np.int64)
    return (
        all(
            _same(_of_sites(getattr(before, name), here), _of_sites(getattr(after, name), there))
            for name in (field.name for field in fields(Plan))
            if name not in (*NAMES, "sites", "sessions")
        )
        and _same(_site_rows(before.sites, here), _site_rows(after.sites, there))
        and bool(np.all(before.sites.days_in_service[here] <= after.sites.days_in_service[there]))
        and _session_rows(before) <= _session_rows(_at_home(after, before.sites.id) if with_teams else after)
        and (with_teams or _taken(before.sessions) == _taken(after.sessions))
    )


def _of_sites(part: Any, rows: Ints) -> Any:
    """A part of a plan by field, with what it says of some sites alone."""
    axes = AXIS_OF_SITES.get(type(part))
    if axes is None:
        return part
    found = {field.name: getattr(part, field.name) for field in fields(part)}
    return tuple(np.take(value, rows, axes[name]) if name in axes else value for name, value in found.items())


def _site_rows(sites: Sites, rows: Ints) -> tuple[Any, ...]:
    """All that is said of some sites, but how long they are there; other sites under their names."""
    return tuple(
        tuple(_named(sites, value[row]) if name in ROWS_OF_SITES else value[row] for row in rows)
        for name, value in ((field.name, getattr(sites, field.name)) for field in fields(Sites))
        if name not in HOW_LONG
    )


def _named(sites: Sites, row: int) -> str:
    return "" if row == NONE else sites.id[row]


def _at_home(plan: Plan, without: Collection[str]) -> Plan:
    """A plan whose sessions have the counters and officers that they would have if no team went out to some places.

    Args:
        plan: with the teams.
        without: places to which teams go as before.
    """
    s, sites = plan.sessions, plan.sites
    counters, officers = s.counters.copy(), s.officers.copy()
    new = np.array([site not in without for site in sites.id])
    for row in np.flatnonzero(new[s.site] & ~s.on_request & ~s.overtime).tolist():
        home = np.flatnonzero((s.site == sites.home[s.site[row]]) & (s.day == s.day[row]))
        if home.size and sites.home[s.site[row]] != s.site[row]:
            at = home[np.argmax(s.officers[home])]
            counters[at] += s.takes[row]
            officers[at] += s.officers[row]
    return replace(plan, sessions=replace(s, counters=counters, officers=officers))


def _session_rows(plan: Plan) -> Counter[tuple[Any, ...]]:
    """All that is said of each session; its place under its name, and the session at home by place, day and hour."""
    s = plan.sessions
    names = [plan.sites.id[site] for site in s.site]
    own = list(zip(names, s.day.tolist(), s.intake_open.tolist(), strict=True))
    told: dict[str, Callable[[], list[Any]]] = {
        "site": lambda: names,
        "home_session": lambda: [None if row == NONE else own[row] for row in s.home_session.tolist()],
    }
    columns = [
        told[name]() if name in told else [one.tobytes() for one in getattr(s, name)]
        for name in (field.name for field in fields(Sessions))
        # Where the sessions of a site begin among all of them says nothing of any of them.
        if name != "first"
    ]
    return Counter(zip(*columns, strict=True))


def _taken(sessions: Sessions) -> int:
    """Counters at home that close for teams, where they do so once somebody has booked."""
    return int(sessions.takes[sessions.home_session != NONE].sum())


def _same(one: Any, other: Any) -> bool:
    """Whether two values are alike, down to the numbers in them."""
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if is_dataclass(one):
        names = [field.name for field in fields(cast(Any, one))]
        return type(one) is type(other) and all(_same(getattr(one, name), getattr(other, name)) for name in names)
    if isinstance(one, tuple):
        return isinstance(other, tuple) and len(one) == len(other) and all(map(_same, one, other))
    # What is not given, such as a cv that nobody needs, is the same NaN everywhere.
    return bool(one is other or one == other)
