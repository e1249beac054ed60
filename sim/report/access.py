"""Access and equity: tables of what is offered within reach, of how the burden is spread, and days of service drawn."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.measures.equity import BURDENS
from sim.measures.reach import ALL
from sim.report.evidence import Evidence
from sim.report.far import in_brackets, mean_by_roads, mean_over_people, people_beyond
from sim.report.messages import ARROW, Messages
from sim.report.order import regency_order
from sim.report.style import (
    FAINT,
    Drawn,
    head,
    look_handles,
    looks,
    new_figure,
    number_ticks,
    show_note,
    wrapped,
    write_end,
)
from sim.report.tables import Table
from sim.report.written import formatter, plus_minus
from sim.stats.inequality import gini

if TYPE_CHECKING:
    import pandas as pd

NEAR = 60
"""Minutes to which the threshold that is shown first is the nearest there is."""
SPREAD = ("worst_tenth", "regency_gap", "gini_district", "concentration")


def limits(access: pd.DataFrame) -> list[int]:
    """Minutes t for which there is a column ``service_days_t_min``, ascending."""
    found = (re.fullmatch(r"service_days_(\d+)_min", column) for column in access.columns)
    return sorted(int(match.group(1)) for match in found if match)


def shown_limit(access: pd.DataFrame) -> int:
    """The threshold of days of service where there is room for one."""
    return min(limits(access), key=lambda limit: (abs(limit - NEAR), limit))


def access_of(access: pd.DataFrame, evidence: Evidence, messages: Messages, brief: bool = False) -> Table:
    """What each scenario offers within reach, over all people of the province; ``brief`` leaves out who has less."""
    rows, numbers = [], []
    near = shown_limit(access)
    shown = [near] if brief else limits(access)
    people = dict(iter(access.groupby(["scenario", "person"], observed=True)))

    def add(label: str, values: Sequence[float], decimals: int = 1, percent: bool = False) -> None:
        write = messages.percent if percent else partial(messages.number, decimals=decimals)
        rows.append((label, *(write(value) for value in values)))
        numbers.append(tuple(values))

    def by_roads(label: str, found: Sequence[tuple[float, float, float]], write: Callable[[float], str]) -> None:
        cells = (in_brackets(messages, *map(write, values)) for values in found)
        rows.append((label, *cells))
        numbers.append(tuple(value for value, _, _ in found))

    def over_people(column: str, person: str = ALL) -> list[float]:
        return [mean_over_people(people.get((scenario, person), access[:0]), column) for scenario in evidence.scenarios]

    minutes = [mean_by_roads(access, scenario, "nearest_minutes") for scenario in evidence.scenarios]
    by_roads(messages.text("access.nearest_minutes"), minutes, messages.number)
    for limit in shown:
        text = messages.text("access.coverage", minutes=messages.number(limit, 0))
        covered = [mean_by_roads(access, scenario, f"coverage_{limit}_min") for scenario in evidence.scenarios]
        by_roads(text, covered, messages.percent)
    last = limits(access)[-1]
    text = messages.text("access.beyond", minutes=messages.number(last, 0))
    beyond = [people_beyond(access, scenario, last) for scenario in evidence.scenarios]
    by_roads(text, beyond, partial(messages.number, decimals=0))
    for limit in shown:
        text = messages.text("access.service_days", minutes=messages.number(limit, 0))
        add(text, over_people(f"service_days_{limit}_min"))
    for person in () if brief else [name for name in access["person"].unique() if name != ALL]:
        about = {"minutes": messages.number(near, 0), "who": person_name(person, messages)}
        own = f"access.service_days_of.{person.replace(':', '.')}"
        text = messages.text(own if own in messages.texts else "access.service_days_for", **about)
        add(text, over_people(f"service_days_{near}_min", person))
    add(messages.text("access.slots"), over_people("slots_e2sfca"), decimals=2)
    add(messages.text("access.no_slots"), [_without(people[s, ALL]) for s in evidence.scenarios], percent=True)
    add(messages.text("access.slots_gini"), [_slots_gini(people[s, ALL]) for s in evidence.scenarios], decimals=3)
    columns = (messages.text("table.measure"), *heads(evidence, messages, brief))
    notes = messages.text("access.note"), messages.text("access.by_roads")
    return Table(messages.text("access.title"), columns, tuple(rows), notes, tuple(numbers), sorts=())


def access_regencies_of(access: pd.DataFrame, evidence: Evidence, messages: Messages) -> Table:
    """Minutes, days of service and slots within reach of the people of each regency, before and after."""
    regencies = evidence.plans[evidence.main].regencies
    near = shown_limit(access)
    keys = ("nearest_minutes", f"service_days_{near}_min", "slots_2sfca", "slots_e2sfca")
    rows, numbers = [], []
    people = _of_regencies(access, evidence)
    names = dict(zip(regencies.code, regencies.name, strict=True))
    for code in regency_order(evidence):
        found = [[mean_over_people(part, key) for part in people[code]] for key in keys]
        rows.append((names[code], *(ARROW.join(messages.number(value) for value in values) for values in found)))
        numbers.append(tuple(values[-1] for values in found))
    columns = (
        messages.text("table.regency.regency"),
        messages.text("access.nearest_minutes"),
        messages.text("access.service_days", minutes=messages.number(near, 0)),
        messages.text("access.slots_plain"),
        messages.text("access.slots_zoned"),
    )
    titles = evidence.titles(messages)
    notes = (*((messages.text("access.arrow"),) if evidence.compares else ()), messages.text("access.note"))
    title = evidence.text("access.regencies", messages, main=titles[-1], baseline=titles[0])
    return Table(title, columns, tuple(rows), notes, tuple(numbers))


def equity_of(evidence: Evidence, messages: Messages, brief: bool = False) -> Table:
    """How unevenly each burden lies on districts, by scenario; ``brief`` is of the hours of travel alone."""
    rows, numbers = [], []
    for key, label in equity_keys(evidence, messages)[: len(SPREAD) if brief else None]:
        found = [evidence.estimate(scenario, *key) for scenario in evidence.scenarios]
        if any(estimate.n for estimate in found):
            rows.append((label, *(plus_minus(each, partial(_written, *key, messages), messages) for each in found)))
            numbers.append(tuple(estimate.estimate for estimate in found))
    columns = (messages.text("table.measure"), *heads(evidence, messages, brief))
    note = evidence.text("equity.note", messages)
    return Table(messages.text("equity.title"), columns, tuple(rows), (note,), tuple(numbers), sorts=())


def heads(evidence: Evidence, messages: Messages, brief: bool) -> list[str]:
    """What scenarios are called above their columns: a terminal has no room for titles, and commands take names."""
    return [scenario if brief else evidence.title(scenario, messages) for scenario in evidence.scenarios]


def equity_keys(evidence: Evidence, messages: Messages) -> list[tuple[tuple[str, str], str]]:
    """Measure and statistic of each row of the table of equity, and what it is called."""
    keys = [(spread, of, statistic) for of, statistic in BURDENS for spread in SPREAD]
    burden = evidence.burden(messages)
    return [
        (
            (f"{spread}_{of}", statistic if spread in SPREAD[:2] else "mean"),
            messages.text(f"equity.{spread}.{of}", burden=burden),
        )
        for spread, of, statistic in keys
    ]


def people_of(evidence: Evidence, messages: Messages) -> list[tuple[str, str, str]]:
    """Level, unit and name of each kind of person whose burden was measured by district, and of all people."""
    table = evidence.summary
    of = table[(table["level"] == "kind") & (table["measure"] == f"{SPREAD[0]}_{BURDENS[0][0]}")]
    units = [*(("kind", unit) for unit in of["unit"].unique()), ("province", "province")]
    return [(level, unit, person_name(unit, messages)) for level, unit in units]


def person_name(unit: str, messages: Messages) -> str:
    """What a kind of person is called; a channel without words of its own has its id."""
    return messages.text_or(f"person.{unit.replace(':', '.')}", unit.partition(":")[2] or unit)


def equity_kinds_of(evidence: Evidence, messages: Messages) -> Table:
    """Burden and its spread for kinds of people, before and after."""
    keys = [
        *(("lead_days", "mean"), ("travel_hours", "mean"), ("cost_rupiah", "mean"), ("deterred_share", "share")),
        *(("unserved_share", "share"), ("worst_tenth_travel_hours", "mean"), ("regency_gap_travel_hours", "mean")),
        ("gini_district_travel_hours", "mean"),
    ]
    rows, numbers = [], []
    for level, unit, name in people_of(evidence, messages):
        found = [[evidence.estimate(s, *key, level, unit) for s in evidence.pair] for key in keys]
        cells = (
            ARROW.join(_written(*key, messages)(each.estimate) for each in values)
            for key, values in zip(keys, found, strict=True)
        )
        rows.append((name, *cells))
        numbers.append(tuple(values[-1].estimate for values in found))
    columns = (messages.text("equity.kind"), *(messages.text(f"equity.column.{measure}") for measure, _ in keys))
    titles = evidence.titles(messages)
    notes = (*((messages.text("access.arrow"),) if evidence.compares else ()), messages.text("equity.kinds_note"))
    title = evidence.text("equity.kinds", messages, main=titles[-1], baseline=titles[0])
    return Table(title, columns, tuple(rows) if len(rows) > 1 else (), notes, tuple(numbers), totals=1)


def draw_service_days(access: pd.DataFrame, evidence: Evidence, messages: Messages) -> Drawn:
    """Draw the days on which a session is within reach of the people of each regency, before and after."""
    import pandas as pd

    pair, regencies = evidence.pair, evidence.plans[evidence.main].regencies
    near = shown_limit(access)
    column = f"service_days_{near}_min"
    of = {
        code: [mean_over_people(rows, column) for rows in people]
        for code, people in _of_regencies(access, evidence).items()
    }
    names = dict(zip(regencies.code, regencies.name, strict=True))
    codes = regency_order(evidence)
    minutes = messages.number(near, 0)
    title = messages.text("figure.service_days.title")
    figure = new_figure(6.4, 1.7 + 0.27 * len(codes))
    head(figure, title, look_handles(evidence.titles(messages), line=False))
    axes = figure.add_subplot()
    data = []
    for y, code in enumerate(codes):
        axes.plot(of[code], [-y] * len(pair), color=FAINT, linewidth=1.0, zorder=1)
        for scenario, look, days in zip(pair, looks(pair), of[code], strict=True):
            axes.plot(
                [days], [-y], linestyle="none", marker=look.marker, markersize=look.size, color=look.colour,
                markerfacecolor=look.face, zorder=3, clip_on=False,
            )  # fmt: skip
            # Where nothing changes, one number tells both.
            if scenario == evidence.main or days != of[code][-1]:
                write_end(axes, days, -y, messages.number(days, 0), -1 if days < max(of[code]) else 1)
            data.append((scenario, code, names[code], near, days))
    axes.set_yticks(-np.arange(len(codes)), labels=[names[code] for code in codes])
    axes.set_ylim(-len(codes) + 0.3, 0.7)
    axes.tick_params(axis="y", length=0, labelsize=8.5, pad=18)
    axes.spines["left"].set_visible(False)
    axes.set_xlim(left=0)
    axes.set_xlabel(wrapped(messages.text("figure.service_days.x", minutes=minutes), 60))
    number_ticks(axes.xaxis, messages)
    axes.grid(axis="x")
    show_note(figure, messages.text("figure.service_days.note"))
    frame = pd.DataFrame(data, columns=["scenario", "regency", "name", "minutes", "service_days"])
    return Drawn("service_days", title, figure, frame)


def _of_regencies(access: pd.DataFrame, evidence: Evidence) -> dict[str, list[pd.DataFrame]]:
    """Rows of all people of each regency, of one scenario of the pair after the other; none without a district."""
    found = dict(iter(access[access["person"] == ALL].groupby(["scenario", "regency"], observed=True)))
    codes = evidence.plans[evidence.main].regencies.code
    return {code: [found.get((scenario, code), access[:0]) for scenario in evidence.pair] for code in codes}


def _without(people: pd.DataFrame) -> float:
    """Share of people in districts without any slot within reach."""
    return float(people.loc[people["slots_2sfca"] == 0, "population"].sum() / people["population"].sum())


def _slots_gini(people: pd.DataFrame) -> float:
    return gini(people["slots_e2sfca"].to_numpy(), people["population"].to_numpy())


def _written(measure: str, statistic: str, messages: Messages, finer: int = 0) -> Callable[[float], str]:
    """How a measure of burden or of its spread is written: in the unit of the burden, or as a bare number."""
    if measure.startswith(SPREAD[2:]):
        return partial(messages.number, decimals=3 + finer)
    of = next((burden for burden, _ in BURDENS if measure.endswith(burden)), measure)
    return formatter(of, statistic, messages, finer)
