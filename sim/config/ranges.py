"""Values between the ends of a range, written as people write them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sim.config.units import (
    format_clock,
    format_distance,
    format_duration,
    format_rupiah,
    format_speed,
    quantity,
)


def between(low: Any, high: Any, share: float, like: Any) -> Any:
    """Return the value at a share of the way from one end of a range to the other, as a file would give it.

    Maps and lists go part by part; a part that one end lacks counts as 0 there. Whole numbers stay whole.

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
    at = first[1] + share * (last[1] - first[1])
    if first[0] == "number":
        whole = all(isinstance(value, int) for value in (low, high, like))
        return round(at) if whole else at
    return _written(first[0], at)


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
