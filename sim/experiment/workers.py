"""Cells in worker processes: handed out one by one, taken back as they are finished, stopped at once when asked to."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import Connection
from types import FrameType

from sim.errors import SimError
from sim.experiment.cells import Cell, Work, run_cell
from sim.experiment.interrupts import blocked_in_children, held

Todo = list[tuple[str, int]]
"""Scenario and replication of each cell."""


class WorkerError(SimError, RuntimeError):
    """A worker process died."""


def cells(work: Work, todo: Todo, workers: int) -> Generator[Cell]:
    """The cells as they are finished, in this process where one worker is enough; close it to stop the workers.

    Raises:
        WorkerError: a worker process died.
    """
    workers = min(workers, len(todo))
    if workers <= 1:
        for scenario, replication in todo:
            yield run_cell(work, scenario, replication)
        return
    with _pool(work, workers) as pool:
        yield from _from_pool(pool, todo, workers)


@contextmanager
def _pool(work: Work, workers: int) -> Iterator[Executor]:
    """Worker processes; when it is left early they give up what they are doing."""
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    stopped, stop = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(work, stopped))
    try:
        yield pool
    except BrokenProcessPool as error:
        raise WorkerError(
            "a worker process died, perhaps for want of memory; run again with fewer workers (--workers 1)"
        ) from error
    finally:
        with held():
            stop.close()
            pool.shutdown(wait=True, cancel_futures=True)
            stopped.close()


def _from_pool(pool: Executor, todo: Todo, workers: int) -> Iterator[Cell]:
    """Keep every worker busy with one cell in hand, so that little is in flight and memory does not grow."""
    left = deque(todo)
    running: set[Future[Cell]] = set()
    while left or running:
        with blocked_in_children():
            while left and len(running) < 2 * workers:
                running.add(pool.submit(_run, *left.popleft()))
        finished, running = wait(running, return_when=FIRST_COMPLETED)
        # What was finished before another one failed is handed on first.
        for future in sorted(finished, key=lambda future: future.exception() is not None):
            yield future.result()


# ------------------------------------------------------------------------------------------------ in a worker process


class _Stopped(BaseException):
    """The worker was told to give up its cell."""


class _State:
    work: Work | None = None
    computing = False
    stopped = False


def _start(work: Work, stopped: Connection) -> None:
    """Give a worker what it needs for all its cells, and let it watch for the end."""
    import threading

    _State.work = work
    signal.signal(signal.SIGINT, _give_up)
    threading.Thread(target=_watch, args=(stopped,), daemon=True).start()


def _watch(stopped: Connection) -> None:
    """Wait until the other end is closed, on purpose or because its process is gone."""
    import _thread
    import multiprocessing
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
    """Leave a cell, but never the sending of a result: half of one would block its reader for ever."""
    if _State.stopped and _State.computing:
        raise _Stopped


def _run(scenario: str, replication: int) -> Cell:
    if _State.work is None:
        raise RuntimeError("the worker was not started with _start")
    if _State.stopped:
        raise _Stopped
    _State.computing = True
    try:
        return run_cell(_State.work, scenario, replication)
    finally:
        _State.computing = False
