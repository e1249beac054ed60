"""The stages of the way from the need to the passport in hand, which together are all of its days."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.plan import Floats

MILESTONES = ("days_to_visit", "days_to_interviewed", "days_to_ready", "days_to_passport")
"""Columns of outcomes, each in days from the need, in the order in which they are reached."""

STAGES = ("days_before_visit", "days_of_visits", "days_of_issue", "days_before_handover")
"""From one milestone to the next: until the first appointment kept, with its search, its booking and the wait for it;
until the last interview has ended; printing and sending; until the passport is in hand, fetched, brought or delivered.
"""


def stages(outcomes: Any) -> Iterator[tuple[str, Floats]]:
    """Name and days of each stage, one value an applicant; NaN for those who were not served.

    Args:
        outcomes: has the columns of MILESTONES.
    """
    reached: Floats = np.zeros(1)
    for stage, milestone in zip(STAGES, MILESTONES, strict=True):
        days: Floats = getattr(outcomes, milestone)
        yield stage, days - reached
        reached = days
