"""Files to scenarios and experiments: read, inherit, override, validate, and say all that is wrong together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel, ValidationError

from sim.config.data_files import digest, located_files, missing_files, seen_from, with_files
from sim.config.inheritance import FileCache, apply_overrides, read_inherited
from sim.config.key_paths import Parts, fields_by_key, format_path, parse_path
from sim.config.misnamed import told_by_name, told_by_place
from sim.config.nodes import Node, Source, shown
from sim.config.problems import MISSING, first_causes, from_findings, placed, problems_of
from sim.config.provenance import Place, Provenance, places_of, provenance_of
from sim.config.rejection import nearest_name
from sim.config.schema import Experiment, Scenario
from sim.config.validation import check_ranges, validate_sections
from sim.errors import ConfigError, InputError, Problem

M = TypeVar("M", bound=BaseModel)
EXPECTED = ".expected.json"
"""How the names of files with an experiment's expected numbers end."""


@dataclass(frozen=True)
class Loaded(Generic[M]):
    """A valid file, and all that is known of where its values come from."""

    model: M
    path: Path
    """The file, absolute."""
    tree: dict[str, Any]
    """The effective configuration as written, provenance taken off; files as this file would name them."""
    provenance: Mapping[str, Provenance]
    """By path of the value; only values of which something is known."""
    where: Mapping[str, Place]
    """File and line of every value, by path."""
    files: Mapping[str, Path]
    """The files that it names, absolute, by path of the value."""
    digest: str
    """BLAKE2b of the tree and of the content of the files, the same wherever they lie."""


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
    return _load(Path(path), overrides, files or FileCache(), Scenario)


def load_experiment(
    path: str | Path, overrides: Iterable[str] = (), *, files: FileCache | None = None
) -> Loaded[Experiment]:
    """Return an experiment from its file; its scenarios must exist and are not read.

    Raises:
        ConfigError: Everything that is wrong, each with file, line and key.
    """
    return _load(Path(path), overrides, files or FileCache(), Experiment)


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


def is_experiment(path: str | Path, files: FileCache) -> bool:
    """Return whether a file is meant as an experiment: more of its keys are an experiment's own than a scenario's own.

    Raises:
        ConfigError: The file cannot be read.
    """
    return _kind(read_inherited(Path(path).resolve(), files).node.content) == "experiment"


def require_experiment(path: Path, files: FileCache) -> None:
    """Refuse a scenario, or the numbers kept of an experiment, where an experiment is wanted.

    Raises:
        ConfigError: It is one of these, or the file cannot be read.
    """
    if path.name.endswith(EXPECTED):
        beside = path.with_name(path.name.removesuffix(EXPECTED) + ".yaml")
        what = "holds the expected numbers of an experiment, and the experiment is wanted"
        raise ConfigError(Problem(what, shown(path.resolve()), allowed=shown(beside.resolve())))
    if not is_experiment(path, files):
        raise ConfigError(
            Problem(
                "is a scenario, and an experiment is wanted",
                file=shown(path.resolve()),
                allowed="a file that names this scenario and others under `scenarios:`",
            )
        )


def require_scenario(path: Path, files: FileCache) -> None:
    """Refuse an experiment where a scenario is wanted.

    Raises:
        ConfigError: It is one, or the file cannot be read.
    """
    if is_experiment(path, files):
        raise ConfigError(
            Problem(
                "is an experiment, and a scenario is wanted",
                file=shown(path.resolve()),
                allowed="one of the files under its `scenarios:`",
            )
        )


def load_with_scenarios(
    path: str | Path, overrides: Iterable[str] = (), *, files: FileCache | None = None
) -> tuple[Loaded[Experiment], dict[str, Loaded[Scenario]]]:
    """Return an experiment and all its scenarios by name, in its order.

    An override goes to the experiment where its first key is one of an experiment, or is nearest to one; else to every
    scenario.

    Raises:
        ConfigError: Everything that is wrong in any of the files.
    """
    read = read_with_scenarios(path, overrides, files)
    if read.errors or read.experiment is None:
        raise ConfigError.merge(read.errors)
    return read.experiment, read.scenarios


def read_with_scenarios(path: str | Path, overrides: Iterable[str] = (), files: FileCache | None = None) -> Read:
    """As :func:`load_with_scenarios`, but what is sound is returned beside what is wrong, so that it can be checked on.

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
    for parts, file in named.items():
        if len(parts) != 2 or parts[0] != "scenarios":
            continue
        try:
            _require_scenario(file, format_path(parts), where, files)
            scenarios[str(parts[1])] = load_scenario(file, for_scenarios, files=files)
        except InputError as error:
            errors.append(error)
    return Read(experiment, scenarios, named, errors)


def _require_scenario(file: Path, path: str, where: Mapping[str, Place], files: FileCache) -> None:
    """Refuse an experiment where an experiment names a scenario."""
    if is_experiment(file, files):
        what = f"{shown(file)} is an experiment, and a scenario is wanted"
        raise ConfigError(placed(Problem(what, path=path, allowed="one of the files under its `scenarios:`"), where))


def _mixture(path: Path, files: FileCache) -> Problem | None:
    """Return a problem where a scenario extends an experiment, or the other way round."""
    seen: set[Path] = set()
    while path not in seen:
        seen.add(path)
        content = files.get(path)[0].content
        extends = content.get("extends")
        target = extends.plain() if extends is not None else None
        if extends is None or not isinstance(target, str):
            return None
        parent = (path.parent / target).resolve()
        try:
            own, other = _kind(content), _kind(files.get(parent)[0].content)
        except ConfigError:
            return None
        if {own, other} == {"experiment", "scenario"}:
            what = f"{shown(parent)} is of the kind {other}, and this file of the kind {own}"
            return Problem(what, shown(path), extends.line, "extends", allowed=f"a file of the kind {own}")
        path = parent
    return None


def _kind(keys: Iterable[str]) -> str:
    """Return ``experiment`` or ``scenario``, whichever has more of the keys for itself; empty where neither has."""
    keys = set(keys)
    experiment, scenario = set(fields_by_key(Experiment)), set(fields_by_key(Scenario))
    more = len(keys & (experiment - scenario)) - len(keys & (scenario - experiment))
    return "experiment" if more > 0 else "scenario" if more < 0 else ""


def _of_experiment(key: str) -> bool:
    """Return whether a key is an experiment's; one that nobody has is whose nearest name it is."""
    own, others = fields_by_key(Experiment), fields_by_key(Scenario)
    return (key if key in {*own, *others} else nearest_name(key, [*own, *others])) in own


def _first_key(override: str) -> str:
    try:
        return str(parse_path(override.partition("=")[0].strip())[0])
    except ValueError:
        return ""


def _load(path: Path, overrides: Iterable[str], cache: FileCache, model: type[M]) -> Loaded[M]:
    path = path.resolve()
    read = read_inherited(path, cache)
    mixture = _mixture(path, cache)
    if mixture is not None:
        raise ConfigError(mixture, more=True)
    node, override_problems = apply_overrides(read.node, overrides, model)
    node = Node(node.content, Source(path, shown(path)), 1)
    where = places_of(node)
    files = located_files(node, model)
    stages = [read.problems, override_problems, missing_files(node, files)]
    raw = with_files(node.plain(), {parts: str(file) for parts, file in files.items()})
    made, found = _validate(raw, node, model, where, read.complete)
    stages.extend(found)
    problems = first_causes(stages)
    if problems or made is None:
        raise ConfigError(problems, more=True)
    tree = with_files(node.plain(), {parts: seen_from(path.parent, file) for parts, file in files.items()})
    return Loaded(
        model=made,
        path=path,
        tree=cast(dict[str, Any], tree),
        provenance=provenance_of(node),
        where=where,
        files={format_path(parts): file for parts, file in files.items()},
        digest=_digest(tree, files),
    )


def _digest(tree: Any, files: Mapping[Parts, Path]) -> str:
    """The digest of a configuration.

    Raises:
        ConfigError: a file cannot be read.
    """
    try:
        return digest(tree, files)
    except OSError as error:
        what = f"the file cannot be read: {error.strerror or error}"
        raise ConfigError(Problem(what, shown(Path(str(error.filename))))) from error


def _validate(
    raw: Mapping[str, Any], node: Node, model: type[M], where: Mapping[str, Place], complete: bool
) -> tuple[M | None, list[list[Problem]]]:
    """Return the model, where all is well, and the problems of each stage of checking."""
    sections, problems = validate_sections(raw, model, where)
    problems = told_by_place(problems, node, model)
    if not complete:
        return None, [[problem for problem in problems if problem.what != MISSING]]
    problems = told_by_name(problems, node, model)
    stages = [problems, check_ranges(node, raw, sections, model, where)]
    made: M | None = None
    if not problems:
        try:
            made = model.model_validate(raw)
        except ValidationError as error:
            stages.append(problems_of(error, (), model, where))
    if issubclass(model, Scenario):
        from sim.config.checks import cross_checks, table_checks

        stages.append(from_findings(cross_checks(sections), where))
        findings, in_tables = table_checks(sections)
        stages += [from_findings(findings, where), in_tables]
    return made, stages
