"""Which engine runs: the compiled one, or the model where there is no compiler; never one for another in silence."""

from __future__ import annotations

import pytest

from sim import jit
from sim.engines import DEFAULT, usable
from sim.errors import InputError


def test_where_there_is_a_compiler_the_engine_is_the_one_asked_for() -> None:
    assert usable(None) == (DEFAULT, "")
    assert usable("simpy") == ("simpy", "")


def test_without_a_compiler_the_model_runs_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "available", lambda: False)
    engine, told = usable(None)
    assert engine == "simpy"
    assert "numba" in told
    assert usable("simpy") == ("simpy", "")
    with pytest.raises(InputError, match="--engine simpy gives the same numbers"):
        usable("compiled")
