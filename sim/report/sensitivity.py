"""What a sensitivity analysis found, for a terminal and as a figure."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.keeping.concluded import Spread
from sim.keeping.study import MORRIS, SOBOL, Study
from sim.report.assumptions import Labels
from sim.report.assumptions import in_words as value_in_words
from sim.report.style import BLUE, FAINT, INK, ORANGE, Drawn, head, new_figure, number_ticks, show_note, wrapped

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.report.messages import Messages

SHOWN = 12
"""Inputs in each panel of the figure."""
LONGEST = 40
"""Letters of a range that is written beside its input."""
WIDTH = 40
"""Letters in a line of an input's name."""
PAD = 0.15
"""Inches beside labels: their letters are a little wider in a picture of many dots than where they are laid out."""
MOST_SHOWN = 4
"""Inputs told in a terminal, of those that matter most."""
LINE, GAP = 0.132, 0.5
"""Inches of a line of labels, and lines between two labels."""


def draw_sensitivity(found: Study, messages: Messages) -> Drawn:
    """Draw how far each input moves each conclusion's number over its range, and its share of the variance."""
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    data = figure_data(found)
    names = list(dict.fromkeys(data["conclusion"]))
    stages = [stage for stage in (MORRIS, SOBOL) if (data["stage"] == stage).any()]
    panels = [
        [
            data[(data["conclusion"] == name) & (data["stage"] == stage)].head(SHOWN).to_dict("records")
            for stage in stages
        ]
        for name in names
    ]
    lines = [max(float(_places([_label(row, messages) for row in rows])[1]) for rows in panel) for panel in panels]
    title = messages.text("figure.sensitivity.title")
    figure = new_figure(9.6, 1.2 + sum(0.6 + LINE * count for count in lines), ConstrainedLayoutEngine(w_pad=PAD))
    head(figure, title)
    grid = figure.subplots(len(names), len(stages), squeeze=False, gridspec_kw={"height_ratios": lines})
    for row, name in enumerate(names):
        for column, stage in enumerate(stages):
            _panel(grid[row, column], panels[row][column], messages, stage, lines[row])
            grid[row, column].set_title(
                wrapped(in_words(found, name, messages.language), 62) if not column else "", fontsize=8.5
            )
    for column, stage in enumerate(stages):
        grid[-1, column].set_xlabel(messages.text(f"figure.sensitivity.{stage}"))
    parts = ["note", "note_sobol"] if SOBOL in stages else ["note"]
    show_note(figure, "\n".join(messages.text(f"figure.sensitivity.{part}") for part in parts))
    return Drawn("sensitivity", title, figure, data)


def _places(labels: list[str]) -> tuple[list[float], float]:
    """Where labels stand under one another, the middle of each in lines from the top, and all their lines."""
    heights = np.array([label.count("\n") + 1 + GAP for label in labels])
    return (np.cumsum(heights) - heights / 2).tolist(), float(heights.sum())


def _panel(axes: Axes, rows: list[dict[Hashable, Any]], messages: Messages, stage: str, lines: float) -> None:
    """Draw the inputs of one conclusion and stage, in a panel that has room for so many lines of labels."""
    labels = [_label(row, messages) for row in rows]
    places, needed = _places(labels)
    places = [place * lines / needed for place in places]
    for place, row in zip(places, rows, strict=True):
        colour = ORANGE if row["flips"] else BLUE
        axes.plot([row["low"], row["high"]], [place, place], color=colour, linewidth=1.6, solid_capstyle="butt")
        axes.plot([row["size"]], [place], marker="o", color=colour, markersize=5, linestyle="none")
        if stage == SOBOL:
            axes.plot([row["first"]], [place], marker="|", color=INK, markersize=8, linestyle="none")
    axes.set_yticks(places, labels, fontsize=7.5)
    axes.set_ylim(max(lines, 1.0), 0.0)
    axes.axvline(0, color=FAINT, linewidth=0.8)
    axes.set_xlim(left=min(0.0, *(float(row["low"]) for row in rows)) if rows else 0.0)
    # Two panels stand side by side: fewer numbers than elsewhere.
    axes.locator_params(axis="x", nbins=5)
    number_ticks(axes.xaxis, messages, 100.0 if stage == SOBOL else 1.0, place=False)
    axes.grid(axis="x")


def _label(row: Mapping[Hashable, object], messages: Messages) -> str:
    """The input and its range, where that is short: maps and lists are not."""
    low, high = (value_in_words(str(row[end]), messages) for end in ("from", "to"))
    ends = messages.text("interval", low=low, high=high)
    name = wrapped(Labels(messages)(str(row["input"])), WIDTH)
    return f"{name}\n{ends}" if len(ends) <= LONGEST else name


def in_words(found: Study, name: str, language: str) -> str:
    """A conclusion in its author's words, or in those of its quantities."""
    row = found.conclusions[found.conclusions["conclusion"] == name].iloc[0]
    title = row[f"title_{language}"]
    return str(title) if isinstance(title, str) and title else str(row["about"])


def figure_data(found: Study) -> pd.DataFrame:
    """The rows of the figure: of each conclusion and stage the inputs, those that matter most first."""
    import pandas as pd

    columns = ["conclusion", "stage", "input", "from", "to", "size", "low", "high", "first", "flips"]
    parts = []
    ends = {"low": "from", "high": "to"}
    if len(found.morris):
        names = {"effect_size": "size", "effect_size_low": "low", "effect_size_high": "high"}
        parts.append(found.morris.rename(columns=ends).rename(columns=names).assign(stage=MORRIS, first=np.nan))
    if len(found.sobol):
        names = {"total": "size", "total_low": "low", "total_high": "high"}
        parts.append(found.sobol.rename(columns=ends).rename(columns=names).assign(stage=SOBOL))
    if not parts:
        return pd.DataFrame(columns=columns)
    data = pd.concat([part[columns] for part in parts], ignore_index=True)
    order = {name: place for place, name in enumerate(dict.fromkeys(data["conclusion"]))}
    return data.sort_values(
        ["conclusion", "stage", "size"], key=lambda column: column.map(order) if column.name == "conclusion" else
        -column if column.name == "size" else column, kind="stable", ignore_index=True,
    )  # fmt: skip


def told(found: Study, language: str) -> list[str]:
    """Lines for a terminal: each conclusion, at how many points it holds, and what can turn it."""
    lines = []
    for name in found.conclusions["conclusion"].unique() if len(found.conclusions) else ():
        rows = found.conclusions[(found.conclusions["conclusion"] == name)].set_index("stage")
        lines.append(f"{name}: {in_words(found, name, language)}; {rows['as_it_stands'].iloc[0]:,.4g} as it stands.")
        for stage in (MORRIS, SOBOL):
            if stage in rows.index:
                lines.append(_told_stage(rows.loc[stage].to_dict(), stage))
        if len(found.morris):
            turning = found.morris[(found.morris["conclusion"] == name) & (found.morris["flips"] > 0)]
            paths = turning.sort_values("flips", ascending=False, kind="stable")["input"]
            lines.append(f"  turned by moving alone: {', '.join(paths) or 'none of the inputs'}")
        lines += _told_most(found, name)
    return lines


def _told_stage(row: Mapping[str, object], stage: str) -> str:
    fit = int(str(row["points"])) - int(str(row["unfit"]))
    spread = Spread.of(row)
    where = f" on {spread.paths} paths" if spread.paths else ""
    text = f"  {stage}: holds at {row['holds']} of {fit} points{where}"
    text += f", from {row['lowest']:,.4g} to {row['highest']:,.4g}"
    if not np.isnan(spread.low):
        text += f"; at {row['share']:.0%} ({spread.low:.0%} to {spread.high:.0%}) of the ranges"
    if int(str(row["unfit"])):
        text += f"; {row['unfit']} points have no value: the configuration refuses them, or there is nobody to measure"
    if not np.isnan(float(str(row["noise_share"]))):
        text += f"; {row['noise_share']:.1%} of the variance is chance"
    return text


def _told_most(found: Study, name: str) -> list[str]:
    """The inputs that matter most, by the last stage there is."""
    if len(found.sobol):
        rows = found.sobol[found.sobol["conclusion"] == name].nlargest(MOST_SHOWN, "total")
        parts = [f"{r.input} {r.total:.0%} ({r.total_low:.0%} to {r.total_high:.0%})" for r in rows.itertuples()]
        return [f"  share of variance, with what it does through others: {', '.join(parts)}"]
    if len(found.morris):
        rows = found.morris[found.morris["conclusion"] == name].nlargest(MOST_SHOWN, "effect_size")
        parts = [f"{row.input} {row.effect_size:,.3g}" for row in rows.itertuples()]
        return [f"  moves most over its range: {', '.join(parts)}"]
    return []
