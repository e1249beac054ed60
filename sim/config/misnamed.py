"""Names that are not there: of entries (sites, segments, sessions) that a file meant to change, and of keys.

To merge an entry under a wrong name makes a new one, which lacks nearly all that one needs. What is wrong is its name.
A key may be right and stand in the wrong map: then the place is told where it belongs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from sim.config.checks import MOST_NAMES
from sim.config.key_paths import (
    Parts,
    annotation_at,
    fields_by_key,
    format_path,
    is_model,
    keys_are_names,
    names_at,
    parse_path,
)
from sim.config.nodes import COMMAND_LINE, Node
from sim.config.problems import MISSING, UNKNOWN_KEY
from sim.config.rejection import nearest_name
from sim.errors import Problem

MOST_PLACES = 3
"""Places of a key that are named where there are several."""
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
    """Whether an entry's own problem tells it: a key that it lacks, or that is unknown, or a name that can be none."""
    inside = problem.what in (MISSING, UNKNOWN_KEY) and any(
        problem.path.startswith((f"{path}.", f"{path}[")) for path in misnamed
    )
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
    """Return the entries of the map at a path, none where there is no map."""
    for part in parts:
        try:
            node = node.content[part]
        except (KeyError, IndexError, TypeError):
            return {}
    return node.content if isinstance(node.content, dict) else {}


def _lacks(entry: Node, needed: list[str]) -> bool:
    return not isinstance(entry.content, dict) or any(key not in entry.content for key in needed)


def _title(entry: Node) -> str:
    title = entry.content.get("name")
    return title.content if title is not None and isinstance(title.content, str) else ""


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def told_by_place(problems: Iterable[Problem], node: Node, model: Any) -> list[Problem]:
    """Return the problems; a key that is unknown where it stands and belongs further inside is told its place."""
    return [_placed(problem, node, model) if problem.what == UNKNOWN_KEY else problem for problem in problems]


def _placed(problem: Problem, node: Node, model: Any) -> Problem:
    *above, key = parse_path(problem.path)
    nearest, allowed = place_inside(_at(node, tuple(above)), tuple(above), (key,), model)
    return replace(problem, nearest=nearest, allowed=allowed) if nearest or allowed else problem


def place_inside(entries: dict[str, Node], above: Parts, parts: Parts, model: Any) -> tuple[str, str]:
    """Return the path of the one place where a key is, or may be, inside a map, or else a list of several.

    Of many, names of sites, rules and so on are told as NAME; both texts are empty where there is none.

    Args:
        entries: the map, which does not have the key itself.
        above: its path.
        parts: the key, and what follows it in the path that was asked for.
        model: the type of the whole file.
    """
    key = str(parts[0])
    maps = (
        (place, part.content)
        for name, entry in entries.items()
        if name != key
        for place, part in entry.walk((*above, name))
        if isinstance(part.content, dict)
    )
    places = [
        place
        for place, inside in maps
        # A map of the user's own that is itself wrong is no place.
        if annotation_at(model, place) is not None and (key in inside or key in names_at(model, place))
    ]
    if len(places) <= 1:
        return "".join(format_path((*place, *parts)) for place in places), ""
    if len(places) > MOST_PLACES:
        places = [_without_names(place, above, model) for place in places]
    kinds = dict.fromkeys(format_path((*place, *parts)) for place in places)
    more = f" and {len(kinds) - MOST_PLACES} more such places" if len(kinds) > MOST_PLACES else ""
    return "", ", ".join(list(kinds)[:MOST_PLACES]) + more


def _without_names(place: Parts, above: Parts, model: Any) -> Parts:
    """A path with NAME for each name of a site, a rule and so on, below the map that was looked into."""
    return tuple(
        "NAME" if depth >= len(above) and keys_are_names(model, place[:depth]) else part
        for depth, part in enumerate(place)
    )
