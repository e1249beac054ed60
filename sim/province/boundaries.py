"""Boundaries for maps from a GeoJSON file (RFC 7946): each feature checked, and matched with a regency or district."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.config.rejection import nearest_name, said
from sim.errors import Problem
from sim.plan import NO_BOUNDARIES, Boundaries, Floats, Ints
from sim.province.shapes import Feature, shape_faults, stray_faults

if TYPE_CHECKING:
    from sim.config.schema import Boundaries as Section

MOST_NAMES = 8
"""Names that a message lists."""
FEWEST_INSIDE = 0.5
"""Share of the districts' points that must lie within the rectangle around all features."""
TITLES = re.compile(r"^(kabupaten|kab\.?|kota|kecamatan|kec\.?)\s+", re.IGNORECASE)
POLYGONS = {"Polygon": 1, "MultiPolygon": 2}

Ring = Floats


def read_boundaries(
    section: Section,
    codes: Sequence[str],
    names: Sequence[str],
    points: tuple[Floats, Floats],
    unit_of: Ints,
    problems: list[Problem],
) -> Boundaries:
    """Read a file of boundaries; what is wrong goes to ``problems``.

    Args:
        section: where the file is, what its features are, and which property names them.
        codes: of the regencies or districts.
        names: the same order.
        points: longitudes and latitudes of the districts, which must lie there.
        unit_of: the regency or district that each of these points belongs to.
        problems: found so far, in any file.

    Returns:
        The outlines in the order of the file; NO_BOUNDARIES where it cannot be used.
    """
    report = _Report(section.file, problems)
    features = _features(report)
    if features is None:
        return NO_BOUNDARIES
    known = _Units(codes, names)
    rings: list[Ring] = []
    unit, outer = [], []
    shapes: list[Feature] = []
    for number, feature in enumerate(features, start=1):
        row = _matched(feature, number, section, known, report)
        polygons = list(_polygons(feature, number, report))
        shapes.append(Feature(number, row, names[row] if row >= 0 else "", polygons))
        for polygon in polygons:
            for place, ring in enumerate(polygon):
                rings.append(ring)
                unit.append(row)
                outer.append(place == 0)
    for fault in shape_faults(shapes):
        report.add(fault.what, fault.feature, allowed=fault.allowed)
    left = [code for row, code in enumerate(codes) if row not in set(unit)]
    if left and not report.found:
        shown = ", ".join(f"{names[codes.index(code)]} ({code})" for code in left[:MOST_NAMES])
        more = f" and {len(left) - MOST_NAMES} more" if len(left) > MOST_NAMES else ""
        report.add(f"no feature is {section.of} {shown}{more}", allowed=f"a polygon for each {section.of}")
    if report.found or not rings:
        return NO_BOUNDARIES
    lon, lat = np.concatenate(rings).T
    _check_place(lon, lat, points, report)
    if not report.found:
        for fault in stray_faults(shapes, unit_of, *points):
            report.add(fault.what, fault.feature, allowed=fault.allowed)
    first = np.concatenate([[0], np.cumsum([len(ring) for ring in rings])]).astype(np.int64)
    return Boundaries(section.of, np.array(unit, dtype=np.int64), np.array(outer, dtype=np.bool_), first, lon, lat)


class _Report:
    """Problems of one file."""

    def __init__(self, file: Path, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems
        self.found = 0

    def add(
        self,
        what: str,
        feature: int | None = None,
        *,
        line: int | None = None,
        allowed: str = "",
        nearest: str = "",
    ) -> None:
        """Note a problem, at a feature (the first is 1) or a line."""
        self.found += 1
        where = f"feature {feature}" if feature is not None else ""
        self.problems.append(Problem(what, str(self.file), line, where, allowed=allowed, nearest=nearest))


class _Units:
    """Regencies or districts, to be found by code or by name."""

    def __init__(self, codes: Sequence[str], names: Sequence[str]) -> None:
        self.names = [*names, *codes]
        self.row: dict[str, set[int]] = {}
        for row, (code, name) in enumerate(zip(codes, names, strict=True)):
            for key in {_key(code), _key(name)}:
                self.row.setdefault(key, set()).add(row)

    def find(self, value: str) -> set[int]:
        return self.row.get(_key(value), set())


def _key(text: str) -> str:
    """What is compared: letters and digits alone, so that 16.01 is 1601 and Kab. Ogan-Ilir is Ogan Ilir."""
    return re.sub(r"[\W_]+", "", TITLES.sub("", text.strip())).casefold()


def _features(report: _Report) -> list[Any] | None:
    """The features of the file; None where it is no collection of any."""
    what = allowed = ""
    tree: Any = None
    try:
        tree = json.loads(report.file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        what = f"the file cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        what = f"the file is not UTF-8 text (byte {error.start})"
    except json.JSONDecodeError as error:
        report.add(f"the file is not JSON: {error.msg}", line=error.lineno)
        return None
    kind, features = (tree.get("type"), tree.get("features")) if isinstance(tree, dict) else (None, None)
    if not what and kind != "FeatureCollection":
        what, allowed = f"found {said(kind if kind else tree)}", "a GeoJSON FeatureCollection"
    elif not what and not isinstance(features, list):
        what, allowed = f"features: found {said(features)}", "a list of features"
    elif not what and not features:
        what = "the collection has no features"
    if what:
        report.add(what, allowed=allowed)
        return None
    return list(features or [])


def _matched(feature: Any, number: int, section: Section, known: _Units, report: _Report) -> int:
    """Row of the regency or district of a feature; -1 where it is none, which is reported."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, Mapping) or section.property not in properties:
        names = [str(name) for name in properties] if isinstance(properties, Mapping) else []
        report.add(
            f"has no property {section.property!r}, which data.boundaries.property names",
            number,
            allowed=f"one of {', '.join(names[:MOST_NAMES])}" if names else "a feature with properties",
            nearest=nearest_name(section.property, names),
        )
        return -1
    value = properties[section.property]
    if not isinstance(value, str | int) or isinstance(value, bool):
        report.add(f"{section.property} is {said(value)}", number, allowed=f"the code or the name of a {section.of}")
        return -1
    rows = known.find(str(value))
    if not rows:
        near = nearest_name(TITLES.sub("", str(value)), known.names)
        report.add(f"there is no {section.of} {str(value)!r}", number, nearest=near)
        return -1
    if len(rows) > 1:
        report.add(f"{len(rows)} of the {section.of} table are named {str(value)!r}", number, allowed="a code")
        return -1
    return next(iter(rows))


def _polygons(feature: Any, number: int, report: _Report) -> Iterator[list[Ring]]:
    """Rings of each polygon of a feature, the outer one first, their last point left out."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    geometry = geometry if isinstance(geometry, dict) else {}
    kind = geometry.get("type")
    if kind not in POLYGONS:
        report.add(f"its geometry is {said(kind)}", number, allowed=" or ".join(POLYGONS))
        return
    held = geometry.get("coordinates")
    polygons = [held] if kind == "Polygon" else held
    for polygon in polygons if isinstance(polygons, list) else [None]:
        rings = [_ring(ring, number, report) for ring in polygon] if isinstance(polygon, list) else []
        found = [ring for ring in rings if ring is not None]
        if not rings:
            report.add("a polygon has no rings", number, allowed="lists of [longitude, latitude]")
        elif len(found) == len(rings):
            yield found


def _ring(ring: Any, number: int, report: _Report) -> Ring | None:
    try:
        points = np.array([[float(point[0]), float(point[1])] for point in ring])
    except (TypeError, ValueError, IndexError, KeyError):
        report.add("a ring is no list of points", number, allowed="lists of [longitude, latitude]")
        return None
    if len(points) and (points[0] == points[-1]).all():
        points = points[:-1]
    if len(points) < 3:
        report.add(
            f"a ring has {len(points)} different points", number, allowed="at least 3, the first again at the end"
        )
        return None
    off = ~(np.abs(points) <= [180.0, 90.0]).all(axis=1)
    if off.any():
        x, y = points[off][0]
        report.add(
            f"the point {x:g}, {y:g} is not on the globe", number, allowed="degrees: longitude, latitude (WGS84)"
        )
        return None
    return points


def _check_place(lon: Floats, lat: Floats, points: tuple[Floats, Floats], report: _Report) -> None:
    """The features must lie where the districts are: latitude and longitude are easily taken for each other."""
    east, north = points
    inside = (lon.min() <= east) & (east <= lon.max()) & (lat.min() <= north) & (north <= lat.max())
    if inside.mean() < FEWEST_INSIDE:
        report.add(
            f"the features lie within {lon.min():.2f} to {lon.max():.2f} east and {lat.min():.2f} to {lat.max():.2f} "
            f"north, and only {int(inside.sum())} of {len(inside)} districts do",
            allowed="longitude first, then latitude",
        )
