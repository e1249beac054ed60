"""The map of a ranking of places: where a site was tried, by what it was ranked by, and where it may be best."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.plan import EVERYONE, Floats
from sim.ranking.alternatives import Place
from sim.ranking.figure import standing_key
from sim.ranking.marks import (
    COLOURED,
    CROWD,
    MOST_TOGETHER,
    NAME,
    STANDS,
    TOGETHER,
    VIEW,
    draw_points,
    is_told_together,
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
FINER = 3
"""Digits more, from none on, with which numbers are told apart."""
LABELS, CROWDED_LABELS, LABEL = 8, 5, 22
"""Places that are named, the best, and of a crowd; and letters of a line of a name."""
FARTHEST = 70.0
"""Points from a place to its name, beyond which it has none: one would not find it."""
TITLE, ANSWER, BAR = 105, 118, 85
"""Letters of the title, of the answer over the map, which has two lines, and of a line under the colours."""


def is_drawn(ranked: Ranked) -> bool:
    """Whether there is a map: places are what is ranked."""
    return bool(ranked.sites)


class Spot(NamedTuple):
    """A place that was tried, and the alternative by which it is told: the best that has it."""

    place: Place
    alternative: int


def spots(ranked: Ranked) -> list[Spot]:
    """All places that were tried, each once, those of the best alternatives first."""
    found: dict[str, Spot] = {}
    for alternative in dict.fromkeys([*ranked.places, *range(len(ranked.alternatives))]):
        for place in ranked.alternatives[alternative].places:
            found.setdefault(place.name, Spot(place, alternative))
    return [*found.values()]


def draw_rank_map(ranked: Ranked, messages: Messages) -> Drawn:
    """Draw the province, the service points without the site, and the places where it was tried."""
    site = messages.names(ranked.site_names)
    by, several = asked_label(ranked.by, ranked.names, messages), ".several" if len(ranked.sites) > 1 else ""
    title = messages.text(f"figure.{NAME}{several}.title", site=site, by=by)
    title = textwrap.shorten(title, TITLE, placeholder=" …")
    sheet, plan, areas = Sheet.of(1, title), ranked.plan, areas_of(ranked.plan)
    axes = sheet.panel(0, VIEW, _answer(ranked, messages), areas)
    ids = [f"area-{VIEW}-{code}" for code in plan.regencies.code]
    draw_areas(sheet, axes, areas.regencies, [LAND] * len(ids), ids, plan.regencies.name)
    draw_borders(axes, areas)
    draw_roads(axes, plan, areas)
    there = spots(ranked)
    positions = _positions(there, areas)
    _hold(axes, positions)
    _draw_together(axes, positions, ranked, there)
    rings = [_ring(axes, areas, *at) for at in ranked.stands]
    told = {spot.alternative for spot in there}
    known = np.array([ranked.value(alternative) for alternative in ranked.known if alternative in told])
    classes = Classes.of_range(known, dark_for_much=ranked.most) if len(known) else None
    marks = _places(sheet, axes, positions, ranked, there, classes, messages)
    others = [*draw_points(sheet, axes, plan, areas), *sheet.scale(axes, messages)]
    named = _names(axes, positions, ranked, there, [*marks, *others, *rings], messages)
    if classes is not None:
        label = wrapped(f"{by} ({messages.text(f'figure.{NAME}.better')})", BAR)
        sheet.bar(0, classes.map, classes.norm, label, classes.edges, _ticks(ranked, classes, messages), "neither")
    base = "without" if ranked.without else "stands"
    sheet.legend(
        (
            (
                messages.text(f"figure.{NAME}{several}.places", site=site),
                place_handles(ranked, [spot.alternative for spot in there], messages),
            ),
            (messages.text(f"figure.{NAME}{several}.{base}", site=site), point_handles(plan, messages)),
            (messages.text("map.roads"), road_handles(plan, messages)),
        ),
        f"{_note(ranked, len(_numbered(ranked, there)) - named, messages)} {note_of(areas, messages)}",
    )
    return Drawn(NAME, title, sheet.figure, _data(ranked, there), sheet.hover)


def _positions(there: Sequence[Spot], areas: Areas) -> Floats:
    """[places, 2] kilometres east and north of each."""
    lat, lon = np.array([(spot.place.lat, spot.place.lon) for spot in there], dtype=np.float64).T
    return np.stack(areas.projection.km(lat, lon), axis=1)


def _ring(axes: Axes, areas: Areas, lat: float, lon: float) -> Any:
    """A ring around where the scenario has a site."""
    x, y = areas.projection.km(np.array([lat]), np.array([lon]))
    (ring,) = axes.plot(x, y, linestyle="none", zorder=6.4, **STANDS)
    return ring


def _hold(axes: Axes, positions: Floats) -> None:
    """Widen a panel so that places beyond the districts are on it."""
    x, y = positions.T
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    room = 0.02 * max(east - west, north - south)
    axes.set_xlim(min(west, x.min() - room), max(east, x.max() + room))
    axes.set_ylim(min(south, y.min() - room), max(north, y.max() + room))


def _draw_together(axes: Axes, positions: Floats, ranked: Ranked, there: Sequence[Spot]) -> None:
    """Lines between places that may be the best together, of no more ways than are told apart by eye.

    Where any way may be the best, lines would say nothing.
    """
    if not is_told_together(ranked):
        return
    row_of = {spot.place.name: row for row, spot in enumerate(there)}
    for alternative in ranked.candidates[:MOST_TOGETHER]:
        rows = [row_of[place.name] for place in ranked.alternatives[alternative].places]
        for ends in itertools.combinations(rows, 2):
            axes.plot(*positions[[*ends]].T, zorder=4.5, **TOGETHER)


def _places(
    sheet: Sheet,
    axes: Axes,
    positions: Floats,
    ranked: Ranked,
    there: Sequence[Spot],
    classes: Classes | None,
    messages: Messages,
) -> list[Any]:
    """[places] their marks, by how they stand: those that may be the best above others, the better above the worse."""
    marks: list[Any] = []
    for row, (place, alternative) in enumerate(there):
        depth = (alternative in ranked.candidates) + 1.0 - row / len(there)
        look = place_look(ranked.standing(alternative), len(there)) | {"zorder": 5 + depth / 2}
        if classes is not None and alternative in ranked.known:
            look["markerfacecolor"] = classes.of(np.array([ranked.value(alternative)]))[0]
        (mark,) = axes.plot(*positions[row], linestyle="none", **look)
        name = f"place-{VIEW}-{row}"
        mark.set_gid(name)
        told = _told(ranked, alternative, messages)
        best = ranked.alternatives[alternative].name
        sheet.hover[name] = f"{place.name}: {told}" if best == place.name else f"{place.name}: {best}: {told}"
        marks.append(mark)
    return marks


def _numbered(ranked: Ranked, there: Sequence[Spot]) -> dict[int, int]:
    """The rank of each place that has one, that of the best alternative with it, by the place's row."""
    ranks = {alternative: rank for rank, alternative in enumerate(ranked.counted, start=1)}
    return {row: ranks[spot.alternative] for row, spot in enumerate(there) if spot.alternative in ranks}


def _names(
    axes: Axes,
    positions: Floats,
    ranked: Ranked,
    there: Sequence[Spot],
    obstacles: Sequence[Any],
    messages: Messages,
) -> int:
    """Names of the best with their rank and number; how many places are named.

    ``obstacles`` are marks, those of the places first: that of a place that is named is no obstacle to its name.
    """
    ranks = _numbered(ranked, there)
    named = _named(ranked, there)
    values = _values(ranked, [there[row].alternative for row in named], messages)
    texts = [
        f"{wrapped(f'{ranks[row]} {there[row].place.name}', LABEL)}\n{value}"
        for row, value in zip(named, values, strict=True)
    ]
    others = [mark for row, mark in enumerate(obstacles) if row not in named]
    x, y = positions[named].reshape(-1, 2).T
    labels = place_labels(axes, x, y, texts, others)
    far = [label for label in labels[1:] if np.hypot(*label.xyann) > FARTHEST]
    for label in far:
        label.remove()
    return len(labels) - len(far)


def _named(ranked: Ranked, there: Sequence[Spot]) -> list[int]:
    """The rows of places that are to be named: those that may be the best, and others from the best on."""
    most = CROWDED_LABELS if len(there) > CROWD else LABELS
    numbered = [*_numbered(ranked, there)]
    return sorted(numbered, key=lambda row: there[row].alternative not in ranked.candidates)[:most]


def _answer(ranked: Ranked, messages: Messages) -> str:
    """Which places may be the best, in a sentence."""
    names = [ranked.alternatives[place].name for place in ranked.candidates]
    key = f"figure.{NAME}.answer{'_kept' if ranked.limits else ''}.{ranked.answer}"
    text = messages.text(key, number=len(names), places="; ".join(names))
    if ranked.untried:
        text = f"{messages.text('figure.rank.untried', number=ranked.untried)} {text}"
    return textwrap.shorten(text, ANSWER, placeholder=" …")


def _ticks(ranked: Ranked, classes: Classes, messages: Messages) -> list[str]:
    """The edges of classes, as the number is written."""
    q = ranked.by.quantity
    if q.statistic != "share" and not q.measure.startswith("cost_rupiah"):
        return [messages.tick(edge) for edge in classes.edges]
    texts: list[str] = []
    for finer in range(FINER):
        texts = [formatter(q.measure, q.statistic, messages, finer)(edge) for edge in classes.edges]
        if len(set(texts)) == len(texts):
            break
    return texts


def _values(ranked: Ranked, alternatives: Sequence[int], messages: Messages) -> list[str]:
    """What some alternatives are ranked by, with as many digits as tell them apart, if few more do."""
    q, values = ranked.by.quantity, [ranked.value(one) for one in alternatives]
    texts: list[str] = []
    for finer in range(FINER):
        texts = [formatter(q.measure, q.statistic, messages, finer)(value) for value in values]
        if len(set(texts)) == len(set(values)):
            break
    return texts


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
    several = ".several" if len(ranked.sites) > 1 else ""
    text = messages.text(
        f"figure.{NAME}{several}.note", title=title, replications=number, site=messages.names(ranked.site_names)
    )
    if ranked.limits:
        limits = messages.text(
            f"figure.{NAME}.limits", limits="; ".join(_limit(one, ranked, messages) for one in ranked.limits)
        )
        text = f"{text} {limits} {messages.text('figure.rank.limits')}"
    return f"{text} {messages.text(f'figure.{NAME}.left', number=unnamed)}" if unnamed else text


def _data(ranked: Ranked, there: Sequence[Spot]) -> pd.DataFrame:
    """A row for each place, with the best alternative that has it, and for each service point that is drawn."""
    import pandas as pd

    ranks = _numbered(ranked, there)
    rows: list[dict[str, Any]] = []
    for row, (place, alternative) in enumerate(there):
        about = {"layer": "place", "name": place.name, "lat": place.lat, "lon": place.lon}
        about |= {"kind": ranked.standing(alternative), "alternative": ranked.alternatives[alternative].name}
        found = ranked.estimates.get(alternative)
        told = {} if found is None else {key: found[key].iloc[0] for key in ("estimate", "ci_low", "ci_high")}
        rows.append(about | {"rank": ranks.get(row, "")} | told)
    rows.sort(key=lambda row: (row["rank"] == "", row["rank"]))
    sites = ranked.plan.sites
    for row in np.flatnonzero(sites.audience == EVERYONE).tolist():
        at = {"lat": float(sites.lat[row]), "lon": float(sites.lon[row]), "rank": ""}
        rows.append({"layer": "site", "name": sites.name[row], "kind": sites.kind[row]} | at)
    for lat, lon in ranked.stands:
        rows.append({"layer": "stands", "lat": lat, "lon": lon, "rank": ""})
    columns = ["layer", "rank", "name", "kind", "alternative", "lat", "lon", "estimate", "ci_low", "ci_high"]
    return pd.DataFrame(rows).reindex(columns=columns)
