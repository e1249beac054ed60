"""A small complete province on disk, scenarios made from it, and the same model configured as a textbook queue."""

from __future__ import annotations

import copy
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.build import build_plan
from sim.config.loader import load_scenario
from sim.config.schema import Scenario
from sim.draws import Draws, draw
from sim.engines import simpy_model
from sim.journeys import Journeys
from sim.plan import DAY_MS, Plan
from sim.province.tables import Tables, read_tables
from sim.randomness import Source

FOLDER = Path(__file__).parent / "province"
FILE = FOLDER / "small.yaml"
UNIT_MS = 4000
"""The unit of time of the textbook queues: their mean service is one, or said in it."""
DAY_UNITS = DAY_MS // UNIT_MS
ENDLESS = 1_000_000
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
    tree = copy.deepcopy(_base())
    _merge(tree, overrides or {})
    return Scenario.model_validate(tree)


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


def textbook(
    rates: Mapping[int, float],
    interview: Any,
    counters: int = 1,
    document: Any = "0 ms",
    document_counters: int = 1,
    hours: list[float] | None = None,
) -> Plan:
    """One office, open day and night on one day, to which people walk in: a textbook queue.

    Nothing is special but the numbers: the day is 21,600 mean services long, slots never run out and need no notice,
    the way is 0 km, the passport is worth everything, and it is never fetched. What arrived is served after midnight.

    Args:
        rates: arrivals in a unit of time, by queue class.
        interview: distribution of the service, as a file gives it; a unit of time is :data:`UNIT_MS`.
        counters: counters of the interview.
        document: distribution of the station before it; without delay when absent.
        document_counters: its counters.
        hours: weight of each hour; even when absent.
    """
    tree = merged(_base(), certain())
    tree["period"] = {"from": "2023-03-31", "to": "2023-03-31", "warm_up": "0 days", "run_out": "1 day"}
    tree["travel"] |= {"early": "0 min", "early_share": 0, "fare_per_km": "Rp 0", "fare_minimum": "Rp 0"}
    tree["choice"] |= {"taste": "Rp 0", "kind_constants": {}}
    tree["channels"] = {f"class_{k}": {"queue_class": k} for k in rates}
    tree["booking"] |= {"notice": "0 min", "prepare_days": {0: 1.0}}
    tree["collection"] |= {"never": 1}
    tree["service"] |= {"document": document, "interview": interview}
    tree["breaks"] = {}
    segment = tree["need"]["segments"]["general"]
    segment |= {"weight": "capital", "party_size": {1: 1.0}, "fasting": 1.0}
    tree["need"] |= {
        "level": {"2023-03": 1, "2023-04": 0},
        "day_cv": 0,
        "weekdays": {},
        "default_channel": f"class_{next(iter(rates))}",
        "hours": hours,
    }
    tree["need"]["segments"] = {
        f"class_{k}": {**segment, "per_year": rate * DAY_UNITS * 365, "channels": {f"class_{k}": 1.0}}
        for k, rate in rates.items()
    }
    tree["sites"] = {"kanim": tree["sites"]["kanim"] | {"road_node": "CITY"}}
    tree["sites"]["kanim"]["sessions"] = {
        "always": {
            "days": ["fri"],
            "intake": {"from": "00:00", "to": "24:00"},
            "seats_every": "24 h",
            "quota": {f"class_{k}": ENDLESS for k in rates},
            "counters": {"document": document_counters, "interview": counters},
        }
    }
    return build_plan(Scenario.model_validate(tree), tables())
