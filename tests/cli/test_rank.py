"""The command ``rank`` on a small province: its numbers are those of a run, and its order that of its numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.report.style import Drawn
from sim.stats.best import best
from sim.stats.simultaneous import bonferroni
from sim.trying.trials import Trials
from tests.cli.cases import call, refused

QUOTA = "sites.ukk_far.sessions.weekdays.quota.ordinary"
NODE = "sites.ukk_far.road_node"
PLACED = ("--place", "ukk_far", "--at", "MID,FAR,END", "--most", "travel_hours_saved total")
HEAD = {"unit": str, "rank": str}


def ranked(*words: str, workers: str = "1") -> tuple[str, pd.DataFrame]:
    """What the command says, and its table."""
    result = call("rank", "after.yaml", *words, "--out", "ranked", "--workers", workers)
    assert result.exit_code == 0, result.output
    return result.stdout, pd.read_csv("ranked/rank.csv", dtype=HEAD, keep_default_na=False, na_values=[""])


def alternatives(text: str) -> tuple[str, str]:
    Path("alternatives.csv").write_text(text)
    return "--among", "alternatives.csv"


@pytest.mark.usefixtures("folder", "without_report", "without_pictures")
def test_each_place_has_the_numbers_of_a_run_with_the_site_there_and_gains_are_against_one_without_it() -> None:
    asked = ("--measure", "now_apply", "--measure", "wait_minutes ukk_far", "--measure", "served")
    _, table = ranked(*PLACED, *asked, "--replications", "3", "--seed", "1")
    for node, place, where in (("FAR", "Ulu", "lat: 0, lon: 2"), ("END", "Pass", "lat: 0.3, lon: 2")):
        changes = ["--set", f"{NODE}={node}", "--set", f"sites.ukk_far.position={{{where}}}"]
        assert call("run", "impact.yaml", *changes, "--workers", "1").exit_code == 0
        summary, gains = (
            pd.read_csv(f"results/impact/{name}.csv", dtype={"unit": str}).query("scenario == 'after'")
            for name in ("summary", "comparisons")
        )
        rows = table[table["alternative"] == place].set_index(["measure", "level", "unit", "statistic"])
        assert len(rows) == 4
        for key, row in rows.iterrows():
            source, column = (gains, "difference") if key[0] in ("travel_hours_saved", "now_apply") else (summary, "")
            found = source.set_index(["measure", "level", "unit", "statistic"]).loc[key]
            assert row["estimate"] == pytest.approx(found[column or "estimate"], rel=1e-9)
    base = table[table["alternative"].isna()].set_index("measure")
    before = pd.read_csv("results/impact/summary.csv", dtype={"unit": str}).query("scenario == 'before'")
    served = before.query("measure == 'served' and level == 'province'")["estimate"].item()
    assert base.loc["served", "estimate"] == pytest.approx(served, rel=1e-9)
    assert np.isnan(base.loc["now_apply", "estimate"])


@pytest.mark.usefixtures("folder", "without_pictures")
def test_the_order_and_what_may_be_the_best_are_those_of_replications_simulated_by_themselves() -> None:
    told, table = ranked(*PLACED, "--replications", "6", "--seed", "3")
    runs: dict[str, list[float]] = {}
    for replication in range(6):
        base = sim.load("after.yaml", {"sites.ukk_far.in_service": "never"}).simulate(seed=3, replication=replication)
        for name, node, where in (("Simpang", "MID", (0, 0.5)), ("Ulu", "FAR", (0, 2)), ("Pass", "END", (0.3, 2))):
            position = {"lat": where[0], "lon": where[1]}
            made = sim.load("after.yaml", {NODE: node, "sites.ukk_far.position": position})
            measures = made.simulate(seed=3, replication=replication).measures(baseline=base)
            key = "measure == 'travel_hours_saved' and statistic == 'total' and level == 'province'"
            runs.setdefault(name, []).append(measures.query(key)["value"].item())
    found = best(np.array([*runs.values()]).T, 0.95)
    rows = table[table["rank"].notna()].set_index("alternative")
    means = {name: np.mean(values) for name, values in runs.items()}
    assert rows.index.tolist() == sorted(means, key=lambda name: -means[name])
    assert rows["rank"].tolist() == ["1", "2", "3"]
    assert rows.loc[[*runs], "may_be_best"].tolist() == found.may_be.tolist()
    assert rows.loc[[*runs], "behind_at_most"].to_numpy() == pytest.approx(found.behind, rel=1e-6, abs=1e-6)
    assert f"\n  1 * {rows.index[0]}" in told
    assert (f"the best, with 95%: {rows.index[0]}" in told) == (found.may_be.sum() == 1)


@pytest.mark.usefixtures("folder", "without_pictures")
def test_a_table_of_settings_is_ranked_as_it_is_written_and_blank_cells_stay_as_they_stand() -> None:
    among = alternatives(f"name,{QUOTA},sites.ukk_far.in_service\nfew,3,\nas now,,\nnone,,never\n")
    told, table = ranked(*among, "--least", "deterred_share", "--measure", "sessions ukk_far", "--replications", "2")
    assert table["alternative"].isna().sum() == 2
    rows = table[table["measure"] == "deterred_share"].set_index("alternative")
    assert rows["estimate"].iloc[:3].is_monotonic_increasing
    stands = rows.loc[rows.index.isna(), "estimate"].item()
    assert rows.loc["as now", "estimate"] == stands
    assert rows.loc["none", "estimate"] > stands
    assert rows.loc["few", "settings"] == f"{QUOTA}=3"
    # A site that is not there in one of them has no sessions there, and is told in the others.
    sessions = table[table["measure"] == "sessions"].set_index("alternative")["estimate"]
    assert np.isnan(sessions.loc["none"])
    assert sessions.loc["few"] > 0
    assert "3 alternatives, by deterred_share share, the least first" in told


@pytest.mark.usefixtures("folder", "without_pictures")
def test_a_site_is_printed_for_by_the_office_of_the_area_that_it_is_moved_to() -> None:
    regencies = Path("province/regencies.csv")
    regencies.write_text(regencies.read_text().replace("Hulu,kabupaten,kanim", "Hulu,kabupaten,kanim_hulu"))
    office = "{name: Kanim Hulu, kind: kanim, road_node: END, position: {lat: 0.3, lon: 2}, sessions: {weekdays: {"
    office += "days: [mon], intake: {from: '08:00', to: '12:00'}, seats_every: 30 min, quota: {ordinary: 1}, "
    office += "counters: {document: 1, interview: 1}}}}"
    with Path("after.yaml").open("a") as file:
        file.write(f"  kanim_hulu: {office}\n")
    told, table = ranked("--place", "ukk_far", "--most", "served", "--replications", "2")
    settings = table[table["rank"].notna()].set_index("alternative")["settings"]
    # All seats of regencies.
    assert sorted(settings.index) == ["Centre", "Simpang", "Ulu"]
    assert "sites.ukk_far.parent=kanim_hulu" in settings["Ulu"]
    assert settings["Simpang"].endswith("sites.ukk_far.parent=kanim")
    assert "\nbooks printed by kanim_hulu: Ulu\n" in told
    assert "\nukk_far stands at Ulu in the scenario\n" in told


@pytest.mark.usefixtures("folder", "without_pictures")
def test_a_site_in_an_area_whose_office_prints_no_books_keeps_its_own() -> None:
    regencies = Path("province/regencies.csv")
    regencies.write_text(regencies.read_text().replace("Hulu,kabupaten,kanim", "Hulu,kabupaten,ukk_near"))
    _, table = ranked(*PLACED, "--replications", "2")
    settings = table.set_index("alternative")["settings"]
    assert "parent" not in settings["Ulu"]
    assert "sites.ukk_far.parent=kanim" in settings["Simpang"]


@pytest.mark.slow
@pytest.mark.usefixtures("folder", "without_pictures")
def test_several_processes_find_the_same_and_so_does_the_readable_model() -> None:
    """A sweep, which tries what it tries in the same way, shows it with a smaller case each time."""
    words = [*PLACED, "--measure", "lead_days", "--replications", "3"]
    told, table = ranked(*words)
    for other, same in (ranked(*words, workers="2"), ranked(*words, "--engine", "simpy")):
        assert other == told.replace("rank_map.png)", "rank_map.png), in place of earlier ones")
        assert same.equals(table)


@pytest.mark.usefixtures("folder", "without_pictures")
def test_more_alternatives_than_meet_a_replication_at_once_are_all_ranked(monkeypatch: pytest.MonkeyPatch) -> None:
    words = [*PLACED, "--replications", "2"]
    _, whole = ranked(*words)
    monkeypatch.setattr("sim.ranking.run.AT_ONCE", 2)
    monkeypatch.setattr("sim.trying.trials.MOST_PLANS", 1)
    _, parts = ranked(*words)
    assert parts.equals(whole)


@pytest.mark.usefixtures("folder", "without_pictures", "second_refused")
def test_an_alternative_that_the_configuration_refuses_is_told_with_the_reason_and_the_others_are_ranked() -> None:
    told, table = ranked(*PLACED, "--replications", "2")
    assert "\nrefused: Ulu: the ground is marshy\n" in told
    row = table.set_index("alternative").loc["Ulu"]
    assert row["refused"] == "the ground is marshy"
    assert row[["rank", "estimate", "may_be_best"]].isna().all()
    assert table["rank"].dropna().tolist() == ["1", "2"]


@pytest.mark.usefixtures("folder", "without_pictures")
def test_nothing_that_differs_is_told() -> None:
    among = alternatives(f"name,{QUOTA}\na,8\nb,8\n")
    told, _ = ranked(*among, "--most", "served", "--replications", "5")
    assert "nothing that they are ordered by differs between them" in told
    assert "any of them may be the best" in told


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("language", ["en", "id"])
def test_the_figure_has_a_panel_for_each_number_and_a_row_for_each_alternative_the_best_above(
    drawings: list[Drawn], language: str
) -> None:
    words = (*PLACED, "--measure", "served", "--replications", "2", "--workers", "1", "--lang", language)
    result = call("rank", "after.yaml", *words)
    assert result.exit_code == 0, result.output
    head = {
        "en": "3 places of ukk_far, by travel_hours_saved total, the most first",
        "id": "3 lokasi untuk ukk_far, menurut",
    }
    assert result.stdout.startswith(head[language])
    of_both = {"en": "may be the best", "id": "mungkin yang terbaik"}
    assert [name for name, text in of_both.items() if text in result.stdout] == [language]
    axes = drawings[0].figure.axes
    assert len(axes) == 2
    labels = [text.get_text() for text in axes[0].get_yticklabels()]
    assert labels == drawings[0].data.loc[drawings[0].data["measure"] == "served", "alternative"].tolist()[:3]
    assert list(axes[0].get_yticks()) == [0.0, -1.0, -2.0]


@pytest.mark.usefixtures("folder", "without_pictures")
def test_what_was_done_when_it_was_interrupted_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    original = Trials.run

    def run_two(self: Trials, replication: int, tried: Any) -> Any:
        if replication == 2:
            raise KeyboardInterrupt
        return original(self, replication, tried)

    monkeypatch.setattr(Trials, "run", run_two)
    result = call("rank", "after.yaml", *PLACED, "--workers", "1", "--out", "ranked")
    assert result.exit_code == 130
    assert "(10 were asked for; it was interrupted)" in result.stdout
    assert set(pd.read_csv("ranked/rank.csv")["replications"]) == {0, 2}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "name,sites.ukk_fart.road_node\na,MID\nb,FAR\n",
            "alternatives.csv:2: sites.ukk_fart.road_node: sites has no 'ukk_fart'; did you mean 'ukk_far'?",
        ),
        ("name,sites.ukk_far.road_node\na,MIDD\nb,FAR\n", "did you mean 'MID'?"),
        (f"name,{QUOTA}\na,-1\nb,2.5\n", f"alternatives.csv:3: {QUOTA}: found 2.5"),
        (f"name,{QUOTA}\na,1\na,2\n", "alternatives.csv:3: column 'name': 'a' stands twice"),
        (f"name,{QUOTA}\na,1\n", "the file holds 1 rows"),
        ("name\na\nb\n", "no column but the names"),
        (f"{QUOTA}\n1\n2\n", "column 'name': the column is missing"),
        ("name,a b\na,1\nb,2\n", "column 'a b': 'a b' is not a path"),
        (f"name;{QUOTA}\na;1\nb;2\n", "its columns are divided by ';'"),
    ],
)
def test_what_is_wrong_with_a_table_of_alternatives_is_told_at_its_line(text: str, told: str) -> None:
    said = refused("rank", "after.yaml", *alternatives(text), "--most", "served")
    assert told in said
    assert not Path("results").exists()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--most", "served"], "Give either --place SITE or --among TABLE"),
        (["--place", "ukk_far"], "Give either --most MEASURE or --least MEASURE"),
        (["--place", "ukk_far", "--most", "served", "--least", "lead_days"], "Give either --most MEASURE"),
        (["--among", "a.csv", "--at", "MID", "--most", "served"], "--at names places of a site"),
        (["--among", "a.csv", "--most", "served"], "a.csv: the file does not exist"),
        (["--place", "ukk_fart", "--most", "served"], "--place: there is no site 'ukk_fart'; did you mean 'ukk_far'?"),
        (
            ["--place", "ukk_far", "--at", "MIDD", "--most", "served"],
            "there is no road node 'MIDD'; did you mean 'MID'?",
        ),
        (["--place", "ukk_far", "--at", "MID", "--most", "served"], "--at: Simpang is one place"),
        (["--place", "ukk_far", "--at", ",", "--most", "served"], "--at: names no place"),
        (["--place", "ukk_far", "--most", "servd"], "--most 'servd': there is no measure 'servd'; did you mean"),
        (["--place", "ukk_far", "--most", "served >= 3"], "--most 'served' with --measure 'served >= 3'"),
        (["--place", "ukk_far", "--most", "served", "--measure", "served"], "the same number is asked for twice"),
        (["--place", "ukk_far", "--most", "served", "--set", "sites.ukk_far.in_service=never"], "is never in service"),
        (["--place", "ukk_far", "--most", "served", "--set", "need.dai_cv=1"], "did you mean 'day_cv'?"),
    ],
)
def test_what_cannot_be_ranked_is_refused_with_what_would_be_right(words: list[str], told: str) -> None:
    assert told in refused("rank", "after.yaml", *words)
    assert not Path("results").exists()


@pytest.mark.usefixtures("folder", "without_pictures")
def test_from_python_it_gives_the_table_that_the_command_writes() -> None:
    _, table = ranked(*PLACED, "--measure", "served", "--replications", "2")
    found = sim.rank(
        "after.yaml", place="ukk_far", at=["MID", "FAR", "END"], most="travel_hours_saved total", measures=["served"],
        replications=2,
    )  # fmt: skip
    assert found["alternative"].tolist() == table["alternative"].fillna("").tolist()
    np.testing.assert_allclose(found["estimate"], table["estimate"], rtol=1e-8)
    changes = {"few": {QUOTA: np.int64(3)}, "more": [f"{QUOTA}=12"]}
    other = sim.rank("after.yaml", among=changes, least="deterred_share", replications=2)
    settings = dict(zip(other["alternative"], other["settings"], strict=True))
    assert settings == {"more": f"{QUOTA}=12", "few": f"{QUOTA}=3", "": ""}


@pytest.mark.usefixtures("folder", "without_pictures")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"most": "served"}, "among: found nothing"),
        ({"place": "ukk_far", "among": {}, "most": "served"}, "among: found"),
        ({"place": "ukk_far"}, "most: found nothing"),
        ({"among": {"a": {}}, "most": "served"}, "two alternatives at least"),
        ({"place": "ukk_far", "at": "seat", "most": "served"}, "at: found 'seat'"),
        ({"place": "ukk_far", "most": "served", "measures": "lead_days"}, "measures: found 'lead_days'"),
        ({"place": "ukk_fart", "most": "served"}, "place: there is no site 'ukk_fart'"),
        ({"place": "ukk_far", "most": "servd"}, "most 'servd': there is no measure"),
        ({"among": {"a": {QUOTA: -1}, "b": {}}, "most": "served"}, "(alternative 'a')"),
    ],
)
def test_from_python_it_speaks_of_its_arguments(arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(sim.InputError) as caught:
        sim.rank("after.yaml", **arguments)
    assert told in str(caught.value)
    assert "--" not in str(caught.value)


@pytest.mark.usefixtures("folder", "without_pictures")
def test_an_alternative_that_may_be_the_best_and_is_hardly_meant_is_warned_of_as_by_check() -> None:
    told, _ = ranked(*alternatives(f"name,{QUOTA}\nfew,8\nmany,200\n"), "--most", "served", "--replications", "2")
    assert f"warning: many: {QUOTA.removesuffix('.ordinary')}: 203 slots " in told
    assert "warning: few" not in told


@pytest.mark.usefixtures("folder", "without_pictures")
def test_intervals_hold_together_over_all_alternatives_and_measures() -> None:
    _, one = ranked(*PLACED, "--replications", "4")
    _, two = ranked(*PLACED, "--measure", "served", "--replications", "4")
    rows = [table[table["measure"] == "travel_hours_saved"].iloc[0] for table in (one, two)]
    wide = [row["ci_high"] - row["estimate"] for row in rows]
    assert wide[1] / wide[0] == pytest.approx(bonferroni(4, 8, 0.95) / bonferroni(4, 4, 0.95), rel=1e-6)


@pytest.mark.usefixtures("folder", "without_pictures")
def test_what_a_plan_says_is_sure_with_few_replications_and_what_chance_says_is_not() -> None:
    among = alternatives("name,sites.ukk_far.in_service\nwith,\nwithout,never\n")
    told, _ = ranked(*among, "--least", "nearest_minutes", "--replications", "2")
    assert "the best, with 95%: with" in told
    told, table = ranked(*alternatives(f"name,{QUOTA}\na,8\nb,8\n"), "--most", "served", "--replications", "2")
    assert "not known" in told
    assert np.isinf(table["behind_at_most"].dropna()).all()


@pytest.mark.usefixtures("folder")
def test_a_name_may_hold_whatever_a_person_writes_and_is_drawn_as_it_is() -> None:
    name = r"for $5 a_b {x or 6$ \foo, " + "long " * 30 + "x" * 80
    _, table = ranked(*alternatives(f'name,{QUOTA}\n"{name}",3\nb,6\n'), "--most", "served", "--replications", "2")
    assert name in set(table["alternative"])
    assert Path("ranked/rank.png").stat().st_size > 10_000


@pytest.mark.usefixtures("folder", "without_pictures")
def test_an_office_without_which_others_cannot_be_is_placed_as_far_as_no_gains_are_asked_for() -> None:
    words = ("--place", "kanim", "--at", "OFFICE,MID", "--replications", "2")
    told, _ = ranked(*words, "--most", "served")
    assert "as it stands" in told
    assert "without kanim" not in told
    said = refused("rank", "after.yaml", *words, "--most", "travel_hours_saved")
    assert "--most 'travel_hours_saved': gains are against the scenario without kanim, which is refused" in said


@pytest.mark.usefixtures("folder", "without_pictures")
def test_one_that_alone_has_a_value_is_not_called_the_best() -> None:
    among = alternatives("name,need.day_cv\nas now,0.2\nother people,0.3\n")
    told, table = ranked(*among, "--most", "travel_hours_saved total", "--replications", "2")
    assert "as now alone has a value of travel_hours_saved total" in told
    assert "others are in need" in told
    assert table["rank"].dropna().tolist() == ["1"]


@pytest.mark.usefixtures("folder", "without_pictures")
def test_what_only_one_of_many_alternatives_has_can_be_told() -> None:
    rows = "".join(f"row {number},{number + 1},never\n" for number in range(30))
    among = alternatives(f"name,{QUOTA},sites.ukk_far.in_service\n{rows}last,5,always\n")
    _, table = ranked(*among, "--most", "served", "--measure", "sessions ukk_far", "--replications", "2")
    assert table.set_index(["alternative", "measure"]).loc[("last", "sessions"), "estimate"] > 0


@pytest.mark.usefixtures("folder", "without_pictures")
def test_of_an_interrupted_ranking_all_alternatives_are_told_by_the_same_replications(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original, calls = Trials.run, []

    def run_seven(self: Trials, replication: int, tried: Any) -> Any:
        calls.append(replication)
        if len(calls) > 7:
            raise KeyboardInterrupt
        return original(self, replication, tried)

    monkeypatch.setattr(Trials, "run", run_seven)
    monkeypatch.setattr("sim.ranking.run.AT_ONCE", 2)
    among = alternatives(f"name,{QUOTA}\na,3\nb,3\nc,3\nd,9\ne,9\n")
    words = ("--most", "served", "--workers", "1", "--out", "ranked", "--replications", "5")
    result = call("rank", "after.yaml", *among, *words)
    assert result.exit_code == 130
    table = pd.read_csv("ranked/rank.csv", keep_default_na=False)
    # The first two blocks hold what they are against, a, b and c; of the second two replications were done.
    told = table[table["alternative"] != ""]
    assert sorted(told["alternative"]) == ["a", "b", "c"]
    assert set(table["replications"]) == {2}
    assert told["estimate"].nunique() == 1
    assert "2 alternatives were not tried, and any of them may be better" in result.stdout


@pytest.mark.usefixtures("folder", "without_pictures")
def test_a_ranking_by_what_hardly_happens_is_warned_of() -> None:
    told, table = ranked(*PLACED[:-1], "now_apply 1", "--replications", "5")
    counted = 5 * table[table["rank"].notna()]["estimate"].max()
    assert ("warning: fewer than 10 are counted in any of them" in told) == (counted < 10)
    assert "warning: fewer than 10" not in ranked(*PLACED[:-1], "served", "--replications", "2")[0]
