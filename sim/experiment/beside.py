"""One worker process beside this one: it does pieces of work while this process does others."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from functools import partial
from types import TracebackType
from typing import Any

from sim.experiment.crews import LOOK_EVERY_S, Doer, WorkerError
from sim.experiment.workers import death_told, processes, run_piece


class Beside:
    """A worker process that is started for the first piece; leaving it gives up what the worker is doing."""

    def __init__(self, task: Doer) -> None:
        self._task = task
        self._stack = ExitStack()
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Beside:
        self._stack.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, at)

    def begin(self, *piece: Any) -> Callable[[], Any]:
        """Begin a piece, after those that were begun before it.

        Returns:
            What waits for the piece and returns what came of it. What goes wrong is raised by that, and not here, so
            that nothing this process does meanwhile is lost to it: the error of the piece, or a
            :class:`~sim.experiment.crews.WorkerError` where the worker cannot be started, died, or had no room on the
            disk or in memory.
        """
        future: Future[Any] = Future()
        try:
            self._pool = self._pool or self._stack.enter_context(processes(self._task, 1))
            future = self._pool.submit(run_piece, *piece)
        except (OSError, RuntimeError, ImportError, NotImplementedError) as error:
            # A pool that broke earlier, or a program that can start none, has something else to say.
            why = getattr(error, "strerror", None) or error
            said = f"no worker process can be started: {why}; run again without any (--workers 1)"
            future.set_exception(error if isinstance(error, BrokenProcessPool | WorkerError) else WorkerError(said))
        return partial(_outcome, future)


def _outcome(future: Future[Any]) -> Any:
    # Waiting in steps lets a Ctrl-C through on every system.
    with death_told():
        while not future.done():
            wait([future], timeout=LOOK_EVERY_S)
        try:
            return future.result()
        except OSError as error:
            what = f"{error.filename or 'a file'}: {error.strerror or error}"
            raise WorkerError(f"the second process: {what}; run again without it (--workers 1)") from error
        except MemoryError as error:
            raise WorkerError("not enough memory for a second process; run again without it (--workers 1)") from error
