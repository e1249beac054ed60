"""All measures of one cell: a scenario in a replication."""

from __future__ import annotations

from collections.abc import Sequence

from sim.draws import Draws
from sim.journeys import Journeys
from sim.measures.access import access
from sim.measures.equity import equity
from sim.measures.flows import flows
from sim.measures.outcomes import Outcomes, outcomes
from sim.measures.people import people, populations
from sim.measures.programmes import programmes
from sim.measures.rows import Rows
from sim.measures.sites import sites
from sim.measures.weeks import weeks
from sim.plan import Plan


def measure(plan: Plan, draws: Draws, journeys: Journeys, travel_minutes: Sequence[int]) -> tuple[Rows, Outcomes]:
    """The rows of a cell, and the outcomes they were taken from."""
    found = outcomes(plan, draws, journeys)
    of = populations(found)
    rows = people(plan, draws, journeys, found, of)
    rows.extend(sites(plan, journeys))
    rows.extend(equity(plan, draws, found))
    rows.extend(weeks(plan, draws, journeys))
    rows.extend(flows(plan, journeys, found))
    rows.extend(access(plan, travel_minutes))
    rows.extend(programmes(plan, draws, journeys, found, of))
    return rows, found
