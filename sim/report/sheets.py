"""Sheets of a workbook, all looking alike: headings that stay in sight, numbers by kind, and ready to be printed."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

CREATED = dt.datetime(2000, 1, 1)
"""Instead of the time of writing, which would change the bytes."""
TEXT_WIDTH, NUMBER_WIDTH, WIDEST = 16, 12, 60
ABOUT_WIDTH = 110
LETTER = 0.95
"""Width of a letter of text on average, in the unit of columns: the width of a digit."""
LINE_HEIGHT = 15
"""Points of a row of one line; a spreadsheet's own."""
ROW_OF_HEADINGS = 62
"""Points of the first row, whose headings are broken into lines."""
A4 = 9
FORMATS = {"share": "0.0%", "rupiah": '"Rp" #,##0', "whole": "#,##0", "fine": "#,##0.00", "finest": "0.0000"}
"""How a spreadsheet shows a number, by what it is, with the marks of its user's language."""
RAW = ""
UNITS = ("hours", "minutes", "days", "trips")
"""Units that measures have in their names."""

Row = Sequence[Any]


@dataclass(frozen=True)
class Sheet:
    """What a sheet holds."""

    columns: list[str]
    rows: Iterable[Row]
    kinds: Iterable[Sequence[str]] = ()
    """What the numbers in the columns of each row are; raw where absent."""
    frozen: int = 1
    """First columns that stay in sight and are repeated in print."""


class Sheets:
    """The sheets of a book."""

    def __init__(self, book: Any, title: str) -> None:
        self.book = book
        self.title = title
        book.set_properties({"title": title, "created": CREATED})
        self.head = book.add_format(
            {"bold": True, "bg_color": "#E8EEF3", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self.bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.formats = {kind: book.add_format({"num_format": text, "valign": "top"}) for kind, text in FORMATS.items()}

    def about(self, name: str, lines: Sequence[str]) -> None:
        """Add a sheet of lines of text, the first of them in bold."""
        sheet = self.book.add_worksheet(name)
        sheet.set_column(0, 0, ABOUT_WIDTH)
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        for place, line in enumerate(lines):
            sheet.write_string(place, 0, line, self.bold if place == 0 else self.text)
            _make_room(sheet, place, line, ABOUT_WIDTH)

    def add(self, name: str, content: Sheet) -> None:
        """Add a sheet with a row of headings."""
        sheet = self.book.add_worksheet(name[:31])
        columns = content.columns
        sheet.freeze_panes(1, content.frozen)
        sheet.set_row(0, ROW_OF_HEADINGS)
        for place, title in enumerate(columns):
            sheet.write_string(0, place, title, self.head)
        last, widths = self._write(sheet, content)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        sheet.autofilter(0, 0, last, len(columns) - 1)
        self._print(sheet, content.frozen)

    def _write(self, sheet: Any, content: Sheet) -> tuple[int, list[float]]:
        """Write the rows, and return the last of them and the width of each column."""
        widths = [float(NUMBER_WIDTH)] * len(content.columns)
        last = 0
        longest: dict[int, str] = {}
        known = itertools.chain(content.kinds, itertools.repeat([RAW] * len(content.columns)))
        for last, (row, kind) in enumerate(zip(content.rows, known, strict=False), start=1):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(last, place, value, self.text)
                    widths[place] = min(max(widths[place], TEXT_WIDTH, LETTER * len(value)), WIDEST)
                    longest[last] = max(longest.get(last, ""), value, key=len)
                elif value is not None and math.isfinite(value):
                    sheet.write_number(last, place, float(value), self.formats.get(kind[place]))
        for place, text in longest.items():
            _make_room(sheet, place, text, WIDEST)
        return last, widths

    def _print(self, sheet: Any, frozen: int) -> None:
        """A4 across, as wide as the page, with headings on every page and what it is below."""
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.repeat_columns(0, frozen - 1)
        sheet.set_footer("&L" + self.title.replace("&", "&&")[:180] + "&C&A&R&P / &N")


def kind_of(measure: str, statistic: str) -> str:
    """What the numbers of a measure are."""
    if statistic == "share" or measure.startswith("coverage_"):
        return "share"
    if "rupiah" in measure and "gini" not in measure and "concentration" not in measure:
        return "rupiah"
    if statistic in ("count", "total"):
        return "whole"
    return "finest" if measure.startswith(("gini", "concentration")) else "fine"


def unit_of(measure: str, statistic: str) -> str:
    """The unit of a measure: share, rupiah, index, people, or one of UNITS."""
    kind = kind_of(measure, statistic)
    if kind in ("share", "rupiah"):
        return kind
    if kind == "finest":
        return "index"
    if statistic == "count":
        return "people"
    return next((unit for unit in UNITS if unit in measure), "people")


def _make_room(sheet: Any, row: int, text: str, width: float) -> None:
    """Give a row the height of its text: not every spreadsheet finds out by itself how often it is broken."""
    lines = len(textwrap.wrap(text, int(width / LETTER)))
    if lines > 1:
        sheet.set_row(row, lines * LINE_HEIGHT)
