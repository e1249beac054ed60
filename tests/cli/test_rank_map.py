"""The map of a ranking of places: each where it is, in the colour of its number, and marked where it may be best."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.text import Annotation

import sim
from sim.ranking.marks import STANDS
from sim.report.style import Drawn
from tests.cli.cases import call

PLACES = ("--place", "ukk_far", "--at", "MID,FAR,END")
FILES = ("rank_map.csv", "rank_map.png", "rank_map.svg")
NODES = {"Simpang": (0.0, 0.5), "Ulu": (0.0, 2.0), "Pass": (0.3, 2.0)}


def drawn_map(drawings: list[Drawn], *words: str) -> Drawn:
    """The map that the command draws."""
    result = call("rank", "after.yaml", *words, "--replications", "2", "--workers", "1")
    assert result.exit_code == 0, result.output
    return drawings[1]


def marks_of(drawn: Drawn) -> dict[str, Line2D]:
    """The mark of each place, by its name."""
    lines = [line for line in drawn.figure.axes[0].lines if str(line.get_gid()).startswith("place-")]
    return {drawn.hover[str(line.get_gid())].split(":")[0]: line for line in lines}


def lightness(line: Line2D) -> float:
    return float(np.dot(to_rgba(line.get_markerfacecolor())[:3], (0.299, 0.587, 0.114)))


@pytest.mark.usefixtures("folder")
def test_the_map_and_its_data_show_each_place_where_it_is_with_the_number_of_the_table() -> None:
    words = (*PLACES, "--most", "travel_hours_saved total", "--replications", "3", "--workers", "1", "--out", "ranked")
    result = call("rank", "after.yaml", *words)
    assert "rank.png, rank_map.csv, rank_map.svg, rank_map.png)" in result.stdout
    assert all((Path("ranked") / name).stat().st_size for name in FILES)
    table = pd.read_csv("ranked/rank.csv").set_index("alternative")
    shown = pd.read_csv("ranked/rank_map.csv")
    places = shown[shown["layer"] == "place"].set_index("name")
    assert places.index.tolist() == table.index.dropna().tolist()
    for name, where in NODES.items():
        assert tuple(places.loc[name, ["lat", "lon"]]) == where
        numbers = ["rank", "estimate", "ci_low", "ci_high"]
        assert places.loc[name, numbers].tolist() == pytest.approx(table.loc[name, numbers].tolist())
        assert (places.loc[name, "kind"] == "may be best") == table.loc[name, "may_be_best"]
    # Service points are those that stand without the site.
    assert "ukk_far" not in Path("ranked/rank_map.svg").read_text()
    sites = shown[shown["layer"] == "site"]
    assert len(sites) > 0
    assert not sites["name"].str.contains("far").any()


@pytest.mark.usefixtures("folder")
def test_a_ring_is_around_where_the_scenario_has_the_site(drawings: list[Drawn]) -> None:
    drawn = drawn_map(drawings, *PLACES, "--most", "served")
    rings = [line for line in drawn.figure.axes[0].lines if line.get_markersize() == STANDS["markersize"]]
    stands = drawn.data[drawn.data["layer"] == "stands"]
    assert len(rings) == len(stands) == 1
    site = sim.load("after.yaml").loaded.model.sites["ukk_far"].position
    assert tuple(stands.iloc[0][["lat", "lon"]]) == (site.lat, site.lon)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("order", ["--most", "--least"])
def test_the_better_is_darker_whichever_is_the_better(drawings: list[Drawn], order: str) -> None:
    drawn = drawn_map(drawings, *PLACES, order, "served")
    marks = marks_of(drawn)
    ranks = drawn.data[drawn.data["layer"] == "place"]["name"].tolist()
    light = [lightness(marks[name]) for name in ranks]
    assert light == sorted(light)
    assert light[0] < light[-1]


@pytest.mark.usefixtures("folder", "second_refused")
def test_places_that_may_be_the_best_have_a_mark_of_their_own_and_those_refused_have_no_colour(
    drawings: list[Drawn],
) -> None:
    drawn = drawn_map(drawings, *PLACES, "--least", "nearest_minutes")
    kinds = drawn.data[drawn.data["layer"] == "place"].set_index("name")["kind"]
    assert sorted(kinds) == ["is not best", "may be best", "refused"]
    marks = {str(kinds[name]): mark for name, mark in marks_of(drawn).items()}
    assert len({str(mark.get_marker()) for mark in marks.values()}) == 3
    assert to_rgba(marks["refused"].get_markerfacecolor())[:3] == (1.0, 1.0, 1.0)
    assert "the ground is marshy" in "".join(drawn.hover.values())
    told = [text.get_text() for legend in drawn.figure.legends for text in legend.get_texts()]
    assert "refused by the configuration" in told
    assert not any("interrupted" in text for text in told)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("language", "answer", "note"),
    [("en", "The best, with 95%: ", "2 replications of each"), ("id", "Yang terbaik, dengan 95%: ", "2 ulangan untuk")],
)
def test_it_says_in_either_language_which_is_best_and_how_sure_that_is(
    drawings: list[Drawn], language: str, answer: str, note: str
) -> None:
    drawn = drawn_map(drawings, *PLACES, "--least", "nearest_minutes", "--lang", language)
    texts = [text.get_text().replace("\n", " ") for text in drawn.figure.texts]
    assert f"{answer}{drawn.data['name'].iloc[0]}" in texts
    assert any(note in text for text in texts)


@pytest.mark.usefixtures("folder")
def test_the_best_are_named_with_their_numbers_and_no_name_covers_another(drawings: list[Drawn]) -> None:
    drawn = drawn_map(drawings, *PLACES, "--most", "served")
    axes = drawn.figure.axes[0]
    drawn.figure.canvas.draw()
    renderer = drawn.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    labels = [text for text in axes.texts if isinstance(text, Annotation) and text.get_text() != "N"]
    best = drawn.data["name"].iloc[0]
    assert any(label.get_text().startswith(f"1 {best}\n") for label in labels)
    boxes = [label.get_bbox_patch().get_window_extent(renderer) for label in labels]  # type: ignore[union-attr]
    assert not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i])


@pytest.mark.usefixtures("folder")
def test_a_ranking_of_settings_has_no_map_and_none_of_an_earlier_one_is_left_beside_it() -> None:
    end = ("--most", "served", "--replications", "2", "--workers", "1", "--out", "ranked")
    assert call("rank", "after.yaml", *PLACES, *end).exit_code == 0
    Path("alternatives.csv").write_text("name,sites.ukk_far.sessions.weekdays.quota.ordinary\na,3\nb,6\n")
    result = call("rank", "after.yaml", "--among", "alternatives.csv", *end)
    assert result.exit_code == 0
    assert "rank.png), in place of earlier ones" in result.stdout
    assert not any((Path("ranked") / name).exists() for name in FILES)


@pytest.mark.usefixtures("folder")
def test_where_all_places_have_the_same_number_there_is_one_colour(drawings: list[Drawn]) -> None:
    drawn = drawn_map(drawings, *PLACES, "--most", "sessions ukk_far")
    assert len({lightness(mark) for mark in marks_of(drawn).values()}) == 1
