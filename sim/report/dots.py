"""Dots with intervals: burden by regency, waits by site, and paired differences."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sim.report.evidence import Evidence
from sim.report.order import regencies_told
from sim.report.style import (
    AFTER,
    BEFORE,
    BLUE,
    FAINT,
    INK,
    Drawn,
    Look,
    error_bar,
    head,
    look_handles,
    new_figure,
    number_ticks,
    show_note,
    wrapped,
    write_end,
)
from sim.report.verdicts import GAIN, LOSS, SMALL, verdict
from sim.report.written import with_interval

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.report.messages import Messages

THOUSANDTH = 0.001
SAVED = (("travel_hours_saved", 1.0), ("days_saved", 1.0), ("cost_rupiah_saved", THOUSANDTH))
"""Measures of the figure of paired differences, and what their axis is multiplied by."""
LABEL_CHARACTERS = 52
"""That an axis of one of two panels side by side has room for."""
DIFFERENCE = Look(BLUE, BLUE, "o", "-", 5.5)


@dataclass(frozen=True)
class Row:
    """A line of a dot plot: the id of a unit, its label and where it stands."""

    level: str
    unit: str
    label: str
    y: float


def burden_by_regency(evidence: Evidence, messages: Messages) -> Drawn:
    """Draw mean cost and travel by regency, before and after, largest fall in travel on top."""
    import pandas as pd

    rows = _regency_rows(evidence, messages)
    title = messages.text("figure.burden_by_regency.title")
    figure = new_figure(9.6, 1.9 + 0.27 * len(rows))
    panels = (("travel_hours", 1.0), ("cost_rupiah", THOUSANDTH))
    frames = []
    for axes, (measure, factor) in zip(_side_by_side(figure, title, evidence, messages), panels, strict=True):
        label = messages.text(f"figure.burden_by_regency.{measure}", burden=evidence.burden(messages))
        axes.set_xlabel(wrapped(label, LABEL_CHARACTERS))
        frames.append(_dumbbells(axes, evidence, rows, (measure, "mean"), _in_axis(messages, factor)))
        axes.set_xlim(left=0)
        number_ticks(axes.xaxis, messages, factor)
        _label_rows(axes, rows)
    show_note(figure, evidence.text("figure.burden_by_regency.note", messages))
    return Drawn("burden_by_regency", title, figure, pd.concat(frames, ignore_index=True))


def waits_by_site(evidence: Evidence, messages: Messages) -> Drawn:
    """Draw mean and 90th percentile of the wait in the office by site, baseline and main scenario."""
    import pandas as pd

    names: dict[tuple[str, str], str] = {}
    for scenario in (evidence.main, evidence.baseline):
        sites = evidence.plans[scenario].sites
        labels = zip(sites.id, sites.name, sites.is_office, strict=True)
        names |= {("site", site): name for site, name, office in labels if office and ("site", site) not in names}
        labels = zip(sites.programme, sites.programme_name, sites.is_office, strict=True)
        names |= {("programme", programme): name for programme, name, office in labels if not office}
    rows = [Row(*unit, wrapped(name, 30), -float(i)) for i, (unit, name) in enumerate(names.items())]
    title = messages.text("figure.waits_by_site.title")
    figure = new_figure(9.6, 1.8 + 0.42 * len(rows))
    frames = []
    for axes, statistic in zip(_side_by_side(figure, title, evidence, messages), ("mean", "p90"), strict=True):
        axes.set_xlabel(messages.text(f"figure.waits_by_site.{statistic}"))
        written = _in_axis(messages, 1.0)
        frames.append(_dumbbells(axes, evidence, rows, ("wait_minutes", statistic), written, apart=0.18))
        axes.set_xlim(left=0)
        number_ticks(axes.xaxis, messages)
        _label_rows(axes, rows)
    show_note(figure, evidence.text("figure.waits_by_site.note", messages))
    return Drawn("waits_by_site", title, figure, pd.concat(frames, ignore_index=True))


def paired_differences(evidence: Evidence, messages: Messages) -> Drawn:
    """Draw what each scenario saves a person, and what the main one saves in each regency, with intervals."""
    import pandas as pd

    others = [one for one in evidence.scenarios if one != evidence.baseline and evidence.pairs(one)]
    scenarios = [
        Row("province", scenario, wrapped(evidence.title(scenario, messages), 40), -float(i))
        for i, scenario in enumerate(others)
    ]
    regencies = _regency_rows(evidence, messages, whole=False) if evidence.pairs() else []
    title = messages.text("figure.paired_differences.title", baseline=evidence.titles(messages)[0])
    # Where nobody is served, or others come than before, there is nothing to tell of any regency.
    parts = [rows for rows in (scenarios, regencies) if rows]
    figure = new_figure(10.4, 2.8 + 0.29 * sum(map(len, parts)))
    head(figure, wrapped(title, 90))
    # Each row of panels has scales of its own: what a whole province saves a person is small beside the best regency.
    heights = [1.5 + len(rows) for rows in parts]
    grid = figure.subplots(len(parts), len(SAVED), sharey="row", height_ratios=heights, squeeze=False)
    frames = []
    for column, (measure, factor) in enumerate(SAVED):
        for part, rows in enumerate(parts):
            axes = grid[part, column]
            frames.append(_forest(axes, evidence, rows, measure, messages, partial(_finer_in_axis, messages, factor)))
            # Of three panels each is narrow: more labels would touch, as of -0.14 to 0.02.
            number_ticks(axes.xaxis, messages, factor, most=6)
            _label_rows(axes, rows)
            axes.set_xlabel(messages.text(f"figure.paired_differences.{measure}"))
    grid[0, 0].set_title(messages.text("figure.paired_differences.by_scenario"), fontsize=9.5)
    if regencies:
        main = evidence.title(evidence.main, messages)
        by_regency = messages.text("figure.paired_differences.by_regency", scenario=main)
        grid[1, 0].set_title(wrapped(by_regency, 30), fontsize=9.5)
    count = messages.number(evidence.replication_count, 0)
    show_note(figure, evidence.text("figure.paired_differences.note", messages, replications=count))
    return Drawn("paired_differences", title, figure, pd.concat(frames, ignore_index=True))


def _regency_rows(evidence: Evidence, messages: Messages, whole: bool = True) -> list[Row]:
    """The province and its regencies in their order."""
    regencies = evidence.plans[evidence.main].regencies
    names = dict(zip(regencies.code, regencies.name, strict=True))
    codes = regencies_told(evidence)
    province = [Row("province", "province", messages.text("word.province"), 0.0)] if whole else []
    start = 1.4 if whole else 0.0
    return province + [Row("regency", code, names[code], -start - i) for i, code in enumerate(codes)]


def _side_by_side(figure: Figure, title: str, evidence: Evidence, messages: Messages) -> list[Axes]:
    """Two panels under a title and a legend of the two scenarios."""
    head(figure, title, look_handles(evidence.titles(messages), line=False))
    return list(figure.subplots(1, 2, sharey=True))


def _label_rows(axes: Axes, rows: Sequence[Row]) -> None:
    axes.set_yticks([row.y for row in rows], labels=[row.label for row in rows])
    axes.set_ylim(rows[-1].y - 0.7, rows[0].y + 0.7)
    axes.tick_params(axis="y", length=0, labelsize=8.5)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    # An inner panel shares the labels of the outer one and has none of its own.
    for label, row in zip(axes.get_yticklabels(), rows, strict=False):
        label.set_fontweight("bold" if row.unit == "province" else "normal")


def _in_axis(messages: Messages, factor: float) -> Callable[[float], str]:
    """How a value is written beside its dot: in the unit of the axis; whole thousands of rupiah."""
    return _finer_in_axis(messages, factor, 0)


def _finer_in_axis(messages: Messages, factor: float, finer: int) -> Callable[[float], str]:
    """As :func:`_in_axis`, with so many digits more."""
    return lambda value: messages.number(value * factor, finer + (1 if factor == 1.0 else 0))


def _dumbbells(
    axes: Axes,
    evidence: Evidence,
    rows: Sequence[Row],
    key: tuple[str, str],
    written: Callable[[float], str],
    apart: float = 0.0,
) -> pd.DataFrame:
    """Baseline and main scenario of each row, joined by a line, or one above the other by ``apart``."""
    import pandas as pd

    measure, statistic = key
    data = []
    for row in rows:
        pair = [(s, evidence.estimate(s, measure, statistic, row.level, row.unit)) for s in evidence.pair]
        known = [(scenario, found) for scenario, found in pair if not math.isnan(found.estimate)]
        shift = apart if len(known) == 2 else 0.0
        if len(known) == 2 and not apart:
            axes.plot([found.estimate for _, found in known], [row.y, row.y], color=FAINT, linewidth=1.0, zorder=1)
        for scenario, found in known:
            look, up = (AFTER, -shift) if scenario == evidence.main else (BEFORE, shift)
            error_bar(axes, found.estimate, row.y + up, found.low, found.high, look)
            others = [other.estimate for name, other in known if name != scenario]
            lower = not apart and bool(others) and found.estimate < others[0]
            ends = [end for end in (found.estimate, found.low, found.high) if not math.isnan(end)]
            write_end(axes, min(ends) if lower else max(ends), row.y + up, written(found.estimate), -1 if lower else 1)
            numbers = (found.estimate, found.low, found.high, found.n)
            data.append((scenario, measure, row.level, row.unit, statistic, *numbers))
    columns = ["scenario", "measure", "level", "unit", "statistic", "estimate", "ci_low", "ci_high", "replications"]
    return pd.DataFrame(data, columns=columns)


def _forest(
    axes: Axes,
    evidence: Evidence,
    rows: Sequence[Row],
    measure: str,
    messages: Messages,
    written: Callable[[int], Callable[[float], str]],
) -> pd.DataFrame:
    """A difference for each row, with as many digits as its interval bears; open where it does not stand."""
    import pandas as pd

    axes.axvline(0.0, color=INK, linewidth=0.9, zorder=1)
    data = []
    for row in rows:
        scenario, unit = (row.unit, "province") if row.level == "province" else (evidence.main, row.unit)
        found = evidence.difference(scenario, measure, "mean", row.level, unit)
        if math.isnan(found.difference):
            continue
        judged = verdict(evidence, measure, found)
        clear = judged in (GAIN, LOSS)
        error_bar(axes, found.difference, row.y, found.low, found.high, DIFFERENCE, clear)
        side = -1 if found.difference < 0 else 1
        ends = [end for end in (found.difference, found.low, found.high) if not math.isnan(end)]
        if judged == SMALL:
            shown = written(1)(found.difference)
        else:
            shown, _ = with_interval(messages, written, found.difference, found.low, found.high)
        write_end(axes, min(ends) if side < 0 else max(ends), row.y, shown, side)
        data.append(
            (scenario, measure, row.level, unit, "mean", found.difference, found.low, found.high, found.p, found.n)
        )
    columns = ["scenario", "measure", "level", "unit", "statistic", "difference"]
    return pd.DataFrame(data, columns=[*columns, "ci_low", "ci_high", "p_adjusted", "replications"])
