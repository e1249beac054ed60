"""The compiled engine beside Ciw, a simulator written by others, on a network that both can express.

People come at random to two stations, one behind the other: `configs/textbook/tandem.yaml`, a configuration of the
ordinary model, with exponential service and then with lognormal service. Ciw is given the same arrivals and the same
service times, and every wait has to be the same. Each run has draws of its own.

The three simulate in turns in this process; times are medians, of the processor. Engines alone: Ciw's simulation, and
what our engines make of a plan and its draws, all columns of the journeys written. Whole replications: random numbers
and records besides; Ciw then draws from distributions of its own and lists its records, and we draw everything that
our model may need, check the identities and take the measures.

    python benchmarks/tandem.py [--runs 5] [--days 6] [--at-least 300]

Exit status 1 where a wait differs, or where an engine alone is less than that many times as fast as Ciw.
"""

from __future__ import annotations

import argparse
import dataclasses
import gc
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ciw
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sim.drawing import draw  # noqa: E402
from sim.draws import FIRST, Draws  # noqa: E402
from sim.engines import compiled, simpy_model  # noqa: E402
from sim.measures.all import measure  # noqa: E402
from sim.measures.check import check_identities  # noqa: E402
from sim.plan import Plan  # noqa: E402
from sim.randomness import Source  # noqa: E402
from tests.proof.ciw_networks import Own, by_model, finish, simulation_of, waits_of  # noqa: E402
from tests.proof.queues import SEED, queue, scheduled  # noqa: E402

SECOND_MS = 1000
PER_MINUTE, DOCUMENT_S, INTERVIEW_S = 3, 15, 30
COUNTERS = (1, 2)
"""As in configs/textbook/tandem.yaml: arrivals, means of service and counters. With one counter at the first station
no two people come to the second in the same millisecond, whose order would be anybody's choice."""
CV = 1.5
SERVICES = {
    "exponential": "{{distribution: expon, mean: {mean} s}}",
    "lognormal": f"{{{{distribution: lognorm, mean: {{mean}} s, cv: {CV}}}}}",
}


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the processor, and the result. What others have left to be collected is not in them."""
    gc.collect()
    started = time.process_time()
    made = work()
    return time.process_time() - started, made


def tandem(service: str, days: int) -> Plan:
    """The plan of two stations with such a service."""
    changes: dict[str, object] = {
        "service__document": SERVICES[service].format(mean=DOCUMENT_S),
        "service__interview": SERVICES[service].format(mean=INTERVIEW_S),
    }
    return queue("tandem", days, **changes)


def drawn(plan: Plan, run: int) -> Draws:
    """Draws of a run, but for who comes in the same millisecond as another, or after the office has shut."""
    times = np.unique(draw(plan, Source(SEED, run)).need_ms)
    draws = scheduled(plan, times[times < plan.sessions.intake_close[0]], run)
    # Cut, they lie otherwise than they were drawn: visit by visit.
    by_visit = {name: np.moveaxis(getattr(draws, name), 1, 0).copy() for name in compiled.OF_VISITS}
    return dataclasses.replace(draws, **{name: np.moveaxis(values, 0, 1) for name, values in by_visit.items()})


def own_ciw(service: str, people: int) -> int:
    """A replication by Ciw alone, which draws from its own distributions; the number of its records."""
    means = [mean * float(SECOND_MS) for mean in (DOCUMENT_S, INTERVIEW_S)]
    if service == "exponential":
        of_stations = [ciw.dists.Exponential(1 / mean) for mean in means]
    else:
        sigma2 = np.log1p(CV**2)
        of_stations = [ciw.dists.Lognormal(float(np.log(mean) - sigma2 / 2), float(np.sqrt(sigma2))) for mean in means]
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(PER_MINUTE / (60.0 * SECOND_MS)), None],
        service_distributions=of_stations,
        number_of_servers=list(COUNTERS),
        routing=[[0.0, 1.0], [0.0, 0.0]],
    )
    simulation = ciw.Simulation(network)
    finish(simulation, people)
    return len(simulation.get_all_records())


def once(plan: Plan, service: str, run: int) -> tuple[dict[str, float], int, int]:
    """Seconds by what was done, the number of people, and how many waits differ from Ciw's."""
    draws = drawn(plan, run)
    people, took = draws.applicants, {}
    stations = [(number, Own(draws.service_ms[:, FIRST, k])) for k, number in enumerate(COUNTERS)]
    simulation = simulation_of(draws, stations)
    took["Ciw"], _ = timed(lambda: finish(simulation, people))
    waits = waits_of(simulation, people, len(stations))
    took["SimPy model"], meant = timed(lambda: simpy_model.run(plan, draws))
    took["compiled engine"], made = timed(lambda: compiled.run(plan, draws))
    differ = sum(int((by_model(journeys) != waits).sum()) for journeys in (meant, made))

    def whole() -> None:
        # Other people than above, who would not be drawn again.
        own = draw(plan, Source(SEED + 1, run))
        journeys = compiled.run(plan, own)
        check_identities(plan, own, journeys)
        measure(plan, own, journeys, (60, 120))

    took["whole replication by Ciw"], _ = timed(lambda: own_ciw(service, people))
    took["whole replication of ours"], _ = timed(whole)
    return took, people, differ


def main() -> int:
    """Measure and print the medians; exit status 1 where waits differ or the ratio is below what is asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="runs of each (default 5)")
    parser.add_argument("--days", type=int, default=6, help="simulated days, up to 30 (default 6)")
    parser.add_argument("--at-least", type=float, default=0.0, help="least ratio to Ciw (default: none is asked for)")
    given = parser.parse_args()
    least = float("inf")
    for service in SERVICES:
        plan = tandem(service, given.days)
        once(tandem(service, 3), service, 0)  # what is compiled or imported at first is not counted
        runs = [once(plan, service, run) for run in range(given.runs)]
        people, differ = sum(run[1] for run in runs), sum(run[2] for run in runs)
        middle = {name: statistics.median(run[0][name] for run in runs) for name in runs[0][0]}
        print(
            f"{service} service: {people:,} people in {given.runs} runs, "
            f"{4 * people - differ:,} waits by our engines the same as Ciw's, {differ:,} not"
        )
        for name, seconds in middle.items():
            ours = middle["whole replication of ours" if "whole" in name else "compiled engine"]
            print(f"{name:28}{seconds * 1000:10.1f} ms{seconds / ours:10.1f} times ours", flush=True)
        least = min(least, middle["Ciw"] / middle["compiled engine"])
        if differ:
            return 1
    return 0 if least >= given.at_least else 1


if __name__ == "__main__":
    sys.exit(main())
