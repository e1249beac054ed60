"""An experiment from plans to replications: cells in worker processes, gains against the baseline, one tidy table."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.errors import SimError
from sim.experiment.cells import Cell, Work, run_cell, run_in_worker, start_worker
from sim.measures.gains import gains
from sim.measures.rows import Rows

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int], None]
"""Told the number of cells done, and of all."""


class WorkerError(SimError, RuntimeError):
    """A worker process died."""


@dataclass
class Results:
    """Rows of all complete replications, and how far the experiment came."""

    replications: pd.DataFrame
    complete: tuple[int, ...]
    """Numbers of the replications in which every scenario was run."""
    interrupted: bool = False
    people_compared: bool = True
    """Whether all scenarios met the same applicants, so that gains could be taken person by person."""


@dataclass
class _Gathered:
    """Cells as they come in, replication by replication."""

    scenarios: tuple[str, ...]
    baseline: str | None
    work: Work
    cells: dict[int, dict[str, Cell]] = field(default_factory=dict)
    rows: dict[int, dict[str, Rows]] = field(default_factory=dict)
    people_compared: bool = True

    def add(self, cell: Cell) -> None:
        """Take a cell; once its baseline is there, take the gains and let go of the applicants."""
        if self.baseline is None:
            self.rows.setdefault(cell.replication, {})[cell.scenario] = cell.rows
            return
        cells = self.cells.setdefault(cell.replication, {})
        cells[cell.scenario] = cell
        rows = self.rows.setdefault(cell.replication, {})
        base = cells.get(self.baseline)
        if base is None:
            return
        rows[self.baseline] = base.rows
        for name in [name for name in cells if name != self.baseline]:
            other = cells.pop(name)
            rows[name] = other.rows
            self._add_gains(base, other)
        if len(rows) == len(self.scenarios):
            del self.cells[cell.replication]

    def _add_gains(self, base: Cell, other: Cell) -> None:
        from sim.measures.outcomes import same_people

        if same_people(base.outcomes, other.outcomes):
            other.rows.extend(gains(self.work.plans[other.scenario], base.outcomes, other.outcomes))
        else:
            self.people_compared = False

    def complete(self) -> tuple[int, ...]:
        return tuple(sorted(r for r, rows in self.rows.items() if len(rows) == len(self.scenarios)))


def run_experiment(
    work: Work,
    baseline: str | None,
    replications: int,
    workers: int,
    progress: Progress = lambda done, total: None,
) -> Results:
    """Run every scenario of ``work`` in every replication, 0 to ``replications`` - 1.

    The numbers do not depend on ``workers``: each cell is a function of the plan, the seed and the replication, and
    rows are put in order afterwards. On Ctrl-C what is complete is returned, with ``interrupted`` set.

    Raises:
        WorkerError: a worker process died.
    """
    scenarios = tuple(work.plans)
    order = sorted(scenarios, key=lambda name: name != baseline)
    todo = [(name, replication) for replication in range(replications) for name in order]
    gathered = _Gathered(scenarios, baseline, work)
    interrupted = False
    progress(0, len(todo))
    try:
        for done, cell in enumerate(_cells(work, todo, workers), start=1):
            gathered.add(cell)
            progress(done, len(todo))
    except KeyboardInterrupt:
        interrupted = True
    return Results(_frame(gathered), gathered.complete(), interrupted, gathered.people_compared)


def _cells(work: Work, todo: list[tuple[str, int]], workers: int) -> Iterator[Cell]:
    """The cells as they are finished, in this process where one worker is enough."""
    workers = min(workers, len(todo))
    if workers <= 1:
        for scenario, replication in todo:
            yield run_cell(work, scenario, replication)
        return
    import multiprocessing

    pool = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=start_worker, initargs=(work,)
    )
    try:
        yield from _from_pool(pool, todo, workers)
    except BrokenProcessPool as error:
        raise WorkerError(
            "a worker process died, perhaps for want of memory; run again with fewer workers (--workers 1)"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _from_pool(pool: Executor, todo: list[tuple[str, int]], workers: int) -> Iterator[Cell]:
    """Keep every worker busy with one cell in hand, so that little is in flight and memory does not grow."""
    left = deque(todo)
    running: set[Future[Cell]] = set()
    while left or running:
        while left and len(running) < 2 * workers:
            running.add(pool.submit(run_in_worker, *left.popleft()))
        finished, running = wait(running, return_when=FIRST_COMPLETED)
        for future in finished:
            yield future.result()


def _frame(gathered: _Gathered) -> pd.DataFrame:
    """One row for each scenario, replication, measure, level, unit and statistic, in the order of the cells."""
    import pandas as pd

    columns = ("measure", "level", "unit", "statistic", "value")
    parts = []
    for replication in gathered.complete():
        for scenario in gathered.scenarios:
            rows = gathered.rows[replication][scenario]
            part = pd.DataFrame({name: getattr(rows, name) for name in columns})
            part.insert(0, "scenario", scenario)
            part.insert(1, "replication", replication)
            parts.append(part)
    if not parts:
        return pd.DataFrame(columns=["scenario", "replication", *columns])
    frame = pd.concat(parts, ignore_index=True)
    for name in ("scenario", "measure", "level", "unit", "statistic"):
        frame[name] = frame[name].astype("category")
    return frame
