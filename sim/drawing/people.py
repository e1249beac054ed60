"""People and their fates: what is drawn of a replication but for the sites they may choose from."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from sim.drawing.applicants import Visits, applicant_draws, visits_of
from sim.drawing.common import Common, same
from sim.drawing.needs import needs_of
from sim.drawing.parties import party_draws
from sim.draws import FOUR_BYTES, REFERRED, Columns
from sim.plan import Floats, Ints, Plan
from sim.randomness import Identity, Source
from sim.rules import BILLION


@dataclass(frozen=True)
class People:
    """Who comes in a replication, and what will happen to them."""

    who: Identity
    """Of the parties."""
    value_of_time: Floats
    """[parties] rupiah an hour, not rounded."""
    visits: Visits
    """Of the applicants."""
    columns: Columns
    """Of :class:`sim.draws.Draws`, all but those of visits and sites; not to be written to."""
    most_referred: float | None = None
    """The highest share that a site refers: who may be referred has a visit for it, and nobody else. None before it is
    known; then visits can be written to, and cannot afterwards."""

    def referred_at(self, plan: Plan, source: Source) -> People:
        """These people with visits after a referral of whoever some site of a plan may refer."""
        most = float(plan.sites.referral_share.max(initial=0.0))
        if most == self.most_referred:
            return self
        visits = self.visits if self.most_referred is None else self.visits.without_referrals()
        rows = np.flatnonzero(self.columns["referral_ppb"] < most * BILLION)
        if len(rows):
            visits.fill(plan.behaviour, source, REFERRED, self._members(rows), rows)
        visits.protect()
        return dataclasses.replace(self, visits=visits, most_referred=most)

    def _members(self, rows: Ints) -> Identity:
        """Applicants by their party and their place in it."""
        party = self.columns["party"][rows].astype(np.intp)
        return self.who.take(party).further(rows - self.columns["first"][party])


@dataclass
class _Latest:
    """The people drawn last: scenarios of a replication come one after another, and most differ in sites alone."""

    made: tuple[Source, Common, People] | None = None


_LATEST = _Latest()


def people_of(plan: Plan, source: Source) -> People:
    """The people of a replication: those drawn before, where another plan was asked for the same ones."""
    common, latest = Common.of(plan), _LATEST.made
    _LATEST.made = None
    if latest is not None and latest[0] == source and same(latest[1], common):
        people = latest[2].referred_at(plan, source)
    else:
        people = _drawn(common, source).referred_at(plan, source)
    _LATEST.made = source, common, people
    return people


def _drawn(common: Common, source: Source) -> People:
    needs = needs_of(common, source)
    party, value_of_time = party_draws(common, source, needs)
    size = party["size"]
    first = np.cumsum(size) - size
    owner = np.repeat(np.arange(len(size)), size)
    who = needs.who.take(owner).further(np.arange(len(owner)) - first[owner])
    columns: Columns = {
        "need_ms": needs.need_ms,
        "segment": needs.segment,
        "district": needs.district,
        "first": first,
        "group": needs.group,
        "group_people": needs.group_people,
        "party": owner,
        **party,
        **applicant_draws(common, source, who, needs.segment[owner]),
    }
    for name, values in columns.items():
        columns[name] = values.astype(np.int32, copy=False) if name in FOUR_BYTES else values
        columns[name].flags.writeable = False
    visits = visits_of(common, source, who, columns["papers_missing"])
    return People(needs.who, value_of_time, visits, columns)
