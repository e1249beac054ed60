"""What a calibration aims at, and what it may move: checked before anything is simulated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.config.key_paths import parse_path
from sim.config.nodes import shown
from sim.config.problems import placed
from sim.config.ranges import Range
from sim.config.units import quantity
from sim.errors import ConfigError, Problem
from sim.experiment.inputs import Input, chosen_inputs, ranged_inputs
from sim.keeping.targets import Targets

if TYPE_CHECKING:
    from sim.config.loader import Loaded
    from sim.config.schema import Experiment, Scenario
    from sim.config.statistics import Calibration

Floats = NDArray[np.float64]
FEWEST_STEPS = 20
"""A whole number with fewer values than this in its range has no slope to follow."""
DIGITS = 4
"""So many figures of a fitted number are written; further ones would be noise."""


@dataclass(frozen=True)
class Aim:
    """The inputs that move and the figures that pull them."""

    inputs: tuple[Input, ...]
    groups: tuple[tuple[int, ...], ...]
    """Which inputs move together, through their ranges at the same share."""
    targets: Targets
    fitted: tuple[int, ...]
    """Rows of the targets to which inputs are fitted."""
    tolerance: Floats
    """``[targets]``, in the unit of each figure."""
    files: Mapping[str, Path]
    """Of the scenarios, by name."""

    @property
    def as_it_stands(self) -> Floats:
        """``[inputs]``: how far through its range each is in the scenarios."""
        return np.array([share_of(one) for one in self.inputs])

    @property
    def start(self) -> Floats:
        """``[groups]``: the same, the mean of those that move together."""
        found = self.as_it_stands
        return np.array([found[list(group)].mean() for group in self.groups])

    def shares(self, point: Floats) -> Floats:
        """``[inputs]`` from ``[groups]``."""
        found = np.empty(len(self.inputs))
        for share, group in zip(point.tolist(), self.groups, strict=True):
            found[list(group)] = share
        return found

    def scenarios(self, rows: Sequence[int]) -> list[str]:
        """The scenarios that some figures are about."""
        return list(dict.fromkeys(self.targets.keys[row][0] for row in rows))

    def residuals(self, modelled: Floats) -> Floats:
        """``[points, fitted]``: differences in tolerances, of ``[points, fitted]``."""
        rows = list(self.fitted)
        return np.asarray((modelled - np.array(self.targets.known)[rows]) / self.tolerance[rows], dtype=np.float64)


def aim_of(experiment: Loaded[Experiment], scenarios: Mapping[str, Loaded[Scenario]], targets: Targets | None) -> Aim:
    """What the calibration of an experiment is about.

    Raises:
        ConfigError: all that is wrong with it.
    """
    section = experiment.model.calibration
    if section is None:
        raise ConfigError(
            Problem(
                "has nothing to fit",
                file=shown(experiment.path),
                allowed="a section `calibration:` that names the inputs to fit, and `targets:`",
            )
        )
    if targets is None:
        problem = Problem(
            "there are no known figures to fit to", path="calibration", allowed="a table under `targets:`"
        )
        raise ConfigError(placed(problem, experiment.where))
    fitted = tuple(row for row, word in enumerate(targets.fitted) if word == "yes")
    tolerance, problems = _tolerances(targets, section)
    if not fitted:
        at = Problem("no figure is marked as fitted", file=shown(targets.file), column="fitted", allowed="yes, no")
        problems.append(at)
    about = {targets.keys[row][0] for row in fitted}
    there = {name: loaded for name, loaded in scenarios.items() if name in about}
    found, unknown = chosen_inputs(there, section.paths, "calibration.inputs", "any scenario with a fitted figure")
    problems += unknown if fitted else []
    # What is fitted in some scenarios holds in the others too.
    everywhere = ranged_inputs(scenarios)
    inputs = [everywhere[one.path] for one in found]
    for one in inputs:
        what, allowed = _unfit(one)
        if what:
            problems.append(Problem(f"{one.path}: {what}", path="calibration.inputs", allowed=allowed))
    if not problems and len(fitted) < len(section.groups):
        what = f"{len(section.groups)} inputs to fit to {len(fitted)} figures"
        problems.append(Problem(what, path="calibration.inputs", allowed="at most as many as there are fitted figures"))
    if problems:
        raise ConfigError(placed(problem, experiment.where) for problem in problems)
    place = {one.path: number for number, one in enumerate(inputs)}
    groups = tuple(tuple(place[path] for path in group) for group in section.groups)
    files = {name: loaded.path for name, loaded in scenarios.items()}
    return Aim(tuple(inputs), groups, targets, fitted, tolerance, files)


def _tolerances(targets: Targets, section: Calibration) -> tuple[Floats, list[Problem]]:
    """Half the width from low to high, or the given share of the figure, whichever is more."""
    known, low, high = (np.array(part) for part in (targets.known, targets.low, targets.high))
    width = np.where(np.isnan(high), known, high) - np.where(np.isnan(low), known, low)
    tolerance = np.maximum(width / 2, section.tolerance * np.abs(known))
    problems = [
        Problem(
            "a figure of 0 has no size of its own, so it is not known how near it is to be",
            file=shown(targets.file),
            line=line,
            column="known",
            allowed="low and high beside it",
        )
        for line, word, size in zip(targets.line, targets.fitted, tolerance, strict=True)
        if word == "yes" and size <= 0
    ]
    return tolerance, problems


def _unfit(one: Input) -> tuple[str, str]:
    """Why an input cannot be fitted, and what could; empty where it can."""
    first = next(iter(one.by_scenario.values()))
    for name, known in one.by_scenario.items():
        if (known.value, known.range) != (first.value, first.range):
            return f"stands differently in {next(iter(one.by_scenario))} and {name}", "a value that scenarios share"
    if any(isinstance(part, int) for part in parse_path(one.path)):
        return "is an entry of a list, which a file that builds on another can only set as a whole", "a value of a map"
    span = first.range or Range(first.value, first.value)
    low, high = span.low, span.high
    measures = [quantity(value) for value in (first.value, low, high)]
    if span.handle or None in measures:
        return "is not one number", "an input that is one number with a range"
    if all(isinstance(value, int) for value in (first.value, low, high)) and high - low < FEWEST_STEPS:
        return f"has only {high - low + 1} values from {low} to {high}", "an input that varies finely"
    return "", ""


def share_of(one: Input, value: Any = None) -> float:
    """How far through its range a value of an input is; the value it has when none is given."""
    known = next(iter(one.by_scenario.values()))
    span = known.range or Range(known.value, known.value)
    at, first, last = (
        (quantity(part) or ("", np.nan))[1] for part in (known.value if value is None else value, span.low, span.high)
    )
    return float(np.clip((at - first) / (last - first), 0.0, 1.0))


def neat(one: Input, share: float) -> Any:
    """The value of an input at a share of its range, as a person would write it: in few figures, within the range."""
    known = next(iter(one.by_scenario.values()))
    span = known.range or Range(known.value, known.value)
    value = span.at(share, known.value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    rounded = type(value)(float(f"{value:.{DIGITS}g}"))
    return rounded if span.low <= rounded <= span.high else value


def check_calibration(
    experiment: Loaded[Experiment], scenarios: Mapping[str, Loaded[Scenario]], targets: Targets | None
) -> None:
    """See that an experiment's calibration, if it has one, could be run.

    Raises:
        ConfigError: all that is wrong with it.
    """
    if experiment.model.calibration is not None:
        aim_of(experiment, scenarios, targets)
