"""JSON Schema of the configuration, for editors that complete and check YAML while it is written."""

from __future__ import annotations

import functools
import json
from typing import Any

from pydantic import BaseModel, TypeAdapter

from sim.config import distributions, units
from sim.config.nodes import BASES
from sim.config.ranges import HANDLES
from sim.config.schema import Experiment, Scenario
from sim.config.texts import LANGUAGES

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ENDS: Schema = {"type": "array", "minItems": 2, "maxItems": 2}
_SAID: Schema = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {
            "type": "object",
            "properties": {language: {"type": "string", "minLength": 1} for language in LANGUAGES},
            "required": list(LANGUAGES),
            "additionalProperties": False,
        },
    ]
}
_ANNOTATION: Schema = {
    "type": "object",
    "description": "A value and where it comes from.",
    "properties": {
        "value": True,
        "range": {
            "anyOf": [
                _ENDS,
                {
                    "type": "object",
                    "properties": dict.fromkeys(HANDLES, _ENDS),
                    "minProperties": 1,
                    "maxProperties": 1,
                    "additionalProperties": False,
                },
            ],
            "description": "Lowest and highest plausible value, or how far a factor on it, the mean or the contrast of "
            "its shares, or the end of its window may go; makes the input uncertain.",
        },
        "basis": {"enum": list(BASES), "description": "What the value rests on; assumption when absent."},
        "source": {**_SAID, "description": "Where it is published; one text, or one for each language."},
        "note": {**_SAID, "description": "What a reader must know of it; one text, or one for each language."},
    },
    "required": ["value"],
    "additionalProperties": False,
}
_NAMED: dict[str, Any] = {
    name: getattr(module, name)
    for module, names in (
        (
            units,
            (
                *("Duration", "Interval", "Distance", "Speed", "Rupiah", "Price", "Clock", "Date"),
                *("Probability", "Level", "Identifier"),
            ),
        ),
        (distributions, ("DurationDistribution", "MoneyDistribution", "FactorDistribution")),
    )
    for name in names
}
"""Types of values that the schema describes once and refers to."""

_ABOUT = ("title", "description", "default", "examples")
"""Keywords that tell of a place rather than of a type."""


def json_schema() -> Schema:
    """Return the JSON Schema (2020-12) of a scenario file and of an experiment file, told apart by their keys.

    A file with ``extends`` may leave out anything, at any depth, as the rest is inherited. Every value may be written
    with where it comes from, ``{value: ..., range: ..., basis: ..., source: ..., note: ...}``.
    """
    definitions: Schema = {"annotation": _ANNOTATION}
    for model in (Scenario, Experiment):
        for part in (False, True):
            definitions.update(_definitions(model, part))
    return {
        "$schema": DIALECT,
        "title": "A scenario or an experiment of the passport-service simulator",
        "type": "object",
        "if": {"anyOf": [{"required": [key]} for key in Experiment.model_fields if key not in Scenario.model_fields]},
        "then": _whole_or_part(Experiment),
        "else": _whole_or_part(Scenario),
        "$defs": definitions,
    }


def _whole_or_part(model: type[BaseModel]) -> Schema:
    return {
        "if": {"required": ["extends"]},
        "then": {"$ref": f"#/$defs/{model.__name__}Part"},
        "else": {"$ref": f"#/$defs/{model.__name__}"},
    }


def _definitions(model: type[BaseModel], part: bool) -> Schema:
    """Return a model and all it uses, by name; as a part, nothing is required and names end in ``Part``."""
    suffix = "Part" if part else ""
    whole = model.model_json_schema(ref_template=f"#/$defs/{{model}}{suffix}")
    models: Schema = {**whole.pop("$defs", {}), model.__name__: whole}
    models.update({name: dict(schema) for name, schema in _named_schemas(part).items()})
    found = {}
    for name, schema in models.items():
        schema = _without_required(schema) if part else schema
        found[name + suffix] = _wrapped(schema) if name in _NAMED and "anyOf" not in schema else _inside(schema, part)
    if part:
        found[model.__name__ + suffix]["properties"]["extends"] = {
            "type": "string",
            "description": "A file whose values hold where this one says nothing; seen from this file.",
        }
    return found


def _without_required(schema: Any) -> Any:
    """Return a schema that asks for nothing to be there."""
    if isinstance(schema, list):
        return [_without_required(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    dropped = {"minProperties", "default"} | ({"required"} if isinstance(schema.get("required"), list) else set())
    return {key: _without_required(value) for key, value in schema.items() if key not in dropped}


@functools.cache
def _named_schemas(part: bool) -> dict[str, Schema]:
    """Return the schema of each named type, without annotations."""
    schemas = {name: TypeAdapter(kind).json_schema() for name, kind in _NAMED.items()}
    return {name: _without_required(schema) if part else schema for name, schema in schemas.items()}


@functools.cache
def _names(part: bool) -> dict[str, str]:
    return {_canonical(schema): name for name, schema in _named_schemas(part).items()}


def _canonical(schema: Schema) -> str:
    return json.dumps({key: value for key, value in schema.items() if key not in _ABOUT}, sort_keys=True)


def _inside(schema: Schema, part: bool) -> Schema:
    """Return a schema in which every value, at any depth, may be annotated; the schema itself not."""
    changed = dict(schema)
    for key in ("properties", "patternProperties"):
        if key in schema:
            changed[key] = {name: _annotated(value, part) for name, value in schema[key].items()}
    if isinstance(schema.get("additionalProperties"), dict):
        changed["additionalProperties"] = _annotated(schema["additionalProperties"], part)
    elif "patternProperties" in schema:
        changed["additionalProperties"] = False
    if isinstance(schema.get("items"), dict):
        changed["items"] = _annotated(schema["items"], part)
    if "anyOf" in schema:
        changed["anyOf"] = [_annotated(choice, part) for choice in schema["anyOf"]]
    return changed


def _annotated(schema: Schema, part: bool) -> Schema:
    """Return the schema of a value that may be annotated; a section with its own keys stays as it is."""
    about: Schema = {key: schema[key] for key in _ABOUT if key in schema}
    name = _names(part).get(_canonical(schema))
    if name is not None:
        return {**about, "$ref": f"#/$defs/{name}{'Part' if part else ''}"}
    if "$ref" in schema or "anyOf" in schema or schema.get("type") == "null":
        return _inside(schema, part)
    return _wrapped({key: value for key, value in _inside(schema, part).items() if key not in about}, about)


def _wrapped(inner: Schema, about: Schema | None = None) -> Schema:
    """Return a schema of a value or of an annotated value."""
    return {**(about or {}), "anyOf": [inner, {"$ref": "#/$defs/annotation", "properties": {"value": inner}}]}
