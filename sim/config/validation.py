"""Sections against the schema: each by itself, so that one fault does not hide another; and the ends of each range."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, cast, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from sim.config.key_paths import Parts, fields_by_key, format_path
from sim.config.nodes import Node
from sim.config.problems import MISSING, UNKNOWN_KEY, problems_of
from sim.config.provenance import Place
from sim.config.ranges import ENDS, HANDLES, STANDS, Range
from sim.config.rejection import nearest_name, said
from sim.config.units import quantity
from sim.errors import Problem


@functools.cache
def section_types(model: type[BaseModel]) -> dict[str, TypeAdapter[Any]]:
    """Return the validator of each section of a file, by key."""
    return {
        key: TypeAdapter(cast(Any, Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation))
        for key, info in fields_by_key(model).items()
    }


def validate_sections(
    raw: Mapping[str, Any], model: type[BaseModel], where: Mapping[str, Place]
) -> tuple[dict[str, Any], list[Problem]]:
    """Return the sections that are valid, by key, and the problems of the others."""
    sections: dict[str, Any] = {}
    problems: list[Problem] = []
    types, fields = section_types(model), fields_by_key(model)
    file, line = where[""]
    for key, info in fields.items():
        if key in raw:
            try:
                sections[key] = types[key].validate_python(raw[key])
            except ValidationError as error:
                problems.extend(problems_of(error, (key,), model, where))
        elif info.is_required():
            allowed = (info.description or "").rstrip(".")
            problems.append(Problem(MISSING, file, line, key, allowed=allowed))
        else:
            sections[key] = info.get_default(call_default_factory=True)
    for key in raw:
        if key not in fields:
            near = nearest_name(key, fields)
            path = format_path((key,))
            place = where[path]
            allowed = "" if near else ", ".join(["extends", *fields])
            problems.append(Problem(UNKNOWN_KEY, place[0], place[1], path, allowed=allowed, nearest=near))
    return sections, problems


def _is_map(model: type[BaseModel], key: str) -> bool:
    """Whether a section is a map of entries by name, of which none is checked against another."""
    return get_origin(fields_by_key(model)[key].annotation) is dict


def annotated_ranges(node: Node) -> Iterator[tuple[Parts, Node]]:
    """Yield every value that has a range."""
    return ((parts, part) for parts, part in node.walk() if part.annotation is not None and part.annotation.range)


def check_ranges(
    node: Node, raw: Mapping[str, Any], sections: Mapping[str, Any], model: type[BaseModel], where: Mapping[str, Place]
) -> list[Problem]:
    """Return what is wrong with ranges: ends out of order, a value outside, an end that could not stand there."""
    problems = []
    for parts, part in annotated_ranges(node):
        note = part.annotation
        if note is None or note.range is None or not parts:
            continue
        path, file, line = format_path(parts), note.origin.shown, note.line or None
        value = part.plain()
        ends, key = note.range, str(parts[0])
        fault = _misplaced(value, ends) if ends.handle else _disorder(value, ends.low, ends.high)
        if fault is None and key in sections:
            # Of a map of entries, each of which is checked by itself, the one with the value is looked at.
            section = {parts[1]: raw[key][parts[1]]} if _is_map(model, key) and len(parts) > 1 else raw[key]
            case = _Case(key, parts[1:], repr((section, ends)), section, ends, value)
            fault = _unfit_end(case, model, where)
        if fault:
            what, allowed = fault
            problems.append(Problem(what, file, line, path, allowed=allowed))
    return problems


def _disorder(value: Any, low: Any, high: Any) -> tuple[str, str] | None:
    measures = [quantity(part) for part in (value, low, high)]
    kinds = {measure[0] for measure in measures if measure is not None}
    if isinstance(value, (dict, list)) or (isinstance(value, bool) and [low, high] == [False, True]):
        return None
    if None in measures or len(kinds) != 1:
        allowed = "ends in the unit of the value"
        return f"the range [{_told(low)}, {_told(high)}] is not of the kind of {said(value)}", allowed
    at, lowest, highest = (measure[1] for measure in measures if measure is not None)
    if lowest > highest:
        return f"the range begins at {_told(low)} and ends below it, at {_told(high)}", "[lowest, highest]"
    if not lowest <= at <= highest:
        return f"{_told(value)} is outside its own range [{_told(low)}, {_told(high)}]", ""
    return None


def _misplaced(value: Any, ends: Range) -> tuple[str, str] | None:
    """What is wrong with the ends of a handle, and with the value that they are to move."""
    told = f"the range {ends.handle}: [{_told(ends.low)}, {_told(ends.high)}]"
    try:
        (low, high), at = ends.bounds, HANDLES[ends.handle].stands(value)
    except ValueError as error:
        context = getattr(error, "context", None) or {"what": str(error), "allowed": ""}
        return f"{told}: {context['what']}", context["allowed"]
    if not low <= high:
        return f"{told} ends below where it begins", "[lowest, highest]"
    if not low - STANDS <= at <= high + STANDS:
        return f"{told} leaves out the value itself, at {at:.4g}", ""
    return None


def _told(value: Any) -> str:
    return value if isinstance(value, str) else said(value)


@dataclass(frozen=True)
class _Case:
    """A value with a range in its section; equal to another of which the same is written."""

    key: str
    parts: Parts
    """Of the value within the section."""
    written: str
    """The section and the range."""
    section: Any = field(compare=False)
    ends: Range = field(compare=False)
    value: Any = field(compare=False)


def _unfit_end(case: _Case, model: type[BaseModel], where: Mapping[str, Place]) -> tuple[str, str] | None:
    unfit = _refused_end(case, model)
    if unfit is None:
        return None
    which, error = unfit
    end = (case.ends.low, case.ends.high)[which]
    named = ("first end", "second end")[which] if isinstance(end, dict | list) else f"end {_told(end)}"
    told = f"the {named} of its range cannot stand there"
    if isinstance(error, ValidationError):
        fault = problems_of(error, (case.key,), model, where)[0]
        return f"{told}: {fault.what}", fault.allowed
    return f"{told}: {error}", ""


@functools.lru_cache(maxsize=4096)
def _refused_end(case: _Case, model: type[BaseModel]) -> tuple[int, ValueError] | None:
    """Which end cannot stand in place of the value, 0 or 1, and why; asked once for all that write the same section."""
    for which, end in enumerate((case.ends.low, case.ends.high)):
        try:
            there = end if case.ends.handle == ENDS else case.ends.at(float(which), case.value)
            section_types(model)[case.key].validate_python(replaced(case.section, case.parts, there))
        except ValueError as error:
            return which, error.with_traceback(None)
    return None


def replaced(value: Any, parts: Parts, new: Any) -> Any:
    """Return a copy of plain data with another value at one path; what is not on the way is shared."""
    if not parts:
        return new
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[parts[0]] = replaced(copy[parts[0]], parts[1:], new)
    return copy
