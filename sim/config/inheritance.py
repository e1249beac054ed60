"""A file and all that it extends, as one tree of nodes; and the changes a command line makes to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sim.config.key_paths import Parts, format_path, keys_are_names, names_at, parse_path, step
from sim.config.misnamed import place_inside
from sim.config.nodes import COMMAND_LINE, Node, Source, merge, shown
from sim.config.rejection import nearest_name, said
from sim.config.yaml_reader import nearest_file, parse_yaml, read_yaml
from sim.errors import ConfigError, Problem

CONFIGURATIONS = "configs"
"""Folder, in that in which one works, in which a base is looked for whose path is wrong."""


@dataclass
class FileCache:
    """Files already read, so that scenarios that share a base read it once."""

    read: dict[Path, tuple[Node, list[Problem]]] = field(default_factory=dict)

    def get(self, path: Path) -> tuple[Node, list[Problem]]:
        """Return the data of a file and its faults, reading it at most once."""
        if path not in self.read:
            self.read[path] = read_yaml(path, Source(path, shown(path)))
        return self.read[path]


@dataclass(frozen=True)
class Inherited:
    """A merged tree; ``complete`` is False where a part of it could not be read."""

    node: Node
    problems: list[Problem]
    complete: bool = True


def read_inherited(path: Path, files: FileCache, chain: tuple[Path, ...] = ()) -> Inherited:
    """Return a file merged over all that it extends.

    Raises:
        ConfigError: The file itself cannot be read.
    """
    own, problems = files.get(path)
    extends = own.content.get("extends")
    if extends is None:
        return Inherited(own, list(problems))
    own = _inheriting(own)
    problems = list(problems)

    def fault(what: str, allowed: str = "", nearest: str = "") -> Inherited:
        problems.append(Problem(what, own.origin.shown, extends.line, "extends", allowed=allowed, nearest=nearest))
        return Inherited(own, problems, complete=False)

    target = extends.plain()
    if not isinstance(target, str):
        return fault(f"{said(target)} is not a file", "the path of one file, seen from this one")
    parent_path = (path.parent / target).resolve()
    if parent_path == path:
        return fault("the file extends itself")
    if parent_path in chain:
        circle = [*chain[chain.index(parent_path) :], path, parent_path]
        return fault(f"the files extend each other in a circle: {' -> '.join(shown(link) for link in circle)}")
    if not parent_path.is_file():
        near = nearest_file(parent_path)
        return fault(f"there is no file {shown(parent_path)}", "" if near else _elsewhere(parent_path.name), near)
    try:
        parent = read_inherited(parent_path, files, (*chain, path))
    except ConfigError as error:
        problems.extend(error.problems)
        return Inherited(own, problems, complete=False)
    return Inherited(merge(parent.node, own), [*parent.problems, *problems], parent.complete)


def _elsewhere(name: str) -> str:
    """Where a file of that name stands among the configurations at hand; empty where none does."""
    found = sorted((Path.cwd() / CONFIGURATIONS).rglob(name))
    return f"the path as it is seen from this file; one of that name is {found[0]}" if found else ""


def _inheriting(node: Node) -> Node:
    """Return the top of a file without ``extends``, every node marked as from a file that builds on another."""
    origin = replace(node.origin, inherits=True)

    def marked(old: Node) -> Node:
        content: Any = old.content
        if isinstance(content, dict):
            content = {key: marked(child) for key, child in content.items()}
        elif isinstance(content, list):
            content = [marked(child) for child in content]
        annotation = replace(old.annotation, origin=origin) if old.annotation else None
        return Node(content, origin, old.line, annotation)

    top = marked(node)
    return replace(top, content={key: child for key, child in top.content.items() if key != "extends"})


def apply_overrides(node: Node, overrides: Iterable[str], model: Any) -> tuple[Node, list[Problem]]:
    """Return the tree with each ``PATH=VALUE`` put in place, and what is wrong with those that could not be.

    A value is YAML and replaces what stands there. A key that the schema or the tree does not know is an error.
    """
    origin = Source(Path.cwd() / COMMAND_LINE, COMMAND_LINE, inherits=True)
    problems: list[Problem] = []
    for text in overrides:
        path, equals, value_text = text.partition("=")
        if not equals:
            problems.append(Problem(f"{said(text)} has no '='", COMMAND_LINE, allowed="PATH=VALUE, such as seed=7"))
            continue
        if not value_text.strip():
            allowed = f"a value after the '=', or {path.strip()}=null for none"
            problems.append(Problem("has no value", COMMAND_LINE, path=path.strip(), allowed=allowed))
            continue
        try:
            parts = parse_path(path.strip())
            value, found = parse_yaml(value_text, origin, line=1)
            problems.extend(replace(problem, line=None, path=path.strip()) for problem in found)
            node = _put(node, parts, (), replace(value, line=0), model)
        except ConfigError as error:
            problems.extend(replace(problem, line=None, path=problem.path or path) for problem in error.problems)
        except ValueError as error:
            problems.append(Problem(str(error), COMMAND_LINE))
    return node, problems


def _put(node: Node, parts: Parts, done: Parts, value: Node, model: Any) -> Node:
    if not parts:
        return _on_line(value, 0)
    key, rest = parts[0], parts[1:]
    if isinstance(node.content, list) and isinstance(key, int):
        if key >= len(node.content):
            raise _unknown(parts, done, f"has {len(node.content)} entries, from [0]")
        items = list(node.content)
        items[key] = _put(items[key], rest, (*done, key), value, model)
        return replace(node, content=items)
    if not isinstance(node.content, dict) or isinstance(key, int):
        raise _unknown(parts, done, f"is {said(node.plain())}, which has no {said(key)}")
    if key not in node.content and not _may_be_new(model, done, key, rest):
        names = list(dict.fromkeys([*node.content, *names_at(model, done)]))
        nearest, allowed = place_inside(node.content, done, parts, model)
        if not nearest and not allowed:
            nearest, allowed = nearest_name(key, names), ", ".join(names)
        raise _unknown(parts, done, f"has no {key!r}", allowed, nearest)
    old = node.content.get(key) or Node({} if rest else None, value.origin, 0)
    annotation = replace(node.annotation, range=None) if node.annotation else None
    new = _put(old, rest, (*done, key), value, model)
    return replace(node, content={**node.content, key: new}, annotation=annotation)


def _on_line(node: Node, line: int) -> Node:
    content: Any = node.content
    if isinstance(content, dict):
        content = {key: _on_line(child, line) for key, child in content.items()}
    elif isinstance(content, list):
        content = [_on_line(child, line) for child in content]
    return replace(node, content=content, line=line)


def _may_be_new(model: Any, done: Parts, key: str, rest: Parts) -> bool:
    """Return whether a key that no file gives may be set: an optional one, or an entry of a map without names."""
    if key in names_at(model, done):
        return True
    annotation = model
    for part in done:
        annotation = step(annotation, part)
    free = not keys_are_names(model, done) and not names_at(model, done)
    return not rest and free and step(annotation, key) is not None


def _unknown(parts: Parts, done: Parts, what: str, allowed: str = "", nearest: str = "") -> ConfigError:
    place = format_path(done) or "the file"
    path = format_path((*done, *parts))
    allowed = allowed or ("" if nearest else "what a file has there already; a new entry is added in a file")
    return ConfigError(Problem(f"{place} {what}", COMMAND_LINE, path=path, allowed=allowed, nearest=nearest))
