"""Which rows of a table of replications are means over people, and how many people each is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.measures.stages import STAGES
from sim.stats.ratios import linearised

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

RATIOS = ("mean", "share")
"""Statistics that are a sum over people divided by their number, where the number is known."""

OF_NEED = ("served_share", "deterred_share", "unserved_share", "lost_share", "under_way_share")
OF_SERVED = (
    *("days_to_passport", "trips", "travel_hours", "travel_km", "cost_rupiah", "fare_rupiah", "vain_trips"),
    *("at_once_share", "brought_share", "delivered_share"),
)
DENOMINATORS = {
    **dict.fromkeys(OF_NEED, ("need", "applicants")),
    **dict.fromkeys(OF_SERVED, ("served",)),
    **dict.fromkeys(STAGES, ("served",)),
    **dict.fromkeys([f"{stage}_{of}" for stage in STAGES for of in ("before", "saved")], ("days_saved",)),
    "waited_share": ("wait_minutes",),
}
"""The measure that counts the people of another; the next one where there is none, as at a site, where the need that
stayed away is not known. A measure with a count of its own needs none."""


def linearise(keys: pd.DataFrame, scenario: NDArray[np.int64], values: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Put per-person means in a form whose mean over replications is the ratio of sums.

    Args:
        keys: ``[quantities]``: measure, level, unit, statistic.
        scenario: ``[quantities]``: a number for the scenario.
        values: ``[replications, quantities]``.

    Returns:
        The values, see :func:`sim.stats.ratios.linearised`, and ``[quantities]`` whether each is such a mean.
    """
    import pandas as pd

    wanted = np.flatnonzero(keys["statistic"].isin(RATIOS).to_numpy(dtype=np.bool_))
    counts = np.flatnonzero((keys["statistic"] == "count").to_numpy(dtype=np.bool_))
    if not len(wanted) or not len(counts):
        return values, np.zeros(len(keys), dtype=np.bool_)
    places = {column: keys[column].to_numpy(dtype=object) for column in ("measure", "level", "unit")}
    index = pd.MultiIndex.from_arrays([scenario[counts], *(column[counts] for column in places.values())])
    measure = places["measure"][wanted]
    found = np.full(len(wanted), -1)
    for rank in range(3):
        names = np.array([counted_by(name, rank) for name in measure], dtype=object)
        level, unit = places["level"][wanted], places["unit"][wanted]
        at = index.get_indexer(pd.MultiIndex.from_arrays([scenario[wanted], names, level, unit]))
        found = np.where(found < 0, at, found)
    known = found >= 0
    wanted, people = wanted[known], counts[found[known]]
    out = values.copy()
    out[:, wanted] = linearised(values[:, wanted], np.nan_to_num(values[:, people]))
    ratio = np.zeros(len(keys), dtype=np.bool_)
    ratio[wanted] = True
    return out, ratio


def counted_by(measure: str, rank: int) -> str:
    """The measure whose count is the people of this one: itself first, then those of DENOMINATORS."""
    names = (measure, *DENOMINATORS.get(measure, ()))
    return names[rank] if rank < len(names) else ""
