"""Who goes where: applicants by the district they live in and the site they book at."""

from __future__ import annotations

import numpy as np

from sim.journeys import Journeys
from sim.measures.outcomes import Outcomes
from sim.measures.rows import FLOW, Rows
from sim.plan import NONE, Plan

MEASURES = ("applicants",)
"""All that :func:`flows` measures."""


def flows(plan: Plan, journeys: Journeys, o: Outcomes) -> Rows:
    """Counted applicants with a slot by district and site; the unit is ``<district> <site>``.

    A pair that nobody takes has no row, since most of them are empty: an absent row is a 0. Over all districts they are
    the applicants of a site, over all sites those of a district but for who never got a slot.
    """
    rows, n = Rows(), len(plan.sites.id)
    booked = np.flatnonzero(o.counted & o.applied & (journeys.site != NONE))
    pairs = o.district.take(booked).astype(np.int64) * n + journeys.site.take(booked)
    counts = np.bincount(pairs, minlength=len(plan.districts.code) * n)
    taken = np.flatnonzero(counts)
    units = [f"{plan.districts.code[pair // n]} {plan.sites.id[pair % n]}" for pair in taken.tolist()]
    rows.add_all("applicants", FLOW, units, "count", counts[taken])
    return rows
