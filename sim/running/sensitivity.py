"""Whether conclusions survive the ranges of the inputs: screening by Morris, then shares of variance by Sobol'.

The question is the decision. Each conclusion is a number that turns at a threshold, or the lead of the scenario that is
best with the values as they stand; a point of the ranges speaks against it where the number is on the other side.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.config.texts import LANGUAGES, Language
from sim.errors import InputError
from sim.experiment.asked import Conclusion
from sim.experiment.crews import OpenCrew, Standby, Task
from sim.experiment.inputs import Input, Variations
from sim.experiment.points import PointResults, PointWork, Progress, Runner, quantities_of
from sim.experiment.store import Store
from sim.keeping.concluded import ahead_elsewhere, how_often, in_words
from sim.keeping.study import BASE, MORRIS, SOBOL, Study
from sim.running.run import as_failure
from sim.stats.screening import Trajectories, elementary_effects, trajectories
from sim.stats.variance_shares import sobol_design, sobol_shares

if TYPE_CHECKING:
    from sim.config.statistics import Morris, Sensitivity, Sobol
    from sim.running.job import Job

Floats = NDArray[np.float64]


@dataclass
class _Stages:
    """What the stages have found so far."""

    runner: Runner
    conclusions: tuple[Conclusion, ...]
    inputs: tuple[Input, ...]
    confidence: float
    seed: int
    titles: Mapping[str, Mapping[Language, str]]
    """Of the scenarios, by name."""
    winners: dict[str, int] = field(default_factory=dict)
    base: dict[str, float] = field(default_factory=dict)
    points: list[dict[str, object]] = field(default_factory=list)
    concluded: list[dict[str, object]] = field(default_factory=list)
    morris: list[dict[str, object]] = field(default_factory=list)
    sobol: list[dict[str, object]] = field(default_factory=list)

    def of(self, one: Conclusion, found: PointResults) -> Floats:
        """The quantities of a conclusion, ``[points, quantities, replications]``."""
        return found.values[:, [self.runner.work.quantities.index(quantity) for quantity in one.quantities]]


def study(
    job: Job,
    crew_of: Callable[[Task], OpenCrew],
    progress: Progress = lambda done, total: None,
    tell: Callable[[str], None] = lambda text: None,
) -> Study:
    """Run the sensitivity analysis of an experiment that has one; points that are stored are not run again.

    After Ctrl-C or a failure it holds the stages that were complete.
    """
    import pandas as pd

    section = job.experiment.model.sensitivity
    if section is None:
        raise ValueError(f"{job.experiment.model.name} has no sensitivity")
    work, inputs = _work(job, section), job.asked.inputs
    total = 1 + section.morris.trajectories * (len(inputs) + 1)
    if section.sobol is not None:
        total += section.sobol.points * (min(section.sobol.inputs, len(inputs)) + 2)
    interrupted, failure = False, None
    crew = Standby(crew_of(work))
    runner = Runner(work, crew, Store(job.folder.cells), total, progress, tell)
    titles = {name: loaded.model.title for name, loaded in job.scenarios.items()}
    stages = _Stages(runner, job.asked.conclusions, inputs, job.experiment.model.confidence, job.seed, titles)
    try:
        # What ends a crew is told by the crew, as it is left.
        with crew:
            _as_it_stands(stages)
            _screen(stages, section.morris)
            if section.sobol is not None:
                _apportion(stages, section.sobol)
    except KeyboardInterrupt:
        interrupted = True
    except Exception as error:
        failure = as_failure(error)
    points, conclusions, morris, sobol = (
        pd.DataFrame(rows) for rows in (stages.points, stages.concluded, stages.morris, stages.sobol)
    )
    return Study(points, conclusions, morris, sobol, interrupted, failure)


def _work(job: Job, section: Sensitivity) -> PointWork:
    conclusions = job.asked.conclusions
    names = {name for one in conclusions for name in one.scenarios}
    compared = any(quantity.baseline for one in conclusions for quantity in one.quantities)
    model = job.experiment.model
    return PointWork(
        Variations.of({name: loaded for name, loaded in job.scenarios.items() if name in names}, job.asked.inputs),
        model.baseline if compared else None,
        quantities_of([one.quantities for one in conclusions]),
        job.seed,
        tuple(dict.fromkeys(model.travel_minutes)),
        section.replications,
        job.engine,
        job.own,
    )


def _as_it_stands(stages: _Stages) -> None:
    """Run the scenarios as they are: which of several is the best is decided here."""
    point = np.full((1, len(stages.inputs)), np.nan)
    found = stages.runner.run(point)
    valueless = []
    for one in stages.conclusions:
        means = stages.of(one, found)[0].mean(axis=1)
        missing = [str(one.quantities[place]) for place in np.flatnonzero(np.isnan(means))]
        if missing:
            valueless.append(
                f"sensitivity.conclusions.{one.name}: there is no {' and no '.join(missing)} as things stand"
            )
        elif len(one.quantities) > 1:
            stages.winners[one.name] = int(np.argmax(means if one.largest else -means))
    if valueless:
        raise InputError(f"{'; '.join(valueless)}: nothing can be concluded from it; name a measure that has a value")
    _note(stages, BASE, found, point)


def _screen(stages: _Stages, section: Morris) -> None:
    """Morris: move every input along random paths."""
    design = _realised(
        trajectories(len(stages.inputs), section.trajectories, section.levels, stages.seed), stages.inputs
    )
    flat = design.points.reshape(-1, len(stages.inputs))
    found = stages.runner.run(flat)
    _note(stages, MORRIS, found, flat, paths=section.trajectories)
    shape = design.points.shape[:2]
    for one in stages.conclusions:
        values, margins = (part.mean(axis=1).reshape(shape) for part in _numbers(stages, one, found))
        effects = elementary_effects(design, values, stages.confidence, stages.seed)
        flips = _flips_on_the_way(design.moved, margins)
        for at, known in enumerate(stages.inputs):
            stages.morris.append(
                {
                    "conclusion": one.name,
                    "input": known.path,
                    "low": known.shown(0.0),
                    "high": known.shown(1.0),
                    "effect": effects.mean[at],
                    "effect_size": effects.size[at],
                    "effect_size_low": effects.size_low[at],
                    "effect_size_high": effects.size_high[at],
                    "effect_spread": effects.spread[at],
                    "steps": int(effects.steps[at]),
                    "flips": int(flips[at]),
                }
            )


def _realised(design: Trajectories, inputs: Sequence[Input]) -> Trajectories:
    """A design whose steps are as long as those taken: a whole number goes from one to another, not between them."""
    points = design.points.copy()
    for at, one in enumerate(inputs):
        points[:, :, at] = np.vectorize(one.realised, otypes=[float])(points[:, :, at])
    return replace(design, points=points)


def _apportion(stages: _Stages, section: Sobol) -> None:
    """Sobol': shares of variance of the inputs with the largest effects; the others stay as they stand."""
    columns = _most(stages, section.inputs)
    design = sobol_design(len(columns), section.points, stages.seed)
    points = np.full((len(design.points), len(stages.inputs)), np.nan)
    points[:, columns] = design.points
    found = stages.runner.run(points)
    _note(stages, SOBOL, found, points, independent=2 * section.points)
    n = section.points
    for one in stages.conclusions:
        values, margins = (part.mean(axis=1) for part in _numbers(stages, one, found))
        a, b, ab = values[:n], values[n : 2 * n], values[2 * n :].reshape(-1, n)
        shares = sobol_shares(a, b, ab, stages.confidence, stages.seed)
        fall = (margins[:n] > 0) != (margins[2 * n :].reshape(-1, n) > 0)
        known = ~(np.isnan(a) | np.isnan(ab))
        for at, moved in enumerate(stages.inputs[column] for column in columns):
            stages.sobol.append(
                {
                    "conclusion": one.name,
                    "input": moved.path,
                    "low": moved.shown(0.0),
                    "high": moved.shown(1.0),
                    "first": shares.first[at],
                    "first_low": shares.first_low[at],
                    "first_high": shares.first_high[at],
                    "total": shares.total[at],
                    "total_low": shares.total_low[at],
                    "total_high": shares.total_high[at],
                    "pairs": int(known[at].sum()),
                    "flips": int((fall[at] & known[at]).sum()),
                }
            )


def _most(stages: _Stages, count: int) -> list[int]:
    """Places of the inputs that matter most to any conclusion.

    It counts the best of their ranks, and the larger effect where that is even.
    """
    rank: dict[str, tuple[int, float]] = {}
    for one in stages.conclusions:
        rows = [row for row in stages.morris if row["conclusion"] == one.name]
        sizes = {str(row["input"]): float(str(row["effect_size"])) for row in rows}
        largest = max((size for size in sizes.values() if size > 0), default=1.0)
        for place, (path, size) in enumerate(sorted(sizes.items(), key=lambda item: -np.nan_to_num(item[1]))):
            if size > 0:
                rank[path] = min(rank.get(path, (len(sizes), 0.0)), (place, -size / largest))
    chosen = set(sorted(rank, key=lambda path: rank[path])[:count]) or {stages.inputs[0].path}
    return [place for place, one in enumerate(stages.inputs) if one.path in chosen]


def _numbers(stages: _Stages, one: Conclusion, found: PointResults) -> tuple[Floats, Floats]:
    """A conclusion's number at each point and replication, and how far it is on the side of the conclusion."""
    values = stages.of(one, found)
    if len(one.quantities) > 1:
        winner = stages.winners[one.name]
        signed = values if one.largest else -values
        lead = signed[:, winner] - np.delete(signed, winner, axis=1).max(axis=1)
        return lead, lead
    value = values[:, 0]
    return value, value - one.above if one.above is not None else (one.below or 0.0) - value


def _flips_on_the_way(moved: NDArray[np.int64], margins: Floats) -> NDArray[np.int64]:
    """How often moving an input alone turned the conclusion, ``[inputs]``."""
    turned = (margins[:, 1:] > 0) != (margins[:, :-1] > 0)
    turned &= ~(np.isnan(margins[:, 1:]) | np.isnan(margins[:, :-1]))
    return np.bincount(moved[turned], minlength=moved.shape[1])


def _note(
    stages: _Stages, stage: str, found: PointResults, points: Floats, independent: int = 0, paths: int = 0
) -> None:
    """Put the points of a stage into the tables; how they lie in the ranges is as :func:`how_often` has it."""
    numbers = {one.name: _numbers(stages, one, found) for one in stages.conclusions}
    for number, problem in enumerate(found.problems):
        path = number * paths // len(points) if paths else math.nan
        row: dict[str, object] = {"stage": stage, "point": number, "path": path}
        for name, (values, margins) in numbers.items():
            row[name] = values[number].mean()
            row[f"{name}_holds"] = "" if np.isnan(margins[number]).any() else bool(margins[number].mean() > 0)
        row["problem"] = problem
        moved = zip(stages.inputs, points[number].tolist(), strict=True)
        row |= {one.path: one.shown(share) for one, share in moved if not math.isnan(share)}
        stages.points.append(row)
    for one in stages.conclusions:
        values, margins = numbers[one.name]
        if stage == BASE:
            stages.base[one.name] = float(values[0].mean())
        stages.concluded.append(
            {
                "conclusion": one.name,
                **in_words(one, stages.winners.get(one.name), stages.titles),
                "stage": stage,
                "as_it_stands": stages.base[one.name],
                **how_often(values, margins, stages.confidence, independent, paths),
                **_elsewhere(stages, one, found, margins),
            }
        )


def _elsewhere(stages: _Stages, one: Conclusion, found: PointResults, margins: Floats) -> dict[str, object]:
    """Which scenarios are ahead where the best as things stand is not; empty where the conclusion is a number."""
    if one.name not in stages.winners:
        return {f"elsewhere_{language}": "" for language in LANGUAGES}
    means = stages.of(one, found).mean(axis=2)
    return ahead_elsewhere(one, stages.winners[one.name], means, margins.mean(axis=1) > 0, stages.titles)
