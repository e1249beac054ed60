"""The command ``sweep``: a setting and measures in, a table, a figure and lines out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sim.sweeping.run import parts_of, sweep
from sim.sweeping.swept import Swept
from sim.sweeping.told import lines_of
from sim.trying.how import How
from sim.trying.written import prepared, write


def run_sweep(
    file: Path,
    path: str,
    ends: tuple[str, str],
    measures: Sequence[str],
    how: How,
    *,
    step: str | None,
    tries: int,
    out: Path | None,
    language: str,
    done: Callable[[Swept], None] = lambda swept: None,
) -> Iterator[str]:
    """Sweep, write the table and the figure, and yield the lines to be printed.

    Args:
        file: the scenario's file.
        path: of the setting.
        ends: the lowest and the highest value.
        measures: what is told of each value.
        how: they are tried.
        step: between values; see :func:`sim.sweeping.run.sweep`.
        tries: values tried at most.
        out: folder for the table and the figure; one that is named by scenario and setting when absent.
        language: of the lines and the figure.
        done: told what was found.

    Raises:
        InputError: all that is wrong with the files, or with what is asked for.
        OutputError: the folder cannot be written.
    """
    from sim.report.messages import Messages
    from sim.sweeping.figure import draw_sweep

    folder = prepared(out, "sweep", file.stem, *map(str, parts_of(path)))
    swept = sweep(file, path, ends, measures, how, step=step, tries=tries)
    done(swept)
    yield from lines_of(swept, Messages(language))
    yield write(folder, {"sweep": lambda messages: draw_sweep(swept, messages)}, language)
