"""Trips and fares: from each district to each option, on the roads of each stretch of the period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
        homes = [scenario.sites[option.home].road_node for option in found]
        to_nodes = _to_nodes(network, [*(option.road_node for option in found if option.road_node is not None), *homes])
        duration, distance = _to_options(found, network, to_nodes)
        home_ms, home_m = (np.stack([to_nodes[home][k] for home in homes], axis=1) for k in range(2))
        reach = np.ones((len(found), duration.shape[0]), dtype=bool)
        # [time and distance, districts, options]
        team = np.stack([home_ms, home_m])
        for place, option in enumerate(found):
            if option.district is not None:
                team[:, :, place] = team[:, option.district, None, place]
            elif option.plan is None or not option.on_request:
                team[:, :, place] = 0 if option.plan is None else _way(network, scenario, option)
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
    return p.Travel(starts, duration, distance, fare, *np.stack(teams, axis=1)), np.logical_and.reduce(reaches)


def _to_nodes(network: RoadNetwork, nodes: Sequence[str]) -> dict[str, tuple[Ints, Ints]]:
    """Time and distance of trips to some road nodes, [districts] each; each node once, however often it is named."""
    named = list(dict.fromkeys(nodes))
    trips = network.travel(named)
    return dict(zip(named, zip(trips.duration_ms.T, trips.distance_m.T, strict=True), strict=True))


def _to_options(
    found: Sequence[Option], network: RoadNetwork, to_nodes: Mapping[str, tuple[Ints, Ints]]
) -> tuple[Ints, Ints]:
    """[districts, options]: trips of applicants; none where the team comes to them."""
    points = [option.district for option in found if option.road_node is None and option.district is not None]
    to_points = network.travel_to_districts(points) if points else None
    duration = np.zeros((len(next(iter(to_nodes.values()))[0]), len(found)), dtype=np.int64)
    distance = np.zeros_like(duration)
    point = 0
    for place, option in enumerate(found):
        if option.road_node is not None:
            duration[:, place], distance[:, place] = to_nodes[option.road_node]
        elif option.district is not None and to_points is not None:
            duration[:, place], distance[:, place] = to_points.duration_ms[:, point], to_points.distance_m[:, point]
            point += 1
    return duration, distance


def _way(network: RoadNetwork, scenario: Scenario, option: Option) -> Ints:
    """[time and distance, 1]: from home to a venue by road."""
    home = scenario.sites[option.home].road_node
    found = network.between([home], [option.road_node or home])
    return np.array([found.duration_ms[0], found.distance_m[0]], dtype=np.int64)
