"""A job: an experiment file turned into plans, run, and written to a folder."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.build import build_plan
from sim.config.loader import Loaded, load_with_scenarios
from sim.config.schema import Experiment, Scenario
from sim.errors import ConfigError, InputError, Problem
from sim.experiment.cells import Work
from sim.experiment.output import Folder, write_results
from sim.experiment.run import Progress, Results, run_experiment
from sim.experiment.targets import Targets, read_targets
from sim.plan import Plan


@dataclass(frozen=True)
class Job:
    """An experiment that is ready to run: everything about it has been checked."""

    experiment: Loaded[Experiment]
    scenarios: Mapping[str, Loaded[Scenario]]
    plans: Mapping[str, Plan]
    targets: Targets | None
    folder: Folder
    replications: int
    seed: int
    workers: int

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
        """Read an experiment and its scenarios, and build their plans.

        Raises:
            ConfigError, DataError: everything that is wrong with the files.
            OutputError: the folder for the results cannot be written.
        """
        experiment, scenarios = load_with_scenarios(path, overrides)
        plans = build_plans(scenarios)
        model = experiment.model
        return cls(
            experiment=experiment,
            scenarios=scenarios,
            plans=plans,
            targets=read_targets(model.targets) if model.targets else None,
            folder=Folder.prepare(out or Path("results") / model.name),
            replications=model.replications if replications is None else replications,
            seed=model.seed if seed is None else seed,
            workers=workers or cores(),
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

    @property
    def interrupted(self) -> bool:
        """Whether it was stopped before its end."""
        return self.results.interrupted


def build_plans(scenarios: Mapping[str, Loaded[Scenario]]) -> dict[str, Plan]:
    """The plan of each scenario, under the name that the experiment gives it.

    Raises:
        InputError: all that is wrong in any of them.
    """
    from dataclasses import replace

    from sim.province.tables import Tables, read_tables

    plans: dict[str, Plan] = {}
    errors: list[InputError] = []
    tables: dict[str, Tables] = {}
    for name, loaded in scenarios.items():
        try:
            key = repr(loaded.model.data)
            if key not in tables:
                tables[key] = read_tables(loaded.model.data)
            plans[name] = replace(build_plan(loaded.model, tables[key]), scenario=name)
        except InputError as error:
            errors.append(error)
    if errors:
        raise ConfigError.merge(errors)
    regions = {(plan.regencies, plan.districts.code) for plan in plans.values()}
    if len(regions) > 1:
        raise ConfigError(Problem("the scenarios have different districts, so they cannot be compared"))
    return plans


def run_job(job: Job, *, engine: str, keep_journeys: bool, progress: Progress) -> Finished:
    """Run all cells and write the results; after Ctrl-C, those of the complete replications."""
    started = time.monotonic()
    model = job.experiment.model
    work = Work(
        plans=job.plans,
        seed=job.seed,
        travel_minutes=tuple(model.travel_minutes),
        journeys_dir=job.folder.journeys if keep_journeys else None,
    )
    results = run_experiment(work, model.baseline, job.replications, job.workers, progress)
    if len(results.complete) >= 2:
        write_results(job, results, engine)
    return Finished(job, results, time.monotonic() - started)


def cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
