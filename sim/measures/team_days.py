"""What it is like at an office on the days on which it sends a team out, which the mean over all days hides."""

from __future__ import annotations

import numpy as np

from sim.draws import Draws
from sim.journeys import Journeys
from sim.measures.held import booked_sessions
from sim.measures.outcomes import Outcomes
from sim.measures.people import Populations
from sim.measures.rows import Rows
from sim.plan import DAY_MS, Bools, Plan

DAYS, OUT, REST = "days_team_out", "wait_minutes_team_out", "wait_minutes_no_team_out"
MEASURES = (DAYS, OUT, REST)
"""All that :func:`team_days` measures."""


def team_days(plan: Plan, draws: Draws, j: Journeys, o: Outcomes, of: Populations) -> Rows:
    """Days on which a team leaves counters closed at an office, and ``wait_minutes`` there on these and on other days.

    Offices whose counters no team closes have no rows. A visit on request counts where somebody has booked it, and no
    day on which an outage closes the office or keeps the team at home.
    """
    rows, sites, s = Rows(), plan.sites, plan.sessions
    sends: Bools = np.any(s.takes > 0, axis=1)
    if not sends.any():
        return rows
    is_short = _short_sessions(plan, draws, j, sends)
    counted = (s.day * DAY_MS >= plan.counted_from_ms) & (s.day * DAY_MS < plan.counted_to_ms)
    who = of.checked.members
    session = j.first("visit_session")[who]
    site, short, minutes = s.site[session], is_short[session], o.wait_minutes[who]
    for office in np.unique(sites.home[s.site[sends]]).tolist():
        days = np.unique(s.day[is_short & counted & (s.site == office)])
        rows.add(DAYS, "site", sites.id[office], "count", len(days))
        here = site == office
        for measure, those in ((OUT, here & short), (REST, here & ~short)):
            rows.add(measure, "site", sites.id[office], "mean", minutes[those].mean() if those.any() else np.nan)
            rows.add(measure, "site", sites.id[office], "count", int(those.sum()))
    return rows


def _short_sessions(plan: Plan, draws: Draws, j: Journeys, sends: Bools) -> Bools:
    """[sessions]: those of offices on whose day a team is out that closes counters there; ``sends`` are the teams'."""
    s = plan.sessions
    out = sends & (booked_sessions(plan, j) | ~s.on_request) & ~draws.closed
    days_of_offices = plan.sites.home[s.site] * plan.n_days + s.day
    short: Bools = ~draws.closed & plan.sites.is_office[s.site] & np.isin(days_of_offices, days_of_offices[out])
    return short
