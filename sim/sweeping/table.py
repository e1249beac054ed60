"""The table of a sweep: the content of sweep.csv."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.config.units import quantity

if TYPE_CHECKING:
    import pandas as pd

    from sim.sweeping.run import Swept


def sweep_table(swept: Swept) -> pd.DataFrame:
    """One row for each value that was tried and each number that is told of it: the content of sweep.csv."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for place in swept.places:
        value = swept.value(place)
        about = {
            "value": str(value), "amount": (quantity(value) or ("", np.nan))[1],
            "as_it_stands": swept.is_as_it_stands(place),
        }  # fmt: skip
        estimates = swept.estimates.get(place)
        for number, one in enumerate(swept.asked):
            found = {} if estimates is None else estimates.iloc[number].to_dict()
            low, high = (found.get(name, np.nan) for name in ("ci_low", "ci_high"))
            state = "refused" if estimates is None else one.state(low, high) if one.sign else ""
            _, measure, level, unit, statistic = one.quantity.key
            rows.append(
                about
                | {
                    "measure": measure, "level": level, "unit": unit, "statistic": statistic,
                    "estimate": found.get("estimate", np.nan), "ci_low": low, "ci_high": high,
                    "replications": found.get("replications", 0), "limit": f"{one.sign} {one.written}".strip(),
                    "state": state,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)
