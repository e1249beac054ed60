"""Calendar: kinds of days, and the frozen table against its source."""

from __future__ import annotations

import csv
import datetime as dt

import numpy as np
import pytest

from sim.errors import DataError
from sim.province.calendar import Calendar
from sim.province.tables import Tables
from tests.province.province_cases import DATA


def test_the_frozen_holidays_are_those_of_the_package() -> None:
    holidays = pytest.importorskip("holidays")
    years = range(2015, 2029)
    public = holidays.country_holidays("ID", years=years, categories=("public",), language="en_US")
    leave = holidays.country_holidays("ID", years=years, categories=("government",), language="en_US")
    expected = {day.isoformat(): (name, "collective_leave") for day, name in leave.items()}
    expected.update({day.isoformat(): (name, "holiday") for day, name in public.items()})
    with open(DATA / "holidays.csv", encoding="utf-8", newline="") as stream:
        frozen = {row["date"]: (row["name"], row["kind"]) for row in csv.DictReader(stream)}
    assert frozen == expected


@pytest.mark.parametrize("date", ["2022-04-29", "2023-04-19", "2023-01-23", "2024-02-14", "2024-11-27", "2020-12-09"])
def test_collective_leave_and_elections_are_days_off(bundled: Tables, date: str) -> None:
    calendar = Calendar(bundled, dt.date(2020, 1, 1), 366 * 5)
    day = calendar.day(dt.date.fromisoformat(date))
    assert calendar.weekday[day] < 5
    assert calendar.is_holiday[day]
    assert not calendar.is_working_day[day]


def test_fasting_ends_on_the_day_before_idul_fitri_and_lasts_29_or_30_days(bundled: Tables) -> None:
    feasts = [
        date
        for date, name in zip(bundled.holidays.date, bundled.holidays.name, strict=True)
        if "Eid al-Fitr" in name and "Joint" not in name and "Second" not in name
    ]
    assert [last + dt.timedelta(days=1) for last in bundled.fasting.last_day] == feasts
    assert bundled.fasting.first_day[7:9] == (dt.date(2022, 4, 3), dt.date(2023, 3, 23))


def test_every_day_of_a_week_is_what_it_should_be(small: Tables) -> None:
    calendar = Calendar(small, dt.date(2023, 1, 1), 8)
    assert calendar.weekday.tolist() == [6, 0, 1, 2, 3, 4, 5, 6]
    assert np.flatnonzero(calendar.is_holiday).tolist() == [0, 1]
    assert np.flatnonzero(calendar.is_working_day).tolist() == [2, 3, 4, 5]
    assert calendar.month.tolist() == [1] * 8
    assert calendar.date(7) == dt.date(2023, 1, 8)
    assert calendar.day(dt.date(2022, 12, 31)) == -1


def test_fasting_days_are_counted_also_when_the_period_cuts_the_month(small: Tables) -> None:
    assert Calendar(small, dt.date(2023, 1, 1), 365).is_fasting.sum() == 30
    assert Calendar(small, dt.date(2023, 4, 20), 5).is_fasting.tolist() == [True, True, False, False, False]
    assert Calendar(small, dt.date(2023, 3, 20), 5).is_fasting.tolist() == [False, False, False, True, True]
    assert not Calendar(small, dt.date(2023, 5, 1), 30).is_fasting.any()
    assert not Calendar(small, dt.date(2023, 1, 1), 30).is_fasting.any()


def test_a_period_beyond_the_tables_says_which_years_they_cover(bundled: Tables) -> None:
    with pytest.raises(DataError) as caught:
        Calendar(bundled, dt.date(2028, 12, 1), 60)
    texts = [str(problem) for problem in caught.value.problems]
    assert len(texts) == 2
    assert all("2029" in text and "2015 to 2028" in text for text in texts)
