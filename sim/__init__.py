"""A simulator of public passport services: what service points, vans and shifts do to waiting, travel and access.

From Python: :func:`load` reads a scenario, :func:`run` runs an experiment, :func:`results` reads what one has written;
:func:`sweep` tries values of one setting and :func:`rank` many alternatives; :func:`summarise` and :func:`compare` make
tables with intervals of measures that you have gathered yourself. What is listed in ``__all__`` stays; anything else in
this package may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.api import Run, Scenario, compare, load, rank, run, summarise, sweep
    from sim.errors import InputError, OutputError, SimError
    from sim.stored import Results, results

__version__ = "0.1.0"

__all__ = [
    "InputError",
    "OutputError",
    "Results",
    "Run",
    "Scenario",
    "SimError",
    "compare",
    "load",
    "rank",
    "results",
    "run",
    "summarise",
    "sweep",
]

_WHERE = {
    **dict.fromkeys(("InputError", "OutputError", "SimError"), "errors"),
    **dict.fromkeys(("Results", "results"), "stored"),
}
"""Modules of what is public; the others are in sim.api."""


def __getattr__(name: str) -> Any:
    """What is public, read when it is first asked for, so that ``import sim`` costs nothing (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(f"{__name__}.{_WHERE.get(name, 'api')}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
