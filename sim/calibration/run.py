"""Running a calibration: from an experiment's file to fitted inputs, and the figures before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.calibration.aim import Aim, aim_of, neat, share_of
from sim.calibration.precision import Precision, precision_of
from sim.calibration.search import Found, misfit, search, starting_points
from sim.errors import InputError
from sim.experiment.compiling import compile_once
from sim.experiment.crews import Standby
from sim.experiment.inputs import Variations
from sim.experiment.interrupts import termination_as_interrupt
from sim.experiment.points import PointWork, Runner, quantities_of
from sim.experiment.quantities import Quantity
from sim.experiment.summarise import OWN_DIFFERENCES
from sim.experiment.trial import try_measures
from sim.experiment.workers import local_crew
from sim.measures.own import own_measures
from sim.preparing.ready import all_asked, read_files

if TYPE_CHECKING:
    from sim.config.loader import Loaded
    from sim.config.schema import Experiment, Scenario
    from sim.config.statistics import Calibration

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Calibrated:
    """What a calibration found."""

    aim: Aim
    found: Found
    values: tuple[Any, ...]
    """``[inputs]``, as a file would give them."""
    before: Floats
    """``[targets]``, modelled with the values as they stood."""
    after: Floats
    """``[targets]``, with the fitted ones; NaN where the search was interrupted before they were simulated."""
    precision: Precision
    """Of the groups of inputs."""
    replications: int
    """At each point."""

    @property
    def misfits(self) -> tuple[float, float]:
        """Before and after: root mean square of the differences of the fitted figures, in tolerances."""
        rows = list(self.aim.fitted)
        before, after = (misfit(self.aim.residuals(values[rows])) for values in (self.before, self.after))
        return before, after


@dataclass(frozen=True)
class Simulation:
    """Where points are simulated; the same draws at each."""

    experiment: Loaded[Experiment]
    scenarios: Mapping[str, Loaded[Scenario]]
    aim: Aim
    seed: int
    replications: int
    engine: str
    workers: int
    until_the_end: ExitStack
    """Closed when all is simulated: workers go with it."""
    runners: dict[tuple[int, ...], Runner] = field(default_factory=dict)
    """By the rows of the targets that each takes, with workers of its own."""

    def figures(self, shares: Floats, rows: Sequence[int]) -> Floats:
        """Modelled figures, ``[points, rows, replications]``.

        Args:
            shares: ``[points, inputs]``.
            rows: which of the targets.
        """
        wanted = self._quantities(rows)
        if tuple(rows) not in self.runners:
            self.runners[tuple(rows)] = self._runner(wanted)
        runner = self.runners[tuple(rows)]
        values = runner.run(shares).values
        found: Floats = values[:, [runner.work.quantities.index(one) for one in wanted]]
        return found

    def _quantities(self, rows: Sequence[int]) -> list[Quantity]:
        baseline = self.experiment.model.baseline
        keys = [self.aim.targets.keys[row] for row in rows]
        return [Quantity(key[0], baseline if key[1] in OWN_DIFFERENCES else None, *key[1:]) for key in keys]

    def _runner(self, wanted: Sequence[Quantity]) -> Runner:
        model = self.experiment.model
        about = {name for one in wanted for name in (one.scenario, one.baseline) if name is not None}
        work = PointWork(
            Variations.of({name: loaded for name, loaded in self.scenarios.items() if name in about}, self.aim.inputs),
            model.baseline if any(one.baseline for one in wanted) else None,
            quantities_of([wanted]),
            self.seed,
            tuple(dict.fromkeys(model.travel_minutes)),
            self.replications,
            self.engine,
            own_measures(model.measures),
        )
        return Runner(work, self.until_the_end.enter_context(Standby(local_crew(work, self.workers))))


def calibrate(
    path: Path,
    overrides: Sequence[str] = (),
    *,
    replications: int | None = None,
    seed: int | None = None,
    engine: str,
    workers: int,
    tell: Callable[[str], None] = lambda text: None,
) -> Calibrated:
    """Fit the inputs that an experiment names to the known figures marked as fitted in its table.

    The sum of the squared differences between modelled and known figures, each in its tolerance, is made as small as
    can be within the ranges. Figures that are not marked have no part in it; they are modelled before and after.

    Args:
        path: the experiment's file, with ``targets:`` and ``calibration:``.
        overrides: ``PATH=VALUE`` each.
        replications: at each point, instead of the experiment's number.
        seed: instead of the experiment's.
        engine: the engine that simulates.
        workers: processes.
        tell: given a line for the person who waits.

    Raises:
        InputError: all that is wrong with the files; figures that have no value.
        KeyboardInterrupt: interrupted before there was anything to tell.
    """
    files = read_files(path, overrides)
    experiment, scenarios, plans = files.experiment, files.scenarios, files.plans
    aim = aim_of(experiment, scenarios, files.targets)
    all_asked(files, plans)
    model, section = experiment.model, experiment.model.calibration
    if section is None:
        raise ValueError(f"{model.name} has no calibration")
    seed = model.seed if seed is None else seed
    replications = section.replications if replications is None else replications
    compile_once(engine, next(iter(plans.values())), tell, workers)
    if files.own:
        try_measures(files.own, plans.values(), seed, tuple(dict.fromkeys(model.travel_minutes)), engine)
    with termination_as_interrupt(), ExitStack() as to_the_end:
        simulation = Simulation(experiment, scenarios, aim, seed, replications, engine, workers, to_the_end)
        before = simulation.figures(aim.as_it_stands[np.newaxis], range(len(aim.targets.keys)))[0].mean(axis=1)
        _require_values(aim, before)
        return _fitted(simulation, before, section, seed, tell)


def _fitted(
    simulation: Simulation, before: Floats, section: Calibration, seed: int, tell: Callable[[str], None]
) -> Calibrated:
    aim, fitted = simulation.aim, list(simulation.aim.fitted)
    by_replication: dict[bytes, Floats] = {}

    def evaluate(points: Floats) -> Floats:
        modelled = simulation.figures(np.array([aim.shares(point) for point in points]), fitted)
        for point, values in zip(points, modelled, strict=True):
            by_replication[point.tobytes()] = aim.residuals(values.T).T
        return aim.residuals(modelled.mean(axis=2))

    found = search(
        evaluate,
        starting_points(aim.start, section.starts, seed),
        step=section.step,
        most=section.points,
        tell=lambda points, now, best: tell(f"point {points}: misfit {now:.3f}, best {best:.3f}"),
    )
    shares = aim.shares(found.point)
    values = tuple(neat(one, share) for one, share in zip(aim.inputs, shares.tolist(), strict=True))
    after = np.full(len(before), np.nan)
    after[fitted] = np.array(aim.targets.known)[fitted] + found.residuals * aim.tolerance[fitted]
    if found.stopped != "interrupted":
        # What is told is what the written values give, not what the longer ones behind them did.
        written = np.array([share_of(one, value) for one, value in zip(aim.inputs, values, strict=True)])
        try:
            after = simulation.figures(written[np.newaxis], range(len(before)))[0].mean(axis=1)
        except KeyboardInterrupt:
            found = replace(found, stopped="interrupted")
    precision = precision_of(found.slopes, by_replication[found.point.tobytes()])
    return Calibrated(aim, found, values, before, after, precision, simulation.replications)


def _require_values(aim: Aim, modelled: Floats) -> None:
    missing = [aim.targets.figure[row] for row in aim.fitted if not np.isfinite(modelled[row])]
    if missing:
        raise InputError(
            f"{', '.join(missing)}: has no modelled value with the inputs as they stand, from which to start"
        )
