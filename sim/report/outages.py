"""Outages: backlog and the way back, week by week, with the days of the outages marked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.plan import Outage, Plan
from sim.report.evidence import Evidence
from sim.report.style import (
    AFTER,
    BEFORE,
    GREEN,
    INK,
    Drawn,
    Look,
    head,
    look_handles,
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

PANELS = (
    *(("days_to_passport", "mean", 3), ("interviews_waiting", "count", 7)),
    *(("books_waiting", "count", 7), ("handed_over", "count", 3)),
)
"""Measure, statistic, and days from Monday to where a week's value is drawn: its middle, or its end for a stock."""

LOOKS = (BEFORE, AFTER, Look(GREEN, "white", "^", "-", 5.5), Look(INK, INK, "D", "--", 4.0))
"""The baseline, and the first scenarios with outages."""

Span = tuple[dt.date, dt.date, dt.date | None, tuple[str, ...]]
"""First date of an outage, the date after its last, the one on which printing that returns by and by is whole, and the
names of the offices it strikes; none where it strikes all."""

KINDS = ("intake", "printing", "same_day")
SHADE = "#c9c9c9"


def has_outages(evidence: Evidence) -> bool:
    """Whether anything fails in any scenario."""
    return any(plan.outages for plan in evidence.plans.values())


def outage_recovery(evidence: Evidence, messages: Messages) -> Drawn:
    """Draw days to the passport, people and books waiting, and passports handed over by week; above, what was out."""
    scenarios = _shown(evidence)
    data = _data(evidence, scenarios)
    title = messages.text("figure.outage_recovery.title")
    figure = new_figure(9.6, 10.4)
    chosen = LOOKS if evidence.baseline in scenarios else LOOKS[1:]
    looks = dict(zip(scenarios, chosen, strict=False))
    titles = [evidence.title(scenario, messages) for scenario in scenarios]
    head(figure, title, look_handles(titles, line=True, chosen=tuple(looks.values())))
    spans = _spans(evidence, scenarios)
    grid = figure.subplots(1 + len(PANELS), 1, sharex=True, height_ratios=[0.12 * (1 + len(spans)), *[1] * len(PANELS)])
    for axes, (measure, _, later) in zip(grid[1:], PANELS, strict=True):
        axes.set_title(messages.text(f"figure.outage_recovery.{measure}"), fontsize=9.5)
        # The baseline comes last, dashed, and the main scenario is thin: lines that run together are all seen.
        for scenario, look in reversed(looks.items()):
            rows = data[(data["scenario"] == scenario) & (data["measure"] == measure)]
            _line(axes, rows, look, later, width=1.2 if scenario == evidence.main else 2.2)
        for start, end in dict.fromkeys(span[:2] for found in spans.values() for span in found):
            axes.axvspan(*_numbers(start, end), color=SHADE, alpha=0.3, linewidth=0, zorder=0)
        if measure != "days_to_passport":
            axes.set_ylim(bottom=0)
        axes.grid(axis="y")
        number_ticks(axes.yaxis, messages)
    if not data.empty:
        month_axis(grid[1:], data["week"].nunique(), messages)
        first, last = (dt.date.fromisoformat(week) for week in (data["week"].min(), data["week"].max()))
        grid[0].set_xlim(*_numbers(first, last + dt.timedelta(days=8)))
    _bars(grid[0], spans, messages)
    at_random = any(outage.first_day is None for s in scenarios for outage in evidence.plans[s].outages)
    note = evidence.text("figure.outage_recovery.note", messages)
    more = " " + messages.text("figure.outage_recovery.at_random") if at_random else ""
    show_note(figure, wrapped(note + more, 140))
    return Drawn("outage_recovery", title, figure, data)


def _shown(evidence: Evidence) -> list[str]:
    """The baseline, then scenarios in which something fails, the main one first."""
    failing = [scenario for scenario, plan in evidence.plans.items() if plan.outages and scenario != evidence.baseline]
    failing.sort(key=lambda scenario: scenario != evidence.main)
    return [evidence.baseline, *failing][: len(LOOKS)]


def _data(evidence: Evidence, scenarios: Sequence[str]) -> pd.DataFrame:
    """What is drawn, by scenario, measure and week."""
    import pandas as pd

    table = evidence.summary[evidence.summary["level"] == "week"]
    parts = [
        table[(table["scenario"] == scenario) & (table["measure"] == measure) & (table["statistic"] == statistic)]
        for scenario in scenarios
        for measure, statistic, _ in PANELS
    ]
    columns = ["scenario", "measure", "statistic", "week", "estimate", "ci_low", "ci_high", "replications"]
    return pd.concat(parts, ignore_index=True).rename(columns={"unit": "week"})[columns]


def _spans(evidence: Evidence, scenarios: Sequence[str]) -> dict[str, list[Span]]:
    """By what was out, the outages by date."""
    found: dict[str, list[Span]] = {}
    for kind in KINDS:
        for scenario in scenarios:
            plan = evidence.plans[scenario]
            for outage in plan.outages:
                if outage.first_day is None or outage.last_day is None or not _is(outage, kind):
                    continue
                first, after = (plan.origin + dt.timedelta(days=d) for d in (outage.first_day, outage.last_day + 1))
                whole = _whole_again(plan, outage) if kind == "printing" else None
                struck = _struck(plan, outage, kind)
                if struck is None:
                    continue
                span = first, after, whole, struck
                if span not in found.setdefault(kind, []):
                    found[kind].append(span)
    return found


def _struck(plan: Plan, outage: Outage, kind: str) -> tuple[str, ...] | None:
    """Names of the offices that an outage strikes, of those that could be; empty where all, None where none is."""
    could = plan.sites.is_office
    if kind != "intake":
        could = could & (plan.sites.parent == np.arange(len(could)))
    struck = could & np.isin(np.arange(len(could)), outage.sites)
    if not struck.any():
        return None
    return () if (struck == could).all() else tuple(plan.sites.name[row] for row in np.flatnonzero(struck))


def _whole_again(plan: Plan, outage: Outage) -> dt.date | None:
    """The working day on which printing is whole again, where it returns by and by."""
    following = plan.working_days[plan.working_days > (outage.last_day or 0)]
    if not outage.returns_over or len(following) <= outage.returns_over:
        return None
    return plan.origin + dt.timedelta(days=int(following[outage.returns_over]))


def _is(outage: Outage, kind: str) -> bool:
    """Whether an outage is drawn as of this kind; one of printing stops passports of the same day as well."""
    alone = outage.same_day and not outage.printing
    return {"intake": outage.intake, "printing": outage.printing, "same_day": alone}[kind]


def _bars(axes: Axes, spans: dict[str, list[Span]], messages: Messages) -> None:
    """A bar for each outage, with what was out and from when to when."""
    axes.set_ylim(-len(spans), 0.3)
    axes.set_yticks([])
    axes.tick_params(axis="x", length=0)
    for name in ("left", "bottom"):
        axes.spines[name].set_visible(False)
    height = len(spans) + 0.3
    for row, (kind, found) in enumerate(spans.items()):
        for start, end, whole, sites in found:
            left, right = _numbers(start, end)
            axes.axvspan(left, right, 1 - (row + 1) / height, 1 - (row + 0.3) / height, color=INK)
            dates = messages.dates(start, end - dt.timedelta(days=1))
            what = messages.text(f"figure.outage_recovery.{kind}")
            if sites:
                what = messages.text("figure.outage_recovery.at", what=what, sites=messages.names(sites))
            said = messages.text("figure.outage_recovery.bar", what=what, dates=dates)
            if whole is not None:
                said += "\n" + messages.text("figure.outage_recovery.whole_again", date=messages.date(whole))
            # Text stands where there is room for it, or it would press the panels together.
            late = left + right > sum(axes.get_xlim())
            axes.annotate(
                said,
                (left if late else right, -row - 0.35), xytext=(-6 if late else 6, 0), textcoords="offset points",
                ha="right" if late else "left", va="center", fontsize=8, linespacing=1.05,
            )  # fmt: skip


def _numbers(*dates: dt.date) -> list[float]:
    """Dates as places on an axis."""
    from matplotlib.dates import date2num

    return [float(date2num(date)) for date in dates]  # type: ignore[no-untyped-call]


def _line(axes: Axes, rows: pd.DataFrame, look: Look, later: int, width: float) -> None:
    weeks = _numbers(*(dt.date.fromisoformat(week) + dt.timedelta(days=later) for week in rows["week"]))
    axes.fill_between(weeks, rows["ci_low"], rows["ci_high"], color=look.colour, alpha=0.2, linewidth=0)
    axes.plot(
        weeks, rows["estimate"], color=look.colour, linestyle=look.line, linewidth=width,
        marker=look.marker, markerfacecolor=look.face, markersize=0.7 * look.size, markevery=max(len(weeks) // 18, 1),
    )  # fmt: skip
