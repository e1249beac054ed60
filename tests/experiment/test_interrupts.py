"""Ctrl-C and a request to end: while processes are started, and where Python calls back."""

from __future__ import annotations

import ctypes
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from sim.experiment.interrupts import held, starting_processes, termination_as_interrupt

pytestmark = pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals cannot be sent to a thread")


@pytest.fixture
def bystander() -> Iterator[int]:
    """A thread such as a library of linear algebra has: it was there before, and takes what the main thread blocks."""
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    assert thread.ident is not None
    yield thread.ident
    end.set()
    thread.join()


@pytest.fixture(autouse=True)
def signals_as_in_a_terminal() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with termination_as_interrupt():
        yield
    signal.signal(signal.SIGINT, before)


def be_busy() -> None:
    """For ten seconds, if nothing comes between; one long sleep would hear of it at its end."""
    for _ in range(1000):
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_another_thread_takes_comes_once_processes_are_started(
    bystander: int, number: signal.Signals
) -> None:
    started = False
    with pytest.raises(KeyboardInterrupt), starting_processes(signal.SIGINT):
        signal.pthread_kill(bystander, number)
        time.sleep(0.1)
        started = True
    assert started


def test_a_signal_that_the_main_thread_blocks_comes_once_processes_are_started() -> None:
    started = False
    with pytest.raises(KeyboardInterrupt), starting_processes(signal.SIGINT):
        signal.raise_signal(signal.SIGINT)
        time.sleep(0.1)
        started = True
    assert started


def test_who_holds_signals_back_is_told_of_those_that_come_while_processes_are_started(bystander: int) -> None:
    with held() as came:
        with starting_processes(signal.SIGINT):
            signal.pthread_kill(bystander, signal.SIGTERM)
            time.sleep(0.1)
        assert came == [signal.SIGTERM]


def test_a_signal_is_not_lost_where_a_process_cannot_be_started() -> None:
    with pytest.raises(KeyboardInterrupt) as raised, starting_processes(signal.SIGINT):
        signal.raise_signal(signal.SIGINT)
        raise OSError("no process can be started")
    assert isinstance(raised.value.__context__, OSError)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_comes_while_c_calls_python_is_not_lost(
    number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    callback = ctypes.CFUNCTYPE(None)(lambda: signal.raise_signal(number))
    with pytest.raises(KeyboardInterrupt):
        callback()
        be_busy()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("ignored", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_comes_while_c_calls_python_is_not_lost_where_the_other_is_ignored(
    ignored: signal.Signals,
) -> None:
    other = signal.SIGTERM if ignored == signal.SIGINT else signal.SIGINT
    before = signal.signal(ignored, signal.SIG_IGN)
    try:
        callback = ctypes.CFUNCTYPE(None)(lambda: signal.raise_signal(other))
        with termination_as_interrupt(), pytest.raises(KeyboardInterrupt):
            callback()
            be_busy()
    finally:
        signal.signal(ignored, before)


def test_handlers_are_put_back_though_a_signal_comes_while_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    known, usual = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}, signal.signal

    def interrupted(number: signal.Signals, handler: object) -> object:
        done = usual(number, handler)  # type: ignore[arg-type]
        if handler is known[number]:
            raise KeyboardInterrupt
        return done

    with pytest.raises(KeyboardInterrupt), held():
        monkeypatch.setattr(signal, "signal", interrupted)
    monkeypatch.undo()
    assert {number: signal.getsignal(number) for number in known} == known
