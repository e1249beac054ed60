"""Who does the work: one seam, a ``concurrent.futures.Executor``, behind which are this process, workers or a cluster.

Pieces (cells, or points of the ranges of inputs) are handed out as there is room and taken back as they are finished,
so that little is in flight and memory does not grow with their number.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol

from sim.errors import SimError

LOOK_EVERY_S = 2.0
"""How often it is asked whether workers are still there, while no result comes."""


class WorkerError(SimError, RuntimeError):
    """Workers died, cannot be reached, or are of another version."""


class Doer(Protocol):
    """What workers are given once: all that they need for every piece of the work."""

    def run(self, *piece: Any) -> Any:
        """Do one piece, in a worker."""


class Task(Doer, Protocol):
    """Work that is simulated, and that may be given to other machines."""

    @property
    def engine(self) -> str:
        """The engine that is used, of which every worker must have the same version."""


@dataclass(frozen=True)
class Crew:
    """Workers that have been given their task."""

    executor: Executor
    run: Callable[..., Any]
    """Does a piece, in a worker."""
    at_once: Callable[[], int]
    """How many pieces to have in flight."""
    look: Callable[[], None] = lambda: None
    """Raises :class:`WorkerError` when there is nothing left to wait for."""


OpenCrew = Callable[[int], AbstractContextManager[Crew]]
"""Opens a crew for a number of pieces; leaving it stops the workers, and gives up what they are doing."""


class Standby:
    """A crew that is called when there is something to do, and stays; a larger one takes its place for more work."""

    def __init__(self, open_crew: OpenCrew) -> None:
        self._open_crew = open_crew
        self._stack = ExitStack()
        self._crew: Crew | None = None
        self._called_for = 0

    def __enter__(self) -> Standby:
        self._stack.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, at)

    def results(self, pieces: Sequence[tuple[Any, ...]]) -> Generator[Any]:
        """What comes of each piece, as they are finished.

        Raises:
            WorkerError: workers died.
        """
        if not pieces:
            return
        crew, left = self._called(len(pieces)), deque(pieces)
        running: set[Future[Any]] = set()
        while left or running:
            while left and len(running) < crew.at_once():
                running.add(crew.executor.submit(crew.run, *left.popleft()))
            finished, running = wait(running, timeout=LOOK_EVERY_S, return_when=FIRST_COMPLETED)
            if not finished:
                crew.look()
            # What was finished before another one failed is handed on first.
            for future in sorted(finished, key=lambda future: future.exception() is not None):
                yield future.result()

    def _called(self, pieces: int) -> Crew:
        """The crew that is there, if it was called for as many pieces or more; otherwise another."""
        if self._crew is None or pieces > self._called_for:
            self._stack.close()
            self._crew = self._stack.enter_context(self._open_crew(pieces))
            self._called_for = pieces
        return self._crew


class Here(Executor):
    """Runs what it is given at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*arguments, **named))
        except Exception as error:
            future.set_exception(error)
        return future
