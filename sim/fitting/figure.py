"""The figure of records and the distributions fitted to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.fitting.goodness import observed_cdf
from sim.report.style import BLUE, FAINT, GREEN, INK, LIGHT, ORANGE, Drawn, head, new_figure, number_ticks, show_note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.fitting.families import Fit, Times
    from sim.report.messages import Messages

LINES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, ":"), (INK, "-."), (FAINT, (0, (6, 2, 1, 2))), (INK, (0, (1, 1))))
POINTS = 300


def draw_overlay(times: Times, fits: Sequence[Fit], column: str, unit: str, messages: Messages) -> Drawn:
    """Draw the observed distribution with each fitted one over it: as a density, and as a probability of at most."""
    import pandas as pd

    title = messages.text("figure.fit.title", column=column)
    figure = new_figure(9.6, 4.4)
    head(figure, title)
    left, right = figure.subplots(1, 2)
    at, probability = observed_cdf(times)
    longest = float(times.value.max())
    grid = np.linspace(longest / POINTS, longest, POINTS)
    bins = np.histogram_bin_edges(times.ended, bins="fd" if len(np.unique(times.ended)) > 20 else 10)
    # Each end that was seen weighs as much as the observed distribution rises there.
    mass = np.diff(probability, prepend=0.0)
    right.step(np.append(0.0, at), np.append(0.0, probability), where="post", color=FAINT, linewidth=2.2)
    frames = [pd.DataFrame({"curve": "observed", "time": at, "probability": probability, "density": np.nan})]
    for made, (colour, line) in zip(fits, LINES, strict=False):
        name, cdf, density = made.family.name, made.cdf(grid), made.density(grid)
        left.plot(grid, density, color=colour, linestyle=line, linewidth=1.5, label=name)
        right.plot(grid, cdf, color=colour, linestyle=line, linewidth=1.5)
        frames.append(pd.DataFrame({"curve": name, "time": grid, "probability": cdf, "density": density}))
    bars, _ = np.histogram(at, bins, weights=mass / np.diff(bins)[0])
    left.bar(bins[:-1], bars, np.diff(bins), align="edge", color=LIGHT, edgecolor="white")
    # A density without bound at 0 would flatten all the rest.
    left.set_ylim(0, 1.5 * float(bars.max()))
    right.set_ylim(0, 1.02)
    for axes, name in ((left, "density"), (right, "probability")):
        axes.set_xlim(0, longest)
        axes.set_xlabel(messages.text("figure.fit.time", unit=unit))
        axes.set_ylabel(messages.text(f"figure.fit.{name}"))
        number_ticks(axes.xaxis, messages)
        number_ticks(axes.yaxis, messages)
        axes.grid(axis="y")
    left.legend(loc="upper right")
    counted = {"records": len(times.value), "going_on": int(times.going_on.sum())}
    show_note(figure, messages.text("figure.fit.note", **counted))
    return Drawn("fit", title, figure, pd.concat(frames, ignore_index=True))
