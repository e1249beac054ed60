"""The words of reports, by language, and numbers, dates and lists written as that language writes them.

The texts are in ``messages/<language>.toml``; the same keys with the same placeholders stand in each file.
"""

from __future__ import annotations

import datetime as dt
import difflib
import functools
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from importlib import resources
from types import MappingProxyType
from typing import Any

from sim.config.texts import LANGUAGES

ARROW = " \N{RIGHTWARDS ARROW} "
"""Between what was before and what is after."""
EXACTLY = 1e-9
"""Below which a share is taken for none, and as near to 1 for all: rounding of sums."""
NO_VALUE = "\N{EN DASH}"
MILLION, BILLION = 1_000_000, 1_000_000_000
MANY_MILLIONS = 10 * MILLION


class Messages:
    """Texts and formats of one language."""

    def __init__(self, language: str) -> None:
        """Load a language.

        Raises:
            ValueError: There is no such language.
        """
        self.language = language
        self.texts = load_texts(language)

    def text(self, key: str, **values: object) -> str:
        """The text of a key, such as ``figure.coverage_curve.title``, with its placeholders filled.

        Raises:
            KeyError: No text has the key, or a placeholder got no value.
        """
        if key not in self.texts:
            nearest = difflib.get_close_matches(key, self.texts, n=1)
            hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
            raise KeyError(f"no text {key!r} in messages/{self.language}.toml{hint}")
        return self.texts[key].format(**values)

    def text_or(self, key: str, otherwise: str) -> str:
        """The text of a key, or something else where a name (a kind of site, a road class) has no text."""
        return self.texts.get(key, otherwise)

    def number(self, value: float, decimals: int = 1) -> str:
        """A number with a fixed number of decimals; a dash where there is none. Never a minus before zero."""
        if math.isnan(value):
            return NO_VALUE
        return self._decimal(rounded(value, decimals) + 0.0, "#,##0" + ("." + "0" * decimals if decimals else ""))

    def tick(self, value: float) -> str:
        """A number on an axis: as many decimals as it needs, at most three."""
        return self._decimal(round(value, 6) + 0.0, "#,##0.###")

    def exact(self, digits: str) -> str:
        """A number as it was written, ``0.0040`` or ``40000``, with the marks of the language; all digits are kept."""
        decimals = len(digits.partition(".")[2])
        return self._decimal(float(digits), "#,##0" + ("." + "0" * decimals if decimals else ""))

    def percent(self, share: float, decimals: int = 1) -> str:
        """A share between 0 and 1 as per cent.

        Where it would be written without a digit behind the point, nearly all is written as 99.9% at most, and hardly
        any as 0.1% at least: neither is all, or none.
        """
        if math.isnan(share):
            return NO_VALUE
        of_hundred = 100.0 * share
        if decimals == 0 and EXACTLY < share < 1 - EXACTLY and round(of_hundred) in (0, 100):
            of_hundred, decimals = min(max(of_hundred, 0.1), 99.9), 1
        return f"{self.number(of_hundred, decimals)}%"

    def rupiah(self, value: float, finer: int = 0) -> str:
        """Money, to thousands of rupiah, from ten million in millions, from a billion in billions; or digits finer."""
        if math.isnan(value):
            return NO_VALUE
        size = abs(value)
        if MANY_MILLIONS <= size < BILLION:
            text = self.text("unit.million_rupiah", value=self.number(size / MILLION, finer))
        elif size >= BILLION:
            text = self.text("unit.billion_rupiah", value=self.number(size / BILLION, 2 + finer))
        else:
            text = self.text("unit.rupiah", value=self.thousands(size, finer))
        return f"-{text}" if value < 0.0 and text != self.text("unit.rupiah", value="0") else text

    def thousands(self, value: float, finer: int = 0) -> str:
        """A number to thousands, or so many digits finer: rupiah where the heading says so."""
        return self.number(rounded(value, finer - 3), 0) if math.isfinite(value) else NO_VALUE

    def names(self, names: Sequence[str]) -> str:
        """Names in a row: ``A, B and C``."""
        from babel.lists import format_list

        return format_list(list(names), locale=self.language)

    def date(self, date: dt.date) -> str:
        """A date in full: 2 January 2023."""
        from babel.dates import format_date

        return format_date(date, format="d MMMM y", locale=self.language)

    def dates(self, first: dt.date, last: dt.date) -> str:
        """A day, or from one day to another: 20 June to 26 June 2024."""
        from babel.dates import format_date

        if first == last:
            return self.date(first)
        pattern = "d MMMM" if first.year == last.year else "d MMMM y"
        low = format_date(first, format=pattern, locale=self.language)
        return self.text("interval", low=low, high=self.date(last))

    def weekday(self, number: int) -> str:
        """A day of the week: 0 is Monday."""
        from babel.dates import get_day_names

        return str(get_day_names("wide", locale=self.language)[number])

    def month(self, date: dt.date) -> str:
        """A month's short name, for an axis."""
        from babel.dates import format_date

        return format_date(date, format="LLL", locale=self.language)

    def _decimal(self, value: float, pattern: str) -> str:
        return _decimal(value, pattern, self.language)


def rounded(value: float, decimals: int) -> float:
    """The nearest number with so many decimals, and of two as near the one further from zero, as people round.

    Half of 69 million is 35 million then, and what it is a part of adds up: to the even one it would be 34.
    """
    if not math.isfinite(value):
        return value
    return float(Decimal(float(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


@functools.lru_cache(maxsize=10_000)
def _decimal(value: float, pattern: str, language: str) -> str:
    """Kept, as a figure asks for the texts of its ticks whenever it is laid out or drawn."""
    from babel.numbers import format_decimal

    return format_decimal(value, format=pattern, locale=language, decimal_quantization=True)


@functools.cache
def load_texts(language: str) -> Mapping[str, str]:
    """All texts of a language by dotted key.

    Raises:
        ValueError: There is no such language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no texts in the language {language!r}; there are {', '.join(LANGUAGES)}")
    source = resources.files("sim.report").joinpath("messages", f"{language}.toml")
    return MappingProxyType(dict(_flat(tomllib.loads(source.read_text(encoding="utf-8")))))


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, str(value)
