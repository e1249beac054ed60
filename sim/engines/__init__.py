"""Engines: deterministic functions of a plan and its draws, chosen by name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.draws import Draws
    from sim.journeys import Journeys
    from sim.plan import Plan

ENGINES = {"compiled": "sim.engines.compiled", "simpy": "sim.engines.simpy_model"}
"""The module of each engine; its function ``run`` takes a plan and its draws and gives the journeys."""
DEFAULT = "compiled"


def usable(engine: str | None) -> tuple[str, str]:
    """The engine to use for the one asked for, None for the default, and what to tell about it, if anything.

    Raises:
        InputError: the compiled engine is asked for by name, and numba is not installed.
    """
    from sim.errors import InputError
    from sim.jit import available

    if engine == "simpy" or available():
        return engine or DEFAULT, ""
    missing = "the compiled engine needs numba, which is not installed or not to be had for this machine"
    if engine is not None:
        raise InputError(f"{missing}; --engine simpy gives the same numbers, many times more slowly")
    return "simpy", f"{missing}; the SimPy model runs instead: the same numbers, many times more slowly"


def run(engine: str, plan: Plan, draws: Draws) -> Journeys:
    """Simulate one replication of a plan by the engine of that name.

    Raises:
        KeyError: there is no such engine.
    """
    module = import_module(ENGINES[engine])
    journeys: Journeys = module.run(plan, draws)
    if engine == "simpy":
        import gc

        # It leaves a large cycle behind (processes and the province they belong to); free it now, not by and by.
        gc.collect()
    return journeys
