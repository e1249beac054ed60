"""What a run says of compiling, before it begins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.experiment.job import compile_once
from sim.jit import CACHE_VARIABLE, cache_folder
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


def told(engine: str) -> list[str]:
    said: list[str] = []
    compile_once(engine, plan_of(), said.append)
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
