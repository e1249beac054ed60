"""Known figures, and what the model gives for each: the table targets.csv."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import DataError, Problem
from sim.province.csv_reader import read_sheet

if TYPE_CHECKING:
    import pandas as pd

KEYS = ("scenario", "measure", "level", "unit", "statistic")


@dataclass(frozen=True)
class Targets:
    """Known figures, one row each."""

    figure: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]
    """Scenario, measure, level, unit and statistic of each."""
    known: tuple[float, ...]
    fitted: tuple[str, ...]
    """``yes`` where inputs were fitted to the figure, so that agreement proves nothing."""
    source: tuple[str, ...]
    file: Path
    line: tuple[int, ...]


def read_targets(path: Path) -> Targets:
    """Read a table of known figures: figure, scenario, measure, level, unit, statistic, known, fitted, source.

    Raises:
        DataError: all that is wrong with it.
    """
    problems: list[Problem] = []
    sheet = read_sheet(path, problems)
    figure, source, *keys = sheet.texts("figure", "source", *KEYS)
    fitted = sheet.choices("fitted", ("yes", "no"))
    known = sheet.numbers("known", signed=True)
    sheet.check_filled_table()
    if problems:
        raise DataError(problems)
    rows = tuple(zip(*keys, strict=True))
    return Targets(figure, rows, tuple(np.asarray(known).tolist()), fitted, source, sheet.file, sheet.lines)


def against_targets(targets: Targets, summary: pd.DataFrame) -> pd.DataFrame:
    """Each known figure beside the modelled one.

    Returns:
        figure, the keys, known, modelled, ci_low, ci_high, difference_percent, fitted, source.

    Raises:
        DataError: a figure names something that the experiment does not measure.
    """
    import pandas as pd

    found = summary.set_index(list(KEYS))[["estimate", "ci_low", "ci_high"]]
    known_keys = set(found.index)
    absent = [
        Problem(f"the experiment has no {' / '.join(key)}", file=str(targets.file), line=line)
        for key, line in zip(targets.keys, targets.line, strict=True)
        if key not in known_keys
    ]
    if absent:
        raise DataError(absent)
    table = pd.DataFrame(list(targets.keys), columns=list(KEYS))
    table.insert(0, "figure", targets.figure)
    table["known"] = targets.known
    modelled = found.loc[list(targets.keys)]
    for column, name in (("estimate", "modelled"), ("ci_low", "ci_low"), ("ci_high", "ci_high")):
        table[name] = modelled[column].to_numpy(dtype=float)
    table["difference_percent"] = 100.0 * (table["modelled"] / table["known"] - 1.0)
    table["fitted"] = targets.fitted
    table["source"] = targets.source
    return table
