"""What must hold in any province: Little's law, blindness to names and order, halves, what lies upstream, counters."""

from __future__ import annotations

import csv
import functools
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from sim.build import build_plan
from sim.config.loader import load_scenario
from sim.draws import FIRST, draw
from sim.engines import compiled
from sim.journeys import columns
from sim.measures.all import measure
from sim.plan import NONE, Plan
from sim.province.tables import read_tables
from sim.randomness import Source
from tests.model.audit import services
from tests.model.small_province import FOLDER, merged, plan_of
from tests.model.test_engine import provinces
from tests.proof.queues import interview_wait, queue, rate, scheduled

Rows = list[dict[str, str]]


# ------------------------------------------------------------------------------------------------------ Little's law


@settings(max_examples=40)
@given(provinces(), st.integers(0, 5))
def test_the_number_waiting_over_time_is_the_sum_of_waits_at_every_station(
    overrides: dict[str, Any], replication: int
) -> None:
    plan = plan_of(overrides)
    draws = draw(plan, Source(1, replication))
    for station in services(plan, draws, compiled.run(plan, draws)):
        came, left = np.sort(station.came), np.sort(station.start)
        moments = np.unique(np.concatenate([came, left]))
        waiting = np.searchsorted(came, moments, "right") - np.searchsorted(left, moments, "right")
        assert (waiting >= 0).all()
        assert waiting[-1] == 0
        assert (waiting[:-1] * np.diff(moments)).sum() == (station.start - station.came).sum()


# -------------------------------------------------------------------------------------------------- names and order


def rewritten(folder: Path, change: Callable[[str], str] = str, **tables: Callable[[Rows], Rows]) -> Plan:
    """The plan of the small province after changes to the text of all its files and to rows of its tables."""
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    for name, edit in tables.items():
        path = folder / f"{name}.csv"
        with path.open(newline="") as file:
            rows = edit(list(csv.DictReader(file)))
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    for path in folder.iterdir():
        path.write_text(change(path.read_text()))
    scenario = load_scenario(folder / "small.yaml", ["sites.ukk_far.in_service=always"] if change is str else []).model
    return build_plan(scenario, read_tables(scenario.data))


OPEN = {"sites": {"ukk_far": {"in_service": "always"}}}


def test_the_order_of_districts_and_roads_in_their_tables_changes_nothing(tmp_path: Path) -> None:
    before, after = plan_of(OPEN), rewritten(tmp_path, districts=_reversed, road_nodes=_reversed, roads=_reversed)
    assert before.districts.code == after.districts.code[::-1]
    one, other = draw(before, Source(3, 0)), draw(after, Source(3, 0))
    np.testing.assert_array_equal(one.district, len(before.districts.code) - 1 - other.district)
    _same_journeys(before, after)


def test_the_order_of_sites_in_the_file_changes_nothing_but_their_numbers(tmp_path: Path) -> None:
    before = plan_of(OPEN)
    after = rewritten(tmp_path, _sites_reversed)
    assert before.sites.id == after.sites.id[::-1]
    place = np.append(np.arange(len(before.sites.id))[::-1], NONE)
    ours, theirs = (columns(compiled.run(plan, draw(plan, Source(3, 0)))) for plan in (before, after))
    rows = {name for name in ours if "session" in name or name in ("site", "issued_at")}
    assert len(rows) < len(ours) / 3
    for name in set(ours) - rows:
        np.testing.assert_array_equal(ours[name], theirs[name], name)
    for name in ("site", "issued_at"):
        np.testing.assert_array_equal(ours[name], place[theirs[name]], name)


def test_other_names_for_sites_and_districts_change_nothing_where_chance_is_the_same(tmp_path: Path) -> None:
    # Names key the random numbers, so that they are carried over: what is left is all that the model does with names.
    names = {"ukk_far": "aa", "ukk_near": "zz", "kanim": "mm", "Simpang": "Other", "Kota": "Another", "1.1": "8.8"}
    before = plan_of(OPEN)
    after = rewritten(tmp_path, functools.partial(_renamed, names))
    assert not set(before.sites.id) & set(after.sites.id)
    assert "8.8" in after.districts.code
    draws = draw(before, Source(3, 0))
    ours, theirs = (columns(compiled.run(plan, draws)) for plan in (before, after))
    for name, values in ours.items():
        np.testing.assert_array_equal(values, theirs[name], name)


def _reversed(rows: Rows) -> Rows:
    return rows[::-1]


def _renamed(names: dict[str, str], text: str) -> str:
    text = text.replace("in_service: never", "in_service: always")
    pattern = "|".join(rf"(?<![\w.]){re.escape(name)}(?![\w.])" for name in names)
    return re.sub(pattern, lambda found: names[found[0]], text)


def _sites_reversed(text: str) -> str:
    if "\nsites:\n" not in text:
        return text
    head, sites = text.replace("in_service: never", "in_service: always").split("\nsites:\n")
    parts = re.split(r"(?m)^(?=  \w)", sites.rstrip() + "\n")
    return f"{head}\nsites:\n{''.join(parts[::-1])}"


def _same_journeys(one: Plan, other: Plan) -> None:
    ours, theirs = (columns(compiled.run(plan, draw(plan, Source(3, 0)))) for plan in (one, other))
    for name, values in ours.items():
        np.testing.assert_array_equal(values, theirs[name], name)


# ------------------------------------------------------------------------------------------------------------- halves

COMPARED = (
    *(("need", "count"), ("served", "count"), ("deterred_share", "share"), ("wait_minutes", "mean")),
    *(("lead_days", "mean"), ("days_to_passport", "mean"), ("travel_hours", "mean"), ("cost_rupiah", "mean")),
)


def test_a_district_split_in_two_halves_changes_nothing_but_noise(tmp_path: Path) -> None:
    """Eight measures over 24 pairs of runs: a false alarm in one of 100 such tests."""
    whole, halves = plan_of(OPEN), rewritten(tmp_path, districts=_halved)
    at = halves.districts.code.index("1.1"), halves.districts.code.index("1.2")
    for one, two in zip(whole.segments, halves.segments, strict=True):
        both = two.parties_per_day[list(at)]
        np.testing.assert_allclose(both[0], both[1])
        np.testing.assert_allclose(both.sum(axis=0), one.parties_per_day[whole.districts.code.index("1.1")])
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
