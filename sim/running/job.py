"""A job: an experiment file turned into plans, run, and written to a folder."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sim.config.loader import Loaded
from sim.config.schema import Experiment, Scenario
from sim.engines import DEFAULT
from sim.errors import InputError, OutputError, SimError, told
from sim.experiment.asked import Asked
from sim.experiment.cells import Work
from sim.experiment.compiling import compile_once
from sim.experiment.crews import OpenCrew, Standby, Task
from sim.experiment.interrupts import held, termination_as_interrupt
from sim.experiment.store import Name, Store
from sim.experiment.trial import try_measures
from sim.experiment.workers import local_crew
from sim.keeping.cited import Cited
from sim.keeping.crate import require_rocrate
from sim.keeping.folder import MANIFEST, Folder, Staging, changed_in
from sim.keeping.targets import Targets
from sim.limits import FEWEST_REPLICATIONS
from sim.measures.own import OwnMeasure
from sim.plan import Plan
from sim.preparing.made_from import MadeFrom
from sim.preparing.ready import all_asked, read_files
from sim.preparing.warned import all_doubts
from sim.running.additions import only_adds
from sim.running.longer import Longer
from sim.running.output import Stage, write_results
from sim.running.run import Progress, Results, as_failure, run_experiment
from sim.running.sensitivity import study

FEW_SCENARIOS = 8
"""Up to which they are simulated with a longer warm-up in this process."""


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
    made_from: MadeFrom
    """Digests of the files that were read."""
    seed: int
    workers: int
    cluster: str | None = None
    """Address of a Dask scheduler, or ``local``; None for worker processes of this program."""
    engine: str = DEFAULT
    keep_journeys: bool = False
    fresh: bool = False
    """Run all cells, also those that are stored."""
    crate: bool = False
    """Describe the results as an RO-Crate."""
    report: bool = True
    """Make a report: figures and findings, and as far as ``page`` says more; tables are written anyway."""
    page: bool = True
    """Write the page and the workbooks."""
    overrides: tuple[str, ...] = ()
    """What was changed on the command line, ``PATH=VALUE`` each."""
    own: tuple[OwnMeasure, ...] = ()
    """Measures beside the built-in ones."""
    cited: tuple[Cited, ...] = ()
    """What the report quotes of other experiments."""
    warnings: tuple[str, ...] = ()
    """What can be run but is hardly meant, with file and line, as the command `check` tells it."""

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
        cluster: str | None = None,
        engine: str = DEFAULT,
        keep_journeys: bool = False,
        fresh: bool = False,
        crate: bool = False,
        report: bool = True,
    ) -> Job:
        """Read an experiment and its scenarios, and build their plans; nothing is written yet.

        Args:
            path: the experiment's file.
            overrides: ``PATH=VALUE`` each.
            out: the folder for the results; ``results/<experiment>`` when absent.
            replications: instead of the experiment's number.
            seed: instead of the experiment's.
            workers: processes; as many as cores when absent.
            cluster: address of a Dask scheduler, or ``local``.
            engine: the engine that simulates.
            keep_journeys: whether to write every applicant's journey.
            fresh: run all cells, also those that are stored.
            crate: describe the results as an RO-Crate.
            report: make figures, findings and the page too.

        Raises:
            ConfigError, DataError: everything that is wrong with the files.
            OutputError: the folder for the results cannot be written, or holds what is not this experiment's.
        """
        if crate:
            require_rocrate()
        files = read_files(path, overrides)
        asked = all_asked(files, files.plans)
        if replications is not None:
            asked = replace(asked, stopping=asked.stopping.fixed(replications))
        model = files.experiment.model
        folder = Folder.prepare(out or Path("results") / model.name)
        folder.require_free(model.name)
        return cls(
            experiment=files.experiment,
            scenarios=files.scenarios,
            plans=files.plans,
            targets=files.targets,
            folder=folder,
            replications=asked.stopping.minimum,
            asked=asked,
            seed=model.seed if seed is None else seed,
            workers=workers or cores(),
            cluster=cluster,
            engine=engine,
            keep_journeys=keep_journeys,
            fresh=fresh,
            crate=crate,
            report=report,
            page=report,
            overrides=tuple(overrides),
            own=files.own,
            cited=files.cited,
            warnings=tuple(told(all_doubts(files))),
            made_from=MadeFrom.of(files.experiment, files.scenarios),
        )

    @property
    def cells(self) -> int:
        """How many cells there are to run."""
        return len(self.plans) * self.replications

    def work(self) -> Work:
        """What workers are given."""
        model = self.experiment.model
        return Work(
            plans=self.plans,
            seed=self.seed,
            travel_minutes=tuple(dict.fromkeys(model.travel_minutes)),
            baseline=model.baseline,
            engine=self.engine,
            keep_journeys=self.keep_journeys,
            both_engines=model.both_engines,
            own=self.own,
        )

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

    @functools.cached_property
    def adds(self) -> tuple[tuple[str, str], ...]:
        """The baseline with each scenario that only adds to it, and each with the baseline that only adds to that.

        A report may be about any of them.
        """
        if self.compared is None:
            return ()
        baseline, _ = self.compared
        others = [name for name in self.plans if name != baseline]
        pairs = (pair for name in others for pair in ((baseline, name), (name, baseline)))
        return tuple(pair for pair in pairs if only_adds(*(self.plans[name] for name in pair)))

    @functools.cached_property
    def additions(self) -> tuple[str, ...]:
        """Scenarios that only add to the baseline, if teams are let close counters of their offices."""
        if self.compared is None:
            return ()
        base = self.plans[self.compared[0]]
        others = (name for name in self.plans if name != self.compared[0])
        return tuple(name for name in others if only_adds(base, self.plans[name], with_teams=True))

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
        return len(self.results.complete) >= FEWEST_REPLICATIONS

    def require_whole(self) -> None:
        """Go on only where everything was run and written.

        Raises:
            KeyboardInterrupt: the run was interrupted.
            SimError: what else kept it from its end.
        """
        if self.results.interrupted:
            raise KeyboardInterrupt
        fault = self.results.failure or self.fault
        if fault is not None:
            raise fault


def run_job(
    job: Job,
    *,
    progress: Progress = lambda done, total: None,
    tell: Callable[[str], None] = lambda text: None,
    stage: Stage = lambda name, done, steps: None,
) -> Finished:
    """Run the cells that are not stored and write the results; after Ctrl-C or a failure, of what is complete.

    Args:
        job: what to run.
        progress: told the number of cells done, and of all.
        tell: given a line for the person who waits: cells that were there, cells that are damaged, Ctrl-C.
        stage: told what is being written at the end.

    Raises:
        KeyboardInterrupt: Ctrl-C before or after the cells; its text says what is kept.
        InputError: the cluster cannot be used; a measure of the project's own fails.
        OutputError: the results cannot be written; what was in the folder is as it was, and finished cells are kept.
    """
    started = time.monotonic()
    fault: SimError | None = None
    work = job.work()
    store = Store(job.folder.cells)
    with (
        termination_as_interrupt(),
        ExitStack() as to_the_end,
        job.folder.staging() as staging,
        _saying_what_is_kept(staging, store),
    ):
        store.clear_unfinished()
        _say_what_is_replaced(job, tell)
        if job.fresh:
            _require_cluster(job)
            store.clear()
        compile_once(job.engine, next(iter(job.plans.values())), tell, job.workers)
        first = next(iter(job.plans))
        if job.own and not store.path(Name(first, 0, work.key(first, 0))).exists():
            try_measures(job.own, job.plans.values(), job.seed, work.travel_minutes, job.engine)
        more = job.asked.stopping.more
        with _kept(store):
            results = run_experiment(
                work, job.replications, _crew(job, work), store, progress, tell, more, job.folder.path
            )
        # By the SimPy model it would take longer than many an experiment.
        if not results.interrupted and results.failure is None and job.engine != "simpy":
            _run_longer(job, results, tell)
        if job.experiment.model.sensitivity is not None and not results.interrupted and results.failure is None:
            results.sensitivity = found = study(job, lambda task: _crew(job, task), progress, tell)
            results.interrupted, results.failure = found.interrupted, found.failure
        if len(results.complete) >= FEWEST_REPLICATIONS:
            if results.interrupted:
                tell(f"interrupted: writing the {len(results.complete)} replications that are complete, a moment")
                # Impatient or not, whoever stops the run twice still gets what was finished, and no half-removed rest.
                to_the_end.enter_context(held())
            with _kept(store, *([str(results.failure)] if results.failure else [])):
                fault = write_results(job, results, store, staging, stage)
    return Finished(job, results, time.monotonic() - started, fault)


def _run_longer(job: Job, results: Results, tell: Callable[[str], None]) -> None:
    """Simulate each scenario once more with a longer warm-up; what hinders that is told and hinders nothing else."""
    task = Longer({name: loaded.model for name, loaded in job.scenarios.items()}, job.plans, job.seed, job.engine)
    # Workers need seconds to start, in which this process does a few.
    crew = local_crew(task, 1) if len(job.plans) <= FEW_SCENARIOS else _crew(job, task)
    try:
        with Standby(crew) as standby, closing(standby.results([(name,) for name in job.plans])) as made:
            results.longer = {name: found for name, found in made if found is not None}
    except KeyboardInterrupt:
        tell("interrupted: the results are written, without what a longer warm-up would change")
    except Exception as error:
        tell(f"a longer warm-up could not be simulated: {as_failure(error)}")


def _say_what_is_replaced(job: Job, tell: Callable[[str], None]) -> None:
    """That results which were run with other changes on the command line are replaced, which is easily missed."""
    before = changed_in(job.folder.path)
    if before is not None and sorted(before) != sorted(job.overrides):
        how = f"with --set {' --set '.join(before)}" if before else "without --set"
        tell(f"{job.folder.path} holds results that were run {how}: they will be replaced; --out PATH leaves them be")


@contextmanager
def _saying_what_is_kept(staging: Staging, store: Store) -> Iterator[None]:
    """Ctrl-C where it ends everything at once says what is there now."""
    try:
        yield
    except KeyboardInterrupt as error:
        if staging.committed:
            raise KeyboardInterrupt(f"interrupted; the results in {staging.folder} are whole") from error
        there = "is as it was" if (staging.folder / MANIFEST).exists() else "holds no results yet"
        if next(store.folder.glob("*.cell"), None) is None:
            raise KeyboardInterrupt("interrupted; nothing was written") from error
        kept = f"what was simulated is kept in {store.folder}: the same command goes on from there"
        raise KeyboardInterrupt(f"interrupted; {staging.folder} {there}\n{kept}") from error


@contextmanager
def _kept(store: Store, *before: str) -> Iterator[None]:
    """What cannot be written as an error that also says what came before it, and that cells are kept."""
    try:
        yield
    except OutputError as error:
        kept = f"finished cells are kept in {store.folder}: the same command goes on from there"
        raise OutputError("\n".join([*before, str(error), kept])) from error


def _require_cluster(job: Job) -> None:
    """Before anything is removed: a cluster that is to do the work can be reached.

    Raises:
        InputError: it cannot.
    """
    if job.cluster is not None:
        _crew(job, job.work())
        from sim.running.cluster import require_scheduler

        require_scheduler(job.cluster)


def _crew(job: Job, task: Task) -> OpenCrew:
    """Who does the work.

    Raises:
        InputError: a cluster is wanted, and Dask is not installed.
    """
    if job.cluster is None:
        return local_crew(task, job.workers)
    try:
        from sim.running.cluster import cluster_crew
    except ImportError as error:
        raise InputError(
            "--cluster needs Dask, which is not installed: in the folder of the checkout, "
            "python -m pip install '.[cluster]'"
        ) from error
    return cluster_crew(task, job.cluster, job.workers)


def cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
