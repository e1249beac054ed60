"""A cell: one scenario in one replication, from draws to rows of measures. This is what a worker does."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.draws import draw
from sim.engines import simpy_model
from sim.measures.all import measure
from sim.measures.check import check_identities
from sim.measures.outcomes import Outcomes
from sim.measures.rows import Rows
from sim.plan import Plan
from sim.randomness import Source


@dataclass(frozen=True)
class Work:
    """What every worker knows: the plans, and what to do with them."""

    plans: Mapping[str, Plan]
    seed: int
    travel_minutes: tuple[int, ...]
    journeys_dir: Path | None = None
    """Where to keep the journeys, if they are to be kept."""


@dataclass(frozen=True)
class Cell:
    """The result of one cell."""

    scenario: str
    replication: int
    rows: Rows
    outcomes: Outcomes


def run_cell(work: Work, scenario: str, replication: int) -> Cell:
    """Draw, simulate, check and measure one scenario in one replication."""
    plan = work.plans[scenario]
    draws = draw(plan, Source(work.seed, replication))
    journeys = simpy_model.run(plan, draws)
    # The engine leaves a large cycle behind (processes and the province they belong to); free it now, not by and by.
    gc.collect()
    check_identities(plan, draws, journeys)
    if work.journeys_dir is not None:
        from sim.experiment.journey_files import journeys_file, write_journeys

        write_journeys(work.journeys_dir / journeys_file(scenario, replication), plan, draws, journeys)
    rows, outcomes = measure(plan, draws, journeys, work.travel_minutes)
    return Cell(scenario, replication, rows, outcomes)
