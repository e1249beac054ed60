"""What a run shows on the terminal: a progress bar while it works, the main findings at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
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
    console = Console()
    if len(results.complete) < 2:
        console.print(
            f"interrupted after {len(results.complete)} complete replications; an answer needs two. Nothing was written."
        )
        return
    from sim.report.findings import findings
    from sim.report.tables import main_table

    model = job.experiment.model
    frame, plans = results.replications, job.plans
    table = main_table(frame, plans, model.baseline, job.main, job.language, model.confidence)
    console.print(table_of(table))
    for sentence in findings(frame, plans, model.baseline, job.main, job.language, model.confidence).short:
        console.print(f"- {sentence}", highlight=False)
    console.print(
        f"{len(results.complete)} replications of {len(plans)} scenarios in {finished.seconds:.0f} s; "
        f"results in {job.folder.path}",
        highlight=False,
    )
    if results.interrupted:
        console.print(f"interrupted: the results hold {len(results.complete)} of {job.replications} replications")
