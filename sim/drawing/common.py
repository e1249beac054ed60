"""What of a plan the fates of people hang on, wherever they go: the same in scenarios that differ in sites alone."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.plan import Behaviour, Floats, Ints, Plan, Segment

EPOCH = dt.date(1970, 1, 1)
_NO_AREA, _NO_CONSTANT = np.zeros((0, 0), dtype=bool), np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Common:
    """All that people are drawn from, so that nothing they are drawn from can be left out of a comparison of plans."""

    origin: dt.date
    n_days: int
    districts: tuple[str, ...]
    segments: tuple[Segment, ...]
    day_cv: float
    hour_weights: Floats
    working_days: Ints
    prepare_days: Mapping[int, float]
    behaviour: Behaviour
    """Without what it says of sites."""

    @classmethod
    def of(cls, plan: Plan) -> Common:
        """Those of a plan."""
        return cls(
            plan.origin,
            plan.n_days,
            plan.districts.code,
            plan.segments,
            plan.day_cv,
            plan.hour_weights,
            plan.working_days,
            plan.prepare_days,
            dataclasses.replace(plan.behaviour, working_area=_NO_AREA, site_constant=_NO_CONSTANT),
        )

    @property
    def dates(self) -> Ints:
        """[days]: days since 1970-01-01."""
        return dates(self.origin, self.n_days)


def dates(origin: dt.date, n_days: int) -> Ints:
    """[days]: days since 1970-01-01 of the days of a plan."""
    days: Ints = (origin - EPOCH).days + np.arange(n_days)
    return days


def same(a: Any, b: Any) -> bool:
    """Whether two values hold the same, arrays and all."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b)
    if dataclasses.is_dataclass(a):
        return all(same(getattr(a, field.name), getattr(b, field.name)) for field in dataclasses.fields(a))
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    equal: bool = a == b
    return equal
