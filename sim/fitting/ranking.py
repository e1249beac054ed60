"""From a table of records to ranked families and the lines to paste into a configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.config.csv_reader import Sheet, read_sheet
from sim.config.nodes import shown
from sim.config.rejection import nearest_name
from sim.config.units import duration_ms
from sim.errors import DataError, InputError, Problem
from sim.fitting.families import EXPON, GAMMA, HYPEREXPON, LOGNORM, WEIBULL, Fit, Times, fit, fit_erlang
from sim.fitting.goodness import goodness

if TYPE_CHECKING:
    import pandas as pd

LEAST = 10
"""Times whose end was seen, without which no family is fitted."""
WORDS = 3
"""So many words that could not be read are named."""
YES, NO = ("1", "yes", "true", "ya"), ("0", "no", "false", "tidak")
"""In either language, in capitals or not."""


@dataclass(frozen=True)
class Ranked:
    """A fitted family, and how well it fits."""

    fit: Fit
    mean: float
    """In the unit of the records."""
    cv: float
    p_value: float


def read_records(file: Path, column: str, censored: str | None = None) -> Times:
    """Times of a column, and whether each was still going on where ``censored`` names a column that says so.

    Raises:
        DataError: every row that is wrong, with its line; too few rows.
    """
    problems: list[Problem] = []
    sheet = read_sheet(file, problems)
    value = sheet.numbers(column, above_zero=True)
    if not problems:
        sheet.check_point(column)
    going_on = np.zeros(len(value), dtype=np.bool_)
    if censored is not None:
        going_on = _going_on(sheet, censored)
    seen = int((~going_on).sum())
    sheet.check_filled_table()
    if not problems and seen < LEAST:
        sheet.report(1, column, f"holds {seen} times whose end was seen", allowed=f"at least {LEAST}")
    elif not problems and len(np.unique(value[~going_on])) < 2:
        sheet.report(
            1, column, f"all times are {value[~going_on][0]:g}", allowed="times that differ, or {constant: ...}"
        )
    if problems:
        raise DataError(problems)
    return Times(value, going_on)


def _going_on(sheet: Sheet, column: str) -> NDArray[np.bool_]:
    """Where a column says yes; words that say neither are told once, as a column that is wrong is wrong throughout."""
    (cells,) = sheet.texts(column, blank=True)
    said = [cell.lower() for cell in cells]
    unread = [(line, cell) for line, cell, word in zip(sheet.lines, cells, said, strict=True) if word not in YES + NO]
    if unread and column in sheet.columns:
        words = list(dict.fromkeys(repr(cell) if cell else "a blank" for _, cell in unread))
        found = ", ".join(words[:WORDS]) + (f" and {len(words) - WORDS} other words" if len(words) > WORDS else "")
        rows = f" in {len(unread)} rows, the first of them here" if len(unread) > 1 else ""
        nearest = nearest_name(unread[0][1].lower(), YES + NO)
        sheet.report(unread[0][0], column, f"found {found}{rows}", allowed=", ".join(NO + YES), nearest=nearest)
    return np.isin(said, YES)


def check_unit(unit: str) -> None:
    """Refuse what is no unit of time.

    Raises:
        InputError: it is none.
    """
    try:
        if not unit.isalpha():
            raise ValueError
        duration_ms(f"1 {unit}")
    except ValueError:
        raise InputError(Problem(f"--unit: {unit!r} is not a unit of time", allowed="ms, s, min, h or days")) from None


def ranked(times: Times, samples: int, seed: int) -> list[Ranked]:
    """All families that can be fitted, the smallest AIC first."""
    found = []
    for again in _candidates(times):
        made = again(times)
        if made is not None:
            mean, cv = _moments(made)
            found.append(Ranked(made, mean, cv, goodness(made, times, again, samples, seed)))
    return sorted(found, key=lambda one: one.fit.aic)


def _candidates(times: Times) -> Iterator[Callable[[Times], Fit | None]]:
    for family in (EXPON, GAMMA, LOGNORM, WEIBULL):
        yield lambda some, family=family: fit(family, some)  # type: ignore[misc]  # bound now, not later
    yield fit_erlang
    if times.ended.std() > times.ended.mean():
        # Below a cv of 1 it is no other than the exponential.
        yield lambda some: fit(HYPEREXPON, some)


def _moments(made: Fit) -> tuple[float, float]:
    """Mean and cv, as the configuration's own reader finds them."""
    from sim.config.families import family

    shapes = [value for name, value in made.parameters.items() if name != "scale"]
    mean, deviation = family(made.family.name).moments(*shapes)
    return mean * made.parameters["scale"], deviation / mean


def table(rows: list[Ranked]) -> pd.DataFrame:
    """family, parameters, mean, cv, log_likelihood, aic, aic_difference and p_value, best first."""
    import pandas as pd

    best = rows[0].fit.aic
    return pd.DataFrame(
        {
            "family": [row.fit.family.name for row in rows],
            "parameters": [_parameters(row.fit) for row in rows],
            "mean": [row.mean for row in rows],
            "cv": [row.cv for row in rows],
            "log_likelihood": [row.fit.log_likelihood for row in rows],
            "aic": [row.fit.aic for row in rows],
            "aic_difference": [row.fit.aic - best for row in rows],
            "p_value": [row.p_value for row in rows],
        }
    )


def _parameters(made: Fit) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in made.parameters.items())


def to_paste(row: Ranked, unit: str, file: Path, column: str, times: Times) -> str:
    """The lines of a configuration that give a fitted distribution and where it comes from, and where they belong."""
    name, values = row.fit.family.name, row.fit.parameters
    if name == "expon":
        given = f"mean: {row.mean:.6g} {unit}"
    elif row.fit.family.by_cv:
        given = f"mean: {row.mean:.6g} {unit}, cv: {row.cv:.6g}"
    else:
        shapes = "".join(f"{key}: {value:.6g}, " for key, value in values.items() if key != "scale")
        given = f"{shapes}scale: {values['scale']:.6g} {unit}"
    going_on = int(times.going_on.sum())
    counted = f"{len(times.value)} records" + (f", {going_on} of them still going on" if going_on else "")
    source = f"{shown(file)}, column {column}: {counted}".replace("\\", "/").replace('"', "'")
    where = "# in a scenario, under the time that was recorded: service: {interview: ...}"
    return f'{where}\nvalue: {{distribution: {name}, {given}}}\nbasis: derived\nsource: "{source}"\n'
