"""The command ``rank``: a scenario and its alternatives in, a table, a figure and lines out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

from sim.experiment.folder import Folder, writing
from sim.ranking.ranked import Ranked
from sim.ranking.run import Wanted, rank
from sim.ranking.told import lines_of

FILES = ("rank.csv", "rank.svg", "rank.png")


def run_rank(
    file: Path,
    wanted: Wanted,
    *,
    out: Path | None,
    language: str,
    done: Callable[[Ranked], None] = lambda ranked: None,
    **how: Any,
) -> Iterator[str]:
    """Rank alternatives, write the table and the figure, and yield the lines to be printed.

    Args:
        file: the scenario's file.
        wanted: what is ranked, and by what.
        out: folder for the table and the figure; one that is named by scenario and alternatives when absent.
        language: of the figure.
        done: told what was found.
        how: see :func:`sim.ranking.run.rank`.

    Raises:
        InputError: all that is wrong with the files, or with what is asked for.
        OutputError: the folder cannot be written.
    """
    among = wanted.among.stem if isinstance(wanted.among, Path) else str(wanted.site)
    folder = out or Path("results") / re.sub(r"[^A-Za-z0-9_-]+", "_", f"rank_{file.stem}_{among}")
    Folder.prepare(folder)
    ranked = rank(file, wanted, **how)
    done(ranked)
    yield from lines_of(ranked)
    instead = any((folder / name).exists() for name in FILES)
    _write(folder, ranked, language)
    yield f"Results: {folder}/ ({', '.join(FILES)})" + (", in place of earlier ones" if instead else "")


def _write(folder: Path, ranked: Ranked, language: str) -> None:
    import matplotlib

    from sim.report.messages import Messages
    from sim.report.rank import draw_rank
    from sim.report.style import RC, save

    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with matplotlib.rc_context(cast(Any, dict(RC))):
            save(draw_rank(ranked, Messages(language)), folder)
