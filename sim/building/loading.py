"""Scenarios and experiments from their files, sound by themselves and with the data tables that they name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sim.config.data_files import located_files
from sim.config.inheritance import FileCache, read_inherited
from sim.config.key_paths import Parts, fields_by_key, format_path, parse_path
from sim.config.loader import Loaded, is_experiment, load, load_experiment, require_experiment
from sim.config.nodes import COMMAND_LINE, shown
from sim.config.problems import placed
from sim.config.provenance import Place, places_of
from sim.config.rejection import nearest_name
from sim.config.schema import Experiment, Scenario
from sim.errors import ConfigError, InputError, Problem
from sim.province.checks import table_checks


def load_scenario(
    path: str | Path, overrides: Iterable[str] = (), *, files: FileCache | None = None
) -> Loaded[Scenario]:
    """Return a scenario from its file.

    Args:
        path: The scenario's YAML file.
        overrides: ``PATH=VALUE`` each, applied in order after all inheritance.
        files: Files already read, to share between scenarios with a common base.

    Raises:
        ConfigError: Everything that is wrong, each with file, line and key.
    """
    return load(Path(path), overrides, files or FileCache(), Scenario, table_checks)


def load_any(path: str | Path, overrides: Iterable[str] = ()) -> Loaded[Scenario] | Loaded[Experiment]:
    """Return an experiment or a scenario, whichever the file is.

    Raises:
        ConfigError: Everything that is wrong, each with file, line and key.
    """
    files = FileCache()
    if is_experiment(path, files):
        return load_experiment(path, overrides, files=files)
    return load_scenario(path, overrides, files=files)


@dataclass(frozen=True)
class Read:
    """An experiment and its scenarios, as far as they are sound, and what is wrong with the others."""

    experiment: Loaded[Experiment] | None
    scenarios: dict[str, Loaded[Scenario]]
    """By name, in the order of the experiment."""
    files: Mapping[Parts, Path]
    """All files that the experiment names and that exist, by the path of their key."""
    errors: list[InputError]


def read_with_scenarios(path: str | Path, overrides: Iterable[str] = (), files: FileCache | None = None) -> Read:
    """Return an experiment and all its scenarios by name, in its order: what is sound, beside what is wrong.

    An override goes to the experiment where its first key is one of an experiment, or is nearest to one; else to every
    scenario.

    Raises:
        ConfigError: The file cannot be read at all, or is a scenario.
    """
    files, overrides = files or FileCache(), tuple(overrides)
    require_experiment(Path(path), files)
    own = [text for text in overrides if _of_experiment(_first_key(text))]
    for_scenarios = [text for text in overrides if text not in own]
    experiment: Loaded[Experiment] | None = None
    scenarios: dict[str, Loaded[Scenario]] = {}
    errors: list[InputError] = []
    node = read_inherited(Path(path).resolve(), files).node
    where: Mapping[str, Place] = places_of(node)
    try:
        experiment = load_experiment(path, own, files=files)
        where = experiment.where
        named: dict[Parts, Path] = {parse_path(key): file for key, file in experiment.files.items()}
    except InputError as error:
        errors.append(error)
        # The faults of what a faulty experiment names are to be told too.
        named = {parts: file for parts, file in located_files(node, Experiment).items() if file.is_file()}
    refused: dict[str, InputError] = {}
    for parts, file in named.items():
        if len(parts) != 2 or parts[0] != "scenarios":
            continue
        try:
            _require_scenario(file, format_path(parts), where, files)
            scenarios[str(parts[1])] = load_scenario(file, for_scenarios, files=files)
        except InputError as error:
            refused[str(parts[1])] = error
    errors += [_with_scenarios(error, refused, scenarios) for error in refused.values()]
    return Read(experiment, scenarios, named, errors)


def _with_scenarios(error: InputError, refused: Mapping[str, InputError], sound: Collection[str]) -> InputError:
    """An error in which what a change on the command line does not suit says where, if it suits other scenarios."""

    def told(problem: Problem) -> Problem:
        names = [name for name, one in refused.items() if any(_alike(problem, other) for other in one.problems)]
        others = [name for name in (*sound, *refused) if name not in names]
        if problem.file != COMMAND_LINE or not others:
            return problem
        alone = f"--set changes every scenario; what is of {', '.join(others)} alone is written in a file of it"
        allowed = "; ".join(filter(None, (problem.allowed, alone)))
        return replace(problem, what=f"in {', '.join(names)}: {problem.what}", allowed=allowed)

    return type(error)([told(problem) for problem in error.problems], more=error.more)


def _alike(one: Problem, other: Problem) -> bool:
    """Whether two problems are of one change, whatever each scenario has in its place."""
    return (one.file, one.path) == (other.file, other.path)


def _require_scenario(file: Path, path: str, where: Mapping[str, Place], files: FileCache) -> None:
    """Refuse an experiment where an experiment names a scenario."""
    if is_experiment(file, files):
        what = f"{shown(file)} is an experiment, and a scenario is wanted"
        raise ConfigError(placed(Problem(what, path=path, allowed="one of the files under its `scenarios:`"), where))


def _of_experiment(key: str) -> bool:
    """Return whether a key is an experiment's; one that nobody has is whose nearest name it is."""
    own, others = fields_by_key(Experiment), fields_by_key(Scenario)
    return (key if key in {*own, *others} else nearest_name(key, [*own, *others])) in own


def _first_key(override: str) -> str:
    try:
        return str(parse_path(override.partition("=")[0].strip())[0])
    except ValueError:
        return ""
