"""The figure of known and modelled figures: differences in percent, and in standard errors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.report.reality import named
from sim.report.style import (
    AFTER,
    BEFORE,
    INK,
    LIGHT,
    Drawn,
    error_bar,
    head,
    look_handles,
    new_figure,
    number_ticks,
    show_note,
    wrapped,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.report.evidence import Evidence
    from sim.report.messages import Messages

BOTH_ENGINES = "both_engines"
"""Column of the people who went through both engines, where whole replications did."""
FAR = 4.0
"""Standard errors beyond which chance is no explanation, however many figures there are."""


def draw_targets(table: pd.DataFrame, evidence: Evidence, messages: Messages) -> Drawn:
    """Draw how far each modelled figure is from the known one; those that inputs were fitted to look different."""
    rows = named(table[table["modelled"].notna() & (table["known"] != 0)].reset_index(drop=True), messages)
    title = messages.text("figure.targets.title")
    figure = new_figure(9.6, 1.9 + 0.27 * len(rows))
    fitted = (rows["fitted"] == "yes").any()
    kinds = [messages.text(f"figure.targets.{kind}") for kind in ("fitted", "unfitted")]
    head(figure, title, look_handles(kinds, line=False) if fitted else ())
    percent, errors = figure.subplots(1, 2, sharey=True)
    for place, row in enumerate(rows.to_dict("records")):
        look = BEFORE if row["fitted"] == "yes" else AFTER
        low, high = (100.0 * (row[end] / row["known"] - 1.0) for end in ("ci_low", "ci_high"))
        error_bar(percent, row["difference_percent"], -place, low, high, look)
        if math.isfinite(row["difference_in_errors"]):
            error_bar(errors, row["difference_in_errors"], -place, math.nan, math.nan, look)
    errors.axvspan(-FAR, FAR, color=LIGHT, alpha=0.5, linewidth=0, zorder=0)
    for axes, name in ((percent, "percent"), (errors, "errors")):
        _finish(axes, rows["figure"].tolist(), messages)
        axes.set_xlabel(messages.text(f"figure.targets.{name}"))
    notes = [evidence.text("figure.targets.note", messages)]
    if BOTH_ENGINES in table:
        people = table.drop_duplicates("scenario")[BOTH_ENGINES].sum()
        notes.append(messages.text("figure.targets.both_engines", people=messages.number(people, 0)))
    show_note(figure, " ".join(notes))
    return Drawn("targets", title, figure, table)


def _finish(axes: Axes, labels: list[str], messages: Messages) -> None:
    axes.axvline(0.0, color=INK, linewidth=0.9, zorder=1)
    axes.set_yticks([-float(place) for place in range(len(labels))], [wrapped(label, 52) for label in labels])
    axes.set_ylim(0.7 - max(len(labels), 1), 0.7)
    axes.tick_params(axis="y", length=0, labelsize=8)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    number_ticks(axes.xaxis, messages)
