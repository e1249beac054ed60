"""Curves: the share of people within t minutes of a session; lead time and queueing through the year."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.measures.reach import everybody, reach
from sim.report.evidence import Evidence
from sim.report.style import (
    AFTER,
    LIGHT,
    Drawn,
    Look,
    head,
    look_handles,
    looks,
    month_axis,
    new_figure,
    number_ticks,
    show_note,
    wrapped,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.report.messages import Messages

SLOWEST = 5
"""Sites shown beside the province in the figures by week."""


def thresholds(evidence: Evidence) -> list[int]:
    """Minutes t for which there is a measure ``coverage_t_min``, ascending."""
    found = (re.fullmatch(r"coverage_(\d+)_min", measure) for measure in evidence.summary["measure"].unique())
    return sorted(int(match.group(1)) for match in found if match)


def coverage_curve(evidence: Evidence, messages: Messages) -> Drawn:
    """Draw the share of people whose district is within t minutes of a session, before and after."""
    data = _coverage_data(evidence)
    title = messages.text("figure.coverage_curve.title")
    figure = new_figure(6.4, 4.6)
    head(figure, title)
    axes = figure.add_subplot()
    limit = max(30.0, float(np.ceil(data["minutes"].max() / 30.0) * 30.0) if len(data) else 30.0)
    for scenario, look in zip(evidence.pair, looks(evidence.pair), strict=True):
        rows = data[data["scenario"] == scenario]
        minutes = np.concatenate([[0.0], rows["minutes"], [limit]])
        share = np.concatenate([[0.0], rows["share_within"], rows["share_within"].iloc[-1:] if len(rows) else [0.0]])
        label = wrapped(evidence.title(scenario, messages), 40)
        axes.step(minutes, share, where="post", color=look.colour, linestyle=look.line, linewidth=2, label=label)
        for t in thresholds(evidence):
            within = (
                float(rows.loc[rows["minutes"] <= t, "share_within"].max()) if (rows["minutes"] <= t).any() else 0.0
            )
            axes.plot([t], [within], marker=look.marker, color=look.colour, markerfacecolor=look.face, zorder=4)
            # A share never falls: below the curve there is room to the right, above it to the left, from the axis on
            # where that is near.
            if look is not AFTER:
                at, shift, side, end, colour = float(t), (6, -6), "left", "top", "#9a6a00"
            elif t < 0.09 * limit:
                at, shift, side, end, colour = 0.0, (2, 7), "left", "bottom", look.colour
            else:
                at, shift, side, end, colour = float(t), (-5, 5), "right", "bottom", look.colour
            axes.annotate(
                messages.percent(within), (at, within), xytext=shift, textcoords="offset points",
                ha=side, va=end, fontsize=8, color=colour, fontweight="bold",
            )  # fmt: skip
    for t in thresholds(evidence):
        axes.axvline(t, color=LIGHT, linewidth=1, zorder=0)
    axes.set_xlim(0, limit)
    axes.set_ylim(0, 1.02)
    axes.set_xticks(np.arange(0, limit + 1, 60 if limit > 240 else 30))
    axes.set_xlabel(messages.text("figure.coverage_curve.x"))
    axes.set_ylabel(messages.text("figure.coverage_curve.y"))
    number_ticks(axes.yaxis, messages, 100.0)
    number_ticks(axes.xaxis, messages, place=False)
    axes.grid(axis="y")
    axes.legend(loc="lower right")
    show_note(figure, messages.text("figure.coverage_curve.note"))
    return Drawn("coverage_curve", title, figure, data)


def _coverage_data(evidence: Evidence) -> pd.DataFrame:
    """The curves, which go through ``coverage_T_min``: over each district's nearest days; not where none is reached."""
    import pandas as pd

    parts = []
    for scenario in evidence.pair:
        population = evidence.plans[scenario].districts.population
        found = reach(evidence.plans[scenario], everybody(evidence.plans[scenario]))
        minutes, people = found.minutes.ravel(), (found.nearest_days() * population).ravel()
        near = np.isfinite(minutes) & (people > 0)
        frame = pd.DataFrame({"minutes": minutes[near], "people": people[near]})
        frame = frame.groupby("minutes")["people"].sum().cumsum().reset_index()
        parts.append(frame.assign(scenario=scenario, share_within=frame["people"] / population.sum()))
    return pd.concat(parts, ignore_index=True)[["scenario", "minutes", "people", "share_within"]]


def lead_time_by_week(evidence: Evidence, messages: Messages) -> Drawn:
    """Draw the mean lead time by week, for the province and the sites where it is longest, before and after."""
    return _by_week(evidence, messages, "lead_time_by_week", _by_week_data(evidence, "lead_days", _slowest(evidence)))


def has_weeks(evidence: Evidence) -> bool:
    """Whether the queue of two weeks is known, so that a line can be drawn."""
    table = evidence.summary
    known = (table["measure"] == "wait_minutes") & (table["level"] == "week") & (table["statistic"] == "mean")
    known &= table["scenario"].isin(evidence.pair) & table["estimate"].notna()
    return bool(table.loc[known, "unit"].nunique() > 1)


def queue_by_week(evidence: Evidence, messages: Messages) -> Drawn:
    """Draw the mean queueing by week, for the province and the sites with the longest in any week, before and after."""
    data = _by_week_data(evidence, "wait_minutes", _longest_queues(evidence))
    return _by_week(evidence, messages, "queue_by_week", data)


def _by_week(evidence: Evidence, messages: Messages, name: str, data: pd.DataFrame) -> Drawn:
    """A panel for the province and each site of the data, with lines before and after."""
    title = messages.text(f"figure.{name}.title")
    panels = list(dict.fromkeys(data["unit"])) or ["province"]
    figure = new_figure(9.6, 2.0 + 2.0 * -(-len(panels) // 2))
    head(figure, title, look_handles(evidence.titles(messages), line=True))
    grid = figure.subplots(-(-len(panels) // 2), min(len(panels), 2), sharex=True, sharey=True, squeeze=False)
    names = dict(zip(evidence.plans[evidence.main].sites.id, evidence.plans[evidence.main].sites.name, strict=True))
    for axes, unit in zip(grid.flat, panels, strict=False):
        axes.set_title(names.get(unit, messages.text("word.province")), fontsize=9.5)
        for scenario, look in zip(evidence.pair, looks(evidence.pair), strict=True):
            _line_by_week(axes, data[(data["unit"] == unit) & (data["scenario"] == scenario)], look)
        axes.grid(axis="y")
    for axes in grid.flat[len(panels) :]:
        axes.set_visible(False)
    for axes in grid.flat:
        axes.set_ylim(bottom=0)
        number_ticks(axes.yaxis, messages)
    for axes in grid[:, 0]:
        axes.set_ylabel(wrapped(messages.text(f"figure.{name}.y"), 26), fontsize=8)
    month_axis(grid, data["week"].nunique(), messages)
    show_note(figure, evidence.text(f"figure.{name}.note", messages))
    return Drawn(name, title, figure, data)


def _line_by_week(axes: Axes, rows: pd.DataFrame, look: Look) -> None:
    if rows.empty:
        return
    weeks = [dt.date.fromisoformat(week) for week in rows["week"]]
    axes.fill_between(weeks, rows["ci_low"], rows["ci_high"], color=look.colour, alpha=0.25, linewidth=0)  # type: ignore[arg-type]
    every = max(len(weeks) // 9, 1)
    axes.plot(
        weeks, rows["estimate"], color=look.colour, linestyle=look.line, linewidth=1.6,  # type: ignore[arg-type]
        marker=look.marker, markerfacecolor=look.face, markersize=0.6 * look.size, markevery=every,
    )  # fmt: skip


def _by_week_data(evidence: Evidence, measure: str, chosen: Sequence[str]) -> pd.DataFrame:
    """A mean by week, ``unit`` being the province or one of some sites."""
    import pandas as pd

    table = evidence.summary
    means = table[(table["measure"] == measure) & (table["statistic"] == "mean")]
    means = means[means["scenario"].isin(evidence.pair)]
    weeks = means[means["level"] == "week"].assign(week=lambda rows: rows["unit"], unit="province")
    sites = means[means["level"] == "site_week"]
    parts = sites["unit"].str.rsplit(" ", n=1)
    sites = sites.assign(week=parts.str[1], unit=parts.str[0])
    sites = pd.concat([sites[sites["unit"] == site] for site in chosen]) if chosen else sites.iloc[:0]
    columns = ["unit", "scenario", "week", "estimate", "ci_low", "ci_high", "replications"]
    return pd.concat([weeks, sites], ignore_index=True)[columns]


def _longest_queues(evidence: Evidence) -> list[str]:
    """The offices with the longest mean queue in any week of the main scenario, the longest first."""
    sites = evidence.plans[evidence.main].sites
    offices = {site for site, office in zip(sites.id, sites.is_office, strict=True) if office}
    longest: dict[str, float] = {}
    for (scenario, measure, level, unit, statistic), found in evidence.estimates.items():
        if (scenario, measure, level, statistic) == (evidence.main, "wait_minutes", "site_week", "mean"):
            site = unit.rpartition(" ")[0]
            if site in offices and found.estimate > longest.get(site, -1.0):
                longest[site] = found.estimate
    return sorted(longest, key=lambda site: (-longest[site], site))[:SLOWEST]


def _slowest(evidence: Evidence) -> list[str]:
    """The offices with the longest lead time in the main scenario, the longest first."""
    sites = evidence.plans[evidence.main].sites
    lead = {
        site: evidence.estimate(evidence.main, "lead_days", "mean", "site", site).estimate
        for site, office in zip(sites.id, sites.is_office, strict=True)
        if office
    }
    known = [site for site, days in lead.items() if not np.isnan(days)]
    return sorted(known, key=lambda site: (-lead[site], site))[:SLOWEST]
