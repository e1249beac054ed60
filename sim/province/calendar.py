"""Calendar: what kind of day each simulated day is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sim.errors import DataError, Problem
from sim.province.tables import Tables

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SATURDAY = 5
"""First day of the weekend, as numbered by :attr:`Calendar.weekday`."""


class Calendar:
    """The days of a period, as arrays over the days; day 0 is ``start``.

    Attributes:
        start: date of day 0.
        weekday: 0 Monday to 6 Sunday.
        month: 1 to 12.
        year: the calendar year.
        is_holiday: a public holiday or a day of collective leave (cuti bersama).
        is_working_day: Monday to Friday and not a holiday.
        is_fasting: a day of Ramadan.

    Raises:
        DataError: the period leaves the years of the holidays table or, unless that is empty, of the fasting table.
    """

    weekday: Ints
    month: Ints
    year: Ints
    is_holiday: Bools
    is_working_day: Bools
    is_fasting: Bools

    def __init__(self, tables: Tables, start: dt.date, n_days: int) -> None:
        self.start = start
        self.n_days = n_days
        days = [self.date(day) for day in range(n_days)]
        _check_years(tables, days)
        self.weekday = np.array([day.weekday() for day in days], dtype=np.int64)
        self.month = np.array([day.month for day in days], dtype=np.int64)
        self.year = np.array([day.year for day in days], dtype=np.int64)
        holidays = frozenset(tables.holidays.date)
        self.is_holiday = np.array([day in holidays for day in days], dtype=np.bool_)
        self.is_working_day = (self.weekday < SATURDAY) & ~self.is_holiday
        self.is_fasting = np.zeros(n_days, dtype=np.bool_)
        for first, last in zip(tables.fasting.first_day, tables.fasting.last_day, strict=True):
            self.is_fasting[max(0, self.day(first)) : max(0, self.day(last) + 1)] = True

    def date(self, day: int) -> dt.date:
        """The date of a day number; days outside the period are numbered on."""
        return self.start + dt.timedelta(days=day)

    def day(self, date: dt.date) -> int:
        """The day number of a date, negative before the start."""
        return (date - self.start).days


def _check_years(tables: Tables, days: Iterable[dt.date]) -> None:
    needed = sorted({day.year for day in days})
    covered = {
        tables.holidays.file: ("holidays", {date.year for date in tables.holidays.date}),
        tables.fasting.file: ("fasting", {date.year for date in tables.fasting.first_day}),
    }
    problems = []
    for file, (what, years) in covered.items():
        absent = [year for year in needed if year not in years]
        if absent and (years or what == "holidays"):
            problems.append(
                Problem(
                    f"the {what} table says nothing about {', '.join(map(str, absent))}, "
                    f"and the simulated days run from {needed[0]} to {needed[-1]}",
                    file=str(file),
                    allowed=f"days in the years it covers: {_spans(years)}",
                )
            )
    if problems:
        raise DataError(problems)


def _spans(years: set[int]) -> str:
    """Years in words: ``2016 to 2020, 2022``."""
    spans: list[list[int]] = []
    for year in sorted(years):
        if spans and year == spans[-1][-1] + 1:
            spans[-1] = [spans[-1][0], year]
        else:
            spans.append([year])
    return ", ".join(" to ".join(map(str, span)) for span in spans) or "none"
