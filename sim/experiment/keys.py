"""Keys of cells: digests of all that a cell depends on, and of nothing else.

A plan is digested as the engines see it, so a change of a file that leaves a scenario's plan as it was leaves its cells
as they were. The code is that of the modules through which a plan becomes rows, found by following their imports; what
reads configurations, draws figures or writes files is not among them, since it reaches a cell through its plan alone.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.engines import ENGINES

if TYPE_CHECKING:
    from sim.plan import Plan

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT.name
STARTS = ("drawing", "journeys", "measures.all", "measures.check", "measures.gains", "experiment.cells")
"""Modules that turn a plan into rows, without the name of the package; the engine's comes to them."""
OUTSIDE = ("config.", "province.", "building.", "build", "outline", "errors")
"""What makes plans: its work is in their digests."""
INSIDE = ("config.distributions", "config.families", "config.samples")
"""Distributions are parts of a plan that count: what they do is not in its digest."""
OF_POINTS = ("experiment.points", "experiment.quantities", "experiment.inputs")
"""What moves the inputs of a point, and takes its numbers from the rows of its plans."""
LIBRARIES = ("numpy", "scipy", "simpy", "numba")
NOT_COUNTED = {"scenario", "title", "roads", "boundaries"}
"""Parts of a plan that name it or are drawn on maps: no number comes from them."""


def digest(*parts: bytes) -> str:
    """BLAKE2b of some bytes, 32 hexadecimal digits."""
    made = hashlib.blake2b(digest_size=16)
    for part in parts:
        made.update(len(part).to_bytes(8, "little"))
        made.update(part)
    return made.hexdigest()


def plan_digest(plan: Plan) -> str:
    """A digest of a plan as engines and measures see it: every number, array, name and distribution in it."""
    fields = {field.name: getattr(plan, field.name) for field in dataclasses.fields(plan)}
    return digest(*_content({name: value for name, value in fields.items() if name not in NOT_COUNTED}))


@functools.cache
def code_version(engine: str) -> str:
    """A digest of the model with an engine: the sources that make rows of a plan, and the libraries they count with."""
    sources = [part for name in model_modules(engine) for part in (name.encode(), _file(name).read_bytes())]
    return digest(*sources, json.dumps(libraries()).encode())


@functools.cache
def builder_version() -> str:
    """A digest of the sources that make a plan of a configuration and its tables, and a point of such plans."""
    found = [path for path in sorted(ROOT.rglob("*.py")) if _dotted(path).startswith((*OUTSIDE, *OF_POINTS))]
    return digest(*(part for path in found for part in (_dotted(path).encode(), path.read_bytes())))


def libraries() -> dict[str, str]:
    """Versions of Python and of the libraries from which numbers come; empty for one that is not installed."""
    found = {"python": ".".join(platform.python_version_tuple()[:2])}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = ""
    return found


def machine() -> str:
    """The kind of machine and system. The last bits of logarithms and powers are those of its mathematical library."""
    return f"{platform.system()} {platform.machine()}"


def model_modules(engine: str) -> tuple[str, ...]:
    """Names of the modules that a cell of an engine depends on beside its plan, in alphabetical order."""
    found: set[str] = set()
    left = [*STARTS, ENGINES[engine].removeprefix(f"{PACKAGE}.")]
    while left:
        name = left.pop()
        if name not in found and (name in INSIDE or not name.startswith(OUTSIDE)):
            found.add(name)
            left += _imports(_file(name))
    return tuple(sorted(found))


def cell_key(plan: str, code: str, seed: int, replication: int, engine: str, travel_minutes: tuple[int, ...]) -> str:
    """The key of a cell, from the digests of its plan and of the model and from all else that it depends on.

    The kind of machine is in it: cells in a folder that another kind of machine goes on with would not be its own to
    the last bit, so it runs them again.
    """
    return digest(json.dumps([plan, code, seed, replication, engine, travel_minutes, machine()]).encode())


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _file(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _imports(file: Path) -> Iterator[str]:
    """Modules of this package that a file imports, wherever it does, other than for its type checker alone."""
    tree = ast.parse(file.read_bytes())
    typing = [node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)]
    skipped = {id(inner) for node in typing for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == PACKAGE:
            base = node.module.split(".")[1:]
            for alias in node.names:
                whole = ".".join([*base, alias.name])
                yield whole if _file(whole).is_file() else ".".join(base)
        elif isinstance(node, ast.Import):
            yield from (a.name.partition(".")[2] for a in node.names if a.name.startswith(f"{PACKAGE}."))


def _content(value: Any) -> Iterator[bytes]:
    """The content of a plan as bytes, each part led by what it is, so that no two plans give the same ones."""
    import numpy as np

    if isinstance(value, np.ndarray):
        yield f"array {value.dtype.str} {value.shape}".encode()
        yield np.ascontiguousarray(value).tobytes()
    elif dataclasses.is_dataclass(value):
        yield type(value).__name__.encode()
        for field in dataclasses.fields(value):
            yield field.name.encode()
            yield from _content(getattr(value, field.name))
    elif isinstance(value, Mapping):
        yield f"map {len(value)}".encode()
        for key, inner in value.items():
            yield from _content(key)
            yield from _content(inner)
    elif isinstance(value, tuple | list):
        yield f"list {len(value)}".encode()
        for inner in value:
            yield from _content(inner)
    else:
        yield f"{type(value).__name__} {value!r}".encode()
