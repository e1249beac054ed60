"""The values between two ends that may be tried, as a file would give them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sim.config.ranges import between
from sim.config.rejection import said
from sim.config.units import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, quantity
from sim.errors import ConfigError, Problem

MOST_STEPS = 1_000_000
FINE = 30
"""Steps from end to end, where none is given and the values are no whole numbers: at most so many, of a round size."""
UNEVEN = 32
"""The same where no round size leads from one end to the other."""
_DURATIONS = tuple(
    float(part * unit)
    for unit, parts in ((1, (1, 2, 5, 10, 20, 50, 100, 200, 500)), (SECOND_MS, (1, 2, 5, 10, 15, 30)),
                        (MINUTE_MS, (1, 2, 5, 10, 15, 30)), (HOUR_MS, (1, 2, 3, 6, 12)), (DAY_MS, (1, 2, 5, 10, 30)))
    for part in parts
)  # fmt: skip


@dataclass(frozen=True)
class Grid:
    """Equally spaced values from one end to another."""

    low: Any
    high: Any
    steps: int

    def __len__(self) -> int:
        return self.steps + 1

    def value(self, place: int) -> Any:
        """The value at a place from 0 on, as a file would give it."""
        if place in (0, self.steps):
            return self.low if place == 0 else self.high
        if _is_whole(self.low) and _is_whole(self.high):
            return self.low + place * ((self.high - self.low) // self.steps)
        value = between(self.low, self.high, place / self.steps, self.low)
        # A sum of tenths is written as a person would.
        return float(f"{value:.12g}") if isinstance(value, float) else value

    def place(self, value: Any) -> int | None:
        """Where a value stands; None where it does not."""
        sizes = [quantity(one) for one in (value, self.low, self.high)]
        if None in sizes or len({one[0] for one in sizes if one}) > 1:
            return None
        at, low, high = (one[1] for one in sizes if one)
        near = round((at - low) / (high - low) * self.steps)
        return near if 0 <= near <= self.steps and quantity(self.value(near)) == quantity(value) else None


def grid(low: Any, high: Any, step: str | None = None) -> Grid:
    """The values from one end to another; in whole steps of 1 where the ends are whole and no step is given.

    Raises:
        ConfigError: the ends are no amounts of one kind in ascending order, or the step does not lead from one to the
            other.
    """
    (kind, first), (other, last) = _amount("--from", low), _amount("--to", high)
    if kind != other:
        raise ConfigError(Problem(f"{high} is a {other}, and {low} a {kind}", path="--to"))
    if first >= last:
        raise ConfigError(Problem(f"{high} is not above {low}", path="--to", allowed="a value above that of --from"))
    if step is None:
        return Grid(low, high, round(last - first) if _is_whole(low) and _is_whole(high) else _fine(kind, last - first))
    size = _step(step, kind)
    steps = (last - first) / size
    if round(steps) < 1 or abs(steps - round(steps)) > 1e-9 * steps:
        what = f"steps of {step} do not lead from {low} to {high}"
        raise ConfigError(Problem(what, path="--step", allowed="a step that goes into the way a whole number of times"))
    if _is_whole(low) and _is_whole(high) and size != round(size):
        raise ConfigError(Problem(f"{step} is no whole number, as {low} is", path="--step"))
    if steps > MOST_STEPS:
        raise ConfigError(Problem(f"{steps:,.0f} steps are too many", path="--step", allowed=f"at most {MOST_STEPS:,}"))
    return Grid(low, high, round(steps))


def _amount(option: str, value: Any) -> tuple[str, float]:
    """What a value is an amount of, and how much."""
    found = quantity(value)
    if found is None:
        allowed = "a number, a duration, an amount of rupiah, a time of day, a date, a distance or a speed"
        raise ConfigError(Problem(f"{said(value)} is nothing to go through step by step", path=option, allowed=allowed))
    return found


def _fine(kind: str, way: float) -> int:
    """As many steps of a round size as there may be; UNEVEN where none leads from end to end."""
    sizes: Iterable[float] = (part * 10.0**power for power in range(-9, 15) for part in (1, 2, 5))
    if kind in ("duration", "time of day"):
        sizes = _DURATIONS if kind == "duration" else (size for size in _DURATIONS if size >= MINUTE_MS)
    elif kind in ("rupiah", "date"):
        sizes = (size for size in sizes if size >= 1)
    steps = (way / size for size in sizes)
    return next((round(n) for n in steps if 1 <= round(n) <= FINE and abs(n - round(n)) < 1e-9 * n), UNEVEN)


def _step(step: str, kind: str) -> float:
    """How far a step goes, in the unit of what it moves: a time of day and a date are moved by a duration."""
    written = {"time of day": "duration", "date": "duration"}.get(kind, kind)
    try:
        found = quantity(float(step))
    except ValueError:
        found = quantity(step)
    if found is None or found[0] != written or found[1] <= 0:
        raise ConfigError(Problem(f"{step!r} is no step", path="--step", allowed=f"a {written} above 0"))
    return found[1] / (DAY_MS if kind == "date" else 1)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
