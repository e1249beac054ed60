"""What must hold in any province: blindness to names and order, halves, what lies upstream, counters."""

from __future__ import annotations

import csv
import functools
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from sim.build import build_plan
from sim.config.schema import Scenario
from sim.drawing import draw
from sim.draws import FIRST
from sim.engines import compiled
from sim.journeys import columns
from sim.measures.all import measure
from sim.plan import NONE, Plan
from sim.province.tables import read_tables
from sim.randomness import Source
from tests.model.small_province import FOLDER, Tree, merged, plan_of, tree_of
from tests.model.test_engine import provinces
from tests.proof.queues import interview_wait, queue, rate, scheduled

Rows = list[dict[str, str]]


# -------------------------------------------------------------------------------------------------- names and order

TABLES = ("districts", "road_nodes", "roads")


def changed_files(folder: Path, change: Callable[[str], str] = str, **tables: Callable[[Rows], Rows]) -> Tree:
    """Where the small province's data lie after changes to rows of its tables and to the text of all of them."""
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    for name, edit in tables.items():
        path = folder / f"{name}.csv"
        with path.open(newline="") as file:
            rows = edit(list(csv.DictReader(file)))
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    for path in folder.glob("*.csv"):
        path.write_text(change(path.read_text()))
    return {"data": {name: str(folder / Path(file).name) for name, file in tree_of()["data"].items()}}


def plan_from(tree: Tree) -> Plan:
    """The plan of a whole configuration."""
    scenario = Scenario.model_validate(tree)
    return build_plan(scenario, read_tables(scenario.data))


@settings(max_examples=40)
@given(provinces(), st.randoms(use_true_random=False), st.integers(0, 5))
def test_the_order_of_districts_and_roads_in_their_tables_changes_nothing(
    overrides: Tree, chance: Random, replication: int
) -> None:
    def shuffled(rows: Rows) -> Rows:
        return chance.sample(rows, len(rows))

    with tempfile.TemporaryDirectory() as folder:
        moved = changed_files(Path(folder), **dict.fromkeys(TABLES, shuffled))
        before, after = plan_of(overrides), plan_from(merged(tree_of(overrides), moved))
    one, other = (draw(plan, Source(3, replication)) for plan in (before, after))
    codes = [np.array(plan.districts.code)[draws.district] for plan, draws in ((before, one), (after, other))]
    np.testing.assert_array_equal(*codes)
    ours, theirs = columns(compiled.run(before, one)), columns(compiled.run(after, other))
    for name, values in ours.items():
        np.testing.assert_array_equal(values, theirs[name], name)


@settings(max_examples=40)
@given(provinces(), st.permutations(["kanim", "ukk_near", "ukk_far"]), st.integers(0, 5))
def test_the_order_of_sites_in_the_file_changes_nothing_but_their_numbers(
    overrides: Tree, order: list[str], replication: int
) -> None:
    tree = tree_of(overrides)
    assert set(tree["sites"]) == set(order)
    before, after = plan_from(tree), plan_from({**tree, "sites": {name: tree["sites"][name] for name in order}})
    place = np.array([*(before.sites.id.index(name) for name in after.sites.id), NONE])
    ours, theirs = (columns(compiled.run(plan, draw(plan, Source(3, replication)))) for plan in (before, after))
    rows = {name for name in ours if "session" in name or name in ("site", "issued_at")}
    assert len(rows) < len(ours) / 3
    for name in set(ours) - rows:
        np.testing.assert_array_equal(ours[name], theirs[name], name)
    for name in ("site", "issued_at"):
        np.testing.assert_array_equal(ours[name], place[theirs[name]], name)


@settings(max_examples=40)
@given(provinces(), st.permutations(["aa", "mm", "zz"]), st.permutations(["0.1", "5.5", "8.8", "9.9"]))
def test_other_names_for_sites_and_districts_change_nothing_where_chance_is_the_same(
    overrides: Tree, sites: list[str], codes: list[str]
) -> None:
    # Names key the random numbers, so that they are carried over: what is left is all that the model does with names.
    names = dict(zip(["kanim", "ukk_near", "ukk_far"], sites, strict=True))
    names |= dict(zip(["1.1", "2.1", "2.2", "3.1"], codes, strict=True)) | {"Simpang": "Other", "Kota": "Another"}
    tree = tree_of(overrides)
    with tempfile.TemporaryDirectory() as folder:
        moved = changed_files(Path(folder), functools.partial(_renamed, names))
        before, after = plan_from(tree), plan_from(merged(_with_names(names, tree), moved))
    assert not set(before.sites.id) & set(after.sites.id)
    assert not set(before.districts.code) & set(after.districts.code)
    draws = draw(before, Source(3, 0))
    ours, theirs = (columns(compiled.run(plan, draws)) for plan in (before, after))
    for name, values in ours.items():
        np.testing.assert_array_equal(values, theirs[name], name)


def _renamed(names: dict[str, str], text: str) -> str:
    pattern = "|".join(rf"(?<![\w.]){re.escape(name)}(?![\w.])" for name in names)
    return re.sub(pattern, lambda found: names[found[0]], text)


def _with_names(names: dict[str, str], tree: Any) -> Any:
    """A configuration with other names wherever one stands, as a key or as a value."""
    if isinstance(tree, dict):
        return {names.get(key, key): _with_names(names, value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_with_names(names, value) for value in tree]
    return names.get(tree, tree) if isinstance(tree, str) else tree


# ------------------------------------------------------------------------------------------------------------- halves

OPEN = {"sites": {"ukk_far": {"in_service": "always"}}}
COMPARED = (
    *(("need", "count"), ("served", "count"), ("deterred_share", "share"), ("wait_minutes", "mean")),
    *(("lead_days", "mean"), ("days_to_passport", "mean"), ("travel_hours", "mean"), ("cost_rupiah", "mean")),
)


def in_halves(overrides: Tree) -> Plan:
    """The plan of a province whose town is two districts, of half the people each."""
    with tempfile.TemporaryDirectory() as folder:
        return plan_from(merged(tree_of(overrides), changed_files(Path(folder), districts=_halved)))


@settings(max_examples=40)
@given(provinces())
def test_a_district_split_in_two_halves_needs_travels_and_books_as_before(overrides: Tree) -> None:
    """But for who is who: the halves have half its need each, its trips and its offices, and nothing else moves."""
    whole, halves = plan_of(overrides), in_halves(overrides)
    town = whole.districts.code.index("1.1")
    one, other = (halves.districts.code.index(code) for code in ("1.1", "1.2"))
    rest = [halves.districts.code.index(code) for code in whole.districts.code if code != "1.1"]
    unsplit = [row for row in range(len(whole.districts.code)) if row != town]
    for before, after in zip(whole.segments, halves.segments, strict=True):
        np.testing.assert_allclose(after.parties_per_day[one], before.parties_per_day[town] / 2)
        np.testing.assert_array_equal(after.parties_per_day[one], after.parties_per_day[other])
        np.testing.assert_allclose(after.parties_per_day[rest], before.parties_per_day[unsplit])
    for name in ("duration_ms", "fare_rupiah"):
        before, after = (np.moveaxis(getattr(plan.travel, name), 1, 0) for plan in (whole, halves))
        for half in (one, other):
            np.testing.assert_array_equal(after[half], before[town], name)
        np.testing.assert_array_equal(after[rest], before[unsplit], name)
    for name in (part.name for part in fields(whole.sessions)):
        np.testing.assert_array_equal(getattr(whole.sessions, name), getattr(halves.sessions, name), name)


def test_a_district_split_in_two_halves_changes_nothing_but_noise() -> None:
    """Eight measures over 24 pairs of runs: a false alarm in one of 100 such tests."""
    whole, halves = plan_of(OPEN), in_halves(OPEN)
    runs = 24
    values = np.array([[_province(plan, run) for plan in (whole, halves)] for run in range(runs)])
    apart = values[:, 1] - values[:, 0]
    errors = apart.std(axis=0, ddof=1) / np.sqrt(runs)
    assert (errors > 0).all()
    assert (errors[[0, 1, 5, 6, 7]] < 0.02 * values[:, 0].mean(axis=0)[[0, 1, 5, 6, 7]]).all()
    limit = t.ppf(1 - 0.01 / len(COMPARED) / 2, runs - 1)
    off = dict(zip(COMPARED, apart.mean(axis=0) / errors, strict=True))
    assert all(abs(one) < limit for one in off.values()), off


def _halved(rows: Rows) -> Rows:
    (city,) = (row for row in rows if row["code"] == "1.1")
    half = {**city, "population": str(int(city["population"]) // 2)}
    return [half, {**half, "code": "1.2", "name": "Other half"}, *(row for row in rows if row["code"] != "1.1")]


def _province(plan: Plan, run: int) -> list[float]:
    draws = draw(plan, Source(7, run))
    rows, _ = measure(plan, draws, compiled.run(plan, draws), [60])
    keys = zip(rows.measure, rows.level, rows.statistic, rows.value, strict=True)
    table = {(name, statistic): value for name, level, statistic, value in keys if level == "province"}
    return [table[key] for key in COMPARED]


# ----------------------------------------------------------------------------------------------------------- upstream

DOWNSTREAM = st.fixed_dictionaries(
    {},
    optional={
        "collection": st.fixed_dictionaries(
            {}, optional={"delay": st.sampled_from(["0 ms", "9 days"]), "never": st.sampled_from([0.0, 0.5])}
        ),
        "issue": st.fixed_dictionaries({"working_days": st.sampled_from([{0: 1.0}, {9: 1.0}])}),
        "service": st.fixed_dictionaries({"collection": st.sampled_from(["0 ms", "40 min"])}),
        "sites": st.just({"kanim": {"printing_per_day": 400_000}}),
    },
)
UP_TO_THE_INTERVIEW = ("booked_ms", "appointment_ms", "site", "session", "tries", "arrive_ms", "document_start_ms",
                       "document_end_ms", "interview_start_ms", "interview_end_ms", "visit_session")  # fmt: skip


@settings(max_examples=40)
@given(provinces(), DOWNSTREAM, st.integers(0, 5))
def test_nothing_after_the_interview_changes_anything_before_it(
    overrides: dict[str, Any], change: dict[str, Any], replication: int
) -> None:
    found = []
    for plan in (plan_of(overrides), plan_of(merged(overrides, change))):
        draws = draw(plan, Source(1, replication))
        found.append(compiled.run(plan, draws))
    for name in UP_TO_THE_INTERVIEW:
        np.testing.assert_array_equal(getattr(found[0], name), getattr(found[1], name), name)


# ----------------------------------------------------------------------------------------------------------- counters

COUNTERS = "sites__office__sessions__open__counters__interview"
QUIET = {"need__segments__class_1__per_year": rate(0.1)}
BY_COUNTERS = [queue("mg1", 3, **{COUNTERS: counters}, **QUIET) for counters in range(1, 6)]


@settings(max_examples=100)
@given(
    st.lists(st.tuples(st.integers(0, 300_000), st.integers(0, 2_000_000)), min_size=2, max_size=80),
    st.integers(1, 4),
)
def test_one_more_counter_makes_nobody_wait_longer(people: list[tuple[int, int]], counters: int) -> None:
    come = np.cumsum([apart for apart, _ in people])
    few, more = BY_COUNTERS[counters - 1 : counters + 1]
    service = np.zeros((len(people), 3, 2), dtype=np.int64)
    service[:, FIRST, 1] = [duration for _, duration in people]
    draws = scheduled(few, come, service_ms=service)
    waits = [interview_wait(compiled.run(plan, draws)) for plan in (few, more)]
    assert (waits[1] <= waits[0]).all()


def test_one_more_counter_makes_some_wait_less() -> None:
    few, more = queue("mg1", 3), queue("mg1", 3, **{COUNTERS: 2})
    draws = draw(few, Source(3, 0))
    waits = [interview_wait(compiled.run(plan, draws)) for plan in (few, more)]
    here = draws.need_ms < few.sessions.intake_close[0]
    assert (waits[1] <= waits[0])[here].all()
    assert (waits[1] < waits[0])[here].any()
