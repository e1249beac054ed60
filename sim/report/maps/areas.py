"""Areas of districts and regencies in kilometres: from the user's own boundaries, or else from the districts' points.

Without boundaries a district is all that lies nearer to its point than to any other (its Voronoi cell), within the
concave hull of all points with a margin; a regency is its districts together. Nothing else is known of where one ends,
so such a map is to be read as shading around points, and no border of it as a border of the law.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.province.shapes import KM_PER_DEGREE

if TYPE_CHECKING:
    from sim.plan import Plan

Floats = NDArray[np.float64]
Shape = Any
"""A polygon or multipolygon of shapely, in kilometres."""

GRID_KM = 1e-4
"""Corners lie on this grid, so that neighbours share theirs to the last bit."""
CONCAVITY = 0.4
"""Of the hull: 0 follows every gap between points, 1 is convex."""
LEAST_MARGIN_KM = 2.0
FINEST = 1 / 1500
"""Of the width of the province: what is finer in the user's boundaries is not seen, and left out."""
APART_KM = 0.05
"""By which points at the very same place are moved apart."""


@dataclass(frozen=True)
class Projection:
    """Equirectangular about the middle of the province: kilometres east and north, true to scale near it."""

    lat: float
    lon: float

    @classmethod
    def about(cls, lat: Floats, lon: Floats) -> Projection:
        """The projection about the middle of some points."""
        return cls(float(lat.min() + lat.max()) / 2, float(lon.min() + lon.max()) / 2)

    def km(self, lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
        """Kilometres east and north of the middle."""
        east = (lon - self.lon) * KM_PER_DEGREE * np.cos(np.radians(self.lat))
        return east, (lat - self.lat) * KM_PER_DEGREE


@dataclass(frozen=True)
class Areas:
    """Shapes in kilometres; those of districts do not overlap, and together they are those of regencies."""

    projection: Projection
    districts: tuple[Shape, ...]
    """In the order of the districts."""
    regencies: tuple[Shape, ...]
    """In the order of the regencies."""
    given: bool
    """Whether boundaries were given, as against cells around points."""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north end."""
        import shapely

        west, south, east, north = shapely.total_bounds(list(self.regencies))
        return float(west), float(south), float(east), float(north)


def areas_of(*plans: Plan) -> Areas:
    """The areas of districts and regencies, which the plans share, by the boundaries of the first that has any."""
    plan = next((plan for plan in plans if plan.boundaries.of), plans[0])
    districts, given = plan.districts, plan.boundaries
    projection = Projection.about(districts.lat, districts.lon)
    x, y = projection.km(districts.lat, districts.lon)
    n = len(plan.regencies.code)
    if given.of == "district":
        shapes = _simplified(_given(plan, projection, len(x)))
        return Areas(projection, tuple(shapes), dissolved(shapes, districts.regency, n), True)
    if given.of == "regency":
        regencies = _simplified(_given(plan, projection, n))
        found: list[Shape] = [None] * len(x)
        for row, shape in enumerate(regencies):
            mine = np.flatnonzero(districts.regency == row)
            for place, cell in zip(mine.tolist(), cells(x[mine], y[mine], shape), strict=True):
                found[place] = cell
        return Areas(projection, tuple(found), tuple(regencies), True)
    shapes = cells(x, y, hull(x, y))
    return Areas(projection, tuple(shapes), dissolved(shapes, districts.regency, n), False)


def hull(x: Floats, y: Floats) -> Shape:
    """The concave hull of points with a margin of half their usual distance, its corners rounded."""
    import shapely

    inner: Shape = shapely.concave_hull(_points(x, y), ratio=CONCAVITY)
    margin = max(LEAST_MARGIN_KM, 0.5 * float(np.sqrt(inner.area / len(x))))
    # Out twice and in once: bays narrower than the margin are closed.
    rounded = shapely.buffer(shapely.buffer(inner, 2 * margin, quad_segs=4), -margin, quad_segs=4)
    return shapely.set_precision(rounded, GRID_KM)


def cells(x: Floats, y: Floats, region: Shape) -> list[Shape]:
    """What lies nearest to each point of a region; together the cells are the region."""
    import shapely

    if len(x) < 2:
        return [region] * len(x)
    found = shapely.get_parts(shapely.voronoi_polygons(_points(*_apart(x, y)), extend_to=region, ordered=True))
    return list(shapely.intersection(found, region, grid_size=GRID_KM))


def dissolved(shapes: Sequence[Shape], group: NDArray[np.int64], n: int) -> tuple[Shape, ...]:
    """The shapes of each of ``n`` groups as one."""
    import shapely

    members: list[list[Shape]] = [[] for _ in range(n)]
    for shape, row in zip(shapes, group.tolist(), strict=True):
        members[row].append(shape)
    return tuple(shapely.union_all(some, grid_size=GRID_KM) for some in members)


def _given(plan: Plan, projection: Projection, n: int) -> list[Shape]:
    """The user's polygons by unit, as they are in the file."""
    import shapely

    b = plan.boundaries
    x, y = projection.km(b.lat, b.lon)
    points = np.column_stack([x, y])
    rings: list[Any] = [
        shapely.linearrings(points[start:end]) for start, end in zip(b.first, b.first[1:], strict=False)
    ]
    members: list[list[Shape]] = [[] for _ in range(n)]
    starts = np.flatnonzero(b.outer)
    for start, end in zip(starts, [*starts[1:], len(rings)], strict=True):
        polygon = shapely.polygons(rings[start], holes=rings[start + 1 : end] or None)
        members[int(b.unit[start])].append(shapely.make_valid(polygon))
    return [shapely.union_all(some, grid_size=GRID_KM) for some in members]


def _simplified(shapes: Sequence[Shape]) -> list[Shape]:
    """Shapes without detail that nobody sees; what neighbours share stays shared."""
    import shapely

    west, _, east, _ = shapely.total_bounds(list(shapes))
    simpler = shapely.coverage_simplify(np.array(shapes, dtype=object), (east - west) * FINEST)
    return [shapely.make_valid(shape) for shape in simpler]


def _points(x: Floats, y: Floats) -> Shape:
    import shapely

    return shapely.MultiPoint(np.column_stack([x, y]))


def _apart(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Points of which no two are at the same place."""
    x, y = x.copy(), y.copy()
    seen: dict[tuple[float, float], int] = {}
    for row, place in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
        again = seen[place] = seen.get(place, -1) + 1
        x[row] += APART_KM * again
    return x, y
