"""What a run says of compiling, before it begins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Never

import pytest

from sim.engines import compiled
from sim.experiment import compiling
from sim.experiment.compiling import Compiling, compile_once
from sim.experiment.quantities import measured
from sim.experiment.workers import local_crew
from sim.jit import CACHE_VARIABLE, cache_folder
from sim.plan import Plan
from tests.cli.cases import call
from tests.model.small_province import plan_of


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file where the folder for machine code is looked for."""
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv(CACHE_VARIABLE, str(file))
    cache_folder.cache_clear()
    yield file
    cache_folder.cache_clear()


@pytest.fixture
def nothing_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine that has compiled nothing yet; what is compiled here after all lies ready and is read."""
    monkeypatch.setattr("sim.engines.compiled.is_ready", lambda: False)
    monkeypatch.setattr("sim.jit.is_cached", lambda kernel: False)


def told(engine: str, workers: int = 1) -> list[str]:
    said: list[str] = []
    compile_once(engine, plan_of(), said.append, workers)
    return said


def test_the_folder_that_cannot_be_written_is_named_and_nothing_is_compiled_for_nobody(nowhere: Path) -> None:
    (said,) = told("compiled")
    assert f"cannot be kept in {nowhere}, so each run compiles" in said
    assert f"{CACHE_VARIABLE} may name another folder" in said
    assert told("simpy") == []


def test_a_compiler_that_is_switched_off_is_said_to_be(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    assert told("compiled") == ["NUMBA_DISABLE_JIT is set: the engine runs as plain Python, much more slowly"]
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "0")
    assert "cannot be kept" in told("compiled")[0]


def test_workers_are_given_every_loop_and_the_measures_once(
    nothing_ready: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(Compiling, "run", lambda task, name: done.append(name))
    monkeypatch.setattr(compiling, "local_crew", lambda task, workers: local_crew(task, 1))
    (said,) = told("compiled", workers=2)
    assert said.startswith("compiling the engine")
    assert sorted(done) == sorted(["measures", *(kernel.__name__ for kernel in compiled.KERNELS)])


def test_each_piece_is_one_that_can_be_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    prepared: list[str] = []
    monkeypatch.setattr("sim.engines.compiled.compile_for", lambda kernel, *told: prepared.append(kernel.__name__))
    for name in compiling.LONGEST_FIRST:
        Compiling(plan_of()).run(name)
    assert prepared == [name for name in compiling.LONGEST_FIRST if name != "measures"]


@pytest.mark.parametrize("error", [OSError(11, "Resource temporarily unavailable"), RuntimeError("no new thread")])
def test_where_no_worker_can_be_started_this_process_compiles(
    nothing_ready: None, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(*told: object) -> Never:
        raise error

    prepared: list[bool] = []
    monkeypatch.setattr("sim.experiment.workers.processes", refuse)
    monkeypatch.setattr("sim.engines.compiled.prepare", lambda plan: prepared.append(True))
    said = told("compiled", workers=2)
    assert prepared == [True]
    assert said[1:] == [f"compiling goes on in this process alone: {error}"]


def test_a_run_compiles_with_all_its_workers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def stop(engine: str, plan: Plan, tell: object, workers: int = 1) -> Never:
        asked.append(workers)
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.running.job.compile_once", stop)
    assert call("run", "impact.yaml", "--workers", "3").exit_code == 130
    assert asked == [3]


def test_what_an_experiment_measures_is_known_before_the_engine_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else whoever checks a file on a new machine would wait a minute for it, without a word."""
    monkeypatch.setattr("sim.engines.compiled.run", lambda *told: pytest.fail("the compiled engine was asked"))
    model: Any = SimpleNamespace(travel_minutes=[60], baseline=None, measures={})
    known = measured({"small": plan_of()}, model)
    assert ("small", "served", "province", "province", "count") in known
