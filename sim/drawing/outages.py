"""What strikes the offices of a plan: outages by date or at random, and what printers can do around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from sim.drawing.common import dates
from sim.drawing.shares import from_shares
from sim.plan import NONE, UNLIMITED, Bools, Ints, Outage, Plan
from sim.randomness import Identity, Source, stable_hash


def closed_sessions(plan: Plan, source: Source) -> Bools:
    """[sessions]: those that an outage of intake strikes, by date or at random."""
    days = _struck(plan, source, [outage for outage in plan.outages if outage.intake])
    struck: Bools = days[plan.sessions.site, plan.sessions.day]
    return struck


def same_day_closed(plan: Plan, source: Source) -> Bools:
    """[sites, days]: nothing is printed there, or struck by an outage of printing or of passports of the same day."""
    return ~plan.sites.prints | _struck(plan, source, [outage for outage in plan.outages if outage.same_day])


def print_limit(plan: Plan, source: Source) -> Ints:
    """[sites, days]: books that an office can print the ordinary way.

    Nothing on days on which it does not print or that an outage strikes; after it the capacity returns evenly over as
    many of its days of printing as the outage says. Slots that promise a passport of the day are kept free for it.
    """
    limited = plan.sites.printing_per_day < UNLIMITED
    whole = np.where(limited[:, None], plan.sites.printing_per_day[:, None] - _promised(plan), UNLIMITED)
    limit = np.where(plan.sites.prints, whole, 0)
    for outage in plan.outages:
        if not outage.printing:
            continue
        struck = _struck(plan, source, [outage])
        limit[struck] = 0
        for k, rows in _days_after(struck, plan.sites.prints, outage.returns_over):
            limit[rows] = np.minimum(limit[rows], (whole * k // (outage.returns_over + 1))[rows])
    return limit


def _promised(plan: Plan) -> Ints:
    """[sites, days]: slots at an office that prints by itself in channels that promise a passport of the day."""
    slots = np.zeros((len(plan.sites.id), plan.n_days), dtype=np.int64)
    s, own = plan.sessions, plan.sites.parent == np.arange(len(plan.sites.id))
    at_once = s.quota[:, plan.channels.ready_after != NONE].sum(axis=1)
    np.add.at(slots, (s.site, s.day), np.where(own[s.site], at_once, 0))
    return slots


def _days_after(struck: Bools, prints: Bools, count: int) -> Iterator[tuple[int, Bools]]:
    """Masks of the first, second, ... day of printing after each stop, where it has not stopped again."""
    for k in range(1, count + 1):
        mask = np.zeros_like(struck)
        for site in np.flatnonzero(struck.any(axis=1)).tolist():
            for end in np.flatnonzero(struck[site, :-1] & ~struck[site, 1:]).tolist():
                days = np.flatnonzero(prints[site, end + 1 :])[k - 1 : k] + end + 1
                mask[site, days] = ~struck[site, days]
        yield k, mask


def _struck(plan: Plan, source: Source, outages: Iterable[Outage]) -> Bools:
    """[sites, days] struck by some outages; at random an office with all whose home it is."""
    struck = np.zeros((len(plan.sites.id), plan.n_days), dtype=bool)
    days = dates(plan.origin, plan.n_days)
    index = np.zeros(plan.n_days, dtype=np.int64)
    for outage in outages:
        for site in outage.sites.tolist():
            if outage.first_day is not None and outage.last_day is not None:
                struck[site, max(outage.first_day, 0) : max(outage.last_day + 1, 0)] = True
                continue
            office = plan.sites.id[plan.sites.home[site]]
            group = np.full(plan.n_days, stable_hash(f"{outage.id}/{office}"), dtype=np.uint64)
            begins_u, days_u = source.pair("outage", Identity.of(group, days, index))
            for day in np.flatnonzero(begins_u < outage.per_day).tolist():
                struck[site, day : day + int(from_shares(outage.days, days_u[day : day + 1])[0])] = True
    return struck
