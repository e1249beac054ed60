"""How what is tried is told on the terminal."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Literal

from sim.report.written import FINEST, digits_needed, ends_of, formatter
from sim.stats.intervals import ENOUGH_TO_AGREE
from sim.trying.states import EXPLAINED, State, key_of

if TYPE_CHECKING:
    import pandas as pd

    from sim.report.messages import Messages
    from sim.trying.asked import Asked

NOT_TOLD, AGREE = "-", " (=)"
MOST_REASONS = 3
"""Reasons of refusals that are told."""
FINER = 1
"""Digits more than usual that a number may take for the ends of its interval to differ."""


def told_number(asked: Asked, row: pd.Series, chance: bool, messages: Messages) -> str:
    """An estimate with its interval.

    Args:
        asked: what it is.
        row: of it, as in summary.csv.
        chance: whether it hangs on chance: where all replications are the same that is marked.
        messages: of the language.
    """
    estimate, low, high = (float(row[name]) for name in ("estimate", "ci_low", "ci_high"))
    if math.isnan(estimate):
        return NOT_TOLD
    written = partial(formatter, asked.quantity.measure, asked.quantity.statistic, messages)
    if low == high:
        return f"{written(_digits(written, estimate))(estimate)}{AGREE if chance else ''}"
    finer = max(min(digits_needed(written, estimate, low, high) or 0, FINER), _digits(written, estimate))
    return f"{written(finer)(estimate)} ({ends_of(messages, written(finer)(low), written(finer)(high))})"


def _digits(written: Callable[[int], Callable[[float], str]], number: float) -> int:
    """Digits more than usual that a number needs not to be written as zero where it is none."""
    zeros = (finer for finer in range(FINEST) if number == 0.0 or written(finer)(number) != written(finer)(0.0))
    return next(zeros, FINEST)


def refusals(refused: Mapping[int, str], name: Callable[[int], str], messages: Messages) -> Iterator[str]:
    """What the configuration refuses and why, a line for each reason as far as they are few.

    Args:
        refused: reasons by place.
        name: what a place is called.
        messages: of the language.
    """
    places_by_reason: dict[str, list[int]] = {}
    for place, why in refused.items():
        places_by_reason.setdefault(why, []).append(place)
    for why, places in list(places_by_reason.items())[:MOST_REASONS]:
        yield messages.text("tried.refused", names=", ".join(name(place) for place in sorted(places)), why=why)
    left = len(places_by_reason) - MOST_REASONS
    if left > 0:
        yield messages.text("tried.refused_more", number=messages.number(left, 0))


def agreement(messages: Messages) -> str:
    """What AGREE stands for."""
    return messages.text("tried.agree", mark=AGREE.strip())


def explained(seen: Collection[State], messages: Messages) -> Iterator[str]:
    """What states mean that are not plain."""
    return (messages.text(f"tried.{key_of(state)}") for state in EXPLAINED if state in seen)


def state_told(state: State, messages: Messages) -> str:
    """A state in the language."""
    return messages.text(f"tried.state.{key_of(state)}")


def replications_told(
    done: tuple[int, int], asked: int, seed: int, of: Literal["alternative", "value"], messages: Messages
) -> Iterator[str]:
    """How many replications there are, and that they are few.

    Args:
        done: the fewest and the most.
        asked: how many were asked for.
        seed: of all random numbers.
        of: what they are of.
        messages: of the language.
    """
    fewest, most = (messages.number(number, 0) for number in done)
    asked_for = messages.text("tried.asked", number=messages.number(asked, 0)) if done[0] < asked else ""
    number = most if fewest == most else messages.text("tried.from_to", fewest=fewest, most=most)
    yield messages.text(f"tried.{of}", number=number, asked=asked_for, seed=seed)
    if done[0] < ENOUGH_TO_AGREE:
        yield messages.text("tried.few", number=messages.number(ENOUGH_TO_AGREE, 0))
