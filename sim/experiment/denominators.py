"""Which rows of a table of replications are means over people, and how many people each is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.measures.stages import STAGES

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]

RATIOS = ("mean", "share")
"""Statistics that are a sum over people divided by their number, where the number is known."""

OF_NEED = ("served_share", "deterred_share", "unserved_share", "lost_share", "under_way_share")
OF_SERVED = (
    *("days_to_passport", "trips", "days_off", "travel_hours", "travel_km", "cost_rupiah", "fare_rupiah", "vain_trips"),
    *("as_promised_share", "at_once_share", "brought_share", "delivered_share"),
)
DENOMINATORS = {
    **dict.fromkeys(OF_NEED, ("need", "applicants")),
    **dict.fromkeys(OF_SERVED, ("served",)),
    **dict.fromkeys(STAGES, ("served",)),
    **dict.fromkeys([f"{stage}_{of}" for stage in STAGES for of in ("before", "saved")], ("days_saved",)),
    "waited_share": ("wait_minutes",),
    "rupiah_per_passport": ("passports",),
}
"""The measure that counts the people of another; the next one where there is none, as at a site, where the need that
stayed away is not known. A measure with a count of its own needs none."""

COUNTED = frozenset(
    {
        *DENOMINATORS,
        *("lead_days", "wait_minutes", "office_minutes"),
        *("travel_hours_saved", "days_saved", "wait_minutes_saved", "cost_rupiah_saved"),
    }
)
"""All measures of the project whose means and shares are over people: those, and those with a count of their own."""

TOTALS = {"rupiah_per_passport": ("operating_rupiah", "total")}
"""Measure and statistic of what a mean shares out, where that is there also in replications that have nobody."""


def totals_of(keys: pd.DataFrame) -> Ints:
    """The quantities that the means of TOTALS share out.

    Args:
        keys: ``[quantities]``: measure, level, unit, statistic, none twice.

    Returns:
        ``[quantities]``: the place of each; -1 where there is none.
    """
    found = np.full(len(keys), -1, dtype=np.int64)
    measures = keys["measure"].to_numpy(dtype=object)
    level, unit, statistic = (keys[name].to_numpy(dtype=object) for name in ("level", "unit", "statistic"))
    for measure, (of, by) in TOTALS.items():
        places = {(level[row], unit[row]): row for row in np.flatnonzero((measures == of) & (statistic == by))}
        for row in np.flatnonzero(measures == measure):
            found[row] = places.get((level[row], unit[row]), -1)
    return found


def counts_of(keys: pd.DataFrame) -> Ints:
    """The quantities that count the people of others.

    Args:
        keys: ``[quantities]``: measure, level, unit, statistic, none twice.

    Returns:
        ``[3, quantities]``: the place of the count of each, by preference; -1 where there is none, or where the
        quantity is no mean over people.
    """
    import pandas as pd

    found = np.full((3, len(keys)), -1, dtype=np.int64)
    wanted = np.flatnonzero(keys["statistic"].isin(RATIOS).to_numpy(dtype=np.bool_))
    counts = np.flatnonzero((keys["statistic"] == "count").to_numpy(dtype=np.bool_))
    if not len(wanted) or not len(counts):
        return found
    measure, level, unit = (keys[column].to_numpy(dtype=object) for column in ("measure", "level", "unit"))
    index = pd.MultiIndex.from_arrays([measure[counts], level[counts], unit[counts]])
    for rank in range(3):
        names = np.array([counted_by(name, rank) for name in measure[wanted]], dtype=object)
        at = index.get_indexer(pd.MultiIndex.from_arrays([names, level[wanted], unit[wanted]]))
        found[rank, wanted] = np.where(at < 0, -1, counts[at])
    return found


def uncounted(keys: pd.DataFrame) -> pd.DataFrame:
    """Those quantities that are means over people by what they are, and whose people nothing counts here.

    Args:
        keys: ``[quantities]``: measure, level, unit, statistic, none twice.
    """
    over_people = (keys["measure"].isin(COUNTED) & keys["statistic"].isin(RATIOS)).to_numpy(dtype=np.bool_)
    return keys[over_people & (counts_of(keys) < 0).all(axis=0)]


def counted_by(measure: str, rank: int) -> str:
    """The measure whose count is the people of this one: itself first, then those of DENOMINATORS."""
    names = (measure, *DENOMINATORS.get(measure, ()))
    return names[rank] if rank < len(names) else ""
