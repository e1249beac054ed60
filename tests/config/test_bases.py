"""Every number of the province says what it rests on, and every assumption how wrong it may be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.building.loading import load_scenario
from sim.config.provenance import nearest_provenance

PROVINCE = Path(__file__).resolve().parents[2] / "configs" / "south_sumatra" / "province.yaml"
NO_NUMBER = re.compile(
    r"(name|title|language|sources|data|period)\b|need\.default_channel$"
    r"|.*\.(name|kind|road_node|parent|home|audience|weight|distribution|handover|enabled|overtime)$"
    r"|.*\.(days\[\d\]|queue_class|also_books)$"
)
"""Names, the period, and rules of service: what somebody decided, and nobody has to measure."""


def leaves(tree: Any, path: str = "") -> Iterator[str]:
    """The path of every single value."""
    if isinstance(tree, dict):
        for key, part in tree.items():
            yield from leaves(part, f"{path}.{key}" if path else str(key))
    elif isinstance(tree, list):
        for place, part in enumerate(tree):
            yield from leaves(part, f"{path}[{place}]")
    else:
        yield path


def test_every_number_of_the_province_says_what_it_rests_on() -> None:
    loaded = load_scenario(PROVINCE)
    paths = [path for path in leaves(loaded.tree) if not NO_NUMBER.match(path)]
    assert len(paths) > 300
    assert [path for path in paths if nearest_provenance(loaded.provenance, path) is None] == []


def test_every_assumption_of_the_province_has_a_range() -> None:
    known = load_scenario(PROVINCE).provenance
    bare = {path for path, one in known.items() if one.basis in ("assumption", "calibrated") and one.range is None}
    assert bare == {"programmes.garsun.rotation.places"}, "which villages are visited is no number"


def test_what_is_said_of_a_value_is_said_in_both_languages() -> None:
    known = load_scenario(PROVINCE).provenance
    texts = [text for one in known.values() for text in (one.source, one.note) if text]
    assert len(texts) > 100
    same = {text["en"] for text in texts if text["en"] == text["id"]}
    codes = re.compile(r"F\d[a-z]?|run_sim\.py calibrate experiments/history\.yaml")
    assert [text for text in same if not codes.fullmatch(text)] == []
