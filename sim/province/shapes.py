"""Shapes of a user's own boundaries: sound each by itself, apart from each other, and where their districts are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.plan import Floats, Ints

SLIVER = 0.05
"""Share of the smaller of two features that may lie in both: outlines drawn or simplified apart do not fit exactly."""
NEAR_DEGREES = 0.1
"""About 11 km. So far from its districts' points a feature may always lie, and half its own extent where that is more:
a point stands for the people of a district, and not for its middle."""
KM_PER_DEGREE = 111.195
"""Length of a degree of latitude on a sphere with a radius of 6371.0 km."""
MENDED = "an outline that neither crosses nor touches itself, holes within it; a GIS mends it (QGIS: Fix geometries)"


@dataclass(frozen=True)
class Feature:
    """A feature of a file, and what it was taken for."""

    number: int
    """Its place in the file, from 1."""
    unit: int
    """Row of its regency or district; -1 where it is none."""
    name: str
    polygons: Sequence[Sequence[Floats]]
    """The rings of each, the outer one first; longitude and latitude."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a feature."""

    feature: int
    what: str
    allowed: str


def shape_faults(features: Sequence[Feature]) -> Iterator[Fault]:
    """Features that stand twice, are not valid by the simple-features standard (as shapely says), or overlap."""
    first: dict[int, int] = {}
    sound: list[tuple[Feature, Any]] = []
    for feature in features:
        before = first.setdefault(feature.unit, feature.number)
        if feature.unit >= 0 and before != feature.number:
            yield Fault(
                feature.number,
                f"is {feature.name}, as feature {before} is",
                "one feature each; islands are parts of one MultiPolygon",
            )
            continue
        if not feature.polygons:
            continue
        unsound = _unsound(feature)
        if unsound:
            yield Fault(feature.number, f"{_named(feature)}its shape is not sound: {unsound}", MENDED)
        else:
            sound.append((feature, _shape(feature)))
    yield from _overlaps(sound)


def stray_faults(features: Sequence[Feature], unit_of: Ints, lon: Floats, lat: Floats) -> Iterator[Fault]:
    """Features that lie far from all points of their own districts.

    Args:
        features: valid ones.
        unit_of: [districts] row of the regency or district that each point belongs to.
        lon: [districts] degrees.
        lat: the same.
    """
    import shapely

    for feature in features:
        own = unit_of == feature.unit
        if feature.unit < 0 or not feature.polygons or not own.any():
            continue
        shape = _shape(feature)
        west, south, east, north = shape.bounds
        away = float(shapely.distance(shape, shapely.points(lon[own], lat[own])).min())
        if away > max(NEAR_DEGREES, float(np.hypot(east - west, north - south)) / 2):
            number = int(own.sum())
            points = "the point of its district" if number == 1 else f"the nearest of its {number} districts' points"
            yield Fault(
                feature.number,
                f"{_named(feature)}lies about {away * KM_PER_DEGREE:.0f} km from {points}",
                "a shape that is where its districts are: was the name or the code given to another one?",
            )


def _overlaps(sound: Sequence[tuple[Feature, Any]]) -> Iterator[Fault]:
    """Each pair that has more in common than a sliver, told at the later one."""
    import shapely

    shapes = [shape for _, shape in sound]
    if len(shapes) < 2:
        return
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    for one, other in sorted(zip(left.tolist(), right.tolist(), strict=True)):
        if one >= other:
            continue
        common = shapely.intersection(shapes[one], shapes[other]).area
        share = common / min(shapes[one].area, shapes[other].area)
        if share > SLIVER:
            before, after = sound[one][0], sound[other][0]
            named = f" ({before.name})" if before.name else ""
            yield Fault(
                after.number,
                f"{_named(after)}overlaps feature {before.number}{named}: {share:.0%} of the smaller one lies in both",
                f"features that meet at their borders; up to {SLIVER:.0%} passes as inexact drawing",
            )


def _unsound(feature: Feature) -> str:
    """What is not valid, and where; empty where all is. Parts of one feature may share a border, and no area."""
    import shapely

    parts = _parts(feature)
    for part in parts:
        if not part.is_valid:
            return _explained(part)
    areas = [part.area for part in parts]
    common = sum(areas) - float(shapely.union_all(parts).area)
    return "its parts overlap" if common > SLIVER * min(areas) else ""


def _shape(feature: Feature) -> Any:
    """All parts of a sound feature as one shape."""
    import shapely

    return shapely.union_all(_parts(feature))


def _parts(feature: Feature) -> list[Any]:
    import shapely

    return [shapely.Polygon(outer, holes) for outer, *holes in feature.polygons]


def _named(feature: Feature) -> str:
    return f"{feature.name}: " if feature.name else ""


def _explained(shape: Any) -> str:
    """What is not valid, and where."""
    from shapely.validation import explain_validity

    text = str(explain_validity(shape))
    found = re.fullmatch(r"(?P<what>[^\[]+)\[(?P<lon>\S+) (?P<lat>\S+)\]", text)
    if found is None:
        return text
    lon, lat = float(found["lon"]), float(found["lat"])
    return f"{found['what'].strip().lower()} at {lon:.5g}, {lat:.5g}"
