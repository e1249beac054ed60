"""What more offices cost: one generated country with 6 offices and with 30, the same people and as many slots in all.

Nobody is deterred by the way, so that as many people go through the offices in both.

Medians of runs in turns in one process, processor time.

    python benchmarks/sites.py [--runs 5] [--limit 1.5]

Exit status 1 where 30 offices take the engine more than the limit times as long as 6.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
from nation import SEED, Size, country, scenario, write_tables  # noqa: E402

FEW, MANY = 6, 30
REGENCIES, PEOPLE, SIDE_KM = 40, 9_000_000, 400.0


def plan_with(offices: int) -> Any:
    """The plan of a country with so many offices; everything else is the same."""
    from sim.build import build_plan
    from sim.building.loading import load_scenario

    with tempfile.TemporaryDirectory(prefix="sites-") as name:
        folder = Path(name)
        made = country(
            np.random.default_rng(SEED), Size(REGENCIES, offices, PEOPLE, SIDE_KM, SIDE_KM, 1.0, at_any_price=True)
        )
        write_tables(made, folder)
        return build_plan(load_scenario(scenario(made, folder, 1.0)).model)


def main() -> int:
    """Measure and print; exit status 1 above the limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="runs of each (default 5)")
    parser.add_argument("--limit", type=float, default=1.5, help="greatest ratio of the engine's times (default 1.5)")
    given = parser.parse_args()

    from sim.drawing import draw
    from sim.engines import compiled
    from sim.measures.all import measure
    from sim.measures.check import check_identities
    from sim.randomness import Source

    plans = {offices: plan_with(offices) for offices in (FEW, MANY)}
    seconds: dict[tuple[int, str], list[float]] = {}
    booked = {}
    for run in range(-1, given.runs):
        for offices, plan in plans.items():
            # Others come between: the same people would be drawn once for both plans.
            draw(plan, Source(SEED, given.runs))
            clock = [time.process_time()]
            draws = draw(plan, Source(SEED, max(run, 0)))
            clock.append(time.process_time())
            journeys = compiled.run(plan, draws)
            clock.append(time.process_time())
            check_identities(plan, draws, journeys)
            measure(plan, draws, journeys, (60, 120))
            clock.append(time.process_time())
            booked[offices] = draws.applicants, float((journeys.session >= 0).mean())
            if run >= 0:  # the first is for warming up
                for name, start, end in zip(("draws", "engine", "measures"), clock, clock[1:], strict=False):
                    seconds.setdefault((offices, name), []).append(end - start)
    for offices, (applicants, share) in booked.items():
        print(f"{offices:3} offices: {applicants:,} applicants, {share:.0%} found a slot")
    print(f"{'milliseconds':14}{FEW:>10}{MANY:>10}{'ratio':>10}")
    ratios = {}
    for name in ("draws", "engine", "measures"):
        few, many = (statistics.median(seconds[offices, name]) * 1000.0 for offices in (FEW, MANY))
        ratios[name] = many / few
        print(f"{name:14}{few:10.1f}{many:10.1f}{many / few:10.2f}")
    return 0 if ratios["engine"] <= given.limit else 1


if __name__ == "__main__":
    sys.exit(main())
