"""Plans on disk, as far as a report reads them: arrays in an .npz file, beside them their names and titles as JSON.

What people do (``behaviour``, but for where they may apply) and how demand arises (``segments``) are for engines alone,
and are left out. Nothing in the file is code: it can be read whoever sent it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import typing
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.plan import Behaviour, Catchment, Plan

LEFT_OUT = ("behaviour", "segments")
CATCHMENT = "catchment"
NAMES, ADDS, ADDITIONS = "names", "adds", "additions"
"""Entries of the file that hold JSON: the plans, pairs of scenarios of which the second only adds to the first, and
those that only add to the baseline if new teams are let close counters at home."""

Arrays = dict[str, NDArray[Any]]


def pack_plans(plans: Mapping[str, Plan], adds: Iterable[tuple[str, str]] = (), additions: Iterable[str] = ()) -> bytes:
    """The plans of an experiment as the content of an .npz file; the same plans give the same bytes.

    Args:
        plans: by scenario.
        adds: pairs of scenarios of which the second only adds to the first, which the file alone could not tell any
            more (:func:`sim.running.additions.only_adds`).
        additions: scenarios that only add to the baseline if new teams are let close counters at home.
    """
    arrays: Arrays = {}
    told = {name: _told(plan, arrays) for name, plan in plans.items()}
    arrays |= {NAMES: _text(told), ADDS: _text(list(adds)), ADDITIONS: _text(list(additions))}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **cast(Any, arrays))
    return buffer.getvalue()


def _told(plan: Plan, arrays: Arrays) -> dict[str, Any]:
    catchment = Catchment(plan.behaviour.open_catchment, plan.behaviour.working_area)
    return {**_packed(plan, arrays), CATCHMENT: _packed(catchment, arrays)}


def _text(told: object) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(told, ensure_ascii=False).encode(), dtype=np.uint8)


def read_adds(path: Path) -> frozenset[tuple[str, str]]:
    """The pairs of scenarios of which the second only adds to the first; none in a file that does not say so.

    Raises:
        InputError: the file is damaged.
    """
    with _told_of(path):
        return frozenset((str(before), str(after)) for before, after in _entry(path, ADDS) or ())


def read_additions(path: Path) -> frozenset[str] | None:
    """The scenarios that only add to the baseline, with their teams; None in a file that does not say so.

    Raises:
        InputError: the file is damaged.
    """
    with _told_of(path):
        names = _entry(path, ADDITIONS)
        return None if names is None else frozenset(map(str, names))


def _entry(path: Path, name: str) -> Any:
    """What an entry of the file holds; None where there is none."""
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        return json.loads(stored[name].tobytes()) if name in stored.files else None


def read_plans(path: Path) -> dict[str, Plan]:
    """The plans of an experiment from a file that :func:`pack_plans` made: no segments, a catchment for behaviour.

    Raises:
        InputError: the file is damaged, or of another version of this program.
    """
    with _told_of(path):
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        told = json.loads(arrays.pop(NAMES).tobytes())
        return {name: _plan(packed, arrays) for name, packed in told.items()}


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """Tell of a file from which nothing can be read."""
    try:
        yield
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{path}: no plans can be read from it; another state of the program wrote it, or it is damaged: "
            "run the experiment again"
        ) from error


def _plan(packed: Mapping[str, Any], arrays: Arrays) -> Plan:
    hints = typing.get_type_hints(Plan)
    fields = {name: _unpacked(hints[name], value, arrays) for name, value in packed.items() if name != CATCHMENT}
    catchment: Catchment = _unpacked(Catchment, packed[CATCHMENT], arrays)
    return Plan(**fields, segments=(), behaviour=cast(Behaviour, catchment))


def _packed(value: Any, arrays: Arrays) -> Any:
    if isinstance(value, np.ndarray):
        # Districts, roads and sessions are often the same in several scenarios.
        for name, known in arrays.items():
            if known is value or (known.dtype == value.dtype and np.array_equal(known, value)):
                return name
        arrays[f"a{len(arrays)}"] = value
        return f"a{len(arrays) - 1}"
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value) if field.name not in LEFT_OUT]
        return {name: _packed(getattr(value, name), arrays) for name in names}
    if isinstance(value, Mapping):
        return [[key, _packed(item, arrays)] for key, item in value.items()]
    if isinstance(value, tuple):
        return [_packed(item, arrays) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _unpacked(hint: Any, value: Any, arrays: Arrays) -> Any:
    """A value from its packed form, by the type that its field is declared with."""
    kind, inner = typing.get_origin(hint), typing.get_args(hint)
    # From NumPy 2.5 on, NDArray is an alias with a value (PEP 695), before it was the array itself.
    kind = typing.get_origin(getattr(kind, "__value__", None)) or kind
    if kind is np.ndarray:
        return arrays[value]
    if kind is tuple:
        return tuple(_unpacked(inner[0], item, arrays) for item in value)
    if isinstance(kind, type) and issubclass(kind, Mapping):
        return {key: _unpacked(inner[1], item, arrays) for key, item in value}
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        fields = {name: _unpacked(hints[name], item, arrays) for name, item in value.items()}
        return cast(Any, hint)(**fields)
    return dt.date.fromisoformat(value) if hint is dt.date else value
