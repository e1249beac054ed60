"""What of configurations that are tried can be run and is hardly meant, as ``check`` warns of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sim.errors import InputError, Problem, told
from sim.preparing.plans import check_scenarios
from sim.preparing.warned import doubts

if TYPE_CHECKING:
    from sim.config.loader import Loaded
    from sim.config.schema import Scenario
    from sim.report.messages import Messages

Kinds = frozenset[tuple[str, ...]]
"""Of problems, see :attr:`sim.errors.Problem.kind`."""
MOST_KINDS = 5
"""Kinds of warnings that are told of what is tried."""


def warned(scenario: Loaded[Scenario], warn: Callable[[str], None]) -> Kinds:
    """Warn of what is doubtful of the scenario as it stands; the kinds of these doubts."""
    found = doubts_of(scenario)
    for text in told(found):
        warn(text)
    return frozenset(one.kind for one in found)


def doubts_of(scenario: Loaded[Scenario], usual: Kinds = frozenset()) -> list[Problem]:
    """What is doubtful of a configuration and not of a ``usual`` kind.

    Nothing of one that is refused, which is told where it is tried.
    """
    try:
        made = check_scenarios({scenario.model.name: scenario})[scenario.model.name]
    except InputError:
        return []
    return [one for one in doubts(scenario, made) if one.kind not in usual]


def doubted(
    found: Mapping[int, Sequence[Problem]], name: Callable[[list[int]], str], messages: Messages
) -> Iterator[str]:
    """A line for each kind of warning, with the places that it is of, and the words of the first.

    Args:
        found: by place.
        name: what some places are called.
        messages: of the language; what is doubted is told in English.
    """
    kinds: dict[tuple[str, ...], tuple[Problem, list[int]]] = {}
    for place, problems in found.items():
        for problem in problems:
            _, places = kinds.setdefault(problem.kind, (problem, []))
            if place not in places:
                places.append(place)
    for problem, places in list(kinds.values())[:MOST_KINDS]:
        yield messages.text("tried.warning", names=name(places), what=f"{problem.path}: {problem.what}")
    if len(kinds) > MOST_KINDS:
        yield messages.text("tried.warnings_more", number=messages.number(len(kinds) - MOST_KINDS, 0))
