"""The command ``fit``: records in, ranked families, a figure and lines to paste out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from sim.fitting.families import Times
from sim.fitting.ranking import Ranked, check_unit, ranked, read_records, table, to_paste
from sim.keeping.folder import Folder, writing

DOUBTFUL = 0.05


def run_fit(
    file: Path, column: str, censored: str | None, unit: str, out: Path | None, samples: int, seed: int, language: str
) -> Iterator[str]:
    """Fit, write families.csv and the figure, and yield the lines to be printed.

    Raises:
        DataError: every row that is wrong, with its line.
        InputError: the unit is none.
        OutputError: the folder cannot be written.
    """
    check_unit(unit)
    times = read_records(file, column, censored)
    folder = out or Path("results") / f"fit_{_plain(file.stem)}_{_plain(column)}"
    Folder.prepare(folder)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    yield f"{len(times.value)} times of the column {column!r}, taken as {unit} (--unit)\n"
    rows = ranked(times, samples, seed)
    frame = table(rows)
    yield f"{'family':<12} {'parameters':<38} {'mean':>9} {'cv':>7} {'AIC':>9} {'p':>6}"
    for row in frame.itertuples():
        yield (
            f"{row.family:<12} {row.parameters:<38} {row.mean:>9.4g} {row.cv:>7.3g} "
            f"{row.aic_difference:>+9.1f} {row.p_value:>6.3f}"
        )
    yield (
        f"\nAIC: above the best. p: of {samples} samples of the bootstrap, {1 / (samples + 1):.2g} at the least; "
        f"below {DOUBTFUL} the family is doubtful."
    )
    if rows[0].p_value < DOUBTFUL:
        yield "Even the best family is doubtful: look at the figure, or use the records themselves ({empirical: ...})."
    _write(folder, rows, times, column, unit, language)
    yield f"Results: {folder}/ (families.csv, fit.svg, fit.png, fit.csv)\n"
    yield to_paste(rows[0], unit, file, column, times)


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "_", name)


def _write(folder: Path, rows: list[Ranked], times: Times, column: str, unit: str, language: str) -> None:
    import matplotlib

    from sim.experiment.summarise import write_table
    from sim.fitting.figure import draw_overlay
    from sim.report.messages import Messages
    from sim.report.style import RC, save

    with writing(folder):
        with matplotlib.rc_context(cast(Any, dict(RC))):
            save(draw_overlay(times, [row.fit for row in rows], column, unit, Messages(language)), folder)
        write_table(table(rows), folder / "families.csv")
