"""What is told of each value: measures by name, with the limits that are to be kept."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sim.config.checks import MOST_NAMES
from sim.config.units import DAY_MS, HOUR_MS, MINUTE_MS, quantity
from sim.errors import ConfigError, Problem
from sim.experiment.quantities import Key, Quantity, mismatch, preference
from sim.measures.rows import STATISTICS

OPTION = "--measure"
ALLOWED = "MEASURE [STATISTIC] [UNIT] [<= or >= NUMBER], such as 'wait_minutes kanim_palembang <= 30'"
LEVELS = ("province", "site", "office", "regency", "district", "programme")
"""Of those that have a unit of one name the one that is meant where none is named; then the first there is."""
_LIMITED = re.compile(r"(?P<what>[^<>=]*?)\s*(?P<sign><=|>=)\s*(?P<limit>[^<>=]*)")
_SIGNS = (("\N{LESS-THAN OR EQUAL TO}", "<="), ("\N{GREATER-THAN OR EQUAL TO}", ">="), ("=<", "<="), ("=>", ">="))
_UNITS = {"minutes": ("duration", MINUTE_MS, "'30 min'"), "hours": ("duration", HOUR_MS, "'2 h'"),
          "days": ("duration", DAY_MS, "'5 days'"), "rupiah": ("rupiah", 1, "'Rp 100000'"),
          "km": ("distance", 1, "'50 km'")}  # fmt: skip
"""By a part of a measure's name: what its limit may be written as, how much of that is 1, and an example."""


@dataclass(frozen=True)
class Asked:
    """A number that is told of each value."""

    quantity: Quantity
    sign: Literal["<=", ">=", ""] = ""
    limit: float = math.nan
    """NaN where the number is only told."""
    written: str = ""
    """The limit as it was given."""
    level_told: bool = False
    """Whether the level is a part of its name: several have a unit of that name, and another is the usual one."""

    def __str__(self) -> str:
        return " ".join(self.parts)

    @property
    def parts(self) -> tuple[str, str]:
        """The measure and its statistic, and the place with the limit, which may be empty."""
        q = self.quantity
        place = "" if q.level == "province" else f"{q.level} {q.unit}" if self.level_told else q.unit
        return f"{q.measure} {q.statistic}", f"{place} {self.sign} {self.written}".strip()


def read_asked(texts: Sequence[str], known: Sequence[Key]) -> list[Asked]:
    """What some texts ask for among all that is measured of a scenario.

    Raises:
        ConfigError: all that is wrong with any of them.
    """
    found, problems = [], []
    for text in texts:
        try:
            found.append(_read(text, known))
        except ConfigError as error:
            problems += [replace(problem, path=f"{OPTION} {text!r}") for problem in error.problems]
    twice = {asked.quantity for asked in found if [one.quantity for one in found].count(asked.quantity) > 1}
    problems += [Problem(f"{one} is asked for twice", path=OPTION) for one in sorted(map(str, twice))]
    if problems:
        raise ConfigError(problems)
    return found


def _read(text: str, known: Sequence[Key]) -> Asked:
    for other, sign in _SIGNS:
        text = text.replace(other, sign)
    parts = _LIMITED.fullmatch(text.strip())
    if parts is None and re.search("[<>=]", text):
        raise ConfigError(Problem("is not understood", allowed=ALLOWED))
    quantity_asked, level_told = _quantity((parts["what"] if parts else text).split(), known)
    if parts is None:
        return Asked(quantity_asked, level_told=level_told)
    limit = parts["limit"].strip()
    at = _limit(limit, quantity_asked)
    return Asked(quantity_asked, "<=" if parts["sign"] == "<=" else ">=", at, limit, level_told)


def _limit(text: str, asked: Quantity) -> float:
    """A limit as a number, in the unit of the measure."""
    is_share = asked.statistic == "share"
    unit = next((unit for part, unit in _UNITS.items() if part in asked.measure.split("_")), None)
    allowed = "a number, such as 30"
    if is_share:
        allowed = "a share, such as 0.05 or 5%"
    elif unit is not None:
        allowed = f"a number in the unit of the measure, such as 30, or with a unit, such as {unit[2]}"
    try:
        number = float(text)
    except ValueError:
        found = quantity(text) if text else None
        if found is not None and text.endswith("%") and is_share:
            number = found[1]
        elif found is not None and unit is not None and found[0] == unit[0]:
            number = found[1] / unit[1]
        else:
            raise ConfigError(Problem(f"the limit is {text!r}", allowed=allowed)) from None
    if not math.isfinite(number):
        raise ConfigError(Problem(f"the limit is {text!r}", allowed=allowed))
    if is_share and number > 1:
        meant = f"; {number:g} percent are '{number:g}%'" if number <= 100 else ""
        raise ConfigError(Problem(f"the limit {text} of a share is above 1{meant}", allowed=allowed))
    return number


def _quantity(words: Sequence[str], known: Sequence[Key]) -> tuple[Quantity, bool]:
    """The number that is meant, and whether its level is not the one that its unit alone would stand for."""
    if not words:
        raise ConfigError(Problem("names no measure", allowed=ALLOWED))
    measure, *rest = (word.strip("'\"") for word in words)
    statistic = next((word for word in rest if word in STATISTICS), None)
    rest = [word for word in rest if word != statistic]
    levels = {row[2] for row in known if row[1] == measure}
    level = rest.pop(0) if len(rest) > 1 and rest[0] in levels else None
    unit = " ".join(rest) or None
    problem = mismatch((None, measure, level, unit, statistic), known)
    if problem is not None:
        raise ConfigError(_clearer(problem, measure, unit, known))
    rows = [
        row
        for row in known
        if row[1] == measure and level in (None, row[2]) and unit in (None, row[3]) and statistic in (None, row[4])
    ]
    if unit is None and level is None:
        rows = [row for row in rows if row[2] == "province"] or rows
    usual = min((row[2] for row in rows), key=lambda one: LEVELS.index(one) if one in LEVELS else len(LEVELS))
    rows = [row for row in rows if row[2] == usual]
    units = list(dict.fromkeys(row[3] for row in rows))
    if len(units) > 1:
        more = f" and {len(units) - MOST_NAMES} more" if len(units) > MOST_NAMES else ""
        what = f"{measure} is known of {len(units)} units of the level {rows[0][2]}"
        raise ConfigError(Problem(f"{what}: name one", allowed=", ".join(units[:MOST_NAMES]) + more))
    taken = min((row[4] for row in rows), key=preference)
    scenario, _, found_level, found_unit, _ = rows[0]
    of_others = {row[2] for row in known if row[1] == measure and row[3] == found_unit} - {found_level}
    return Quantity(scenario, None, measure, found_level, found_unit, taken), level is not None and bool(of_others)


def _clearer(problem: Problem, measure: str, unit: str | None, known: Sequence[Key]) -> Problem:
    """A problem with names that hold what was written, where none is near."""
    what = problem.what.removesuffix(" in any scenario")
    column, written = (1, measure) if problem.column == "measure" else (3, unit or "")
    names = dict.fromkeys(row[column] for row in known if column == 1 or row[1] == measure)
    holding = [name for name in names if written and written in name]
    if problem.nearest or problem.column not in ("measure", "unit") or not holding:
        return replace(problem, column="", what=what)
    return replace(problem, column="", what=what, allowed=", ".join(holding[:MOST_NAMES]))
