"""What a plan offers within reach, by district and for whom: minutes, coverage, days of service and slots for a person.

Nothing here is simulated: it is computed once for a plan. It is what is offered and not what people make of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.plan import DAY_MS, EVERYONE, HOMEBOUND, MINUTE_MS, NONE, Bools, Floats, Ints, Plan
from sim.stats.catchments import enhanced_two_step, two_step

THOUSAND = 1000.0
ALL = "all"
"""The person of whom nothing is known."""


@dataclass(frozen=True)
class Person:
    """Somebody who looks for a session: what is open to them, and whether they travel to it."""

    id: str
    sessions: Bools
    """[sessions]: whether they can be taken in there."""
    sites: Bools
    """[sites, districts]: whether people of the district can."""
    visited: bool = False
    """The team comes to them."""


@dataclass(frozen=True)
class Reach:
    """The nearest session to each district on each kind of counted day, for one person."""

    minutes: Floats
    """[kinds, districts]; a kind is a set of sites with a session and a state of the roads. Infinite where none is."""
    days: Ints
    """[kinds]: days of that kind on which something is open to somebody."""
    working: Ints
    """[kinds]: how many of them are working days."""

    def service_days(self, minutes: float) -> Ints:
        """[districts]: days on which a session is within so many minutes."""
        found: Ints = ((self.minutes <= minutes) * self.days[:, None]).sum(axis=0)
        return found

    def coverage(self, minutes: float) -> Floats:
        """[districts]: those days as a share of the working days with any session at all, at most 1."""
        share: Floats = np.minimum(self.service_days(minutes) / max(self.whole, 1), 1.0)
        return share

    def nearest_days(self) -> Floats:
        """[kinds, districts]: the share of a district's nearest days, :attr:`whole` of them, that are of each kind."""
        order = np.argsort(self.minutes, axis=0, kind="stable")
        until = np.minimum(np.cumsum(self.days[order], axis=0), self.whole)
        share = np.empty_like(self.minutes)
        np.put_along_axis(share, order, np.diff(until, axis=0, prepend=0) / max(self.whole, 1), axis=0)
        return share

    def nearest_minutes(self) -> Floats:
        """[districts]: mean over the nearest days; NaN where on some of these no session can be reached.

        It is the area above :meth:`coverage`, drawn over minutes: a session on a day off brings a place nearer as one
        on a working day does, and whatever is added takes nobody further away.
        """
        share = self.nearest_days()
        mean = (np.where(share > 0, self.minutes, 0.0) * share).sum(axis=0)
        found: Floats = np.where(np.isfinite(mean) & (self.whole > 0), mean, np.nan)
        return found

    @property
    def whole(self) -> int:
        """Working days on which something is open; all such days where none of them is a working day."""
        return int(self.working.sum()) or int(self.days.sum())


def everybody(plan: Plan) -> Person:
    """Somebody of whom nothing is known; sessions on request come to those who ask."""
    sites: Bools = (plan.sites.audience == EVERYONE)[:, None] & _own(plan)
    return Person(ALL, (plan.sessions.quota.sum(axis=1) > 0) & ~plan.sessions.on_request, sites)


def persons(plan: Plan) -> Iterator[Person]:
    """Everybody, then those to whom less or something else is open.

    By channel, such as the priority one of the elderly, of people with disabilities, of the pregnant and of those who
    travel with infants: sessions with slots that it may take. With an electronic passport: sites that issue it. The
    homebound: teams that come to them, on any day on which these can be asked for.
    """
    s, sites, channels = plan.sessions, plan.sites, plan.channels
    own, everyone = _own(plan), everybody(plan)
    public, to_all = everyone.sessions, everyone.sites
    yield everyone
    for row, channel in enumerate(channels.id):
        slots = s.quota[:, row] + (s.quota[:, channels.also_books[row]] if channels.also_books[row] != NONE else 0)
        yield Person(f"channel:{channel}", public & (slots > 0), to_all)
    yield Person("passport:electronic", public, to_all & sites.electronic[:, None])
    to_homebound: Bools = (sites.audience == HOMEBOUND)[:, None] & sites.reached & own
    yield Person("mobility:homebound", s.quota.sum(axis=1) > 0, to_homebound, visited=True)


def _own(plan: Plan) -> Bools:
    """[sites, districts]: whether people may apply there, wherever they live or in their working area only."""
    if plan.behaviour.open_catchment:
        return np.ones((len(plan.sites.id), len(plan.districts.code)), dtype=np.bool_)
    own: Bools = plan.behaviour.working_area.T
    return own


def reach(plan: Plan, person: Person) -> Reach:
    """How near the nearest session open to a person is on each counted day."""
    s = plan.sessions
    first, last = plan.counted_from_ms // DAY_MS, plan.counted_to_ms // DAY_MS
    open_sites = np.zeros((plan.n_days, len(plan.sites.id)), dtype=np.bool_)
    anywhere = np.flatnonzero(person.sites.any(axis=1))
    rows = np.flatnonzero(person.sessions & np.isin(s.site, anywhere))
    open_sites[s.day[rows], s.site[rows]] = True
    # Intake that goes on over midnight is open on both days.
    nights = (s.intake_close[rows] - 1) // DAY_MS - s.day[rows]
    for row, more in zip(rows[nights > 0], nights[nights > 0], strict=True):
        open_sites[s.day[row] : s.day[row] + more + 1, s.site[row]] = True
    days = np.flatnonzero(open_sites.any(axis=1))
    days = days[(first <= days) & (days < last)]
    stretch = np.searchsorted(plan.travel.starts, days * DAY_MS, side="right") - 1
    kinds, kind = np.unique(np.column_stack([stretch, open_sites[days]]), axis=0, return_inverse=True)
    count = np.bincount(kind, minlength=len(kinds))
    working = np.bincount(kind[np.isin(days, plan.working_days)], minlength=len(kinds))
    minutes = np.full((len(kinds), len(plan.districts.code)), np.inf)
    for row, (road, *there) in enumerate(kinds):
        chosen = np.flatnonzero(there)
        trip = np.zeros_like(minutes[0]) if person.visited else plan.travel.duration_ms[road][:, chosen] / MINUTE_MS
        trip = trip.reshape(len(minutes[0]), -1)
        minutes[row] = np.where(person.sites[chosen].T, trip, np.inf).min(axis=1)
    return Reach(minutes, count, working)


def slots_per_thousand(plan: Plan, zones: Mapping[int, float]) -> tuple[Floats, Floats]:
    """Slots a year for 1,000 people of each district, by two floating catchments.

    Supply are the slots of sessions on counted days that everybody can go to, all channels together, as so many a year;
    those of times with other roads are supply of their own. Sessions on request count for nobody.

    Args:
        plan: the scenario.
        zones: weight by outer edge in minutes.

    Returns:
        Twice ``[districts]``: 2SFCA within the last edge, and E2SFCA with the zones.
    """
    s = plan.sessions
    rows = np.flatnonzero(plan.counted_sessions & ~s.on_request & (plan.sites.audience[s.site] == EVERYONE))
    stretch = np.searchsorted(plan.travel.starts, s.day[rows] * DAY_MS, side="right") - 1
    n = len(plan.sites.id)
    slots = np.bincount(stretch * n + s.site[rows], s.quota[rows].sum(axis=1), minlength=len(plan.travel.starts) * n)
    minutes = np.where(_own(plan).T, plan.travel.duration_ms / MINUTE_MS, np.inf)
    minutes = minutes.transpose(1, 0, 2).reshape(len(plan.districts.code), -1)
    held = slots > 0
    about = (slots[held] / plan.counted_years, plan.districts.population / THOUSAND, minutes[:, held])
    return two_step(*about, max(zones)), enhanced_two_step(*about, zones)


def access_columns(
    scenario: str,
    plan: Plan,
    thresholds: Sequence[int],
    zones: Mapping[int, float],
    at_ends: tuple[Plan, Plan] | None = None,
) -> dict[str, list[object]]:
    """The columns of access.csv for a scenario, under its name: a row for each person and district.

    Days of service are scaled to a year. Slots are for all people together, and the least and most of minutes and
    coverage are told of everybody: rows of other persons have none.

    Args:
        scenario: its name.
        plan: the scenario.
        thresholds: minutes one way.
        zones: weight by outer edge in minutes.
        at_ends: the plan with the quickest and with the slowest roads there may be; None where that is not known.
    """
    d = plan.districts
    n = len(d.code)
    columns: dict[str, list[object]] = {}

    def add(name: str, values: Sequence[object] | Floats | Ints) -> None:
        columns.setdefault(name, []).extend(values.tolist() if isinstance(values, np.ndarray) else values)

    scores, years = slots_per_thousand(plan, zones), plan.counted_years
    ends = [reach(one, everybody(one)) for one in at_ends or ()]
    unknown = np.full(n, np.nan)
    for person in persons(plan):
        found = reach(plan, person)
        add("scenario", [scenario] * n)
        add("person", [person.id] * n)
        add("district", d.code)
        add("name", d.name)
        add("regency", [plan.regencies.code[row] for row in d.regency])
        add("population", d.population)
        add("nearest_minutes", found.nearest_minutes())
        for limit in thresholds:
            add(f"coverage_{limit}_min", found.coverage(limit))
        for limit in thresholds:
            add(f"service_days_{limit}_min", found.service_days(limit) / years)
        for name, score in zip(("slots_2sfca", "slots_e2sfca"), scores, strict=True):
            add(name, score if person.id == ALL else unknown)
        add("road_km", d.road_km)
        quick, slow = ends if ends and person.id == ALL else (None, None)
        for end, one in (("least", quick), ("most", slow)):
            add(f"nearest_minutes_{end}", unknown if one is None else one.nearest_minutes())
        for limit in thresholds:
            for end, one in (("least", slow), ("most", quick)):
                add(f"coverage_{limit}_min_{end}", unknown if one is None else one.coverage(limit))
    return columns
