"""Compiling: plain functions of the project turned into machine code, once a machine; without numba they stay plain.

A function is compiled together with the functions of the project that it calls, which remain ordinary Python for
everybody else: one text, two ways to run it. The machine code is kept in a folder whose name is a digest of all it was
made from, since numba by itself notices a change in the function's own file only.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import pickle
import platform
import re
import shutil
import tempfile
import threading
import time
import types
from collections.abc import Callable
from importlib import metadata, util
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

F = TypeVar("F", bound=Callable[..., Any])
PACKAGE = __name__.split(".")[0]
CACHE_VARIABLE = "PASSPORT_SIMULATOR_CACHE"
"""Environment variable that names the folder for machine code, where the user's own cache folder will not do."""
OPTIONS = {"nogil": True, "_nrt": False, "error_model": "numpy"}
"""Without the interpreter's lock; without counting references, as kernels own no memory and counting took most of the
time; without looking out for divisions by zero, as there are none."""
FOLDER = re.compile(r"\w+-[0-9a-f]{16}-[0-9a-f]{8}")
"""Names of folders of machine code: the function, its digest, and the place of the sources."""
KEPT_DAYS = 90
"""How long machine code is kept that no run has asked for: other versions of the program leave theirs behind."""
_CHANGING_NUMBA = threading.Lock()


def available() -> bool:
    """Whether numba is installed; it has no wheels for some machines, Macs with Intel processors among them."""
    return util.find_spec("numba") is not None


@functools.cache
def compiled(function: F) -> F:
    """The compiled form of a function, with all functions of the project that it calls.

    The numbers are those of plain Python: nothing is reordered or fused (no ``fastmath``), and the global interpreter
    lock is let go. Compiled functions allocate nothing: what they need is handed to them. A row that is worked out to
    be below 0 lies outside of its array, and arrays that are written to must not overlap (:mod:`sim.compiler`). Where
    numba is missing the function itself is returned.
    """
    if not available():
        return function
    from numba import config

    options: Any = config
    folder = cache_folder(function)
    with _CHANGING_NUMBA:
        before = options.CACHE_DIR
        try:
            options.CACHE_DIR = str(folder or "")
            made: F = _njit(_linked(function), cache=folder is not None)
        finally:
            options.CACHE_DIR = before
    return made


def compile_for(function: Callable[..., Any], *arguments: object) -> None:
    """Compile a function for arguments of the types of these, without calling it."""
    made: Any = compiled(function)
    if made is not function:
        made.compile(tuple(made.typeof_pyval(argument) for argument in arguments))


def read_only(values: NDArray[Any], kind: DTypeLike) -> NDArray[Any]:
    """Values as compiled loops read them: in a row, of one kind, not to be written to; the very ones where they are."""
    row = np.ascontiguousarray(values, dtype=kind).view()
    row.flags.writeable = False
    return row


def is_cached(function: Callable[..., Any]) -> bool:
    """Whether the machine code of a function lies ready from an earlier run of this copy of the program."""
    folder = cache_folder(function)
    return folder is not None and any(folder.rglob("*.nbi"))


@functools.cache
def cache_folder(function: Callable[..., Any]) -> Path | None:
    """Where the machine code of a function is kept; None where nothing can be kept, which only costs time.

    What a power failure has damaged is removed: numba would stumble over it. Where a folder is new, those that have
    not been used for long are removed.
    """
    import platformdirs

    usual = platformdirs.user_cache_dir("passport-service-simulator", appauthor=False)
    root = Path(os.environ.get(CACHE_VARIABLE) or usual).expanduser()
    # Numba keeps code for each place of the sources, so another copy's code is not ready for this one.
    copy = hashlib.blake2b(function.__code__.co_filename.encode(), digest_size=4).hexdigest()
    folder = root / f"{function.__name__}-{digest(function)[:16]}-{copy}"
    try:
        is_new = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
        _note_use(folder)
        if is_new:
            _remove_unused(root)
        if not all(_is_whole(path) for path in folder.rglob("*.nb[ci]")):
            for path in folder.rglob("*.nb[ci]"):
                path.unlink(missing_ok=True)
    except OSError:
        return None
    return folder


def _note_use(folder: Path) -> None:
    """Note when a folder was last used, by the time of its last change."""
    with contextlib.suppress(OSError):
        os.utime(folder)


def _remove_unused(root: Path) -> None:
    """Remove folders of machine code that have not been used for long; nothing else that lies beside them."""
    for folder in root.iterdir():
        # Other processes may be removing it too.
        with contextlib.suppress(OSError):
            if FOLDER.fullmatch(folder.name) and time.time() - folder.stat().st_mtime > KEPT_DAYS * 86_400:
                shutil.rmtree(folder)


def _is_whole(path: Path) -> bool:
    """Whether a file of machine code, or one of an index, can be read to its end."""
    with path.open("rb") as file:
        try:
            for _ in range(2 if path.suffix == ".nbi" else 1):
                _Structure(file).load()
        except Exception:
            return False
        return not file.read(1)


class _Structure(pickle.Unpickler):
    """Reads what has been pickled without importing anything for it."""

    def find_class(self, module: str, name: str) -> type:
        return _Anything


class _Anything:
    def __new__(cls, *told: object, **more: object) -> _Anything:
        return super().__new__(cls)

    def __setstate__(self, state: object) -> None:
        """Nothing is kept."""


@functools.cache
def digest(function: Callable[..., Any]) -> str:
    """A digest of all that a function's machine code is made from: its text, that of its callees, their constants."""
    parts = [platform.python_version(), metadata.version("numba"), metadata.version("numpy"), repr(OPTIONS)]
    parts.append(_compiler())
    # Code that checks bounds, for the tests, is not for those who ask for none, nor the other way round.
    parts.append(os.environ.get("NUMBA_BOUNDSCHECK", ""))
    parts += _text(function.__code__)
    for name, value in _globals_of(function).items():
        if isinstance(value, types.FunctionType):
            found = digest(value) if _is_ours(value) else value.__qualname__
        elif isinstance(value, type):
            found = f"{value.__qualname__}{getattr(value, '_fields', '')}"
        elif isinstance(value, types.ModuleType | types.BuiltinFunctionType):
            found = value.__name__
        else:
            found = repr(value)
        parts.append(f"{name}={found}")
    # Numba keeps the name of a table with its machine code, and reads fields by place.
    parts += [f"{table.__module__}.{table.__qualname__}{table._fields}" for table in _tables_of(function)]
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


@functools.cache
def _compiler() -> str:
    """The text of the project's own compiler."""
    return Path(__file__).with_name("compiler.py").read_text("utf-8")


@functools.cache
def _linked(function: Callable[..., Any]) -> Callable[..., Any]:
    """A copy of a function that calls compiled forms of the project's functions."""
    namespace = dict(function.__globals__)
    for name, value in _globals_of(function).items():
        if isinstance(value, types.FunctionType) and _is_ours(value):
            namespace[name] = _njit(_linked(value), **_inlining(value))
    copy = types.FunctionType(function.__code__, namespace, function.__name__, function.__defaults__)
    copy.__module__, copy.__qualname__ = function.__module__, function.__qualname__
    return copy


def _inlining(function: types.FunctionType) -> dict[str, Any]:
    """How a function becomes a part of those that call it; either way gives the same code, but takes time to compile.

    Numba copies the text of the callee, slowly; LLVM takes in the finished callee, to which each array of each table
    is handed one by one, slowly where there are tables of dozens. Each for what it does better halves the time.
    """
    return {"inline": "always"} if _tables_of(function) else {"forceinline": True}


def _tables_of(function: Callable[..., Any]) -> list[Any]:
    """The tables, named tuples of arrays, that a function takes and returns."""
    types_of = (function.__globals__.get(str(name)) for name in function.__annotations__.values())
    return [one for one in types_of if hasattr(one, "_fields")]


def _njit(function: Callable[..., Any], **options: Any) -> Any:
    import numba

    from sim.compiler import Compiler

    compiler: Any = numba.njit
    return compiler(**OPTIONS, **options, pipeline_class=Compiler)(function)


def _globals_of(function: Callable[..., Any]) -> dict[str, Any]:
    """The module's names that a function uses, in a fixed order."""
    known = function.__globals__
    return {name: known[name] for name in sorted(set(function.__code__.co_names)) if name in known}


def _is_ours(value: types.FunctionType) -> bool:
    return value.__module__.split(".")[0] == PACKAGE


def _text(code: types.CodeType) -> list[str]:
    constants = [c if not isinstance(c, types.CodeType) else "\n".join(_text(c)) for c in code.co_consts]
    return [code.co_code.hex(), repr(constants), repr(code.co_names), repr(code.co_varnames)]
