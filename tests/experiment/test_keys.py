"""Keys and packing: everything that counts is in a key, nothing else is, and nothing is lost on the way."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engines import ENGINES
from sim.experiment import keys
from sim.experiment.packing import LABELS, pack_people, pack_rows, unpack_people, unpack_rows
from sim.measures.applicants import outcomes
from sim.measures.rows import Rows
from sim.plan import Plan
from tests.model.small_province import plan_of, run

NAMES = st.text(st.characters(codec="utf-8"), max_size=5)
ROWS = st.lists(st.tuples(NAMES, NAMES, NAMES, NAMES, st.floats(allow_nan=False)), max_size=20)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_of()


def rows_of(told: list[tuple[str, str, str, str, float]]) -> Rows:
    rows = Rows()
    for row in told:
        rows.add(*row)
    return rows


def test_equal_plans_have_equal_digests_and_a_name_or_a_road_on_the_map_does_not_count(plan: Plan) -> None:
    assert keys.plan_digest(plan_of()) == keys.plan_digest(plan)
    renamed = dataclasses.replace(plan, scenario="x", title="y", roads=None)  # type: ignore[arg-type]
    assert keys.plan_digest(renamed) == keys.plan_digest(plan)


def test_every_array_and_number_of_a_plan_counts(plan: Plan) -> None:
    found = {keys.plan_digest(plan)}
    changed = 0
    for field in dataclasses.fields(Plan):
        part = getattr(plan, field.name)
        if field.name in keys.NOT_COUNTED or not dataclasses.is_dataclass(part):
            continue
        for inner in dataclasses.fields(part):
            value = getattr(part, inner.name)
            if isinstance(value, np.ndarray) and value.size:
                value = value.copy()
                value.flat[-1] = not value.flat[-1] if value.dtype == bool else value.flat[-1] + 1
            elif isinstance(value, int | float):
                value = value + 1
            else:
                continue
            other = dataclasses.replace(part, **{inner.name: value})  # type: ignore[type-var]
            found.add(keys.plan_digest(dataclasses.replace(plan, **{field.name: other})))
            changed += 1
    assert changed > 40
    assert len(found) == changed + 1


def test_what_runs_a_cell_is_in_the_version_of_the_model_and_reports_are_not() -> None:
    found = keys.model_modules("simpy")
    wanted = {
        "draws",
        "drawing.needs",
        "randomness",
        "rules",
        "engines.simpy_model",
        "measures.people",
        "measures.gains",
    }
    assert wanted | {"config.distributions"} <= set(found)
    # Of statistics only those that a measure takes of one replication.
    found = tuple(name for name in found if name not in ("stats.inequality", "stats.catchments"))
    others = ("report", "stats", "cli", "config.loader", "building", "keeping", "preparing", "running")
    assert not [name for name in found if name.startswith(others)]


def test_a_change_in_a_module_of_the_model_changes_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    real, engine = Path.read_bytes, next(iter(ENGINES))
    before = keys.code_version.__wrapped__(engine)
    monkeypatch.setattr(Path, "read_bytes", lambda path: real(path) + b"#" * (path.name == "rules.py"))
    assert keys.code_version.__wrapped__(engine) != before
    monkeypatch.setattr(Path, "read_bytes", lambda path: real(path) + b"#" * (path.name == "terminal.py"))
    assert keys.code_version.__wrapped__(engine) == before


@given(ROWS)
def test_rows_come_back_as_they_were(told: list[tuple[str, str, str, str, float]]) -> None:
    rows = rows_of(told)
    found = unpack_rows(pack_rows(rows))
    assert found.value.tolist() == rows.value
    assert all(found.column(name) == getattr(rows, name) for name in LABELS)


def test_people_come_back_as_they_were(plan: Plan) -> None:
    draws, journeys = run(plan)
    whole = outcomes(plan, draws, journeys)
    for compressed in (False, True):
        found = unpack_people(pack_people(whole, compressed))
        for field in dataclasses.fields(found):
            if field.name != "who":
                np.testing.assert_array_equal(getattr(found, field.name), getattr(whole, field.name))
    moved = whole._replace(need_ms=whole.need_ms + 1)
    assert unpack_people(pack_people(moved, True)).who != found.who
