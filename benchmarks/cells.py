"""What running and storing a cell costs beside simulating it, and what going on with a run that was stopped.

A small province is simulated in this process, in two workers and on a Dask cluster of two workers, all storing their
cells. Overhead is wall time a cell, times the workers, less the time of simulating, from the tenth cell on, so that no
start is in it. The last is a run that is killed at half way: what going on takes, against the whole.

    python benchmarks/cells.py [--replications 40]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sim.engines import DEFAULT, ENGINES  # noqa: E402
from sim.experiment.cells import Work  # noqa: E402

FIRST = 10
"""Cells that are run before the clock is started."""


def works(deserted: bool, engine: str) -> Work:
    """Two scenarios of the small province; deserted, nobody needs a passport, and simulating costs next to nothing."""
    from tests.model.small_province import plan_of

    plans = {"before": plan_of(), "after": plan_of({"sites": {"ukk_far": {"in_service": "always"}}})}
    if deserted:
        for name, plan in plans.items():
            nobody = [replace(s, parties_per_day=np.zeros_like(s.parties_per_day)) for s in plan.segments]
            plans[name] = replace(plan, segments=tuple(nobody))
    return Work(plans, seed=1, travel_minutes=(60,), baseline="before", engine=engine)


def overhead(where: str, replications: int, engine: str) -> float:
    """Milliseconds of work beside simulating, for each cell."""
    from sim.experiment.cells import simulate
    from sim.experiment.crews import OpenCrew
    from sim.experiment.store import Store
    from sim.experiment.workers import local_crew
    from sim.running.run import run_experiment

    work = works(True, engine)
    with tempfile.TemporaryDirectory() as folder:
        # What is imported by now makes the collection of garbage dearer, which is part of simulating.
        run_experiment(work, 2, local_crew(work, 1), Store(Path(folder)))
    start = time.perf_counter()
    for replication in range(FIRST):
        for name in work.plans:
            simulate(work, name, replication)
    simulating = (time.perf_counter() - start) / (FIRST * len(work.plans))
    workers, crew = 1, local_crew(work, 1)
    if where != "here":
        workers, crew = 2, local_crew(work, 2)
    if where == "dask":
        from sim.running.cluster import cluster_crew

        crew: OpenCrew = cluster_crew(work, "local", 2)
    at: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        run_experiment(work, replications, crew, Store(Path(folder)), lambda done, of: at.append(time.perf_counter()))
    taken = (at[-1] - at[FIRST]) / (len(at) - 1 - FIRST)
    return 1000 * (taken * workers - simulating)


def run_in(folder: str, replications: int, engine: str) -> None:
    """Run so many replications of two scenarios, and keep their cells in a folder."""
    from sim.experiment.store import Store
    from sim.experiment.workers import local_crew
    from sim.running.run import run_experiment

    work = works(False, engine)
    run_experiment(work, replications, local_crew(work, 1), Store(Path(folder)))


def killed_at(half: int, folder: str, replications: int, engine: str) -> int:
    """Kill a process that runs them as soon as so many cells are there; how many there are then."""
    code = f"import benchmarks.cells as b; b.run_in({folder!r}, {replications}, {engine!r})"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) as process:
        while len(list(Path(folder).glob("*.cell"))) < half:
            if process.poll() is not None:
                raise RuntimeError("the run ended before it was killed")
            time.sleep(0.001)
        process.kill()
    return len(list(Path(folder).glob("*.cell")))


def resuming(replications: int, engine: str) -> tuple[float, float, int]:
    """Seconds of a whole run, and of going on with one that was killed at half way; cells that were there then."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        run_in(folder, replications, engine)
        whole = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        there = killed_at(replications, folder, replications, engine)  # half of the cells of two scenarios
        start = time.perf_counter()
        run_in(folder, replications, engine)
        return whole, time.perf_counter() - start, there


def main() -> None:
    """Print a line for each measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replications", type=int, default=40)
    parser.add_argument("--engine", choices=list(ENGINES), default=DEFAULT)
    told = parser.parse_args()
    replications = told.replications
    for where in ("here", "workers", "dask"):
        print(f"overhead of a cell, {where}: {overhead(where, replications, told.engine):.1f} ms", flush=True)
    whole, rest, there = resuming(replications, told.engine)
    print(
        f"a whole run of {2 * replications} cells {whole:.2f} s; the rest of one killed when {there} were there "
        f"{rest:.2f} s, {rest / whole:.0%}"
    )


if __name__ == "__main__":
    main()
