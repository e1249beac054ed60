"""How the numbers of what is tried are written on the terminal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from sim.report.messages import Messages
from sim.report.written import FINEST, digits_needed, ends_of, formatter
from sim.stats.intervals import ENOUGH_TO_AGREE

if TYPE_CHECKING:
    import pandas as pd

    from sim.trying.asked import Asked

NOT_TOLD, AGREE = "-", " (=)"
MOST_REASONS = 3
"""Reasons of refusals that are told."""
FINER = 1
"""Digits more than usual that a number may take for the ends of its interval to differ."""


def told_number(asked: Asked, row: pd.Series, chance: bool, messages: Messages | None = None) -> str:
    """An estimate with its interval.

    Args:
        asked: what it is.
        row: of it, as in summary.csv.
        chance: whether it hangs on chance: where all replications are the same that is marked.
        messages: of the language; English when absent, as on the terminal.
    """
    estimate, low, high = (float(row[name]) for name in ("estimate", "ci_low", "ci_high"))
    if math.isnan(estimate):
        return NOT_TOLD
    messages = messages or Messages("en")
    written = partial(formatter, asked.quantity.measure, asked.quantity.statistic, messages)
    if low == high:
        return f"{written(_digits(written, estimate))(estimate)}{AGREE if chance else ''}"
    finer = max(min(digits_needed(written, estimate, low, high) or 0, FINER), _digits(written, estimate))
    return f"{written(finer)(estimate)} ({ends_of(messages, written(finer)(low), written(finer)(high))})"


def _digits(written: Callable[[int], Callable[[float], str]], number: float) -> int:
    """Digits more than usual that a number needs not to be written as zero where it is none."""
    zeros = (finer for finer in range(FINEST) if number == 0.0 or written(finer)(number) != written(finer)(0.0))
    return next(zeros, FINEST)


def refusals(refused: Mapping[int, str], name: Callable[[int], str]) -> Iterator[str]:
    """What the configuration refuses and why, a line for each reason as far as they are few.

    Args:
        refused: reasons by place.
        name: what a place is called.
    """
    places_by_reason: dict[str, list[int]] = {}
    for place, why in refused.items():
        places_by_reason.setdefault(why, []).append(place)
    for why, places in list(places_by_reason.items())[:MOST_REASONS]:
        yield f"refused: {', '.join(name(place) for place in sorted(places))}: {why}"
    if len(places_by_reason) > MOST_REASONS:
        yield f"refused: {len(places_by_reason) - MOST_REASONS} more, for reasons of their own"


def replications_told(done: tuple[int, int], asked: int, seed: int, of: str) -> Iterator[str]:
    """How many replications there are, and that they are few.

    Args:
        done: the fewest and the most.
        asked: how many were asked for.
        seed: of all random numbers.
        of: what they are of.
    """
    fewest, most = done
    asked_for = f" ({asked} were asked for; it was interrupted)" if fewest < asked else ""
    number = f"{fewest} to {most}" if fewest < most else f"{most}"
    yield f"{number} replications of each {of}{asked_for}, with the same random numbers (seed {seed})"
    if fewest < ENOUGH_TO_AGREE:
        yield f"warning: with fewer than {ENOUGH_TO_AGREE} replications intervals are wide, and little may be clear"
