"""From flows of replications to one number with an interval for each district and site: the table flows.csv."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.measures.rows import FLOW
from sim.stats.intervals import mean_intervals

if TYPE_CHECKING:
    import pandas as pd

FLOWS = "flows.csv"
COLUMNS = ("scenario", "district", "site", "applicants", "ci_low", "ci_high", "replications")


def flow_table(replications: pd.DataFrame, confidence: float, scenarios: Sequence[str]) -> pd.DataFrame:
    """Applicants by district and site in each scenario, mean over replications with its t interval.

    Args:
        replications: One row for each quantity of each scenario and replication. A pair without a row has 0 applicants
            in that replication.
        confidence: Coverage of each interval, between 0 and 1.
        scenarios: In the order of the table.

    Returns:
        COLUMNS, a row for each pair that anybody took in any replication, by scenario, district and site.
    """
    import pandas as pd

    numbers = np.unique(replications["replication"].to_numpy())
    rows = replications[(replications["level"] == FLOW) & replications["scenario"].isin(list(scenarios))]
    unit = rows["unit"].astype(str)
    keys = pd.DataFrame({"scenario": rows["scenario"].astype(str), "unit": unit})
    quantity, known = pd.factorize(pd.MultiIndex.from_frame(keys))
    values = np.zeros((len(numbers), len(known)))
    values[np.searchsorted(numbers, rows["replication"].to_numpy()), quantity] = rows["value"].to_numpy()
    found = mean_intervals(values, confidence)
    pairs = [str(name).split(" ", 1) for _, name in known]
    table = pd.DataFrame(
        {
            "scenario": [str(name) for name, _ in known],
            "district": [district for district, _ in pairs],
            "site": [site for _, site in pairs],
            "applicants": found.estimate,
            # Nobody can be less than none.
            "ci_low": np.maximum(found.low, 0.0),
            "ci_high": found.high,
            "replications": found.n,
        },
        columns=list(COLUMNS),
    )
    place = {name: row for row, name in enumerate(scenarios)}
    order = table.assign(scenario=table["scenario"].map(place)).sort_values(["scenario", "district", "site"]).index
    return table.loc[order].reset_index(drop=True)
