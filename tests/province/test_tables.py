"""Tables: what is read, and that every problem is found with its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.config.schema import DataFiles
from sim.errors import DataError
from sim.province.tables import ALWAYS, NEVER, Tables, read_tables
from tests.province.province_cases import SMALL

Write = Callable[..., DataFiles]


def problems(data: DataFiles) -> list[tuple[str, int | None, str, str]]:
    with pytest.raises(DataError) as caught:
        read_tables(data)
    return [(Path(p.file).name, p.line, p.column, str(p)) for p in caught.value.problems]


def test_rows_keep_the_order_of_the_file_and_refer_by_index(small: Tables) -> None:
    assert small.regencies.code == ("1", "2")
    assert small.districts.regency.tolist() == [0, 1]
    assert small.roads.from_node.tolist() == [0, 1, 0]
    assert small.roads.to_node.tolist() == [1, 2, 2]
    assert small.roads.line == (2, 3, 4)
    assert small.districts.population.tolist() == [1000, 400]


def test_any_numeric_column_of_the_regencies_is_kept_by_its_name(small: Tables) -> None:
    assert set(small.regencies.columns) == {"people"}
    assert small.regencies.columns["people"].tolist() == [1000, 400]


def test_service_dates_empty_and_never(write: Write) -> None:
    header = SMALL["roads"].splitlines()[0]
    roads = f"{header}\nA,B,1,national,,\nB,C,1,toll,never,\n"
    table = read_tables(write(roads=roads)).roads
    assert table.in_service_from == (ALWAYS, NEVER)
    assert table.in_service_to == (NEVER, NEVER)


def test_bundled_tables_are_sound_and_add_up(bundled: Tables) -> None:
    assert len(bundled.regencies.code) == 17
    assert len(bundled.districts.code) == 241
    assert bundled.regencies.columns["population_2024"].sum() == 9_064_690
    assert bundled.regencies.columns["hajj_waiting_list_2023"].sum() == 147_806
    for row, total in enumerate(bundled.regencies.columns["population_2024"]):
        people = bundled.districts.population[bundled.districts.regency == row].sum()
        assert people == pytest.approx(total, rel=1e-4), bundled.regencies.name[row]


def test_the_first_column_named_population_something_counts_when_none_is_named_population(bundled: Tables) -> None:
    assert bundled.districts.population is bundled.districts.columns["population_2024_estimate"]


@pytest.mark.parametrize(
    ("table", "old", "new", "line", "column", "words"),
    [
        ("regencies", "code,name,kind", "code,nama,kind", 1, "name", "did you mean 'nama'"),
        ("regencies", "2,West", "1,West", 3, "code", "stands twice; first in line 2"),
        ("regencies", "400,cited", "nan,cited", 3, "people", "'nan' is not a number"),
        ("regencies", "400,cited", "-4,cited", 3, "people", "negative"),
        ("regencies", "office_b", "", 3, "working_area", "blank"),
        ("regencies", "2,West,kabupaten", "2,West,Kota", 3, "kind", "found 'kota'; did you mean 'kota'"),
        ("regencies", "2,West,kabupaten", "2,West,town", 3, "kind", "allowed: kabupaten, kota"),
        ("regencies", "400,cited", "4.000,cited", 3, "people", "'4.000' may be 4 or 4000"),
        ("regencies", "400,cited", "1.250.000,cited", 3, "people", "'1.250.000' is not a number"),
        ("districts", "0,1,400", "0,1,4.000", 3, "population", "a whole number in digits alone, such as 50000"),
        ("districts", "0,1,400", '0,1,"4,000"', 3, "population", "'4,000' is not a number"),
        ("districts", "0,1,400", "0,1,400.5", 3, "population", "'400.5' is not a whole number"),
        ("districts", "1.1,Harbour,1", "1.1,Harbour,7", 2, "regency_code", "no regency '7'"),
        ("districts", "2.1,Hill", "1.1,Hill", 3, "code", "stands twice"),
        ("districts", "0,1,400", "0,1,", 3, "population", "blank"),
        ("districts", "0,1,400", "0,1,-400", 3, "population", "negative"),
        ("districts", "0,1,400", "0,1,many", 3, "population", "not a number"),
        ("districts", "0,1,400", "95,1,400", 3, "lat", "degrees from -90 to 90"),
        ("districts", "0,1,400", "0,181,400", 3, "lon", "degrees from -180 to 180"),
        ("districts", "lon,population", "lon,inhabitants", 1, "population", "missing"),
        ("road_nodes", "B,B town", "A,B town", 3, "id", "stands twice"),
        ("road_nodes", "1,1,town", "inf,1,town", 4, "lat", "'inf' is not a number"),
        ("roads", "B,C,60", "B,CC,60", 3, "to_node", "no road node 'CC'; did you mean 'C'"),
        ("roads", "B,C,60", "B,B,60", 3, "to_node", "to itself"),
        ("roads", "B,C,60", "B,C,-60", 3, "distance_km", "a number above 0"),
        ("roads", "B,C,60", "B,C,0", 3, "distance_km", "a number above 0"),
        ("roads", "2023-08-30", "30/08/2023", 4, "in_service_from", "not a date"),
        ("roads", "2023-08-30", "2023-02-30", 4, "in_service_from", "not a date"),
        ("roads", "2024-06-01", "2023-08-30", 4, "in_service_to", "not after the start"),
        ("roads", "B,C,60,national", "B,C,60,", 3, "road_class", "blank"),
        ("roads", "B,C,60,national,,", "B,C,60", 3, "", "3 values under 6 column names"),
        ("holidays", "collective_leave", "colective_leave", 3, "kind", "did you mean 'collective_leave'"),
        ("holidays", "2023-01-02", "2023-01-01", 3, "date", "stands twice"),
        ("fasting", "2023-04-21", "2023-03-01", 2, "last_day", "29 or 30"),
    ],
)
def test_a_bad_value_is_named_with_file_line_and_column(
    write: Write, table: str, old: str, new: str, line: int, column: str, words: str
) -> None:
    assert SMALL[table].count(old) == 1
    found = problems(write(**{table: SMALL[table].replace(old, new)}))
    assert any(place[:3] == (f"{table}.csv", line, column) and words.lower() in place[3].lower() for place in found), (
        found
    )


DISTRICTS = (
    "code,name,regency_code,lat,lon,population\n"
    "16.10.01,Harbour,16.10,0,0,1000\n16.10.02,Bay,16.10,0,0,1000\n16.2.01,Hill,16.2,0,1,400\n"
)


def test_a_code_that_lost_its_last_zero_is_one_error_where_it_was_lost(write: Write) -> None:
    lost = SMALL["regencies"].replace("1,East", "16.1,East").replace("2,West", "16.2,West")
    ((file, line, column, what),) = problems(write(regencies=lost, districts=DISTRICTS))
    assert (file, line, column) == ("regencies.csv", 2, "code")
    assert "'16.1' is '16.10' without its last zero" in what and "2 rows of" in what and "name '16.10'" in what
    whole = write(regencies=lost.replace("16.1,", "16.10,"), districts=DISTRICTS)
    assert read_tables(whole).districts.regency.tolist() == [0, 0, 1]


def test_a_code_that_lost_its_last_zero_where_it_is_named_is_told_there(write: Write) -> None:
    codes = SMALL["regencies"].replace("1,East", "16.10,East").replace("2,West", "16.2,West")
    found = problems(write(regencies=codes, districts=DISTRICTS.replace("Bay,16.10", "Bay,16.1")))
    assert [place[:3] for place in found] == [("districts.csv", 3, "regency_code")]
    assert "there is no regency '16.1'; did you mean '16.10'?" in found[0][3]
    # Where rows name the short code too it may be one of its own.
    both = problems(
        write(regencies=codes.replace("16.10", "16.1"), districts=DISTRICTS.replace("Bay,16.10", "Bay,16.1"))
    )
    assert [place[:3] for place in both] == [("districts.csv", 2, "regency_code")]


def weights(write: Write, name: str, *values: str) -> DataFiles:
    rows = zip(SMALL["regencies"].splitlines(), (name, *values), strict=True)
    return write(regencies="".join(f"{row},{value}\n" for row, value in rows))


def test_a_weight_whose_point_may_stand_between_thousands_is_refused(write: Write) -> None:
    found = problems(weights(write, "waiting_list", "6.211", "11.822"))
    assert [place[:3] for place in found] == [("regencies.csv", line, "waiting_list") for line in (2, 3)]
    assert "'6.211' may be 6.211 or 6211, and no other value of the column tells which" in found[0][3]


@pytest.mark.parametrize(
    ("name", "values"),
    [("waiting_list", ("6.211", "11.82")), ("area_km2", ("6.211", "11.822")), ("population_density", ("61.2", "11.5"))],
)
def test_a_point_that_stands_before_decimals_is_read_as_one(write: Write, name: str, values: tuple[str, str]) -> None:
    read = read_tables(weights(write, name, *values)).regencies.columns[name]
    assert read.tolist() == [float(value) for value in values]


@pytest.mark.parametrize("table", ["regencies", "districts", "road_nodes", "roads", "holidays"])
def test_a_table_that_is_a_header_alone_is_one_error_that_says_so(write: Write, table: str) -> None:
    found = problems(write(**{table: SMALL[table].splitlines()[0] + "\n"}))
    of_it = [place for place in found if place[0] == f"{table}.csv"]
    assert [place[1] for place in of_it] == [1]
    assert "the file holds column names and no rows below them" in of_it[0][3]


def test_all_problems_of_all_files_come_at_once(write: Write) -> None:
    data = write(
        districts=SMALL["districts"].replace("0,0,1000", "x,0,-1"),
        roads=SMALL["roads"].replace("B,C,60", "B,Q,60"),
        fasting=SMALL["fasting"].replace("2023-03-23", "soon"),
    )
    data.holidays.unlink()
    found = {(file, line, column) for file, line, column, _ in problems(data)}
    assert found == {
        ("districts.csv", 2, "lat"),
        ("districts.csv", 2, "population"),
        ("roads.csv", 3, "to_node"),
        ("fasting.csv", 2, "first_day"),
        ("holidays.csv", None, ""),
    }


def test_a_missing_file_offers_the_nearest_one(write: Write) -> None:
    data = write()
    changed = data.model_copy(update={"roads": data.roads.with_name("road.csv")})
    ((_, _, _, text),) = problems(changed)
    assert "does not exist; did you mean 'roads.csv'?" in text


@pytest.mark.parametrize("content", [b"", b"code,name\n", b"\xff\xfe\x00bad", b'code,name\n"open,1\n'])
def test_a_file_that_is_no_table_is_an_error_and_no_traceback(write: Write, content: bytes) -> None:
    data = write()
    data.regencies.write_bytes(content)
    assert all(file == "regencies.csv" for file, *_ in problems(data))


def test_a_folder_in_place_of_a_file_is_an_error(write: Write, tmp_path: Path) -> None:
    found = problems(write().model_copy(update={"roads": tmp_path}))
    assert any("this is a folder" in text for *_, text in found)


def test_dates_are_dates(small: Tables) -> None:
    assert small.roads.in_service_from[2] == dt.date(2023, 8, 30)
    assert small.fasting.last_day == (dt.date(2023, 4, 21),)
