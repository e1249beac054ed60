"""The table of a ranking: the content of rank.csv."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.trying.trials import AS_IT_STANDS

if TYPE_CHECKING:
    import pandas as pd

    from sim.ranking.ranked import Ranked


def rank_table(ranked: Ranked) -> pd.DataFrame:
    """One row for each alternative and each number that is told of it, the best first; last what they are against."""
    import pandas as pd

    rows, counted = [], set(ranked.counted)
    for number, place in enumerate([*ranked.places, AS_IT_STANDS], start=1):
        estimates = ranked.estimates.get(place)
        one = None if place == AS_IT_STANDS else ranked.alternatives[place]
        about: dict[str, Any] = {
            "rank": number if place in counted else "",
            "alternative": "" if one is None else one.name,
            "settings": "" if one is None else "; ".join(f"{path}={value}" for path, value in one.changes),
        }
        states = iter(ranked.states.get(place, ()))
        for row, asked in enumerate(ranked.asked):
            _, measure, level, unit, statistic = asked.quantity.key
            told: dict[str, Any] = {"estimate": np.nan, "ci_low": np.nan, "ci_high": np.nan, "replications": 0}
            if estimates is not None:
                told = {name: estimates[name].iloc[row] for name in told}
            ordered = row == 0 and place in ranked.may_be_best
            rows.append(
                about
                | {"measure": measure, "level": level, "unit": unit, "statistic": statistic}
                | told
                | {
                    "limit": f"{asked.sign} {asked.written}".strip(),
                    "state": next(states, "") if asked.sign else "",
                    "may_be_best": ranked.may_be_best[place] if ordered else "",
                    "behind_at_most": ranked.behind[place] if ordered else np.nan,
                    "refused": ranked.refused.get(place, ""),
                }
            )
    return pd.DataFrame(rows)
