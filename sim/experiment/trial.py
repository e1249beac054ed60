"""Measures of a project's own, tried on one replication, so that what is wrong with them shows before the work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.errors import DataError, Problem
from sim.experiment.cells import play
from sim.measures.all import measure
from sim.measures.own import OwnMeasure, OwnMeasureError
from sim.measures.soundness import unknown_everywhere
from sim.plan import Plan

NOBODY = (
    "a number for some unit: most outcomes are NaN for those they do not apply to, so take the mean over those who are "
    "`counted` and `served`; where there may be nobody in any scenario, add no row"
)


def try_measures(
    own: Sequence[OwnMeasure], plans: Iterable[Plan], seed: int, travel_minutes: Sequence[int], engine: str
) -> None:
    """Measure the first replication of a scenario; of more of them only while a measure has found nobody.

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
    for number, plan in enumerate(plans):
        draws, journeys = play(plan, seed, 0, engine)
        rows, outcomes = measure(plan, draws, journeys, travel_minutes)
        problems: list[Problem] = []
        for one in own:
            try:
                unknown = unknown_everywhere(one.add_to(rows, plan, draws, journeys, outcomes))
            except OwnMeasureError as error:
                problems.extend(error.problems)
                continue
            pending[one] = unknown if number == 0 else pending[one] & unknown
        if problems:
            raise DataError(problems)
        if not any(pending.values()):
            return
    if pending:
        raise DataError(
            Problem(f"the {statistic} is NaN for every {level}", one.file, one.line_of(name), name, allowed=NOBODY)
            for one, unknown in pending.items()
            for name, level, statistic in sorted(unknown)
        )
