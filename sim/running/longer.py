"""What the start does to the numbers: a scenario once more, with more days simulated before the first counted one.

MSER-5 (:mod:`sim.report.warm_up`) looks for a level in what is outstanding, and cannot tell where need has a season in
the warm-up. But people, and whatever else chance draws, are drawn by the day that they are of. So one replication with
a longer warm-up has the same people on the counted days, and what differs for them is what the start does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.build import build_plan
from sim.errors import DataError
from sim.experiment.cells import play
from sim.measures.applicants import outcomes
from sim.measures.sites import passports_by_month
from sim.plan import DAY_MS, Ints, Plan

if TYPE_CHECKING:
    from sim.config.schema import Scenario
    from sim.journeys import Journeys
    from sim.measures.outcomes import Outcomes

YEAR, FEWEST_DAYS = 365, 30
"""Days by which a warm-up is made longer: a year, in which all seasons pass; where the tables do not reach back so far,
its own length, this at least."""
FEWEST_PEOPLE = 500
"""People of an office from whom on it is told by itself: in one replication a few are moved by chance."""
REPLICATION = 0
MEASURES, PASSPORTS = ("days_to_passport", "lead_days", "wait_minutes"), "passports"


@dataclass(frozen=True)
class Longer:
    """What every worker knows: scenarios by the names that the experiment gives them, and how they are simulated."""

    scenarios: Mapping[str, Scenario]
    plans: Mapping[str, Plan]
    seed: int
    engine: str

    def run(self, name: str) -> tuple[str, dict[str, Any] | None]:
        """One scenario, in whatever process this is; see :func:`longer_warm_up`."""
        return name, longer_warm_up(self.scenarios[name], self.plans[name], self.seed, self.engine)


def longer_warm_up(scenario: Scenario, plan: Plan, seed: int, engine: str) -> dict[str, Any] | None:
    """By how much the same people fare otherwise, where more days are simulated before the first counted one.

    And how many more passports come of the counted days, some of which are those of people who applied before them.

    Args:
        scenario: the configuration.
        plan: made of it.
        seed: of the experiment.
        engine: that simulates.

    Returns:
        ``days`` that are simulated before the first counted one, the ``replication``, and for each of MEASURES what
        people have more of it with these days, on average: of the ``province``, and by id of each office where they
        FEWEST_PEOPLE or more book without them; of who has it in both. Of ``passports``, in the same way, the share
        that comes on top. None where the tables say nothing of so early days, or where the counted days are not the
        same then: a rotation begins with the first simulated day.
    """
    before = plan.counted_from_ms // DAY_MS
    more = (YEAR, max(before, FEWEST_DAYS))
    longer = next((made for days in more if (made := _longer(scenario, before + days)) is not None), None)
    if longer is None or not _same_sessions(plan, longer):
        return None
    (journeys, here), (later, there) = (_run(each, seed, engine) for each in (plan, longer))
    if not all(np.array_equal(_people(plan, here)[key], _people(longer, there)[key]) for key in _people(plan, here)):
        return None
    site = journeys.site[here.counted]
    offices = [(name, site == row) for row, name in enumerate(plan.sites.id) if plan.sites.is_office[row]]
    found: dict[str, Any] = {"days": int(longer.counted_from_ms // DAY_MS), "replication": REPLICATION}
    for measure in MEASURES:
        change = getattr(there, measure)[there.counted] - getattr(here, measure)[here.counted]
        known = ~np.isnan(change)
        units = [("province", known)] if known.any() else []
        units += [(name, known & booked) for name, booked in offices if (known & booked).sum() >= FEWEST_PEOPLE]
        found[measure] = {name: float(change[who].mean()) for name, who in units}
    before_after = [
        passports_by_month(each, made, told).sum(axis=1)
        for each, made, told in ((plan, journeys, here), (longer, later, there))
    ]
    found[PASSPORTS] = _shares_on_top(plan, *before_after)
    return found


def _shares_on_top(plan: Plan, few: Ints, many: Ints) -> dict[str, float]:
    """By how much more there are of the passports of each site, as a share: of the province and of large offices."""
    units = {"province": slice(None)}
    units |= {
        name: slice(row, row + 1)
        for row, name in enumerate(plan.sites.id)
        if plan.sites.is_office[row] and few[row] >= FEWEST_PEOPLE
    }
    return {name: float(many[rows].sum() / few[rows].sum() - 1.0) for name, rows in units.items() if few[rows].any()}


def _longer(scenario: Scenario, days: int) -> Plan | None:
    """The plan with so many days before the first counted one; None where the tables do not reach back so far."""
    period = scenario.period.model_copy(update={"warm_up": days * DAY_MS})
    try:
        return build_plan(scenario.model_copy(update={"period": period}))
    except DataError:
        return None


def _run(plan: Plan, seed: int, engine: str) -> tuple[Journeys, Outcomes]:
    draws, journeys = play(plan, seed, REPLICATION, engine)
    return journeys, outcomes(plan, draws, journeys)


def _people(plan: Plan, o: Outcomes) -> dict[str, Ints]:
    """Who is counted: when the need of each arises, and where."""
    return {"need_ms": o.need_ms[o.counted] - plan.counted_from_ms, "district": o.district[o.counted]}


def _same_sessions(plan: Plan, longer: Plan) -> bool:
    """Whether the same sessions are held from the first counted day on."""
    if plan.sites.id != longer.sites.id:
        return False
    held = []
    for each in (plan, longer):
        s, first = each.sessions, each.counted_from_ms
        times = (s.intake_open, s.intake_close, s.closes)
        told = np.column_stack([s.site, *(time - first for time in times), s.quota, s.counters])
        held.append(told[s.intake_open >= first])
    return np.array_equal(held[0], held[1])
