"""Running a sweep: from a scenario's file to what was found at each value that was tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.build import build_plan
from sim.config.inheritance import FileCache
from sim.config.key_paths import parse_path
from sim.config.loader import load_scenario, require_scenario
from sim.config.nodes import COMMAND_LINE
from sim.config.schema import TRAVEL_MINUTES
from sim.errors import ConfigError
from sim.experiment.compiling import compile_once
from sim.experiment.crews import Standby
from sim.experiment.inputs import Variations
from sim.experiment.interrupts import termination_as_interrupt
from sim.experiment.quantities import measured_of
from sim.experiment.workers import local_crew
from sim.sweeping.asked import Asked, read_asked
from sim.sweeping.grid import Grid, grid
from sim.sweeping.search import FIRST, State, between, spread
from sim.sweeping.trials import AS_IT_STANDS, Results, Trials, keys_of, try_values

if TYPE_CHECKING:
    import pandas as pd

    from sim.config.loader import Loaded
    from sim.config.schema import Scenario
    from sim.plan import Plan

CONFIDENCE = 0.95
NOT_SET = object()


@dataclass(frozen=True)
class Swept:
    """What a sweep found."""

    title: Mapping[Any, str]
    """Of the scenario, by language."""
    names: Mapping[str, str]
    """Of its sites, by id."""
    path: str
    grid: Grid
    stands: Any
    """The value as the scenario has it; NOT_SET where it has none."""
    asked: tuple[Asked, ...]
    estimates: Mapping[int, pd.DataFrame]
    """By place in the grid, AS_IT_STANDS for the value that the scenario has: one row for each number that is told."""
    refused: Mapping[int, str]
    """Why the configuration refuses the value at a place."""
    replications: int
    seed: int
    tried_at_most: int
    interrupted: bool

    @property
    def places(self) -> list[int]:
        """Those that were tried, in order; that of the value as it stands only where it is none of the grid."""
        return sorted({*self.estimates, *self.refused})

    def value(self, place: int) -> Any:
        """The value at a place."""
        return self.stands if place == AS_IT_STANDS else self.grid.value(place)

    def is_as_it_stands(self, place: int) -> bool:
        """Whether the scenario has the value at a place."""
        return place == AS_IT_STANDS or (self.stands is not NOT_SET and self.grid.place(self.stands) == place)

    @property
    def states(self) -> dict[int, tuple[State, ...]]:
        """Whether each value of the grid that was tried keeps each limit, in the order of ``limits``."""
        return states_of(self.limits, self.estimates, self.refused)

    @property
    def nothing_differs(self) -> bool:
        """Whether all numbers are the same at all values, several of them."""
        told = [rows[["estimate", "ci_low", "ci_high"]] for rows in self.estimates.values()]
        return len(told) > 1 and all(told[0].equals(other) for other in told[1:])

    @property
    def limits(self) -> dict[int, Asked]:
        """What is told and has a limit, by its place."""
        return _limits(self.asked)


def sweep(
    file: Path,
    path: str,
    ends: tuple[str, str],
    measures: Sequence[str],
    *,
    step: str | None = None,
    overrides: Sequence[str] = (),
    tries: int,
    replications: int,
    seed: int,
    engine: str,
    workers: int,
    tell: Callable[[str], None] = lambda text: None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Swept:
    """Try values of a setting of a scenario between two ends.

    Without a limit they are spread evenly. With limits a few are, and then those are tried that lie between neighbours
    of which one keeps the limits and the other does not, until it is known at which step that changes.

    Args:
        file: the scenario's file.
        path: of the setting, as after ``--set``.
        ends: the lowest and the highest value, as in a file.
        measures: what is told of each value, see :mod:`sim.sweeping.asked`.
        step: between values, as in a file; 1 between whole numbers and a part of the way when absent.
        overrides: ``PATH=VALUE`` each.
        tries: values tried at most, beside the one that the scenario has.
        replications: of each value, two at least.
        seed: of all random numbers.
        engine: the engine that simulates.
        workers: processes.
        tell: given a line for the person who waits.
        progress: given the number of replications of values that are done, and of all that there may be.

    Raises:
        InputError: all that is wrong with the files, or with what is asked for.
        KeyboardInterrupt: interrupted before there was anything to tell.
    """
    files = FileCache()
    require_scenario(file, files)
    scenario = load_scenario(file, overrides, files=files)
    low, high = (_with(file, [*overrides, f"{path}={end}"], files) for end in ends)
    values = grid(_at(low, path), _at(high, path), step)
    plan = build_plan(scenario.model)
    name = scenario.model.name
    known = measured_of({name: plan}, TRAVEL_MINUTES)
    asked = tuple(read_asked(measures, known))
    quantities = [one.quantity for one in asked]
    stands = _at(scenario, path)
    # The path stands in the configuration of an end, whether the scenario sets it or not.
    varied = Variations.of({name: low}, ())
    trials = Trials(varied, name, path, keys_of(quantities, known), seed, TRAVEL_MINUTES, engine)
    compile_once(engine, plan, tell, workers)
    results, interrupted = Results(trials.keys), False
    most = min(len(values), tries) + (stands is not NOT_SET and values.place(stands) is None)
    confidence = 1.0 - (1.0 - CONFIDENCE) / (most * len(asked))
    total, done = most * replications, 0
    try:
        with termination_as_interrupt(), Standby(local_crew(trials, workers)) as crew:
            for places in _rounds(results, asked, values, tries, stands, confidence):

                def one_more(several: int = len(places)) -> None:
                    nonlocal done
                    done += several
                    progress(done, total)

                tried = {place: stands if place == AS_IT_STANDS else values.value(place) for place in places}
                try_values(crew, results, tried, replications, one_more)
    except KeyboardInterrupt:
        if not results.rows:
            raise
        interrupted = True
    return Swept(
        scenario.model.title, _names(plan), path, values, stands, asked,
        results.estimates(quantities, confidence), results.refused, replications, seed, tries, interrupted,
    )  # fmt: skip


def _rounds(
    results: Results, asked: Sequence[Asked], values: Grid, tries: int, stands: Any, confidence: float
) -> Iterator[list[int]]:
    """Places to be tried together, in the light of what has been found."""
    limits = _limits(asked)
    first = spread(len(values), min(tries, FIRST) if limits else tries)
    here = values.place(stands) if stands is not NOT_SET else None
    if here is not None and here not in first and len(first) < tries:
        first = sorted([*first, here])
    yield ([AS_IT_STANDS] if stands is not NOT_SET and here is None else []) + first
    tried = len(first)
    while limits and tried < tries:
        estimates = results.estimates([one.quantity for one in asked], confidence)
        following = between(states_of(limits, estimates, results.refused), tries - tried)
        if not following:
            return
        yield following
        tried += len(following)


def _limits(asked: Sequence[Asked]) -> dict[int, Asked]:
    return {place: one for place, one in enumerate(asked) if one.sign}


def states_of(
    limits: Mapping[int, Asked], estimates: Mapping[int, pd.DataFrame], refused: Mapping[int, str]
) -> dict[int, tuple[State, ...]]:
    """Whether each value of the grid that was tried keeps each limit."""
    found: dict[int, tuple[State, ...]] = dict.fromkeys(refused, ("refused",))
    found |= {place: kept(limits, rows) for place, rows in estimates.items()}
    found.pop(AS_IT_STANDS, None)
    return found


def kept(limits: Mapping[int, Asked], rows: pd.DataFrame) -> tuple[State, ...]:
    """Whether the intervals of a value keep each limit."""
    ends = rows[["ci_low", "ci_high"]].to_numpy()
    return tuple(one.state(*ends[place].tolist()) for place, one in limits.items())


def together(states: Sequence[State]) -> State:
    """Whether all limits are kept."""
    worst: tuple[State, ...] = ("refused", "not kept", "not clear")
    return next((state for state in worst if state in states), "kept")


def _with(file: Path, overrides: Sequence[str], files: FileCache) -> Loaded[Scenario]:
    """The scenario with the setting at one end; what is wrong then is wrong with the setting."""
    try:
        return load_scenario(file, overrides, files=files)
    except ConfigError as error:
        raise ConfigError(
            replace(one, file="--value") if one.file == COMMAND_LINE else one for one in error.problems
        ) from error


def _at(loaded: Loaded[Scenario], path: str) -> Any:
    """What stands at a path of a configuration; NOT_SET where nothing does."""
    at: Any = loaded.tree
    for part in parse_path(path):
        try:
            at = at[part]
        except (KeyError, IndexError, TypeError):
            return NOT_SET
    return at


def _names(plan: Plan) -> dict[str, str]:
    return dict(zip(plan.sites.id, plan.sites.name, strict=True))
