"""What applying at each site costs each party: the ground of its choice."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from sim.drawing.people import People
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

    def round_trip(self, trips: _Trips, site: int) -> Floats:
        """Rupiah of a trip both ways."""
        rupiah: Floats = trips.hours[site].take(self.place)
        rupiah *= self.value_of_time
        rupiah += trips.fare[site].take(self.place)
        rupiah *= 2.0
        return rupiah


def _fill(found: Ints, plan: Plan, trips: _Trips, source: Source, some: _Some) -> None:
    """Write the costs of all sites for some parties, where they are open to them."""
    rows, them = np.arange(len(some.who)), some
    for site in range(found.shape[1]):
        open_to = np.flatnonzero(_is_open(plan, site, some))
        # Most sites are open to the same parties as the one before.
        if not np.array_equal(open_to, rows):
            rows, them = open_to, some.take(open_to)
        if len(rows):
            costs = _costs_at(plan, trips, source, them, site)
            found[rows, site] = np.rint(np.clip(costs, 1.0 - CLOSED, CLOSED - 1.0, out=costs))


def _costs_at(plan: Plan, trips: _Trips, source: Source, some: _Some, site: int) -> Floats:
    """Costs of applying at a site that is open to all of some parties."""
    b, sites = plan.behaviour, plan.sites
    trip = some.round_trip(trips, site)
    cost: Floats = trip
    if (hands_out := int(sites.collect_at[site])) != NONE:
        collecting = trip if hands_out == site else some.round_trip(trips, hands_out)
        if b.delivery_fee >= 0 and sites.delivers[site]:
            collecting = np.minimum(collecting, b.delivery_fee + b.delivery_reluctance)
        share = collecting / some.size
        if sites.parent[site] == site:
            share[plan.channels.ready_after.take(some.channel) != NONE] = 0.0
        cost = trip + share
    cost = cost + b.site_constant[site]
    if b.taste_rupiah:
        place = sites.id[sites.held_at[site]]
        cost += b.taste_rupiah * np.log(-np.log(source.uniform(f"choice/{place}", some.who)))
    return cost


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
