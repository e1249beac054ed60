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
    sys.unraisablehook = raised_again(KeyboardInterrupt)
    try:
        with _handling(signal.SIGTERM, interrupt):
            yield
    finally:
        sys.unraisablehook = before


def raised_again(kind: type[BaseException]) -> Callable[[Any], None]:
    """A ``sys.unraisablehook`` that lets a signal come again where what its handler raised could not get out.

    That is so where the signal comes while C calls back into Python, as the compiler does for each function it loads:
    Python would print a traceback and go on as if nothing had come.
    """
    before = sys.unraisablehook

    def hook(unraisable: Any) -> None:
        handled = [number for number in _SIGNALS if callable(signal.getsignal(number))]
        if unraisable.exc_type is None or not issubclass(unraisable.exc_type, kind) or not handled:
            before(unraisable)
            return
        timer = threading.Timer(_AGAIN_S, partial(_thread.interrupt_main, handled[0]))
        timer.daemon = True
        timer.start()

    return hook


@contextmanager
def held() -> Iterator[list[int]]:
    """Hold Ctrl-C and requests to end back: nothing is raised inside; yields the list of those that came."""
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)

    with _handling(signal.SIGINT, note), _handling(signal.SIGTERM, note):
        yield came


@contextmanager
def starting_processes(*blocked: signal.Signals) -> Iterator[None]:
    """Processes are started whole inside, and never get some signals, not even before their first line has run.

    Ctrl-C goes to all processes of a terminal, and a request to end may go to all of a group; the one that started them
    decides what is kept. Where signals cannot be blocked (Windows) they must ignore them themselves. This process is
    told of those that come once the others are started: leaving off half-way would leave one that never learns what it
    is to do. Blocking alone does not see to that, as any thread of a library may take the signal, and Python then runs
    its handler in the main thread.
    """
    came: list[int] = []
    try:
        with held() as came, _blocking(blocked):
            yield
    finally:
        for number in came:
            signal.raise_signal(number)


@contextmanager
def _blocking(blocked: tuple[signal.Signals, ...]) -> Iterator[None]:
    """Signals are blocked inside, and in processes started there for ever."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    # It would unblock them when it is started.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, blocked)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _handling(number: signal.Signals, handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Another handler for a while; only the main thread has any, and what is ignored stays ignored."""
    before = signal.getsignal(number)
    if threading.current_thread() is not threading.main_thread() or before in (signal.SIG_IGN, None):
        yield
        return
    # A signal may raise between any two steps; the handler is put back all the same.
    try:
        signal.signal(number, handler)
        yield
    finally:
        signal.signal(number, before)
