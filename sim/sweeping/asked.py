"""What is told of each value: measures by name, with the limits that are to be kept."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sim.config.checks import MOST_NAMES
from sim.errors import ConfigError, Problem
from sim.experiment.quantities import FIRST, Key, Quantity, mismatch
from sim.measures.rows import STATISTICS
from sim.sweeping.search import State

OPTION = "--measure"
ALLOWED = "MEASURE [STATISTIC] [UNIT] [<= or >= NUMBER], such as 'wait_minutes kanim_palembang <= 30'"
_LIMITED = re.compile(r"(?P<what>[^<>=]*?)\s*(?P<sign><=|>=)\s*(?P<limit>[^<>=]*)")


@dataclass(frozen=True)
class Asked:
    """A number that is told of each value."""

    quantity: Quantity
    sign: Literal["<=", ">=", ""] = ""
    limit: float = float("nan")
    """NaN where the number is only told."""
    written: str = ""
    """The limit as it was given."""

    def state(self, low: float, high: float) -> State:
        """Whether an interval, which may be a single number, keeps the limit."""
        best, worst = (low, high) if self.sign == "<=" else (-high, -low)
        limit = self.limit if self.sign == "<=" else -self.limit
        # NaN, where nobody is told of, is on neither side.
        return "kept" if worst <= limit else "not kept" if best > limit else "not clear"

    def __str__(self) -> str:
        return f"{self.name} {self.sign} {self.written}".strip()

    @property
    def name(self) -> str:
        """The measure, its statistic and its place."""
        q = self.quantity
        return f"{q.measure} {q.statistic}" + ("" if q.level == "province" else f" {q.unit}")


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
    parts = _LIMITED.fullmatch(text.strip())
    if parts is None and re.search("[<>=]", text):
        raise ConfigError(Problem("is not understood", allowed=ALLOWED))
    quantity = _quantity((parts["what"] if parts else text).split(), known)
    if parts is None:
        return Asked(quantity)
    sign: Literal["<=", ">="] = "<=" if parts["sign"] == "<=" else ">="
    return Asked(quantity, sign, _number(parts["limit"].strip()), parts["limit"].strip())


def _number(text: str) -> float:
    """A number, or a percentage."""
    try:
        number = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        allowed = "a number in the unit of the measure, such as 30, or a percentage, such as 5%"
        raise ConfigError(Problem(f"the limit is {text!r}", allowed=allowed))
    return number


def _quantity(words: Sequence[str], known: Sequence[Key]) -> Quantity:
    if not words:
        raise ConfigError(Problem("names no measure", allowed=ALLOWED))
    measure, *rest = words
    statistic = rest.pop(0) if rest and rest[0] in STATISTICS else None
    levels = {row[2] for row in known if row[1] == measure}
    level = rest.pop(0) if len(rest) > 1 and rest[0] in levels else None
    unit = " ".join(rest) or None
    problem = mismatch((None, measure, level, unit, statistic), known)
    if problem is not None:
        raise ConfigError(replace(problem, column="", what=problem.what.removesuffix(" in any scenario")))
    rows = [
        row
        for row in known
        if row[1] == measure and level in (None, row[2]) and unit in (None, row[3]) and statistic in (None, row[4])
    ]
    if unit is None and level is None:
        rows = [row for row in rows if row[2] == "province"] or rows
    # The first level that has such a unit; of passports a site before the office that it may be.
    rows = [row for row in rows if row[2] == rows[0][2]]
    units = list(dict.fromkeys(row[3] for row in rows))
    if len(units) > 1:
        more = f" and {len(units) - MOST_NAMES} more" if len(units) > MOST_NAMES else ""
        what = f"{measure} is known of {len(units)} units of the level {rows[0][2]}"
        raise ConfigError(Problem(f"{what}: name one", allowed=", ".join(units[:MOST_NAMES]) + more))
    taken = min((row[4] for row in rows), key=_rank)
    scenario, _, level, unit, _ = rows[0]
    return Quantity(scenario, None, measure, level, unit, taken)


def _rank(statistic: str) -> int:
    return FIRST.index(statistic) if statistic in FIRST else len(FIRST)
