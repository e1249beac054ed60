"""Claims of a user's own boundaries: every feature is matched or named in an error, and none is lost in silence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.config.schema import Boundaries
from sim.errors import Problem
from sim.plan import Boundaries as Outlines
from sim.province.boundaries import read_boundaries

CODES, NAMES = ("16.01", "16.10", "16.71"), ("Ogan Komering Ulu", "Ogan Ilir", "Palembang")
POINTS = np.array([103.5, 104.5, 105.5]), np.array([-3.5, -3.5, -3.5])
UNIT_OF = np.arange(3)


def square(west: float, south: float = -4.0, side: float = 1.0) -> list[list[float]]:
    east, north = west + side, south + side
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(value: Any, *rings: Any, key: str = "name", kind: str = "Polygon") -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {key: value},
        "geometry": {"type": kind, "coordinates": list(rings)},
    }


def three() -> list[dict[str, Any]]:
    return [feature(name, square(103.0 + row)) for row, name in enumerate(NAMES)]


def read(tmp_path: Path, content: Any, **about: Any) -> tuple[Outlines, list[Problem]]:
    file = tmp_path / "own.geojson"
    collection = {"type": "FeatureCollection", "features": content} if isinstance(content, list) else content
    file.write_text(collection if isinstance(collection, str) else json.dumps(collection), encoding="utf-8")
    problems: list[Problem] = []
    section = Boundaries.model_validate({"file": file, "property": "name"} | about)
    return read_boundaries(section, CODES, NAMES, POINTS, UNIT_OF, problems), problems


def only(found: tuple[Outlines, list[Problem]]) -> str:
    outlines, problems = found
    assert len(outlines.unit) == 0
    assert len(problems) == 1
    assert problems[0].file.endswith("own.geojson")
    return str(problems[0])


def test_each_feature_belongs_to_the_regency_that_its_property_names(tmp_path: Path) -> None:
    found, problems = read(tmp_path, three()[::-1])
    assert not problems
    assert found.of == "regency"
    assert found.unit.tolist() == [2, 1, 0]
    assert found.first.tolist() == [0, 4, 8, 12]
    assert found.lon[:4].tolist() == [105.0, 106.0, 106.0, 105.0]


@pytest.mark.parametrize("value", ["16.71", "1671", 1671, "PALEMBANG", "Kota Palembang", " kota  palembang"])
def test_a_code_with_or_without_dots_and_a_name_with_or_without_its_title_are_known(tmp_path: Path, value: Any) -> None:
    found, problems = read(tmp_path, [*three()[:2], feature(value, square(105.0))])
    assert not problems
    assert found.unit.tolist() == [0, 1, 2]


def test_islands_and_holes_stay_with_their_polygon(tmp_path: Path) -> None:
    hole = square(103.2, -3.8, 0.2)
    islands = feature(NAMES[0], [square(103.0), hole], [square(102.0)], kind="MultiPolygon")
    found, problems = read(tmp_path, [islands, *three()[1:]])
    assert not problems
    assert found.outer.tolist() == [True, False, True, True, True]
    assert found.unit.tolist() == [0, 0, 0, 1, 2]


def test_a_name_that_nobody_has_is_told_with_its_feature_and_the_nearest_name(tmp_path: Path) -> None:
    text = only(read(tmp_path, [*three()[:2], feature("Palembamg", square(105.0))]))
    assert "own.geojson: feature 3: there is no regency 'Palembamg'; did you mean 'Palembang'?" in text


def test_regencies_without_a_feature_are_named(tmp_path: Path) -> None:
    text = only(read(tmp_path, three()[:1]))
    assert "no feature is regency Ogan Ilir (16.10), Palembang (16.71)" in text


def test_a_property_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    _, problems = read(tmp_path, three(), property="nama")
    assert [problem.path for problem in problems] == ["feature 1", "feature 2", "feature 3"]
    assert "no property 'nama'" in str(problems[0]) and "did you mean 'name'?" in str(problems[0])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{not json", "own.geojson:1: the file is not JSON"),
        ('{"type": "Feature"}', "found 'Feature'\n    allowed: a GeoJSON FeatureCollection"),
        ('{"type": "FeatureCollection", "features": 5}', "features: found 5\n    allowed: a list of features"),
        ("[]", "found a list\n    allowed: a GeoJSON FeatureCollection"),
        ([], "the collection has no features"),
    ],
)
def test_what_is_no_collection_is_refused_in_plain_words(tmp_path: Path, content: Any, said: str) -> None:
    assert said in only(read(tmp_path, content))


@pytest.mark.parametrize(
    ("rings", "kind", "said"),
    [
        ([[103.0, -4.0]], "Point", "feature 3: its geometry is 'Point'"),
        ([[[105.0, -4.0], [106.0, -4.0], [105.0, -4.0]]], "Polygon", "feature 3: a ring has 2 different points"),
        ([[[105.0], [106.0]]], "Polygon", "feature 3: a ring is no list of points"),
        ([[[471000, 9e6], [472000, 9e6], [472000, 9.1e6]]], "Polygon", "feature 3: the point 471000, 9e+06 is not on"),
    ],
)
def test_a_shape_that_cannot_be_drawn_is_told_with_its_feature(
    tmp_path: Path, rings: Any, kind: str, said: str
) -> None:
    assert said in only(read(tmp_path, [*three()[:2], feature(NAMES[2], *rings, kind=kind)]))


def test_latitude_and_longitude_in_the_wrong_order_are_seen(tmp_path: Path) -> None:
    turned = [feature(name, [point[::-1] for point in square(50.0 + row, 30.0)]) for row, name in enumerate(NAMES)]
    assert "longitude first, then latitude" in only_text(read(tmp_path, turned))


def only_text(found: tuple[Outlines, list[Problem]]) -> str:
    return "\n".join(str(problem) for problem in found[1])


def test_a_name_that_two_have_asks_for_the_code(tmp_path: Path) -> None:
    problems: list[Problem] = []
    file = tmp_path / "own.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": three()}), encoding="utf-8")
    section = Boundaries.model_validate({"file": file, "property": "name"})
    read_boundaries(section, CODES, (*NAMES[:2], "Ogan Ilir"), POINTS, UNIT_OF, problems)
    assert "2 of the regency table are named 'Ogan Ilir'" in only_text((Outlines("", *(np.zeros(0),) * 5), problems))  # type: ignore[arg-type]


def test_a_shape_that_crosses_itself_is_told_with_its_feature_and_the_place(tmp_path: Path) -> None:
    bow = [[105.0, -4.0], [106.0, -3.0], [106.0, -4.0], [105.0, -3.0], [105.0, -4.0]]
    text = only(read(tmp_path, [*three()[:2], feature(NAMES[2], bow)]))
    assert "feature 3: Palembang: its shape is not sound: self-intersection at 105.5, -3.5" in text


def test_a_regency_that_stands_twice_is_told_with_both_features(tmp_path: Path) -> None:
    text = only(read(tmp_path, [*three(), feature("Ogan Ilir", square(107.0))]))
    assert "feature 4: is Ogan Ilir, as feature 2 is\n    allowed: one feature each; islands" in text


@pytest.mark.parametrize(("west", "told"), [(104.6, "40%"), (104.97, "")])
def test_features_that_overlap_are_told_and_slivers_are_not(tmp_path: Path, west: float, told: str) -> None:
    found = read(tmp_path, [*three()[:2], feature(NAMES[2], square(west))])
    if told:
        assert f"feature 3: Palembang: overlaps feature 2 (Ogan Ilir): {told} of the smaller one" in only(found)
    else:
        assert not found[1]


def test_a_feature_far_from_its_districts_is_told_with_the_distance(tmp_path: Path) -> None:
    _, problems = read(tmp_path, [*three()[:2], feature(NAMES[2], square(115.0))])
    assert [problem.path for problem in problems] == ["feature 3"]
    assert "Palembang: lies about 1056 km from the point of its district" in str(problems[0])


def test_names_given_to_each_other_are_told_where_they_are_far_apart(tmp_path: Path) -> None:
    wests = {NAMES[0]: 105.0, NAMES[1]: 104.0, NAMES[2]: 103.0}
    _, problems = read(tmp_path, [feature(name, square(west)) for name, west in wests.items()])
    assert [problem.path for problem in problems] == ["feature 1", "feature 3"]


def test_islands_of_one_regency_that_overlap_are_told(tmp_path: Path) -> None:
    islands = feature(NAMES[0], [square(103.0)], [square(102.5)], kind="MultiPolygon")
    text = only(read(tmp_path, [islands, *three()[1:]]))
    assert "feature 1: Ogan Komering Ulu: its shape is not sound: its parts overlap" in text
