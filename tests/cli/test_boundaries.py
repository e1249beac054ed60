"""A user's own boundaries: refused by name, or drawn, and never a number changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.cases import call, change, contents, refused

SMALL = "province/small.yaml"
WEST = {"Muara": -0.5, "Kabupaten Tengah": 0.3, "Hulu": 1.5}


def name_boundaries(folder: Path, values: dict[str, float], more: str = "property: name") -> None:
    """Write a square for each name, 0.8 degrees wide, and name the file in the configuration."""
    features: list[dict[str, Any]] = []
    for name, west in values.items():
        ring = [[west, -0.5], [west + 0.8, -0.5], [west + 0.8, 0.5], [west, 0.5], [west, -0.5]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"name": name}, "geometry": geometry})
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (folder / "province" / "own.geojson").write_text(text, encoding="utf-8")
    change(
        folder,
        SMALL,
        "  fasting: fasting.csv\n",
        f"  fasting: fasting.csv\n  boundaries: {{file: own.geojson, {more}}}\n",
    )


def test_check_tells_the_feature_that_is_no_regency_and_the_nearest_name(folder: Path) -> None:
    name_boundaries(folder, {"Muara": -0.5, "Tengag": 0.3, "Hulu": 1.5})
    told = refused("check", "impact.yaml")
    assert "province/own.geojson: feature 2: there is no regency 'Tengag'; did you mean 'Tengah'?" in told


def test_check_tells_the_regency_without_a_feature(folder: Path) -> None:
    name_boundaries(folder, {"Muara": -0.5, "Tengah": 0.3})
    assert "province/own.geojson: no feature is regency Hulu (3)" in refused("check", "impact.yaml")


def test_a_file_that_is_not_there_and_a_wrong_kind_are_refused(folder: Path) -> None:
    name_boundaries(folder, WEST, "of: regencies")
    assert "data.boundaries.of: found 'regencies'" in refused("check", "impact.yaml")
    change(folder, SMALL, "own.geojson, of: regencies", "owm.geojson")
    assert "there is no file province/owm.geojson; did you mean 'own.geojson'?" in refused("check", "impact.yaml")


@pytest.mark.slow
def test_boundaries_change_the_maps_and_no_number_and_nothing_is_run_again(folder: Path) -> None:
    assert call("run", "impact.yaml", "--workers", "1", "--replications", "2").exit_code == 0
    before = contents(folder / "results" / "impact")
    name_boundaries(folder, WEST)
    again = call("run", "impact.yaml", "--workers", "1", "--replications", "2")
    assert again.exit_code == 0
    assert "4 of 4 cells were already there" in again.output
    after = contents(folder / "results" / "impact")
    same = [name for name in before if name.endswith((".csv", ".parquet"))]
    assert len(same) > 10 and all(after[name] == before[name] for name in same)
    assert after["figures/map_regencies.svg"] != before["figures/map_regencies.svg"]
    assert (
        "Boundaries as they were given" in after["figures/map_regencies.svg"].decode() or b"given" in after["plans.npz"]
    )
