"""The table of a sweep: the content of sweep.csv."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.trying.states import state_of
from sim.trying.trials import by_chance

if TYPE_CHECKING:
    import pandas as pd

    from sim.sweeping.swept import Swept


def sweep_table(swept: Swept) -> pd.DataFrame:
    """One row for each value that was tried and each number that is told of it."""
    import pandas as pd

    setting, rows = swept.setting, []
    chance = [by_chance(swept.estimates, number) for number in range(len(swept.asked))]
    for place in swept.places:
        estimates = swept.estimates.get(place)
        for number, one in enumerate(swept.asked):
            found = None if estimates is None else estimates.iloc[number]
            told: dict[str, Any] = {"estimate": np.nan, "ci_low": np.nan, "ci_high": np.nan, "replications": 0}
            state = "refused" if one.sign else ""
            if found is not None:
                told = {name: found[name] for name in told}
                state = state_of(one, found, chance[number]) if one.sign else ""
            _, measure, level, unit, statistic = one.quantity.key
            about = {"value": setting.told(place), "amount": setting.amount(place)}
            about |= {"as_it_stands": place == setting.here, "measure": measure, "level": level, "unit": unit}
            limit = f"{one.sign} {one.written}".strip()
            rows.append(about | {"statistic": statistic} | told | {"limit": limit, "state": state})
    return pd.DataFrame(rows)
