"""The command ``sweep``: a setting and measures in, a table, a figure and lines out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from sim.experiment.folder import Folder, writing
from sim.sweeping.run import parts_of, sweep
from sim.sweeping.swept import Swept
from sim.sweeping.told import lines_of

FILES = ("sweep.csv", "sweep.svg", "sweep.png")


def run_sweep(
    file: Path,
    path: str,
    ends: tuple[str, str],
    measures: Sequence[str],
    *,
    out: Path | None,
    language: str,
    done: Callable[[Swept], None] = lambda swept: None,
    **how: Any,
) -> Iterator[str]:
    """Sweep, write the table and the figure, and yield the lines to be printed.

    Args:
        file: the scenario's file.
        path: of the setting.
        ends: the lowest and the highest value.
        measures: what is told of each value.
        out: folder for the table and the figure; one that is named by scenario and setting when absent.
        language: of the figure.
        done: told what was found.
        how: see :func:`sim.sweeping.run.sweep`.

    Raises:
        InputError: all that is wrong with the files, or with what is asked for.
        OutputError: the folder cannot be written.
    """
    names = ["sweep", file.stem, *map(str, parts_of(path))]
    folder = out or Path("results") / re.sub(r"[^A-Za-z0-9_-]+", "_", "_".join(names))
    Folder.prepare(folder)
    swept = sweep(file, path, ends, measures, **how)
    done(swept)
    yield from lines_of(swept)
    instead = any((folder / name).exists() for name in FILES)
    _write(folder, swept, language)
    yield f"Results: {folder}/ ({', '.join(FILES)})" + (", in place of earlier ones" if instead else "")


def _write(folder: Path, swept: Swept, language: str) -> None:
    import matplotlib

    from sim.report.messages import Messages
    from sim.report.style import RC, save
    from sim.report.sweep import draw_sweep

    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with matplotlib.rc_context(cast(Any, dict(RC))):
            save(draw_sweep(swept, Messages(language)), folder)
