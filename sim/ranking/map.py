"""The map of a ranking of places: where a site was tried, by what it was ranked by, and where it may be best."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.plan import EVERYONE
from sim.ranking.figure import standing_key
from sim.ranking.marks import (
    COLOURED,
    CROWD,
    NAME,
    VIEW,
    draw_points,
    place_handles,
    place_look,
    point_handles,
)
from sim.report.labels import place_labels
from sim.report.maps.areas import Areas, areas_of
from sim.report.maps.canvas import Sheet, draw_areas, draw_borders, note_of
from sim.report.maps.colours import Classes
from sim.report.maps.layers import draw_roads, road_handles
from sim.report.style import Drawn, wrapped
from sim.report.written import formatter
from sim.trying.figure import asked_label
from sim.trying.told import told_number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.ranking.ranked import Ranked
    from sim.report.messages import Messages
    from sim.trying.asked import Asked

LAND = "#f1f1ee"
LABELS, CROWDED_LABELS, LABEL = 8, 5, 22
"""Places that are named, the best, and of a crowd; and letters of a line of a name."""
FARTHEST = 70.0
"""Points from a place to its name, beyond which it has none: one would not find it."""
TITLE, ANSWER, BAR = 105, 118, 85
"""Letters of the title, of the answer over the map, which has two lines, and of a line under the colours."""


def is_drawn(ranked: Ranked) -> bool:
    """Whether there is a map: places are ranked, and it is known where each of them is."""
    return ranked.site is not None and all(one.at is not None for one in ranked.alternatives)


def draw_rank_map(ranked: Ranked, messages: Messages) -> Drawn:
    """Draw the province, the service points without the site, and the places where it was tried."""
    site = ranked.names.get(("site", ranked.site or ""), ranked.site or "")
    by = asked_label(ranked.by, ranked.names, messages)
    title = textwrap.shorten(messages.text(f"figure.{NAME}.title", site=site, by=by), TITLE, placeholder=" …")
    sheet, plan, areas = Sheet.of(1, title), ranked.plan, areas_of(ranked.plan)
    axes = sheet.panel(0, VIEW, _answer(ranked, messages), areas)
    ids = [f"area-{VIEW}-{code}" for code in plan.regencies.code]
    draw_areas(sheet, axes, areas.regencies, [LAND] * len(ids), ids, plan.regencies.name)
    draw_borders(axes, areas)
    draw_roads(axes, plan, areas)
    positions = _positions(ranked, areas)
    _hold(axes, positions)
    known = np.array([ranked.value(place) for place in ranked.known])
    classes = Classes.of_range(known, dark_for_much=ranked.most) if len(known) else None
    marks = _places(sheet, axes, positions, ranked, classes, messages)
    others = [*draw_points(sheet, axes, plan, areas), *sheet.scale(axes, messages)]
    named = _names(axes, positions, ranked, marks | dict(enumerate(others, start=len(marks))), messages)
    if classes is not None:
        label = wrapped(f"{by} ({messages.text(f'figure.{NAME}.better')})", BAR)
        sheet.bar(0, classes.map, classes.norm, label, classes.edges, _ticks(ranked, classes, messages), "neither")
    base = "without" if ranked.without else "stands"
    sheet.legend(
        (
            (messages.text(f"figure.{NAME}.places", site=site), place_handles(ranked, messages)),
            (messages.text(f"figure.{NAME}.{base}", site=site), point_handles(plan, messages)),
            (messages.text("map.roads"), road_handles(plan, messages)),
        ),
        f"{_note(ranked, len(ranked.counted) - named, messages)} {note_of(areas, messages)}",
    )
    return Drawn(NAME, title, sheet.figure, _data(ranked), sheet.hover)


def _positions(ranked: Ranked, areas: Areas) -> dict[int, tuple[float, float]]:
    """Kilometres east and north of each place."""
    lat, lon = np.array([one.at for one in ranked.alternatives], dtype=np.float64).T
    return dict(enumerate(zip(*(part.tolist() for part in areas.projection.km(lat, lon)), strict=True)))


def _hold(axes: Axes, positions: Mapping[int, tuple[float, float]]) -> None:
    """Widen a panel so that places beyond the districts are on it."""
    x, y = np.array([*positions.values()]).T
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    room = 0.02 * max(east - west, north - south)
    axes.set_xlim(min(west, x.min() - room), max(east, x.max() + room))
    axes.set_ylim(min(south, y.min() - room), max(north, y.max() + room))


def _places(
    sheet: Sheet,
    axes: Axes,
    positions: Mapping[int, tuple[float, float]],
    ranked: Ranked,
    classes: Classes | None,
    messages: Messages,
) -> dict[int, Any]:
    """Places by how they stand: those that may be the best above others, and the better above the worse."""
    marks, known = {}, set(ranked.known)
    order = [*dict.fromkeys([*ranked.candidates, *ranked.places, *positions])]
    for depth, place in enumerate(reversed(order)):
        look = place_look(ranked.standing(place), len(order)) | {"zorder": 5 + depth / len(order)}
        if classes is not None and place in known:
            look["markerfacecolor"] = classes.of(np.array([ranked.value(place)]))[0]
        (marks[place],) = axes.plot(*positions[place], linestyle="none", **look)
        name = f"place-{VIEW}-{place}"
        marks[place].set_gid(name)
        sheet.hover[name] = f"{ranked.alternatives[place].name}: {_told(ranked, place, messages)}"
    return marks


def _names(
    axes: Axes,
    positions: Mapping[int, tuple[float, float]],
    ranked: Ranked,
    obstacles: Mapping[int, Any],
    messages: Messages,
) -> int:
    """Names of the best with their rank and number; how many places are named.

    ``obstacles`` are marks, by place where they are of one: that of a place that is named is no obstacle to its name.
    """
    numbers = {place: number for number, place in enumerate(ranked.counted, start=1)}
    named = _named(ranked)
    texts = [
        f"{wrapped(f'{numbers[place]} {ranked.alternatives[place].name}', LABEL)}\n{_value(ranked, place, messages)}"
        for place in named
    ]
    x, y = np.array([positions[place] for place in named]).reshape(-1, 2).T
    labels = place_labels(axes, x, y, texts, [mark for place, mark in obstacles.items() if place not in named])
    far = [label for label in labels[1:] if np.hypot(*label.xyann) > FARTHEST]
    for label in far:
        label.remove()
    return len(labels) - len(far)


def _named(ranked: Ranked) -> list[int]:
    """The places that are to be named: those that may be the best, and others from the best on."""
    most = CROWDED_LABELS if len(ranked.alternatives) > CROWD else LABELS
    return [*dict.fromkeys([*ranked.candidates, *ranked.counted])][:most]


def _answer(ranked: Ranked, messages: Messages) -> str:
    """Which places may be the best, in a sentence."""
    names = [ranked.alternatives[place].name for place in ranked.candidates]
    key = f"figure.{NAME}.answer{'_kept' if ranked.limits else ''}.{ranked.answer}"
    text = messages.text(key, number=len(names), places="; ".join(names))
    return textwrap.shorten(text, ANSWER, placeholder=" …")


def _ticks(ranked: Ranked, classes: Classes, messages: Messages) -> list[str]:
    """The edges of classes, as the number is written."""
    q = ranked.by.quantity
    if q.statistic != "share" and not q.measure.startswith("cost_rupiah"):
        return [messages.tick(edge) for edge in classes.edges]
    texts: list[str] = []
    for finer in range(3):
        texts = [formatter(q.measure, q.statistic, messages, finer)(edge) for edge in classes.edges]
        if len(set(texts)) == len(texts):
            break
    return texts


def _value(ranked: Ranked, place: int, messages: Messages) -> str:
    q = ranked.by.quantity
    return formatter(q.measure, q.statistic, messages)(ranked.value(place))


def _told(ranked: Ranked, place: int, messages: Messages) -> str:
    """What is told of a place on hovering: its number, how it stands, and the numbers that have limits."""
    standing = ranked.standing(place)
    text = messages.text(standing_key(NAME, standing, ranked))
    if standing in COLOURED:
        rows = ranked.estimates[place]
        numbers = [(one, rows.iloc[row]) for row, one in enumerate(ranked.asked) if row == 0 or one.sign]
        limits = [
            f"{_limit(one, ranked, messages)}: {told_number(one, row, False, messages)}" for one, row in numbers[1:]
        ]
        return "; ".join([told_number(*numbers[0], False, messages), text, *limits])
    return f"{text}: {ranked.refused[place]}" if standing == "refused" else text


def _limit(one: Asked, ranked: Ranked, messages: Messages) -> str:
    """A limit in words."""
    return f"{asked_label(one, ranked.names, messages)} {one.sign} {one.written}"


def _note(ranked: Ranked, unnamed: int, messages: Messages) -> str:
    title = ranked.title.get(messages.language) or next(iter(ranked.title.values()))
    fewest, most = ranked.done
    number = messages.text("interval", low=fewest, high=most) if fewest < most else str(most)
    text = messages.text(f"figure.{NAME}.note", title=title, replications=number)
    if ranked.limits:
        limits = messages.text(
            f"figure.{NAME}.limits", limits="; ".join(_limit(one, ranked, messages) for one in ranked.limits)
        )
        text = f"{text} {limits} {messages.text('figure.rank.limits')}"
    return f"{text} {messages.text(f'figure.{NAME}.left', number=unnamed)}" if unnamed else text


def _data(ranked: Ranked) -> pd.DataFrame:
    """A row for each place and each service point that is drawn."""
    import pandas as pd

    numbers = {place: number for number, place in enumerate(ranked.counted, start=1)}
    rows: list[dict[str, Any]] = []
    for place, one in enumerate(ranked.alternatives):
        lat, lon = one.at or (np.nan, np.nan)
        about = {"layer": "place", "name": one.name, "kind": ranked.standing(place), "lat": lat, "lon": lon}
        found = ranked.estimates.get(place)
        told = {} if found is None else {key: found[key].iloc[0] for key in ("estimate", "ci_low", "ci_high")}
        rows.append(about | {"rank": numbers.get(place, "")} | told)
    rows.sort(key=lambda row: (row["rank"] == "", row["rank"]))
    sites = ranked.plan.sites
    for row in np.flatnonzero(sites.audience == EVERYONE).tolist():
        at = {"lat": float(sites.lat[row]), "lon": float(sites.lon[row]), "rank": ""}
        rows.append({"layer": "site", "name": sites.name[row], "kind": sites.kind[row]} | at)
    columns = ["layer", "rank", "name", "kind", "lat", "lon", "estimate", "ci_low", "ci_high"]
    return pd.DataFrame(rows).reindex(columns=columns)
