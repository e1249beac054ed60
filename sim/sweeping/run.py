"""Running a sweep: from a scenario's file to what was found at each value that was tried."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.build import build_plan
from sim.building.loading import load_scenario
from sim.config.inheritance import FileCache
from sim.config.key_paths import Parts, annotation_at, parse_path
from sim.config.loader import require_scenario
from sim.config.nodes import COMMAND_LINE, Source
from sim.config.schema import TRAVEL_MINUTES, Scenario
from sim.config.yaml_reader import parse_yaml
from sim.errors import ConfigError, InputError, Problem
from sim.experiment.compiling import compile_once
from sim.experiment.crews import Standby
from sim.experiment.inputs import Variations
from sim.experiment.interrupts import termination_as_interrupt
from sim.experiment.quantities import Key, measured_of
from sim.experiment.workers import local_crew
from sim.sweeping.grid import grid
from sim.sweeping.search import AT_FIRST, following, spread
from sim.sweeping.swept import Setting, Swept
from sim.trying.asked import Asked, read_asked, understood
from sim.trying.doubted import Kinds, doubts_of, warned
from sim.trying.how import How
from sim.trying.names import names_of
from sim.trying.states import states_of
from sim.trying.trials import AS_IT_STANDS, CONFIDENCE, Results, Trials, Tried, keys_of, try_all

if TYPE_CHECKING:
    from sim.config.loader import Loaded
    from sim.plan import Plan

ENDS = ("--from", "--to")
UNCHANGED, VARIED = "as it stands", "varied"
"""Names of the scenario as it is, and of one in whose configuration the path of the setting stands."""


def sweep(
    file: Path,
    path: str,
    ends: tuple[str, str],
    measures: Sequence[str],
    how: How,
    *,
    step: str | None = None,
    tries: int,
) -> Swept:
    """Try values of a setting of a scenario between two ends, and the one that it has.

    Without a limit they are spread evenly. With limits a few are, and then those are tried that lie between neighbours
    that differ in which limits they keep, until it is known at which step that changes.

    Args:
        file: the scenario's file.
        path: of the setting, as after ``--set``.
        ends: the lowest and the highest value, as in a file.
        measures: what is told of each value, see :mod:`sim.trying.asked`.
        how: they are tried.
        step: between values, as in a file; 1 between whole numbers and a round part of the way when absent.
        tries: values tried at most, beside the one that the scenario has.

    Raises:
        InputError: all that is wrong with the files, or with what is asked for.
        KeyboardInterrupt: interrupted before there was anything to tell.
    """
    files = FileCache()
    require_scenario(file, files)
    parts, written = parts_of(path), understood(measures)
    scenario = load_scenario(file, how.overrides, files=files)
    varied, low, high = _ends(file, path, parts, ends, how.overrides, files)
    stands = _at(scenario, parts)
    setting = Setting(path.strip(), grid(low, high, step, annotation_at(Scenario, parts) is float), stands)
    variations = Variations.of({UNCHANGED: scenario, VARIED: varied}, ())
    plan = build_plan(scenario.model)
    known = _known(variations, setting, plan)
    asked = tuple(read_asked(written, known, {*scenario.model.sites} - {key[3] for key in known}))
    quantities = [one.quantity for one in asked]
    trials = Trials(variations, keys_of(quantities, known), how.seed, TRAVEL_MINUTES, how.engine)
    usual = warned(scenario, how.warn)
    compile_once(how.engine, plan, how.tell, how.workers)
    results, interrupted, done = Results(trials.keys), False, 0
    at_most = min(len(setting.grid), tries) + (setting.here == AS_IT_STANDS or tries < len(setting.grid))
    confidence = 1.0 - (1.0 - CONFIDENCE) / (at_most * len(asked))
    try:
        with termination_as_interrupt(), Standby(local_crew(trials, how.workers)) as crew:
            for places in _rounds(results, asked, setting, tries, confidence):
                total = done + len(places) * how.replications

                def one_more(several: int = len(places), of: int = total) -> None:
                    nonlocal done
                    done += several
                    how.progress(done, of)

                tried = {place: _tried(setting, place) for place in places}
                try_all(crew, results, tried, how.replications, one_more)
    except KeyboardInterrupt:
        if not results.rows:
            raise
        interrupted = True
    return Swept(
        title=scenario.model.title,
        names=names_of(plan),
        setting=setting,
        asked=asked,
        estimates=results.estimates(quantities, confidence),
        refused=results.refused,
        replications=how.replications,
        replicated=results.replicated,
        seed=how.seed,
        interrupted=interrupted,
        doubts=dict(_doubts(file, how.overrides, files, setting, sorted(results.rows), usual)),
    )


def _doubts(
    file: Path,
    overrides: Sequence[str],
    files: FileCache,
    setting: Setting,
    places: Sequence[int],
    usual: Kinds,
) -> Iterator[tuple[int, list[Problem]]]:
    """What is doubtful of the values at some places, and not of the scenario as it stands."""
    for place in places:
        if place != AS_IT_STANDS:
            changed = [*overrides, f"{setting.path}={json.dumps(setting.value(place))}"]
            yield place, doubts_of(load_scenario(file, changed, files=files), usual)


def _tried(setting: Setting, place: int) -> Tried:
    value = setting.value(place)
    # Where a default is in force that the scenario does not write there is nothing to put in its place.
    return (UNCHANGED, {}) if value is None else (VARIED, {setting.path: value})


def parts_of(path: str) -> Parts:
    """The pieces of the path of a setting.

    Raises:
        ConfigError: it is none.
    """
    try:
        return parse_path(path.strip())
    except ValueError as error:
        raise ConfigError(Problem(str(error), path="--value")) from None


def _rounds(
    results: Results, asked: Sequence[Asked], setting: Setting, tries: int, confidence: float
) -> Iterator[list[int]]:
    """Places to be tried together, in the light of what has been found."""
    has_limits = any(one.sign for one in asked)
    first = spread(len(setting.grid), min(tries, AT_FIRST) if has_limits else tries)
    yield sorted({*first, setting.here})
    left = tries - len(first)
    while has_limits and left > 0:
        estimates = results.estimates([one.quantity for one in asked], confidence)
        states = states_of(asked, estimates, results.refused)
        states.pop(AS_IT_STANDS, None)
        places = following(states, left)
        if not places:
            return
        yield places
        left -= len(places)


def _ends(
    file: Path, path: str, parts: Parts, ends: tuple[str, str], overrides: Sequence[str], files: FileCache
) -> tuple[Loaded[Scenario], Any, Any]:
    """A configuration in which the path stands, and the values of both ends.

    An end that can be written there and that the configuration refuses is a value like any other: it is refused when
    it is tried.

    Raises:
        ConfigError: the path is none, or an end cannot stand there.
    """
    problems: list[Problem] = []
    loaded: Loaded[Scenario] | None = None
    values = []
    for option, end in zip(ENDS, ends, strict=True):
        try:
            node, found = parse_yaml(end, Source(Path.cwd() / COMMAND_LINE, COMMAND_LINE), line=1)
        except ConfigError as error:
            problems += [replace(one, file=option, line=None) for one in error.problems]
            continue
        problems += [replace(one, file=option, line=None) for one in found]
        values.append(node.plain())
        try:
            loaded = load_scenario(file, [*overrides, f"{path}={end}"], files=files)
        except ConfigError as error:
            at_it = [one for one in error.problems if one.file == COMMAND_LINE]
            problems += [replace(one, file=option) for one in at_it]
    if problems:
        # What is wrong with both ends is wrong with the setting.
        sides = [{replace(one, file="") for one in problems if option == one.file} for option in ENDS]
        both = sides[0] & sides[1]
        kept = [one for one in problems if replace(one, file="") not in both]
        raise ConfigError([*kept, *(replace(one, file="--value") for one in both)])
    if loaded is None:
        loaded = load_scenario(file, overrides, files=files)
        if _at(loaded, parts) is None:
            raise ConfigError(Problem("is not set by the scenario, and neither end can be", path=f"--value {path}"))
    return loaded, values[0], values[1]


def _known(variations: Variations, setting: Setting, plan: Plan) -> list[Key]:
    """All that is measured of the scenario as it stands, or with the setting at either end."""
    plans = [plan]
    for place in (0, setting.grid.steps):
        try:
            plans.append(variations.plan(VARIED, {setting.path: setting.grid.value(place)}))
        except InputError:
            # It is told why where the value is tried.
            continue
    return list(dict.fromkeys(key for one in plans for key in measured_of({VARIED: one}, TRAVEL_MINUTES)))


def _at(loaded: Loaded[Scenario], parts: Parts) -> Any:
    """What stands at a path of a configuration; None where nothing does."""
    at: Any = loaded.tree
    for part in parts:
        try:
            at = at[part]
        except (KeyError, IndexError, TypeError):
            return None
    return at
