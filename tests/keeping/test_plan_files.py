"""Claims of stored plans: what a report reads comes back as it was, and nothing else is ever read as code."""

from __future__ import annotations

import dataclasses
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.building.loading import load_scenario
from sim.errors import InputError
from sim.keeping.plan_files import LEFT_OUT, pack_plans, read_plans
from sim.plan import Plan
from sim.preparing.plans import build_plans
from tests.model.small_province import FOLDER as PROVINCE


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build_plans({"small": load_scenario(PROVINCE / "small.yaml")})["small"]


def same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and np.array_equal(a, b)
    if dataclasses.is_dataclass(a):
        names = [field.name for field in dataclasses.fields(a) if field.name not in LEFT_OUT]
        return type(a) is type(b) and all(same(getattr(a, name), getattr(b, name)) for name in names)
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b)


def test_a_plan_that_was_stored_comes_back_as_it_was(plan: Plan, tmp_path: Path) -> None:
    packed = pack_plans({"small": plan, "again": plan})
    (tmp_path / "plans.npz").write_bytes(packed)
    found = read_plans(tmp_path / "plans.npz")
    assert list(found) == ["small", "again"]
    assert same(plan, found["small"]) and same(plan, found["again"])
    assert pack_plans(found) == packed


def test_a_file_that_would_run_code_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plans.npz"
    path.write_bytes(pickle.dumps({"small": 1}))
    with pytest.raises(InputError, match="no plans can be read from it"):
        read_plans(path)
    np.savez(path, names=np.array([{"small": 1}], dtype=object))
    with pytest.raises(InputError, match="no plans can be read from it"):
        read_plans(path)


def test_half_a_file_is_refused(plan: Plan, tmp_path: Path) -> None:
    packed = pack_plans({"small": plan})
    (tmp_path / "plans.npz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(InputError, match="run the experiment again"):
        read_plans(tmp_path / "plans.npz")
