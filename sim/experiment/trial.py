"""Measures of a project's own, tried on one replication, so that what is wrong with them shows before the work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.errors import DataError, Problem
from sim.experiment.cells import play
from sim.measures.all import measure
from sim.measures.own import FUNCTION, OwnMeasure, OwnMeasureError
from sim.measures.soundness import unknown_everywhere
from sim.plan import Plan

NOBODY = (
    "a number for some unit: most outcomes are NaN for those they do not apply to, so take the mean over those who are "
    "`counted` and `served`; where there may be nobody in any scenario, add no row"
)
BY_CHANCE = "the same numbers whenever it is called: what is random comes from `draws`, or from a generator with a seed"


def try_measures(
    own: Sequence[OwnMeasure], plans: Iterable[Plan], seed: int, travel_minutes: Sequence[int], engine: str
) -> None:
    """Measure the first replication of a scenario; of more of them only while a measure has found nobody or no row.

    Args:
        own: the measures.
        plans: of the scenarios; taken as they are needed.
        seed: of the experiment.
        travel_minutes: of the experiment.
        engine: the engine that simulates.

    Raises:
        DataError: all that is wrong with what the first scenario gives that they fail on, with file, line and measure.
    """
    pending: dict[OwnMeasure, set[tuple[str, str, str]]] = {}
    silent = set(own)
    for number, plan in enumerate(plans):
        draws, journeys = play(plan, seed, 0, engine)
        rows, outcomes = measure(plan, draws, journeys, travel_minutes)
        problems: list[Problem] = []
        for one in own:
            try:
                taken = one.add_to(rows, plan, draws, journeys, outcomes)
                name = taken.differing(one.taken(plan, draws, journeys, outcomes)) if number == 0 else None
            except OwnMeasureError as error:
                problems.extend(error.problems)
                continue
            if name is not None:
                what = "gives other numbers when it is called again on the same replication"
                problems.append(Problem(what, one.file, one.line_of(name), name, allowed=BY_CHANCE))
            unknown = unknown_everywhere(taken)
            pending[one] = unknown if number == 0 else pending[one] & unknown
            silent -= {one} if len(taken) else set()
        if problems:
            raise DataError(problems)
        if not silent and not any(pending.values()):
            return
    if silent:
        what, allowed = "adds no row in any scenario", "rows made by add or add_groups"
        raise DataError(Problem(what, one.file, one.line_of(FUNCTION), FUNCTION, allowed=allowed) for one in silent)
    if pending:
        raise DataError(
            Problem(f"the {statistic} is NaN for every {level}", one.file, one.line_of(name), name, allowed=NOBODY)
            for one, unknown in pending.items()
            for name, level, statistic in sorted(unknown)
        )
