"""A conclusion in words, and at how many points of the ranges of the inputs it holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.config.texts import LANGUAGES, Language
from sim.experiment.asked import Conclusion
from sim.stats.variance_shares import noise_share

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


def in_words(one: Conclusion, winner: int | None, titles: Mapping[str, Mapping[Language, str]]) -> dict[str, object]:
    """The conclusion in its author's words, empty where there are none, and in those of its quantities.

    Args:
        one: the conclusion.
        winner: the place of the best scenario as things stand, where the conclusion is which one that is.
        titles: of the scenarios, by name and language.
    """
    if winner is None:
        side = f"above {one.above:g}" if one.above is not None else f"below {one.below:g}"
        return {**_titles(one, {}), "about": f"{one.quantities[0]} is {side}"}
    best = one.quantities[winner]
    named = {language: f": {titles[best.scenario].get(language, best.scenario)}" for language in LANGUAGES}
    about = f"{best} is the {'largest' if one.largest else 'smallest'} of {len(one.quantities)}"
    return {**_titles(one, named), "about": about}


def _titles(one: Conclusion, named: Mapping[Language, str]) -> dict[str, object]:
    """By column; empty where the author gave none."""
    titles = {language: one.title.get(language, "") for language in LANGUAGES}
    return {f"title_{language}": title and title + named.get(language, "") for language, title in titles.items()}


def weakest(stages: pd.DataFrame) -> tuple[int, int]:
    """At how many points a conclusion holds and how many were tested, of the stage at which it holds least.

    The stages choose their points in ways of their own, so that their counts are not to be added up.

    Args:
        stages: rows of sensitivity.csv, one a stage at which values were moved.

    Returns:
        Points at which it holds, and points that are not unfit; 0 and 0 where there are none.
    """
    counts = [(int(row["holds"]), int(row["points"]) - int(row["unfit"])) for row in stages.to_dict("records")]
    return min((one for one in counts if one[1]), key=lambda one: one[0] / one[1], default=(0, 0))


def how_often(values: Floats, margins: Floats, independent: int, confidence: float, spread: bool) -> dict[str, object]:
    """At how many points a conclusion holds, and the numbers that it had.

    Args:
        values: ``[points, replications]``; NaN where the configuration refuses a point.
        margins: as values: how far on the side of the conclusion.
        independent: how many points, from the first, lie where they do by themselves; the share is taken of these.
        confidence: of the interval of the share, after Wilson.
        spread: whether those points are spread evenly over the ranges; otherwise their share has no interval.
    """
    from scipy.stats import binomtest

    fit = np.asarray(~np.isnan(margins).any(axis=1), dtype=np.bool_)
    means = values.mean(axis=1)[fit]
    asked = margins[:independent][fit[:independent]].mean(axis=1)
    holds, n = int((asked > 0).sum()), len(asked)
    row: dict[str, object] = {
        "points": len(values),
        "unfit": int((~fit).sum()),
        "holds": int((margins[fit].mean(axis=1) > 0).sum()),
        "share": holds / n if n else np.nan,
        "share_low": np.nan,
        "share_high": np.nan,
        "lowest": means.min() if len(means) else np.nan,
        "median": np.median(means) if len(means) else np.nan,
        "highest": means.max() if len(means) else np.nan,
        "noise_share": noise_share(values),
    }
    if spread and n:
        interval = binomtest(holds, n).proportion_ci(confidence, method="wilson")
        row |= {"share_low": interval.low, "share_high": interval.high}
    return row
