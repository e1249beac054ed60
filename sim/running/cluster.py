"""Work on a Dask cluster: a scheduler that is running somewhere, or one started on this machine for the run.

Every worker is sent its task once, also one that comes later or takes the place of one that was lost; a cell is then
no more than two words. What a lost worker had in hand is run again by another, which is the scheduler's doing.
"""

from __future__ import annotations

import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Any

from distributed import Client, KilledWorker, LocalCluster, WorkerPlugin, get_worker
from distributed.comm import parse_address, parse_host_port
from distributed.comm.core import CommClosedError

from sim import __version__
from sim.errors import InputError
from sim.experiment.crews import LOOK_EVERY_S, Crew, OpenCrew, Task, WorkerError
from sim.experiment.interrupts import held, starting_processes
from sim.experiment.keys import code_version, machine

LOCAL = "local"
SCHEMES = ("tcp", "tls", "ucx", "ws", "wss")
CONNECT_S = 10.0
WITHOUT_WORKERS_S = 60.0
"""How long a run waits for a worker when there is none any more."""


def cluster_crew(task: Task, address: str, workers: int, without_workers_s: float = WITHOUT_WORKERS_S) -> OpenCrew:
    """The workers of a cluster.

    Args:
        task: what they are to do.
        address: of a running scheduler, ``tcp://host:8786``; or ``local`` for one of this run alone.
        workers: how many to start where it is ``local``.
        without_workers_s: how many seconds to wait for a worker when there is none any more.
    """
    return partial(_open, task, address, workers, without_workers_s)


@contextmanager
def _open(task: Task, address: str, workers: int, without_workers_s: float, pieces: int) -> Iterator[Crew]:
    with ExitStack() as stack, _quiet():
        if address == LOCAL:
            address = stack.enter_context(_scheduler_here(min(workers, pieces)))
        require_scheduler(address)
        with _answering(address):
            client: Any = Client(address, timeout=CONNECT_S, set_as_default=False)
        # What is still running is given up, and no Ctrl-C comes between.
        stack.callback(_close, client)
        _check_workers(client, address, task)
        name = f"passport-simulator-{secrets.token_hex(8)}"
        client.register_plugin(_Given(task, _version(task.engine)), name=name)
        stack.callback(_forget, client, name)
        executor = client.get_executor(pure=False)
        stack.callback(executor.shutdown, wait=False)
        try:
            yield Crew(executor, partial(_run, name), _width(client), _look(client, address, without_workers_s))
        except Exception as error:
            raise _told(error, address) from error


@contextmanager
def _answering(address: str) -> Iterator[None]:
    """Errors of the connection as bad input that says what to give.

    Raises:
        InputError: no scheduler answers.
    """
    try:
        yield
    except (OSError, ValueError) as error:
        raise InputError(
            f"--cluster: no Dask scheduler answers at {address!r} ({_first_line(error)}); "
            "give the address that it prints when it starts, as tcp://127.0.0.1:8786, or 'local'"
        ) from error


def require_scheduler(address: str) -> None:
    """Refuse an address at which nobody answers.

    Raises:
        InputError: no scheduler answers there.
    """
    if address != LOCAL:
        with _answering(address):
            _knock(address)


def _knock(address: str) -> None:
    """Try whether anything answers: Dask itself goes on trying, and complains, long after it has been given up.

    Raises:
        OSError, ValueError: nothing does.
    """
    scheme, place = parse_address(address)
    if scheme not in SCHEMES:
        raise ValueError(f"{scheme} is none of the kinds of address {', '.join(SCHEMES)}")
    if scheme in ("tcp", "tls"):
        host, port = parse_host_port(place)
        socket.create_connection((host, port), timeout=CONNECT_S).close()


@contextmanager
def _scheduler_here(workers: int) -> Iterator[str]:
    """A scheduler and workers on this machine, for nobody else."""
    place = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with ExitStack() as stack:
        with starting_processes(signal.SIGINT):
            cluster = LocalCluster(n_workers=workers, threads_per_worker=1, silence_logs=50, **place)
            stack.callback(_end, cluster)
        yield cluster.scheduler_address


def _end(cluster: LocalCluster) -> None:
    with held():
        cluster.close()


class _Given(WorkerPlugin):
    """What every worker is given: set up in it when it is sent, and in each worker that comes later."""

    def __init__(self, task: Task, version: str) -> None:
        self.task = task
        self.version = version


def _run(name: str, *piece: Any) -> Any:
    """In a worker: do a piece of the task that the worker was given under a name."""
    given: Any = get_worker().plugins[name]
    here = _version(given.task.engine)
    if here != given.version:
        raise WorkerError(f"a worker has another version of the simulator or another kind of machine ({here})")
    return given.task.run(*piece)


def _check_workers(client: Any, address: str, task: Task) -> None:
    """Refuse a cluster without workers, or whose machines have another simulator than this one.

    Raises:
        InputError: what is the matter, and with which worker.
    """
    try:
        client.wait_for_workers(1, timeout=CONNECT_S)
    except TimeoutError as error:
        raise InputError(
            f"--cluster: the scheduler at {address} has no workers; start one with: dask worker {address}"
        ) from error
    own = _version(task.engine)
    try:
        found = {"the scheduler": client.run_on_scheduler(_version, task.engine), **client.run(_version, task.engine)}
    except Exception as error:
        raise InputError(
            f"--cluster: scheduler and workers at {address} need the simulator installed, in this version "
            f"({__version__}): {_first_line(error)}"
        ) from error
    for where, version in found.items():
        if version != own:
            raise InputError(
                f"--cluster: {where} has another version of the simulator or of its libraries, or is another kind of "
                f"machine ({version}) than this process ({own}); install the same everywhere, on machines of one kind, "
                "or the numbers would not be comparable"
            )


def _version(engine: str) -> str:
    """What must be the same for the same numbers."""
    return f"{__version__}, model {code_version(engine)[:12]}, {machine()}"


def _width(client: Any) -> Callable[[], int]:
    """Two pieces for each thread there is, asked for now and then: workers come and go."""
    known: list[tuple[float, int]] = []

    def at_once() -> int:
        now = time.monotonic()
        if not known or now - known[-1][0] > LOOK_EVERY_S:
            threads: Mapping[str, int] = client.nthreads()
            known[:] = [(now, 2 * max(1, sum(threads.values())))]
        return known[-1][1]

    return at_once


def _look(client: Any, address: str, limit_s: float) -> Callable[[], None]:
    since: list[float] = []

    def look() -> None:
        if client.status != "running":
            raise WorkerError(f"the connection to the Dask scheduler at {address} is lost")
        if client.nthreads():
            since.clear()
            return
        since.append(time.monotonic())
        if since[-1] - since[0] > limit_s:
            raise WorkerError(f"the Dask scheduler at {address} has had no workers for {limit_s:.0f} s")

    return look


def _told(error: Exception, address: str) -> Exception:
    """What Dask reports when the cluster is gone, as an error that can be told."""
    if isinstance(error, KilledWorker):
        return WorkerError(
            f"worker after worker of {address} died of the same piece of work, perhaps for want of memory"
        )
    if isinstance(error, CancelledError | CommClosedError):
        return WorkerError(f"the connection to the Dask scheduler at {address} is lost")
    return error


def _forget(client: Any, name: str) -> None:
    with suppress(Exception):
        client.unregister_worker_plugin(name)


def _close(client: Any) -> None:
    with held(), suppress(Exception):
        client.close(timeout=CONNECT_S)


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask's own notes on lost workers and closed lines would stand in the middle of the progress bar."""
    import logging

    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)
