"""Bounds that a quantity cannot pass, at which its interval ends.

Cutting an interval off where the truth cannot lie loses none of its coverage: what is cut off never held the truth.
That is so of a share of a whole. What is called a share and is none, the work done over the time that is staffed, goes
above 1 by overtime, and only 0 bounds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.measures.equity import BURDENS
from sim.measures.sites import STATION_MEASURES
from sim.measures.stages import STAGES
from sim.measures.team_days import OUT, REST

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

NEVER_NEGATIVE = frozenset(
    {
        *("wait_minutes", "office_minutes", "overtime_minutes", "nearest_minutes", "lead_days", "days_to_passport"),
        "next_slot_days",
        *("trips", "vain_trips", "days_off", "travel_hours", "travel_km", "team_km", "visits_per_session"),
        *("cost_rupiah", "fare_rupiah", "operating_rupiah", "rupiah_per_passport"),
        *(OUT, REST),
        *(
            f"{kind}_{of}"
            for kind in ("worst_tenth", "regency_gap")
            for of, statistic in BURDENS
            if statistic == "mean"
        ),
        *STAGES,
        *(f"{stage}_before" for stage in STAGES),
    }
)
"""Means, totals and percentiles that are of amounts. Counts and shares need not be named, and of a measure of a
project's own only these are known to have bounds."""
PARTS = frozenset({"gini_travel_hours", *(f"gini_district_{of}" for of, _ in BURDENS)})
"""Means that lie between 0 and 1, as shares do."""
OVER_STAFFED_TIME = frozenset(name for _, name in STATION_MEASURES)
"""Shares that are above 1 where work goes on after the end of staffed time."""

PLANNED = frozenset(
    ("sessions", "officer_days", "officer_nights", "team_days", "team_km", "operating_rupiah", "nearest_minutes")
)
"""Measures in which chance has no part, unless a team goes out only on request."""
COVERAGE = "coverage_"
"""How the names of others of them begin."""


def is_planned(measure: str) -> bool:
    """Whether a plan alone says what a measure is where it does not vary: the same twice is sure."""
    return measure in PLANNED or measure.startswith(COVERAGE)


def bounds(keys: pd.DataFrame) -> tuple[Floats, Floats]:
    """The least and the most that each quantity can be, infinite where nothing bounds it.

    Args:
        keys: ``[quantities]``: columns measure and statistic.
    """
    part, amount = _parts(keys), _amounts(keys)
    return np.where(part | amount, 0.0, -np.inf), np.where(part, 1.0, np.inf)


def difference_bounds(keys: pd.DataFrame) -> tuple[Floats, Floats]:
    """The same of the difference of two values of each quantity."""
    most = np.where(_parts(keys), 1.0, np.inf)
    return -most, most


def cut(estimate: Floats, low: Floats, high: Floats, least: Floats, most: Floats) -> tuple[Floats, Floats]:
    """Intervals that end at bounds.

    One whose estimate is out of bounds is left as it is: a number of one's own may not be what its statistic says.
    """
    low = np.where(estimate >= least, np.maximum(low, least), low)
    return low, np.where(estimate <= most, np.minimum(high, most), high)


def _parts(keys: pd.DataFrame) -> NDArray[np.bool_]:
    share = (keys["statistic"] == "share") & ~keys["measure"].isin(OVER_STAFFED_TIME)
    return (share | keys["measure"].isin(PARTS)).to_numpy(dtype=np.bool_)


def _amounts(keys: pd.DataFrame) -> NDArray[np.bool_]:
    never_negative = keys["statistic"].isin(("count", "share")) | keys["measure"].isin(NEVER_NEGATIVE)
    return never_negative.to_numpy(dtype=np.bool_)
