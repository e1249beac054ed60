"""What applying at each site costs each party: the ground of its choice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.drawing.people import People
from sim.draws import CLOSED
from sim.plan import GROUPS, HOMEBOUND, HOUR_MS, NONE, Bools, Floats, Ints, Plan
from sim.randomness import Identity, Source

AT_ONCE = 1 << 15
"""Parties whose costs are drawn together: what is needed on the way fits in a fast cache, and never grows."""


def costs_of_applying(plan: Plan, source: Source, people: People) -> Ints:
    """[parties, sites]: generalised cost of applying there for one person, in rupiah, before lead days.

    Each trip counts both ways, its time at the party's value of time; everybody goes to the appointment, one of the
    party goes to collect, and nobody does where the book is issued at once. The Gumbel draw belongs to (party, site),
    so that opening a site leaves the taste for all others as it was.
    """
    c, who = people.columns, people.who
    need: Ints = c["need_ms"]
    stretch = np.searchsorted(plan.travel.starts, need, side="right") - 1
    origin = (stretch * len(plan.districts.code) + c["district"]) * len(plan.sites.id)
    found = np.empty((len(who), len(plan.sites.id)), dtype=np.int32)
    for start in range(0, len(found), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        block = _Some(
            who.take(some), origin[some], c["district"][some], c["size"][some], c["electronic"][some],
            c["homebound"][some], c["channel"][some], people.value_of_time[some],
        )  # fmt: skip
        found[some] = np.stack([_costs_at(plan, source, block, j) for j in range(found.shape[1])], axis=1)
    return found


@dataclass(frozen=True)
class _Some:
    """Some parties: what their costs depend on."""

    who: Identity
    origin: Ints
    """Where the trips of each begin in the tables of travel: trips to the first site, of its district and time."""
    district: Ints
    size: Ints
    electronic: Bools
    homebound: Bools
    channel: Ints
    value_of_time: Floats

    def round_trip(self, plan: Plan, site: int, rows: Ints) -> Floats:
        """Rupiah of a trip both ways."""
        at = self.origin.take(rows) + site
        hours = plan.travel.duration_ms.reshape(-1).take(at) / HOUR_MS
        rupiah: Floats = 2.0 * (hours * self.value_of_time.take(rows) + plan.travel.fare_rupiah.reshape(-1).take(at))
        return rupiah


def _costs_at(plan: Plan, source: Source, some: _Some, site: int) -> Ints:
    """Costs of applying at one site, CLOSED for those to whom it is not open."""
    b, sites = plan.behaviour, plan.sites
    found = np.full(len(some.who), CLOSED, dtype=np.int32)
    rows = np.flatnonzero(_is_open(plan, site, some.district, some.electronic, some.homebound))
    if not len(rows):
        return found
    cost = trip = some.round_trip(plan, site, rows)
    if (hands_out := int(sites.collect_at[site])) != NONE:
        collecting = trip if hands_out == site else some.round_trip(plan, hands_out, rows)
        if b.delivery_fee >= 0 and sites.delivers[site]:
            collecting = np.minimum(collecting, b.delivery_fee + b.delivery_reluctance)
        at_once = (plan.channels.ready_after[some.channel[rows]] != NONE) & (sites.parent[site] == site)
        cost = cost + np.where(at_once, 0.0, collecting / some.size[rows])
    cost = cost + b.site_constant[site]
    if b.taste_rupiah:
        who = some.who if len(rows) == len(some.who) else some.who.take(rows)
        cost += b.taste_rupiah * np.log(-np.log(source.uniform(f"choice/{sites.id[site]}", who)))
    found[rows] = np.rint(np.minimum(cost, CLOSED - 1.0))
    return found


def _is_open(plan: Plan, site: int, district: Ints, electronic: Bools, homebound: Bools) -> Bools:
    """[parties]: whether one may apply at a site.

    The homebound are visited and nobody else is; groups ask for a team before their people look for slots.
    """
    sites, b = plan.sites, plan.behaviour
    if sites.audience[site] == GROUPS:
        return np.zeros(len(district), dtype=bool)
    open_to: Bools = (homebound == (sites.audience[site] == HOMEBOUND)) & sites.reached[site, district]
    if not sites.electronic[site]:
        open_to &= ~electronic
    if not b.open_catchment:
        open_to &= b.working_area[district, site]
    return open_to
