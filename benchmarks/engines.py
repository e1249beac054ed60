"""The compiled engine beside the SimPy model on one plan and its draws, and beside what else a replication costs.

Everything runs in this process, in turns, so that other work on the machine harms all alike; times are those of the
processor. Ratios are taken within a run, of times seconds apart, and the median of them is told: a shared machine is
twice as fast in one minute as in another. As in a job, replications follow one another, each of people that no loop has
met before: of three the median counts, and both sizes are played beforehand. Journeys of both engines are compared in
each run.

    python benchmarks/engines.py [--runs 5] [--scenario configs/scenarios/with_ukk.yaml]
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SEED = 1
IN_A_ROW = 3
"""Replications of a run."""
TIMES = 10
"""How many times the applicants in the last line."""
ENGINE, NUMPY = "compiled engine", "NumPy draws as many numbers"
NUMPY_NORMAL = "NumPy draws as many normal numbers"
SEARCHED = frozenset({("wait_minutes", "mean"), ("next_slot_days", "mean")})
"""Measures that the guide to sweeps asks for, and statistics."""


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the processor, and the result."""
    started = time.process_time()
    made = work()
    return time.process_time() - started, made


def numbers_drawn(plan: Any, source: Any) -> int:
    """Random numbers that a replication takes from its source."""
    from sim.drawing import draw

    class Counting(type(source)):  # type: ignore[misc]
        taken = 0

        def uniform(self, purpose: str, who: Any, occasion: int = 0) -> Any:
            Counting.taken += len(who)
            return super().uniform(purpose, who, occasion)

        def pair(self, purpose: str, who: Any, occasion: int = 0) -> Any:
            Counting.taken += 2 * len(who)
            return super().pair(purpose, who, occasion)

    draw(plan, Counting(source.seed, source.replication))
    return Counting.taken


def equal_columns(ours: dict[str, Any], theirs: dict[str, Any]) -> int:
    """How many columns there are, where all are equal; 0 where one differs."""
    return len(theirs) if all(np.array_equal(ours[name], theirs[name]) for name in theirs) else 0


def replicated(plan: Any, source: Any) -> tuple[dict[str, float], Any, Any]:
    """Seconds of each part of a replication, its draws and its journeys; and what NumPy takes for as many numbers."""
    from sim.drawing import draw
    from sim.engines import compiled
    from sim.measures.all import measure
    from sim.measures.check import check_identities

    note: dict[str, float] = {}
    note["draws"], draws = timed(lambda: draw(plan, source))
    note["draws, the people being there"], draws = timed(lambda: draw(plan, source))
    note[ENGINE], made = timed(lambda: compiled.run(plan, draws))
    note["checks"], _ = timed(lambda: check_identities(plan, draws, made))
    note["measures"], _ = timed(lambda: measure(plan, draws, made, (60, 120)))
    note["measures of a search"], _ = timed(lambda: measure(plan, draws, made, (), SEARCHED))
    count = numbers_drawn(plan, source)
    note[NUMPY], _ = timed(lambda: np.random.default_rng(1).random(count))
    note[NUMPY_NORMAL], _ = timed(lambda: np.random.default_rng(1).standard_normal(count))
    return note, draws, made


def larger(plan: Any, times: int) -> Any:
    """The plan with so many times the need, quotas and counters."""
    segments = tuple(dataclasses.replace(s, parties_per_day=s.parties_per_day * times) for s in plan.segments)
    s = plan.sessions
    sessions = dataclasses.replace(s, quota=s.quota * times, counters=s.counters * times)
    sites = dataclasses.replace(plan.sites, printing_per_day=plan.sites.printing_per_day * times)
    return dataclasses.replace(plan, segments=segments, sessions=sessions, sites=sites)


def main() -> int:
    """Measure and print the medians; exit status 1 where the engines differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", type=Path, default=ROOT / "configs" / "scenarios" / "with_ukk.yaml")
    parser.add_argument("--runs", type=int, default=5, help="runs of each (default 5)")
    given = parser.parse_args()

    from sim.build import build_plan
    from sim.building.loading import load_scenario
    from sim.drawing import draw
    from sim.engines import compiled, simpy_model
    from sim.journeys import columns
    from sim.randomness import Source

    plan = build_plan(load_scenario(given.scenario).model)
    large = larger(plan, TIMES)
    compiled.prepare(plan)
    for run in range(2):
        replicated(plan, Source(SEED, run))
        compiled.run(large, draw(large, Source(SEED, run)))
    runs: list[dict[str, float]] = []
    for run in range(given.runs):
        parts: list[dict[str, float]] = []
        for replication in range(run * IN_A_ROW, (run + 1) * IN_A_ROW):
            # Journeys that are held here are not there for the next: no job holds those of two replications.
            made = None
            one, draws, made = replicated(plan, Source(SEED, replication))
            parts.append(one)
        note = {name: statistics.median(one[name] for one in parts) for name in parts[0]}
        ours, made = columns(made), None
        note["SimPy model"], meant = timed(lambda draws=draws: simpy_model.run(plan, draws))
        compared = equal_columns(ours, columns(meant))
        if not compared:
            print(f"the engines differ in replication {replication}")
            return 1
        del meant, ours
        times: list[float] = []
        for replication in range(run * IN_A_ROW, (run + 1) * IN_A_ROW):
            many = draw(large, Source(SEED, replication))
            seconds, _ = timed(lambda many=many: compiled.run(large, many))
            times.append(seconds)
            del many, _
        note[f"compiled engine, {TIMES} times the applicants"] = statistics.median(times)
        runs.append(note)
    count = numbers_drawn(plan, Source(SEED, replication))
    print(
        f"{given.scenario.name}: {draws.applicants:,} applicants, {count:,} random numbers; "
        f"medians of {given.runs} runs"
    )
    for name in runs[0]:
        middle = statistics.median(note[name] for note in runs)
        times = statistics.median(note[name] / note[ENGINE] for note in runs)
        print(f"{name:44}{middle * 1000:10.1f} ms   {times:8.2f} times the compiled engine")
    for what, parts in (
        ("a whole replication: draws, engine, measures", ("draws", ENGINE, "measures")),
        ("and checks of identities", ("draws", ENGINE, "measures", "checks")),
        ("another scenario of it, with checks", ("draws, the people being there", ENGINE, "measures", "checks")),
        ("one of a search, with checks", ("draws", ENGINE, "measures of a search", "checks")),
    ):
        seconds = [sum(note[part] for part in parts) for note in runs]
        uniform, normal = (
            statistics.median(whole / note[name] for whole, note in zip(seconds, runs, strict=True))
            for name in (NUMPY, NUMPY_NORMAL)
        )
        print(
            f"{what:46}{statistics.median(seconds) * 1000:8.0f} ms   {uniform:5.1f} times NumPy's uniform numbers, "
            f"{normal:.2f} times its normal ones"
        )
    print(f"{given.runs} replications of {draws.applicants:,} applicants compared: all {compared} columns equal")
    return 0


if __name__ == "__main__":
    sys.exit(main())
