"""Arguments of the Python interface: what is none is refused by its name, as bad input, before anything is done."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import json
import math
import numbers
import operator
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from sim.config.rejection import nearest_name, said
from sim.errors import InputError, OutputError, Problem, SimError

P = ParamSpec("P")
T = TypeVar("T")

CHANGES = 'a map such as {"need.day_cv": 0.3}, or lines such as ["need.day_cv=0.3"]'
_OPTIONS = {
    "--engine simpy": 'engine="simpy"',
    "--workers 1": "workers=1",
    "--keep-journeys": "keep_journeys=True",
    "--fresh": "fresh=True",
    "--from": "low",
    "--to": "high",
    "--measure": "measures",
}
"""Options of the command line as arguments; any other has the name of its option."""


def in_python(function: Callable[P, T]) -> Callable[P, T]:
    """A function whose errors speak of Python's arguments where the command line's speak of options."""

    @functools.wraps(function)
    def told(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except InputError as error:
            problems = [reworded(problem) for problem in error.problems]
            if tuple(problems) == error.problems:
                raise
            raise type(error)(problems, more=error.more) from error
        except SimError as error:
            text = _words(str(error))
            if text == str(error) or type(error) not in (SimError, OutputError):
                raise
            raise type(error)(text) from error

    return told


def reworded(problem: Problem) -> Problem:
    """A problem that speaks of Python's arguments where the command line's speaks of options."""
    return replace(
        problem,
        what=_words(problem.what),
        file=_words(problem.file),
        path=_words(problem.path),
        allowed=_words(problem.allowed),
    )


def _words(text: str) -> str:
    for option, argument in _OPTIONS.items():
        text = text.replace(option, argument)
    return re.sub(
        r"(?<![\w-])--(set|out|engine|workers|cluster|seed|replications|value|step|tries|place|at|among|most|least)\b",
        r"\1",
        text,
    )


def refuse(name: str, value: object, allowed: str, nearest: str = "") -> InputError:
    """The error that says what was found in place of an argument, and what is allowed."""
    return InputError(Problem(f"{name}: found {said(value)}", allowed=allowed, nearest=nearest))


def a_path(name: str, value: object, what: str = "a file") -> Path:
    """A path.

    Raises:
        InputError: it is neither text nor a path, or empty.
    """
    try:
        text = os.fspath(cast(Any, value))
    except TypeError:
        text = b""
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        raise refuse(name, value, f"the path of {what}, as text or as pathlib.Path")
    return Path(text)


def a_number(name: str, value: object, least: int, most: int | None = None, allowed: str = "") -> int:
    """A whole number from ``least`` to ``most``.

    Raises:
        InputError: it is none, or outside.
    """
    bounds = allowed or (f"a whole number, {least} or more" if most is None else f"a whole number, {least} to {most}")
    try:
        number = operator.index(cast(Any, value))
    except TypeError:
        raise refuse(name, value, bounds) from None
    if isinstance(value, bool) or number < least or (most is not None and number > most):
        raise refuse(name, value, bounds)
    return number


def an_end(name: str, value: object) -> str:
    """A value as a file gives it, in the words of a file.

    Raises:
        InputError: it is none.
    """
    with contextlib.suppress(TypeError):
        plain = value if isinstance(value, int | float | str) else _plain(value)
        if isinstance(plain, int | float | str) and not isinstance(plain, bool):
            return str(plain)
    raise refuse(name, value, "a value as in a file: a number, a date, or a text such as '8 min'")


def a_text(name: str, value: object, allowed: str) -> str:
    """A text that says something.

    Raises:
        InputError: it is none.
    """
    if not isinstance(value, str) or not value.strip():
        raise refuse(name, value, allowed)
    return value


def one_of(name: str, value: object, names: Iterable[str]) -> str:
    """One of some names.

    Raises:
        InputError: it is none of them; with the nearest.
    """
    names = list(names)
    if isinstance(value, str) and value in names:
        return value
    nearest = nearest_name(value, names) if isinstance(value, str) else ""
    raise refuse(name, value, ", ".join(names), nearest)


def a_flag(name: str, value: object) -> bool:
    """True or False.

    Raises:
        InputError: it is neither.
    """
    if not isinstance(value, bool):
        raise refuse(name, value, "True or False")
    return value


def a_confidence(value: object) -> float:
    """The coverage of an interval.

    Raises:
        InputError: it is not between 0 and 1.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not 0 < float(value) < 1:
        raise refuse("confidence", value, "a number between 0 and 1, such as 0.95")
    return float(value)


class _RaisedError(BaseException):
    """Carries an error of the caller's own function through a program that would take it for one of its own."""


@contextlib.contextmanager
def raised_as_it_is(function: Callable[P, T]) -> Iterator[Callable[P, T]]:
    """A function of the caller's, whose errors end what is done inside and come out of it as they are."""

    @functools.wraps(function)
    def carried(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            raise _RaisedError(error) from error

    try:
        yield carried
    except _RaisedError as raised:
        raise raised.args[0] from None


def measured_rows(value: object) -> Any:
    """A frame of measures, in which the people of each mean are counted.

    Raises:
        InputError: it is something else, or rows that count people were left out of it.
    """
    import pandas as pd

    from sim.experiment.denominators import DENOMINATORS, uncounted

    if not isinstance(value, pd.DataFrame):
        allowed = "a pandas DataFrame: what Run.measures() returns, those of several runs put together by pandas.concat"
        raise refuse("measures", value, allowed)
    columns = ["measure", "level", "unit", "statistic"]
    if set(columns) <= set(value.columns):
        left_alone = uncounted(value[columns].drop_duplicates())
        if len(left_alone):
            measure, level, unit, statistic = left_alone.iloc[0]
            counts = " or ".join((measure, *DENOMINATORS.get(measure, ())))
            raise InputError(
                Problem(
                    f"the {statistic} of {measure} ({level} {unit}) is over people, and no row says how many "
                    f"({counts}, count); so for {len(left_alone)} quantities",
                    path="measures",
                    allowed="all rows of Run.measures(), or of whole units; pick measures from what comes back",
                )
            )
    return value


def the_changes(changes: object) -> list[str]:
    """Changes as after ``--set``; values that are not text are written as JSON, which is YAML too.

    Raises:
        InputError: they are none, or a value has no form in YAML.
    """
    if isinstance(changes, str):
        return [changes]
    if isinstance(changes, Mapping):
        return [f"{a_text('set', path, CHANGES)}={_as_yaml(path, value)}" for path, value in changes.items()]
    if not isinstance(changes, Iterable) or isinstance(changes, bytes):
        raise refuse("set", changes, CHANGES)
    return [a_text("set", line, CHANGES) for line in changes]


def _as_yaml(path: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        raise refuse(f"set[{path!r}]", value, "a finite number")
    try:
        return json.dumps(value, default=_plain)
    except (TypeError, ValueError):
        raise refuse(
            f"set[{path!r}]", value, "what YAML can hold: numbers, texts, true or false, lists, maps"
        ) from None


def _plain(value: object) -> object:
    """A number of NumPy, a date or a path as plain data."""
    if isinstance(value, dt.datetime) and value.time() == dt.time() and value.tzinfo is None:
        return value.date().isoformat()  # such as a pandas.Timestamp
    for name in ("tolist", "isoformat", "__fspath__"):
        if hasattr(value, name):
            return getattr(value, name)()
    raise TypeError
