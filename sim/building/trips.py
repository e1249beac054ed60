"""Trips and fares: from each district to each option, on the roads of each stretch of the period."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim import plan as p
from sim.building.fares import fares
from sim.building.options import Option
from sim.config.schema import Scenario
from sim.plan import Ints
from sim.province.calendar import Calendar
from sim.province.roads import RoadNetwork


def travel(
    scenario: Scenario, found: Sequence[Option], networks: Sequence[RoadNetwork], calendar: Calendar
) -> tuple[p.Travel, p.Bools]:
    """Trips of applicants and teams, and [options, districts] where a team on request goes."""
    durations, distances, teams, reaches = [], [], [], []
    for network in networks:
        duration, distance = _to_options(found, network)
        home_ms, home_m = _to_nodes(network, [scenario.sites[option.home].road_node for option in found])
        reach = np.ones((len(found), duration.shape[0]), dtype=bool)
        team = home_m.copy()
        for place, option in enumerate(found):
            if option.district is not None:
                team[:, place] = home_m[option.district, place]
            elif option.plan is None or not option.on_request:
                team[:, place] = 0 if option.plan is None else _way(network, scenario, option)
            elif option.plan.reach is not None:
                reach[place] = home_ms[:, place] <= option.plan.reach
        durations.append(duration)
        distances.append(distance)
        teams.append(team)
        reaches.append(reach)
    duration, distance = np.stack(durations), np.stack(distances)
    fare = fares(scenario, duration, distance)
    for place, option in enumerate(found):
        if option.on_request:
            fare[:, :, place] = 0
    starts = np.array([calendar.day(network.on) * p.DAY_MS for network in networks], dtype=np.int64)
    return p.Travel(starts, duration, distance, fare, np.stack(teams)), np.logical_and.reduce(reaches)


def _to_options(found: Sequence[Option], network: RoadNetwork) -> tuple[Ints, Ints]:
    """[districts, options]: trips of applicants; none where the team comes to them."""
    nodes = [option.road_node for option in found if option.road_node is not None]
    points = [option.district for option in found if option.road_node is None and option.district is not None]
    to_nodes = network.travel(nodes)
    to_points = network.travel_to_districts(points) if points else None
    duration = np.zeros((len(to_nodes.duration_ms), len(found)), dtype=np.int64)
    distance = np.zeros_like(duration)
    node = point = 0
    for place, option in enumerate(found):
        if option.road_node is not None:
            duration[:, place], distance[:, place] = to_nodes.duration_ms[:, node], to_nodes.distance_m[:, node]
            node += 1
        elif option.district is not None and to_points is not None:
            duration[:, place], distance[:, place] = to_points.duration_ms[:, point], to_points.distance_m[:, point]
            point += 1
    return duration, distance


def _to_nodes(network: RoadNetwork, nodes: Sequence[str]) -> tuple[Ints, Ints]:
    trips = network.travel(list(nodes))
    return trips.duration_ms, trips.distance_m


def _way(network: RoadNetwork, scenario: Scenario, option: Option) -> int:
    """Metres from home to a venue by road."""
    home = scenario.sites[option.home].road_node
    metres: int = network.between([home], [option.road_node or home]).distance_m[0, 0]
    return metres
