"""The figure of a sweep: each number that is told, over the values that were tried, with its limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.config.units import quantity
from sim.report.style import (
    BLUE,
    FAINT,
    INK,
    LIGHT,
    ORANGE,
    Drawn,
    Look,
    head,
    look_handles,
    new_figure,
    number_ticks,
    show_note,
    wrapped,
)
from sim.report.written import formatter
from sim.sweeping.search import spread
from sim.sweeping.table import sweep_table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.report.messages import Messages
    from sim.sweeping.asked import Asked
    from sim.sweeping.run import Swept

LOOKS = {
    "kept": Look(BLUE, BLUE, "s", "-", 5.0),
    "not kept": Look(ORANGE, "white", "o", "-", 6.0),
    "not clear": Look(FAINT, "white", "D", "-", 5.0),
}
TOLD = Look(INK, INK, "o", "-", 4.0)
TICKS = 9


def draw_sweep(swept: Swept, messages: Messages) -> Drawn:
    """Draw a panel for each number that is told: estimates with intervals over the values that were tried."""
    from matplotlib.lines import Line2D

    data = sweep_table(swept)
    number = np.arange(len(data)) % len(swept.asked)
    title = messages.text("figure.sweep.title", path=swept.path)
    figure = new_figure(7.2, 1.7 + 2.4 * len(swept.asked))
    states = [state for state in LOOKS if (data["state"] == state).any()]
    drawn = {messages.text(f"figure.sweep.{state.replace(' ', '_')}"): LOOKS[state] for state in states}
    if len(swept.limits) < len(swept.asked):
        drawn[messages.text("figure.sweep.told")] = TOLD
    handles = look_handles([*drawn], line=False, chosen=[*drawn.values()])
    stands = data.loc[data["as_it_stands"], "amount"]
    if swept.limits:
        handles.append(Line2D([], [], color=INK, linestyle="--", label=messages.text("figure.sweep.limit")))
    if len(stands):
        handles.append(Line2D([], [], color=INK, linestyle=":", label=messages.text("figure.sweep.stands")))
    head(figure, title, handles)
    panels = figure.subplots(len(swept.asked), 1, sharex=True, squeeze=False)[:, 0]
    for place, (axes, one) in enumerate(zip(panels, swept.asked, strict=True)):
        _panel(axes, one, data[number == place], swept, messages)
        for at in stands.unique():
            axes.axvline(at, color=INK, linestyle=":", linewidth=1, zorder=1)
    _values(panels[-1], swept, messages)
    panels[-1].set_xlabel(messages.text("figure.sweep.value"))
    told = swept.title.get(messages.language) or next(iter(swept.title.values()))
    show_note(figure, messages.text("figure.sweep.note", title=told, replications=swept.replications))
    return Drawn("sweep", title, figure, data)


def _panel(axes: Axes, one: Asked, rows: pd.DataFrame, swept: Swept, messages: Messages) -> None:
    """The estimates of one number."""
    from matplotlib.ticker import FuncFormatter

    q = one.quantity
    rows = rows.sort_values("amount")
    axes.plot(rows["amount"], rows["estimate"], color=LIGHT, linewidth=1.2, zorder=1)
    for state, some in rows[rows["estimate"].notna()].groupby("state"):
        look = LOOKS[str(state)] if one.sign else TOLD
        axes.vlines(some["amount"], some["ci_low"], some["ci_high"], color=look.colour, linewidth=1.4, zorder=2)
        axes.plot(
            some["amount"], some["estimate"], marker=look.marker, markersize=look.size, color=look.colour,
            markerfacecolor=look.face, linestyle="none", zorder=3,
        )  # fmt: skip
    if one.sign:
        axes.axhline(one.limit, color=INK, linestyle="--", linewidth=1, zorder=1)
    if q.statistic == "share" or q.measure.startswith("cost_rupiah"):
        written = formatter(q.measure, q.statistic, messages)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: written(value)))
    else:
        number_ticks(axes.yaxis, messages)
    label = f"{q.measure} ({q.statistic})"
    if q.statistic in ("mean", "share"):
        label = messages.text_or(f"page.site.{q.measure}", label)
    label = messages.text_or(f"measure.{q.measure}.{q.statistic}", label)
    place = "" if q.level == "province" else f"\n{wrapped(swept.names.get(q.unit, q.unit), 34)}"
    axes.set_ylabel(f"{wrapped(label, 34)}{place}")
    axes.grid(axis="y")


def _values(axes: Axes, swept: Swept, messages: Messages) -> None:
    """Ticks at round numbers; of other values at some of the grid, as a file gives them."""
    from matplotlib.ticker import MaxNLocator

    values = swept.grid
    kind, _ = quantity(values.low) or ("", 0.0)
    if kind == "number" and not isinstance(values.low, str):
        number_ticks(axes.xaxis, messages, most=TICKS)
        if isinstance(values.low, int) and isinstance(values.high, int):
            axes.xaxis.set_major_locator(MaxNLocator(nbins=TICKS, integer=True))
        return
    some = [values.value(place) for place in spread(len(values), TICKS)]
    axes.set_xticks([(quantity(value) or ("", np.nan))[1] for value in some], [str(value) for value in some])
    axes.tick_params(axis="x", rotation=20)
