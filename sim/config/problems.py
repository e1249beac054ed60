"""What a validator refuses, in plain words, at the file and line where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError, WithJsonSchema
from pydantic.fields import FieldInfo

from sim.config.checks import Finding
from sim.config.csv_reader import WHOLE
from sim.config.key_paths import Parts, format_path, names_at, parse_path
from sim.config.nodes import COMMAND_LINE, shown
from sim.config.provenance import Place
from sim.config.rejection import REJECTED, nearest_name, said
from sim.config.schema import WEEKDAYS
from sim.errors import Problem

_MAPS = {
    "quota": "{ordinary: 20, priority: 5}",
    "counters": "{document: 1, interview: 2}",
    "team": "{document: 1, interview: 1, other: 2}",
    "intake": '{from: "08:00", to: "12:00"}',
    "collection": '{from: "13:00", to: "16:00"}',
    "costs": "{per_year: Rp 300000000, officer_day: Rp 250000}",
    "brought_days": "{5: 0.5, 10: 0.5}",
    "sending_days": "{1: 0.5, 2: 0.5}",
    "position": "{lat: -2.99, lon: 104.76}",
    "period": "{from: 2023-01-01, to: 2023-12-31}",
    "title": "{en: Two offices, id: Dua kantor}",
}
"""What maps look like that people begin with a single value."""
_LISTS = {
    "suspended": "{from: 2023-04-03, to: 2023-04-21}",
    "visits": '{date: 2023-04-03, place: "16.05"}',
    "dates": "2023-04-03",
    "places": '"16.05"',
    "sites": "kanim_palembang",
    "days": "mon, tue",
    "weeks": "1, 3",
    "affects": "intake",
    "travel_minutes": "60, 120",
}
"""What stands in lists; one of another key is not shown."""
_CODES = {"place", "places"}
"""Keys of codes of districts."""
_TAKEN_AWAY = re.compile(r"(\w+): null")
"""What a message tells to take away, where a base gives it."""
_CALLED = {"from": "start", "to": "end"}
"""Keys that messages call by another word."""
MISSING = "is missing"
HARDLY_ANY = 5
"""Sections that a file lacks from which on it is told as one that lacks the scenario it changes."""
UNKNOWN_KEY = "unknown key"

_NEEDED = {
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_from_float": WHOLE,
    "float_type": "a number, with a point before decimals",
    "float_parsing": "a number, with a point before decimals",
    "finite_number": "a finite number",
    "string_type": "a text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "dict_type": "a map",
    "model_type": "a map",
    "model_attributes_type": "a map",
    "path_type": "the path of a file",
    "none_required": "nothing",
}
_OTHER_WORDS = {
    **dict(zip(("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu"), WEEKDAYS, strict=True)),
    **dict(zip(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), WEEKDAYS, strict=True)),
    **{"jum'at": "fri", "ahad": "sun"},
}
"""Weekdays as people write them, in both languages."""
_OTHER_KEYS = dict.fromkeys(("closed", "closure", "closures", "shut", "paused"), "suspended")
"""Keys as people write them, where another is meant that looks unlike them."""
_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


def place_of(where: Mapping[str, Place], path: str) -> tuple[str, int | None]:
    """Return the file and line of a path, or of the smallest part of the file that should hold it."""
    try:
        parts = parse_path(path) if path else ()
    except ValueError:
        parts = ()
    for length in range(len(parts), -1, -1):
        if (place := where.get(format_path(parts[:length]))) is not None:
            return place[0], place[1] or None
    return "", None


def placed(problem: Problem, where: Mapping[str, Place]) -> Problem:
    """Return a problem that knows its path alone with file and line; a data file is named as messages name files.

    Where a part of what is at the path was set on the command line, that is what brought it about.
    """
    if problem.file:
        return replace(problem, file=shown(Path(problem.file)))
    part = next(iter(_set_inside(problem.path, where)), None)
    if part is not None:
        return replace(problem, file=f"{COMMAND_LINE} {part}", line=None)
    file, line = place_of(where, problem.path)
    return replace(problem, file=file, line=line)


def _set_inside(path: str, where: Mapping[str, Place]) -> list[str]:
    """Return the paths below one that the command line sets."""
    inside = (f"{path}.", f"{path}[") if path else ()
    return [part for part, place in where.items() if part.startswith(inside) and place[0] == COMMAND_LINE]


def _brought_about(problem: Problem, where: Mapping[str, Place]) -> Problem:
    """Return a problem of a whole section at the part of it that the command line sets, where it speaks of that part.

    What is to be taken away is then also told as the command line would do it.
    """
    if where.get(problem.path, ("", 0))[0] == COMMAND_LINE:
        return problem
    words = set(re.findall(r"\w+", problem.what))
    keys = {part: str(parse_path(part)[-1]) for part in _set_inside(problem.path, where)}
    part = next((part for part, key in keys.items() if _CALLED.get(key, key) in words), None)
    if part is None:
        return problem
    taken = next((key for key in _TAKEN_AWAY.findall(problem.what) if key != keys[part]), "")
    also = f"; --set {problem.path}.{taken}=null beside it" if taken else ""
    return replace(problem, what=f"{problem.what}{also}", file=f"{COMMAND_LINE} {part}", line=None)


def problems_of(error: ValidationError, above: Parts, model: Any, where: Mapping[str, Place]) -> list[Problem]:
    """Return each fault in a section; ``above`` is the section's own path, ``model`` the type of the whole file."""
    problems = []
    for fault in error.errors(include_url=False):
        loc = (*above, *(part for part in fault["loc"] if part != "[key]"))
        what, allowed, nearest, at = _translate(dict(fault), loc, model)
        if at:
            loc = (*loc, at)
        path = format_path(loc)
        file, line = place_of(where, path)
        problem = Problem(what, file, line, path, allowed=allowed, nearest=nearest)
        problems.append(_brought_about(problem, where) if fault["type"] == "value_error" else problem)
    return problems


def _translate(fault: dict[str, Any], loc: Parts, model: Any) -> tuple[str, str, str, str | int]:
    """Return what is wrong, what is allowed, the nearest name, and the key or place inside the value."""
    kind, context, found = fault["type"], fault.get("ctx") or {}, said(fault.get("input"))
    if kind == REJECTED:
        return context["what"], context["allowed"], context["nearest"], context["at"]
    if kind == "missing":
        return MISSING, ", ".join(filter(None, (_described(model, loc), _exemplified(model, loc)))), "", ""
    if kind == "extra_forbidden":
        names = names_at(model, loc[:-1])
        other = _OTHER_KEYS.get(str(loc[-1]).lower(), "")
        near = other if other in names else nearest_name(str(loc[-1]), names)
        return UNKNOWN_KEY, "" if near else ", ".join(names), near, ""
    if kind in ("literal_error", "enum"):
        names = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        word = str(fault.get("input"))
        other = _OTHER_WORDS.get(word.lower(), "")
        return f"found {found}", ", ".join(names), other if other in names else nearest_name(word, names), ""
    if kind in _BOUNDS:
        bound, words = _BOUNDS[kind]
        return f"found {found}", f"{words} {context[bound]:g}", "", ""
    if kind in ("string_too_short", "too_short", "too_long", "string_too_long"):
        count = context.get("min_length", context.get("max_length"))
        held = f"holds {context['actual_length']}" if "actual_length" in context else f"found {found}"
        one, more = ("character", "characters") if kind.startswith("string") else ("entry", "entries")
        things = one if count == 1 else more
        none = "; null for none" if kind == "too_short" and _may_be_absent(model, loc) else ""
        return held, f"{'at least' if 'min_length' in context else 'at most'} {count} {things}{none}", "", ""
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error", fault["msg"])), "", "", ""
    if kind in _NEEDED:
        text = fault.get("input")
        if _NEEDED[kind] == WHOLE and isinstance(text, str) and text.isascii() and text.isdigit():
            return f"found {found}, a text", f"the same without quotes: {text}", "", ""
        if _NEEDED[kind] == "a map" and str(loc[-1]) in _MAPS and loc[0] != "outages":
            return f"found {found}", f"a map, such as {_MAPS[str(loc[-1])]}", "", ""
        if kind == "string_type" and isinstance(fault.get("input"), int | float):
            return f"found {found}", _quoted(loc), "", ""
        return f"found {found}", _NEEDED[kind] + _like(kind, loc), "", ""
    return f"found {found}, which cannot stand here", _described(model, loc), "", ""


def _like(kind: str, loc: Parts) -> str:
    """Return what a list looks like, or one entry of it that is a map; empty where nobody has shown one."""
    if kind == "list_type":
        entry = _LISTS.get(str(loc[-1]))
        return f", such as [{entry}]" if entry is not None else ""
    entry = _LISTS.get(str(loc[-2])) if _NEEDED[kind] == "a map" and len(loc) > 1 and isinstance(loc[-1], int) else None
    return f", such as {entry}" if entry is not None and entry.startswith("{") else ""


def _may_be_absent(model: Any, loc: Parts) -> bool:
    """Whether a key may be given null, as if it were not there."""
    info = _field(model, loc)
    return info is not None and not info.is_required() and info.default is None


def _quoted(loc: Parts) -> str:
    """Return how a text is written that YAML takes for a number, or for true or false, as it stands."""
    if _CODES.intersection(loc):
        return "the code in quotes, such as '16.10': without them it is a number, and its last zero is lost"
    return "a text, in quotes"


def _described(model: Any, loc: Parts) -> str:
    """Return what the schema says of a key."""
    info = _field(model, loc)
    return (info.description or "").rstrip(".") if info is not None else ""


def _exemplified(model: Any, loc: Parts) -> str:
    """Return what a key is given, for one who has left it out; empty where nobody has shown it."""
    key = str(loc[-1])
    if key in _LISTS:
        return f"such as {key}: [{_LISTS[key]}]"
    info = _field(model, loc)
    schemas = (part.json_schema for part in (info.metadata if info else ()) if isinstance(part, WithJsonSchema))
    example = next((schema["examples"][0] for schema in schemas if schema and "examples" in schema), None)
    if example is None:
        return f"such as {key}: {_MAPS[key]}" if key in _MAPS else ""
    if key == "to" and example == "08:00":
        example = "16:00"
    # YAML takes a time of day for a number without quotes.
    return f'such as {key}: "{example}"' if ":" in str(example) else f"such as {key}: {example}"


def _field(model: Any, loc: Parts) -> FieldInfo | None:
    """Return what the schema knows of a key; None where it is none of a section."""
    from sim.config.key_paths import annotation_at, fields_by_key, is_model

    section = annotation_at(model, loc[:-1])
    return fields_by_key(section).get(str(loc[-1])) if is_model(section) else None


def from_findings(findings: Iterable[Finding], where: Mapping[str, Place]) -> list[Problem]:
    """Return what checks found (each with ``path``, ``message``, ``allowed`` and ``nearest``), with file and line."""
    problems = []
    for finding in findings:
        file, line = place_of(where, finding.path)
        problems.append(
            Problem(finding.message, file, line, finding.path, allowed=finding.allowed, nearest=finding.nearest)
        )
    return problems


def first_causes(stages: Iterable[Iterable[Problem]]) -> list[Problem]:
    """Return the problems of all stages but those at or under a path that an earlier stage has found wrong.

    A key that is missing because it is misspelt is told once, as the misspelling.
    """
    kept: list[Problem] = []
    for stage in stages:
        known = {problem.path for problem in kept if problem.path}
        kept.extend(problem for problem in stage if not _at_or_under(problem.path, known))
    meant = {_beside(problem.path, problem.nearest) for problem in kept if problem.what == UNKNOWN_KEY}
    return [problem for problem in kept if problem.what != MISSING or problem.path not in meant]


def sections_together(problems: Sequence[Problem]) -> list[Problem]:
    """Return the problems of a scenario with its missing sections told as one, where it has hardly any.

    Whoever writes a few keys means to change a scenario that there is, and has not said which.
    """
    missing = [problem for problem in problems if problem.what == MISSING and len(parse_path(problem.path)) == 1]
    if len(missing) < HARDLY_ANY:
        return list(problems)
    first = missing[0]
    what = f"{len(missing)} sections of a scenario are missing: {', '.join(problem.path for problem in missing)}"
    allowed = "the scenario that this one changes, such as extends: with_ukk.yaml, and below it what differs alone"
    one = Problem(what, first.file, first.line, "", allowed=allowed)
    return [one, *(problem for problem in problems if problem not in missing)]


def _beside(path: str, key: str) -> str:
    """Return the path of another key in the same map."""
    return format_path((*parse_path(path)[:-1], key))


def _at_or_under(path: str, known: set[str]) -> bool:
    return any(path == other or path.startswith((f"{other}.", f"{other}[")) for other in known)
