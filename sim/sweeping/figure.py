"""The figure of a sweep: each number that is told, over the values that were tried, with its limit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

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
from sim.sweeping.table import sweep_table
from sim.trying.figure import asked_label, asked_ticks

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.report.messages import Messages
    from sim.sweeping.swept import Swept
    from sim.trying.asked import Asked

LOOKS = {
    "kept": Look(BLUE, BLUE, "s", "-", 5.0),
    "not kept": Look(ORANGE, "white", "o", "-", 6.0),
    "not clear": Look(FAINT, "white", "D", "-", 5.0),
    "": Look(INK, INK, "o", "-", 4.0),
}
"""By state; of numbers without a limit the last."""
REFUSED = Look(FAINT, FAINT, "x", "-", 6.0)
TICKS = 9
BEYOND = 0.02
"""Room beyond 0 and 100% for marks that stand there."""


def draw_sweep(swept: Swept, messages: Messages) -> Drawn:
    """Draw a panel for each number that is told: estimates with intervals over the values that were tried."""
    from matplotlib.lines import Line2D

    data, setting = sweep_table(swept), swept.setting
    figure = new_figure(7.2, 1.7 + 2.4 * len(swept.asked))
    inside = data["amount"].between(setting.grid.low, setting.grid.high)
    drawn = {
        messages.text(f"figure.sweep.{(state or 'told').replace(' ', '_')}"): look
        for state, look in LOOKS.items()
        if (inside & (data["state"] == state) & data["estimate"].notna()).any()
    }
    absent = inside & data["estimate"].isna()
    drawn |= {messages.text("figure.sweep.absent"): REFUSED} if absent.any() else {}
    handles = look_handles([*drawn], line=False, chosen=[*drawn.values()]) if drawn else []
    if swept.limits:
        handles.append(Line2D([], [], color=INK, linestyle="--", label=messages.text("figure.sweep.limit")))
    stands = data.loc[data["as_it_stands"] & inside, "amount"].unique()
    if len(stands):
        handles.append(Line2D([], [], color=INK, linestyle=":", label=messages.text("figure.sweep.stands")))
    head(figure, setting.path, handles)
    panels = figure.subplots(len(swept.asked), 1, sharex=True, squeeze=False)[:, 0]
    number = np.arange(len(data)) % len(swept.asked)
    for place, (axes, one) in enumerate(zip(panels, swept.asked, strict=True)):
        _panel(axes, one, data[inside & (number == place)], swept, messages)
        for at in stands:
            axes.axvline(at, color=INK, linestyle=":", linewidth=1, zorder=1)
    _values(panels[-1], swept, messages)
    panels[-1].set_xlabel(messages.text("figure.sweep.value"))
    show_note(figure, _note(swept, messages, outside=not inside.all()))
    return Drawn("sweep", setting.path, figure, data)


def _note(swept: Swept, messages: Messages, outside: bool) -> str:
    title = swept.title.get(messages.language) or next(iter(swept.title.values()))
    fewest, most = swept.done
    number = messages.text("interval", low=fewest, high=most) if fewest < most else str(most)
    text = messages.text("figure.sweep.note", title=title, replications=number)
    # Of a default, or a distribution, it is not known where it stands.
    if not outside or math.isnan(swept.setting.amount(swept.setting.here)):
        return text
    return f"{text} {messages.text('figure.sweep.outside', value=swept.setting.told(swept.setting.here))}"


def _panel(axes: Axes, one: Asked, rows: pd.DataFrame, swept: Swept, messages: Messages) -> None:
    """The estimates of one number."""
    known = rows[rows["estimate"].notna()]
    axes.plot(known["amount"], known["estimate"], color=LIGHT, linewidth=1.2, zorder=1)
    for state, some in known.groupby("state"):
        look = LOOKS[str(state)]
        axes.vlines(some["amount"], some["ci_low"], some["ci_high"], color=look.colour, linewidth=1.4, zorder=2)
        axes.plot(
            some["amount"], some["estimate"], marker=look.marker, markersize=look.size, color=look.colour,
            markerfacecolor=look.face, linestyle="none", zorder=3,
        )  # fmt: skip
    absent = rows.loc[rows["estimate"].isna(), "amount"]
    if len(absent):
        # At the foot, as there is no number.
        axes.plot(
            absent, np.zeros(len(absent)), transform=axes.get_xaxis_transform(), marker=REFUSED.marker,
            markersize=REFUSED.size, color=REFUSED.colour, linestyle="none", clip_on=False, zorder=3,
        )  # fmt: skip
    if one.sign:
        axes.axhline(one.limit, color=INK, linestyle="--", linewidth=1, zorder=1)
    asked_ticks(axes.yaxis, one, messages)
    axes.set_title(wrapped(asked_label(one, swept.names, messages), 80))
    axes.grid(axis="y")
    if known.empty:
        axes.set_yticks([])
    elif one.quantity.statistic == "share":
        low, high = axes.get_ylim()
        axes.set_ylim(max(low, -BEYOND), min(high, 1.0 + BEYOND))


def _values(axes: Axes, swept: Swept, messages: Messages) -> None:
    """From end to end; ticks at round numbers, and of other values at some of the grid, as a file gives them."""
    from matplotlib.ticker import MaxNLocator

    values = swept.setting.grid
    margin = 0.04 * (values.high - values.low)
    axes.set_xlim(values.low - margin, values.high + margin)
    if values.kind == "number" and not values.percent:
        number_ticks(axes.xaxis, messages, most=TICKS)
        if values.whole:
            axes.xaxis.set_major_locator(MaxNLocator(nbins=TICKS, integer=True))
        return
    every = -(-values.steps // (TICKS - 1))
    even = [step for step in range(every, 2 * every + 1) if values.steps % step == 0]
    some = range(0, len(values), even[0] if even else every)
    axes.set_xticks([values.amount(place) for place in some], [str(values.value(place)) for place in some])
    axes.tick_params(axis="x", rotation=20)
