"""An experiment from plans to replications: cells in worker processes, gains against the baseline, one tidy table."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.errors import OutputError, SimError
from sim.experiment.cells import Cell, Work, run_cell
from sim.experiment.interrupts import held
from sim.experiment.workers import cells
from sim.measures.gains import gains
from sim.measures.rows import Rows

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.sensitivity import Study

Progress = Callable[[int, int], None]
"""Told the number of cells done, and of all."""


@dataclass
class Results:
    """Rows of all complete replications, and how far the experiment came."""

    replications: pd.DataFrame
    complete: tuple[int, ...]
    """Numbers of the replications in which every scenario was run."""
    interrupted: bool = False
    failure: SimError | None = None
    """What ended the experiment early, if anything went wrong; what had been finished by then is here."""
    people_compared: bool = True
    """Whether all scenarios met the same applicants, so that gains could be taken person by person."""
    sensitivity: Study | None = None
    """Whether the conclusions survive the ranges of the inputs, where that was asked for."""


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
        """Take a cell; once its baseline is there, take the gains and let go of the applicants.

        Rows are noted last, so that a cell counts as done only when its gains are in them, even after Ctrl-C.
        """
        rows = self.rows.setdefault(cell.replication, {})
        if self.baseline is None:
            rows[cell.scenario] = cell.rows
            return
        cells = self.cells.setdefault(cell.replication, {})
        cells[cell.scenario] = cell
        base = cells.get(self.baseline)
        if base is None:
            return
        rows[self.baseline] = base.rows
        for name in [name for name in cells if name != self.baseline]:
            self._add_gains(base, cells[name])
            rows[name] = cells.pop(name).rows
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
    more: Callable[[pd.DataFrame], int] = lambda replications: 0,
) -> Results:
    """Run every scenario of ``work`` in every replication, 0 to ``replications`` - 1, and as many as ``more`` asks for.

    ``more`` is given the rows of all complete replications, and says how many more to run before it is asked again.

    The numbers do not depend on ``workers``: each cell is a function of the plan, the seed and the replication, and
    rows are put in order afterwards. Nothing finished is lost: after Ctrl-C (``interrupted``), a worker that died or a
    cell that failed (``failure``), what is complete is returned.
    """
    scenarios = tuple(work.plans)
    order = sorted(scenarios, key=lambda name: name != baseline)
    gathered = _Gathered(scenarios, baseline, work)
    interrupted, failure = False, None
    done = first = 0
    try:
        progress(0, replications * len(order))
        while first < replications:
            todo = [(name, replication) for replication in range(first, replications) for name in order]
            with closing(cells(work, todo, workers)) as results:
                for cell in results:
                    done += 1
                    # Half of a cell taken in would make its replication look complete.
                    with held() as signals:
                        gathered.add(cell)
                        progress(done, replications * len(order))
                    if signals:
                        raise KeyboardInterrupt
            first = replications
            replications += more(_frame(gathered))
    except KeyboardInterrupt:
        interrupted = True
    except Exception as error:
        failure = as_failure(error)
    complete = gathered.complete()
    return Results(_frame(gathered), complete, interrupted, failure, gathered.people_compared)


def measured_keys(work: Work, baseline: str | None) -> list[tuple[str, ...]]:
    """Scenario, measure, level, unit and statistic of all rows of the first replication."""
    gathered = _Gathered(tuple(work.plans), baseline, work)
    for name in sorted(work.plans, key=lambda name: name != baseline):
        gathered.add(run_cell(work, name, 0))
    return [
        (scenario, *key)
        for scenario, rows in gathered.rows[0].items()
        for key in zip(rows.measure, rows.level, rows.unit, rows.statistic, strict=True)
    ]


def as_failure(error: Exception) -> SimError:
    """An error of a cell, as one that can be told in a line."""
    if isinstance(error, SimError):
        return error
    if isinstance(error, MemoryError):
        told = SimError("not enough memory; run again with fewer workers (--workers 1)")
    elif isinstance(error, OSError):
        told = OutputError(f"{error.filename or 'a file'}: {error.strerror or error}")
    else:
        told = SimError(f"a fault of this program: {type(error).__name__}: {error}")
    told.__cause__ = error
    return told


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
