"""Everything random about one replication of a plan, drawn before the engine starts.

First who comes to need a passport, where and when; then what will happen to each of them, whatever an engine does. All
values are integers in the units of the plan, so that an engine neither draws nor rounds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sim.drawing.choice import costs_of_applying, write_costs
from sim.drawing.needs import sum_up
from sim.drawing.outages import closed_sessions, print_limit, same_day_closed
from sim.drawing.people import people_of
from sim.drawing.quantiles import fill_nearly, fill_whole
from sim.drawing.quantiles import prepare as prepare
from sim.draws import FOUR_BYTES, Columns, Draws
from sim.plan import Plan
from sim.randomness import Source, fill_first, fill_pair

LOOPS: tuple[Callable[..., Any], ...] = (fill_pair, fill_first, write_costs, sum_up, fill_whole, fill_nearly)
"""Those that are compiled where numba is installed."""


def draw(plan: Plan, source: Source) -> Draws:
    """All random numbers that ``plan`` needs in the replication ``source`` stands for.

    Columns that scenarios share are handed out to all of them, and cannot be written to.
    """
    people = people_of(plan, source)
    columns: Columns = {
        **people.columns,
        "visit_trip_ppm": people.visits.trip_ppm.T,
        "visit_place_ppb": people.visits.place_ppb.T,
        "service_ms": people.visits.service_ms.transpose(1, 0, 2),
        "referral_after_ms": people.visits.referral_after_ms,
        "cost_rupiah": costs_of_applying(plan, source, people),
        "closed": closed_sessions(plan, source),
        "print_limit": print_limit(plan, source),
        "same_day_closed": same_day_closed(plan, source),
    }
    for name in FOUR_BYTES:
        columns[name] = columns[name].astype(np.int32, copy=False)
    return Draws(**columns)
