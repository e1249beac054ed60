"""Peak memory of an experiment with few replications and with many: the main experiment of South Sumatra, whole.

The first replications are simulated. The cells of the others are made of these under the numbers of their own, each
value a percent or so away, so that nothing repeats; memory does not depend on what the values are. All of them lie in
the folder of cells as if a run had been stopped just before its end. Then, in a process of its own for each number of
replications, the run goes on: it looks through the cells, puts the table of replications together and writes tables,
figures and the page; and in another process the report is drawn again from the folder.

    python benchmarks/memory.py [--replications 10 50 200] [--experiment experiments/ukk_impact.yaml]

Simulating takes what a run of the first number takes; the rest some minutes, and about 4 MB of disk a replication.
Exit status 1 where the most replications take more than --limit times the memory of the fewest.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sim.experiment.packing import LABELS, pack_rows, unpack_rows  # noqa: E402
from sim.experiment.store import Name, Store  # noqa: E402
from sim.experiment.workers import local_crew  # noqa: E402
from sim.measures.rows import Rows  # noqa: E402
from sim.running.job import Job, run_job  # noqa: E402
from sim.running.run import run_experiment  # noqa: E402

NOISE = 0.01
"""Relative distance of a made-up value from the one that it is made of."""


@dataclass(frozen=True)
class Measured:
    """One process."""

    peak_mib: float
    seconds: float
    rows: int = 0
    """Of the table of replications."""


def simulate(experiment: Path, folder: Path, replications: int) -> None:
    """Run the first replications, and keep their cells."""
    job = Job.load(experiment, out=folder, replications=replications)
    work = job.work()
    found = run_experiment(work, replications, local_crew(work, job.workers), Store(job.folder.cells))
    if found.failure is not None:
        raise found.failure


def make_up(experiment: Path, folder: Path, real: int, replications: int) -> None:
    """Store the cells of replications from ``real`` on, made of those before."""
    job = Job.load(experiment, out=folder, replications=replications)
    work, store = job.work(), Store(job.folder.cells)
    for replication in range(real, replications):
        for scenario in work.plans:
            name = Name(scenario, replication, work.key(scenario, replication))
            if store.path(name).exists():
                continue
            of = replication % real
            record = store.read(Name(scenario, of, work.key(scenario, of)))
            if record is None:
                raise RuntimeError(f"there is no cell of {scenario} in replication {of}")
            rng = np.random.default_rng([replication, len(scenario)])
            changed = {"rows": moved(record.rows, rng), "gains": record.gains and moved(record.gains, rng)}
            if record.compared_with is not None:
                changed["compared_with"] = work.key(work.baseline or "", replication)
            store.write(name, replace(record, **changed))  # type: ignore[arg-type]


def moved(packed: bytes, rng: np.random.Generator) -> bytes:
    """Rows whose amounts are a little different; counts stay whole."""
    rows = unpack_rows(packed)
    value = rows.value * (1.0 + NOISE * rng.uniform(-1.0, 1.0, len(rows.value)))
    value = np.where(rows.value == np.round(rows.value), np.round(value), value)
    return pack_rows(Rows(**{name: rows.column(name) for name in LABELS}, value=value.tolist()))


def go_on(experiment: str, folder: str, replications: int) -> None:
    """In a process of its own: the run, of which every cell is there."""
    started = time.perf_counter()
    job = Job.load(Path(experiment), out=Path(folder), replications=replications, workers=1)
    finished = run_job(job)
    finished.require_whole()
    if finished.results.run:
        raise RuntimeError(f"{finished.results.run} cells were run that ought to have been there")
    told(started, len(finished.results.replications))


def draw_again(folder: str) -> None:
    """In a process of its own: the report, from what the run has written."""
    from sim.report.redraw import redraw

    started = time.perf_counter()
    redraw(Path(folder))
    told(started)


def told(started: float, rows: int = 0) -> None:
    """Say what this process took."""
    print(json.dumps(asdict(Measured(peak_kib() / 1024, time.perf_counter() - started, rows))))


def peak_kib() -> int:
    """Peak memory of this process. What ``getrusage`` tells may be that of the process that started it."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise RuntimeError("the system does not tell the peak of memory")


def apart(call: str) -> Measured:
    """What a call of this module takes in a process of its own."""
    code = f"import benchmarks.memory as b; b.{call}"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def main() -> int:
    """Print a line for each number of replications."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--experiment", type=Path, default=ROOT / "experiments" / "ukk_impact.yaml")
    parser.add_argument("--replications", type=int, nargs="+", default=[10, 50, 200])
    parser.add_argument("--cells", type=Path, help="results whose cells hold the first replications already")
    parser.add_argument("--limit", type=float, default=1.25, help="greatest ratio of peaks allowed (default 1.25)")
    given = parser.parse_args()
    numbers, experiment = sorted(given.replications), given.experiment.resolve()
    peaks: dict[str, list[float]] = {"run": [], "report": []}
    print(f"{'replications':>12}{'rows':>13}{'run MiB':>10}{'ratio':>7}{'s':>7}{'report MiB':>12}{'ratio':>7}{'s':>7}")
    with tempfile.TemporaryDirectory() as made:
        folder = given.cells.resolve() if given.cells else Path(made)
        simulate(experiment, folder, numbers[0])
        for number in numbers:
            make_up(experiment, folder, numbers[0], number)
            run = apart(f"go_on({str(experiment)!r}, {str(folder)!r}, {number})")
            report = apart(f"draw_again({str(folder)!r})")
            line = f"{number:12,}{run.rows:13,}"
            for name, found in (("run", run), ("report", report)):
                peaks[name].append(found.peak_mib)
                width = 10 if name == "run" else 12
                line += f"{found.peak_mib:{width},.0f}{found.peak_mib / peaks[name][0]:7.2f}{found.seconds:7.1f}"
            print(line, flush=True)
    return int(any(found[-1] > given.limit * found[0] for found in peaks.values()))


if __name__ == "__main__":
    sys.exit(main())
