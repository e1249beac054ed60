"""Compiling engine and measures before workers do it all at the same time."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from sim.experiment.crews import Standby
from sim.experiment.workers import local_crew
from sim.plan import Plan


def compile_once(engine: str, plan: Plan, tell: Callable[[str], None], workers: int = 1) -> None:
    """Compile engine and measures where their machine code does not lie ready, and say so: it is done once.

    Args:
        engine: that is used.
        plan: any.
        tell: given a line for the person who waits.
        workers: processes to do it with.
    """
    from sim.engines import compiled
    from sim.jit import CACHE_VARIABLE, cache_folder, is_cached
    from sim.measures import all as measures

    fast = engine == "compiled"
    if fast and os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        tell("NUMBA_DISABLE_JIT is set: the engine runs as plain Python, much more slowly")
        return
    if measures.is_ready() and (not fast or compiled.is_ready()):
        return
    if cache_folder(compiled.KERNELS[0]) is None:
        if fast:
            folder = os.environ.get(CACHE_VARIABLE) or "your cache folder"
            tell(
                f"compiled code cannot be kept in {folder}, so each run compiles the engine anew, a minute or so; "
                f"{CACHE_VARIABLE} may name another folder"
            )
        return
    engine_told = "compiling the engine, a minute or so, once for this copy of the program"
    tell(engine_told if fast else "compiling the measures, a moment")
    missing = [kernel for kernel in compiled.KERNELS if fast and not is_cached(kernel)]
    if workers > 1 and missing:
        _compile_apart(plan, [kernel.__name__ for kernel in missing], workers, tell)
    # All of it, where there was nobody else to do it; what has been done is read.
    measures.prepare(plan)
    if fast:
        compiled.prepare(plan)


MEASURES = "measures"
LONGEST_FIRST = ("play", "book", "collect", "print_books", MEASURES)
"""Pieces in the order in which they are begun, so that no long one is left for the end."""


@dataclass(frozen=True)
class Compiling:
    """What a worker is to compile."""

    plan: Plan

    def run(self, *piece: str) -> None:
        """Compile the measures, or a loop of the engine by its name."""
        from sim.engines import compiled
        from sim.measures import all as measures

        (name,) = piece
        if name == MEASURES:
            measures.prepare(self.plan)
        else:
            compiled.prepare(self.plan, [kernel for kernel in compiled.KERNELS if kernel.__name__ == name])


def _compile_apart(plan: Plan, missing: list[str], workers: int, tell: Callable[[str], None]) -> None:
    """Compile by worker processes at the same time, as far as there are any to be had."""
    pieces = [(name,) for name in LONGEST_FIRST if name in (*missing, MEASURES)]
    try:
        with Standby(local_crew(Compiling(plan), workers)) as crew:
            for _ in crew.results(pieces):
                pass
    except (OSError, RuntimeError) as error:
        # What they have compiled is kept.
        tell(f"compiling goes on in this process alone: {error}")
