"""The effective configuration as text, and how two of them differ."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from sim.config.key_paths import Parts, fields_by_key, format_path
from sim.config.loader import Loaded
from sim.config.nodes import DISTRIBUTION_KEYS
from sim.config.provenance import nearest_provenance
from sim.config.texts import LANGUAGES
from sim.config.units import quantity

_READS_BACK = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""Dates, which need no quotes here: a file's dates are read as text."""

M = TypeVar("M", bound=BaseModel)

ABSENT: Final = "(absent)"
"""Stands for a value that one of two configurations does not have."""


def effective_yaml(loaded: Loaded[Any]) -> str:
    """Return the configuration after inheritance and overrides as YAML, defaults included.

    Behind each value stands its basis, range and source where it has them, and the file and line that set it. Saved in
    the folder of the file itself, the text loads to the same configuration.
    """
    tree = _with_defaults(loaded.tree, loaded.model)
    ordered = {key: tree[key] for key in fields_by_key(type(loaded.model)) if key in tree}
    lines = list(_lines(ordered, (), loaded))
    width = min(max((len(text) for text, _ in lines), default=0), 60)
    return "".join(f"{text:{width}}  # {comment}\n" if comment else f"{text}\n" for text, comment in lines)


def differences(a: Loaded[M], b: Loaded[M]) -> list[tuple[str, Any, Any]]:
    """Return path, left and right value wherever two configurations differ; :data:`ABSENT` where one has none.

    Values that mean the same do not differ: ``60 min`` and ``1 h``, a default and nothing, two ways to name one file.
    """
    left, right = (dict(_leaves(_with_defaults(one.tree, one.model))) for one in (a, b))
    found = []
    for parts in dict.fromkeys([*left, *right]):
        path = format_path(parts)
        if path in a.files and path in b.files and a.files[path] == b.files[path]:
            continue
        one, other = left.get(parts, ABSENT), right.get(parts, ABSENT)
        if not _same(one, other):
            found.append((path, one, other))
    return found


def told(value: Any) -> str:
    """A value of :func:`differences` on one line of YAML."""
    return value if value is ABSENT else _yaml(value)


def _same(one: Any, other: Any) -> bool:
    if type(one) is type(other) and one == other:
        return True
    measured = quantity(one)
    return measured is not None and measured == quantity(other)


def _leaves(value: Any, parts: Parts = ()) -> Iterator[tuple[Parts, Any]]:
    if isinstance(value, dict) and value:
        for key, child in value.items():
            yield from _leaves(child, (*parts, key))
    else:
        yield parts, value


def _with_defaults(tree: Any, value: Any) -> Any:
    """Return plain data with the defaults that the model has filled in, where they are plain values themselves."""
    if not isinstance(tree, dict):
        return tree
    if isinstance(value, BaseModel):
        filled = {}
        for key, info in fields_by_key(type(value)).items():
            name = next(name for name, other in type(value).model_fields.items() if other is info)
            own = getattr(value, name)
            if key in tree:
                filled[key] = _with_defaults(tree[key], own)
            elif isinstance(own, (bool, int, float, str)) or (isinstance(own, list) and own):
                filled[key] = own
        return filled
    if isinstance(value, dict):
        by_text = {str(key): child for key, child in value.items()}
        return {key: _with_defaults(child, by_text.get(key)) for key, child in tree.items()}
    return tree


def _lines(tree: dict[str, Any], parts: Parts, loaded: Loaded[Any]) -> Iterator[tuple[str, str]]:
    """Yield each line of YAML and its comment."""
    indent = "  " * len(parts)
    for key, value in tree.items():
        path = (*parts, key)
        text = f"{indent}{key if key.isdecimal() else _yaml(key)}:"
        if isinstance(value, dict) and value and not any(name in value for name in DISTRIBUTION_KEYS):
            yield text, _comment(format_path(path), loaded) if format_path(path) in loaded.provenance else ""
            yield from _lines(value, path, loaded)
        else:
            yield f"{text} {_yaml(value)}", _comment(format_path(path), loaded)


def _comment(path: str, loaded: Loaded[Any]) -> str:
    place = loaded.where.get(path)
    if place is None:
        return "default"
    where = f"{place[0]}:{place[1]}" if place[1] else place[0]
    known = nearest_provenance(loaded.provenance, path)
    inside = [other for other in loaded.provenance if other.startswith(f"{path}.")] if known is None else []
    if known is None and inside:
        known = loaded.provenance[inside[0]]
    if known is None:
        return where
    words = [known.basis]
    if known.range:
        words.append(f"range {_yaml(known.range.written)}")
    language = getattr(loaded.model, "language", None) or LANGUAGES[0]
    words.extend(" ".join(text[language].split()) for text in (known.source, known.note) if text)
    return "; ".join([*words, where])


def _yaml(value: Any) -> str:
    """Return a value on one line of YAML."""
    from ruamel.yaml import YAML

    if isinstance(value, str) and ("\n" in value or not value):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and _READS_BACK.fullmatch(value):
        return value
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.default_flow_style = True
    yaml.width = 1_000_000
    yaml.sort_base_mapping_type_on_output = False
    stream = io.StringIO()
    yaml.dump(value, stream)
    return stream.getvalue().removesuffix("...\n").strip()
