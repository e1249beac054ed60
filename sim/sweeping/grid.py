"""The values between two ends that may be tried, as a file would give them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sim.config.rejection import said
from sim.config.units import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    SECOND_MS,
    format_clock,
    format_distance,
    format_speed,
    quantity,
)
from sim.errors import ConfigError, Problem

MOST_STEPS = 1_000_000
FINE = 30
"""Steps from end to end, where none is given and the values are no whole numbers: at most so many, of a round size."""
FINER = 1000
"""The same where only a finer round size leads from one end to the other."""
UNEVEN = 32
"""Steps where none does."""
_UNITS = {"duration": 1.0, "rupiah": 1.0, "time of day": float(SECOND_MS), "date": 1.0}
"""What values of a kind are whole multiples of; whole numbers are of 1, and others of nothing."""
_STEPS = {"time of day": ("duration", "10 min"), "date": ("duration", "7 days"), "duration": ("duration", "5 min")}
_STEPS |= {"rupiah": ("rupiah", "Rp 1000"), "distance": ("distance", "5 km"), "speed": ("speed", "5 km/h")}
"""By the kind of the values what a step is written as, and an example."""
_IN_TIME = tuple(
    float(part * unit)
    for unit, parts in ((1, (1, 2, 5, 10, 20, 50, 100, 200, 500)), (SECOND_MS, (1, 2, 5, 10, 15, 30)),
                        (MINUTE_MS, (1, 2, 5, 10, 15, 30)), (HOUR_MS, (1, 2, 3, 6, 12)),
                        (DAY_MS, (1, 2, 5, 7, 10, 14, 30)))
    for part in parts
)  # fmt: skip


@dataclass(frozen=True)
class Grid:
    """Equally spaced values from one end to another, as equally as whole units allow."""

    kind: str
    """What the values measure, see :func:`sim.config.units.quantity`."""
    low: float
    """In the unit in which quantities of the kind are compared: milliseconds, rupiah, days of dates."""
    high: float
    steps: int
    whole: bool = False
    """Of numbers: whether they are whole."""
    percent: bool = False
    """Of numbers: whether they are written as percentages."""

    def __len__(self) -> int:
        return self.steps + 1

    def amount(self, place: int) -> float:
        """The value at a place from 0 on, as a number."""
        at, unit = self.low + (self.high - self.low) * place / self.steps, unit_of(self.kind, self.whole)
        # A sum of tenths is written as a person would.
        return round(at / unit) * unit if unit else float(f"{at:.12g}")

    def value(self, place: int) -> Any:
        """The value at a place from 0 on, as a file would give it."""
        return self.written(self.amount(place))

    def written(self, at: float) -> Any:
        """A number as a file would give it, as all values are."""
        if self.kind != "number":
            return _written(self.kind, at)
        if self.percent:
            return f"{100 * at:.10g}%"
        return round(at) if self.whole and at == round(at) else at

    def place(self, value: Any) -> int | None:
        """Where a value stands; None where it does not."""
        size = quantity(value)
        if size is None or size[0] != self.kind:
            return None
        near = round((size[1] - self.low) / (self.high - self.low) * self.steps)
        return near if 0 <= near <= self.steps and abs(self.amount(near) - size[1]) <= 1e-9 * abs(size[1]) else None


def _written(kind: str, at: float) -> str:
    if kind == "duration":
        return _in_units(round(at))
    if kind == "rupiah":
        return f"Rp {round(at)}"
    if kind == "time of day":
        return format_clock(round(at))
    if kind == "date":
        return dt.date.fromordinal(round(at)).isoformat()
    return format_distance(at) if kind == "distance" else format_speed(at)


def _in_units(duration_ms: int) -> str:
    """A duration in as many units as it takes, the largest first: 8 min 15 s."""
    parts, left = [], abs(duration_ms)
    for name, unit in (("days", DAY_MS), ("h", HOUR_MS), ("min", MINUTE_MS), ("s", SECOND_MS), ("ms", 1)):
        number, left = divmod(left, unit)
        if number:
            parts.append(f"{number} {'day' if (name, number) == ('days', 1) else name}")
    return ("-" if duration_ms < 0 else "") + " ".join(parts or ["0 s"])


def unit_of(kind: str, whole: bool) -> float:
    """What values are whole multiples of; 0 where of nothing."""
    return 1.0 if whole else _UNITS.get(kind, 0.0)


def grid(low: Any, high: Any, step: str | None = None, fractional: bool = False) -> Grid:
    """The values from one end to another; in steps of 1 where they are whole numbers and no step is given.

    Args:
        low: as in a file, as is the next.
        high: above it.
        step: as a person writes it.
        fractional: whether the setting is no whole number, even where both ends are.

    Raises:
        ConfigError: the ends are no amounts of one kind in ascending order, or the step does not lead from one to the
            other.
    """
    (kind, first), (other, last) = _amount("--from", low), _amount("--to", high)
    if kind != other:
        raise ConfigError(Problem(f"{high} is a {other}, and {low} a {kind}", path="--to"))
    if first >= last:
        raise ConfigError(Problem(f"{high} is not above {low}", path="--to", allowed="a value above that of --from"))
    whole = kind == "number" and all(isinstance(end, int) for end in (low, high)) and not fractional
    percent = kind == "number" and all(isinstance(end, str) for end in (low, high))
    unit = unit_of(kind, whole)
    if step is None:
        return Grid(
            kind, first, last, round(last - first) if whole else _fine(kind, last - first, unit), whole, percent
        )
    size = _step(step, kind)
    if unit and abs(size / unit - round(size / unit)) > 1e-9:
        finest = {"time of day": "whole seconds", "date": "whole days", "duration": "whole milliseconds"}
        allowed = finest.get(kind, "whole rupiah" if kind == "rupiah" else "whole numbers, as those of --from and --to")
        raise ConfigError(Problem(f"{step} is too fine a step", path="--step", allowed=allowed))
    steps = (last - first) / size
    if round(steps) < 1 or abs(steps - round(steps)) > 1e-9 * steps:
        what = f"steps of {step} do not lead from {low} to {high}"
        raise ConfigError(Problem(what, path="--step", allowed="a step that goes into the way a whole number of times"))
    if steps > MOST_STEPS:
        raise ConfigError(Problem(f"{steps:,.0f} steps are too many", path="--step", allowed=f"at most {MOST_STEPS:,}"))
    return Grid(kind, first, last, round(steps), whole, percent)


def _amount(option: str, value: Any) -> tuple[str, float]:
    """What a value is an amount of, and how much."""
    found = quantity(value)
    if found is None:
        allowed = "a number, a duration, an amount of rupiah, a time of day, a date, a distance or a speed"
        raise ConfigError(Problem(f"{said(value)} is nothing to go through step by step", path=option, allowed=allowed))
    return found


def _fine(kind: str, way: float, unit: float) -> int:
    """As many steps of a round size as there may be, or somewhat more; where none leads from end to end some others."""
    sizes: Iterable[float] = (part * 10.0**power for power in range(-9, 15) for part in (1, 2, 5))
    if kind in ("duration", "time of day"):
        sizes = _IN_TIME
    elif kind == "date":
        sizes = (size / DAY_MS for size in _IN_TIME)
    steps = [way / size for size in sizes if size >= unit]
    even = [round(n) for n in steps if 1 <= round(n) <= FINER and abs(n - round(n)) < 1e-9 * n]
    few = [n for n in even if n <= FINE]
    return max(few) if few else min(even, default=min(UNEVEN, round(way / unit)) if unit else UNEVEN)


def _step(step: str, kind: str) -> float:
    """How far a step goes, in the unit of what it moves: a time of day and a date are moved by a duration."""
    written, example = _STEPS.get(kind, ("number", "5"))
    try:
        found = quantity(float(step))
    except ValueError:
        found = quantity(step)
    if found is None or found[0] != written or found[1] <= 0:
        allowed = f"an amount above 0, such as {example}"
        raise ConfigError(Problem(f"{step!r} is no step of a {kind}", path="--step", allowed=allowed))
    return found[1] / (DAY_MS if kind == "date" else 1)
