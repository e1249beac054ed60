"""The map of the burden: regencies by hours of travel for a passport, before, after, and what is saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.report.evidence import Evidence
from sim.report.maps.areas import Areas, areas_of
from sim.report.maps.canvas import EMPTY, Sheet, draw_areas, draw_borders, note_of, path_of
from sim.report.maps.colours import Classes
from sim.report.maps.names import name_areas
from sim.report.style import Drawn
from sim.report.verdicts import LOSS, SMALL, UNCLEAR, verdict
from sim.stats.intervals import Difference

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.report.messages import Messages

NAME = "map_regencies"
HOURS = (0, 2, 4, 8, 12)
"""Edges of the classes of hours; the last class has no end."""
SAVED = (0.25, 1, 4, 8)
"""Edges of the classes of the difference; below the first there is none worth a colour."""
SPENT_KEY, SAVED_KEY = ("travel_hours", "mean"), ("travel_hours_saved", "mean")
HATCH, CROSSED = "////", "xxxx"
"""Over a regency of which no change can be shown, and over one that clearly loses what is worth no colour."""


def draw(evidence: Evidence, messages: Messages) -> Drawn:
    """Draw the map: the baseline, the main scenario and, of the same people, the hours saved; or one scenario alone."""
    title = messages.text(f"figure.{NAME}.title")
    sheet = Sheet.of(len(evidence.pair) + evidence.pairs(), title)
    areas = areas_of(*(evidence.plans[name] for name in evidence.pair))
    codes = evidence.plans[evidence.main].regencies.code
    for place, scenario in enumerate(evidence.pair):
        view = "before" if evidence.compares and not place else "after"
        found = [evidence.estimate(scenario, *SPENT_KEY, "regency", code) for code in codes]
        texts = [_with_interval(messages, "value", one.estimate, one.low, one.high) for one in found]
        values = np.array([one.estimate for one in found])
        label = messages.text(f"figure.{NAME}.hours")
        panel = (view, evidence.title(scenario, messages))
        _panel(sheet, place, panel, areas, evidence, messages, values, texts, Classes.of_amounts(HOURS), label)
    if evidence.pairs():
        gains = [evidence.difference(evidence.main, *SAVED_KEY, "regency", code) for code in codes]
        shown = [_is_clear(evidence, gain) for gain in gains]
        texts = [_told(evidence, messages, gain) for gain in gains]
        # What chance may have made is not coloured: a map must not claim more than its interval.
        values = np.array([gain.difference if stands else 0.0 for gain, stands in zip(gains, shown, strict=True)])
        panel = ("difference", messages.text(f"figure.{NAME}.difference"))
        classes = Classes.of_changes(SAVED, values)
        label = messages.text(f"figure.{NAME}.{'hours_saved_or_lost' if classes.below_zero else 'hours_saved'}")
        axes = _panel(sheet, 2, panel, areas, evidence, messages, values, texts, classes, label)
        _hatch(axes, areas, [not stands for stands in shown], HATCH)
        _hatch(axes, areas, [_is_small_loss(evidence, gain) for gain in gains], CROSSED)
    sheet.legend(
        ((messages.text("map.key"), _handles(messages, evidence)),),
        f"{evidence.text(f'figure.{NAME}.note', messages)} {note_of(areas, messages)}",
    )
    return Drawn(NAME, title, sheet.figure, _data(evidence), sheet.hover)


def _panel(
    sheet: Sheet,
    place: int,
    panel: tuple[str, str],
    areas: Areas,
    evidence: Evidence,
    messages: Messages,
    values: Any,
    texts: list[str],
    classes: Classes,
    label: str,
) -> Axes:
    view, title = panel
    regencies = evidence.plans[evidence.main].regencies
    axes = sheet.panel(place, view, title, areas)
    ids = [f"area-{view}-{code}" for code in regencies.code]
    told = [f"{name}: {text}" for name, text in zip(regencies.name, texts, strict=True)]
    patches = draw_areas(sheet, axes, areas.regencies, classes.of(values), ids, told)
    draw_borders(axes, areas)
    sheet.bar(place, classes.map, classes.norm, label, classes.edges, [messages.tick(edge) for edge in classes.edges])
    name_areas(axes, areas.regencies, patches, regencies.name, sheet.scale(axes, messages))
    return axes


def _hatch(axes: Axes, areas: Areas, wanted: list[bool], hatch: str) -> None:
    from matplotlib.patches import PathPatch

    for shape, hatched in zip(areas.regencies, wanted, strict=True):
        if hatched and not shape.is_empty:
            patch = PathPatch(
                path_of(shape), facecolor="none", edgecolor="#9a9a9a", hatch=hatch, linewidth=0.0, zorder=1.5
            )
            axes.add_artist(patch)


def _handles(messages: Messages, evidence: Evidence) -> list[Any]:
    """Legend entries of what is shown beside colours, as far as any regency is shown so."""
    from matplotlib.patches import Patch

    codes, handles = evidence.plans[evidence.main].regencies.code, []
    found = [evidence.estimate(scenario, *SPENT_KEY, "regency", code) for scenario in evidence.pair for code in codes]
    if any(np.isnan(one.estimate) for one in found):
        handles.append(Patch(facecolor=EMPTY, edgecolor="#9a9a9a", label=messages.text("map.empty")))
    if not evidence.pairs():
        return handles
    gains = [evidence.difference(evidence.main, *SAVED_KEY, "regency", code) for code in codes]
    if not all(_is_clear(evidence, gain) for gain in gains):
        label = messages.text(f"figure.{NAME}.hatched")
        handles.append(Patch(facecolor="white", edgecolor="#9a9a9a", hatch=HATCH, label=label))
    if any(_is_small_loss(evidence, gain) for gain in gains):
        label = messages.text(f"figure.{NAME}.crossed")
        handles.append(Patch(facecolor="white", edgecolor="#9a9a9a", hatch=CROSSED, label=label))
    if not any(abs(gain.difference) >= SAVED[0] for gain in gains):
        handles.append(Patch(facecolor="white", edgecolor="#9a9a9a", label=messages.text(f"figure.{NAME}.flat")))
    return handles


def _is_clear(evidence: Evidence, gain: Difference) -> bool:
    """Whether a regency has a colour of its own: it gains, loses, or changes too little to matter."""
    return verdict(evidence, SAVED_KEY[0], gain) != UNCLEAR


def _is_small_loss(evidence: Evidence, gain: Difference) -> bool:
    """Whether a regency clearly loses, by too little for a colour."""
    return verdict(evidence, SAVED_KEY[0], gain) == LOSS and gain.difference > -SAVED[0]


def _told(evidence: Evidence, messages: Messages, gain: Difference) -> str:
    """A regency's gain in words, by its verdict."""
    kind = verdict(evidence, SAVED_KEY[0], gain)
    if kind == SMALL:
        return messages.text(f"figure.{NAME}.small")
    return _with_interval(messages, "unclear" if kind == UNCLEAR else "saved", gain.difference, gain.low, gain.high)


def _with_interval(messages: Messages, key: str, value: float, low: float, high: float) -> str:
    if np.isnan(value):
        return messages.text("map.empty")
    number: Callable[[float], str] = messages.number
    if np.isnan(low):
        return messages.text(f"figure.{NAME}.alone", hours=number(value))
    return messages.text(f"figure.{NAME}.{key}", hours=number(value), low=number(low), high=number(high))


def _data(evidence: Evidence) -> pd.DataFrame:
    """A row for each regency and panel."""
    import pandas as pd

    regencies = evidence.plans[evidence.main].regencies
    rows = []
    for code, name in zip(regencies.code, regencies.name, strict=True):
        for scenario in evidence.pair:
            found = evidence.estimate(scenario, *SPENT_KEY, "regency", code)
            rows.append((scenario, SPENT_KEY[0], code, name, found.estimate, found.low, found.high))
        if evidence.pairs():
            gain = evidence.difference(evidence.main, *SAVED_KEY, "regency", code)
            rows.append((evidence.main, SAVED_KEY[0], code, name, gain.difference, gain.low, gain.high))
    columns = ["scenario", "measure", "id", "name", "hours", "ci_low", "ci_high"]
    return pd.DataFrame(rows, columns=columns)
