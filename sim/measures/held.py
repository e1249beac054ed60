"""Which sessions are held in a replication: one notion for all measures of sessions."""

from __future__ import annotations

import numpy as np

from sim.draws import Draws
from sim.journeys import Journeys
from sim.plan import NONE, Bools, Plan


def booked_sessions(plan: Plan, j: Journeys) -> Bools:
    """[sessions]: somebody has booked it, or come to it: those on request are held for them alone, come or not."""
    # NONE, which is -1, finds the last place, which is no session's.
    booked = np.zeros(len(plan.sessions.site) + 1, dtype=bool)
    for column in (j.session, j.missed_session, j.visit_session):
        booked[column] = True
    return booked[:NONE]


def held_sessions(plan: Plan, draws: Draws, j: Journeys) -> Bools:
    """[sessions]: offers slots on a counted day, is closed by no outage, and if it is on request, was asked for."""
    s = plan.sessions
    held: Bools = plan.counted_sessions & (s.quota.sum(axis=1) > 0) & ~draws.closed
    if s.on_request.any():
        held &= ~s.on_request | booked_sessions(plan, j)
    return held
