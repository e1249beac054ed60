"""The queues of configs/textbook as plans, made shorter or changed where a test asks for it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from sim.build import build_plan
from sim.building.loading import load_scenario
from sim.drawing import draw
from sim.draws import FIRST, Draws
from sim.journeys import Journeys
from sim.plan import MINUTE_MS, Plan
from sim.randomness import Source

FOLDER = Path(__file__).resolve().parents[2] / "configs" / "textbook"
SEED = 11
YEAR_MINUTES = 365 * 24 * 60


def queue(name: str, days: int | None = None, **changes: object) -> Plan:
    """The plan of a queue.

    Args:
        name: of its file.
        days: simulated days, the first of which is warm-up; a month where the file says so.
        changes: values by path, ``__`` for each dot, as ``need__segments__class_1__per_year=1000``.
    """
    asked = [f"{path.replace('__', '.')}={value}" for path, value in changes.items()]
    if days is not None:
        asked.append(f"period.to=2023-01-{days:02d}")
        if name != "hours":
            asked.append(f"sites.office.sessions.open.nights={days - 1}")
            # The rate does not end before the month does; who comes later finds the office shut, and is not counted.
    return build_plan(load_scenario(FOLDER / f"{name}.yaml", asked).model)


def rate(per_minute: float) -> float:
    """Arrivals a year at a rate per minute."""
    return per_minute * YEAR_MINUTES


def scheduled(plan: Plan, need_ms: np.ndarray, run: int = 0, **columns: np.ndarray) -> Draws:
    """Draws of a run in which people come at set times, instead of at random."""
    draws = draw(plan, Source(SEED, run))
    n = len(need_ms)
    assert draws.parties == draws.applicants >= n
    names = [field.name for field in dataclasses.fields(draws)]
    people = names[: names.index("closed")]
    cut = {name: getattr(draws, name)[:n] for name in people}
    return dataclasses.replace(draws, **(cut | {"need_ms": need_ms, "wanted_ms": need_ms} | columns))


def interview_wait(j: Journeys) -> np.ndarray:
    """Minutes before the interview."""
    return (j.by_visit("interview_start_ms") - j.by_visit("document_end_ms"))[:, FIRST] / MINUTE_MS
