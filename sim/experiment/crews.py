"""Who runs cells: one seam, a ``concurrent.futures.Executor``, behind which are this process, workers or a cluster.

Cells are handed out as there is room and taken back as they are finished, so that little is in flight and memory does
not grow with their number.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sim.errors import SimError
from sim.experiment.cells import Cell
from sim.experiment.gathering import Todo
from sim.experiment.interrupts import blocked_in_children

LOOK_EVERY_S = 2.0
"""How often it is asked whether workers are still there, while no cell comes."""


class WorkerError(SimError, RuntimeError):
    """Workers died, cannot be reached, or are of another version."""


@dataclass(frozen=True)
class Crew:
    """Workers that have been given what they need for all cells."""

    executor: Executor
    run: Callable[[str, int], Cell]
    """Runs a cell, in a worker."""
    at_once: Callable[[], int]
    """How many cells to have in flight."""
    look: Callable[[], None] = lambda: None
    """Raises :class:`WorkerError` when there is nothing left to wait for."""


OpenCrew = Callable[[int], AbstractContextManager[Crew]]
"""Opens a crew for a number of cells; leaving it stops the workers, and gives up what they are doing."""


def cells(open_crew: OpenCrew, todo: Todo) -> Generator[Cell]:
    """The cells as they are finished; close it to stop the workers.

    Raises:
        WorkerError: workers died.
    """
    if not todo:
        return
    with open_crew(len(todo)) as crew:
        left = deque(todo)
        running: set[Future[Cell]] = set()
        while left or running:
            with blocked_in_children():
                while left and len(running) < crew.at_once():
                    running.add(crew.executor.submit(crew.run, *left.popleft()))
            finished, running = wait(running, timeout=LOOK_EVERY_S, return_when=FIRST_COMPLETED)
            if not finished:
                crew.look()
            # What was finished before another one failed is handed on first.
            for future in sorted(finished, key=lambda future: future.exception() is not None):
                yield future.result()


class Here(Executor):
    """Runs what it is given at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*arguments, **named))
        except Exception as error:
            future.set_exception(error)
        return future
