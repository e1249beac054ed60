"""The audit of the compiled engine: some of the people of a run, through both engines, journey by journey."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.draws import Draws, needs_between
from sim.engines import compiled, simpy_model
from sim.errors import SimError
from sim.journeys import LATER, Journeys, columns
from sim.plan import DAY_MS, NONE, Plan

STRETCH_DAYS = 14
"""All whose need arises in two weeks: enough to fill sessions, few enough to cost a second."""


class AuditError(SimError):
    """The engines disagree: a fault of the program, and no result is to be trusted."""


@dataclass(frozen=True)
class Audit:
    """What was compared, and found equal."""

    applicants: int
    columns: int


def stretch(plan: Plan, draws: Draws) -> Draws:
    """Those whose need arises in the first counted days."""
    start = plan.counted_from_ms
    return needs_between(draws, start, min(start + STRETCH_DAYS * DAY_MS, plan.counted_to_ms))


def audit(plan: Plan, draws: Draws) -> Audit:
    """Run all people of some draws through both engines.

    Raises:
        AuditError: a journey differs; it names the first applicant, column and time.
    """
    made, meant = compiled.run(plan, draws), simpy_model.run(plan, draws)
    found = first_difference(plan, draws, made, meant)
    if found:
        raise AuditError(
            f"the compiled engine differs from the SimPy model in scenario {plan.scenario}: {found}. "
            "This is a fault of the program: please report it, and run with --engine simpy meanwhile"
        )
    return Audit(draws.applicants, len(columns(meant)))


def first_difference(plan: Plan, draws: Draws, made: Journeys, meant: Journeys) -> str:
    """The first applicant whose journeys differ, the column and both values; empty where all are equal."""
    ours, theirs = columns(made), columns(meant)
    worst: tuple[int, str] | None = None
    for name, values in theirs.items():
        rows = np.flatnonzero(ours[name] != values)
        if len(rows) and (worst is None or rows[0] < worst[0]):
            worst = int(rows[0]), name
    if worst is None:
        # Only rows of later visits that say nothing, or stand in another order, are left to differ.
        same = all(np.array_equal(getattr(made, name), getattr(meant, name)) for name in LATER)
        return "" if same else "its visits after those as booked are not the same rows"
    row, name = worst
    need = int(draws.need_ms[draws.party[row]])
    return (
        f"applicant {row}, whose need arose on {_moment(plan, need)}, has {name} "
        f"{_value(plan, name, int(ours[name][row]))} where the model has {_value(plan, name, int(theirs[name][row]))}"
    )


def _value(plan: Plan, name: str, value: int) -> str:
    moments = name.endswith("_ms") and "trip" not in name
    return f"{value} ({_moment(plan, value)})" if moments and value != NONE else str(value)


def _moment(plan: Plan, at_ms: int) -> str:
    moment = np.datetime64(plan.origin.isoformat(), "ms") + np.timedelta64(at_ms, "ms")
    return str(moment).replace("T", " ")
