"""Configuration data that knows where it stands: file, line, and what its author says of where it comes from."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.config.key_paths import Parts
from sim.config.ranges import Range
from sim.config.texts import LANGUAGES, Language

BASES = ("official", "press", "study", "regulation", "derived", "assumption", "calibrated", "definition")
"""What a value may rest on; ``definition`` is what could not be otherwise: it says what is counted or where zero lies.

A value that a scenario sets without saying so has the basis ``scenario``.
"""

COMMAND_LINE = "--set"
"""What messages call the place of a value that the command line sets."""
DISTRIBUTION_KEYS = ("distribution", "constant", "empirical")
LANGUAGE_KEYS = frozenset(LANGUAGES)


@dataclass(frozen=True)
class Source:
    """A file that configuration is read from, or the command line."""

    path: Path
    shown: str
    """The path as messages print it."""
    inherits: bool = False
    """It builds on another file, so what it sets without more words is a choice of the scenario."""


@dataclass(frozen=True)
class Annotation:
    """What stands beside a value in ``{value: ..., range: ..., basis: ..., source: ..., note: ...}``."""

    basis: str
    range: Range | None
    source: Mapping[Language, str] | None
    note: Mapping[Language, str] | None
    origin: Source
    line: int


@dataclass(frozen=True)
class Node:
    """A map, list or scalar and its place; maps have text keys, dates are ISO text."""

    content: Any
    """``dict[str, Node]``, ``list[Node]``, or a scalar."""
    origin: Source
    line: int
    annotation: Annotation | None = None

    @property
    def is_leaf(self) -> bool:
        """Whether it holds no named parts."""
        return not isinstance(self.content, dict) or not self.content

    def walk(self, parts: Parts = ()) -> Iterator[tuple[Parts, Node]]:
        """Yield every node under this one, itself first, with its path."""
        yield parts, self
        if isinstance(self.content, dict):
            for key, child in self.content.items():
                yield from child.walk((*parts, key))
        elif isinstance(self.content, list):
            for place, child in enumerate(self.content):
                yield from child.walk((*parts, place))

    def plain(self) -> Any:
        """Return the data alone."""
        if isinstance(self.content, dict):
            return {key: child.plain() for key, child in self.content.items()}
        if isinstance(self.content, list):
            return [child.plain() for child in self.content]
        return self.content


def merge(parent: Node, child: Node) -> Node:
    """Return the parent with what the child says: maps merge by key, all else replaces.

    An annotated value, a distribution of another form and a text by language replace as a whole. Where a child changes
    a part of a map that its parent annotated, the basis still holds for the rest, and the range does not.
    """
    if not isinstance(parent.content, dict) or not isinstance(child.content, dict) or child.annotation is not None:
        return child
    if any(key in child.content for key in DISTRIBUTION_KEYS):
        return child
    if child.content and LANGUAGE_KEYS.issuperset(child.content):
        return child
    merged = dict(parent.content)
    for key, node in child.content.items():
        merged[key] = merge(merged[key], node) if key in merged else node
    annotation = replace(parent.annotation, range=None) if parent.annotation and child.content else parent.annotation
    return Node(merged, child.origin, child.line, annotation)


def shown(path: Path) -> str:
    """Return a path as messages print it: from the working directory where it lies inside."""
    relative = os.path.relpath(path) if path.drive == Path.cwd().drive else str(path)
    return Path(path if relative.startswith("..") else relative).as_posix()
