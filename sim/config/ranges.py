"""How far a value may be from the truth: between two ends, or by a handle that moves all of a map or list together.

A range is one number that goes from low to high, whatever it does to the value: so an analysis can move a quota, a
window or a distribution of days as it moves a speed. The handles are

``factor``
    every number times the factor; whole numbers are rounded, and stay at least 1 where they were.
``mean``
    shares by number, tilted exponentially until their mean is this: of all distributions with that mean the one nearest
    to the value (least Kullback-Leibler divergence).
``contrast``
    weights to the power of the contrast, their sum kept: 0.5 is flatter, 1 as it stands, 2 steeper.
``end``
    the end (``to``) of a window, or of every window, moves by this duration.

With a handle the value itself lies on the way from low to high; between two ends of a map it need not.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sim.config.rejection import rejection, said
from sim.config.units import (
    MINUTE_MS,
    duration_ms,
    format_clock,
    format_distance,
    format_duration,
    format_rupiah,
    format_speed,
    parse_clock,
    quantity,
)

ENDS = ""
"""The handle of a range whose ends are values themselves."""
STANDS = 1e-9
"""A handle this near to where the value stands leaves it as it is."""


@dataclass(frozen=True)
class Range:
    """The lowest and highest that a value, or what its handle does to it, may plausibly be."""

    low: Any
    high: Any
    handle: str = ENDS

    def at(self, share: float, value: Any) -> Any:
        """The value at a share of the way, 0 to 1, as a file would give it.

        Args:
            share: 0 to 1.
            value: as it stands.
        """
        if self.handle == ENDS:
            return between(self.low, self.high, share, value)
        low, high = self.bounds
        return HANDLES[self.handle].moved(value, low + share * (high - low))

    def realised(self, share: float, value: Any) -> float:
        """The share of the way at which the value lies that a share is rounded to: another one for whole numbers."""
        ends = self.low, self.high
        if self.handle != ENDS or self.low == self.high or not all(_whole(part) for part in (value, *ends)):
            return share
        return float((self.at(share, value) - self.low) / (self.high - self.low))

    def told(self, share: float, value: Any) -> str:
        """The value at a share of the way in a few words; of a handle what it is, as ``factor 0.7``."""
        if self.handle == ENDS:
            return str(self.at(share, value))
        low, high = self.bounds
        at = low + share * (high - low)
        return f"{self.handle} {format_duration(round(at)) if self.handle == 'end' else f'{at:.4g}'}"

    @property
    def bounds(self) -> tuple[float, float]:
        """The ends of a handle as numbers: milliseconds for ``end``."""
        read = HANDLES[self.handle].read
        return read(self.low), read(self.high)

    @property
    def written(self) -> Any:
        """The range as a file gives it."""
        ends = [self.low, self.high]
        return ends if self.handle == ENDS else {self.handle: ends}


def between(low: Any, high: Any, share: float, like: Any) -> Any:
    """Return the value at a share of the way from one end of a range to the other, as a file would give it.

    Maps and lists go part by part; a part that one end lacks counts as 0 there. Whole numbers stay whole: each of those
    from end to end has an equal part of the way.

    Args:
        low: One end, as written.
        high: The other.
        share: 0 to 1.
        like: The value whose range it is, which tells whole numbers from others.
    """
    if isinstance(low, dict) and isinstance(high, dict):
        parts = like if isinstance(like, dict) else {}
        return {
            key: between(low.get(key, 0), high.get(key, 0), share, parts.get(key, low.get(key, 0)))
            for key in dict.fromkeys([*low, *high])
        }
    if isinstance(low, list) and isinstance(high, list) and len(low) == len(high):
        alike = like if isinstance(like, list) and len(like) == len(low) else low
        return [between(a, b, share, part) for a, b, part in zip(low, high, alike, strict=True)]
    first, last = quantity(low), quantity(high)
    if first is None or last is None or first[0] != last[0]:
        return low if share < 0.5 else high
    if all(_whole(value) for value in (low, high, like)):
        steps = abs(high - low)
        step = min(math.floor(share * (steps + 1)), steps)
        return low + step if high >= low else low - step
    at = first[1] + share * (last[1] - first[1])
    return at if first[0] == "number" else _written(first[0], at)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _written(kind: str, at: float) -> str:
    if kind == "duration":
        return format_duration(round(at))
    if kind == "distance":
        return format_distance(at)
    if kind == "speed":
        return format_speed(at)
    if kind == "rupiah":
        return format_rupiah(at)
    if kind == "time of day":
        return format_clock(round(at / 1000.0) * 1000)
    return dt.date.fromordinal(round(at)).isoformat()


@dataclass(frozen=True)
class Handle:
    """One number that moves a value."""

    moved: Callable[[Any, float], Any]
    """The value with the handle at a number; a ``ValueError`` where it does not suit the value."""
    stands: Callable[[Any], float]
    """Where the handle is with the value as it stands; a ``ValueError`` where it does not suit it."""
    read: Callable[[object], float]
    """The number of what a file gives."""


def _plain_number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise rejection(f"{said(value)} is not a plain number", allowed="two numbers, such as [0.7, 1.4]")
    return float(value)


def _positive(value: object) -> float:
    number = _plain_number(value)
    if number <= 0:
        raise rejection(f"{said(value)} is not above 0", allowed="two numbers above 0, such as [0.7, 1.4]")
    return number


def _factored(value: Any, factor: float) -> Any:
    if isinstance(value, dict):
        return {key: _factored(part, factor) for key, part in value.items()}
    if isinstance(value, list):
        return [_factored(part, factor) for part in value]
    if _whole(value):
        return max(math.floor(value * factor + 0.5), min(value, 1))
    if isinstance(value, bool) or not isinstance(value, float):
        raise rejection(f"a factor does not suit {said(value)}", allowed="a number, or a map or list of numbers")
    return value * factor


def _shares(value: Any) -> list[tuple[float, float]]:
    """Numbers and their shares."""
    if isinstance(value, dict) and value:
        try:
            return [(float(key), _plain_number(share)) for key, share in value.items()]
        except ValueError:
            pass
    raise rejection(f"a mean does not suit {said(value)}", allowed="shares by number, such as {1: 0.3, 2: 0.7}")


def _mean(value: Any) -> float:
    shares = _shares(value)
    return sum(number * share for number, share in shares) / sum(share for _, share in shares)


def _tilted(value: Any, mean: float) -> Any:
    """Shares proportional to ``share * exp(tilt * number)``, the tilt such that their mean is as given."""
    from scipy.optimize import brentq

    shares = _shares(value)
    if abs(mean - _mean(value)) <= STANDS:
        return value
    lowest, highest = min(n for n, share in shares if share), max(n for n, share in shares if share)
    if not lowest < mean < highest:
        raise rejection(f"no shares of {lowest:g} to {highest:g} have the mean {mean:g}", allowed="a mean between them")

    def weights(tilt: float) -> list[float]:
        exponents = [tilt * number for number, _ in shares]
        most = max(exponents)
        parts = [share * math.exp(e - most) for (_, share), e in zip(shares, exponents, strict=True)]
        return [part / sum(parts) for part in parts]

    def off(tilt: float) -> float:
        return sum(number * part for (number, _), part in zip(shares, weights(tilt), strict=True)) - mean

    furthest = 1.0
    while off(-furthest) > 0 or off(furthest) < 0:
        furthest *= 2.0
    return dict(zip(value, weights(float(brentq(off, -furthest, furthest, xtol=1e-13))), strict=True))


def _contrasted(value: Any, power: float) -> Any:
    parts = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(parts, list) or not parts:
        raise rejection(f"a contrast does not suit {said(value)}", allowed="a map or list of weights")
    weights = [_plain_number(part) for part in parts]
    if min(weights) < 0 or not sum(weights):
        raise rejection("a contrast does not suit these weights", allowed="weights of 0 or more, not all of them 0")
    if abs(power - 1) <= STANDS:
        return value
    powered = [weight**power if weight else 0.0 for weight in weights]
    scaled = [part * sum(weights) / sum(powered) for part in powered]
    return dict(zip(value, scaled, strict=True)) if isinstance(value, dict) else scaled


def _ended(value: Any, by_ms: float) -> Any:
    if isinstance(value, dict) and "to" in value:
        try:
            at = parse_clock(value["to"]) + round(by_ms / MINUTE_MS) * MINUTE_MS
        except ValueError:
            raise rejection(f"an end does not suit {said(value)}", allowed="a window {from: ..., to: ...}") from None
        return {**value, "to": format_clock(at)}
    if isinstance(value, dict) and value:
        return {key: part if part is None else _ended(part, by_ms) for key, part in value.items()}
    raise rejection(f"an end does not suit {said(value)}", allowed="a window {from: ..., to: ...}, or a map of windows")


def _suits(moved: Callable[[Any, float], Any], stands: float) -> Callable[[Any], float]:
    """Where a handle stands that is the same for every value that it suits."""

    def at(value: Any) -> float:
        moved(value, stands)
        return stands

    return at


HANDLES = {
    "factor": Handle(_factored, _suits(_factored, 1.0), _positive),
    "mean": Handle(_tilted, _mean, _plain_number),
    "contrast": Handle(_contrasted, _suits(_contrasted, 1.0), _positive),
    "end": Handle(_ended, _suits(_ended, 0.0), duration_ms),
}
"""By the name that a file gives under ``range``."""
