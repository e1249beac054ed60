"""Loading what is right: inheritance, provenance, overrides, files and digests."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.building.loading import load_any, load_scenario, read_with_scenarios
from sim.config.key_paths import format_path, parse_path
from sim.config.loader import Loaded, load_experiment
from sim.config.provenance import nearest_provenance
from sim.config.ranges import Range
from sim.config.schema import Experiment, Scenario
from sim.config.units import DAY_MS
from sim.errors import ConfigError


def test_a_complete_scenario_loads_in_base_units(folder: Path) -> None:
    loaded = load_scenario("small.yaml")
    assert isinstance(loaded.model, Scenario)
    assert loaded.model.period.warm_up == 60 * DAY_MS
    assert loaded.model.travel.fare_minimum == 10_000
    assert loaded.model.travel.early_share == pytest.approx(0.1)
    assert loaded.model.need.level == {"2022": 1.0, "2022-03": 0.8}


def test_a_child_changes_what_it_says_and_inherits_the_rest(folder: Path) -> None:
    parent, child = load_scenario("small.yaml").model, load_scenario("with_ukk.yaml").model
    assert list(child.sites) == ["kanim_palembang", "ukk_oku"]
    assert child.booking.no_show == 0.06
    assert child.sites["kanim_palembang"] == parent.sites["kanim_palembang"]
    assert child.need == parent.need


def test_maps_merge_while_lists_replace(folder: Path) -> None:
    (folder / "child.yaml").write_text(
        "extends: small.yaml\nname: child\nsites:\n  kanim_palembang:\n    sessions:\n      weekdays:\n"
        "        days: [mon]\n        quota: {priority: 5}\n"
    )
    rule = load_scenario("child.yaml").model.sites["kanim_palembang"].sessions["weekdays"]
    assert rule.days == ["mon"]
    assert rule.quota == {"ordinary": 120, "priority": 5}


def test_a_title_may_differ_by_language_and_replaces_as_a_whole(folder: Path) -> None:
    (folder / "both.yaml").write_text("extends: small.yaml\nname: both\ntitle: {en: Two offices, id: Dua kantor}\n")
    (folder / "one.yaml").write_text("extends: both.yaml\nname: one\ntitle: Kanim\n")
    assert load_scenario("both.yaml").model.title == {"en": "Two offices", "id": "Dua kantor"}
    assert load_scenario("one.yaml").model.title == {"en": "Kanim", "id": "Kanim"}
    (folder / "half.yaml").write_text("extends: both.yaml\nname: half\ntitle: {en: Half}\n")
    with pytest.raises(ConfigError, match=r"half\.yaml:3: title: lacks the text in id"):
        load_scenario("half.yaml")


def test_null_is_a_value_and_removes_nothing(folder: Path) -> None:
    (folder / "child.yaml").write_text("extends: small.yaml\nbreaks: {fri: null}\n")
    loaded = load_scenario("child.yaml")
    assert loaded.model.breaks == {"fri": None}
    assert loaded.tree["breaks"] == {"fri": None}


def test_a_distribution_of_another_form_replaces_and_a_parameter_alone_merges(folder: Path) -> None:
    (folder / "child.yaml").write_text(
        "extends: small.yaml\nservice:\n  document: {constant: 5 min}\n  interview: {mean: 10 min}\n"
    )
    service = load_scenario("child.yaml").model.service
    assert service.document.describe() == "constant 5 min"
    assert service.interview.describe() == "gamma, mean 10 min, cv 0.5"


def test_an_annotated_value_keeps_what_is_said_of_it(folder: Path) -> None:
    loaded = load_scenario("small.yaml")
    known = loaded.provenance["booking.no_show"]
    assert (known.value, known.range, known.basis) == (0.08, Range(0.05, 0.12), "assumption")
    assert known.note == dict.fromkeys(("en", "id"), "offices speak of one in twelve")
    assert known.where == ("small.yaml", 37)
    assert loaded.tree["booking"]["no_show"] == 0.08
    assert "booking.window" not in loaded.provenance


def test_a_note_may_stand_in_both_languages_and_a_range_may_be_a_handle(folder: Path) -> None:
    said = "{value: 0.08, range: {factor: [0.5, 1.5]}, note: {en: of twelve, id: dari dua belas}}"
    child = f"extends: small.yaml\nbooking: {{no_show: {said}}}\n"
    (folder / "child.yaml").write_text(child)
    known = load_scenario("child.yaml").provenance["booking.no_show"]
    assert known.note == {"en": "of twelve", "id": "dari dua belas"}
    assert known.range == Range(0.5, 1.5, "factor")
    assert known.basis == "assumption"


def test_what_is_said_of_a_value_does_not_change_the_digest(folder: Path) -> None:
    """So that a range that is added leaves stored results as they are."""
    (folder / "plain.yaml").write_text("extends: small.yaml\nbooking: {rebook: 0.6}\n")
    (folder / "ranged.yaml").write_text(
        "extends: small.yaml\nbooking: {rebook: {value: 0.6, range: [0.3, 0.9], note: {en: a, id: b}}}\n"
    )
    assert load_scenario("plain.yaml").digest == load_scenario("ranged.yaml").digest


def test_a_plain_override_in_a_child_keeps_nothing_of_the_parents_provenance(folder: Path) -> None:
    known = load_scenario("with_ukk.yaml").provenance["booking.no_show"]
    assert (known.basis, known.range, known.note, known.where) == ("scenario", None, None, ("with_ukk.yaml", 5))


def test_changing_part_of_an_annotated_map_keeps_the_basis_of_the_rest_only(folder: Path) -> None:
    (folder / "child.yaml").write_text("extends: small.yaml\nissue: {working_days: {3: 0.5, 4: 0.5}}\n")
    loaded = load_scenario("child.yaml")
    assert loaded.provenance["issue.working_days"].basis == "regulation"
    assert loaded.provenance["issue.working_days.3"].basis == "scenario"
    nearest = nearest_provenance(loaded.provenance, "need.segments.general.per_year")
    assert nearest is not None and nearest.basis == "derived"
    assert nearest_provenance(loaded.provenance, "booking.window") is None


def test_an_override_wins_over_every_file_and_is_recorded(folder: Path) -> None:
    overrides = [
        "need.segments.general.per_year=50000",
        "sites.ukk_oku.sessions.weekdays.quota.ordinary=30",
        "sites.ukk_oku.sessions.weekdays.days[1]=wed",
        "sites.ukk_oku.closed=2023-01-01",
        "need.level.2023={value: 1.2, basis: study, source: a paper}",
        "service.interview.mean=9 min",
    ]
    loaded = load_scenario("with_ukk.yaml", overrides)
    rule = loaded.model.sites["ukk_oku"].sessions["weekdays"]
    assert loaded.model.need.segments["general"].per_year == 50_000
    assert (rule.quota, rule.days) == ({"ordinary": 30}, ["mon", "wed"])
    assert str(loaded.model.sites["ukk_oku"].closed) == "2023-01-01"
    assert loaded.model.service.interview.describe() == "gamma, mean 9 min, cv 0.5"
    assert loaded.provenance["need.segments.general.per_year"].where[0] == "--set"
    assert loaded.provenance["need.level.2023"].basis == "study"


def test_paths_are_taken_from_the_file_that_names_them(folder: Path) -> None:
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "samples.csv").write_text("minutes\n3\n5\n")
    (folder / "scenarios" / "child.yaml").write_text(
        "extends: ../small.yaml\nservice: {document: {empirical: samples.csv, column: minutes, unit: min}}\n"
    )
    loaded = load_scenario("scenarios/child.yaml")
    assert loaded.model.data.roads == folder / "data" / "roads.csv"
    assert loaded.files["service.document.empirical"] == folder / "scenarios" / "samples.csv"
    assert loaded.tree["data"]["roads"] == "../data/roads.csv"
    assert loaded.model.service.document.describe() == "empirical of 2 values, mean 4 min, cv 0.25"


def test_the_tree_is_plain_data_without_provenance(folder: Path) -> None:
    tree = load_scenario("with_ukk.yaml").tree
    assert json.loads(json.dumps(tree, allow_nan=False)) == tree
    assert tree["period"]["from"] == "2022-01-01"
    assert "value" not in json.dumps(tree["issue"])


def digest_of(name: str = "with_ukk.yaml", overrides: tuple[str, ...] = ()) -> str:
    return load_scenario(name, overrides).digest


def test_the_digest_follows_values_and_file_contents_and_not_the_folder(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digest_of()
    assert digest_of() == before
    assert digest_of(overrides=("booking.no_show=0.07",)) != before
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "copy"
    shutil.copytree(folder, elsewhere)
    assert load_scenario(elsewhere / "with_ukk.yaml").digest == before
    roads = folder / "data" / "roads.csv"
    roads.write_text(roads.read_text().replace("190", "191"))
    assert digest_of() != before


def test_what_a_value_is_said_to_rest_on_does_not_change_the_digest(folder: Path) -> None:
    before = digest_of("small.yaml")
    text = (folder / "small.yaml").read_text()
    (folder / "small.yaml").write_text(text.replace("basis: derived", "basis: study"))
    assert digest_of("small.yaml") == before


def test_an_experiment_loads_with_its_scenarios(folder: Path) -> None:
    read = read_with_scenarios("impact.yaml", ["replications=20", "booking.no_show=0.01"])
    experiment, scenarios = read.experiment, read.scenarios
    assert experiment is not None and not read.errors
    assert (experiment.model.replications.minimum, experiment.model.replications.maximum) == (20, 20)
    assert list(scenarios) == ["small", "with_ukk"]
    assert {loaded.model.booking.no_show for loaded in scenarios.values()} == {0.01}


def test_the_keys_tell_an_experiment_from_a_scenario(folder: Path) -> None:
    kinds: list[Loaded[Any]] = [load_any("impact.yaml"), load_any("with_ukk.yaml")]
    assert [type(loaded.model) for loaded in kinds] == [Experiment, Scenario]
    assert load_experiment("impact.yaml").model.scenarios["small"] == folder / "small.yaml"


@given(st.lists(st.one_of(st.text(min_size=1), st.integers(0, 99)), min_size=1))
def test_a_path_reads_back_whatever_its_keys_hold(parts: list[str | int]) -> None:
    assert parse_path(format_path(tuple(parts))) == tuple(parts)
