"""Where most people are deterred, before any simulation: a rule by which a van can choose its places."""

from __future__ import annotations

import numpy as np

from sim import plan as p
from sim.building.demand import district_weights
from sim.building.fares import fares
from sim.config.schema import Scenario
from sim.province.calendar import Calendar
from sim.province.roads import RoadNetwork
from sim.province.tables import Tables

GRID = (np.arange(200) + 0.5) / 200
"""Probabilities at which the worth of a passport is taken."""


def most_deterred(scenario: Scenario, tables: Tables, calendar: Calendar, home: str, count: int) -> list[str]:
    """Codes of the districts where a session would win most deterred people back, by expectation, the best first.

    Those of the working area of the home office alone, or of its parent's, where the regencies table gives it one; and
    of a city the best district alone, as its neighbours can come there.

    Expected need of a district times the share to whom a passport is worth less than going to the nearest site that is
    open on the middle day of the period, but not less than going to a session at the district's own point. The cost is
    that of one round trip to the appointment and one to collect, at mean value of time, and for those who lose a day's
    work by it the mean price of that day, as if sessions were held on working days alone.
    """
    from sim.building.options import in_service

    middle = calendar.date(calendar.n_days // 2)
    nodes = [site.road_node for site in scenario.sites.values() if in_service(site, middle)]
    mine = _working_area(scenario, tables, home)
    if not nodes:
        return _first(tables, mine, count)
    trip = RoadNetwork(tables, scenario.roads, on=middle).travel(nodes)
    fare = fares(scenario, trip.duration_ms, trip.distance_m)
    hours = trip.duration_ms / p.HOUR_MS
    cost = (4.0 * (hours * scenario.choice.value_of_time.mean + fare)).min(axis=1)
    access, value = scenario.roads.access, scenario.choice.value_of_time.mean
    at_home = 4.0 * (access.own_district / access.speed * value + scenario.travel.fare_minimum)
    day_off = scenario.choice.day_off
    parts = [(1.0, 0.0)] if day_off is None else [(1.0 - day_off.share, 0.0), (day_off.share, day_off.price.mean)]
    deterred = np.zeros(len(tables.districts.code))
    for segment in scenario.need.segments.values():
        worth = np.sort(segment.worth.ppf(GRID))
        for part, more in parts:
            too_dear = np.searchsorted(worth, cost + more) - np.searchsorted(worth, at_home + more)
            share = part * np.maximum(too_dear, 0) / len(GRID)
            deterred += segment.per_year * district_weights(segment, tables) * share
    return _first(tables, mine[np.argsort(-deterred[mine], kind="stable")], count)


def _first(tables: Tables, order: p.Ints, count: int) -> list[str]:
    """Codes of the first districts in an order, one of each city at most."""
    chosen: list[str] = []
    cities: set[int] = set()
    for row in order.tolist():
        regency = int(tables.districts.regency[row])
        if len(chosen) == count:
            break
        if regency not in cities:
            chosen.append(tables.districts.code[row])
            cities |= {regency} if tables.regencies.kind[regency] == "kota" else set()
    return chosen


def _working_area(scenario: Scenario, tables: Tables, home: str) -> p.Ints:
    """Rows of the districts to which a team of an office goes: all where no regency belongs to the office."""
    offices = (home, scenario.sites[home].parent or home)
    own = np.array([area in offices for area in tables.regencies.working_area], dtype=bool)
    return np.flatnonzero(own[tables.districts.regency]) if own.any() else np.arange(len(tables.districts.code))
