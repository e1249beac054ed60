"""Lorenz curves: how the burden of a passport is shared out among the people of all districts, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.report.evidence import Evidence
from sim.report.messages import ARROW
from sim.report.style import FAINT, Drawn, head, look_handles, looks, new_figure, number_ticks, show_note, wrapped

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.report.messages import Messages

PANELS = ("travel_hours", "cost_rupiah")
TENTHS = tuple(str(tenth) for tenth in range(1, 10))


def has_curves(evidence: Evidence) -> bool:
    """Whether the burden of districts was measured."""
    return any(evidence.estimate(s, f"lorenz_{PANELS[0]}", "share", "tenth", "1").n for s in evidence.pair)


def lorenz_curves(evidence: Evidence, messages: Messages) -> Drawn:
    """Draw the share of all hours and rupiah on the so many tenths of people whose districts bear least."""
    import pandas as pd

    title = messages.text("figure.lorenz_curves.title")
    figure = new_figure(9.6, 5.2)
    head(figure, title, look_handles(evidence.titles(messages), line=True))
    frames = []
    for axes, measure in zip(figure.subplots(1, 2, sharey=True), PANELS, strict=True):
        frames.append(_curves(axes, evidence, measure))
        axes.set_title(_heading(evidence, measure, messages), fontsize=9.5)
        axes.set_xlabel(wrapped(messages.text("figure.lorenz_curves.x"), 40))
        for axis in (axes.xaxis, axes.yaxis):
            number_ticks(axis, messages, 100.0)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.set_aspect("equal")
        axes.grid()
    figure.axes[0].set_ylabel(wrapped(messages.text("figure.lorenz_curves.y"), 40))
    show_note(figure, evidence.text("figure.lorenz_curves.note", messages))
    return Drawn("lorenz_curves", title, figure, pd.concat(frames, ignore_index=True))


def _heading(evidence: Evidence, measure: str, messages: Messages) -> str:
    """What a panel shows, with the Gini coefficients."""
    found = [evidence.estimate(s, f"gini_district_{measure}", "mean").estimate for s in evidence.pair]
    ginis = ARROW.join(messages.number(value, 2) for value in found)
    return evidence.text(f"figure.lorenz_curves.{measure}", messages, gini=ginis, burden=evidence.burden(messages))


def _curves(axes: Axes, evidence: Evidence, measure: str) -> pd.DataFrame:
    import pandas as pd

    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=0.9, zorder=1)
    data = []
    for scenario, look in zip(evidence.pair, looks(evidence.pair), strict=True):
        found = [evidence.estimate(scenario, f"lorenz_{measure}", "share", "tenth", tenth) for tenth in TENTHS]
        people = np.linspace(0.0, 1.0, len(TENTHS) + 2)
        middle, low, high = (
            np.array([0.0, *values, 1.0]) for values in zip(*((e.estimate, e.low, e.high) for e in found), strict=True)
        )
        axes.fill_between(people, low, high, color=look.colour, alpha=0.25, linewidth=0)
        axes.plot(
            people, middle, color=look.colour, linestyle=look.line, linewidth=1.8, marker=look.marker,
            markerfacecolor=look.face, markersize=0.8 * look.size,
        )  # fmt: skip
        data += [
            (scenario, measure, share, *numbers)
            for share, *numbers in zip(people.tolist(), middle.tolist(), low.tolist(), high.tolist(), strict=True)
        ]
    columns = ["scenario", "measure", "share_of_people", "share_of_burden", "ci_low", "ci_high"]
    return pd.DataFrame(data, columns=columns)
