"""Known figures, and what the model gives for each: the table targets.csv."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.config.csv_reader import Sheet, grouped, parse_number, read_sheet
from sim.config.nodes import shown
from sim.errors import DataError, Problem
from sim.experiment.bounds import bounds
from sim.experiment.quantities import AFTER_A_RUN, KEYS, measured, mismatch

Floats = NDArray[np.float64]

FITTED_INPUTS = "fitted_inputs"
"""Column, where an experiment says which inputs are fitted: how many, those that move together counted as one."""

if TYPE_CHECKING:
    import pandas as pd

    from sim.config.schema import Experiment
    from sim.plan import Plan


@dataclass(frozen=True)
class Targets:
    """Known figures, one row each."""

    figure: tuple[str, ...]
    figure_id: tuple[str, ...]
    """What it is called in Indonesian."""
    keys: tuple[tuple[str, ...], ...]
    """Scenario, measure, level, unit and statistic of each."""
    known: tuple[float, ...]
    low: tuple[float, ...]
    """The lowest that it may truly be; NaN where nothing is said."""
    high: tuple[float, ...]
    fitted: tuple[str, ...]
    """``yes`` where inputs were fitted to the figure, so that agreement proves nothing."""
    source: tuple[str, ...]
    file: Path
    line: tuple[int, ...]


def read_targets(path: Path) -> Targets:
    """Read a table of known figures: figure, scenario, measure, level, unit, statistic, known, fitted, source.

    Columns ``low`` and ``high``, both or neither, may say between which numbers the figure may truly lie; a blank says
    nothing. A column ``figure_id`` may say what it is called in Indonesian; a blank, the same.

    Raises:
        DataError: all that is wrong with it.
    """
    problems: list[Problem] = []
    sheet = read_sheet(path, problems)
    figure, source, *keys = sheet.texts("figure", "source", *KEYS)
    fitted = sheet.choices("fitted", ("yes", "no"))
    known = sheet.numbers("known", signed=True)
    _check_amounts(sheet)
    low, high = (_ends(sheet, column) for column in ("low", "high"))
    _check_ends(sheet, known, low, high)
    sheet.check_filled_table()
    if problems:
        raise DataError(replace(problem, file=shown(Path(problem.file))) for problem in problems)
    rows = tuple(zip(*keys, strict=True))
    indonesian = sheet.texts("figure_id", blank=True)[0] if "figure_id" in sheet.columns else figure
    return Targets(
        figure=figure,
        figure_id=tuple(name or figure[row] for row, name in enumerate(indonesian)),
        keys=rows,
        known=tuple(known.tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        fitted=fitted,
        source=source,
        file=sheet.file,
        line=sheet.lines,
    )


def _check_amounts(sheet: Sheet) -> None:
    """Note counts below 0, and points that may stand between thousands.

    What is counted, added up or paid has no three decimals; nor does anybody write a third one that is 0.
    """
    for line, row in zip(sheet.lines, sheet.rows, strict=True):
        statistic = row.get("statistic", "")
        large = statistic in ("count", "total") or "rupiah" in row.get("measure", "")
        for column in ("known", "low", "high"):
            cell = row.get(column, "")
            number = parse_number(cell)
            if number is None:
                continue
            if grouped(cell) and (large or cell.endswith("0")):
                digits = cell.replace(".", "")
                sheet.report(line, column, f"{cell!r} may be {number:g} or {digits}", allowed=f"{number:g} or {digits}")
            if statistic == "count" and number < 0:
                sheet.report(line, column, f"{cell} is negative", allowed="a count of at least 0")


def _check_ends(sheet: Sheet, known: Floats, low: Floats, high: Floats) -> None:
    """Note a column of one end without that of the other, and figures beyond an end."""
    for there, absent in (("low", "high"), ("high", "low")):
        if there in sheet.columns and absent not in sheet.columns:
            what = f"the column is missing, and there is a column {there!r}"
            mend = f"both columns; a cell of {absent} may be blank where nothing is known of that end"
            sheet.report(1, absent, what, allowed=mend)
    for row, line in enumerate(sheet.lines):
        if known[row] < low[row]:
            sheet.report(line, "known", f"{known[row]:g} is below low {low[row]:g}")
        if known[row] > high[row]:
            sheet.report(line, "known", f"{known[row]:g} is above high {high[row]:g}")


def doubtful_counts(targets: Targets) -> list[Problem]:
    """A problem for each count that is not whole: a mean of several years may be one, and a share or a rate is none."""
    counted = KEYS.index("statistic")
    rows = zip(targets.keys, targets.known, targets.line, targets.figure, strict=True)
    return [
        Problem(
            f"{figure}: a count of {known:.12g} is not whole",
            file=shown(targets.file),
            line=line,
            column="known",
            allowed="a whole number, or a mean of several counts; a share or a rate has another statistic",
        )
        for key, known, line, figure in rows
        if key[counted] == "count" and known != int(known)
    ]


def _ends(sheet: Sheet, column: str) -> Floats:
    if column not in sheet.columns:
        return np.full(len(sheet.rows), np.nan)
    return sheet.numbers(column, signed=True, blank=True)


def target_problems(targets: Targets, plans: Mapping[str, Plan], model: Experiment) -> list[Problem]:
    """A problem for each figure that the experiment will not measure, found without simulating anybody.

    What will be measured is what a run measures in which nobody needs a passport; weeks alone depend on the people.
    """
    known = measured(plans, model)
    problems = []
    for key, line in zip(targets.keys, targets.line, strict=True):
        if key[KEYS.index("level")] in AFTER_A_RUN:
            continue
        problem = mismatch(key, known)
        if problem is not None:
            problems.append(replace(problem, file=shown(targets.file), line=line))
    return problems


def against_targets(targets: Targets, summary: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Each known figure beside the modelled one.

    Args:
        targets: the known figures.
        summary: the modelled ones, as in summary.csv.
        confidence: coverage of its t intervals.

    Returns:
        figure, figure_id, the keys, known, modelled, ci_low, ci_high, difference_percent, standard_error of the
        modelled figure, difference_in_errors (difference over it), fitted, source; blank where the experiment has no
        such number.
    """
    import pandas as pd

    table = pd.DataFrame(list(targets.keys), columns=list(KEYS))
    table.insert(0, "figure", targets.figure)
    table.insert(1, "figure_id", targets.figure_id)
    table["known"] = targets.known
    found = summary.set_index(list(KEYS))[["estimate", "ci_low", "ci_high", "replications"]]
    modelled = found.reindex(pd.MultiIndex.from_tuples(targets.keys, names=KEYS))
    for column, name in (("estimate", "modelled"), ("ci_low", "ci_low"), ("ci_high", "ci_high")):
        table[name] = modelled[column].to_numpy(dtype=float)
    table["difference_percent"] = 100.0 * (table["modelled"] / table["known"].where(table["known"] != 0) - 1.0)
    table["standard_error"] = _standard_errors(modelled, confidence)
    error = table["standard_error"].where(table["standard_error"] > 0)
    table["difference_in_errors"] = (table["modelled"] - table["known"]) / error
    table["fitted"] = targets.fitted
    table["source"] = targets.source
    return table


def _standard_errors(rows: pd.DataFrame, confidence: float) -> Floats:
    """Standard errors out of t intervals; the longer half counts, since that of a share may end at 0 or 1.

    NaN where both ends are cut: nothing is left that tells how long they were.
    """
    from scipy.stats import t

    estimate, low, high, n = (
        rows[name].to_numpy(dtype=float) for name in ("estimate", "ci_low", "ci_high", "replications")
    )
    least, most = bounds(rows.index.to_frame(index=False))
    half = np.where((low <= least) & (high >= most), np.nan, np.maximum(estimate - low, high - estimate))
    with np.errstate(invalid="ignore"):
        return np.asarray(half / t.ppf(0.5 + confidence / 2, n - 1), dtype=np.float64)
