"""Quantities with their units, as people write them, and the numbers they become.

Each type is strict: a duration without a unit, a time of day that does not exist or a share of 1.5 is refused with the
reason and an example. The ``parse_`` functions do the same outside a model; the ``format_`` functions give text that
reads back to the same number.
"""

from __future__ import annotations

import datetime
import math
import re
from typing import Annotated

from pydantic import AllowInfNan, PlainValidator, Strict, WithJsonSchema

from sim.config.rejection import nearest_name, rejection, said

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

_DURATIONS = {
    "ms": 1, "s": SECOND_MS, "min": MINUTE_MS, "h": HOUR_MS, "day": DAY_MS, "week": 7 * DAY_MS,
    "second": SECOND_MS, "seconds": SECOND_MS, "minute": MINUTE_MS, "minutes": MINUTE_MS,
    "hour": HOUR_MS, "hours": HOUR_MS, "days": DAY_MS, "weeks": 7 * DAY_MS,
}  # fmt: skip
_DISTANCES = {"km": 1.0, "m": 0.001}
_SPEEDS = {"km/h": 1.0}

_NUMBER = r"[0-9][0-9_]*(?:\.[0-9]+)?"
_QUANTITY = re.compile(rf"([-+]?)\s*({_NUMBER})\s*([A-Za-z/]*)")
_RUPIAH = re.compile(r"Rp\.?\s*(-?)\s*([0-9]{1,3}(?:\.[0-9]{3})+|[0-9][0-9_]*)")
_PERCENT = re.compile(rf"(-?{_NUMBER})\s*%")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
_YEAR_OR_MONTH = re.compile(r"(?:19|20|21)[0-9]{2}(?:-(?:0[1-9]|1[0-2]))?")


def _in_units(value: object, units: dict[str, float], what: str, example: str) -> float:
    """Return a signed sum of quantities such as ``1 h 30 min`` in the unit whose factor is 1."""
    allowed = f"a {what} with its unit, such as {example}"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        unit = example.rsplit(" ", 1)[1].strip("'")
        such = f"'{value:g} {unit}'" + (f" or '{value:g} days'" if "days" in units else "")
        raise rejection(f"{said(value)} has no unit; add one, such as {such}", allowed=allowed)
    if not isinstance(value, str):
        raise rejection(f"{said(value)} is not a {what}", allowed=allowed)
    if re.search(r"\d,\d", value):
        raise rejection(f"{said(value)} is not a {what}: decimals come after a point", allowed=allowed)
    total, sign, position, text = 0.0, 1.0, 0, value.strip()
    while position < len(text) or not position:
        part = _QUANTITY.match(text, position)
        if part is None or (position and part[1]):
            raise rejection(f"{said(value)} is not a {what}", allowed=allowed)
        unit = part[3] if part[3] in units else part[3].lower()
        if not unit:
            raise rejection(f"{said(value)} is not a {what}: a number has no unit", allowed=allowed)
        if unit not in units:
            names = ", ".join(units)
            raise rejection(
                f"{said(value)}: {part[3]!r} is not a unit of {what}",
                allowed=f"{names}, as in {example}",
                nearest=nearest_name(part[3], units),
            )
        if not position:
            sign = -1.0 if part[1] == "-" else 1.0
        total += float(part[2].replace("_", "")) * units[unit]
        position = len(text) - len(text[part.end() :].lstrip())
    if not math.isfinite(total):
        raise rejection(f"{said(value)} is not a finite {what}", allowed=allowed)
    return sign * total


MOST_DURATION_MS = 1000 * 365 * DAY_MS
MOST_RUPIAH = 10**15
"""More than any input means; sums of many still fit the integers of a run."""


def duration_ms(value: object) -> float:
    """Return a duration, which may be negative or finer than a millisecond, in milliseconds."""
    exact = _in_units(value, dict(_DURATIONS), "duration", "'10 min'")
    if abs(exact) > MOST_DURATION_MS:
        raise rejection(f"{said(value)} is too long", allowed="at most 1000 years of 365 days")
    return exact


def parse_duration(value: object) -> int:
    """Return a duration of zero or more in whole milliseconds."""
    exact = duration_ms(value)
    if exact < 0:
        raise rejection(f"{said(value)} is negative", allowed="a duration of 0 or more, such as '10 min'")
    if abs(exact - round(exact)) > 1e-6:
        raise rejection(f"{said(value)} is finer than a millisecond", allowed="whole milliseconds, such as '250 ms'")
    return round(exact)


def parse_interval(value: object) -> int:
    """Return a duration above zero in whole milliseconds."""
    interval_ms = parse_duration(value)
    if interval_ms == 0:
        raise rejection(f"{said(value)} is not above 0", allowed="a duration above 0, such as '10 min'")
    return interval_ms


def parse_distance(value: object) -> float:
    """Return a distance of zero or more in kilometres."""
    distance_km = _in_units(value, _DISTANCES, "distance", "'25 km'")
    if distance_km < 0:
        raise rejection(f"{said(value)} is negative", allowed="a distance of 0 or more, such as '25 km'")
    return distance_km


MOST_SPEED = 1000
"""Kilometres an hour."""


def parse_speed(value: object) -> float:
    """Return a speed above zero in kilometres an hour."""
    speed_km_h = _in_units(value, _SPEEDS, "speed", "'46 km/h'")
    if speed_km_h <= 0:
        raise rejection(f"{said(value)} is not above 0", allowed="a speed above 0, such as '46 km/h'")
    if speed_km_h > MOST_SPEED:
        raise rejection(f"{said(value)} is too fast", allowed=f"at most {MOST_SPEED} km/h")
    return speed_km_h


def parse_rupiah(value: object) -> int:
    """Return an amount of money, which may be negative, in whole rupiah."""
    allowed = "whole rupiah, such as 'Rp 40000', 'Rp 40_000' or 'Rp 40.000' (a dot before each three digits)"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise rejection(f"{said(value)} has no unit; {_with_rupiah(value)}", allowed=allowed)
    part = _RUPIAH.fullmatch(value.strip()) if isinstance(value, str) else None
    if part is None:
        raise rejection(f"{said(value)} is not an amount of rupiah", allowed=allowed)
    amount = int(part[2].replace(".", "").replace("_", ""))
    if amount > MOST_RUPIAH:
        raise rejection(f"{said(value)} is too much", allowed=f"at most {format_rupiah(MOST_RUPIAH)}")
    return -amount if part[1] else amount


def _with_rupiah(value: float) -> str:
    """How a number without a unit would be written, whether its point stood before decimals or before thousands."""
    if isinstance(value, int) or not math.isfinite(value):
        return f"add one, such as 'Rp {value:.0f}'"
    as_thousands = format_rupiah(round(value * 1000))
    return (
        f"write '{as_thousands}' if its point stands before thousands, or else whole rupiah, such as 'Rp {value:.0f}'"
    )


def parse_price(value: object) -> int:
    """Return an amount of money of zero or more in whole rupiah."""
    amount = parse_rupiah(value)
    if amount < 0:
        raise rejection(f"{said(value)} is negative", allowed="an amount of 0 or more, such as 'Rp 40000'")
    return amount


def parse_clock(value: object) -> int:
    """Return a time of day in milliseconds from midnight; ``24:00`` is the end of the day."""
    allowed = "a time of day, such as '08:00' or '08:00:30'"
    part = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if part is None:
        raise rejection(f"{said(value)} is not a time of day", allowed=allowed)
    hour, minute, second = int(part[1]), int(part[2]), int(part[3] or 0)
    clock_ms = hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS
    if minute > 59 or second > 59 or clock_ms > DAY_MS:
        raise rejection(f"{said(value)} is not a time of day", allowed="00:00 to 24:00")
    return clock_ms


def parse_date(value: object) -> datetime.date:
    """Return a calendar date from ISO text, or the date YAML has made of it."""
    allowed = "a date as year-month-day, such as 2022-07-25"
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise rejection(f"{said(value)} is not a date", allowed=allowed)
    try:
        return datetime.date.fromisoformat(value)
    except ValueError as error:
        raise rejection(f"{said(value)} is not a date: {error}", allowed=allowed) from None


def _share(value: object, what: str, allowed: str) -> float:
    if isinstance(value, str) and (part := _PERCENT.fullmatch(value.strip())):
        return float(part[1].replace("_", "")) / 100
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise rejection(f"{said(value)} is not a {what}", allowed=allowed)
    if not math.isfinite(value):
        raise rejection(f"{said(value)} is not a finite number", allowed=allowed)
    return float(value)


def parse_probability(value: object) -> float:
    """Return a probability or share between 0 and 1."""
    allowed = "a number from 0 to 1, such as 0.05, or a percentage, such as '5%'"
    share = _share(value, "probability", allowed)
    if not 0 <= share <= 1:
        raise rejection(f"{said(value)} is outside 0 to 1", allowed=allowed)
    return share


def parse_level(value: object) -> float:
    """Return a finite factor of zero or more."""
    allowed = "a number of 0 or more, such as 0.85, or a percentage, such as '85%'"
    level = _share(value, "number", allowed)
    if level < 0:
        raise rejection(f"{said(value)} is negative", allowed=allowed)
    return level


def parse_growth(value: object) -> float:
    """Return a finite growth above -1, at most 1, which doubles."""
    allowed = "a number above -1 and up to 1, such as 0.03, or a percentage, such as '3%' or '-3%'"
    growth = _share(value, "growth", allowed)
    if not -1 < growth <= 1:
        meant = f"; {value:g} percent are '{value:g}%'" if isinstance(value, (int, float)) and 1 < value <= 100 else ""
        raise rejection(f"{said(value)} is outside -1 to 1{meant}", allowed=allowed)
    return growth


def parse_identifier(value: object) -> str:
    """Return a name that is safe in tables, paths and file names."""
    allowed = "a name of small letters, digits and _, that begins with a letter, such as ukk_oku"
    if not isinstance(value, str):
        raise rejection(f"{said(value)} is not a name", allowed=allowed)
    for unsafe in ("..", "/", "\\"):
        if unsafe in value:
            raise rejection(
                f"the name {said(value)} holds {unsafe!r}, which may lead out of its folder", allowed=allowed
            )
    if not _IDENTIFIER.fullmatch(value):
        raise rejection(f"{said(value)} is not a name", allowed=allowed)
    return value


def parse_year_or_month(value: object) -> str:
    """Return ``2022`` or ``2022-03`` as text."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _YEAR_OR_MONTH.fullmatch(text):
        allowed = "a year, such as 2022, or a month, such as 2022-03"
        raise rejection(f"{said(value)} is not a year or month", allowed=allowed)
    return text


def format_duration(duration_ms: float) -> str:
    """Return a duration in the largest unit, up to days, that leaves no fraction."""
    for name, unit_ms in (("days", DAY_MS), ("h", HOUR_MS), ("min", MINUTE_MS), ("s", SECOND_MS)):
        if duration_ms and duration_ms % unit_ms == 0:
            count = round(duration_ms / unit_ms)
            return f"{count} {'day' if name == 'days' and count == 1 else name}"
    return f"{_plain(duration_ms)} ms" if duration_ms else "0 s"


def format_distance(distance_km: float) -> str:
    """Return a distance in kilometres."""
    return f"{_plain(distance_km)} km"


def format_speed(speed_km_h: float) -> str:
    """Return a speed in kilometres an hour."""
    return f"{_plain(speed_km_h)} km/h"


def format_rupiah(amount_rupiah: float) -> str:
    """Return an amount with Indonesian thousands, rounded to a rupiah."""
    return f"Rp {round(amount_rupiah):,}".replace(",", ".")


def format_clock(clock_ms: int) -> str:
    """Return a time of day; seconds only where there are some."""
    hour, rest = divmod(clock_ms, HOUR_MS)
    minute, rest = divmod(rest, MINUTE_MS)
    return f"{hour:02}:{minute:02}" + (f":{rest // SECOND_MS:02}" if rest else "")


def _plain(number: float) -> str:
    """Return the shortest decimal text that reads back to the same number, never in powers of ten."""
    text = repr(float(number))
    if "e" in text:
        from decimal import Decimal

        text = format(Decimal(text), "f")
    return text.removesuffix(".0")


def quantity(value: object) -> tuple[str, float] | None:
    """Return what a value measures and how much of it, to compare values that people wrote; None for other values."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return "number", float(value)
    if isinstance(value, datetime.date):
        return "date", float(value.toordinal())
    if not isinstance(value, str):
        return None
    readers = (
        ("duration", duration_ms),
        ("distance", lambda text: _in_units(text, _DISTANCES, "distance", "'25 km'")),
        ("speed", lambda text: _in_units(text, _SPEEDS, "speed", "'46 km/h'")),
        ("rupiah", parse_rupiah),
        ("time of day", parse_clock),
        ("date", lambda text: parse_date(text).toordinal()),
        ("number", lambda text: _share(text, "number", "")),
    )
    for kind, read in readers:
        try:
            return kind, float(read(value))
        except ValueError:
            continue
    return None


def _text_schema(pattern: str, description: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema(
        {"type": "string", "pattern": f"^{pattern}$", "description": description, "examples": list(examples)}
    )


DURATION_PATTERN = rf"{_NUMBER} *({'|'.join(_DURATIONS)})( +{_NUMBER} *({'|'.join(_DURATIONS)}))*"
PRICE_PATTERN, RUPIAH_PATTERN = (rf"Rp\.? *{sign}([0-9]{{1,3}}(\.[0-9]{{3}})+|[0-9][0-9_]*)" for sign in ("", "-? *"))
_PERCENT_PATTERN = rf"^{_NUMBER} *%$"

Duration = Annotated[
    int,
    PlainValidator(parse_duration),
    _text_schema(DURATION_PATTERN, "A duration with its unit.", "10 min", "3 h", "60 days", "500 ms"),
]
"""Whole milliseconds, 0 or more."""

Interval = Annotated[
    int,
    PlainValidator(parse_interval),
    _text_schema(DURATION_PATTERN, "A duration above 0 with its unit.", "10 min", "3 h"),
]
"""Whole milliseconds, above 0."""

Distance = Annotated[
    float,
    PlainValidator(parse_distance),
    _text_schema(rf"{_NUMBER} *(km|m)", "A distance with its unit.", "25 km", "300 m"),
]
"""Kilometres, 0 or more."""

Speed = Annotated[
    float,
    PlainValidator(parse_speed),
    _text_schema(rf"{_NUMBER} *km/h", "A speed above 0.", "46 km/h"),
]
"""Kilometres an hour, above 0."""

Rupiah = Annotated[
    int,
    PlainValidator(parse_rupiah),
    _text_schema(RUPIAH_PATTERN, "An amount in whole rupiah; may be negative.", "Rp 40000", "Rp 40.000", "Rp -5000"),
]
"""Whole rupiah."""

Price = Annotated[
    int,
    PlainValidator(parse_price),
    _text_schema(PRICE_PATTERN, "An amount in whole rupiah.", "Rp 40000", "Rp 40.000"),
]
"""Whole rupiah, 0 or more."""

Clock = Annotated[
    int,
    PlainValidator(parse_clock),
    _text_schema(
        r"(([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?|24:00(:00)?)", "A time of day.", "08:00", "08:00:30", "24:00"
    ),
]
"""Milliseconds from midnight, 0 to 24 h."""

Date = Annotated[
    datetime.date,
    PlainValidator(parse_date),
    _text_schema(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", "A date as year-month-day.", "2022-07-25"),
]
"""A calendar date."""

Probability = Annotated[
    float,
    PlainValidator(parse_probability),
    WithJsonSchema(
        {
            "anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "string", "pattern": _PERCENT_PATTERN}],
            "description": "A probability or share, 0 to 1 or a percentage.",
            "examples": [0.05, "5%"],
        }
    ),
]
"""0 to 1."""

Level = Annotated[
    float,
    PlainValidator(parse_level),
    WithJsonSchema(
        {
            "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": _PERCENT_PATTERN}],
            "description": "A factor of 0 or more, as a number or a percentage.",
            "examples": [0.85, "85%"],
        }
    ),
]
"""Finite, 0 or more."""

Growth = Annotated[
    float,
    PlainValidator(parse_growth),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": -1, "maximum": 1},
                {"type": "string", "pattern": f"^-?(?:{_PERCENT_PATTERN.removeprefix('^').removesuffix('$')})$"},
            ],
            "description": "Growth, as a number or a percentage.",
            "examples": [0.03, "3%", "-3%"],
        }
    ),
]
"""Finite, above -1, at most 1."""

Identifier = Annotated[
    str,
    PlainValidator(parse_identifier),
    _text_schema(r"[a-z][a-z0-9_]*", "A name of small letters, digits and _.", "ukk_oku"),
]
"""A name that is safe in tables and file names."""

Number = Annotated[float, Strict(), AllowInfNan(False)]
"""A finite number without a unit; a text or true is refused."""

YearOrMonth = Annotated[
    str,
    PlainValidator(parse_year_or_month),
    _text_schema(r"(19|20|21)[0-9]{2}(-(0[1-9]|1[0-2]))?", "A year or a month.", "2022", "2022-03"),
]
"""``2022`` or ``2022-03``."""
