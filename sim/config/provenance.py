"""Where each value comes from: what its author says of it, and the file and line that set it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.config.key_paths import Parts, format_path, parse_path
from sim.config.nodes import Annotation, Node
from sim.config.ranges import Range
from sim.config.texts import Language

Place = tuple[str, int]
"""A file and a line; line 0 on the command line."""

SCENARIO = "scenario"
"""Basis of a value that a scenario, or the command line, sets without saying where it comes from."""


@dataclass(frozen=True)
class Provenance:
    """What is known of a value: how sure, from where, and who set it."""

    value: Any
    """As written, without units taken off."""
    range: Range | None
    """The lowest and highest that it may plausibly be; None where it is not uncertain."""
    basis: str
    source: Mapping[Language, str] | None
    note: Mapping[Language, str] | None
    where: Place


def provenance_of(node: Node) -> dict[str, Provenance]:
    """Return the provenance of every value that has one, by path.

    A plain value in a file that extends another, or on the command line, has the basis ``scenario``; a plain value in a
    file that builds on nothing has none.
    """
    found: dict[str, Provenance] = {}
    _collect(node, (), None, found)
    return found


def _collect(node: Node, parts: Parts, covered_by: Annotation | None, found: dict[str, Provenance]) -> None:
    note = node.annotation
    if note is not None:
        where = (note.origin.shown, note.line)
        found[format_path(parts)] = Provenance(node.plain(), note.range, note.basis, note.source, note.note, where)
        covered_by = note
    elif node.is_leaf and node.origin.inherits and (covered_by is None or covered_by.origin != node.origin):
        where = (node.origin.shown, node.line)
        found[format_path(parts)] = Provenance(node.plain(), None, SCENARIO, None, None, where)
    if isinstance(node.content, dict):
        for key, child in node.content.items():
            _collect(child, (*parts, key), covered_by, found)
    elif isinstance(node.content, list):
        for place, child in enumerate(node.content):
            # A plain entry has no history of its own: a list is set as a whole.
            if any(part.annotation is not None for _, part in child.walk()):
                _collect(child, (*parts, place), covered_by, found)


def nearest_provenance(provenance: Mapping[str, Provenance], path: str) -> Provenance | None:
    """Return the provenance of a value, or of the smallest annotated part it belongs to; None where nothing is said."""
    parts = parse_path(path)
    for length in range(len(parts), 0, -1):
        if (found := provenance.get(format_path(parts[:length]))) is not None:
            return found
    return None


def places_of(node: Node) -> dict[str, Place]:
    """Return the file and line of every map, list and value, by path; the top is the empty path."""
    return {format_path(parts): (part.origin.shown, part.line) for parts, part in node.walk()}
