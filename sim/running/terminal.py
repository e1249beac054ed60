"""What a run shows on the terminal: a progress bar while it works, the main findings at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from sim.report.evidence import Evidence
    from sim.report.messages import Messages
    from sim.running.job import Finished


@dataclass(frozen=True)
class Bar:
    """What a progress bar is told."""

    simulating: Callable[[int, int], None] = lambda done, total: None
    """How many cells of how many are done."""
    writing: Callable[[str, int, int], None] = lambda name, done, steps: None
    """What is being written, and how many steps of how many are done before it."""


@contextmanager
def progress_bar(total: int, stream: TextIO) -> Iterator[Bar]:
    """A bar on a terminal, with the time left while cells are run, then with what is written; nothing elsewhere."""
    if not stream.isatty():
        yield Bar()
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

    begun = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    gone, left = (TimeElapsedColumn(), TextColumn("gone")), (TextColumn("gone, about"), TimeRemainingColumn())
    console = Console(file=stream)
    cells = Progress(*begun, TextColumn("runs,"), gone[0], *left, TextColumn("left"), console=console, transient=True)
    steps = Progress(*begun, TextColumn("steps,"), *gone, console=console, transient=True)
    with ExitStack() as shown:
        shown.enter_context(cells)
        simulated, written = cells.add_task("simulating", total=total), steps.add_task("writing")
        seen: set[str] = set()

        def simulating(done: int, of: int) -> None:
            if "cells" not in seen:
                # What was there already took no time: it must not make the rest look quick.
                cells.reset(simulated, completed=done, total=of)
                seen.add("cells")
            cells.update(simulated, completed=done, total=of)

        def writing(name: str, done: int, of: int) -> None:
            if "steps" not in seen:
                # One of the two at a time.
                cells.stop()
                shown.enter_context(steps)
                steps.reset(written)
                seen.add("steps")
            steps.update(written, completed=done, total=of, description=f"writing tables, figures, page: {name}")

        yield Bar(simulating, writing)


MOST_COLUMNS = 6
"""Scenarios beside each other that a terminal can show; findings.md shows more."""


def print_end(finished: Finished, out: TextIO, notes: TextIO) -> None:
    """Print the main table, the findings in short, and where the files are; to ``notes`` what is missing, and why."""
    from rich.console import Console

    from sim.experiment import precision
    from sim.report import sensitivity

    job, results = finished.job, finished.results
    # Names come from files that people write: a bracket in one is a bracket, not a colour.
    console = Console(file=out, highlight=False, markup=False, emoji=False)
    done = len(results.complete)
    if finished.written:
        if job.targets is not None and (job.folder.path / "targets.csv").exists():
            console.print(_targets_table(job.folder.path / "targets.csv"))
        if finished.fault is None and results.evidence is not None:
            from sim.report.findings import OF_MANIFEST, described
            from sim.report.messages import Messages
            from sim.report.told import read_manifest, read_side_tables

            messages = Messages(job.language)
            shown = list(job.compared) if job.compared else None
            if len(shown or job.plans) <= MOST_COLUMNS:
                # Columns are headed by names, which commands and tables take; this is what they mean.
                for name in shown or job.plans:
                    console.print(f"{name}: {results.evidence.title(name, messages)}")
                console.print()
                for table in _short_tables(job.folder.path, results.evidence, messages, shown):
                    console.print(table)
            if shown and len(job.plans) > len(shown):
                others = ", ".join(name for name in job.plans if name not in shown)
                console.print(messages.text("terminal.others", names=others))
            tables = read_side_tables(job.folder.path)
            manifest = read_manifest(job.folder.path)
            of_run = (manifest.get(key, ()) for key in OF_MANIFEST)
            found = described(results.evidence, messages, tables, manifest["replications"], *of_run)
            for sentence in (*found.first, *found.short):
                console.print(f"- {sentence}")
        design = job.experiment.model.factorial
        if design is not None and (job.folder.path / "factorial.csv").exists():
            for table in _factorial_tables(job.folder.path / "factorial.csv", design.factor):
                console.print(table)
        for line in precision.told(job.asked.stopping.table(results.replications)):
            console.print(line)
        if results.sensitivity is not None:
            for line in sensitivity.told(results.sensitivity, job.language):
                console.print(line)
        scenarios = f"{len(job.plans)} scenario{'' if len(job.plans) == 1 else 's'}"
        console.print(f"\n{done} replications of {scenarios} in {finished.seconds:.0f} s")
        console.print(f"Results: {job.folder.path}/ ({', '.join(_listed(finished))})", soft_wrap=True)
        for line in _pointers(job.folder.path):
            console.print(line, soft_wrap=True)
    for line in _shortfalls(finished):
        print(line, file=notes)


def _pointers(folder: Path) -> Iterator[str]:
    """Where to read on."""
    for name, what in (
        ("findings.md", "The findings in words, and all scenarios side by side"),
        ("report.html", "Figures, maps and tables, in a browser"),
    ):
        if (folder / name).exists():
            yield f"{what}: {folder / name}"


def _shortfalls(finished: Finished) -> Iterator[str]:
    """What was asked for and is not there, and why."""
    results, rule = finished.results, finished.job.asked.stopping
    asked = str(rule.minimum) if rule.minimum == rule.maximum else f"{rule.minimum} to {rule.maximum}"
    done = len(results.complete)
    reason = "interrupted" if results.interrupted else f"stopped: {results.failure}" if results.failure else ""
    if finished.fault is not None:
        yield str(finished.fault)
    if reason and finished.written:
        yield f"{reason}\nThe results hold the {done} replications that were complete, of {asked}."
    elif reason:
        complete = f"is {done} complete replication" if done == 1 else f"are {done} complete replications"
        yield f"{reason}\nNo results were written: there {complete}, and an answer needs two."
    if reason and finished.job.folder.cells.is_dir():
        yield "What was finished is kept: the same command goes on from there."


def _listed(finished: Finished) -> list[str]:
    """The files of a run, the ones people open first in front."""
    folder = finished.job.folder
    names = [
        "report.html",
        "findings.md",
        "tables.xlsx",
        "tabel.xlsx",
        "summary.csv",
        "comparisons.csv",
        "access.csv",
        "flows.csv",
        "targets.csv",
        "cited.csv",
        "factorial.csv",
        "precision.csv",
    ]
    names += ["sensitivity.csv", "sensitivity_morris.csv", "sensitivity_sobol.csv", "sensitivity_points.csv"]
    names += ["assumptions.csv", "replications.parquet"]
    found = [name for name in names if (folder.path / name).exists()]
    return [*found, *(f"{p.name}/" for p in (folder.figures, folder.journeys) if p.is_dir()), "manifest.json"]


def _short_tables(folder: Path, evidence: Evidence, messages: Messages, shown: list[str] | None) -> Iterator[Table]:
    """The main measures, what is offered within reach, and how unevenly the burden lies, in short."""
    from dataclasses import replace

    from sim.report.access import access_of, equity_of
    from sim.report.tables import measures_of
    from sim.report.told import ACCESS, read_side_tables

    if shown:
        evidence = replace(evidence, plans={name: evidence.plans[name] for name in shown})
    yield measures_of(evidence, messages, brief=True).to_rich()
    access = read_side_tables(folder).get(ACCESS)
    tables = [] if access is None else [access_of(access, evidence, messages, brief=True)]
    for table in (*tables, equity_of(evidence, messages, brief=True)):
        if table.rows:
            yield replace(table, notes=()).to_rich()


def _targets_table(path: Path) -> Table:
    """Known figures beside modelled ones."""
    import csv

    from rich.table import Table

    table = Table(title="Known and modelled", title_justify="left")
    for name in ("figure", "known", "modelled", "difference", "in errors", "fitted"):
        table.add_column(name, justify="left" if name == "figure" else "right")
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            known, modelled, difference = (row[name] for name in ("known", "modelled", "difference_percent"))
            errors = row["difference_in_errors"]
            table.add_row(
                row["figure"],
                _short(float(known)),
                _short(float(modelled)) if modelled else "none",
                f"{float(difference):+.1f}%" if difference else "",
                f"{float(errors):+.1f}" if errors else "",
                row["fitted"],
            )
    return table


FACTORIAL_SHOWN = {
    ("served", "count"): "people served",
    ("deterred_share", "share"): "share of need deterred",
    ("days_to_passport", "mean"): "days to the passport",
    ("cost_rupiah", "mean"): "rupiah a person",
}


def _factorial_tables(path: Path, factor: str) -> Iterator[Table]:
    """What each service adds without the factor and with it, and half the difference: a table a measure."""
    import pandas as pd
    from rich.table import Table

    frame = pd.read_csv(path)
    for (measure, statistic), title in FACTORIAL_SHOWN.items():
        part = frame[(frame["measure"] == measure) & (frame["statistic"] == statistic)]
        rows = {(row.service, row.effect): row for row in part.itertuples()}
        table = Table(title=f"What each service adds: {title} [simultaneous interval]", title_justify="left")
        table.add_column("service")
        effects = {"without": f"without {factor}", "with": f"with {factor}", "interaction": "half the difference"}
        for name in effects.values():
            table.add_column(name, justify="right")
        for service in part["service"].unique():
            if service != factor:
                table.add_row(service, *(_with_interval(rows.get((service, effect))) for effect in effects))
        if len(part):
            yield table


def _with_interval(row: Any) -> str:
    if row is None:
        return ""
    return f"{_short(row.estimate)} [{_short(row.simultaneous_low)}, {_short(row.simultaneous_high)}]"


def _short(value: float) -> str:
    """A number to four figures at least: passports come in thousands, shares in hundredths."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
