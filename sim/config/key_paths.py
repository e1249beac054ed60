"""Paths of keys, as errors print them and ``--set`` reads them, and what the schema allows at each."""

from __future__ import annotations

import json
import re
import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from sim.config.rejection import rejection, said
from sim.config.units import Identifier

Parts = tuple[str | int, ...]
"""A path in pieces: keys of maps as text, places in lists as numbers from 0."""

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+")
_PIECE = re.compile(r"""(?:^|\.)([A-Za-z0-9_-]+)|\[([0-9]+)\]|\[("(?:[^"\\]|\\.)*")\]""")


def format_path(parts: Parts) -> str:
    """Return ``sites.ukk_oku.days[2]``; a key with other characters stands in brackets and quotes."""
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN_KEY.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f"[{json.dumps(part, ensure_ascii=False)}]"
    return text


def parse_path(text: str) -> Parts:
    """Return the pieces of a path; the opposite of :func:`format_path`."""
    parts: list[str | int] = []
    position = 0
    while position < len(text):
        piece = _PIECE.match(text, position)
        if piece is None:
            break
        try:
            parts.append(int(piece[2]) if piece[2] else piece[1] or json.loads(piece[3], strict=False))
        except ValueError:
            break
        position = piece.end()
    if not parts or position < len(text):
        raise rejection(f"{said(text)} is not a path", allowed="keys with dots between, such as need.day_cv")
    return tuple(parts)


def unwrap(annotation: Any) -> Any:
    """Return a type without its metadata and without ``None``."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            others = [choice for choice in get_args(annotation) if choice is not type(None)]
            if len(others) != 1:
                return annotation
            annotation = others[0]
        else:
            return annotation


def is_model(annotation: Any) -> bool:
    """Return whether a type is a section with fixed keys."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def fields_by_key(model: type[BaseModel]) -> dict[str, Any]:
    """Return the fields of a section by the key a file uses for them."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def step(annotation: Any, part: str | int) -> Any:
    """Return the type one key or place further, or None where the schema has none."""
    annotation = unwrap(annotation)
    if is_model(annotation):
        info = fields_by_key(annotation).get(str(part))
        return None if info is None else info.annotation
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is dict:
        return arguments[1]
    return arguments[0] if origin is list else None


def annotation_at(model: Any, parts: Parts) -> Any:
    """Return the type at a path, without metadata, or None where the schema has none."""
    for part in parts:
        model = step(model, part)
    return unwrap(model)


def names_at(model: Any, parts: Parts) -> list[str]:
    """Return the keys that the schema itself names at a path; empty where names are free."""
    annotation = annotation_at(model, parts)
    if is_model(annotation):
        return list(fields_by_key(annotation))
    if get_origin(annotation) is dict and get_origin(unwrap(get_args(annotation)[0])) is Literal:
        return [str(name) for name in get_args(unwrap(get_args(annotation)[0]))]
    return []


def keys_are_names(model: Any, parts: Parts) -> bool:
    """Return whether the map at a path holds things by name (sites, segments), so that a new key may be a slip."""
    annotation = annotation_at(model, parts)
    if get_origin(annotation) is not dict:
        return False
    key = get_args(annotation)[0]
    return bool(key == Identifier or key is str)
