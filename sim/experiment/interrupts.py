"""Ctrl-C, and the request to end that a batch system sends, at places where nothing is lost."""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_AGAIN_S = 0.05


@contextmanager
def termination_as_interrupt() -> Iterator[None]:
    """A request to end (SIGTERM) raises ``KeyboardInterrupt``, as Ctrl-C does; neither is lost in a callback."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = sys.unraisablehook
    sys.unraisablehook = raised_again(KeyboardInterrupt, signal.SIGTERM)
    try:
        with _handling((signal.SIGTERM,), interrupt):
            yield
    finally:
        sys.unraisablehook = before


def raised_again(kind: type[BaseException], number: signal.Signals) -> Callable[[Any], None]:
    """A ``sys.unraisablehook`` that sends a signal again where what its handler raised could not get out.

    That is so where the signal comes while C calls back into Python, as the compiler does for each function it loads:
    Python would print a traceback and go on as if nothing had come.
    """
    before = sys.unraisablehook

    def hook(unraisable: Any) -> None:
        if not issubclass(unraisable.exc_type, kind):
            before(unraisable)
            return
        timer = threading.Timer(_AGAIN_S, partial(_thread.interrupt_main, number))
        timer.daemon = True
        timer.start()

    return hook


@contextmanager
def held() -> Iterator[list[int]]:
    """Hold Ctrl-C and requests to end back: nothing is raised inside; yields the list of those that came."""
    came: list[int] = []
    with _handling(_SIGNALS, lambda number, frame: came.append(number)):
        yield came


@contextmanager
def starting_processes() -> Iterator[None]:
    """Processes are started whole inside, and never get a Ctrl-C, not even before their first line has run.

    Ctrl-C goes to all processes of a terminal; the one that started them decides what is kept. Where signals cannot be
    blocked (Windows) they must ignore it themselves. This process is told of it once they are started: leaving off
    half-way would leave one that never learns what it is to do. Blocking alone does not see to that, as any thread of a
    library may take the signal, and Python then runs its handler in the main thread.
    """
    came: list[int] = []
    try:
        with held() as came, _blocked():
            yield
    finally:
        for number in came:
            signal.raise_signal(number)


@contextmanager
def _blocked() -> Iterator[None]:
    """Ctrl-C is blocked inside, and in processes started there for ever."""
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
