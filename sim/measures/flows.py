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
    mask = o.counted & o.applied & (journeys.site != NONE)
    counts = np.bincount(o.district[mask] * n + journeys.site[mask], minlength=len(plan.districts.code) * n)
    taken = np.flatnonzero(counts)
    for district, site, count in zip((taken // n).tolist(), (taken % n).tolist(), counts[taken].tolist(), strict=True):
        rows.add("applicants", FLOW, f"{plan.districts.code[district]} {plan.sites.id[site]}", "count", count)
    return rows
