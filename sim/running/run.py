"""An experiment from plans to replications: what is missing is run and stored, all together becomes one tidy table."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, OutputError, ProgramError, SimError
from sim.experiment.cells import Work
from sim.experiment.crews import OpenCrew, Standby
from sim.experiment.interrupts import held
from sim.experiment.sealed import DamagedCellError, told
from sim.experiment.store import Store, parts_of
from sim.experiment.table import Table
from sim.running.gathering import Gathering

if TYPE_CHECKING:
    from sim.keeping.study import Study
    from sim.report.evidence import Evidence

Progress = Callable[[int, int], None]
"""Told the number of cells done, and of all."""

ROUNDS = 3
"""Times that cells are run because a stored one is gone or damaged, before something must be wrong with the disk."""


@dataclass
class Results:
    """Rows of all complete replications, and how far the experiment came."""

    replications: Table
    """On disk; see :mod:`sim.experiment.table`."""
    complete: tuple[int, ...]
    """Numbers of the replications in which every scenario was run."""
    interrupted: bool = False
    failure: SimError | None = None
    """What ended the experiment early, if anything went wrong; what had been finished by then is here."""
    people_compared: bool = True
    """Whether all scenarios met the same applicants, so that gains could be taken person by person."""
    evidence: Evidence | None = None
    """What figures and findings are made from, once it has been gathered."""
    sensitivity: Study | None = None
    """Whether the conclusions survive the ranges of the inputs, where that was asked for."""
    run: int = 0
    """Cells that were run."""
    reused: int = 0
    """Cells that were stored already."""
    longer: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By scenario, what more days before the first counted one would change (:mod:`sim.running.longer`)."""
    audited: dict[str, int] = field(default_factory=dict)
    """Applicants of each scenario who went through the SimPy model too, with equal journeys."""


def run_experiment(
    work: Work,
    replications: int,
    open_crew: OpenCrew,
    store: Store,
    progress: Progress = lambda done, total: None,
    tell: Callable[[str], None] = lambda text: None,
    more: Callable[[Table], int] = lambda replications: 0,
    folder: Path | None = None,
) -> Results:
    """Run every scenario of ``work`` in every replication, 0 to ``replications`` - 1, but for what is stored already.

    The numbers do not depend on who runs the cells, or when: each is a function of the plan, the seed and the
    replication, and rows are put in order afterwards. Nothing finished is lost: after Ctrl-C (``interrupted``), a
    worker that died or a cell that failed (``failure``), what is complete is returned, and all cells are kept.

    Args:
        work: the plans, and what to do with them.
        replications: how many.
        open_crew: who runs the cells that are missing; not called where none is.
        store: where cells are.
        progress: told the number of cells done, and of all.
        tell: told what a person should know: cells that were there already, cells that are damaged.
        more: how many more replications to run, asked when all are complete.
        folder: where the table of replications lies while it is used; the system's for such files when absent.

    Raises:
        InputError: the crew cannot be had.
        OutputError: there is no room for the table of replications.
    """
    results = Results(Table(folder), ())
    gathering = Gathering(work, replications, store, tell)
    try:
        with Standby(open_crew) as crew:
            while _run_missing(gathering, crew, progress, results):
                extra = more(results.replications)
                if not extra:
                    return results
                gathering = Gathering(work, gathering.replications + extra, store, tell)
        results.failure = OutputError(f"{store.folder}: cells that were stored are gone or damaged again and again")
    except KeyboardInterrupt:
        results.interrupted = True
    except InputError:
        # Whoever was to run the cells cannot be had: nothing has begun.
        raise
    except Exception as error:
        results.failure = as_failure(error)
    _assemble(gathering, results)
    return results


def _run_missing(gathering: Gathering, crew: Standby, progress: Progress, results: Results) -> bool:
    """Run what is not stored of the replications; whether all of them are complete now."""
    total = gathering.replications * len(gathering.scenarios)
    for attempt in range(ROUNDS):
        todo = gathering.missing()
        if attempt == 0:
            there = total - len(todo) - results.run - results.reused
            results.reused += max(there, 0)
            if there > 0:
                gathering.tell(f"{results.reused} of {total} cells were already there")
        progress(total - len(todo), total)
        with closing(crew.results(todo)) as made:
            for done, cell in enumerate(made, start=total - len(todo) + 1):
                # Half of a cell taken in would have to be run again.
                with held() as signals:
                    gathering.add(cell)
                    results.run += 1
                    progress(done, total)
                if signals:
                    raise KeyboardInterrupt
        if _assemble(gathering, results):
            return True
    return False


def _assemble(gathering: Gathering, results: Results) -> bool:
    """Put the table of complete replications together; True where they are all that were asked for.

    A cell that is gone or damaged by now costs its replication.
    """
    table, complete, results.people_compared = Table(results.replications.folder), [], True
    for replication in gathering.complete():
        names = [gathering.name(scenario, replication) for scenario in gathering.scenarios]
        try:
            found = [(name, gathering.store.read(name)) for name in names]
        except DamagedCellError as error:
            gathering.tell(str(error))
            continue
        if any(record is None for _, record in found):
            continue
        complete.append(replication)
        for name, record in found:
            if record is not None:
                with told(table.folder or gathering.store.folder):
                    table.add(name.scenario, replication, *parts_of(record))
                if record.audited:
                    results.audited[name.scenario] = results.audited.get(name.scenario, 0) + record.audited
                results.people_compared &= record.compared_with is None or record.gains is not None
    results.complete = tuple(complete)
    results.replications = table
    return len(complete) == gathering.replications


def as_failure(error: Exception) -> SimError:
    """An error of a cell, as one that can be told in a line."""
    if isinstance(error, SimError):
        return error
    if isinstance(error, MemoryError):
        told = SimError("not enough memory; run again with fewer workers (--workers 1)")
    elif isinstance(error, OSError):
        told = OutputError(f"{error.filename or 'a file'}: {error.strerror or error}")
    else:
        told = ProgramError(f"a fault of this program: {type(error).__name__}: {error}")
    told.__cause__ = error
    return told
