"""The command ``rank``: a scenario and its alternatives in, a table, figures and lines out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sim.ranking.ranked import Ranked
from sim.ranking.run import Wanted, rank
from sim.ranking.told import lines_of
from sim.trying.how import How
from sim.trying.written import prepared, write

if TYPE_CHECKING:
    from sim.report.style import Drawn


def run_rank(
    file: Path,
    wanted: Wanted,
    how: How,
    *,
    out: Path | None,
    language: str,
    done: Callable[[Ranked], None] = lambda ranked: None,
) -> Iterator[str]:
    """Rank alternatives, write the table and the figures, and yield the lines to be printed.

    Args:
        file: the scenario's file.
        wanted: what is ranked, and by what.
        how: they are tried.
        out: folder for the table and the figures; one that is named by scenario and alternatives when absent.
        language: of the lines and the figures.
        done: told what was found.

    Raises:
        InputError: all that is wrong with the files, or with what is asked for.
        OutputError: the folder cannot be written.
    """
    from sim.ranking.figure import draw_rank
    from sim.ranking.map import draw_rank_map, is_drawn
    from sim.report.messages import Messages

    among = wanted.among.stem if isinstance(wanted.among, Path) else "_".join(wanted.sites)
    folder = prepared(out, "rank", file.stem, among)
    ranked = rank(file, wanted, how)
    done(ranked)
    yield from lines_of(ranked, Messages(language))
    figures: dict[str, Callable[[Messages], Drawn] | None] = {"rank": partial(draw_rank, ranked)}
    figures["rank_map"] = partial(draw_rank_map, ranked) if is_drawn(ranked) else None
    yield write(folder, figures, language)
