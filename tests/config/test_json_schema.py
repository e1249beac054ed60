"""The JSON Schema: valid itself, and of one mind with the loader on right and wrong files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from sim.config.distributions import read_distribution
from sim.config.jsonschema import json_schema

VALIDATOR = Draft202012Validator(json_schema())


def data_of(path: Path) -> Any:
    """Return a file as an editor sees it: keys and dates as text."""
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(path), default=str))


def test_the_schema_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("name", ["small.yaml", "with_ukk.yaml", "impact.yaml"])
def test_right_files_are_accepted(folder: Path, name: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(data_of(folder / name))] == []


@pytest.mark.parametrize(
    ("name", "keys", "value"),
    [
        ("small.yaml", ("bookings",), {}),
        ("small.yaml", ("booking", "windows"), "3 days"),
        ("small.yaml", ("booking", "window"), 3),
        ("small.yaml", ("booking", "window"), "3 km"),
        ("small.yaml", ("booking", "no_show"), 1.5),
        ("small.yaml", ("booking", "no_show"), {"value": 0.1, "basis": "guess"}),
        ("small.yaml", ("booking", "no_show"), {"value": 1.5, "basis": "study"}),
        ("small.yaml", ("booking", "no_show"), {"vaule": 0.5}),
        ("small.yaml", ("need", "level"), {"2022-13": 1}),
        ("small.yaml", ("need", "months"), {"jan": 1}),
        ("small.yaml", ("service", "document"), {"distribution": "gamma", "mean": 5, "cv": 1}),
        ("small.yaml", ("sites", "kanim_palembang", "sessions", "weekdays", "days"), ["monday"]),
        ("with_ukk.yaml", ("sites", "ukk_oku", "open"), True),
        ("impact.yaml", ("replication",), 10),
    ],
)
def test_wrong_files_are_refused(folder: Path, name: str, keys: tuple[str, ...], value: object) -> None:
    data = data_of(folder / name)
    place = data
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    assert not VALIDATOR.is_valid(data)


def test_money_may_be_shifted_below_nothing_where_none_of_it_gets_there(folder: Path) -> None:
    shifted = {"distribution": "lognorm", "s": 0.05, "loc": "Rp -100", "scale": "Rp 20000"}
    data = data_of(folder / "small.yaml")
    data["choice"]["value_of_time"] = shifted
    assert VALIDATOR.is_valid(data)
    assert read_distribution(shifted, "money").loc == -100


def test_any_value_may_tell_where_it_comes_from(folder: Path) -> None:
    data = data_of(folder / "small.yaml")
    data["booking"]["window"] = {
        "value": "30 days",
        "range": ["20 days", "40 days"],
        "basis": "official",
        "source": "x",
    }
    data["service"]["document"]["mean"] = {"value": "4 min", "basis": "assumption"}
    data["sites"]["kanim_palembang"]["sessions"]["weekdays"]["quota"]["ordinary"] = {"value": 9, "basis": "press"}
    assert VALIDATOR.is_valid(data)


def test_only_a_file_that_extends_may_leave_things_out(folder: Path) -> None:
    data = data_of(folder / "small.yaml")
    del data["booking"]["window"]
    assert not VALIDATOR.is_valid(data)
    assert VALIDATOR.is_valid({**data, "extends": "base.yaml"})
