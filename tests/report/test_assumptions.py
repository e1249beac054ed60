"""What a scenario may set, told in words in both languages: its key, its value, and the rule of sessions it is of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal, get_args, get_origin

import pytest

from sim.config.key_paths import fields_by_key, is_model, unwrap
from sim.config.schema import Scenario
from sim.config.texts import LANGUAGES
from sim.report.assumptions import SAY_WHAT_IT_IS, Labels, assumptions_of, in_words, with_several_rules
from sim.report.messages import Messages
from tests.report.report_cases import Experiment
from tests.report.told_cases import made_up

SESSIONS = "sites.ukk_oku.sessions"


def values_of(annotation: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the path of each value that a file may set, one entry for each map by name or number."""
    annotation = unwrap(annotation)
    if is_model(annotation):
        for key, info in fields_by_key(annotation).items():
            yield from values_of(info.annotation, (*path, key))
    elif get_origin(annotation) is dict:
        key, value = (unwrap(argument) for argument in get_args(annotation))
        name = get_args(key)[0] if get_origin(key) is Literal else "5" if key is int else "x"
        yield from values_of(value, (*path, name))
    else:
        yield ".".join(path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_that_a_scenario_may_set_has_a_label(language: str) -> None:
    label = Labels(Messages(language))
    paths = {path for path in values_of(Scenario) if path.split(".")[0] not in SAY_WHAT_IT_IS}
    assert len(paths) > 150
    assert {path for path in paths if label(path).casefold() == path.casefold()} == set()


@pytest.mark.parametrize(
    ("path", "english", "indonesian"),
    [
        (
            "programmes.van.brought_days.5",
            "VAN: share of books brought after 5 working days",
            "VAN: bagian buku yang dibawakan setelah 5 hari kerja",
        ),
        ("breaks.fri.from", "Midday breaks, Fri, from", "Istirahat siang, Jum, dari"),
        ("service.document.constant", "Document check, constant", "Pemeriksaan berkas, tetap"),
        ("service.document.odd_{0}", "Document check, odd {0}", "Pemeriksaan berkas, odd {0}"),
        ("programmes.si_bangkit.home", "Si Bangkit: home office", "Si Bangkit: kantor asal"),
        ("sites.ukk_oku.staff", "UKK OKU: officers", "UKK OKU: petugas"),
    ],
)
def test_a_part_of_a_map_is_told_by_the_map_and_its_key(path: str, english: str, indonesian: str) -> None:
    assert Labels(Messages("en"))(path) == english
    assert Labels(Messages("id"))(path) == indonesian


@pytest.mark.parametrize(
    ("path", "value", "english", "indonesian"),
    [
        (f"{SESSIONS}.june.from", "2023-06-01", "1 June 2023", "1 Juni 2023"),
        (
            "programmes.van.dates",
            '["2023-05-02", "2023-12-31"]',
            "2 May 2023; 31 December 2023",
            "2 Mei 2023; 31 Desem",
        ),
        ("sites.ukk_oku.electronic", "false", "no", "tidak"),
        ("programmes.van.handover", "brought", "brought to the place of the visit", "dibawa ke tempat kunjungan"),
        ("programmes.van.home", "kanim_muara_enim", "Kanim Muara Enim", "Kanim Muara Enim"),
        ("outages.cable.sites", '["ukk_oku", "ukk_far"]', "Baturaja; UKK FAR", "Baturaja; UKK FAR"),
        ("programmes.van.kind", "outreach", "mobile or weekend service", "layanan keliling atau akhir pekan"),
        ("programmes.van.kind", "canoe", "canoe", "canoe"),
        ("programmes.van.name", "always at home", "always at home", "always at home"),
        ("programmes.van.rotation.places", '["16.09.01"]', "16.09.01", "16.09.01"),
        ("data.regencies", "regencies_2023-01-01.csv", "regencies_2023-01-01.csv", "regencies_2023-01-01.csv"),
    ],
)
def test_values_are_told_in_the_words_of_the_language(path: str, value: str, english: str, indonesian: str) -> None:
    names = {"ukk_oku": "Baturaja"}
    assert Labels(Messages("en"), names).value(path, value) == english
    assert Labels(Messages("id"), names).value(path, value).startswith(indonesian)


def test_a_day_that_no_calendar_has_is_left_as_it_is() -> None:
    assert in_words("2023-02-31", Messages("en")) == "2023-02-31"


def test_the_rule_of_sessions_is_named_where_a_site_has_several(experiment: Experiment) -> None:
    told = made_up(experiment)
    assert with_several_rules([f"{SESSIONS}.june.to", f"{SESSIONS}.weekdays.quota", "sites.x.sessions.w.days"]) == {
        "ukk_oku"
    }
    frame = told.tables["assumptions.csv"]
    row = frame[frame["path"] == "sites.ukk_oku.staff"].iloc[0].to_dict()
    more = [
        row | {"path": f"{SESSIONS}.{rule}.counters.interview", "value": count}
        for rule, count in (("weekdays", "8"), ("june", "6"))
    ]
    with_rules = replace(told, tables={"assumptions.csv": type(frame)([*frame.to_dict("records"), *more])})
    for language, ends in (("en", ("weekdays", "june")), ("id", ("hari kerja", "june"))):
        rows = assumptions_of(with_rules, Messages(language)).rows
        labels = [row[0] for row in rows if row[0].startswith("UKK Ogan Komering Ulu (")]
        assert [label.partition("(")[2].partition(")")[0] for label in labels] == list(ends)
