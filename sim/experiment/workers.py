"""Work in this process, or in worker processes that stop at once when asked to."""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from types import FrameType
from typing import Any

from sim.experiment.crews import Crew, Doer, Here, OpenCrew, WorkerError
from sim.experiment.interrupts import held, raised_again, starting_processes


def local_crew(task: Doer, workers: int) -> OpenCrew:
    """So many worker processes, as far as there are pieces for them; one needs no process of its own."""
    return partial(_open, task, workers)


@contextmanager
def _open(task: Doer, workers: int, pieces: int) -> Iterator[Crew]:
    workers = min(workers, pieces)
    if workers <= 1:
        yield Crew(Here(), task.run, at_once=lambda: 1)
        return
    with processes(task, workers) as pool, death_told():
        yield Crew(pool, run_piece, at_once=lambda: 2 * workers)


@contextmanager
def death_told() -> Iterator[None]:
    """A worker process that is gone as a :class:`WorkerError`, in plain words."""
    try:
        yield
    except BrokenProcessPool as error:
        raise WorkerError(
            "a worker process died, perhaps for want of memory; run again with fewer workers (--workers 1)"
        ) from error


class _Worker(SpawnProcess):
    """Is killed where it is to be ended: a request is blocked, so that one to all processes leaves it to the first.

    A pool ends the others when one has died, whose last step may have been to take the lock that they wait for.
    """

    def terminate(self) -> None:
        self.kill()


class _Context(SpawnContext):
    Process = _Worker


class Pool(ProcessPoolExecutor):
    """Starts a process when it is handed a piece and none is free."""

    def submit(self, fn: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        with starting_processes(signal.SIGINT, signal.SIGTERM):
            return super().submit(fn, *arguments, **named)


@contextmanager
def processes(task: Doer, workers: int) -> Iterator[ProcessPoolExecutor]:
    """Worker processes that do pieces of a task with :func:`run_piece`; at the end they give up what they are doing.

    Raises:
        WorkerError: this is no program that can start any, or the task cannot be written where they find it.
    """
    _can_start()
    context = _Context()
    with _written(task) as file:
        stopped, stop = context.Pipe(duplex=False)
        pool = Pool(workers, mp_context=context, initializer=_start, initargs=(file, stopped))
        try:
            yield pool
        finally:
            with held():
                stop.close()
                # There is nothing to wait for where its threads could not be started.
                with suppress(RuntimeError):
                    pool.shutdown(wait=True, cancel_futures=True)
                stopped.close()


def _can_start() -> None:
    """See that a process which is started now can find its way in: it reads the main program again."""
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise WorkerError(
            "a worker process reads the script that starts it, and comes to this call again; put the call under "
            "`if __name__ == '__main__':` (or --workers 1)"
        )
    main = sys.modules["__main__"]
    file = getattr(main, "__file__", None)
    if file is not None and getattr(main, "__spec__", None) is None and not Path(file).is_file():
        raise WorkerError(
            f"worker processes read the program that starts them, and {file} is no file; put it into one (or "
            "--workers 1)"
        )


@contextmanager
def _written(task: Doer) -> Iterator[Path]:
    """A file of the task, for workers to read.

    What is handed to a process as it starts goes through a pipe, which holds little: whoever writes more than that to a
    process that has died already waits for ever.
    """
    with ExitStack() as stack:
        try:
            made = tempfile.TemporaryDirectory(prefix="passport-simulator-", ignore_cleanup_errors=True)
            file = Path(stack.enter_context(made)) / "task"
            with file.open("wb") as stream:
                pickle.dump(task, stream, pickle.HIGHEST_PROTOCOL)
        except OSError as error:
            raise WorkerError(
                f"the work cannot be written for worker processes: {error}; another folder for temporary files "
                "(TMPDIR), or run again without any (--workers 1)"
            ) from error
        yield file


# ------------------------------------------------------------------------------------------------ in a worker process


class _Stopped(BaseException):
    """The worker was told to give up its work."""


class _State:
    task: Doer | None = None
    computing = False
    stopped = False


def _start(file: Path, stopped: Connection) -> None:
    """Give a worker its task, and let it watch for the end."""
    import threading

    _State.task = pickle.loads(file.read_bytes())
    signal.signal(signal.SIGINT, _give_up)
    sys.unraisablehook = raised_again(_Stopped)
    threading.Thread(target=_watch, args=(stopped,), daemon=True).start()


def _watch(stopped: Connection) -> None:
    """Wait until the other end is closed, on purpose or because its process is gone."""
    import _thread
    import os

    # True at the end of the line: nothing is ever sent on it.
    stopped.poll(None)
    _State.stopped = True
    _thread.interrupt_main()
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _give_up(number: int, frame: FrameType | None) -> None:
    """Leave a piece, but never the sending of a result: half of one would block its reader for ever."""
    if _State.stopped and _State.computing:
        raise _Stopped


def run_piece(*piece: Any) -> Any:
    """Do a piece of the task, in a worker process."""
    if _State.task is None:
        raise RuntimeError("the worker was not started with _start")
    if _State.stopped:
        raise _Stopped
    _State.computing = True
    try:
        return _State.task.run(*piece)
    finally:
        _State.computing = False
