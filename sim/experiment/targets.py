"""Known figures, and what the model gives for each: the table targets.csv."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.config.checks import MOST_NAMES
from sim.config.nodes import shown
from sim.config.rejection import nearest_name
from sim.errors import DataError, Problem
from sim.province.csv_reader import read_sheet

if TYPE_CHECKING:
    import pandas as pd

    from sim.config.schema import Experiment
    from sim.plan import Plan

KEYS = ("scenario", "measure", "level", "unit", "statistic")
BY_WEEK = ("week", "site_week")
"""Levels whose units are known only after a run."""


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
        raise DataError(replace(problem, file=shown(Path(problem.file))) for problem in problems)
    rows = tuple(zip(*keys, strict=True))
    return Targets(figure, rows, tuple(np.asarray(known).tolist()), fitted, source, sheet.file, sheet.lines)


def target_problems(targets: Targets, plans: Mapping[str, Plan], model: Experiment) -> list[Problem]:
    """A problem for each figure that the experiment will not measure, found without simulating anybody.

    What will be measured is what a run measures in which nobody needs a passport; weeks alone depend on the people.
    """
    known = _measured(plans, model)
    problems = []
    for key, line in zip(targets.keys, targets.line, strict=True):
        problem = _mismatch(key, known)
        if problem is not None:
            problems.append(replace(problem, file=shown(targets.file), line=line))
    return problems


def _measured(plans: Mapping[str, Plan], model: Experiment) -> list[tuple[str, ...]]:
    """The keys of all rows of the experiment, those of weeks left out."""
    from sim.experiment.cells import Work
    from sim.experiment.run import measured_keys

    deserted = {
        name: replace(
            plan, segments=tuple(replace(s, parties_per_day=np.zeros_like(s.parties_per_day)) for s in plan.segments)
        )
        for name, plan in plans.items()
    }
    return measured_keys(Work(deserted, 0, tuple(model.travel_minutes), model.baseline))


def _mismatch(key: tuple[str, ...], known: list[tuple[str, ...]]) -> Problem | None:
    """The first column of a key that fits no row: scenario, measure, level, statistic and, last, unit."""
    rows = known
    for column in ("scenario", "measure", "level", "statistic", "unit"):
        place = KEYS.index(column)
        if column in ("level", "unit") and key[KEYS.index("level")] in BY_WEEK:
            return None
        names = list(dict.fromkeys(row[place] for row in rows))
        rows = [row for row in rows if row[place] == key[place]]
        if not rows:
            about = "" if column == "scenario" else f" of {key[1]}" if column != "measure" else f" in {key[0]}"
            more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
            near = nearest_name(key[place], names)
            return Problem(
                f"there is no {column} {key[place]!r}{about}",
                column=column,
                allowed="" if near else ", ".join(names[:MOST_NAMES]) + more,
                nearest=near,
            )
    return None


def against_targets(targets: Targets, summary: pd.DataFrame) -> pd.DataFrame:
    """Each known figure beside the modelled one.

    Returns:
        figure, the keys, known, modelled, ci_low, ci_high, difference_percent, fitted, source; blank where the
        experiment has no such number.
    """
    import pandas as pd

    table = pd.DataFrame(list(targets.keys), columns=list(KEYS))
    table.insert(0, "figure", targets.figure)
    table["known"] = targets.known
    found = summary.set_index(list(KEYS))[["estimate", "ci_low", "ci_high"]]
    modelled = found.reindex(pd.MultiIndex.from_tuples(targets.keys, names=KEYS))
    for column, name in (("estimate", "modelled"), ("ci_low", "ci_low"), ("ci_high", "ci_high")):
        table[name] = modelled[column].to_numpy(dtype=float)
    table["difference_percent"] = 100.0 * (table["modelled"] / table["known"].where(table["known"] != 0) - 1.0)
    table["fitted"] = targets.fitted
    table["source"] = targets.source
    return table
