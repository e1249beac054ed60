"""Bad input: where it is, what was found, what is allowed, the nearest name; all at once; never in pydantic's words."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.building.loading import load_any, load_scenario
from sim.config import checks
from sim.config.inheritance import FileCache
from sim.config.loader import load_experiment
from sim.errors import ConfigError, DataError, OutputError, Problem, SimError
from sim.preparing.ready import read_files

Refused = Callable[..., str]

RAW_PHRASES = ("Input should", "type=", "Value error", "pydantic", "cannot stand here")


def changed(folder: Path, old: str, new: str, name: str = "small.yaml") -> int:
    """Change a file and return the line of the change."""
    text = (folder / name).read_text()
    assert text.count(old) == 1, old
    (folder / name).write_text(text.replace(old, new))
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("quota: {", "quotas: {", "weekdays.quotas: unknown key; did you mean 'quota'?"),
        ("own_district: 6 km", "own_district: 6 min", "'min' is not a unit of distance"),
        ("window: 30 days", "window: 30", "booking.window: 30 has no unit; add one"),
        ("window: 30 days", "window: 12,5 h", "'12,5 h' is not a duration: decimals come after a point"),
        (
            "day_cv: 0.1",
            "day_cv: '0,1'",
            "need.day_cv: found '0,1'\n    allowed: a number, with a point before decimals",
        ),
        ("window: 30 days", "window: -30 days", "booking.window: '-30 days' is negative"),
        ("window: 30 days", "window: 30 km", "'km' is not a unit of duration"),
        ("rebook: 0.6", "rebook: 1.6", "booking.rebook: 1.6 is outside 0 to 1"),
        (
            "time_factor: {distribution: gamma, mean: 1, cv: 0.2}",
            "time_factor: {distribution: gamma, mean: 2, cv: 0.2}",
            "travel.time_factor: its mean is 2, and trips must take as long on average as the roads say",
        ),
        ("rebook: 0.6", "rebook: .nan", "booking.rebook: .nan is not a finite number"),
        ("circuity: 1.4", "circuity: nan", "roads.access.circuity: nan is not a number"),
        (
            "roads: data/roads.csv",
            "roads: data/raods.csv",
            "there is no file data/raods.csv; did you mean 'roads.csv'?",
        ),
        ("to: 2022-12-31", "to: 2021-12-31", "period: the end 2021-12-31 is before the start 2022-01-01"),
        ("to: 2022-12-31", "to: 2022-13-31", "'2022-13-31' is not a date"),
        ("name: small", "name: ../small", "name: the name '../small' holds '..'"),
        ("catchment: any", "catchment: working_are", "did you mean 'working_area'?"),
        (
            "catchment: any",
            "catchment: !!python/object/apply:os.system [ls]",
            "the tag !!python/object/apply:os.system",
        ),
        ("catchment: any", "catchment: !env HOME", "the tag !env is refused"),
        ("day_cv: 0.1", "day_cv: -0.1", "need.day_cv: found -0.1\n    allowed: at least 0"),
        ("day_cv: 0.1", "day_cv: much", "need.day_cv: found 'much'\n    allowed: a number"),
        ("ordinary: 120", "ordinary: 1.200", "found 1.2\n    allowed: a whole number in digits alone"),
        ("{ordinary: 120", "{ordinary: 1,200", "a comma in braces ends a value, so that '200' became a key"),
        ("ordinary: 120", "ordinary: 12.5", "quota.ordinary: found 12.5\n    allowed: a whole number"),
        ("ordinary: 120", "ordinary: -1", "quota.ordinary: found -1\n    allowed: at least 0"),
        ("days: [mon, tue, wed, thu, fri]", "days: [mon, tues]", "days[1]: found 'tues'; did you mean 'tue'?"),
        ("days: [mon, tue, wed, thu, fri]", "days: [Senin]", "days[0]: found 'Senin'; did you mean 'mon'?"),
        ("days: [mon, tue, wed, thu, fri]", "days: [minggu]", "days[0]: found 'minggu'; did you mean 'sun'?"),
        ("days: [mon, tue, wed, thu, fri]", "days: [wednesday]", "found 'wednesday'; did you mean 'wed'?"),
        ("ordinary: 120", "ordinary: '120'", "found '120', a text\n    allowed: the same without quotes: 120"),
        ("quota: {ordinary: 120, priority: 20}", "quota: 120", "allowed: a map, such as {ordinary: 20, priority: 5}"),
        ("days: [mon, tue, wed, thu, fri]", "days: mon", "found 'mon'\n    allowed: a list"),
        ("days: [mon, tue, wed, thu, fri]", "days: []", "holds 0\n    allowed: at least 1 entry"),
        ("days: [mon", "suspended: []\n        days: [mon", "holds 0\n    allowed: at least 1 entry; null for none"),
        (
            "days: [mon",
            "suspended: 2022-04-01\n        days: [mon",
            "a list, such as [{from: 2023-04-03, to: 2023-04-21}]",
        ),
        (
            "days: [mon",
            "suspended: [2022-04-01]\n        days: [mon",
            "suspended[0]: found '2022-04-01'\n    allowed: a map, ",
        ),
        ("position: {lat: -2.98, lon: 104.75}", "position: {lat: -2.98}", "position.lon: is missing"),
        ("position: {lat: -2.98, lon: 104.75}", "position: here", "position: found 'here'\n    allowed: a map"),
        ("{1: 0.6, 2: 0.4}", "{1: 0.6, two: 0.4}", "party_size.two: found 'two'\n    allowed: a whole number"),
        ("{2022: 1.0, 2022-03: 0.8}", "{2022: 1.0, 2022-13: 0.8}", "'2022-13' is not a year or month"),
        ("mean: 4 min", "maen: 4 min", "service.document.maen: unknown key; did you mean 'mean'?"),
        ("{distribution: gamma, mean: 4 min", "{distribution: gama, mean: 4 min", "did you mean 'gamma'?"),
        ("basis: derived", "basis: guess", "per_year.basis: 'guess' is not a basis"),
        ("[30000, 60000]", "[60000, 30000]", "the range begins at 60000 and ends below it"),
        ("[30000, 60000]", "[50000, 60000]", "40000 is outside its own range [50000, 60000]"),
        ("[30000, 60000]", "['1 h', '2 h']", "is not of the kind of 40000"),
        ("[30000, 60000]", "[-5, 60000]", "the end -5 of its range cannot stand there: found -5"),
        ("[30000, 60000]", "30000", "30000 is not a range"),
        ("[30000, 60000]", "{factr: [0.5, 2]}", "'factr' is not a handle of a range; did you mean 'factor'?"),
        ("[30000, 60000]", "{factor: [0.5]}", "a list is not a range"),
        ("[30000, 60000]", "{factor: [1.2, 2]}", "the range factor: [1.2, 2] leaves out the value itself, at 1"),
        ("[30000, 60000]", "{factor: [2, 0.5]}", "the range factor: [2, 0.5] ends below where it begins"),
        ("[30000, 60000]", "{factor: [-1, 2]}", "the range factor: [-1, 2]: -1 is not above 0"),
        ("[30000, 60000]", "{mean: [1, 2]}", "the range mean: [1, 2]: a mean does not suit 40000"),
        ("[30000, 60000]", "{contrast: [0.5, 2]}", "the range contrast: [0.5, 2]: a contrast does not suit 40000"),
        ("[30000, 60000]", "{end: [0 min, 1 h]}", "the range end: [0 min, 1 h]: an end does not suit 40000"),
        ("{1: 0.6, 2: 0.4}", "{value: {1: 0.6, 2: 0.4}, range: {mean: [1.2, 2.5]}}", "have the mean 2.5"),
        (
            "quota: {ordinary: 120, priority: 20}",
            "quota: {value: {ordinary: 120}, range: {factor: [1, 9999]}}",
            "1199880",
        ),
        (
            "intake: {from: 08:00, to: 15:00}",
            "intake: {value: {from: '08:00', to: '15:00'}, range: {end: [-8 h, 0 min]}}",
            "the end -8 h of its range cannot stand there",
        ),
        (
            "position: {lat: -2.98, lon: 104.75}",
            "position: {value: {lat: -2.98, lon: 104.75}, range: [{lat: -2, lon: 104}, {lat: -95, lon: 104}]}",
            "position: the second end of its range cannot stand there: found -95",
        ),
        ("range: [30000, 60000]", "note: {en: only this}", "a map is not a text"),
        ("basis: derived", "bases: derived", "per_year.bases: unknown key; did you mean 'basis'?"),
        ("{value: 40000, range", "{valeu: 40000, range", "the key 'value' is missing (it has 'valeu')"),
        ("name: small", "name: small\n'a\"] b': 1", "unknown key"),
        ("name: small", "name: small\n<<: {title: x}", "the merge key << is refused"),
    ],
)
def test_each_fault_is_told_with_file_line_and_key(
    folder: Path, refused: Refused, old: str, new: str, words: str
) -> None:
    line = changed(folder, old, new)
    text = refused(load_scenario, "small.yaml")
    assert words in text
    assert text.startswith((f"small.yaml:{line}: ", f"small.yaml:{line + 1}: "))
    assert len([row for row in text.splitlines() if row.startswith("small.yaml")]) == 1
    assert not any(phrase in text for phrase in RAW_PHRASES)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "counters: {document: 3, interview: 6, collection: 2}",
            "counters: {interview: 6}",
            "weekdays: a quota of 140",
        ),
        ("{1: 0.6, 2: 0.4}", "{1: 0.6, 2: 0.3}", "the shares must add up to 1, they add up to 0.9"),
        ("{1: 0.6, 2: 0.4}", "{0: 0.6, 2: 0.4}", "party_size: a party of 0 people cannot be"),
        ("{1: 0.6, 2: 0.4}", "{1: 0.6, 2: 0.4}\n      group_size: {0: 1}", "group_size: a group of 0 people cannot be"),
        (
            "intake: {from: 08:00, to: 15:00}",
            "intake: {from: 15:00, to: 08:00}",
            "intake: the end is not after the start",
        ),
        (
            "value_of_time: {distribution: lognorm, mean: Rp 20000, cv: 0.5}",
            "value_of_time: {distribution: lognorm, s: 8, scale: Rp 300000}",
            "a draw may be as large as 1.0e+34, more than can be counted",
        ),
        ("road_node: palembang", "road_node: palembang\n    referral: 0.1", "referral without a parent"),
        ("window: 30 days", "window: 30 min", "booking: the window, 30 min, is no longer than the notice, 12 h"),
    ],
)
def test_parts_that_do_not_go_together_are_told_at_the_section(
    folder: Path, refused: Refused, old: str, new: str, words: str
) -> None:
    line = changed(folder, old, new)
    text = refused(load_scenario, "small.yaml")
    assert words in text
    assert line - 6 <= int(text.split(":")[1]) <= line


PROGRAMME = """\
programmes:
  market:
    {name: Market, kind: mobile, home: kanim_palembang, intake: {from: 08:00, to: 12:00}, seats_every: 30 min,
     quota: {ordinary: 9}, counters: {document: 1, interview: 1}, handover: home,
     rotation: {days: [wed], places: ["2.01", 2.10]}}
"""


def test_a_code_without_quotes_is_told_to_need_them(folder: Path, refused: Refused) -> None:
    (folder / "plan.yaml").write_text(f"extends: small.yaml\n{PROGRAMME}")
    words = "allowed: the code in quotes, such as '16.10': without them it is a number, and its last zero is lost"
    assert refused(load_scenario, "plan.yaml") == (
        f"plan.yaml:6: programmes.market.rotation.places[1]: found 2.1\n    {words}"
    )
    (folder / "plan.yaml").write_text(
        "extends: small.yaml\n" + PROGRAMME.replace("rotation:", "visits: [{date: 2022-03-01, place: 2}], rotation:")
    )
    assert f"visits[0].place: found 2\n    {words}" in refused(load_scenario, "plan.yaml")


@pytest.mark.parametrize("value", ["2023", "16.10", "true"])
def test_another_text_that_yaml_takes_for_something_else_is_told_to_need_quotes(
    folder: Path, refused: Refused, value: str
) -> None:
    told = refused(load_scenario, "small.yaml", [f"sites.kanim_palembang.name={value}"])
    assert told.startswith("--set: sites.kanim_palembang.name: found ") and told.endswith("allowed: a text, in quotes")


def test_all_faults_of_a_file_and_its_parents_are_told_at_once(
    folder: Path, refused: Refused, findings: list[checks.Finding]
) -> None:
    changed(folder, "window: 30 days", "window: 30")
    changed(folder, "rebook: 0.6", "rebook: 7")
    changed(folder, "speed: 20 km/h", "spede: 20 km/h")
    changed(folder, "quota: {ordinary: 20}", "quotas: {ordinary: 20}", "with_ukk.yaml")
    findings.append(checks.Finding("need.default_channel", "there is no channel 'ordinary'"))
    text = refused(load_scenario, "with_ukk.yaml", ["need.day_cvv=1"])
    assert [row.split(": ")[:2] for row in text.splitlines() if not row.startswith(" ")] == [
        ["--set", "need.day_cvv"],
        ["small.yaml:13", "roads.access.spede"],
        ["small.yaml:32", "booking.window"],
        ["small.yaml:38", "booking.rebook"],
        ["small.yaml:60", "need.default_channel"],
        ["with_ukk.yaml:20", "sites.ukk_oku.sessions.weekdays.quotas"],
    ]


def test_checks_across_sections_see_the_valid_sections_when_others_fail(
    folder: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, object] = {}

    def look(sections: dict[str, object]) -> list[checks.Finding]:
        seen.update(sections)
        return []

    monkeypatch.setattr(checks, "cross_checks", look)
    changed(folder, "rebook: 0.6", "rebook: 7")
    refused(load_scenario, "small.yaml")
    assert "booking" not in seen
    assert {"sites", "need", "channels", "data"} <= set(seen)


def test_broken_yaml_names_the_line(folder: Path, refused: Refused) -> None:
    line = changed(folder, "  notice: 12 h", "  notice: 12 h: 3")
    assert refused(load_scenario, "small.yaml").startswith(f"small.yaml:{line}: is not YAML: ")


def test_a_broken_parent_is_named_and_its_absence_is_not_held_against_the_child(folder: Path, refused: Refused) -> None:
    line = changed(folder, "  notice: 12 h", "  notice: 12 h: 3")
    changed(folder, "no_show: 0.06", "no_show: 6", "with_ukk.yaml")
    text = refused(load_scenario, "with_ukk.yaml")
    assert f"small.yaml:{line}: is not YAML" in text
    assert "with_ukk.yaml:5: booking.no_show: 6 is outside 0 to 1" in text
    assert "missing" not in text


def test_a_duplicate_key_names_both_lines(folder: Path, refused: Refused) -> None:
    line = changed(folder, "  rebook: 0.6", "  rebook: 0.6\n  rebook: 0.7")
    text = refused(load_scenario, "small.yaml")
    assert text.startswith(f"small.yaml:{line + 1}: booking.rebook: the key stands twice, first on line {line}")


def test_the_same_year_as_number_and_as_text_is_a_duplicate(folder: Path, refused: Refused) -> None:
    changed(folder, "{2022: 1.0, 2022-03: 0.8}", "{2022: 1.0, '2022': 0.8}")
    assert "need.level.2022: the key stands twice" in refused(load_scenario, "small.yaml")


def test_a_file_that_extends_itself_is_refused(folder: Path, refused: Refused) -> None:
    (folder / "self.yaml").write_text("name: x\nextends: self.yaml\n")
    assert refused(load_scenario, "self.yaml") == "self.yaml:2: extends: the file extends itself"


def test_a_longer_circle_names_the_chain(folder: Path, refused: Refused) -> None:
    for name, target in (("a", "b"), ("b", "c"), ("c", "a")):
        (folder / f"{name}.yaml").write_text(f"extends: {target}.yaml\n")
    text = refused(load_scenario, "a.yaml")
    assert text == ("c.yaml:1: extends: the files extend each other in a circle: a.yaml -> b.yaml -> c.yaml -> a.yaml")


def test_a_missing_parent_names_who_extends_it(folder: Path, refused: Refused) -> None:
    changed(folder, "extends: small.yaml", "extends: smal.yaml", "with_ukk.yaml")
    text = refused(load_scenario, "with_ukk.yaml")
    assert text == "with_ukk.yaml:1: extends: there is no file smal.yaml; did you mean 'small.yaml'?"


def test_a_base_of_another_folder_is_told_where_one_of_its_name_stands(
    folder: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = folder / "configs" / "scenarios"
    inside.mkdir(parents=True)
    (inside / "base.yaml").write_text((folder / "small.yaml").read_text())
    (folder / "mine").mkdir()
    (folder / "mine" / "mine.yaml").write_text("extends: base.yaml\nname: mine\n")
    monkeypatch.chdir(folder)
    assert f"one of that name is {inside / 'base.yaml'}" in refused(load_scenario, "mine/mine.yaml")


@pytest.mark.parametrize("written", ["closed", "shut"])
def test_days_without_sessions_are_called_suspended_whatever_people_call_them(
    folder: Path, refused: Refused, written: str
) -> None:
    changed(folder, "quota: {", f"{written}: [{{from: 2023-05-01, to: 2023-05-31}}]\n        quota: {{")
    assert f"weekdays.{written}: unknown key; did you mean 'suspended'?" in refused(load_scenario, "small.yaml")


@pytest.mark.parametrize("content", ["", "# nothing\n", "- a list\n", "text\n"])
def test_a_file_that_is_no_map_is_refused(folder: Path, refused: Refused, content: str) -> None:
    (folder / "odd.yaml").write_text(content)
    assert "allowed: a configuration in YAML: keys, each with a colon and its value" in refused(load_any, "odd.yaml")


def test_missing_binary_and_hostile_files_are_refused_in_plain_words(folder: Path, refused: Refused) -> None:
    assert "did you mean 'small.yaml'?" in refused(load_scenario, "smal.yaml")
    (folder / "binary.yaml").write_bytes(b"\xff\xfe\x00name: x")
    assert "binary.yaml: the file is UTF-16 and not UTF-8 text" in refused(load_scenario, "binary.yaml")
    (folder / "control.yaml").write_text("name: a\x07b")
    assert "is not YAML" in refused(load_scenario, "control.yaml")
    (folder / "deep.yaml").write_text("a: " + "[" * 20_000)
    assert "deep.yaml" in refused(load_scenario, "deep.yaml")
    (folder / "loop.yaml").write_text("a: &a [*a]\n")
    assert "an alias that holds itself" in refused(load_scenario, "loop.yaml")
    laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefg", "bcdefgh", strict=True)
    )
    (folder / "laughs.yaml").write_text(laughs)
    assert "its aliases unfold into too much" in refused(load_scenario, "laughs.yaml")
    assert "data: is a folder" in refused(load_scenario, "data")


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("need.segments.generl.per_year=5", "need.segments has no 'generl'; did you mean 'general'?"),
        ("need.segments.general.per_yaer=5", "has no 'per_yaer'; did you mean 'per_year'?"),
        ("sites.ukk_okus.opened=2022-01-01", "sites has no 'ukk_okus'; did you mean 'ukk_oku'?"),
        ("sites.ukk_oku.sessions.weekdays.days[7]=fri", "has 2 entries, from [0]"),
        ("sites.ukk_oku.sessions.weekdays.quota.ordinery=3", "did you mean 'ordinary'?"),
        ("booking.window.days=3", "booking.window is '30 days', which has no 'days'"),
        ("booking.window=3", "booking.window: 3 has no unit"),
        ("booking.window", "has no '='"),
        ("booking.window=", "booking.window: has no value\n    allowed: a value after the '=', or booking.window=null"),
        ("sites.ukk_oku.staff= ", "sites.ukk_oku.staff: has no value"),
        ("sites.ukk_oku.road_node=batu raja", "'batu raja'; did you mean 'baturaja'?"),
        ("booking..window=3", "is not a path"),
        ("need.segments.general.per_year=46.512", "found 46.512\n    allowed: a whole number in digits alone"),
        ("need.segments.general.per_year={value: 12,5}", "a comma in braces ends a value, so that '5' became a key"),
        ("booking.rebook=.nan", "is not a finite number"),
        ("booking.rebook={a: 1", "is not YAML"),
    ],
)
def test_a_wrong_override_is_told_like_a_wrong_file(folder: Path, refused: Refused, override: str, words: str) -> None:
    text = refused(load_scenario, "with_ukk.yaml", [override])
    assert text.startswith("--set: ")
    assert words in text


def test_what_a_section_refuses_is_told_at_what_the_command_line_sets_of_it(folder: Path, refused: Refused) -> None:
    text = refused(load_scenario, "with_ukk.yaml", ["sites.ukk_oku.opened=2023-01-01", "period.to=2021-01-01"])
    assert text.startswith("--set period.to: period: the end 2021-01-01 is before the start")
    text = refused(
        load_scenario, "with_ukk.yaml", ["period={from: 2022-01-01, to: 2021-01-01, warm_up: 7 days, run_out: 7 days}"]
    )
    assert text.startswith("--set: period: the end 2021-01-01 is before the start")
    (folder / "backwards.yaml").write_text("extends: with_ukk.yaml\nperiod: {from: 2022-01-01, to: 2021-01-01}\n")
    text = refused(load_scenario, "backwards.yaml", ["period.warm_up=8 days"])
    assert text.startswith("backwards.yaml:2: period: the end 2021-01-01"), "what is set is not what is wrong"


ODD_VALUES = [
    "null",
    "[]",
    "{}",
    "x",
    "-1",
    "1e300",
    "true",
    "[[1]]",
    "{a: {b: c}}",
    "''",
    "99999999999999999999",
    "2022-01-01",
]


def test_no_odd_value_anywhere_gets_past_plain_words(folder: Path) -> None:
    files = FileCache()
    base = load_scenario("small.yaml", files=files)
    rng = random.Random(1)
    for path in base.where:
        for value in rng.sample(ODD_VALUES, 2):
            if path:
                try:
                    load_scenario("small.yaml", [f"{path}={value}"], files=files)
                except ConfigError as error:
                    assert not any(phrase in str(error) for phrase in RAW_PHRASES), error


def test_an_experiment_names_scenarios_that_do_not_exist(folder: Path, refused: Refused) -> None:
    line = changed(folder, "with_ukk: with_ukk.yaml", "with_ukk: with_uk.yaml", "impact.yaml")
    text = refused(load_experiment, "impact.yaml")
    assert text == (
        f"impact.yaml:{line}: scenarios.with_ukk: there is no file with_uk.yaml; did you mean 'with_ukk.yaml'?"
    )


def test_an_experiments_own_rules_are_told_in_its_file(folder: Path, refused: Refused) -> None:
    changed(folder, "baseline: small", "baseline: smal", "impact.yaml")
    assert "baseline: no scenario is named 'smal'" in refused(load_experiment, "impact.yaml")
    changed(folder, "replications: 10", "replications: 1", "impact.yaml")
    assert "impact.yaml:5: replications: found 1\n    allowed: at least 2" in refused(load_experiment, "impact.yaml")


def test_faults_in_several_scenarios_of_an_experiment_are_told_together(folder: Path, refused: Refused) -> None:
    changed(folder, "window: 30 days", "window: 30")
    changed(folder, "no_show: 0.06", "no_show: 6", "with_ukk.yaml")
    text = refused(read_files, "impact.yaml", ())
    assert text.count("small.yaml:32: booking.window") == 1
    assert "with_ukk.yaml:5: booking.no_show" in text


def test_errors_are_the_builtins_they_stand_for_and_survive_the_way_to_a_worker() -> None:
    error = ConfigError([Problem("b", "x.yaml", 9), Problem("a", "x.yaml", 2), Problem("a", "x.yaml", 2)])
    assert isinstance(error, ValueError) and isinstance(error, SimError)
    assert str(error) == "x.yaml:2: a\nx.yaml:9: b"
    assert pickle.loads(pickle.dumps(error)).problems == error.problems
    table = DataError.at("roads.csv", 7, "distance_km", "'nan' is not a number", allowed="kilometres above 0")
    assert str(table) == "roads.csv:7: column 'distance_km': 'nan' is not a number\n    allowed: kilometres above 0"
    assert len(ConfigError.merge([error, table]).problems) == 3
    assert isinstance(OutputError("the folder cannot be written"), OSError)


@pytest.mark.parametrize(("bad", "told"), [(0, "first"), (1, "second")])
def test_the_end_that_is_wrong_is_named_however_often_the_same_is_read(
    folder: Path, refused: Refused, bad: int, told: str
) -> None:
    ends = ["{lat: -2, lon: 104}", "{lat: -2, lon: 104}"]
    ends[bad] = "{lat: -95, lon: 104}"
    old = "position: {lat: -2.98, lon: 104.75}"
    changed(folder, old, f"position: {{value: {{lat: -2.98, lon: 104.75}}, range: [{', '.join(ends)}]}}")
    for _ in range(2):
        assert f"the {told} end of its range cannot stand there: found -95" in refused(load_scenario, "small.yaml")


def test_an_end_that_suits_one_section_is_still_refused_in_another(folder: Path, refused: Refused) -> None:
    """The same range of the same value, beside another start of intake."""
    changed(
        folder,
        "intake: {from: 08:00, to: 15:00}",
        "intake: {value: {from: 08:00, to: 15:00}, range: {end: [-2 h, 0 min]}}",
    )
    load_scenario("small.yaml")
    changed(folder, "value: {from: 08:00, to: 15:00}", "value: {from: 13:30, to: 15:00}")
    assert "the end -2 h of its range cannot stand there" in refused(load_scenario, "small.yaml")


def test_a_missing_file_is_likened_to_files_of_its_kind_alone(folder: Path, refused: Refused) -> None:
    (folder / "data" / "raods.yaml").write_text("name: x\n")
    changed(folder, "roads: data/roads.csv", "roads: data/raods.csv")
    assert "did you mean 'roads.csv'?" in refused(load_scenario, "small.yaml")


def test_a_list_where_a_map_is_wanted_is_not_shown_a_list(folder: Path, refused: Refused) -> None:
    (folder / "child.yaml").write_text("extends: small.yaml\nname: child\nsites: [kanim_palembang]\n")
    assert refused(load_scenario, "child.yaml").endswith("sites: found a list\n    allowed: a map")
