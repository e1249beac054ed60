"""Ctrl-C, and the request to end that a batch system sends, at places where nothing is lost."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def termination_as_interrupt() -> Iterator[None]:
    """A request to end (SIGTERM) raises ``KeyboardInterrupt``, as Ctrl-C does."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    with _handling((signal.SIGTERM,), interrupt):
        yield


@contextmanager
def held() -> Iterator[list[int]]:
    """Hold Ctrl-C and requests to end back: nothing is raised inside; yields the list of those that came."""
    came: list[int] = []
    with _handling(_SIGNALS, lambda number, frame: came.append(number)):
        yield came


@contextmanager
def blocked_in_children() -> Iterator[None]:
    """Processes started inside never get a Ctrl-C, not even before their first line has run.

    Ctrl-C goes to all processes of a terminal; the one that started them decides what is kept. Where signals cannot be
    blocked (Windows) they must ignore it themselves.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    # It would unblock the signal when it is started.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _handling(numbers: tuple[signal.Signals, ...], handler: object) -> Iterator[None]:
    """Another handler for a while; only the main thread has any, and what is ignored stays ignored."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in numbers:
            if signal.getsignal(number) not in (signal.SIG_IGN, None):
                before[number] = signal.signal(number, handler)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
