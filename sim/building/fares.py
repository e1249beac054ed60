"""What a trip costs in money."""

from __future__ import annotations

import numpy as np

from sim.config.schema import Scenario
from sim.plan import Ints


def fares(scenario: Scenario, duration_ms: Ints, distance_m: Ints) -> Ints:
    """One-way fares in rupiah for one person, half of a night away included where the trip needs one."""
    t = scenario.travel
    fare = np.maximum(distance_m / 1000.0 * t.fare_per_km, t.fare_minimum)
    fare = fare + np.where(duration_ms > t.overnight_after, t.overnight_cost / 2.0, 0.0)
    return np.rint(fare).astype(np.int64)
