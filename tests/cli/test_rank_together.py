"""Several sites that are placed together: each way once, against the scenario without any of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from matplotlib.text import Text

import sim
from sim.report.style import Drawn
from sim.trying.trials import Trials
from tests.cli.cases import call, refused

TOGETHER = ("--place", "ukk_far", "--place", "ukk_too", "--at", "MID,FAR,END", "--replications", "2", "--workers", "1")
GAIN = ("--most", "travel_hours_saved total")
HEAD = {"unit": str, "rank": str}


@pytest.fixture
def two(folder: Path) -> Path:
    """A scenario with another site that is as ukk_far, but for its name and where it stands."""
    far = yaml.safe_load(Path("province/small.yaml").read_text())["sites"]["ukk_far"]
    too = far | {"name": "UKK Too", "road_node": "MID", "position": {"lat": 0, "lon": 0.5}, "in_service": "always"}
    (folder / "two.yaml").write_text(
        yaml.safe_dump({"extends": "after.yaml", "name": "two", "sites": {"ukk_too": too}})
    )
    return folder


def ranked(*words: str) -> tuple[str, pd.DataFrame]:
    result = call("rank", "two.yaml", *TOGETHER, *words, "--out", "ranked")
    assert result.exit_code == 0, result.output
    return result.stdout, pd.read_csv("ranked/rank.csv", dtype=HEAD, keep_default_na=False, na_values=[""])


@pytest.mark.usefixtures("two")
def test_sites_that_are_alike_are_tried_at_each_pair_once_and_gains_are_against_neither() -> None:
    told, table = ranked(*GAIN)
    assert (
        "3 ways to place ukk_far and ukk_too, named in this order, by travel_hours_saved total, the most first" in told
    )
    assert "without ukk_far and ukk_too" in told
    ways = table["alternative"].dropna().tolist()
    assert {frozenset(way.split(" + ")) for way in ways} == {
        frozenset(pair) for pair in (("Simpang", "Ulu"), ("Simpang", "Pass"), ("Ulu", "Pass"))
    }
    for _, row in table[table["rank"].notna()].iterrows():
        changes = dict(part.split("=", 1) for part in row["settings"].split("; "))
        assert {path.split(".")[1] for path in changes} == {"ukk_far", "ukk_too"}
        base = {f"sites.{site}.in_service": "never" for site in ("ukk_far", "ukk_too")}
        gains = []
        for replication in range(2):
            neither = sim.load("two.yaml", base).simulate(seed=1, replication=replication)
            both = sim.load("two.yaml", [f"{path}={value}" for path, value in changes.items()])
            measures = both.simulate(seed=1, replication=replication).measures(baseline=neither)
            key = "measure == 'travel_hours_saved' and statistic == 'total' and level == 'province'"
            gains.append(measures.query(key)["value"].item())
        assert row["estimate"] == pytest.approx(sum(gains) / 2)


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("change", ["quota", "outage"])
def test_sites_that_differ_are_tried_either_way_round_also_where_something_else_names_one_alone(change: str) -> None:
    settings = ["--set", "sites.ukk_too.sessions.weekdays.quota.ordinary=1"]
    if change == "outage":
        settings = []
        with Path("two.yaml").open("a") as file:
            file.write("outages: {flood: {affects: [intake], sites: [ukk_too], from: 2023-03-06, to: 2023-03-10}}")
    told, table = ranked("--most", "served", *settings)
    assert "6 ways to place" in told
    assert len(set(table["alternative"].dropna())) == 6


@pytest.mark.usefixtures("two")
def test_from_python_several_are_placed_as_by_the_command() -> None:
    _, table = ranked("--most", "served", "--set", "sites.ukk_too.sessions.weekdays.quota.ordinary=1")
    assert len(set(table["alternative"].dropna())) == 6
    found = sim.rank(
        "two.yaml", place=["ukk_far", "ukk_too"], at=["MID", "FAR", "END"], most="served", replications=2,
        set={"sites.ukk_too.sessions.weekdays.quota.ordinary": 1},
    )  # fmt: skip
    assert found["alternative"].tolist() == table["alternative"].fillna("").tolist()


@pytest.mark.usefixtures("two")
def test_sites_that_are_alike_are_tried_either_way_round_where_something_is_asked_of_one_alone() -> None:
    """Else what is told of it would hang on which of the two happens to be named first."""
    limit = "wait_minutes {} <= 30 min"
    told, table = ranked(*GAIN, "--measure", limit.format("ukk_far"))
    assert "6 ways to place" in told
    ways = set(table["alternative"].dropna())
    assert ways == {" + ".join(reversed(way.split(" + "))) for way in ways}
    told, _ = ranked(*GAIN, "--measure", limit.format("ukk_far"), "--measure", limit.format("ukk_too"))
    assert "3 ways to place" in told


@pytest.mark.usefixtures("two")
def test_the_map_has_each_place_with_the_best_way_that_has_it_and_lines_between_those_that_may_be_the_best(
    drawings: list[Drawn],
) -> None:
    _, table = ranked(*GAIN, "--replications", "8")
    rows = table[table["rank"].notna()]
    shown = pd.read_csv("ranked/rank_map.csv").query("layer == 'place'").set_index("name")
    assert sorted(shown.index) == ["Pass", "Simpang", "Ulu"]
    for place, row in shown.iterrows():
        best = rows[[str(place) in way.split(" + ") for way in rows["alternative"]]].iloc[0]
        assert row["alternative"] == best["alternative"]
        assert row["estimate"] == pytest.approx(best["estimate"])
    lines = [
        line for line in drawings[1].figure.axes[0].lines if len(line.get_xdata()) == 2 and line.get_zorder() == 4.5
    ]
    assert 0 < len(lines) == rows["may_be_best"].eq(True).sum() < len(rows)


@pytest.mark.usefixtures("two")
def test_figures_of_an_interrupted_ranking_say_that_some_ways_were_not_tried(
    monkeypatch: pytest.MonkeyPatch, drawings: list[Drawn]
) -> None:
    original = Trials.run

    def run_some(self: Trials, replication: int, tried: Any) -> Any:
        if "2" in {name for name, _ in tried}:
            raise KeyboardInterrupt
        return original(self, replication, tried)

    monkeypatch.setattr(Trials, "run", run_some)
    monkeypatch.setattr("sim.ranking.run.AT_ONCE", 2)
    result = call("rank", "two.yaml", *TOGETHER, *GAIN, "--out", "ranked")
    assert result.exit_code == 130, result.output
    said = "Interrupted: 2 alternatives were not tried, and any of them may be better."
    texts = [" ".join(text.get_text() for text in drawn.figure.findobj(Text)) for drawn in drawings]
    assert len(texts) == 2
    assert all(said in " ".join(text.split()) for text in texts)


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--place", "ukk_far", "--place", "ukk_far"), "--place: ukk_far is named 2 times"),
        (
            ("--place", "ukk_far", "--place", "ukk_too", "--at", "MID,FAR"),
            "--at: Simpang, Ulu are 2 places, for 2 sites allowed: 3 places at least",
        ),
        (("--place", "ukk_far,ukk_too"), "there is no site 'ukk_far,ukk_too' allowed: --place once for each site"),
        (("--place", "ukk_far", "--place", "ukk_to"), "--place: there is no site 'ukk_to'; did you mean 'ukk_too'?"),
    ],
)
def test_what_cannot_be_placed_together_is_refused(words: tuple[str, ...], told: str) -> None:
    assert told in " ".join(refused("rank", "two.yaml", *words, "--most", "served").split())
