"""Measures of free slots: how far off the first one is to whoever looks, and how often there is none.

What a session offers to somebody alone in the ordinary channel begins when it comes into the booking window and ends
when its last slot is taken, or when it is too late to book it: one stretch of time, since no slot is given back. So
the whole of the counted time is looked at, and not one hour of each day.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.measures.groups import QUANTILES
from sim.measures.rows import Rows
from sim.measures.tallies import Sessions
from sim.plan import DAY_MS, NONE, Bools, Floats, Ints, Plan

MEASURES = ("next_slot_days", "no_slot_share", "full_share")
"""All that :func:`slots` measures."""


class Offer(NamedTuple):
    """What the sessions of a site offer in the counted time, one row each in the order of their opening."""

    opens_ms: Ints
    from_ms: Ints
    until_ms: Ints
    """When it is too late to book it, full or not."""
    free_until_ms: Ints
    """When that is so or its last slot is taken, the earlier of the two."""


def slots(plan: Plan, told: Sessions, held: Bools) -> Rows:
    """Measures of each site that anybody in the ordinary channel can book at; not of those that come on request.

    Nor of a site that holds no session on a counted day, as where an outage closes them all. Elsewhere sessions that an
    outage will close are offered like the others: nobody foresees it, and people book them.

    ``next_slot_days`` are the days until the session of the first free slot opens, over the counted time in which there
    is one: their mean, their median, and what nine tenths of that time keep. ``no_slot_share`` is the share of the time
    in which sessions are open for booking and every slot is taken; ``full_share`` the share of sessions whose slots
    were all taken.

    Args:
        plan: the scenario.
        told: what was taken, and when.
        held: [sessions] that are held on counted days.
    """
    rows, s = Rows(), plan.sessions
    channel = plan.channels.ordinary
    full_at = told.full_at_ms(s.quota)[:, channel]
    bookable = (s.quota[:, channel] > 0) & ~s.on_request
    for row, site in enumerate(plan.sites.id):
        mine = bookable & (s.site == row)
        if not (held & mine).any():
            continue
        rows.add("full_share", "site", site, "share", (full_at[held & mine] != NONE).mean())
        offer = offered(plan, np.flatnonzero(mine), full_at)
        time = stretches(offer.from_ms, offer.until_ms).sum()
        if time <= 0:
            continue
        free = stretches(offer.from_ms, offer.free_until_ms)
        rows.add("no_slot_share", "site", site, "share", 1 - free.sum() / time)
        if free.sum() > 0:
            rows.add("next_slot_days", "site", site, "mean", days_ahead(offer) / free.sum())
            for statistic, days in zip(QUANTILES, quantiles_of_days_ahead(offer, [*QUANTILES.values()]), strict=True):
                rows.add("next_slot_days", "site", site, statistic, days)
    return rows


def offered(plan: Plan, rows: Ints, full_at: Ints) -> Offer:
    """What some sessions of one site offer; ``full_at`` is of all sessions, NONE where slots were left."""
    s, b = plan.sessions, plan.behaviour
    opens = s.intake_open[rows]
    begins = np.clip(opens - b.window_ms, plan.counted_from_ms, plan.counted_to_ms)
    until = np.clip(s.intake_close[rows] - b.notice_ms, plan.counted_from_ms, plan.counted_to_ms)
    full = full_at[rows]
    return Offer(opens, begins, until, np.where(full == NONE, until, np.minimum(full, until)))


def stretches(from_ms: Ints, until_ms: Ints) -> Floats:
    """[sessions]: the time in which each is the first that is there; ``from_ms`` ascends."""
    begins = _first_from(from_ms, until_ms)
    length: Floats = np.maximum(until_ms - begins, 0).astype(np.float64)
    return length


def days_ahead(offer: Offer) -> float:
    """The days until the first session with a free slot opens, summed over the milliseconds in which there is one."""
    begins, until = _before_opening(offer)
    ahead = offer.opens_ms - (begins + until) / 2
    return float(((until - begins) * (ahead / DAY_MS)).sum())


def quantiles_of_days_ahead(offer: Offer, levels: Sequence[float]) -> list[float]:
    """Days until the first session with a free slot opens, kept in some shares of the time in which there is one."""
    begins, until = _before_opening(offer)
    time = stretches(offer.from_ms, offer.free_until_ms).sum()
    # While a session is the first one, each millisecond brings it nearer by one: as many pass at every distance.
    furthest, nearest = offer.opens_ms - begins, offer.opens_ms - until
    ends = np.concatenate([[0], nearest, furthest])
    beginning = np.repeat([0, 1, -1], [1, len(nearest), len(furthest)])
    order = np.argsort(ends, kind="stable")
    at, sessions = ends[order], np.cumsum(beginning[order])
    nothing_to_wait_for = time - (until - begins).sum()
    nearer = nothing_to_wait_for + np.concatenate([[0.0], np.cumsum(sessions[:-1] * np.diff(at))])
    found: list[float] = (np.interp(np.multiply(levels, time), nearer, at) / DAY_MS).tolist()
    return found


def _before_opening(offer: Offer) -> tuple[Ints, Ints]:
    """[sessions]: from when until when each is the first with a free slot and is yet to open.

    On a session's own day, once it is open, nothing has to be waited for.
    """
    until = np.minimum(offer.free_until_ms, offer.opens_ms)
    return np.minimum(_first_from(offer.from_ms, offer.free_until_ms), until), until


def _first_from(from_ms: Ints, until_ms: Ints) -> Ints:
    """[sessions]: when no earlier one is there any more, or when its own time begins."""
    earlier = np.maximum.accumulate(until_ms)
    begins: Ints = from_ms.copy()
    begins[1:] = np.maximum(from_ms[1:], earlier[:-1])
    return begins
