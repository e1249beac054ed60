"""Roads: small networks worked out by hand, the access rule, and what must hold for any network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.config.schema import DataFiles
from sim.errors import DataError
from sim.province.access import KM_PER_DEGREE
from sim.province.roads import RoadNetwork, change_dates, speed_problems
from sim.province.tables import (
    ALWAYS,
    NEVER,
    Districts,
    Fasting,
    Holidays,
    Nodes,
    Regencies,
    RoadTable,
    Tables,
    read_tables,
)
from tests.province.province_cases import BUNDLED_ROADS, SMALL, make_roads

Write = Callable[..., DataFiles]
BEFORE, DURING = dt.date(2023, 8, 29), dt.date(2023, 8, 30)
HOUR_MS = 3_600_000
SITES = ("KANIM_PLG", "KANIM_MRE", "UKK_MURA", "UKK_OKU", "UKK_LLG", "UKK_MUBA")


def make_tables(
    nodes: Sequence[tuple[float, float]],
    roads: Sequence[tuple[int, int, float, str]],
    districts: Sequence[tuple[float, float]],
) -> Tables:
    """Tables from points (x, y) in kilometres on the equator and roads (from, to, km, class)."""
    here = Path("test.csv")
    x, y = np.array([p[0] for p in nodes]), np.array([p[1] for p in nodes])
    # The plane's scale follows the nodes' mean latitude; undo it so that x is in kilometres.
    scale = KM_PER_DEGREE * float(np.cos(np.radians((y / KM_PER_DEGREE).mean())))
    ids = tuple(f"n{row}" for row in range(len(nodes)))
    blank = tuple("" for _ in districts)
    return Tables(
        Regencies(("r",), ("r",), ("kota",), ("o",), {}, Path("regencies.csv"), (2,)),
        Districts(
            tuple(f"d{row}" for row in range(len(districts))),
            tuple(f"D{row}" for row in range(len(districts))),
            np.zeros(len(districts), dtype=np.int64),
            np.array([p[1] for p in districts]) / KM_PER_DEGREE,
            np.array([p[0] for p in districts]) / scale,
            np.ones(len(districts)),
            {},
            here,
            tuple(range(2, 2 + len(blank))),
        ),
        Nodes(ids, ids, ids, y / KM_PER_DEGREE, x / scale, {node: row for row, node in enumerate(ids)}),
        RoadTable(
            np.array([r[0] for r in roads], dtype=np.int64),
            np.array([r[1] for r in roads], dtype=np.int64),
            np.array([r[2] for r in roads], dtype=np.float64),
            tuple(r[3] for r in roads),
            tuple(ALWAYS for _ in roads),
            tuple(NEVER for _ in roads),
            here,
            tuple(range(2, 2 + len(roads))),
        ),
        Holidays((), (), (), here),
        Fasting((), (), here),
    )


def network(tables: Tables, limit_km: float = 50) -> RoadNetwork:
    return RoadNetwork(tables, make_roads(limit_km=limit_km), dt.date(2023, 1, 1))


def test_times_and_distances_of_a_network_worked_out_by_hand(small: Tables) -> None:
    times = RoadNetwork(small, make_roads(), BEFORE).travel(["A", "B", "C"])
    assert (times.duration_ms / HOUR_MS).tolist() == [[0, 2, 3], [2, 0, 1]]
    assert times.distance_m.tolist() == [[0, 120_000, 180_000], [120_000, 0, 60_000]]


def test_a_road_counts_from_its_first_day_to_the_day_before_its_last(small: Tables) -> None:
    def hours(on: dt.date) -> float:
        return float(RoadNetwork(small, make_roads(), on).between(["A"], ["C"]).duration_ms[0, 0]) / HOUR_MS

    assert hours(BEFORE) == 3
    assert hours(DURING) == 1.5
    assert hours(dt.date(2024, 5, 31)) == 1.5
    assert hours(dt.date(2024, 6, 1)) == 3


def test_a_road_that_is_never_in_service_never_counts(write: Write) -> None:
    tables = read_tables(write(roads=SMALL["roads"].replace("2023-08-30,2024-06-01", "never,")))
    for on in (dt.date(1990, 1, 1), dt.date(2023, 9, 1), dt.date(2100, 1, 1)):
        assert RoadNetwork(tables, make_roads(), on).in_service.tolist() == [True, True, False]
    assert change_dates(tables, dt.date(1990, 1, 1), dt.date(2100, 1, 1)) == ()


def test_change_dates_leave_out_the_first_day_and_keep_the_last(small: Tables) -> None:
    opens, closes = dt.date(2023, 8, 30), dt.date(2024, 6, 1)
    assert change_dates(small, BEFORE, closes) == (opens, closes)
    assert change_dates(small, opens, dt.date(2024, 5, 31)) == ()
    assert change_dates(small, dt.date(2023, 1, 1), opens) == (opens,)


def test_the_bundled_network_changes_when_the_toll_and_the_pali_road_open(bundled: Tables) -> None:
    dates = change_dates(bundled, dt.date(2022, 1, 1), dt.date(2025, 12, 31))
    assert dates == (dt.date(2023, 8, 30), dt.date(2023, 9, 1))


def test_the_fastest_way_wins_over_the_shortest_and_its_own_length_is_reported() -> None:
    tables = make_tables(
        [(0, 0), (50, 0), (25, 30)],
        [(0, 1, 50, "toll"), (0, 2, 60, "national"), (2, 1, 60, "national")],
        [(0, 0)],
    )
    roads = make_roads({"toll": 20, "national": 60})
    times = RoadNetwork(tables, roads, DURING).between(["n0"], ["n1"])
    assert times.duration_ms[0, 0] == 2 * HOUR_MS
    assert times.distance_m[0, 0] == 120_000


def test_of_parallel_roads_the_fastest_counts_and_of_equally_fast_ones_the_shortest() -> None:
    roads = [(0, 1, 90, "national"), (1, 0, 60, "national"), (0, 1, 100, "toll"), (0, 1, 59, "slow")]
    tables = make_tables([(0, 0), (50, 0)], roads, [(0, 0)])
    times = RoadNetwork(tables, make_roads({"national": 60, "toll": 100, "slow": 30}), DURING).between(["n0"], ["n1"])
    assert times.duration_ms[0, 0] == HOUR_MS
    assert times.distance_m[0, 0] == 60_000


def test_a_district_beside_a_road_joins_it_where_it_passes_and_splits_its_length() -> None:
    # 10 km by air to the middle of the line, times 1.5 at 20 km/h is 45 min; then 3/4 or 1/4 of 120 km at 60 km/h.
    tables = make_tables([(-75, 0), (25, 0)], [(0, 1, 120, "national")], [(0, 10)])
    times = network(tables).travel(["n0", "n1"])
    np.testing.assert_allclose(times.duration_ms / 60_000, [[45 + 90, 45 + 30]], atol=1e-3)
    np.testing.assert_allclose(times.distance_m, [[15_000 + 90_000, 15_000 + 30_000]], atol=2)


def test_a_district_past_the_end_of_a_road_joins_it_at_its_end() -> None:
    tables = make_tables([(0, 0), (50, 0)], [(0, 1, 60, "national")], [(-3, 4)])
    times = network(tables).travel(["n0", "n1"])
    np.testing.assert_allclose(times.distance_m, [[7_500, 67_500]], atol=2)


def test_a_toll_road_is_joined_at_its_ends_only() -> None:
    tables = make_tables([(-20, 0), (20, 0)], [(0, 1, 40, "toll")], [(0, 0)])
    times = network(tables).travel(["n0", "n1"])
    np.testing.assert_allclose(times.distance_m, [[30_000, 30_000]], atol=2)


def test_a_further_road_is_joined_when_the_whole_trip_is_faster_that_way() -> None:
    # To n2: 5 km over land to the near road and 66 km on take 88.5 min, 6 km to the other and 55 km on take 82.
    nodes = [(0, -100), (0, 0), (60, 0)]
    tables = make_tables(nodes, [(0, 1, 100, "national"), (1, 2, 60, "national")], [(5, -6)])
    times = network(tables).travel(["n2", "n0"])
    np.testing.assert_allclose(times.distance_m, [[9_000 + 55_000, 7_500 + 94_000]], atol=2)
    np.testing.assert_allclose(times.duration_ms / 60_000, [[82, 22.5 + 94]], atol=1e-2)


def test_the_way_inside_the_district_is_added_once_to_every_trip(small: Tables) -> None:
    with_way = RoadNetwork(small, make_roads(own_district_km=5), BEFORE).travel(["A", "C"])
    without = RoadNetwork(small, make_roads(), BEFORE).travel(["A", "C"])
    assert np.unique(with_way.duration_ms - without.duration_ms).tolist() == [HOUR_MS // 4]
    assert np.unique(with_way.distance_m - without.distance_m).tolist() == [5_000]


def test_a_road_without_a_course_is_joined_through_the_others_at_that_point() -> None:
    roads = [(0, 1, 60, "national"), (1, 2, 2, "national")]
    tables = make_tables([(0, 0), (50, 0), (50, 0)], roads, [(50, 0)])
    assert network(tables).travel(["n2"]).distance_m[0, 0] == 2_000


def test_districts_beyond_the_limit_are_all_named_with_their_lines(write: Write) -> None:
    districts = SMALL["districts"] + "2.2,Island,2,3,3,9\n2.3,Reef,2,4,4,9\n"
    with pytest.raises(DataError) as caught:
        RoadNetwork(read_tables(write(districts=districts)), make_roads(), BEFORE).travel(["A"])
    found = [(Path(p.file).name, p.line, str(p)) for p in caught.value.problems]
    assert [place[:2] for place in found] == [("districts.csv", 4), ("districts.csv", 5)]
    assert "Island (2.2)" in found[0][2]
    assert "the nearest is 314.5 km away by air" in found[0][2]
    assert "at most 50 km" in found[0][2]


def test_a_district_that_cannot_reach_some_place_is_named_with_the_place() -> None:
    nodes = [(0, 0), (50, 0), (300, 0), (350, 0)]
    tables = make_tables(nodes, [(0, 1, 60, "national"), (2, 3, 60, "national")], [(0, 0), (300, 0)])
    with pytest.raises(DataError) as caught:
        network(tables).check(["n1", "n3"])
    texts = [str(problem) for problem in caught.value.problems]
    assert ["D0 (d0) to n3" in text for text in texts] == [True, False]
    assert "D1 (d1) to n1" in texts[1]


def test_a_place_that_no_road_leads_to_is_one_problem_not_one_for_each_district(small: Tables, write: Write) -> None:
    tables = read_tables(write(road_nodes=SMALL["road_nodes"] + "Z,Zed,0.5,0.5,town\n"))
    with pytest.raises(DataError) as caught:
        RoadNetwork(tables, make_roads(), BEFORE).travel(["A", "Z"])
    assert [str(p) for p in caught.value.problems] == [f"no road in service on {BEFORE} leads to the road node 'Z'"]


def test_an_unknown_road_node_is_refused_with_the_nearest(bundled: Tables) -> None:
    with pytest.raises(DataError, match="'KANIM_PLB'; did you mean 'KANIM_PLG'"):
        RoadNetwork(bundled, BUNDLED_ROADS, BEFORE).travel(["KANIM_PLB"])


def test_a_road_class_without_a_speed_is_refused_with_its_line_and_the_nearest_class(small: Tables) -> None:
    roads = make_roads({"nasional": 60, "toll": 100})
    (problem,) = speed_problems(small, roads)
    assert (Path(problem.file).name, problem.line, problem.nearest) == ("roads.csv", 2, "nasional")
    with pytest.raises(DataError, match="'national' has no speed"):
        RoadNetwork(small, roads, BEFORE)


def test_leaving_out_a_class_forces_the_other_roads(small: Tables) -> None:
    times = RoadNetwork(small, make_roads(), DURING, without=["toll"]).between(["A"], ["C"])
    assert times.duration_ms[0, 0] == 3 * HOUR_MS


def test_the_bundled_network_reaches_every_district_and_is_the_same_both_ways(bundled: Tables) -> None:
    roads = RoadNetwork(bundled, BUNDLED_ROADS, BEFORE)
    times = roads.travel(SITES)
    assert times.duration_ms.shape == (241, 6)
    assert (times.duration_ms > 0).all()
    # Nobody is faster than 90 km/h or travels more than a day.
    assert (times.distance_m <= times.duration_ms / HOUR_MS * 90_000).all()
    assert times.duration_ms.max() < 24 * HOUR_MS
    between = roads.between(SITES, SITES)
    assert (between.duration_ms == between.duration_ms.T).all()
    assert (np.diag(between.duration_ms) == 0).all()


def test_the_order_of_road_rows_does_not_matter(bundled: Tables) -> None:
    table = bundled.roads
    back = range(len(table.line) - 1, -1, -1)
    turned = RoadTable(
        table.to_node[::-1],
        table.from_node[::-1],
        table.distance_km[::-1],
        tuple(table.road_class[row] for row in back),
        tuple(table.in_service_from[row] for row in back),
        tuple(table.in_service_to[row] for row in back),
        table.file,
        tuple(table.line[row] for row in back),
    )
    other = Tables(bundled.regencies, bundled.districts, bundled.nodes, turned, bundled.holidays, bundled.fasting)
    a = RoadNetwork(bundled, BUNDLED_ROADS, DURING).travel(SITES)
    b = RoadNetwork(other, BUNDLED_ROADS, DURING).travel(SITES)
    # Half a metre or millisecond may round the other way where a road is split from its other end.
    assert np.abs(a.duration_ms - b.duration_ms).max() <= 1


def test_opening_the_toll_road_only_shortens_trips_and_helps_prabumulih(bundled: Tables) -> None:
    before = RoadNetwork(bundled, BUNDLED_ROADS, BEFORE).travel(["KANIM_PLG"]).duration_ms
    after = RoadNetwork(bundled, BUNDLED_ROADS, DURING).travel(["KANIM_PLG"]).duration_ms
    assert (after <= before).all()
    prabumulih = [row for row, code in enumerate(bundled.districts.code) if code.startswith("16.74")]
    assert (after[prabumulih] < before[prabumulih]).all()


coordinates = st.tuples(st.integers(0, 40), st.integers(0, 40))


@st.composite
def networks(draw: st.DrawFn) -> tuple[Tables, Tables]:
    """A connected network, and the same with one more road."""
    n_nodes = draw(st.integers(2, 7))
    nodes = draw(st.lists(coordinates, min_size=n_nodes, max_size=n_nodes, unique=True))
    road = st.tuples(
        st.integers(0, n_nodes - 1),
        st.integers(0, n_nodes - 1),
        st.floats(0.5, 90),
        st.sampled_from(["national", "toll"]),
    ).filter(lambda r: r[0] != r[1])
    spine = [(row, row + 1, draw(st.floats(1, 90)), "national") for row in range(n_nodes - 1)]
    more = draw(st.lists(road, max_size=5))
    districts = draw(st.lists(coordinates, min_size=1, max_size=4))
    roads = [*spine, *more]
    return make_tables(nodes, roads, districts), make_tables(nodes, [*roads, draw(road)], districts)


@given(networks())
@settings(max_examples=80, deadline=None)
def test_adding_a_road_never_lengthens_any_trip(pair: tuple[Tables, Tables]) -> None:
    without, with_road = pair
    nodes = list(without.nodes.id)
    before = network(without, limit_km=90).travel(nodes).duration_ms
    after = network(with_road, limit_km=90).travel(nodes).duration_ms
    assert (after <= before).all()


@given(networks())
@settings(max_examples=40, deadline=None)
def test_trips_between_nodes_are_symmetric_and_obey_the_triangle(pair: tuple[Tables, Tables]) -> None:
    tables = pair[1]
    times = network(tables).between(tables.nodes.id, tables.nodes.id).duration_ms
    assert (times == times.T).all()
    assert (times[:, :, None] + times[None, :, :] >= times[:, None, :]).all()


@given(networks())
@settings(max_examples=40, deadline=None)
def test_a_trip_starts_with_a_join_and_goes_on_along_the_roads(pair: tuple[Tables, Tables]) -> None:
    """From a district, no place is nearer than its neighbour plus the way between them."""
    tables = pair[1]
    nodes = list(tables.nodes.id)
    from_district = network(tables, limit_km=90).travel(nodes).duration_ms
    between = network(tables).between(nodes, nodes).duration_ms
    assert (from_district[:, None, :] <= from_district[:, :, None] + between[None, :, :]).all()


@pytest.mark.parametrize(
    ("ends", "before", "opened"),
    [
        (("PLG", "GT_IND"), "2018-09-03", "2018-09-04"),
        (("SP_PEMATANG", "KAG"), "2019-11-14", "2019-11-15"),
        (("KANIM_PLG", "KAG"), "2020-03-31", "2020-04-01"),
        (("GT_PLG", "KAG"), "2021-01-25", "2021-01-26"),
        (("PLG", "PBM"), "2023-08-29", "2023-08-30"),
    ],
)
def test_a_toll_road_makes_or_shortens_trips_from_its_opening_on(
    bundled: Tables, ends: tuple[str, str], before: str, opened: str
) -> None:
    times = [
        RoadNetwork(bundled, BUNDLED_ROADS, dt.date.fromisoformat(day)).between([ends[0]], [ends[1]]).duration_ms[0, 0]
        for day in (before, opened)
    ]
    # Without the toll road to it the border node is not to be reached at all, which is -1.
    assert times[1] > 0
    assert times[0] < 0 or times[1] < times[0]
