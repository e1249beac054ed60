"""What is told of each that is tried: measures by name, with the limits that are to be kept."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
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
INDICES = ("gini", "concentration", "lorenz")
"""First words of measures that are plain numbers, whatever they are of."""
_LIMITED = re.compile(r"(?P<what>[^<>=]*?)\s*(?P<sign><=|>=)\s*(?P<limit>[^<>=]*)")
_SIGNS = (("\N{LESS-THAN OR EQUAL TO}", "<="), ("\N{GREATER-THAN OR EQUAL TO}", ">="), ("=<", "<="), ("=>", ">="))
_UNITS = {"minutes": ("duration", MINUTE_MS, "'30 min'"), "hours": ("duration", HOUR_MS, "'2 h'"),
          "days": ("duration", DAY_MS, "'5 days'"), "rupiah": ("rupiah", 1, "'Rp 100000'"),
          "km": ("distance", 1, "'50 km'")}  # fmt: skip
"""By a part of a measure's name: what its limit may be written as, how much of that is 1, and an example."""


@dataclass(frozen=True)
class Asked:
    """A number that is told of each that is tried."""

    quantity: Quantity
    sign: Literal["<=", ">=", ""] = ""
    limit: float = math.nan
    """NaN where the number is only told."""
    written: str = ""
    """The limit as it was given."""
    level_told: bool = False
    """Whether the level is a part of its name: several have a unit of that name, and another is the usual one."""

    def __str__(self) -> str:
        return " ".join(self.parts).strip()

    @property
    def parts(self) -> tuple[str, str]:
        """The measure and its statistic, and the place with the limit, which may be empty."""
        q = self.quantity
        place = "" if q.level == "province" else f"{q.level} {q.unit}" if self.level_told else q.unit
        return f"{q.measure} {q.statistic}", f"{place} {self.sign} {self.written}".strip()


@dataclass(frozen=True)
class Written:
    """What a text asks for, before it is known what there is."""

    text: str
    words: tuple[str, ...]
    """The measure, and what else says which of its numbers is meant."""
    sign: Literal["<=", ">=", ""] = ""
    limit: str = ""
    option: str = OPTION
    """Where it was written."""

    @property
    def path(self) -> str:
        """What messages call its place."""
        return f"{self.option} {self.text!r}"


def understood(texts: Sequence[str], option: str = OPTION) -> list[Written]:
    """The parts of texts that ask for numbers, all given by one option.

    Raises:
        ConfigError: all that is no such text.
    """
    found, problems = [], []
    for text in texts:
        plain = text.strip()
        for other, sign in _SIGNS:
            plain = plain.replace(other, sign)
        parts = _LIMITED.fullmatch(plain)
        words = (parts["what"] if parts else plain).split()
        if parts is None and re.search("[<>=]", plain):
            problems.append(Problem("is not understood", path=f"{option} {text!r}", allowed=ALLOWED))
        elif not words:
            problems.append(Problem("names no measure", path=f"{option} {text!r}", allowed=ALLOWED))
        elif parts is None:
            found.append(Written(text, tuple(words), option=option))
        else:
            limit = parts["limit"].strip()
            found.append(Written(text, tuple(words), "<=" if parts["sign"] == "<=" else ">=", limit, option))
    if problems:
        raise ConfigError(problems)
    return found


def read_asked(asked: Sequence[Written], known: Sequence[Key], idle: Collection[str] = ()) -> list[Asked]:
    """What some texts ask for among all that is measured of a scenario.

    Args:
        asked: the texts.
        known: all that is measured.
        idle: sites of which nothing is measured, as they are never in service.

    Raises:
        ConfigError: all that is wrong with any of them.
    """
    found: list[Asked] = []
    problems = []
    for one in asked:
        try:
            found.append(_read(one, known, idle))
        except ConfigError as error:
            problems += [replace(problem, path=one.path) for problem in error.problems]
    keys = [(one.quantity, one.sign) for one in found]
    twice = dict.fromkeys(str(one) for one, key in zip(found, keys, strict=True) if keys.count(key) > 1)
    if twice:
        problems.append(Problem(f"{', '.join(twice)}: the same number is asked for twice", path=OPTION))
    if problems:
        raise ConfigError(problems)
    return found


def _read(one: Written, known: Sequence[Key], idle: Collection[str]) -> Asked:
    quantity_asked, level_told = _quantity(one.words, known, idle)
    if not one.sign:
        return Asked(quantity_asked, level_told=level_told)
    return Asked(quantity_asked, one.sign, _limit(one.limit, quantity_asked), one.limit, level_told)


def _limit(text: str, asked: Quantity) -> float:
    """A limit as a number, in the unit of the measure."""
    is_share = asked.statistic == "share"
    words = asked.measure.split("_")
    has_unit = asked.statistic != "count" and words[0] not in INDICES
    unit = next((unit for part, unit in _UNITS.items() if has_unit and part in words), None)
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
        meant = f"; {number:g} percent are '{number:g}%'" if number <= 100 and "%" not in text else ""
        raise ConfigError(Problem(f"the limit {text} of a share is above 1{meant}", allowed=allowed))
    return number


def _quantity(words: Sequence[str], known: Sequence[Key], idle: Collection[str]) -> tuple[Quantity, bool]:
    """The number that is meant, and whether its level is not the one that its unit alone would stand for."""
    measure, *rest = (word.strip("'\"") for word in words)
    statistic = next((word for word in rest if word in STATISTICS or re.fullmatch(r"p\d+", word)), None)
    rest = [word for word in rest if word != statistic]
    levels = {row[2] for row in known if row[1] == measure}
    level = rest.pop(0) if len(rest) > 1 and rest[0] in levels else None
    unit = " ".join(rest) or None
    problem = mismatch((None, measure, level, unit, statistic), known)
    if problem is not None:
        if problem.column == "unit" and unit in idle:
            what = f"{unit} is never in service, neither as it stands nor at either end"
            raise ConfigError(Problem(what, allowed=f"--set sites.{unit}.in_service=always"))
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
