"""Entries of maps by name (sites, segments, sessions) that a file meant to change and that are not there.

To merge such an entry makes a new one, which lacks nearly all that one needs. What is wrong is its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sim.config.checks import MOST_NAMES
from sim.config.key_paths import Parts, annotation_at, fields_by_key, format_path, is_model, keys_are_names, parse_path
from sim.config.nodes import COMMAND_LINE, Node
from sim.config.problems import MISSING
from sim.config.rejection import nearest_name
from sim.errors import Problem

_WORDS = {"sessions": "rule of sessions"}
"""What an entry is called, where it is not the name of its map without the last letter."""


def told_by_name(problems: Iterable[Problem], node: Node, model: Any) -> list[Problem]:
    """Return the problems, all that an entry lacks told as one where not the keys but the entry's name is wrong.

    It is where a file that extends another, or the command line, gives less than half of the keys that a new entry
    needs. Where no other entry stands beside it there was none to change, and the keys are what is wrong.

    Args:
        problems: with the paths of the keys that are missing.
        node: the whole tree.
        model: the type of the whole file.
    """
    problems = list(problems)
    misnamed: dict[str, Problem] = {}
    for problem in problems:
        if problem.what == MISSING and problem.path:
            found = next(_misnamed(parse_path(problem.path), node, model), None)
            if found is not None:
                misnamed.setdefault(found.path, found)
    kept = [problem for problem in problems if not _told(problem, misnamed)]
    return [*kept, *misnamed.values()]


def _told(problem: Problem, misnamed: Iterable[str]) -> bool:
    """Whether an entry's own problem tells it: a key that it lacks, or that its name could be none."""
    inside = problem.what == MISSING and any(problem.path.startswith((f"{path}.", f"{path}[")) for path in misnamed)
    return inside or problem.path in misnamed


def _misnamed(parts: Parts, node: Node, model: Any) -> Iterator[Problem]:
    """Yield a problem for each entry on the way to a key that is missing, the outermost first."""
    for length in range(1, len(parts)):
        above, name = parts[: length - 1], parts[length - 1]
        section = annotation_at(model, parts[:length])
        if not keys_are_names(model, above) or not is_model(section):
            continue
        entries = _at(node, above)
        entry = entries.get(str(name))
        if entry is None or not all(part.origin.inherits for _, part in entry.walk()):
            continue
        needed = [key for key, info in fields_by_key(section).items() if info.is_required()]
        given = entry.content if isinstance(entry.content, dict) else {}
        lacking = [key for key in needed if key not in given]
        others = {key: other for key, other in entries.items() if not _lacks(other, needed)}
        if 2 * len(lacking) > len(needed):
            if entry.origin.shown == COMMAND_LINE and given:
                yield _replaced(parts[:length], lacking, next(iter(given)))
            elif others:
                yield _unknown(parts[:length], entry, needed, others)


def _replaced(parts: Parts, lacking: list[str], given: str) -> Problem:
    """An entry that the command line replaces; only one that is there can be set, so its name is right."""
    what = f"a map replaces the whole of what stood there, and this one lacks {_listed(lacking)}"
    return Problem(what, COMMAND_LINE, None, format_path(parts), allowed=f"one key: {format_path((*parts, given))}=...")


def _unknown(parts: Parts, entry: Node, needed: list[str], others: dict[str, Node]) -> Problem:
    name, kind = str(parts[-1]), str(parts[-2])
    word = _WORDS.get(kind, kind.removesuffix("s"))
    # People also write the name that is shown in tables.
    known = {str(key): key for key in others}
    known |= {str(title): key for key, other in others.items() if (title := _title(other)) and title not in known}
    near = known.get(nearest_name(name, known), "")
    more = f" and {len(others) - MOST_NAMES} more" if len(others) > MOST_NAMES else ""
    there = "" if near else f"one of {', '.join(sorted(others)[:MOST_NAMES])}{more}; "
    return Problem(
        f"there is no {word} {name!r} in what this file extends",
        entry.origin.shown,
        entry.line or None,
        format_path(parts),
        allowed=f"{there}a new {word} needs {_listed(needed)}",
        nearest=near,
    )


def _at(node: Node, parts: Parts) -> dict[str, Node]:
    for part in parts:
        node = node.content[part]
    return node.content if isinstance(node.content, dict) else {}


def _lacks(entry: Node, needed: list[str]) -> bool:
    return not isinstance(entry.content, dict) or any(key not in entry.content for key in needed)


def _title(entry: Node) -> str:
    title = entry.content.get("name")
    return title.content if title is not None and isinstance(title.content, str) else ""


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
