"""Nobody can tell the compiled engine from the SimPy model: each column of each journey is equal."""

from __future__ import annotations

import os
import pickle
import time
import types
from collections import namedtuple
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, reject, settings
from hypothesis import strategies as st

from sim.build import build_plan
from sim.building.loading import load_scenario
from sim.drawing import draw
from sim.draws import Draws
from sim.engines import compiled, simpy_model
from sim.engines.kernels import booking, queues
from sim.errors import DataError
from sim.jit import CACHE_VARIABLE, KEPT_DAYS, cache_folder, digest, is_cached
from sim.jit import compiled as compiled_function
from sim.journeys import Journeys
from sim.measures.applicants import outcomes
from sim.measures.check import check_identities
from sim.measures.lines import check_lines
from sim.plan import HOUR_MS, Ints, Plan
from sim.randomness import Source
from tests.model.small_province import Tree, merged, plan_of
from tests.model.test_engine import SHARE, provinces
from tests.proof.queues import queue
from tests.services.small_services import outage, programme, with_programmes
from tests.services.test_on_request import BEDSIDE, EAZY, GROUPS, HOMEBOUND

SCENARIOS = sorted((Path(__file__).parents[2] / "configs" / "scenarios").rglob("*.yaml"))


def differences(plan: Plan, draws: Draws) -> list[str]:
    """Columns in which the engines differ."""
    one, other = simpy_model.run(plan, draws), compiled.run(plan, draws)
    return [name for name in Journeys._fields if not np.array_equal(getattr(one, name), getattr(other, name))]


# ------------------------------------------------------------------------------------------------- random provinces


VAN = programme(
    visits=[
        {"date": "2023-04-03", "place": "3.1"},
        {"date": "2023-04-05", "place": "2.1"},
        {"date": "2023-04-12", "place": "3.1"},
    ],
    quota={"ordinary": 6, "priority": 2},
)
MORE_COUNTERS: Tree = {
    "sites": {"kanim": {"staff": 20, "sessions": {"weekdays": {"counters": {"document": 4, "interview": 6}}}}}
}


@st.composite
def served_provinces(draw: st.DrawFn) -> Tree:
    """Random provinces with teams, groups, delivery, progress checks, outages and slow printers."""
    teams = {
        "van": VAN,
        "eazy": {**EAZY, "smallest_group": 10, "quota": {"ordinary": draw(st.sampled_from([10, 45, 100_000]))}},
        "bedside": BEDSIDE,
    }
    chosen = draw(st.sets(st.sampled_from(sorted(teams))))
    others = [draw(provinces()), MORE_COUNTERS, with_programmes(**{name: teams[name] for name in sorted(chosen)})]
    if "eazy" in chosen:
        others.append(GROUPS)
    if "bedside" in chosen:
        others.append(HOMEBOUND)
    if draw(st.booleans()):
        affects = draw(st.sampled_from([["intake"], ["printing"], ["same_day"], ["intake", "printing"]]))
        if draw(st.booleans()):
            others.append(
                outage(affects=affects, first="2023-04-03", last=draw(st.sampled_from(["2023-04-03", "2023-04-14"])))
            )
        else:
            others.append(outage(affects=affects, per_year=draw(st.sampled_from([5, 60])), days={1: 0.5, 3: 0.5}))
    if draw(st.booleans()):
        others.append({"sites": {"kanim": {"printing_per_day": 100_001 if draw(st.booleans()) else 12}}})
    if draw(st.booleans()):
        others.append({"sites": {"kanim": {"printing_days": draw(st.sampled_from([["wed"], ["mon", "sat", "sun"]]))}}})
    if draw(st.booleans()):
        others.append({"collection": {"progress_check": {"enabled": True, "uptake": draw(SHARE)}}})
    if draw(st.booleans()):
        others.append(
            {
                "collection": {
                    "delivery": {"enabled": True, "fee": "Rp 30000", "taste": "Rp 20000", "days": {1: 0.5, 3: 0.5}}
                }
            }
        )
    return merged(*others)


def assert_equal_and_lawful(overrides: Tree, replication: int) -> None:
    try:
        plan = plan_of(overrides)
    except DataError:
        reject()
    draws = draw(plan, Source(1, replication))
    assert differences(plan, draws) == []
    journeys = compiled.run(plan, draws)
    check_identities(plan, draws, journeys)
    check_lines(plan, journeys)
    outcomes(plan, draws, journeys)


ANY = st.one_of(provinces(), served_provinces())


@settings(max_examples=200)
@given(ANY, st.integers(0, 5))
def test_both_engines_give_equal_and_lawful_journeys_in_any_province(overrides: Tree, replication: int) -> None:
    assert_equal_and_lawful(overrides, replication)


@pytest.mark.slow
@settings(max_examples=400)
@given(ANY, st.integers(0, 5))
def test_both_engines_give_equal_and_lawful_journeys_in_hundreds_of_provinces(
    overrides: Tree, replication: int
) -> None:
    assert_equal_and_lawful(overrides, replication)


def test_both_engines_give_equal_journeys_where_everything_happens_at_once() -> None:
    """Arrivals and services on whole hours: each instant has many events, and nothing but the rules orders them."""
    plan = queue("two_classes", 2)
    draws = draw(plan, Source(1, 0))
    hour = replace(draws, need_ms=draws.need_ms // HOUR_MS * HOUR_MS, service_ms=draws.service_ms // 1000 * 0 + HOUR_MS)
    assert len(np.unique(hour.need_ms)) <= 72
    assert differences(plan, hour) == []
    nothing = replace(hour, service_ms=np.zeros_like(hour.service_ms))
    assert differences(plan, nothing) == []


@pytest.mark.parametrize("engine", [compiled, simpy_model], ids=["compiled", "simpy"])
def test_no_engine_reads_what_was_not_drawn(engine: types.ModuleType) -> None:
    """Whatever stands there instead, the journeys are the same."""
    plan = plan_of()
    draws = draw(plan, Source(1, 0))
    on_time, complete = ~draws.misses[:, 0], ~draws.papers_missing
    unread = {
        "misses": np.stack([np.zeros_like(on_time), on_time], axis=1),
        "books_again": on_time,
        "books_again_after_ms": on_time,
        "comes_back": complete,
        "back_after_ms": complete,
        "referral_after_ms": draws.referral_after_ms == 0,
        "delivery_rupiah": np.ones_like(on_time),
        "delivery_days": np.ones_like(on_time),
    }
    filled = {
        name: np.where(there, getattr(draws, name).dtype.type(1), getattr(draws, name))
        for name, there in unread.items()
    }
    for name, values in filled.items():
        assert values.dtype == getattr(draws, name).dtype, name
        assert not np.array_equal(values, getattr(draws, name)), name
    journeys, others = engine.run(plan, draws), engine.run(plan, replace(draws, **filled))
    for name in Journeys._fields:
        assert np.array_equal(getattr(journeys, name), getattr(others, name)), name


# ---------------------------------------------------------------------------------------------------- bundled files


@pytest.mark.slow
@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_both_engines_give_equal_journeys_in_every_bundled_scenario(path: Path) -> None:
    plan = build_plan(load_scenario(path).model)
    assert differences(plan, draw(plan, Source(7, 0))) == []


# -------------------------------------------------------------------------------------------------------- the parts


LATE = 10**12


def lines_of(people: int, classes: int) -> queues.Lines:
    rows, cells = people + classes, people * classes * queues.FINE
    return queues.Lines(*(np.empty(size, dtype=np.int64) for size in (rows, rows, classes, rows, cells)))


def whole(values: Iterable[int]) -> Ints:
    return np.array(list(values), dtype=np.int64)


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 9) | st.just(LATE), st.integers(0, 99)),
        min_size=1,
        max_size=80,
        unique_by=lambda one: one[2],
    )
)
@example([(k % 2, 9 - k % 10, k) for k in range(99)] + [(1, LATE, 99)])
def test_people_line_up_by_class_time_and_number_also_where_one_comes_years_late(
    people: list[tuple[int, int, int]],
) -> None:
    classes, times, numbers = (whole(one[k] for one in people) for k in range(3))
    lines = lines_of(len(people), 3)
    queues.line_up(len(people), times, numbers, classes, 3, lines)
    for k, head in enumerate(lines.heads):
        expected = sorted(one for one in people if one[0] == k)
        end = head + len(expected)
        assert [people[place] for place in lines.places[head:end]] == expected
        assert [*lines.times[head : end + 1]] == [*(one[1] for one in expected), queues.NEVER]


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 30), st.integers(0, 9)), min_size=1, max_size=40),
    st.integers(0, 12),
    st.integers(0, 9),
)
def test_one_class_or_two_are_called_as_if_there_were_more_of_which_nobody_comes(
    people: list[tuple[int, int, int]], counters: int, opens: int
) -> None:
    classes, times, durations = (whole(one[k] for one in people) for k in range(3))
    n = len(people)

    def starts(n_classes: int, of_each: Ints) -> list[int]:
        lines, busy, called = lines_of(n, n_classes), np.empty(12 + queues.STRIDE, dtype=np.int64), whole([0] * n)
        queues.line_up(n, times, whole(range(n)), of_each, n_classes, lines)
        queues.call(n, n_classes, durations, counters, opens, 10, 15, lines, busy, called)
        return called.tolist()

    assert starts(2, classes) == starts(3, classes)
    assert starts(1, 0 * classes) == starts(4, 0 * classes)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 99)), max_size=40, unique_by=lambda one: one[1]))
def test_a_heap_of_moments_gives_the_earliest_first(moments: list[tuple[int, int]]) -> None:
    times, numbers = np.empty(len(moments), dtype=np.int64), np.empty(len(moments), dtype=np.int64)
    for n, (moment, number) in enumerate(moments):
        queues.add(n, moment, number, times, numbers)
    out = []
    for n in range(len(moments), 0, -1):
        out.append((int(times[0]), int(numbers[0])))
        queues.drop_first(n, times, numbers)
    assert out == sorted(moments)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40), st.lists(st.integers(0, 9), max_size=40))
def test_the_counter_that_falls_idle_first_is_found_among_few_and_many(ends: list[int], durations: list[int]) -> None:
    n, known = len(ends), sorted(ends)
    kept = np.array([*known, *[queues.NEVER] * queues.STRIDE], dtype=np.int64)
    for duration in durations:
        known = sorted([*known[1:], known[0] + duration])
        queues.replace_first(kept, n, int(kept[0]) + duration)
        assert kept[0] == known[0]
        assert sorted(kept[:n].tolist()) == known
        assert (kept[n:] == queues.NEVER).all()


def test_the_kernels_are_plain_python_that_gives_the_same_without_a_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of({"period": {"warm_up": "7 days", "to": "2023-04-10", "run_out": "10 days"}})
    draws = draw(plan, Source(1, 0))
    fast = compiled.run(plan, draws)
    monkeypatch.setattr(compiled, "compiled", lambda function: function)
    plain = compiled.run(plan, draws)
    for name in Journeys._fields:
        assert np.array_equal(getattr(fast, name), getattr(plain, name)), name


def test_machine_code_is_kept_under_a_digest_of_all_that_it_was_made_from() -> None:
    def with_constant(rules_: dict[str, Any]) -> str:
        made = types.FunctionType(queues.call.__code__, {**queues.call.__globals__, **rules_}, "call")
        return digest(made)

    usual = with_constant({})
    assert usual == with_constant({})
    assert usual != with_constant({"NEVER": -2})
    other = types.FunctionType(queues.add.__code__, queues.call.__globals__, "replace_first", None)
    other.__module__ = queues.__name__
    assert usual != with_constant({"replace_first": other})


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    cache_folder.cache_clear()
    yield tmp_path
    cache_folder.cache_clear()


def test_the_folder_for_machine_code_may_be_named_from_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv(CACHE_VARIABLE, "~/code")
    cache_folder.cache_clear()
    folder = cache_folder(queues.add)
    cache_folder.cache_clear()
    assert folder is not None and folder.parent == tmp_path / "code"


def drop_first() -> int:
    """The second of three times, by machine code as a new process would take it."""
    cache_folder.cache_clear()
    times, numbers = np.array([1, 3, 2]), np.arange(3)
    compiled_function.__wrapped__(queues.drop_first)(3, times, numbers)
    return int(times[0])


def test_machine_code_that_nobody_has_used_for_long_is_removed_and_nothing_else(own_cache: Path) -> None:
    current = cache_folder(queues.drop_first)
    assert current is not None
    old, recent = (own_cache / f"{kernel}-{'a' * 16}-{'b' * 8}" for kernel in ("play", "book"))
    foreign = [own_cache / name for name in ("my-notes", f"{old.name}.bak", f"copy.{old.name}")]
    for folder in (old, recent, *foreign):
        folder.mkdir()
        (folder / "file").touch()
    gone, file = (own_cache / f"{kernel}-{'c' * 16}-{'d' * 8}" for kernel in ("call", "add"))
    gone.symlink_to(own_cache / "nowhere")
    file.touch()
    kept = [recent, current, file, *foreign]
    for path in (old, *kept):
        age = (KEPT_DAYS + (-0.1 if path == recent else 0.1)) * 86_400
        os.utime(path, (time.time() - age,) * 2)
    cache_folder.cache_clear()
    assert cache_folder(queues.drop_first) == current  # in use again; and as nothing is new, nothing is removed
    assert old.exists()
    assert cache_folder(queues.add) is not None
    assert not old.exists()
    assert gone.is_symlink()
    assert [path for path in kept if not path.exists()] == []


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_machine_code_that_was_cut_short_anywhere_is_made_anew(kind: str, own_cache: Path) -> None:
    assert drop_first() == 2
    (file,) = own_cache.rglob(f"*.{kind}")
    whole = file.read_bytes()
    # At its end may be the end of something: of the first of two parts, or of what looks like one.
    ends = [at + 1 for at, byte in enumerate(whole[:-1]) if bytes([byte]) == pickle.STOP]
    for left in (0, 20, len(whole) - 1, *ends):
        file.write_bytes(whole[:left])
        cache_folder.cache_clear()
        assert not is_cached(queues.drop_first), left
    assert drop_first() == 2
    assert is_cached(queues.drop_first)


def test_machine_code_with_a_hole_is_made_anew(own_cache: Path) -> None:
    assert drop_first() == 2
    (file,) = own_cache.rglob("*.nbc")
    whole = file.read_bytes()
    file.write_bytes(whole[:64] + bytes(256) + whole[320:])
    assert drop_first() == 2


def test_machine_code_is_not_used_for_tables_that_are_named_or_ordered_anew() -> None:
    def digest_with(table: Any) -> str:
        made = types.FunctionType(booking.book.__code__, {**booking.book.__globals__, "Book": table}, "book")
        made.__annotations__ = booking.book.__annotations__
        return digest(made)

    usual = digest_with(booking.Book)
    assert usual == digest(booking.book)
    renamed = namedtuple("Ledger", booking.Book._fields)
    reordered = namedtuple("Book", booking.Book._fields[::-1])
    reordered.__module__ = booking.Book.__module__
    assert len({usual, digest_with(renamed), digest_with(reordered)}) == 3
