"""What applying at each site costs each party: the ground of its choice."""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from sim import jit
from sim.drawing.people import People
from sim.drawing.quantiles import ROUNDING, SAFETY, WORTH_A_TABLE, Table, nearly, tabulated
from sim.draws import CLOSED
from sim.plan import GROUPS, HOMEBOUND, HOUR_MS, NONE, Bools, Floats, Ints, Plan
from sim.randomness import Identity, Source

AT_ONCE = 1 << 17
"""Parties whose costs are drawn together, so that what is needed on the way does not grow with the country."""


def costs_of_applying(plan: Plan, source: Source, people: People) -> Ints:
    """[parties, sites]: generalised cost of applying there for one person, in rupiah, before lead days.

    Each trip counts both ways, its time at the party's value of time; everybody goes to the appointment, one of the
    party goes to collect, and nobody does where the book is issued at once. The Gumbel draw belongs to (party, place),
    so that opening a site leaves the taste for all others as it was; what is held in the rooms of one office is one
    place: two desks in a building draw nobody by being two.
    """
    c, trips = people.columns, _Trips.of(plan)
    stretch = np.searchsorted(plan.travel.starts, c["need_ms"], side="right") - 1
    place = stretch * len(plan.districts.code) + c["district"]
    found = np.full((len(people.who), len(plan.sites.id)), CLOSED, dtype=np.int32)
    for start in range(0, len(found), AT_ONCE):
        rows = slice(start, start + AT_ONCE)
        block = _Some(
            people.who.take(rows), place[rows], c["district"][rows], c["size"][rows], c["electronic"][rows],
            c["homebound"][rows], c["channel"][rows], people.value_of_time[rows],
        )  # fmt: skip
        _fill(found[rows], plan, trips, source, block)
    return found


@dataclass(frozen=True)
class _Trips:
    """[sites, places]: trips to all sites, from each district in each stretch of time."""

    hours: Floats
    fare: Floats

    @classmethod
    def of(cls, plan: Plan) -> _Trips:
        """Those of a plan."""
        tables = plan.travel.duration_ms / HOUR_MS, plan.travel.fare_rupiah.astype(np.float64)
        return cls(*(np.ascontiguousarray(table.reshape(-1, len(plan.sites.id)).T) for table in tables))


@dataclass(frozen=True)
class _Some:
    """Some parties: what their costs depend on."""

    who: Identity
    place: Ints
    """Where their district and time stand in the tables of trips."""
    district: Ints
    size: Ints
    electronic: Bools
    homebound: Bools
    channel: Ints
    value_of_time: Floats

    def take(self, rows: Ints) -> _Some:
        """Some of them."""
        return _Some(*(getattr(self, field.name).take(rows) for field in fields(self)))


def _fill(found: Ints, plan: Plan, trips: _Trips, source: Source, some: _Some) -> None:
    """Write the costs of all sites for some parties, where they are open to them."""
    rows, them = np.arange(len(some.who)), some
    for site in range(found.shape[1]):
        open_to = np.flatnonzero(_is_open(plan, site, some))
        # Most sites are open to the same parties as the one before.
        if not np.array_equal(open_to, rows):
            rows, them = open_to, some.take(open_to)
        if len(rows):
            _fill_site(found, plan, trips, source, them, rows, site)


def _fill_site(found: Ints, plan: Plan, trips: _Trips, source: Source, some: _Some, rows: Ints, site: int) -> None:
    """Write the costs of a site that is open to all of some parties, who stand in these rows."""
    b, sites = plan.behaviour, plan.sites
    hands_out, at_once, most = int(sites.collect_at[site]), plan.channels.ready_after != NONE, np.inf
    if hands_out == NONE:
        hands_out, most = site, 0.0
    elif b.delivery_fee >= 0 and sites.delivers[site]:
        most = float(b.delivery_fee + b.delivery_reluctance)
    at = _Site(
        trips.hours[site], trips.fare[site], trips.hours[hands_out], trips.fare[hands_out],
        at_once & (sites.parent[site] == site), most, float(b.site_constant[site]), site,
    )  # fmt: skip
    if not b.taste_rupiah:
        _write(found, at, some, rows, np.zeros(len(rows)), 0.0)
        return
    u = source.uniform(f"choice/{sites.id[sites.held_at[site]]}", some.who)
    if jit.available() and len(u) >= WORTH_A_TABLE:
        # Nearly is enough to round most costs. In doubt the taste is worked out, as it is for all where they are few.
        table = _table_of_tastes()
        doubt = SAFETY * float(table.error.max()) * b.taste_rupiah + ROUNDING * CLOSED
        left = _write(found, at, some, rows, nearly(table, u) * b.taste_rupiah, doubt)
        u, some, rows = u[left], some.take(left), rows[left]
    _write(found, at, some, rows, _tastes(u) * b.taste_rupiah, 0.0)


class _Site(NamedTuple):
    """What :func:`write_costs` is told of a site."""

    hours: Floats
    fare: Floats
    hours_back: Floats
    fare_back: Floats
    at_once: Bools
    most: float
    constant: float
    row: int


def _write(found: Ints, at: _Site, some: _Some, rows: Ints, taste: Floats, doubt: float) -> Ints:
    """Write the costs of a site for some parties; those for whom their tastes are too far off to tell."""
    doubtful = np.empty(len(rows), dtype=np.int64)
    tables = (jit.read_only(values, values.dtype) for values in at[:5])
    theirs = some.channel, some.place, some.value_of_time, some.size, taste, rows
    told = (jit.read_only(values, values.dtype) for values in theirs)
    count = jit.compiled(write_costs)(*tables, *told, at.most, at.constant, doubt, found, at.row, doubtful)
    return doubtful[:count]


def _tastes(u: Floats) -> Floats:
    """Gumbel quantiles with their sign turned, as they are of costs, and centred.

    A wider taste makes places more unlike, and none of them better by itself.
    """
    return np.log(-np.log(u)) + np.euler_gamma


@functools.cache
def _table_of_tastes() -> Table:
    return tabulated(_tastes)


def write_costs(
    hours: Floats, fare: Floats, hours_back: Floats, fare_back: Floats, at_once: Bools, channel: Ints, place: Ints,
    value_of_time: Floats, size: Ints, taste: Floats, rows: Ints, most: float, constant: float, doubt: float,
    found: Ints, site: int, doubtful: Ints,
) -> int:  # fmt: skip
    """Write into some rows what applying at a site costs each of some parties; of how many one is not sure.

    Args:
        hours: [places], as are the next three: of a trip to the appointment, and its fare.
        fare: rupiah.
        hours_back: of a trip to where passports are handed out.
        fare_back: rupiah.
        at_once: [channels]: those in which nobody comes again.
        channel: [parties], as are all up to the rows.
        place: row of the tables of trips.
        value_of_time: rupiah an hour.
        size: people, who share the trip to fetch their passports.
        taste: rupiah; NaN where it is not known.
        rows: what is written to.
        most: rupiah for which passports come to the party; 0 where they are brought, infinite where they are not.
        constant: rupiah of the site.
        doubt: rupiah by which tastes may be off.
        found: [parties, sites].
        site: what is written to.
        doubtful: has room for all parties; those whose tastes do not tell the nearest rupiah.
    """
    count = 0
    for i in range(len(rows)):
        at = place[i]
        trip = (hours[at] * value_of_time[i] + fare[at]) * 2.0
        fetching = min((hours_back[at] * value_of_time[i] + fare_back[at]) * 2.0, most) / size[i]
        cost = trip + (0.0 if at_once[channel[i]] else fetching) + constant + taste[i]
        cost = min(max(cost, 1.0 - CLOSED), CLOSED - 1.0)
        nearest = np.rint(cost)
        found[rows[i], site] = nearest
        # What is NaN is certain of nothing.
        if not abs(cost - nearest) <= 0.5 - doubt:
            doubtful[count] = i
            count += 1
    return count


def _is_open(plan: Plan, site: int, some: _Some) -> Bools:
    """Whether each of some parties may apply at a site.

    The homebound are visited and nobody else is; groups ask for a team before their people look for slots.
    """
    sites, b = plan.sites, plan.behaviour
    if sites.audience[site] == GROUPS:
        return np.zeros(len(some.who), dtype=bool)
    open_to: Bools = (some.homebound == (sites.audience[site] == HOMEBOUND)) & sites.reached[site].take(some.district)
    if not sites.electronic[site]:
        open_to &= ~some.electronic
    if not b.open_catchment:
        open_to &= b.working_area[:, site].take(some.district)
    return open_to
