"""How much less and more trips may take than a plan says, as the speeds of roads and the ways to them are assumed."""

from __future__ import annotations

from dataclasses import replace

from sim.building.trips import travel
from sim.config.key_paths import parse_path
from sim.config.loader import Loaded
from sim.config.schema import Roads, Scenario
from sim.config.validation import replaced
from sim.outline import outline
from sim.plan import Plan
from sim.province.roads import RoadNetwork
from sim.province.tables import Tables, read_tables

SPEEDS = ("speeds", "speed")
"""Keys under ``roads`` of which more makes trips quicker."""
WAYS = ("circuity", "own_district")
"""Keys of which more makes them longer."""


def at_road_ends(loaded: Loaded[Scenario], plan: Plan, tables: Tables | None = None) -> tuple[Plan, Plan] | None:
    """The plan with all roads at the quick ends of their ranges, and with all at the slow ends.

    A trip takes no longer where any road is quicker, so these are the least and the most that each trip can take.
    Places, sessions and who is visited stay as they are.

    Args:
        loaded: the scenario.
        plan: its plan.
        tables: its data tables, if they have been read already.

    Returns:
        None where nothing about roads has a range.
    """
    quick, slow = dict(loaded.tree["roads"]), dict(loaded.tree["roads"])
    ranged = False
    for path, known in loaded.provenance.items():
        root, *parts = parse_path(path)
        if root != "roads" or known.range is None or not {*SPEEDS, *WAYS} & {*parts}:
            continue
        ends = known.range.at(0.0, known.value), known.range.at(1.0, known.value)
        slower, quicker = ends if {*SPEEDS} & {*parts} else reversed(ends)
        quick, slow = replaced(quick, tuple(parts), quicker), replaced(slow, tuple(parts), slower)
        ranged = True
    if not ranged:
        return None
    scenario = loaded.model
    tables = tables or read_tables(scenario.data)
    made = outline(scenario, tables)
    plans = []
    for tree in (quick, slow):
        roads = Roads.model_validate(tree)
        networks = [RoadNetwork(tables, roads, on=network.on) for network in made.networks]
        trips, _ = travel(scenario, made.options, networks, made.calendar)
        plans.append(replace(plan, travel=trips))
    return plans[0], plans[1]
