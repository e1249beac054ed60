"""A job: an experiment file turned into plans, run, and written to a folder."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from sim.config.inheritance import FileCache
from sim.config.loader import Loaded, is_experiment, load_with_scenarios
from sim.config.nodes import shown
from sim.config.schema import Experiment, Scenario
from sim.errors import ConfigError, DataError, InputError, Problem, SimError
from sim.experiment.asked import Asked, asked_of
from sim.experiment.cells import Work
from sim.experiment.folder import JOURNEYS, Folder
from sim.experiment.interrupts import held, termination_as_interrupt
from sim.experiment.output import write_results
from sim.experiment.plans import build_plans, collected
from sim.experiment.run import Progress, Results, run_experiment
from sim.experiment.targets import Targets, read_targets, target_problems
from sim.plan import Plan

ENOUGH = 2
"""Replications without which there is no interval, and so no answer."""


@dataclass(frozen=True)
class Job:
    """An experiment that is ready to run: everything about it has been checked."""

    experiment: Loaded[Experiment]
    scenarios: Mapping[str, Loaded[Scenario]]
    plans: Mapping[str, Plan]
    targets: Targets | None
    folder: Folder
    replications: int
    """To begin with; more where a precision asks for them."""
    asked: Asked
    """What the experiment asks for by name: goals of precision and conclusions."""
    seed: int
    workers: int
    overrides: tuple[str, ...] = ()
    """What was changed on the command line, ``PATH=VALUE`` each."""

    @classmethod
    def load(
        cls,
        path: Path,
        overrides: Sequence[str] = (),
        *,
        out: Path | None = None,
        replications: int | None = None,
        seed: int | None = None,
        workers: int | None = None,
    ) -> Job:
        """Read an experiment and its scenarios, and build their plans; nothing is written yet.

        Raises:
            ConfigError, DataError: everything that is wrong with the files.
            OutputError: the folder for the results cannot be written.
        """
        files = FileCache()
        if not is_experiment(path, files):
            raise ConfigError(
                Problem(
                    "is a scenario, and what is run is an experiment",
                    file=shown(path.resolve()),
                    allowed="a file that names this scenario and others under `scenarios:`",
                )
            )
        experiment, scenarios = load_with_scenarios(path, overrides, files=files)
        plans, targets = plans_and_targets(experiment, scenarios)
        asked = asked_of(experiment, scenarios, plans)
        if replications is not None:
            asked = replace(asked, stopping=asked.stopping.fixed(replications))
        model = experiment.model
        return cls(
            experiment=experiment,
            scenarios=scenarios,
            plans=plans,
            targets=targets,
            folder=Folder.prepare(out or Path("results") / model.name),
            replications=asked.stopping.minimum,
            asked=asked,
            seed=model.seed if seed is None else seed,
            workers=workers or cores(),
            overrides=tuple(overrides),
        )

    @property
    def cells(self) -> int:
        """How many cells there are to run."""
        return len(self.plans) * self.replications

    @property
    def compared(self) -> tuple[str, str] | None:
        """The baseline, and the scenario that the findings are about; None where nothing is compared."""
        model = self.experiment.model
        others = [name for name in self.plans if name != model.baseline]
        if model.baseline is None or not others:
            return None
        return model.baseline, model.main or others[0]

    @property
    def told_about(self) -> tuple[str | None, str]:
        """The baseline, if anything is compared, and the scenario that figures and findings are about."""
        return self.compared or (None, self.experiment.model.main or next(iter(self.plans)))

    @property
    def language(self) -> str:
        """The language of figures and findings."""
        model = self.experiment.model
        return model.language or self.scenarios[model.baseline or next(iter(self.scenarios))].model.language


@dataclass(frozen=True)
class Finished:
    """A job that has been run, as far as it came."""

    job: Job
    results: Results
    seconds: float
    fault: SimError | None = None
    """What hindered the figures or the findings, where the tables alone could be written."""

    @property
    def written(self) -> bool:
        """Whether there were enough complete replications for results."""
        return len(self.results.complete) >= ENOUGH


def plans_and_targets(
    experiment: Loaded[Experiment], scenarios: Mapping[str, Loaded[Scenario]]
) -> tuple[dict[str, Plan], Targets | None]:
    """The plans of an experiment, and its known figures, if it has any.

    Raises:
        InputError: all that is wrong with either; a known figure that the experiment will not measure, too.
    """
    model = experiment.model
    errors: list[InputError] = []
    plans: dict[str, Plan] = {}
    targets: Targets | None = None
    with collected(errors):
        plans = build_plans(scenarios)
    with collected(errors):
        targets = read_targets(model.targets) if model.targets is not None else None
    if errors:
        raise ConfigError.merge(errors)
    problems = target_problems(targets, plans, model) if targets is not None else []
    if problems:
        raise DataError(problems)
    return plans, targets


def run_job(
    job: Job,
    *,
    engine: str = "simpy",
    keep_journeys: bool = False,
    progress: Progress = lambda done, total: None,
    tell: Callable[[str], None] = lambda text: None,
) -> Finished:
    """Run all cells and write the results; after Ctrl-C or a failure, those of the complete replications.

    Args:
        job: what to run.
        engine: the engine that simulates.
        keep_journeys: whether to write every applicant's journey.
        progress: told the number of cells done, and of all.
        tell: given a line for the person who waits, after Ctrl-C.

    Raises:
        OutputError: the results cannot be written; what was in the folder is as it was.
    """
    started = time.monotonic()
    model = job.experiment.model
    fault: SimError | None = None
    with termination_as_interrupt(), ExitStack() as to_the_end, job.folder.staging() as staging:
        work = Work(
            plans=job.plans,
            seed=job.seed,
            travel_minutes=tuple(model.travel_minutes),
            journeys_dir=staging.new / JOURNEYS if keep_journeys else None,
        )
        results = run_experiment(work, model.baseline, job.replications, job.workers, progress, job.asked.stopping.more)
        if model.sensitivity is not None and not results.interrupted and results.failure is None:
            from sim.experiment.sensitivity import study

            results.sensitivity = found = study(job, progress)
            results.interrupted, results.failure = found.interrupted, found.failure
        if len(results.complete) >= ENOUGH:
            if results.interrupted:
                tell(f"interrupted: writing the {len(results.complete)} replications that are complete, a moment")
            # Impatient or not, whoever stops the run twice still gets what was finished, and no half-removed rest.
            to_the_end.enter_context(held())
            fault = write_results(job, results, engine, staging)
    return Finished(job, results, time.monotonic() - started, fault)


def cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
