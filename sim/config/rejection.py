"""How a validator refuses a value: an error that carries what was found, what is allowed, and the nearest name."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable, Mapping

from pydantic_core import PydanticCustomError

REJECTED = "rejected"
"""Error type of every refusal raised here; the loader turns its context into a problem."""
_CODE = re.compile(r"[0-9]+(\.[0-9]+)+")


def rejection(what: str, *, allowed: str = "", nearest: str = "", at: str | int = "") -> PydanticCustomError:
    """Return the error to raise (a ``ValueError``); ``at`` is the key inside the value, or the
    place in a list."""
    text = what
    if nearest:
        text += f"; did you mean {nearest!r}?"
    if allowed:
        text += f"; allowed: {allowed}"
    context = {"text": text, "what": what, "allowed": allowed, "nearest": nearest, "at": at}
    return PydanticCustomError(REJECTED, "{text}", context)


def nearest_name(name: str, names: Iterable[str]) -> str:
    """Return the one of ``names`` that looks most like ``name``, or an empty text when none does.

    Of codes, such as 16.71 or 16.71.02, all look alike, and a wrong one is another place. Only the one whose last zeros
    are missing is named: a spreadsheet makes 16.1 of 16.10.
    """
    by_lower = {candidate.lower(): candidate for candidate in names}
    if _CODE.fullmatch(name):
        return next((code for code in by_lower.values() if code != name and code.rstrip("0") == name.rstrip("0")), "")
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else ""


def named(word: str, names: Mapping[str, str]) -> tuple[str, str]:
    """Return the name that was perhaps meant where people write a name for a code, and its code; empty where none is.

    Args:
        word: What stands where a code belongs.
        names: Codes by their names.
    """
    name = {joined(name): name for name in names}.get(joined(word)) or nearest_name(word, names)
    return (name, names[name]) if name else ("", "")


def spellings(name: str) -> set[str]:
    """Return how people write a name of several words: in full, or with the initials of its first words."""
    words = name.split()
    short = {"".join(word[:1] for word in words[:n]) + "".join(words[n:]) for n in range(2, len(words) + 1)}
    return {joined(one) for one in (name, *short)}


def joined(name: str) -> str:
    """Return a name without what people write now so, now so: capital letters and spaces."""
    return name.casefold().replace(" ", "")


def said(value: object) -> str:
    """Return a value as an error quotes it, in the words of YAML."""
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    if isinstance(value, Mapping):
        return "a map"
    if isinstance(value, (list, tuple)):
        return "a list"
    return str(value) if isinstance(value, (int, float, datetime.date)) else f"a {type(value).__name__}"
