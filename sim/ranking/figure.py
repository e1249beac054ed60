"""The figure of a ranking: each number that is told, of the alternatives from the best on."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sim.ranking.table import rank_table
from sim.report.style import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    Drawn,
    Look,
    error_bar,
    head,
    look_handles,
    new_figure,
    show_note,
    wrapped,
)
from sim.trying.figure import asked_label, asked_ticks
from sim.trying.trials import AS_IT_STANDS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.ranking.ranked import Ranked, Standing
    from sim.report.messages import Messages

LOOKS: Mapping[Standing, Look] = {
    "may be best": Look(BLUE, BLUE, "s", "-", 5.0),
    "best if kept": Look(BLUE, "white", "s", "-", 5.0),
    "is not best": Look(FAINT, "white", "o", "-", 5.5),
    "over a limit": Look(ORANGE, "white", "X", "-", 6.0),
}
"""By how an alternative stands; those without a value have no mark."""
MOST_ROWS = 40
"""Alternatives that are drawn, the best."""
MOST_PANELS = 4
LABEL, PANEL = 34, 26
"""Letters of a name in a line, and of a panel's title."""
LINES = 2
"""Of a name; of a longer one the end is left out."""
ROW, LINE, LETTER, WIDE, MARGIN, LEAST = 0.12, 0.15, 0.075, 2.7, 0.5, 6.4
"""Inches: between rows, of a line and a letter of a name, of a panel, beside all, and of a figure at least."""
PER_INCH = 10
"""Letters of the title."""


def draw_rank(ranked: Ranked, messages: Messages) -> Drawn:
    """Draw a panel for each number that is told: estimates with intervals of the alternatives, the best above."""
    from matplotlib.lines import Line2D

    data = rank_table(ranked)
    drawn = [place for place in ranked.places if place not in ranked.refused][:MOST_ROWS]
    panels_asked = ranked.asked[:MOST_PANELS]
    labels = [_label(ranked.alternatives[place].name) for place in drawn]
    letters = max((len(line) for label in labels for line in label.split("\n")), default=0)
    lines = max((label.count("\n") + 1 for label in labels), default=1)
    width = max(MARGIN + LETTER * letters + WIDE * len(panels_asked), LEAST)
    figure = new_figure(width, 2.6 + (ROW + LINE * lines) * max(len(drawn), 2))
    kinds = _shown(ranked)
    texts = [messages.text(standing_key("rank", kind, ranked)) for kind in kinds]
    handles = look_handles(texts, line=False, chosen=[LOOKS[kind] for kind in kinds])
    if any(one.sign for one in panels_asked):
        handles.append(Line2D([], [], color=INK, linestyle="--", label=messages.text("figure.rank.limit")))
    if any(_row(ranked, AS_IT_STANDS, number) is not None for number in range(len(panels_asked))):
        base = "figure.rank.without" if ranked.without else "figure.rank.stands"
        base = messages.text(base, site=messages.names(ranked.site_names) if ranked.sites else "")
        handles.append(Line2D([], [], color=INK, linestyle=":", label=base))
    title = messages.text(
        "figure.rank.title", by=asked_label(ranked.by, ranked.names, messages),
        order=messages.text(f"figure.rank.{ranked.word}"),
    )  # fmt: skip
    head(figure, wrapped(title, int(PER_INCH * width)), handles)
    panels = figure.subplots(1, len(panels_asked), sharey=True, squeeze=False)[0]
    for number, (axes, asked) in enumerate(zip(panels, panels_asked, strict=True)):
        _panel(axes, ranked, drawn, number)
        asked_ticks(axes.xaxis, asked, messages, most=5)
        axes.tick_params(axis="x", labelrotation=30)
        axes.set_title(wrapped(asked_label(asked, ranked.names, messages), PANEL), fontsize=9)
    panels[0].set_yticks([-float(row) for row in range(len(drawn))], labels=labels)
    if drawn:
        panels[0].set_ylim(-len(drawn) + 0.3, 0.7)
    show_note(figure, _note(ranked, messages, len(drawn)))
    return Drawn("rank", title, figure, data)


def _shown(ranked: Ranked) -> list[Standing]:
    """How alternatives stand that are drawn; without limits either way, for the reader to know what there might be."""
    there = {ranked.standing(place) for place in ranked.places}
    if not ranked.limits:
        there |= {"may be best", "is not best"}
    return [one for one in LOOKS if one in there]


def standing_key(figure: str, standing: Standing, ranked: Ranked) -> str:
    """The key of the text that says how an alternative stands: with limits the best is one that keeps them."""
    of_limits = "_kept" if ranked.limits and standing == "may be best" else ""
    return f"figure.{figure}.{standing.replace(' ', '_')}{of_limits}"


def _label(name: str) -> str:
    """A name in so many lines as there is room for."""
    lines = textwrap.wrap(name, LABEL)
    return "\n".join(
        [*lines[: LINES - 1], textwrap.shorten(" ".join(lines[LINES - 1 :]), LABEL, placeholder="…")]
    ).strip()


def _panel(axes: Axes, ranked: Ranked, drawn: list[int], number: int) -> None:
    """One number of each alternative; dotted, that of what they are against."""
    for row, place in enumerate(drawn):
        found = _row(ranked, place, number)
        if found is not None:
            # One that has this number may have none that they are ordered by.
            look = LOOKS.get(ranked.standing(place), LOOKS["is not best"])
            error_bar(axes, found["estimate"], -float(row), found["ci_low"], found["ci_high"], look)
    if ranked.asked[number].sign:
        axes.axvline(ranked.asked[number].limit, color=INK, linestyle="--", linewidth=1, zorder=1)
    base = _row(ranked, AS_IT_STANDS, number)
    if base is not None:
        axes.axvline(base["estimate"], color=INK, linestyle=":", linewidth=1, zorder=1)
    axes.grid(axis="x")
    axes.tick_params(axis="y", length=0, labelsize=8.5)
    axes.spines["left"].set_visible(False)


def _row(ranked: Ranked, place: int, number: int) -> pd.Series | None:
    """A number of an alternative with its interval; None where there is no value."""
    estimates = ranked.estimates.get(place)
    row = None if estimates is None else estimates.iloc[number]
    return None if row is None or row["estimate"] != row["estimate"] else row


def _note(ranked: Ranked, messages: Messages, drawn: int) -> str:
    title = ranked.title.get(messages.language) or next(iter(ranked.title.values()))
    fewest, most = ranked.done
    number = messages.text("interval", low=fewest, high=most) if fewest < most else str(most)
    text = messages.text("figure.rank.note", title=title, replications=number)
    left, more = len(ranked.places) - drawn, len(ranked.asked) - MOST_PANELS
    if ranked.limits:
        text = f"{text} {messages.text('figure.rank.limits')}"
    if left:
        text = f"{text} {messages.text('figure.rank.left', number=left)}"
    if ranked.untried:
        text = f"{messages.text('figure.rank.untried', number=ranked.untried)} {text}"
    return f"{text} {messages.text('figure.rank.panels', number=more)}" if more > 0 else text
