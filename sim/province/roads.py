"""Road network: shortest travel times from districts to places, on the roads in service on a date.

A trip is the mean way inside the district (``access.own_district`` at ``access.speed``), the way to a road by the rule
of :mod:`sim.province.access`, and the fastest way along the roads, each class at its speed, to the road node of the
place.

Each leg is rounded to whole milliseconds and metres before legs are added. Sums are then exact, so times are the same
on every machine and between nodes the same both ways.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.config.rejection import nearest_name
from sim.errors import DataError, Problem
from sim.province.access import HOUR_MS, Joins, join_districts, nearest_road_km, unjoined_problems
from sim.province.tables import NEVER, Tables

if TYPE_CHECKING:
    from sim.config.schema import Roads

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

KNOWN_CLASSES = ("toll", "national", "provincial", "local", "urban", "congested")
"""Road classes that may have a speed where a table has no road of them."""


@dataclass(frozen=True)
class TravelTimes:
    """Fastest one-way trips, and their length along the way that is fastest."""

    duration_ms: Ints
    """[origins, places]"""
    distance_m: Ints
    """[origins, places]"""


def change_dates(tables: Tables, start: dt.date, end: dt.date) -> tuple[dt.date, ...]:
    """Dates in the period, its first day left out, on which a road comes into service or goes out of it, ascending."""
    roads = tables.roads
    lives = [life for life in zip(roads.in_service_from, roads.in_service_to, strict=True) if life[0] != NEVER]
    return tuple(sorted({date for life in lives for date in life if start < date <= end}))


def speed_problems(tables: Tables, roads: Roads) -> list[Problem]:
    """A problem for each road class that has no configured speed, at the first road of it."""
    found: dict[str, Problem] = {}
    for line, road_class in zip(tables.roads.line, tables.roads.road_class, strict=True):
        if road_class not in roads.speeds and road_class not in found:
            found[road_class] = Problem(
                f"the road class {road_class!r} has no speed in roads.speeds",
                file=str(tables.roads.file),
                line=line,
                column="road_class",
                allowed=", ".join(roads.speeds),
                nearest=nearest_name(road_class, roads.speeds),
            )
    return list(found.values())


def unused_classes(tables: Tables, roads: Roads) -> list[tuple[str, list[str]]]:
    """Road classes that have a speed, though no road has them and they are not KNOWN_CLASSES; each with what it may be.

    A misspelt one would leave the speed that was meant as it is.
    """
    used = dict.fromkeys([*tables.roads.road_class, *KNOWN_CLASSES])
    return [(name, list(used)) for name in roads.speeds if name not in used]


FAR = np.iinfo(np.int64).max // 4
"""Stands for a time where no road leads."""


class RoadNetwork:
    """The roads in service on one date.

    Args:
        tables: districts, nodes and roads.
        roads: speed by road class in km/h, and the access rule.
        on: the date.
        without: road classes left out, as for a traveller who avoids toll roads.

    Attributes:
        on: the date.
        in_service: [roads] which rows of the roads table count.

    Raises:
        DataError: a road class has no speed.
    """

    def __init__(self, tables: Tables, roads: Roads, on: dt.date, without: Sequence[str] = ()) -> None:
        problems = speed_problems(tables, roads)
        if problems:
            raise DataError(problems)
        self._tables = tables
        self._access = roads.access
        self.on = on
        table = tables.roads
        lives = zip(table.in_service_from, table.in_service_to, table.road_class, strict=True)
        self.in_service: Bools = np.array(
            [opens <= on < closes and kind not in without for opens, closes, kind in lives], dtype=np.bool_
        )
        speed = np.array([float(roads.speeds[kind]) for kind in table.road_class])
        # At least 1: a sparse matrix may take a stored zero for "no road".
        self._road_ms: Ints = np.maximum(1, np.rint(table.distance_km / speed * HOUR_MS)).astype(np.int64)
        self._road_m: Ints = np.maximum(1, np.rint(table.distance_km * 1000)).astype(np.int64)

    def check(self, nodes: Sequence[str]) -> None:
        """Make sure that every district reaches every place of ``nodes``; no times are computed.

        Raises:
            DataError: a node is unknown, a district is further than ``access.limit`` from every road in service, or no
                way leads from a district to a node. All such problems, each with the names.
        """
        places = self._rows(nodes)
        problems = unjoined_problems(self._tables, self._access, self.in_service, self._joins, self.on)
        part = self._connected_parts()
        districts = self._tables.districts
        near = np.zeros((len(districts.code), len(part)), dtype=np.bool_)
        near[self._joins.district, part[self._joins.node]] = True
        joined = near.any(axis=1)
        reached = near[:, part[places]]
        # A place that nobody reaches is one problem, not one for each district.
        alone: Bools = np.asarray(~reached.any(axis=0) & joined.any(), dtype=np.bool_)
        for place in np.flatnonzero(alone).tolist():
            problems.append(Problem(f"no road in service on {self.on} leads to the road node {nodes[place]!r}"))
        for row in np.flatnonzero(joined & ~(reached | alone).all(axis=1)):
            missed = ", ".join(nodes[place] for place in np.flatnonzero(~(reached[row] | alone)).tolist())
            district = f"{districts.name[row]} ({districts.code[row]})"
            what = f"no way leads from the district {district} to {missed} on {self.on}"
            problems.append(Problem(what, file=str(districts.file), line=districts.line[row]))
        if problems:
            raise DataError(problems)

    def travel(self, nodes: Sequence[str]) -> TravelTimes:
        """Fastest one-way trips from every district to every place of ``nodes`` (ids of road nodes).

        Returns:
            Times and distances, ``[districts, nodes]``. Of joins, or roads between the same two nodes, that make the
            trip equally long in time the shorter one counts.

        Raises:
            DataError: as for :meth:`check`.
        """
        self.check(nodes)
        onward = self._from_nodes(self._rows(nodes))
        joins = self._joins
        ms = np.empty((len(self._tables.districts.code), len(nodes)), dtype=np.int64)
        metres = np.empty_like(ms)
        for place in range(len(nodes)):
            way = np.flatnonzero(onward.duration_ms[place, joins.node] >= 0)
            total = joins.duration_ms[way] + onward.duration_ms[place, joins.node[way]]
            length = joins.distance_m[way] + onward.distance_m[place, joins.node[way]]
            order = np.lexsort((length, total, joins.district[way]))
            _, first = np.unique(joins.district[way][order], return_index=True)
            ms[:, place], metres[:, place] = total[order[first]], length[order[first]]
        own_km = float(self._access.own_district)
        own_ms = round(own_km / float(self._access.speed) * HOUR_MS)
        return TravelTimes(ms + own_ms, metres + round(own_km * 1000))

    def travel_to_districts(self, rows: Sequence[int]) -> TravelTimes:
        """Fastest one-way trips from every district to the points of some districts, ``[districts, rows]``.

        The way ends at the district's point; to one's own district it is the way inside it. Call :meth:`check` first.
        """
        n_nodes, n_districts = len(self._tables.nodes.id), len(self._tables.districts.code)
        along = self._from_nodes(np.arange(n_nodes))
        joins = self._joins
        own_km = float(self._access.own_district)
        own_ms, own_m = round(own_km / float(self._access.speed) * HOUR_MS), round(own_km * 1000)
        ms = np.empty((n_districts, len(rows)), dtype=np.int64)
        metres = np.empty_like(ms)
        for column, row in enumerate(rows):
            ends = np.flatnonzero(joins.district == row)
            onward = along.duration_ms[:, joins.node[ends]]
            total = np.where(onward < 0, FAR, onward + joins.duration_ms[ends])
            best = np.argmin(total, axis=1)
            node_ms = total[np.arange(n_nodes), best]
            node_m = along.distance_m[np.arange(n_nodes), joins.node[ends[best]]] + joins.distance_m[ends[best]]
            trip = joins.duration_ms + node_ms[joins.node]
            order = np.lexsort((joins.distance_m + node_m[joins.node], trip, joins.district))
            district, first = np.unique(joins.district[order], return_index=True)
            chosen = order[first]
            ms[district, column] = trip[chosen] + own_ms
            metres[district, column] = (joins.distance_m + node_m[joins.node])[chosen] + own_m
            ms[row, column], metres[row, column] = own_ms, own_m
        return TravelTimes(ms, metres)

    def nearest_km(self) -> Floats:
        """[districts]: kilometres by air to the nearest point at which a road in service can be joined."""
        return nearest_road_km(self._tables, self.in_service)

    def between(self, origins: Sequence[str], nodes: Sequence[str]) -> TravelTimes:
        """Fastest trips along roads from node to node, ``[origins, nodes]``; -1 where no road leads.

        Raises:
            DataError: a node is unknown.
        """
        onward = self._from_nodes(self._rows(origins))
        columns = self._rows(nodes)
        return TravelTimes(onward.duration_ms[:, columns], onward.distance_m[:, columns])

    @cached_property
    def _joins(self) -> Joins:
        return join_districts(self._tables, self._access, self.in_service, self._road_ms, self._road_m)

    def _rows(self, nodes: Sequence[str]) -> Ints:
        index = self._tables.nodes.index
        unknown = [node for node in nodes if node not in index]
        if unknown:
            raise DataError(
                Problem(f"there is no road node {node!r}", nearest=self._tables.nodes.meant(node)[0])
                for node in unknown
            )
        return np.array([index[node] for node in nodes], dtype=np.int64)

    def _connected_parts(self) -> Ints:
        """[nodes] the part of the network that each belongs to. Without scipy: checking a scenario must be quick."""
        neighbours: list[list[int]] = [[] for _ in self._tables.nodes.id]
        table = self._tables.roads
        for row in np.flatnonzero(self.in_service):
            a, b = int(table.from_node[row]), int(table.to_node[row])
            neighbours[a].append(b)
            neighbours[b].append(a)
        part = np.full(len(neighbours), -1, dtype=np.int64)
        for node in range(len(neighbours)):
            waiting = [node] if part[node] < 0 else []
            while waiting:
                here = waiting.pop()
                part[here] = node
                waiting += [there for there in neighbours[here] if part[there] < 0]
        return part

    def _from_nodes(self, sources: Ints) -> TravelTimes:
        """Fastest trips from some nodes to all, ``[sources, nodes]``; -1 where no road leads."""
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import dijkstra

        n_nodes = len(self._tables.nodes.id)
        start, end, ms, metres = self._fastest_links()
        graph = csr_array((ms.astype(np.float64), (start, end)), shape=(n_nodes, n_nodes))
        times, came_from = dijkstra(graph, directed=False, indices=sources, return_predecessors=True)
        length = {(int(a), int(b)): int(m) for a, b, m in zip(start, end, metres, strict=True)}
        duration = np.where(np.isfinite(times), times, -1.0).astype(np.int64)
        distance = np.where(duration < 0, -1, 0).astype(np.int64)
        for row in range(len(sources)):
            # By ascending time: a node's predecessor comes before it, since every link takes at least 1 ms.
            for node in np.argsort(times[row], kind="stable").tolist():
                before = int(came_from[row, node])
                if before >= 0:
                    distance[row, node] = distance[row, before] + length[min(before, node), max(before, node)]
        return TravelTimes(duration, distance)

    def _fastest_links(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Ends (lower node first), time and length of the fastest road in service between each two nodes."""
        table = self._tables.roads
        row = np.flatnonzero(self.in_service)
        low = np.minimum(table.from_node, table.to_node)[row]
        high = np.maximum(table.from_node, table.to_node)[row]
        order = np.lexsort((self._road_m[row], self._road_ms[row], high, low))
        low, high, row = low[order], high[order], row[order]
        first = np.ones(len(row), dtype=np.bool_)
        first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
        return low[first], high[first], self._road_ms[row][first], self._road_m[row][first]
