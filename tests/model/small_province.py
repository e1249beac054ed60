"""A small complete province on disk, and scenarios made from it."""

from __future__ import annotations

import copy
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.build import build_plan
from sim.building.loading import load_scenario
from sim.config.schema import Scenario
from sim.drawing import draw
from sim.draws import Draws
from sim.engines import simpy_model
from sim.journeys import Journeys
from sim.plan import Plan
from sim.province.tables import Tables, read_tables
from sim.randomness import Source

FOLDER = Path(__file__).parent / "province"
FILE = FOLDER / "small.yaml"
Tree = dict[str, Any]


@functools.cache
def _base() -> Tree:
    tree = copy.deepcopy(load_scenario(FILE).tree)
    tree["data"] = {name: str(FOLDER / Path(file).name) for name, file in tree["data"].items()}
    return tree


@functools.cache
def tables() -> Tables:
    """The data tables of the small province."""
    return read_tables(Scenario.model_validate(_base()).data)


def scenario(overrides: Mapping[str, Any] | None = None) -> Scenario:
    """The small province; ``overrides`` is merged into it, map by map; shares and distributions are taken whole."""
    return Scenario.model_validate(tree_of(overrides))


def tree_of(overrides: Mapping[str, Any] | None = None) -> Tree:
    """The configuration of the small province with overrides, as it would be read from a file."""
    return merged(_base(), overrides or {})


def plan_of(overrides: Mapping[str, Any] | None = None) -> Plan:
    """The plan of the small province with overrides."""
    return build_plan(scenario(overrides), tables())


def run(plan: Plan, replication: int = 0, seed: int = 1) -> tuple[Draws, Journeys]:
    """Draws and journeys of one replication."""
    draws = draw(plan, Source(seed, replication))
    return draws, simpy_model.run(plan, draws)


def _merge(into: Tree, other: Mapping[str, Any]) -> None:
    for key, value in other.items():
        whole = isinstance(value, Mapping) and any(isinstance(k, int) or k == "distribution" for k in value)
        if isinstance(value, Mapping) and isinstance(into.get(key), dict) and not whole:
            _merge(into[key], value)
        else:
            into[key] = value


def certain() -> Tree:
    """Overrides that leave nothing to go wrong: nobody misses, lacks papers, is referred, refused or deterred."""
    return {
        "booking": {"no_show": 0},
        "papers": {"missing_new": 0, "missing_replacement": 0},
        "issue": {"refused": 0},
        "collection": {"never": 0, "kept_for": "300 days"},
        "sites": {"ukk_near": {"referral": 0}, "ukk_far": {"referral": 0}},
        "need": {
            "segments": {
                "religious": {"worth": "Rp 900000000000", "homebound": 0},
                "general": {"worth": "Rp 900000000000"},
            }
        },
    }


def merged(*overrides: Mapping[str, Any]) -> Tree:
    """Several overrides as one, the later before the earlier."""
    tree: Tree = {}
    for other in overrides:
        _merge(tree, copy.deepcopy(dict(other)))
    return tree
