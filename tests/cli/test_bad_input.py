"""Bad input: check and run both refuse it, at its file and line, in plain words, and nothing is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.cases import call, call_apart, change, contents, refused

SMALL = "province/small.yaml"


def refused_by_both(folder: Path, *words: str, file: str = "impact.yaml") -> str:
    """What run says; check says it too, and neither writes anything."""
    before = contents(folder)
    told = refused("run", file)
    checked = refused("check", file)
    for word in words:
        assert word in told, told
    assert checked.startswith(told.rstrip("\n"))
    assert re.fullmatch(r"\d+ errors?(; more may show once these are mended)?", checked.splitlines()[-1])
    assert contents(folder) == before
    assert not (folder / "results").exists()
    return told


FAULTS = {
    "unknown key": ("notice: 12 h", "notise: 12 h", "booking.notise: unknown key; did you mean 'notice'?"),
    "wrong unit": ("notice: 12 h", "notice: 12 km", "booking.notice: '12 km': 'km' is not a unit of duration"),
    "negative time": ("notice: 12 h", "notice: -12 h", "booking.notice: '-12 h' is negative"),
    "negative mean": ("gamma, mean: 5 min", "gamma, mean: -5 min", "service.document.mean: '-5 min' is not above 0"),
    "probability": ("no_show: 0.1", "no_show: 1.1", "booking.no_show: 1.1 is outside 0 to 1"),
    "missing file": (" roads.csv", " rods.csv", "there is no file province/rods.csv; did you mean 'roads.csv'?"),
    "road node": ("road_node: FAR", "road_node: FRA", "sites.ukk_far.road_node: there is no road node in province/"),
    "nearest node": ("road_node: FAR", "road_node: FRA", "'FRA'; did you mean 'FAR'?"),
    "name of a node": (
        "road_node: FAR",
        "road_node: ulu",
        "'ulu'; did you mean 'FAR'?\n    allowed: an id of province/",
    ),
    "no counters": (
        "counters: {document: 1, interview: 1, collection: 1}\n  ukk_near:",
        "counters: {document: 1, collection: 1}\n  ukk_near:",
        "sites.kanim.sessions.weekdays: a quota of 21 without a counter at the station interview",
    ),
    "two dots": ("  ukk_far:\n", "  ../ukk_far:\n", "'..'"),
    "tag": (
        "catchment: any",
        "catchment: !!python/object/apply:os.system [touch hacked]",
        "the tag !!python/object/ap",
    ),
    "parent": (
        "parent: kanim\n    sending_days: {2: 1.0}",
        "parent: kanin\n    sending_days: {2: 1.0}",
        "sites.ukk_far.parent: there is no site 'kanin'; did you mean 'kanim'?",
    ),
    "weight": ("weight: population_2023\n      months", "weight: populaton\n      months", "did you mean 'population"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_scenario_is_told_at_its_line(folder: Path, fault: str) -> None:
    old, new, words = FAULTS[fault]
    line = change(folder, SMALL, old, new)
    told = refused_by_both(folder, words)
    if fault == "no counters":
        # It is the rule as a whole that is wrong.
        line = text_line(folder, "      weekdays:")
    assert f"{SMALL}:{line}: " in told
    assert not (folder / "hacked").exists()


def text_line(folder: Path, words: str) -> int:
    """The line of the small province in which some words stand first."""
    return text_line_of(folder / SMALL, words)


def text_line_of(file: Path, words: str) -> int:
    """The line of a file in which some words stand first."""
    lines = file.read_text().splitlines()
    return next(number for number, line in enumerate(lines, start=1) if words in line)


def test_a_name_that_leads_out_of_the_folder_is_told(folder: Path) -> None:
    line = change(folder, "before.yaml", "name: before", "name: ../before")
    refused_by_both(folder, f"before.yaml:{line}: name: the name '../before' holds '..'")
    change(folder, "before.yaml", "name: ../before", "name: before")
    line = change(folder, "impact.yaml", "name: impact", "name: ../../impact")
    refused_by_both(folder, f"impact.yaml:{line}: name: the name '../../impact' holds '..'")


@pytest.mark.parametrize(
    ("name", "old", "new", "words", "line"),
    [
        ("roads.csv", "distance_km", "distance", "column 'distance_km': the column is missing", 1),
        ("districts.csv", "lat,", "latitude,", "column 'lat': the column is missing", 1),
    ],
)
def test_a_missing_column_is_told(folder: Path, name: str, old: str, new: str, words: str, line: int) -> None:
    change(folder, f"province/{name}", old, new)
    refused_by_both(folder, f"province/{name}:{line}: ", words)


def cell(folder: Path, name: str, row: int, column: str, value: str) -> int:
    """Change a cell of a table, the first row being 0; returns its line."""
    path = folder / "province" / name
    lines = path.read_text().splitlines()
    place = lines[0].split(",").index(column)
    cells = lines[row + 1].split(",")
    cells[place] = value
    lines[row + 1] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n")
    return row + 2


@pytest.mark.parametrize(
    ("name", "column", "value", "words"),
    [
        ("roads.csv", "distance_km", "nan", "'nan' is not a number"),
        ("districts.csv", "population", "NaN", "'NaN' is not a number"),
        ("districts.csv", "population", "-1", "-1 is negative"),
        ("districts.csv", "population", "", "the value is blank"),
        ("roads.csv", "from_node", "FRA", "there is no road node 'FRA'; did you mean 'FAR'?"),
    ],
)
def test_a_wrong_cell_is_told_at_its_line_and_column(
    folder: Path, name: str, column: str, value: str, words: str
) -> None:
    columns = (folder / "province" / name).read_text().splitlines()[0].split(",")
    column = next(found for found in columns if found.startswith(column))
    line = cell(folder, name, 1, column, value)
    refused_by_both(folder, f"province/{name}:{line}: column '{column}': ", words)


def test_a_duplicate_id_is_told_with_both_lines(folder: Path) -> None:
    path = folder / "province/districts.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n")
    refused_by_both(folder, f"districts.csv:{len(lines) + 1}: ", "stands twice; first in line 2")


def test_broken_yaml_is_told_with_its_line(folder: Path) -> None:
    line = change(folder, SMALL, "no_show: 0.1", "no_show: [0.1")
    told = refused_by_both(folder, f"{SMALL}:", "is not YAML")
    numbers = [int(part.split(":")[1]) for part in told.splitlines() if part.startswith(SMALL)]
    assert all(line <= number <= line + 2 for number in numbers)


def test_a_scenario_that_extends_itself_is_told(folder: Path) -> None:
    change(folder, "before.yaml", "extends: province/small.yaml", "extends: before.yaml")
    refused_by_both(folder, "before.yaml:1: extends: the file extends itself")


def test_two_scenarios_that_extend_each_other_are_told(folder: Path) -> None:
    change(folder, "before.yaml", "extends: province/small.yaml", "extends: after.yaml")
    refused_by_both(folder, "in a circle: ", "before.yaml", "after.yaml")


def test_an_end_before_the_start_is_told(folder: Path) -> None:
    line = change(folder, "before.yaml", "to: 2023-05-13", "to: 2023-03-01")
    refused_by_both(folder, f"before.yaml:{line}: period: the end 2023-03-01 is before the start 2023-03-15")


def test_a_missing_scenario_file_is_told(folder: Path) -> None:
    line = change(folder, "impact.yaml", "after: after.yaml", "after: aftr.yaml")
    refused_by_both(folder, f"impact.yaml:{line}: scenarios.after: there is no file aftr.yaml", "'after.yaml'?")


@pytest.mark.parametrize("content", [b"", b"\x7fELF\x02\x01\x01\xff\xfe", b"- a list\n", b"just words\n"])
def test_a_file_that_is_no_configuration_is_told(folder: Path, content: bytes) -> None:
    (folder / "impact.yaml").write_bytes(content)
    refused_by_both(folder, "impact.yaml")


def test_a_district_that_no_road_reaches_is_told(folder: Path) -> None:
    change(folder, SMALL, "limit: 80 km", "limit: 0.001 km")
    refused_by_both(folder, "province/districts.csv:", "no road in service on", "(roads.access.limit)")


# What can only be seen once rules have become sessions and roads a network.


def test_sessions_that_overlap_are_told_at_their_rule(folder: Path) -> None:
    rule = (
        "      saturdays: {days: [mon], intake: {from: '10:00', to: '11:00'}, seats_every: 30 min, "
        "quota: {ordinary: 1}, counters: {document: 1, interview: 1}}\n"
    )
    line = change(
        folder,
        SMALL,
        "sessions:\n      weekdays:\n        days: [mon, wed, fri]",
        f"sessions:\n{rule}      weekdays:\n        days: [mon, wed, fri]",
    )
    told = refused_by_both(folder, "sites.ukk_near.sessions.saturdays: overlaps the sessions of 'weekdays'")
    assert f"{SMALL}:{line + 1}: " in told


def test_a_month_without_a_level_is_told_at_the_levels(folder: Path) -> None:
    line = change(folder, SMALL, "  day_cv: 0.2", "  level: {2023-03: 1.0}\n  day_cv: 0.2")
    refused_by_both(folder, f"{SMALL}:{line}: need.level: no level for 2023-04, 2023-05")


def test_a_province_without_an_open_site_is_told_at_the_sites(folder: Path) -> None:
    for site in ("kanim", "ukk_near"):
        change(folder, SMALL, f"  {site}:\n", f"  {site}:\n    in_service: never\n")
    line = change(folder, "after.yaml", "{in_service: always}", "{in_service: never}")
    told = refused_by_both(folder, "no site holds a session on any simulated day")
    assert f"after.yaml:{line}" in told or f"{SMALL}:" in told


def test_a_sub_office_without_its_parent_is_told_at_the_parent(folder: Path) -> None:
    change(folder, SMALL, "  kanim:\n", "  kanim:\n    in_service: never\n")
    refused_by_both(folder, f"{SMALL}:", "sites.ukk_near.parent: kanim holds no session", "nobody prints the books")


def test_a_period_beyond_the_holidays_is_told_at_the_period(folder: Path) -> None:
    line = change(folder, "before.yaml", "{from: 2023-03-15, to: 2023-05-13", "{from: 2043-03-15, to: 2043-05-13")
    refused_by_both(folder, f"before.yaml:{line}: period: ", "the holidays table says nothing about 2043")


def test_scenarios_of_different_provinces_are_told(folder: Path) -> None:
    lines = (folder / "province/districts.csv").read_text().splitlines()
    (folder / "fewer.csv").write_text("\n".join(lines[:-1]) + "\n")
    change(folder, "after.yaml", "sites:", "data: {districts: fewer.csv}\nsites:")
    refused_by_both(folder, "after.yaml:", "data.districts: ", "other districts (fewer.csv)")


def test_faults_in_all_files_are_told_at_once(folder: Path) -> None:
    change(folder, SMALL, "no_show: 0.1", "no_show: 1.1")
    change(folder, SMALL, "notice: 12 h", "notice: 12 km")
    change(folder, SMALL, "road_node: FAR", "road_node: FRA")
    change(folder, "before.yaml", "to: 2023-05-13", "to: 2023-03-01")
    change(folder, "impact.yaml", "seed: 1", "seed: -1")
    cell(folder, "roads.csv", 0, "distance_km", "nan")
    told = refused_by_both(
        folder, "1.1 is outside 0 to 1", "'km' is not a unit", "is before the start", "seed: found -1"
    )
    # The nodes are looked up once the tables are sound; the broken table itself is told.
    assert "'nan' is not a number" in told
    assert len(told.splitlines()) < 20


@pytest.mark.parametrize(
    ("out", "words"),
    [
        ("impact.yaml", "impact.yaml: is a file"),
        ("impact.yaml/below/it", "impact.yaml: is a file, so results cannot go to impact.yaml/below/it"),
        ("taken", "taken/summary.csv: is a folder where a file of results goes"),
        ("taken2", "taken2/figures: is a file where a folder of results goes"),
        ("/proc/nothing/here", "results cannot be written here"),
    ],
)
def test_a_folder_that_cannot_be_written_is_told_before_the_work(folder: Path, out: str, words: str) -> None:
    (folder / "taken/summary.csv").mkdir(parents=True)
    (folder / "taken2").mkdir()
    (folder / "taken2/figures").write_text("mine")
    before = contents(folder)
    assert words in refused("run", "impact.yaml", "--out", out)
    assert contents(folder) == before


def test_bad_input_ends_a_real_process_with_2_and_no_traceback(folder: Path) -> None:
    change(folder, SMALL, "no_show: 0.1", "no_show: 1.1")
    for command in ("check", "run"):
        done = call_apart(command, "impact.yaml")
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert done.stdout == ""
        assert "booking.no_show: 1.1 is outside 0 to 1" in done.stderr


def test_an_entry_that_stands_twice_is_told_at_its_own_line(folder: Path) -> None:
    change(folder, "impact.yaml", "seed: 1", "seed: 1\ntravel_minutes:\n  - 60\n  - 120\n  - 60")
    line = text_line_of(folder / "impact.yaml", "- 120") + 1
    refused_by_both(folder, f"impact.yaml:{line}: travel_minutes[2]: 60 stands here twice")


@pytest.mark.parametrize(
    ("slip", "meant"), [("replicatons=3", "replications"), ("sed=4", "seed"), ("perod.from=2023-01-01", "period")]
)
def test_a_mistyped_override_is_offered_the_nearest_key_of_experiment_or_scenario(
    folder: Path, slip: str, meant: str
) -> None:
    assert f"did you mean {meant!r}?" in refused("check", "impact.yaml", "--set", slip)


@pytest.mark.parametrize(("file", "key"), [(SMALL, "national: 45 km/h"), ("before.yaml", "")])
def test_a_misspelt_road_class_in_the_speeds_is_told(folder: Path, file: str, key: str) -> None:
    """In a scenario above all: it would stand there beside the class that was meant, whose speed stays as it was."""
    if key:
        line = change(folder, file, key, f"{key}, nationl: 30 km/h")
    else:
        line = change(folder, file, "need:\n", "roads: {speeds: {nationl: 30 km/h}}\nneed:\n")
    words = (
        "roads.speeds.nationl: there is no road in province/roads.csv of the class 'nationl'; did you mean 'national'?"
    )
    refused_by_both(folder, f"{file}:{line}: {words}")


def test_an_experiment_named_as_a_scenario_is_one_error_at_its_line(folder: Path) -> None:
    line = change(folder, "impact.yaml", "after: after.yaml", "after: impact.yaml")
    told = refused_by_both(folder, f"impact.yaml:{line}: scenarios.after: impact.yaml is an experiment, and a scenario")
    assert told.count("impact.yaml:") == 1


@pytest.mark.parametrize(("name", "extends", "kinds"), [("before", "impact", "ES"), ("impact", "before", "SE")])
def test_a_file_that_extends_one_of_the_other_kind_is_one_error(
    folder: Path, name: str, extends: str, kinds: str
) -> None:
    text = (folder / f"{name}.yaml").read_text().removeprefix("extends: province/small.yaml\n")
    (folder / f"{name}.yaml").write_text(f"extends: {extends}.yaml\n{text}")
    words = {"E": "experiment", "S": "scenario"}
    told = refused("check", f"{name}.yaml")
    said = f"{extends}.yaml is of the kind {words[kinds[0]]}, and this file of the kind {words[kinds[1]]}"
    assert f"{name}.yaml:1: extends: {said}" in told
    assert told.count("extends: ") == 1


def test_a_sensitivity_analysis_without_any_range_says_how_to_give_one(folder: Path) -> None:
    change(folder, "before.yaml", "{value: 800, range: [500, 1200], basis: assumption, source: made up}", "800")
    study = "sensitivity:\n  inputs: [need.day_cv]\n  conclusions: {more: {measure: need, scenario: after, above: 1}}\n"
    (folder / "impact.yaml").write_text((folder / "impact.yaml").read_text() + study)
    words = "as `day_cv: {value: 0.2, range: [0.1, 0.4], basis: assumption}`"
    refused_by_both(folder, "sensitivity.inputs[0]: no value with a range stands at 'need.day_cv'", words)
    change(folder, "impact.yaml", "[need.day_cv]", "all")
    refused_by_both(
        folder, "sensitivity.inputs: no value in any scenario that a conclusion is about has a range", words
    )


def test_faults_of_experiment_measures_and_a_scenarios_plan_come_together_and_more_may_show(folder: Path) -> None:
    change(folder, "impact.yaml", "seed: 1", "seed: -1\nmeasures: {far: far.py}")
    (folder / "far.py").write_text("def mesure(plan, draws, journeys, outcomes): ...\n")
    change(folder, "after.yaml", "{in_service: always}", "{in_service: always}\nneed: {level: {2023-03: 1.0}}")
    refused_by_both(folder, "seed: found -1", "far.py: has no function 'measure'", "need.level: no level for 2023-04")
    assert refused("check", "impact.yaml").splitlines()[-1] == "3 errors; more may show once these are mended"


def test_errors_after_which_nothing_is_left_to_check_say_nothing_of_more(folder: Path) -> None:
    change(folder, "after.yaml", "{in_service: always}", "{in_service: always}\nneed: {level: {2023-03: 1.0}}")
    assert refused("check", "after.yaml").splitlines()[-1] == "1 error"
    change(folder, "after.yaml", "2023-03: 1.0", "2023-03: -1.0")
    assert refused("check", "after.yaml").splitlines()[-1] == "1 error; more may show once these are mended"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "province/roads.csv: the file is empty"),
        (
            b"from_node;to_node\nA;B\n",
            "province/roads.csv:1: its columns are divided by ';'; save it as CSV with commas",
        ),
        (b"from_node;distance_km\nA;57,1\nB;60,2\n", "province/roads.csv:1: its columns are divided by ';'"),
        (b"from_node\tto_node\nA\tB\n", "province/roads.csv:1: its columns are divided by tabs"),
        (
            "from_node\nKöln\n".encode("latin-1"),
            "roads.csv:2: the file is not UTF-8 text (byte 0xf6); save it as UTF-8",
        ),
        ("from_node\n".encode("utf-16"), "roads.csv: the file is UTF-16 and not UTF-8 text; save it as UTF-8"),
        (b"\x00\x01\x02\xff\xfe", "roads.csv:1: the file is not UTF-8 text (byte 0xff)"),
        (
            b"PK\x03\x04\xff\xfe",
            "roads.csv: the file is a workbook or a ZIP file and no text; export what it holds as text",
        ),
    ],
)
def test_a_table_that_is_no_csv_is_one_error_that_says_what_it_is(folder: Path, content: bytes, told: str) -> None:
    (folder / "province/roads.csv").write_bytes(content)
    assert refused_by_both(folder, told).count("roads.csv") == 1


def test_a_folder_in_place_of_a_table_is_told_as_one(folder: Path) -> None:
    (folder / "province/roads.csv").unlink()
    (folder / "province/roads.csv").mkdir()
    refused_by_both(folder, "data.roads: province/roads.csv is a folder, and a file is wanted")


def test_a_scenario_that_is_not_utf_8_is_told_with_the_line(folder: Path) -> None:
    lines = (folder / "before.yaml").read_bytes().splitlines(keepends=True)
    (folder / "before.yaml").write_bytes(b"".join([*lines[:2], "# Köln\n".encode("latin-1"), *lines[2:]]))
    refused_by_both(folder, "before.yaml:3: the file is not UTF-8 text (byte 0xf6)")


@pytest.mark.parametrize("ending", ["windows", "byte order mark"])
def test_files_of_windows_are_read_as_any(folder: Path, ending: str) -> None:
    for name in ("impact.yaml", "before.yaml", "province/small.yaml", "province/roads.csv"):
        data = (folder / name).read_bytes()
        made = data.replace(b"\n", b"\r\n") if ending == "windows" else b"\xef\xbb\xbf" + data
        (folder / name).write_bytes(made)
    assert call("check", "impact.yaml").exit_code == 0


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("period.from=0001-01-01", "period.from: the year 1 is out of reach\n    allowed: 1900 to 2200"),
        ("period.to=9999-12-31", "period.to: the year 9999 is out of reach"),
        ("need.segments.general.per_year=1000000000", "general.per_year: found 1000000000\n    allowed: at most 1e+08"),
        ("need.segments.general.per_year=1e300", "general.per_year: found 1e+300\n    allowed: a whole number"),
        ("roads.speeds.national=5000 km/h", "roads.speeds.national: '5000 km/h' is too fast"),
        ("travel_minutes=[99999999999999999999]", "travel_minutes[0]: found 99999999999999999999"),
        ("outages.x={from: 2023-04-05}", "outages has no 'x'\n    allowed: what a file has there already"),
    ],
)
def test_a_number_beyond_all_measure_is_refused_and_not_tried(folder: Path, value: str, told: str) -> None:
    assert told in refused("check", "impact.yaml", "--set", value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04\x00\x00\xff\xfe", "impact.yaml: is no text at all (a picture, a program, a workbook?)"),
        (b"a: 1\x00\n", "impact.yaml: is no text at all"),
        (b"a: x\x01\n", "impact.yaml:1: is not YAML: it holds the character '\\x01', which no text has"),
        (b"a,b,c\n1,2,3\n", "impact.yaml:1: is a table, and not a configuration"),
        (
            b'{"name": "x" "seed": 3}',
            "impact.yaml:1: is not JSON (nor YAML): there is a bracket that is not closed, or a",
        ),
        (b"a:\n\t- b\n", "impact.yaml:2: is not YAML: there is a tab, where lines are set in with spaces"),
        (b"a: 1\nb 2\nc: 3\n", "impact.yaml:3: is not YAML: there is a line without a colon among keys"),
        (b"a:\n  b: 1\n c: 2\n", "impact.yaml:3: is not YAML: there is a line that is not set in as far as those"),
        (b'a: "b\nc: 1\n', "impact.yaml:3: is not YAML: there is a quote that is not closed, from line 1 on"),
        (b"a: @b\n", "impact.yaml:1: is not YAML: there is the character '@', which no value begins with"),
        (b"a: b: c\n", "impact.yaml:1: is not YAML: there is a second colon on the line"),
    ],
)
def test_what_is_no_configuration_is_told_in_plain_words(folder: Path, content: bytes, told: str) -> None:
    (folder / "impact.yaml").write_bytes(content)
    said = refused_by_both(folder, told)
    assert not re.search(r"scalar|mapping|token|block|stream|codec", said)


def test_a_table_in_place_of_an_experiment_is_told_as_one(folder: Path) -> None:
    refused_by_both(folder, "province/roads.csv:1: is a table, and not a configuration", file="province/roads.csv")
    (folder / "r.csv").write_text('a,b\n"1: x",: 2: 3\n')
    refused_by_both(folder, "r.csv: is a table, and not a configuration", file="r.csv")


@pytest.mark.parametrize("catchment", ["any", "working_area"])
def test_a_regency_of_an_office_that_nobody_knows_is_told_at_its_line(folder: Path, catchment: str) -> None:
    """Its people would have nowhere to go."""
    line = cell(folder, "regencies.csv", 1, "working_area", "kanin")
    change(folder, SMALL, "catchment: any", f"catchment: {catchment}")
    place = f"province/regencies.csv:{line}: column 'working_area': "
    refused_by_both(folder, f"{place}there is no site 'kanin'; did you mean 'kanim'?")


def test_regencies_whose_only_office_holds_no_session_are_told(folder: Path) -> None:
    cell(folder, "regencies.csv", 1, "working_area", "ukk_far")
    assert "warning" not in call("check", "before.yaml").output
    line = change(folder, SMALL, "catchment: any", "catchment: working_area")
    said = call("check", "before.yaml")
    assert said.exit_code == 0
    assert f"warning: {SMALL}:{line}: choice.catchment: nobody in " in said.output
    assert "their office 'ukk_far' holds no session on any simulated day" in said.output
    assert "warning" not in call("check", "after.yaml").output


def test_a_misspelt_catchment_is_offered_the_nearest_word(folder: Path) -> None:
    line = change(folder, SMALL, "catchment: any", "catchment: working_aera")
    refused_by_both(folder, f"{SMALL}:{line}: choice.catchment: found 'working_aera'; did you mean 'working_area'?")
