"""A name that is not there: an entry that a file, or ``--set``, meant to change under another name than it has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.building.loading import load_scenario
from sim.config.rejection import spellings

Refused = Callable[..., str]

SITE = "a new site needs name, kind, road_node, position and sessions"


def extending(folder: Path, text: str, of: str = "with_ukk.yaml", name: str = "plan.yaml") -> str:
    """Write a scenario of which ``text`` begins on line 4, and return its name."""
    (folder / name).write_text(f"extends: {of}\nname: plan\ntitle: A plan\n{text}\n")
    return name


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "sites: {kanim_palembnag: {staff: 30}}",
            "sites.kanim_palembnag: there is no site 'kanim_palembnag' in what this file extends; "
            f"did you mean 'kanim_palembang'?\n    allowed: {SITE}",
        ),
        (
            "sites: {Kanim Palembang: {staff: 30}}",
            "sites[\"Kanim Palembang\"]: there is no site 'Kanim Palembang' in what this file extends; "
            f"did you mean 'kanim_palembang'?\n    allowed: {SITE}",
        ),
        (
            "sites: {UKK Baturaja: {staff: 30}}",
            "sites[\"UKK Baturaja\"]: there is no site 'UKK Baturaja' in what this file extends; "
            f"did you mean 'ukk_oku'?\n    allowed: {SITE}",
        ),
        (
            "sites: {ukk_okuu: {sessions: {weekdays: {quota: {ordinary: 3}}}}}",
            "sites.ukk_okuu: there is no site 'ukk_okuu' in what this file extends; "
            f"did you mean 'ukk_oku'?\n    allowed: {SITE}",
        ),
        (
            "sites: {ukk_oku: {sessions: {weekday: {quota: {ordinary: 3}}}}}",
            "sites.ukk_oku.sessions.weekday: there is no rule of sessions 'weekday' in what this file extends; "
            "did you mean 'weekdays'?\n"
            "    allowed: a new rule of sessions needs days, intake, seats_every, quota and counters",
        ),
        (
            "need: {segments: {hajj: {per_year: 1000}}}",
            "need.segments.hajj: there is no segment 'hajj' in what this file extends\n    allowed: one of general; "
            "a new segment needs per_year, weight, party_size, replacement, electronic and worth",
        ),
        (
            "channels: {ordinry: {also_books: priority}}",
            "channels.ordinry: there is no channel 'ordinry' in what this file extends; "
            "did you mean 'ordinary'?\n    allowed: a new channel needs queue_class",
        ),
    ],
)
def test_a_name_that_is_not_in_what_a_file_extends_is_one_error_with_the_nearest(
    folder: Path, refused: Refused, text: str, told: str
) -> None:
    assert refused(load_scenario, extending(folder, text)) == f"plan.yaml:4: {told}"


def test_a_channel_that_nobody_comes_by_is_a_wrong_name_even_where_it_lacks_nothing(
    folder: Path, refused: Refused
) -> None:
    told = refused(load_scenario, extending(folder, "channels: {ordinery: {queue_class: 3}}"))
    assert told == (
        "plan.yaml:4: channels.ordinery: nobody comes by the channel 'ordinery': no segment and no quota names it; "
        "did you mean 'ordinary'?"
    )
    told = refused(load_scenario, extending(folder, "channels: {walk_in: {queue_class: 3}}"))
    assert told.endswith("no segment and no quota names it\n    allowed: a channel that one of them names")
    for used in (
        "channels: {walk_in: {queue_class: 3}}\nneed: {segments: {general: {channels: {walk_in: 0.1}}}}",
        "channels: {walk_in: {queue_class: 3}, priority: {also_books: walk_in}}",
    ):
        assert "walk_in" in load_scenario(extending(folder, used)).model.channels


def test_programmes_and_outages_are_looked_for_by_name_too(folder: Path, refused: Refused) -> None:
    base = (
        "outages: {cable: {affects: [intake], from: 2022-06-01, to: 2022-06-02}}\nprogrammes:\n"
        "  market: {name: Market, kind: mobile, home: kanim_palembang, days: [sat], intake: {from: 08:00, to: 12:00},\n"
        "    seats_every: 30 min, quota: {ordinary: 9}, counters: {document: 1, interview: 1}, handover: home}"
    )
    extending(folder, base, name="base.yaml")
    text = "outages: {cabel: {enabled: false}}\nprogrammes: {markt: {enabled: false}}"
    found = refused(load_scenario, extending(folder, text, of="base.yaml"))
    assert "plan.yaml:4: outages.cabel: there is no outage 'cabel'" in found and "did you mean 'cable'?" in found
    assert "plan.yaml:5: programmes.markt: there is no programme 'markt'" in found and "mean 'market'?" in found
    assert "is missing" not in found


def test_the_file_in_the_middle_that_has_the_wrong_name_is_the_one_told(folder: Path, refused: Refused) -> None:
    extending(folder, "sites: {ukk_okuu: {staff: 9}}", name="middle.yaml")
    told = refused(load_scenario, extending(folder, "sites: {ukk_okuu: {electronic: false}}", of="middle.yaml"))
    assert (
        told.startswith("plan.yaml:4: sites.ukk_okuu: there is no site 'ukk_okuu'")
        and "did you mean 'ukk_oku'?" in told
    )


def test_other_faults_of_an_entry_under_a_wrong_name_are_told_beside_it(folder: Path, refused: Refused) -> None:
    told = refused(load_scenario, extending(folder, "sites: {ukk_okuu: {staff: -1}}"))
    assert "there is no site 'ukk_okuu'" in told and "sites.ukk_okuu.staff: found -1" in told


def test_a_new_entry_that_lacks_a_key_or_two_is_told_what_it_lacks(folder: Path, refused: Refused) -> None:
    entry = (folder / "with_ukk.yaml").read_text().partition("  ukk_oku:\n")[2]
    text = "sites:\n  ukk_lahat:\n" + entry.replace("    road_node: baturaja\n", "")
    told = refused(load_scenario, extending(folder, text))
    assert told == "plan.yaml:5: sites.ukk_lahat.road_node: is missing\n    allowed: Its node of the road network"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("suspended: [{from: 2023-04-03}]", "suspended[0].to: is missing allowed: Last date, such as to: 2022-07-25"),
        (
            "suspended: [{to: 2023-04-03}]",
            "suspended[0].from: is missing allowed: First date, such as from: 2022-07-25",
        ),
    ],
)
def test_what_is_missing_is_told_with_an_example(folder: Path, refused: Refused, words: str, told: str) -> None:
    text = f"sites: {{kanim_palembang: {{sessions: {{weekdays: {{{words}}}}}}}}}\n"
    found = " ".join(refused(load_scenario, extending(folder, text)).split())
    assert told in found


def test_a_window_without_an_end_is_not_told_to_end_where_it_begins(folder: Path, refused: Refused) -> None:
    (folder / "small.yaml").write_text((folder / "small.yaml").read_text().replace(", to: 15:00}", "}", 1))
    assert 'is missing\n    allowed: such as to: "16:00"' in refused(load_scenario, "small.yaml")


def test_an_entry_that_lacks_much_in_a_file_that_extends_nothing_is_told_each_key(
    folder: Path, refused: Refused
) -> None:
    (folder / "small.yaml").write_text((folder / "small.yaml").read_text() + "  ukk_new: {name: New}\n")
    told = refused(load_scenario, "small.yaml")
    assert told.count("is missing") == 4 and "there is no" not in told


def test_where_there_is_nothing_to_change_a_new_entry_is_told_what_it_lacks(folder: Path, refused: Refused) -> None:
    told = refused(load_scenario, extending(folder, "outages: {cable: {enabled: true}}"))
    assert told.startswith("plan.yaml:4: outages.cable.affects: is missing")


def test_a_map_given_to_set_that_replaces_an_entry_is_told_how_to_change_one_key(
    folder: Path, refused: Refused
) -> None:
    assert refused(load_scenario, "with_ukk.yaml", ["sites.ukk_oku={staff: 9}"]) == (
        "--set: sites.ukk_oku: a map replaces the whole of what stood there, and this one lacks name, kind, road_node, "
        "position and sessions\n    allowed: one key: sites.ukk_oku.staff=..."
    )


def test_set_names_the_nearest_entry_however_deep(folder: Path, refused: Refused) -> None:
    for override in ("sites.ukk_okuu.staff=9", "sites.ukk_okuu={staff: 9}", 'sites["UKK OKU"].staff=9'):
        told = refused(load_scenario, "with_ukk.yaml", [override])
        assert told.startswith("--set: sites") and "did you mean 'ukk_oku'?" in told and "is missing" not in told


@pytest.mark.parametrize(
    ("override", "told"),
    [
        (
            "sites.ukk_oku.quota=30",
            "sites.ukk_oku has no 'quota'; did you mean 'sites.ukk_oku.sessions.weekdays.quota'?",
        ),
        (
            "sites.ukk_oku.quota.ordinary=30",
            "sites.ukk_oku has no 'quota'; did you mean 'sites.ukk_oku.sessions.weekdays.quota.ordinary'?",
        ),
        (
            "sites.ukk_oku.interview=3",
            "sites.ukk_oku has no 'interview'; did you mean 'sites.ukk_oku.sessions.weekdays.counters.interview'?",
        ),
        # Allowed there, though no file gives it.
        ("sites.ukk_oku.nights=1", "did you mean 'sites.ukk_oku.sessions.weekdays.nights'?"),
        ("no_show=0.1", "the file has no 'no_show'; did you mean 'booking.no_show'?"),
        ("staff=3", "the file has no 'staff'\n    allowed: sites.kanim_palembang.staff, sites.ukk_oku.staff"),
        ("sites.mean=3", "sites has no 'mean'\n    allowed: kanim_palembang, ukk_oku"),
    ],
)
def test_a_key_that_stands_further_inside_is_told_with_its_place(
    folder: Path, refused: Refused, override: str, told: str
) -> None:
    assert refused(load_scenario, "with_ukk.yaml", [override]).endswith(told)


def test_of_many_places_of_a_key_three_are_named(folder: Path, refused: Refused) -> None:
    told = refused(load_scenario, "with_ukk.yaml", ["mean=3"])
    assert "allowed: travel.time_factor.mean, choice.value_of_time.mean, " in told and " more such places" in told


def test_of_many_places_names_are_left_open_so_that_each_kind_is_told_once(folder: Path, refused: Refused) -> None:
    rules = ", ".join(f"r{k}: {{days: [mon], quota: {{ordinary: 1}}}}" for k in range(4))
    file = extending(folder, f"sites: {{ukk_oku: {{sessions: {{{rules}}}}}}}")
    told = refused(load_scenario, file, ["quota=3"])
    assert told.splitlines()[1].startswith("    allowed: sites.NAME.sessions.NAME.quota")


def test_a_wrong_map_of_ones_own_is_no_place_for_a_key(folder: Path, refused: Refused) -> None:
    told = refused(load_scenario, extending(folder, "choise: {patience: 3 days}\npatience: 3 days"))
    assert "did you mean 'booking.patience'?" in told
    assert "choise.patience" not in told


def test_an_unknown_key_of_an_entry_under_a_wrong_name_is_not_told_beside_it(folder: Path, refused: Refused) -> None:
    told = refused(load_scenario, extending(folder, "sites: {ukk_okk: {staff: 4, zzz: 4}}"))
    assert "there is no site 'ukk_okk'" in told and "zzz" not in told
    assert len(told.splitlines()) == 2


def test_a_file_is_told_where_a_key_belongs_too(folder: Path, refused: Refused) -> None:
    told = refused(load_scenario, extending(folder, "sites: {ukk_oku: {quota: {ordinary: 30}}}"))
    assert told == (
        "plan.yaml:4: sites.ukk_oku.quota: unknown key; did you mean 'sites.ukk_oku.sessions.weekdays.quota'?"
    )


def test_a_few_keys_alone_are_told_to_want_the_scenario_that_they_change(folder: Path, refused: Refused) -> None:
    (folder / "mine.yaml").write_text("name: mine\nsites: {kanim_palembang: {name: Ours}}\n")
    told = refused(load_scenario, "mine.yaml")
    assert told.startswith("mine.yaml:1: 13 sections of a scenario are missing: title, period, data, ")
    assert "such as extends: with_ukk.yaml" in told.splitlines()[1]
    whole = (folder / "small.yaml").read_text()
    (folder / "less.yaml").write_text("\n".join(line for line in whole.split("\n") if not line.startswith("title")))
    assert "title: is missing" in refused(load_scenario, "less.yaml")


def test_a_regency_is_known_by_the_initials_of_its_first_words() -> None:
    known = spellings("Ogan Komering Ulu Selatan")
    assert {"ogankomeringuluselatan", "okuselatan", "okus"} <= known
    assert "oku" not in known and "selatan" not in known
