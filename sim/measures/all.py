"""All measures of one cell: a scenario in a replication."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from sim.draws import Draws
from sim.journeys import Journeys
from sim.measures import groups, tallies
from sim.measures.access import access
from sim.measures.applicants import is_ready as outcomes_are_ready
from sim.measures.applicants import outcomes
from sim.measures.applicants import prepare as prepare_outcomes
from sim.measures.equity import MEASURES as EQUITY_MEASURES
from sim.measures.equity import equity
from sim.measures.flows import MEASURES as FLOW_MEASURES
from sim.measures.flows import flows
from sim.measures.outcomes import Outcomes
from sim.measures.people import people, populations
from sim.measures.programmes import programmes
from sim.measures.rows import Rows, Wanted
from sim.measures.sites import MEASURES as SITE_MEASURES
from sim.measures.sites import passports_by_month, sites
from sim.measures.team_days import MEASURES as TEAM_DAY_MEASURES
from sim.measures.team_days import team_days
from sim.measures.weeks import MEASURES as WEEK_MEASURES
from sim.measures.weeks import queues_by_week, waiting
from sim.plan import Plan


def is_ready() -> bool:
    """Whether nobody has to wait for compilation."""
    return groups.is_ready() and outcomes_are_ready() and tallies.is_ready()


def prepare(plan: Plan) -> None:
    """Have everything compiled."""
    groups.prepare()
    tallies.prepare(plan)
    prepare_outcomes(plan)


def measure(
    plan: Plan, draws: Draws, journeys: Journeys, travel_minutes: Sequence[int], wanted: Wanted | None = None
) -> tuple[Rows, Outcomes]:
    """The rows of a cell, and the outcomes they were taken from.

    Args:
        plan: the scenario.
        draws: of the replication.
        journeys: what came of them.
        travel_minutes: thresholds of the measures of coverage.
        wanted: which measures to take, and which statistics of them; all when absent. Most of the time goes where
            nobody looks when a few numbers of many runs are asked for.
    """
    found = outcomes(plan, draws, journeys)
    of = populations(found)
    rows = people(plan, draws, journeys, found, of, wanted)
    of_month = passports_by_month(plan, journeys, found)
    told = functools.cache(lambda: tallies.sessions(plan, journeys))
    parts: tuple[tuple[Sequence[str], Callable[[], Rows]], ...] = (
        (SITE_MEASURES, lambda: sites(plan, draws, journeys, told(), of_month)),
        (EQUITY_MEASURES, lambda: equity(plan, draws, found, of)),
        (TEAM_DAY_MEASURES, lambda: team_days(plan, draws, journeys, found, of)),
        (WEEK_MEASURES, lambda: waiting(plan, draws, journeys, found)),
        (("wait_minutes",), lambda: queues_by_week(plan, told())),
        (FLOW_MEASURES, lambda: flows(plan, journeys, found)),
    )
    for measures, part in parts:
        if wanted is None or any(measure in measures for measure, _ in wanted):
            rows.extend(part())
    rows.extend(access(plan, travel_minutes))
    rows.extend(programmes(plan, draws, journeys, of_month.sum(axis=1), of, wanted))
    return rows, found
