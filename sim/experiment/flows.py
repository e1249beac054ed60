"""From flows of replications to one number with an interval for each district and site: the table flows.csv."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.experiment.layout import blocks
from sim.experiment.table import Table, as_table
from sim.measures.rows import FLOW
from sim.stats.intervals import mean_intervals

if TYPE_CHECKING:
    import pandas as pd

FLOWS = "flows.csv"
COLUMNS = ("scenario", "district", "site", "applicants", "ci_low", "ci_high", "replications")


def flow_table(replications: pd.DataFrame | Table, confidence: float, scenarios: Sequence[str]) -> pd.DataFrame:
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

    table = as_table(replications)
    codes, units = table.labels("unit")
    flows = np.flatnonzero(table.chosen([FLOW]))
    parts = []
    for scenario in scenarios:
        there = flows[table.there(scenario)[flows]]
        pairs = [tuple(units[code].split(" ", 1)) for code in codes[there]]
        order = sorted(range(len(pairs)), key=pairs.__getitem__)
        for block in blocks(table, len(order)):
            some = order[block]
            # Nobody took a pair that a replication has no row of.
            found = mean_intervals(table.values(scenario, there[some], absent=0.0), confidence)
            columns = {
                "scenario": scenario,
                "district": [pairs[row][0] for row in some],
                "site": [pairs[row][1] for row in some],
                "applicants": found.estimate,
                # Nobody can be less than none.
                "ci_low": np.maximum(found.low, 0.0),
                "ci_high": found.high,
                "replications": found.n,
            }
            parts.append(pd.DataFrame(columns, columns=list(COLUMNS)))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
