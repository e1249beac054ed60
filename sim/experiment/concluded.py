"""A conclusion in words, and at how many points of the ranges of the inputs it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.config.texts import LANGUAGES, Language
from sim.experiment.asked import Conclusion
from sim.stats.variance_shares import noise_share

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


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


@dataclass(frozen=True)
class Weakest:
    """The stage of a sensitivity analysis at which a conclusion holds least."""

    holds: int
    points: int
    """Points that are not unfit; 0 where there are none."""
    elsewhere: Mapping[str, str]
    """See :func:`ahead_elsewhere`."""


def weakest(stages: pd.DataFrame) -> Weakest:
    """The stage at which a conclusion holds least, by share of its points.

    The stages choose their points in ways of their own, so that their counts are not to be added up.

    Args:
        stages: rows of sensitivity.csv, one a stage at which values were moved.
    """
    found = [
        Weakest(
            int(row["holds"]),
            int(row["points"]) - int(row["unfit"]),
            # A column that is empty in all rows is read back as one of numbers; tables kept earlier have none.
            {
                language: text if isinstance(text := row.get(f"elsewhere_{language}"), str) else ""
                for language in LANGUAGES
            },
        )
        for row in stages.to_dict("records")
    ]
    nowhere = Weakest(0, 0, dict.fromkeys(LANGUAGES, ""))
    return min((one for one in found if one.points), key=lambda one: one.holds / one.points, default=nowhere)


def ahead_elsewhere(
    one: Conclusion, winner: int, values: Floats, holds: Bools, titles: Mapping[str, Mapping[Language, str]]
) -> dict[str, object]:
    """Which scenarios are the best at points where the one that is as things stand is not, and at how many, by column.

    Args:
        one: the conclusion.
        winner: the place of the best scenario as things stand.
        values: ``[points, quantities]``; NaN where the configuration refuses a point.
        holds: ``[points]``.
        titles: of the scenarios, by name and language.
    """
    fit = ~np.isnan(values).any(axis=1)
    signed = (values if one.largest else -values)[fit & ~holds]
    # Where no other is ahead in the mean, replications differ on which one is.
    best = signed.argmax(axis=1) if len(signed) else np.zeros(0, dtype=np.int64)
    counts = np.bincount(best, minlength=len(one.quantities)).tolist()
    order = sorted(range(len(counts)), key=lambda place: -counts[place])
    names = [(one.quantities[place].scenario, counts[place]) for place in order if counts[place] and place != winner]
    return {
        f"elsewhere_{language}": "; ".join(f"{titles[name].get(language, name)}: {count}" for name, count in names)
        for language in LANGUAGES
    }


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
