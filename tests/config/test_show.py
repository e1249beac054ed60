"""The effective configuration as text, and the difference of two."""

from __future__ import annotations

from pathlib import Path

from sim.building.loading import load_scenario
from sim.config.show import ABSENT, differences, effective_yaml


def test_the_effective_text_loads_to_the_same_configuration(folder: Path) -> None:
    loaded = load_scenario("with_ukk.yaml", ["booking.window=20 days"])
    (folder / "effective.yaml").write_text(effective_yaml(loaded))
    again = load_scenario("effective.yaml")
    assert again.model == loaded.model
    assert differences(loaded, again) == [
        (path, left, right) for path, left, right in differences(loaded, again) if left == ABSENT
    ]


def line_of(text: str, start: str) -> str:
    return next(line for line in text.splitlines() if line.strip().startswith(start))


def test_each_value_tells_where_it_comes_from(folder: Path) -> None:
    text = effective_yaml(load_scenario("with_ukk.yaml", ["booking.window=20 days"]))
    assert line_of(text, "per_year:").endswith(
        "# derived; range [30000, 60000]; population and issued books; small.yaml:63"
    )
    assert line_of(text, "no_show:").endswith("# scenario; with_ukk.yaml:5")
    assert line_of(text, "window:").endswith("# scenario; --set")
    assert line_of(text, "rebook:").endswith("# small.yaml:38")
    assert line_of(text, "language:").endswith("# default")
    assert line_of(text, "interview: {").endswith("# assumption; small.yaml:73")
    assert line_of(text, "opened:").startswith("    opened: 2022-07-25 ")


def test_differences_list_path_left_and_right(folder: Path) -> None:
    found = {
        path: (left, right)
        for path, left, right in differences(load_scenario("small.yaml"), load_scenario("with_ukk.yaml"))
    }
    assert found["booking.no_show"] == (0.08, 0.06)
    assert found["sites.ukk_oku.parent"] == (ABSENT, "kanim_palembang")
    assert "booking.window" not in found


def test_two_ways_to_write_one_value_do_not_differ(folder: Path) -> None:
    (folder / "deeper").mkdir()
    (folder / "deeper" / "child.yaml").write_text("extends: ../small.yaml\nbooking: {window: 720 h, rebook: 60%}\n")
    assert differences(load_scenario("small.yaml"), load_scenario("deeper/child.yaml")) == []
