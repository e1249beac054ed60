"""The files that a configuration names: where they are, whether they exist, and what they hold."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.config.key_paths import Parts, format_path, step, unwrap
from sim.config.nodes import Node, shown
from sim.config.yaml_reader import nearest_file
from sim.errors import Problem


def file_leaves(node: Node, annotation: Any, parts: Parts = ()) -> Iterator[tuple[Parts, Node]]:
    """Yield the values that name files: those the schema says are paths, and the samples of distributions."""
    if isinstance(node.content, dict):
        for key, child in node.content.items():
            if key == "empirical" and isinstance(child.content, str):
                yield (*parts, key), child
            else:
                yield from file_leaves(child, step(annotation, key), (*parts, key))
    elif isinstance(node.content, list):
        for place, child in enumerate(node.content):
            yield from file_leaves(child, step(annotation, place), (*parts, place))
    elif isinstance(node.content, str) and unwrap(annotation) is Path:
        yield parts, node


def located_files(node: Node, model: Any) -> dict[Parts, Path]:
    """Return every file named, from the file that names it, as an absolute path."""
    return {parts: (leaf.origin.path.parent / leaf.content).resolve() for parts, leaf in file_leaves(node, model)}


def missing_files(node: Node, files: Mapping[Parts, Path]) -> list[Problem]:
    """Return a problem for each file named that does not exist."""
    leaves = {parts: leaf for parts, leaf in node.walk() if parts in files}
    return [
        Problem(
            f"{shown(path)} is a folder, and a file is wanted" if path.is_dir() else f"there is no file {shown(path)}",
            leaves[parts].origin.shown,
            leaves[parts].line or None,
            format_path(parts),
            nearest="" if path.is_dir() else nearest_file(path),
        )
        for parts, path in files.items()
        if not path.is_file()
    ]


def with_files(tree: Any, files: Mapping[Parts, Any]) -> Any:
    """Return a copy of plain data with other values at some paths."""

    def copy(value: Any, parts: Parts) -> Any:
        if parts in files:
            return files[parts]
        if isinstance(value, dict):
            return {key: copy(child, (*parts, key)) for key, child in value.items()}
        if isinstance(value, list):
            return [copy(child, (*parts, place)) for place, child in enumerate(value)]
        return value

    return copy(tree, ())


def seen_from(folder: Path, path: Path) -> str:
    """Return a path as a file in a folder would name it; absolute where no relative one exists."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return path.as_posix()


def digest(tree: Any, files: Mapping[Parts, Path]) -> str:
    """Return a BLAKE2b digest of a configuration and of the content of the files it names.

    Where the files lie does not count, what they hold does. The order of keys counts, as it is the order of tables.
    """
    contents = {path: hashlib.blake2b(path.read_bytes(), digest_size=32).hexdigest() for path in set(files.values())}
    named = with_files(tree, {parts: {"content": contents[path]} for parts, path in files.items()})
    text = json.dumps(named, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.blake2b(text.encode(), digest_size=32).hexdigest()
