"""A file to a model: read, inherit, override, validate, and say all that is wrong together.

What the data tables say is not known here: scenarios are loaded with theirs by :mod:`sim.building.loading`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel, ValidationError

from sim.config import checks
from sim.config.checks import Finding
from sim.config.data_files import digest, located_files, missing_files, seen_from, with_files
from sim.config.inheritance import FileCache, apply_overrides, read_inherited
from sim.config.key_paths import Parts, fields_by_key, format_path
from sim.config.misnamed import told_by_name, told_by_place
from sim.config.nodes import Node, Source, shown
from sim.config.problems import MISSING, first_causes, from_findings, problems_of, sections_together
from sim.config.provenance import Place, Provenance, places_of, provenance_of
from sim.config.schema import Experiment, Scenario
from sim.config.validation import check_ranges, validate_sections
from sim.errors import ConfigError, Problem

M = TypeVar("M", bound=BaseModel)
Look = Callable[[Mapping[str, Any]], tuple[list[Finding], list[Problem]]]
"""Finds what is wrong in the valid sections of a file, and in other files that they name."""
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


def load_experiment(
    path: str | Path, overrides: Iterable[str] = (), *, files: FileCache | None = None
) -> Loaded[Experiment]:
    """Return an experiment from its file; its scenarios must exist and are not read.

    Raises:
        ConfigError: Everything that is wrong, each with file, line and key.
    """
    return load(Path(path), overrides, files or FileCache(), Experiment)


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


def load(
    path: Path,
    overrides: Iterable[str],
    cache: FileCache,
    model: type[M],
    look: Look = lambda sections: ([], []),
) -> Loaded[M]:
    """Return a file as a model of its kind.

    Args:
        path: The YAML file.
        overrides: ``PATH=VALUE`` each, applied in order after all inheritance.
        cache: Files already read.
        model: What the file is of, Scenario or Experiment.
        look: What else is wrong, by the sections that are valid: in them, and in the files that they name.

    Raises:
        ConfigError: Everything that is wrong, each with file, line and key.
    """
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
    made, found = _validate(raw, node, model, where, read.complete, look)
    stages.extend(found)
    problems = first_causes(stages)
    if model is Scenario:
        problems = sections_together(problems)
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
    raw: Mapping[str, Any],
    node: Node,
    model: type[M],
    where: Mapping[str, Place],
    complete: bool,
    look: Look,
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
        stages.append(from_findings(checks.cross_checks(sections), where))
    findings, others = look(sections)
    stages += [from_findings(findings, where), others]
    return made, stages
