"""Whether rows of a measure of a project's own fit the tables: known levels and units, one finite number each."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.config.checks import MOST_NAMES
from sim.config.rejection import nearest_name, said
from sim.measures.names import is_measured
from sim.measures.rows import COLUMNS, STATISTICS, Rows
from sim.plan import Plan

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
FREE = ("kind", "day", "week", "site_day", "site_week", "tenth")
"""Levels whose units are what a measure says."""
ROUNDING = 1e-9
"""By which a share may miss its bounds."""
_PERCENTILE = re.compile(r"p[1-9][0-9]?")


@dataclass(frozen=True)
class Fault:
    """What is wrong with the rows of a measure."""

    measure: str
    what: str
    allowed: str = ""
    nearest: str = ""


def row_faults(own: Rows, taken: Rows, plan: Plan) -> list[Fault]:
    """What is wrong with rows, each thing once a measure.

    Args:
        own: the rows.
        taken: those that there are already, whose measures nobody else may give.
        plan: says which units there are.
    """
    lengths = {name: len(getattr(own, name)) for name in COLUMNS}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{number} of {name}" for name, number in lengths.items())
        return [Fault("measure", f"its rows are not whole: {told}", "rows made by add or add_groups")]
    found: dict[tuple[str, str], Fault] = {}
    for fault in _faults(own, taken, plan):
        found.setdefault((fault.measure, fault.what), fault)
    return list(found.values())


def unknown_everywhere(own: Rows) -> set[tuple[str, str, str]]:
    """Measure, level and statistic of which no unit has a number."""
    keys = list(zip(own.measure, own.level, own.statistic, strict=True))
    known = {key for key, value in zip(keys, own.value, strict=True) if not math.isnan(value)}
    return set(keys) - known


def _faults(own: Rows, taken: Rows, plan: Plan) -> Iterator[Fault]:
    units = _units(plan)
    levels = [*units, *FREE]
    before = set(taken.measure)  # those of the project, and of other files
    seen: set[tuple[str, ...]] = set()
    for measure, level, unit, statistic, value in zip(
        own.measure, own.level, own.unit, own.statistic, own.value, strict=True
    ):
        key = (measure, level, unit, statistic)
        if not all(isinstance(text, str) for text in key):
            wrong = next(text for text in key if not isinstance(text, str))
            yield Fault(str(measure), f"a row's name is {said(wrong)}", "measure, level, unit and statistic as text")
            continue
        if not NAME.fullmatch(measure):
            yield Fault(measure, f"the measure {measure!r} is no name", "letters, digits and _, such as far_share")
        if statistic not in STATISTICS and not _PERCENTILE.fullmatch(statistic):
            near = nearest_name(statistic, STATISTICS)
            allowed = "" if near else f"{', '.join(STATISTICS)}, or another percentile, such as p75"
            yield Fault(measure, f"there is no statistic {statistic!r}", allowed, near)
        if measure in before or is_measured(measure):
            yield Fault(measure, "is measured already; choose another name")
        if level not in levels:
            near = nearest_name(level, levels)
            yield Fault(measure, f"there is no level {level!r}", "" if near else ", ".join(levels), near)
        elif level in units and unit not in units[level]:
            yield _unknown_unit(measure, level, unit, tuple(units[level]))
        if key in seen:
            yield Fault(measure, f"{statistic} of {level} {unit} stands twice", "one row for each unit and statistic")
        seen.add(key)
        if not isinstance(value, float):
            yield Fault(measure, f"the value of {level} {unit} is {said(value)}", "a number")
        elif math.isinf(value):
            yield Fault(measure, f"the value of {level} {unit} is infinite", "a finite number, or NaN where nobody is")
        elif statistic == "share" and (value < -ROUNDING or value > 1.0 + ROUNDING):
            yield Fault(measure, f"the share of {level} {unit} is {value:g}", "from 0 to 1; mean for other numbers")
        elif statistic == "count" and value < 0:
            yield Fault(measure, f"the count of {level} {unit} is {value:g}", "0 or more; total for other numbers")


def _units(plan: Plan) -> dict[str, dict[str, None]]:
    """The units of each level that has a fixed number of them."""
    named: dict[str, Sequence[str]] = {
        "province": ("province",),
        "regency": plan.regencies.code,
        "district": plan.districts.code,
        "site": plan.sites.id,
        "programme": plan.sites.programme,
    }
    return {level: dict.fromkeys(names) for level, names in named.items()}


def _unknown_unit(measure: str, level: str, unit: str, names: Sequence[str]) -> Fault:
    near = nearest_name(unit, names)
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    allowed = "" if near else ", ".join(names[:MOST_NAMES]) + more
    return Fault(measure, f"there is no {level} {unit!r}", allowed, near)
