"""Access: how a district reaches the road network.

The roads table holds the main roads only, so a district rarely has a node of its own; it may lie beside the middle of
a long road. Every road is taken as the straight line between its nodes, and a district may join any road in service at
the point of that line nearest to it, if that point is within ``access.limit`` by air. The way there is the air distance
times ``access.circuity`` at ``access.speed``; the point splits the road's length and time in proportion. A toll road
can be joined at its ends only. A road whose two nodes share one point has no course: it is joined by way of the other
roads there.

All joins compete, place by place, and the one that makes the whole trip shortest wins. The nearest road is not always
the right one, and a rule that drops candidates would let a new road make a trip longer.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.errors import Problem
from sim.province.shapes import KM_PER_DEGREE
from sim.province.tables import Tables

if TYPE_CHECKING:
    from sim.config.schema import Access

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

HOUR_MS = 3_600_000
CLOSED_CLASSES = frozenset({"toll"})
"""Road classes with access control: they can be joined at their ends only."""


@dataclass(frozen=True)
class Joins:
    """Ways from a district to a node by way of a point on a road, one row each: over the land, then along the road."""

    district: Ints
    node: Ints
    duration_ms: Ints
    distance_m: Ints


@dataclass(frozen=True)
class _Ways:
    """The roads with a course, seen from the districts; two-dimensional arrays are [districts, roads]."""

    road: Ints
    start: Ints
    end: Ints
    closed: Bools
    share: Floats
    """How far along the road its nearest point lies, 0 at the start and 1 at the end."""
    air_km: Floats
    to_start_km: Floats
    to_end_km: Floats


def join_districts(tables: Tables, access: Access, in_service: Bools, road_ms: Ints, road_m: Ints) -> Joins:
    """All ways from the districts to the nodes, by way of every road in service that is within the limit.

    Args:
        tables: districts, nodes and roads.
        access: the access rule.
        in_service: [roads] which of them count.
        road_ms: [roads] time along each.
        road_m: [roads] length of each.
    """
    ways = _ways(tables, in_service)
    circuity, speed, limit = float(access.circuity), float(access.speed), float(access.limit)
    parts = []
    ends = (ways.start, ways.to_start_km, ways.share), (ways.end, ways.to_end_km, 1.0 - ways.share)
    for node, to_node, along in ends:
        air_km = np.where(ways.closed, to_node, ways.air_km)
        along = np.where(ways.closed, 0.0, along)
        duration = np.rint(air_km * circuity / speed * HOUR_MS) + np.rint(along * road_ms[ways.road])
        distance = np.rint(air_km * circuity * 1000) + np.rint(along * road_m[ways.road])
        district, way = np.nonzero(air_km <= limit)
        parts.append((district, node[way], duration[district, way], distance[district, way]))
    return Joins(*(np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True)))


def unjoined_problems(tables: Tables, access: Access, in_service: Bools, joins: Joins, on: dt.date) -> list[Problem]:
    """A problem for each district that no road in service is near enough to, with the distance to the nearest."""
    districts = tables.districts
    absent = np.setdiff1d(np.arange(len(districts.code)), joins.district)
    if not len(absent):
        return []
    nearest_km = nearest_road_km(tables, in_service)
    problems = []
    for row in absent:
        near = np.isfinite(nearest_km[row])
        found = f"the nearest is {nearest_km[row]:.1f} km away by air" if near else "there is none"
        district = f"{districts.name[row]} ({districts.code[row]})"
        problems.append(
            Problem(
                f"no road in service on {on} reaches the district {district}; {found}",
                file=str(districts.file),
                line=districts.line[row],
                allowed=f"at most {float(access.limit):g} km (roads.access.limit)",
            )
        )
    return problems


def nearest_road_km(tables: Tables, in_service: Bools) -> Floats:
    """[districts]: kilometres by air to the nearest point at which any road can be joined; infinite where none is."""
    ways = _ways(tables, in_service)
    air_km = np.where(ways.closed, np.minimum(ways.to_start_km, ways.to_end_km), ways.air_km)
    nearest: Floats = air_km.min(axis=1, initial=np.inf)
    return nearest


def _ways(tables: Tables, in_service: Bools) -> _Ways:
    table, nodes, districts = tables.roads, tables.nodes, tables.districts
    # Equirectangular plane about the mean latitude of the nodes, in kilometres.
    scale = KM_PER_DEGREE * float(np.cos(np.radians(nodes.lat.mean())))
    x, y = nodes.lon * scale, nodes.lat * KM_PER_DEGREE
    from_x, from_y = (districts.lon * scale)[:, None], (districts.lat * KM_PER_DEGREE)[:, None]
    start, end = table.from_node, table.to_node
    road = np.flatnonzero(in_service & ((x[start] != x[end]) | (y[start] != y[end])))
    start, end = start[road], end[road]
    along_x, along_y = x[end] - x[start], y[end] - y[start]
    dot = (from_x - x[start]) * along_x + (from_y - y[start]) * along_y
    share = np.clip(dot / (along_x**2 + along_y**2), 0.0, 1.0)
    return _Ways(
        road=road,
        start=start,
        end=end,
        closed=np.array([table.road_class[row] in CLOSED_CLASSES for row in road], dtype=np.bool_),
        share=share,
        air_km=np.hypot(from_x - (x[start] + share * along_x), from_y - (y[start] + share * along_y)),
        to_start_km=np.hypot(from_x - x[start], from_y - y[start]),
        to_end_km=np.hypot(from_x - x[end], from_y - y[end]),
    )
