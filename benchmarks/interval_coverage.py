"""How often intervals of nominal 95% hold the truth, on systems whose truth is known: the table in docs/statistics.md.

Every method is the one that experiments use. Each line repeats a whole experiment many times, counts how often its
interval (or all intervals of a family together) holds the truth, and gives the Monte Carlo error of that share.

    python benchmarks/interval_coverage.py [--trials 4000] [--seed 1]
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sim.experiment.precision import more_after, shares_of
from sim.stats.factorial import contrasts
from sim.stats.intervals import Estimates, holm, mean_intervals, paired_intervals
from sim.stats.ratios import linearised
from sim.stats.simultaneous import critical_value

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, tuple[int, ...]], Floats]
NOMINAL = 0.95
CV = 2.0
"""Coefficient of variation of the skewed system."""


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    method: str
    system: str
    replications: str
    coverage: float
    trials: int

    @property
    def error(self) -> float:
        """Monte Carlo standard error of the coverage."""
        return math.sqrt(max(self.coverage * (1 - self.coverage), 1.0 / self.trials) / self.trials)


def normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Mean 1, standard deviation 0.3."""
    return rng.normal(1.0, 0.3, shape)


def lognormal(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Mean 1, coefficient of variation CV: skewness 14."""
    scale = math.sqrt(math.log(1.0 + CV**2))
    return rng.lognormal(-(scale**2) / 2.0, scale, shape)


SYSTEMS: dict[str, Draw] = {"normal": normal, f"lognormal, cv {CV:g}": lognormal}


def held(found: Estimates, truth: float | Floats) -> Floats:
    """1 where the interval holds the truth."""
    return ((found.low <= truth) & (truth <= found.high)).astype(np.float64)


def fixed_mean(rng: np.random.Generator, trials: int) -> Iterator[Line]:
    """The t interval of a mean over a fixed number of replications."""
    for name, draw in SYSTEMS.items():
        for n in (5, 10, 30, 100):
            inside = held(mean_intervals(draw(rng, (n, trials)), NOMINAL), 1.0)
            yield Line("mean, fixed number", name, str(n), float(inside.mean()), trials)


def sequential(rng: np.random.Generator, trials: int) -> Iterator[Line]:
    """The t interval of a mean when replications stop at a relative precision, by the rule of experiments."""
    skewed = f"lognormal, cv {CV:g}"
    cases = (("normal", 0.05, 10, 600), (skewed, 0.2, 10, 3000), (skewed, 0.4, 10, 1500), (skewed, 0.4, 30, 1500))
    for name, target, minimum, most in cases:
        runs = min(trials, 2000)
        used, inside = stopped(SYSTEMS[name](rng, (most, runs)), target, minimum)
        about = f"{int(np.median(used))} (from {minimum}, to {target:.0%})"
        yield Line("mean, to a precision", name, about, float(inside.mean()), runs)


def stopped(values: Floats, target: float, minimum: int) -> tuple[NDArray[np.int64], Floats]:
    """With how many replications each column stops, and whether the interval there holds 1, the truth.

    Each column is an experiment with one goal, and runs on as :mod:`sim.experiment.precision` tells it to.
    """
    most, runs = values.shape
    asked = np.full(runs, minimum)
    shares = np.full((most + 1, runs), np.nan)
    inside = np.zeros(runs)
    for n in range(minimum, most + 1):
        going = np.flatnonzero(asked >= n)
        if not len(going):
            break
        here = values[:n, going]
        goals = np.full(len(going), target), np.ones(len(going), dtype=np.bool_)
        shares[n, going] = shares_of(here, *goals, NOMINAL)
        for column in going[asked[going] == n]:
            asked[column] += more_after(shares[minimum : n + 1, column], minimum, most)
        done = asked[going] == n
        inside[going[done]] = held(mean_intervals(here[:, done], NOMINAL), 1.0)
    return asked, inside


def ratios(rng: np.random.Generator, trials: int) -> Iterator[Line]:
    """A mean per person, where replications with more people have worse means."""
    mean, slope = 60.0, 0.8
    for spread in (0.1, 0.5):
        system = f"worse with more people, whose number has cv {spread:g}"
        for n in (5, 10, 30):
            rate = rng.gamma(1 / spread**2, mean * spread**2, (n, trials))
            people = rng.poisson(rate).astype(np.float64) + 1.0
            per_person = 1.0 + slope * (people / (mean + 1.0) - 1.0) + rng.normal(0.0, 0.1, people.shape)
            truth = 1.0 + slope * (mean + (mean * spread) ** 2) / (mean + 1.0) ** 2
            inside = held(mean_intervals(linearised(per_person, people), NOMINAL), truth)
            yield Line("mean per person, ratio of sums", system, str(n), float(inside.mean()), trials)
            inside = held(mean_intervals(per_person, NOMINAL), truth)
            yield Line("the same, mean of means (not used)", system, str(n), float(inside.mean()), trials)


def quantiles(rng: np.random.Generator, trials: int) -> Iterator[Line]:
    """The 90th percentile of 500 exponential waits in each replication, then t."""
    runs = min(trials, 1000)
    for n in (10, 30):
        p90 = np.quantile(rng.exponential(1.0, (n, runs, 500)), 0.9, axis=2)
        inside = held(mean_intervals(p90, NOMINAL), math.log(10.0))
        yield Line("90th percentile a replication", "500 exponential waits", str(n), float(inside.mean()), runs)


def pairs(rng: np.random.Generator, trials: int) -> Iterator[Line]:
    """The paired t interval of a difference, correlation 0.9."""
    for name, draw in SYSTEMS.items():
        for n in (5, 10, 30):
            shared = draw(rng, (n, trials))
            a, b = 0.9 * shared + 0.1 * draw(rng, shared.shape), 0.8 * shared + 0.1 * draw(rng, shared.shape)
            found = paired_intervals(a, b, NOMINAL)
            inside = (found.low <= 0.1) & (found.high >= 0.1)
            yield Line("paired difference", f"{name}, alike", str(n), float(inside.mean()), trials)


def together(rng: np.random.Generator, trials: int) -> Iterator[Line]:
    """All intervals of a family at once, and Holm's tests of true nulls."""
    for n, scenarios, correlation in (
        (5, 6, 0.9),
        (10, 18, 0.5),
        (20, 6, 0.0),
        (20, 6, 0.9),
        (30, 18, 0.9),
        (60, 18, 0.5),
    ):
        runs = min(trials, 4000 if n < 20 else 600)
        inside = 0
        for _ in range(runs):
            shared = rng.normal(size=(n, 1))
            values = math.sqrt(correlation) * shared + math.sqrt(1 - correlation) * rng.normal(size=(n, scenarios))
            reach = critical_value(values, NOMINAL)
            inside += bool((np.abs(values.mean(axis=0)) <= reach * values.std(axis=0, ddof=1) / math.sqrt(n)).all())
        system = f"{scenarios} scenarios, correlation {correlation:g}"
        yield Line("simultaneous differences", system, str(n), inside / runs, runs)
    values = rng.normal(size=(8, trials, 1)) + rng.normal(size=(8, trials, 10))
    p = paired_intervals(values, np.zeros_like(values), NOMINAL).p
    kept = np.mean([holm(family).min() >= 1 - NOMINAL for family in p])
    yield Line("Holm: no false claim", "10 true nulls, alike", "8", float(kept), trials)


def factorial(rng: np.random.Generator, trials: int) -> Iterator[Line]:
    """Main effects and interactions of three services and a factor."""
    cells = {name: [f"{name}_0", f"{name}_1"] for name in ("none", "van", "mall", "all")}
    names, weights = contrasts("ukk", cells)
    for n in (5, 10):
        values = rng.normal(size=(n, trials, 1)) + rng.normal(0.0, 0.3, (n, trials, weights.shape[1]))
        effects = np.einsum("rtc,ec->rte", values, weights)
        alone = held(mean_intervals(effects, NOMINAL), 0.0)
        at = [names.index(("van", effect)) for effect in ("main", "interaction")]
        for effect, place in zip(("main effect", "interaction"), at, strict=True):
            yield Line(f"factorial, {effect}", "8 cells, alike", str(n), float(alone[:, place].mean()), trials)
        both = held(mean_intervals(effects, 1 - (1 - NOMINAL) / len(names)), 0.0).all(axis=1)
        yield Line(f"factorial, all {len(names)} effects at once", "8 cells, alike", str(n), float(both.mean()), trials)


def queue(rng: np.random.Generator, trials: int) -> Iterator[Line]:
    """The mean wait in M/M/1 at load 0.75 (3.0): 2,000 customers a replication, after a warm-up of 500."""
    runs, n, warm_up, counted = min(trials, 400), 10, 500, 2000
    inside = np.empty(runs)
    for run in range(runs):
        step = rng.exponential(1.0, (n, warm_up + counted)) - rng.exponential(1.0 / 0.75, (n, warm_up + counted))
        walk = np.concatenate([np.zeros((n, 1)), np.cumsum(step, axis=1)[:, :-1]], axis=1)
        waits = walk - np.minimum.accumulate(walk, axis=1)
        inside[run] = held(mean_intervals(waits[:, warm_up:].mean(axis=1)[:, None], NOMINAL), 3.0)[0]
    yield Line("mean, fixed number", "M/M/1 at load 0.75, mean wait", str(n), float(inside.mean()), runs)


STUDIES = (fixed_mean, queue, sequential, ratios, quantiles, pairs, together, factorial)


def lines(trials: int, seed: int) -> Iterator[Line]:
    """All lines of the table."""
    for number, study in enumerate(STUDIES):
        yield from study(np.random.default_rng([seed, number]), trials)


def markdown(table: list[Line]) -> str:
    """The table of docs/statistics.md."""
    rows = ["| method | system | replications | covers | trials |", "|---|---|--:|--:|--:|"]
    for line in table:
        covers = f"{100 * line.coverage:.1f}% ± {100 * line.error:.1f}"
        rows.append(f"| {line.method} | {line.system} | {line.replications} | {covers} | {line.trials:,} |")
    return "\n".join(rows)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(markdown(list(lines(arguments.trials, arguments.seed))))


if __name__ == "__main__":
    main()
