"""A conclusion in words, and at how many points of the ranges of the inputs it holds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.config.texts import LANGUAGES, Language
from sim.experiment.asked import Conclusion
from sim.stats.intervals import mean_interval
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
class Spread:
    """How points lie in the ranges, and so how much the share of them at which a conclusion holds can tell."""

    paths: int = 0
    """Paths on which they lie, those of each hanging together; 0 where they lie on none, or that is not known."""
    independent: int = 0
    """How many of them lie where they do by themselves; 0 where none does, or that is not known."""
    low: float = math.nan
    """Ends of the interval of the share; NaN where there is none."""
    high: float = math.nan

    @classmethod
    def of(cls, row: Mapping[str, object]) -> Spread:
        """How points lie by a row with the columns SPREAD, as far as it has them: tables kept earlier do not."""
        paths, independent, low, high = (_number(row.get(column)) for column in SPREAD)
        return cls(
            0 if math.isnan(paths) else round(paths), 0 if math.isnan(independent) else round(independent), low, high
        )

    @property
    def row(self) -> dict[str, float]:
        """By the columns SPREAD."""
        return dict(
            zip(SPREAD, (self.paths or math.nan, self.independent or math.nan, self.low, self.high), strict=True)
        )


UNKNOWN = Spread()
SPREAD = ("paths", "independent", "share_low", "share_high")
"""Columns of how points lie in the ranges."""


def _number(value: object) -> float:
    """A cell as a number; NaN where it is empty, as a column that is empty in all rows may be read as one of words."""
    return float(value) if isinstance(value, int | float | np.number) else math.nan


@dataclass(frozen=True)
class Weakest:
    """The stage of a sensitivity analysis at which a conclusion holds least."""

    holds: int
    points: int
    """Points that are not unfit; 0 where there are none."""
    elsewhere: Mapping[str, str]
    """See :func:`ahead_elsewhere`."""
    spread: Spread = UNKNOWN


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
            Spread.of({str(name): value for name, value in row.items()}),
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


def how_often(
    values: Floats, margins: Floats, confidence: float, independent: int = 0, paths: int = 0
) -> dict[str, object]:
    """At how many points a conclusion holds, and the numbers that it had.

    The share is taken of the points that lie where they do by themselves, with an interval after Wilson. Points on
    paths are not so many trials: their share has Student's t interval over the shares of the paths.

    Args:
        values: ``[points, replications]``; NaN where the configuration refuses a point.
        margins: as values: how far on the side of the conclusion.
        confidence: of the interval of the share.
        independent: how many points, from the first, are spread evenly over the ranges by themselves; 0 where none.
        paths: how many paths, each with as many points, one after the other, the points lie on; 0 where on none.
    """
    from scipy.stats import binomtest

    fit = np.asarray(~np.isnan(margins).any(axis=1), dtype=np.bool_)
    means = values.mean(axis=1)[fit]
    few = independent or len(values)
    asked = margins[:few][fit[:few]].mean(axis=1)
    holds, n = int((asked > 0).sum()), len(asked)
    row: dict[str, object] = {
        "points": len(values),
        "unfit": int((~fit).sum()),
        "holds": int((margins[fit].mean(axis=1) > 0).sum()),
        "share": holds / n if n else np.nan,
        "share_low": np.nan,
        "share_high": np.nan,
        "paths": paths or np.nan,
        "independent": n if independent else np.nan,
        "lowest": means.min() if len(means) else np.nan,
        "median": np.median(means) if len(means) else np.nan,
        "highest": means.max() if len(means) else np.nan,
        "noise_share": noise_share(values),
    }
    if independent and n:
        interval = binomtest(holds, n).proportion_ci(confidence, method="wilson")
        row |= {"share_low": interval.low, "share_high": interval.high}
    elif paths:
        found = mean_interval(shares_by_path(margins, paths), confidence)
        row |= {"share_low": np.clip(found.low, 0.0, 1.0), "share_high": np.clip(found.high, 0.0, 1.0)}
    return row


def shares_by_path(margins: Floats, paths: int) -> Floats:
    """Share of the points of each path at which a conclusion holds, ``[paths]``; NaN where all of them are unfit.

    Args:
        margins: ``[points, replications]``, path by path; NaN where the configuration refuses a point.
        paths: how many.
    """
    by_path = margins.mean(axis=1).reshape(paths, -1)
    fit = ~np.isnan(by_path)
    counts = fit.sum(axis=1)
    shares: Floats = np.divide((by_path > 0).sum(axis=1), counts, out=np.full(paths, np.nan), where=counts > 0)
    return shares
