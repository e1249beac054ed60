"""What a run shows on the terminal: a progress bar while it works, the main findings at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from sim.experiment.job import Finished


@contextmanager
def progress_bar(total: int, stream: TextIO) -> Iterator[Callable[[int, int], None]]:
    """A bar with the time left on a terminal; nothing at all elsewhere.

    Yields a function to be told how many cells of how many are done.
    """
    if not stream.isatty():
        yield lambda done, of: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("simulating"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("runs,"),
        TimeElapsedColumn(),
        TextColumn("gone, about"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Progress(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task("", total=total)

        def tell(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        yield tell


def print_end(finished: Finished) -> None:
    """Print the main table, the findings in short, and where the files are."""
    from rich.console import Console

    job, results = finished.job, finished.results
    console = Console(highlight=False)
    done = len(results.complete)
    if done < 2:
        console.print(f"interrupted after {done} complete replications; an answer needs two. Nothing was written.")
        return
    if job.targets is not None:
        console.print(_targets_table(job.folder.path / "targets.csv"))
    if job.compared is not None:
        from sim.report.findings import findings
        from sim.report.tables import main_table

        told = results.replications, job.plans, *job.compared, job.language, job.experiment.model.confidence
        console.print(main_table(*told, scenarios=list(job.compared), brief=True).to_rich())
        for sentence in findings(*told).short:
            console.print(f"- {sentence}")
    console.print(f"\n{done} replications of {len(job.plans)} scenarios in {finished.seconds:.0f} s")
    console.print(f"Results: {job.folder.path}/ ({', '.join(_listed(finished))})", soft_wrap=True)
    if results.interrupted:
        console.print(f"Interrupted: the results hold {done} of {job.replications} replications.")
    elif job.compared is not None and not results.people_compared:
        console.print("The scenarios differ in need or period, so nobody could be compared with themselves.")


def _listed(finished: Finished) -> list[str]:
    """The files of a run, the ones people open first in front."""
    folder = finished.job.folder
    names = ["findings.md", "summary.csv", "comparisons.csv", "targets.csv", "assumptions.csv", "replications.parquet"]
    found = [name for name in names if (folder.path / name).exists()]
    return [*found, *(f"{p.name}/" for p in (folder.figures, folder.journeys) if p.is_dir()), "manifest.json"]


def _targets_table(path: Path) -> Table:
    """Known figures beside modelled ones."""
    import csv

    from rich.table import Table

    table = Table(title="Known and modelled", title_justify="left")
    for name in ("figure", "known", "modelled", "difference", "fitted"):
        table.add_column(name, justify="left" if name == "figure" else "right")
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            known, modelled = float(row["known"]), float(row["modelled"])
            difference = f"{float(row['difference_percent']):+.1f}%"
            table.add_row(row["figure"], f"{known:,.0f}", f"{modelled:,.0f}", difference, row["fitted"])
    return table
