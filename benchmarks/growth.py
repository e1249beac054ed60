"""What twice the applicants cost: time and peak memory of the engine on a real scenario, at its need and at twice that.

The need is doubled in four ways. Offices grow: quotas, counters and printing double too, and each person meets what
they met before. Halls fill: the counters do not double, so that the lines in the offices grow long. Printers fall
behind: printing does not, so that books wait for it. Slots run out: only the need doubles, and people without a slot
look again and again. Everybody checks before setting out to collect: trips in vain grow with the backlog, and would be
counted as if they were the cost of a waiting list.

Each run has a process of its own. The sizes take turns, and time is that of the processor, so that other work on the
machine harms all alike.

    python benchmarks/growth.py [--runs 5] [--scenario configs/scenarios/with_ukk.yaml] [--limit 2.3]

Exit status 1 where twice the applicants take more than the limit times as long.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

ONCE = "once"
SIZES = {
    ONCE: (1, 1, 1, 1),
    "offices grow": (2, 2, 2, 2),
    "halls fill": (2, 2, 1, 2),
    "printers fall behind": (2, 2, 2, 1),
    "slots run out": (2, 1, 1, 1),
}
"""Factors of need, quotas, counters and printing."""
SEED = 1


@dataclass(frozen=True)
class Run:
    """One run of the engine."""

    applicants: int
    tries: int
    """Times that parties looked for a slot."""
    wait_minutes: float
    """Mean wait for the interview."""
    seconds: float
    peak_mib: float
    """Of the whole process: libraries, plan and draws included."""


def scaled(scenario: Path, need: int, quotas: int, counters: int, printing: int) -> list[str]:
    """The changes to a scenario that multiply its need, quotas, counters and printing."""
    from sim.building.loading import load_scenario

    model = load_scenario(scenario).model
    changes = [f"need.segments.{name}.per_year={part.per_year * need}" for name, part in model.need.segments.items()]
    changes += ["collection.progress_check.enabled=true", "collection.progress_check.uptake=1"]
    for site_id, site in model.sites.items():
        if site.printing_per_day is not None:
            changes.append(f"sites.{site_id}.printing_per_day={site.printing_per_day * printing}")
        for rule_id, rule in site.sessions.items():
            at = f"sites.{site_id}.sessions.{rule_id}"
            changes += [f"{at}.quota.{key}={value * quotas}" for key, value in rule.quota.items()]
            changes += [f"{at}.counters.{key}={value * counters}" for key, value in rule.counters.items()]
    return changes


def run_once(scenario: Path, size: str, replication: int) -> Run:
    """Run the engine once, in this process."""
    from sim.build import build_plan
    from sim.building.loading import load_scenario
    from sim.drawing import draw
    from sim.engines import simpy_model
    from sim.randomness import Source

    plan = build_plan(load_scenario(scenario, scaled(scenario, *SIZES[size])).model)
    draws = draw(plan, Source(SEED, replication))
    started = time.process_time()
    journeys = simpy_model.run(plan, draws)
    seconds = time.process_time() - started
    start_ms = journeys.first("interview_start_ms")
    wait_ms = (start_ms - journeys.first("document_end_ms"))[start_ms >= 0]
    return Run(
        applicants=draws.applicants,
        tries=int(journeys.tries[draws.first].sum()),
        wait_minutes=float(wait_ms.mean()) / 60_000,
        seconds=seconds,
        peak_mib=peak_mib(),
    )


def peak_mib() -> float:
    """Peak memory of this process; NaN where the system does not tell."""
    try:
        import resource
    except ImportError:
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def in_own_process(scenario: Path, size: str, replication: int) -> Run:
    """Run the engine once, in a fresh process."""
    command = [sys.executable, __file__, "--scenario", str(scenario), "--only", size, str(replication)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Run(**json.loads(done.stdout))


def table(runs: dict[str, list[Run]]) -> tuple[str, float]:
    """Medians by size as a table, and the greatest ratio of times."""
    head = f"{'':22}{'applicants':>12}{'tries':>10}{'wait min':>10}{'seconds':>9}{'peak MiB':>10}{'time ratio':>12}"
    lines, worst = [head], 0.0
    base = runs[ONCE]
    for size, found in runs.items():
        middle = {name: statistics.median(getattr(run, name) for run in found) for name in Run.__annotations__}
        ratios = [run.seconds / once.seconds for run, once in zip(found, base, strict=True)]
        ratio = statistics.median(ratios)
        worst = max(worst, ratio)
        lines.append(
            f"{size:22}{middle['applicants']:12,.0f}{middle['tries']:10,.0f}{middle['wait_minutes']:10.1f}"
            f"{middle['seconds']:9.2f}{middle['peak_mib']:10.0f}{ratio:12.2f}"
            f"  ({min(ratios):.2f} to {max(ratios):.2f})"
        )
    return "\n".join(lines), worst


def main() -> int:
    """Measure all sizes and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", type=Path, default=ROOT / "configs" / "scenarios" / "with_ukk.yaml")
    parser.add_argument("--runs", type=int, default=5, help="runs of each size (default 5)")
    parser.add_argument("--limit", type=float, default=2.3, help="greatest ratio of times allowed (default 2.3)")
    parser.add_argument("--only", nargs=2, metavar=("SIZE", "REPLICATION"), help="one run in this process, as JSON")
    given = parser.parse_args()
    if given.only:
        print(json.dumps(asdict(run_once(given.scenario, given.only[0], int(given.only[1])))))
        return 0
    runs: dict[str, list[Run]] = {size: [] for size in SIZES}
    for replication in range(given.runs):
        for size, found in runs.items():
            found.append(in_own_process(given.scenario, size, replication))
    text, worst = table(runs)
    print(f"{given.scenario.name}: medians of {given.runs} runs\n{text}")
    print(f"twice the applicants take at most {worst:.2f} times as long; {given.limit} is allowed")
    return 0 if worst <= given.limit else 1


if __name__ == "__main__":
    sys.exit(main())
