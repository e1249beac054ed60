"""Whether an experiment gives what it gave: a line for each table and figure."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import OutputError
from sim.experiment.sealed import told
from sim.experiment.store import Store
from sim.keeping.expected import (
    PRECISION,
    Sheet,
    describe,
    read_expected,
    read_sheet,
    unpack_marks,
    unpack_numbers,
)
from sim.keeping.folder import CELLS, CITED, FIGURES, MANIFEST, REPLICATIONS, file_digest
from sim.keeping.table_file import cell_digests
from sim.plan import Floats

SAME = "same"
DRAWING = ("matplotlib", "pandas", "numpy")
"""Libraries on which the bytes of a drawing depend."""

require = read_expected


def require_no_cells(folder: Path) -> None:
    """Refuse a folder with cells, which may have taken somebody hours, until it is said what is to become of them.

    Raises:
        OutputError: it holds some.
    """
    cells = folder / CELLS
    if Store(cells).holds_cells():
        raise OutputError(
            f"{cells}: holds cells of an earlier run; --resume goes on with those that still hold good, "
            "--fresh removes them first; or name another folder"
        )


def keep(file: Path, folder: Path) -> None:
    """Write the expected numbers of an experiment from the results in a folder, with the day on which they were kept.

    Raises:
        OutputError: the file cannot be written.
    """
    about = {"kept": dt.date.today().isoformat()} | describe(folder)
    with told(file):
        file.write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def compare(expected: Mapping[str, Any], folder: Path) -> tuple[list[str], bool]:
    """A line for each table and figure, and whether all are the same.

    Args:
        expected: what is kept of the results that are to be had again.
        folder: the results of running it again.
    """
    found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    lines, same = [], True
    for name, words in _verdicts(expected, folder, found):
        lines.append(f"{name}: {words}")
        same &= words == SAME or words.startswith(f"{SAME};") or words.startswith(f"{SAME} (")
    return lines, same


def _verdicts(expected: Mapping[str, Any], folder: Path, found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The name of each table and figure, expected or not, and what is to be said of it."""
    tables, figures = expected["tables"], expected["figures"]
    for name in [*tables, *(n for n in found["tables"] if n.endswith(".csv") and n not in (*tables, CITED))]:
        yield name, _sheet(tables.get(name), folder / name)
    yield REPLICATIONS, _cells(expected[REPLICATIONS], cell_digests(folder / REPLICATIONS))
    for name in [*figures, *(n for n in found["figures"] if n not in figures)]:
        path = folder / FIGURES / f"{name}.csv"
        words = _sheet(figures.get(name), path)
        if name in figures and path.exists():
            words += "; " + _svg(
                figures[name]["svg"], path.with_suffix(".svg"), expected["versions"], found["versions"]
            )
        yield f"{FIGURES}/{name}", words


def _sheet(expected: Mapping[str, Any] | None, path: Path) -> str:
    """What is to be said of a CSV table."""
    if expected is None:
        return "differs: was not there before"
    if not path.is_file():
        return "differs: is not there any more"
    if file_digest(path) == expected["digest"]:
        return f"{SAME} ({expected['rows']:,} rows)"
    sheet = read_sheet(path)
    if len(sheet.labels) != expected["rows"]:
        return f"differs: {len(sheet.labels):,} rows instead of {expected['rows']:,}"
    if list(sheet.values) != list(expected["values"]):
        return f"differs: numbers in the columns {', '.join(sheet.values)} instead of {', '.join(expected['values'])}"
    marks = unpack_marks(expected["groups"])
    if len(marks) != len(sheet.marks):
        return f"differs: {len(sheet.marks):,} groups of rows instead of {len(marks):,}"
    changed = np.flatnonzero(marks != sheet.marks)
    first = f", the first of them {sheet.groups[changed[0]]}" if len(changed) else ""
    where = f"in {len(changed):,} of {len(marks):,} groups of rows{first}"
    if sheet.labels_digest != expected["labels"]:
        return f"differs: the text of rows, {where}"
    before = {name: unpack_numbers(text) for name, text in expected["values"].items()}
    return f"differs: {where}; {_by_how_much(sheet, before)}"


def _by_how_much(sheet: Sheet, before: Mapping[str, Floats]) -> str:
    """How many numbers differ, and the one that differs most, relative to the size of either."""
    worst, differing, total = (0.0, "", 0), 0, 0
    for name, now in sheet.values.items():
        gap = relative_gap(now, before[name])
        differing += int(np.count_nonzero(gap > PRECISION))
        total += len(gap)
        if len(gap) and gap.max() > worst[0]:
            worst = (float(gap.max()), name, int(gap.argmax()))
    size, name, row = worst
    if size <= PRECISION:
        return f"no number that is kept differs by more than one part in {1 / PRECISION:,.0f}"
    return (
        f"{differing:,} of {total:,} numbers that are kept, most by {size:.2%}: {name} is "
        f"{sheet.values[name][row]:.6g} instead of {before[name][row]:.4g} in {sheet.labels[sheet.kept[row]]}"
    )


def relative_gap(now: Floats, before: Floats) -> Floats:
    """Gaps relative to the larger of the two numbers; 0 where both are missing, 1 where one is."""
    size = np.maximum(np.abs(now), np.abs(before))
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = np.where(size > 0, np.abs(now - before) / size, 0.0)
    missing = np.isnan(now), np.isnan(before)
    found: Floats = np.where(missing[0] & missing[1], 0.0, np.where(missing[0] | missing[1], 1.0, gap))
    return found


def _cells(expected: Mapping[str, str], found: Mapping[str, str]) -> str:
    """What is to be said of the table of replications."""
    if list(expected) != list(found):
        return f"differs: {len(found)} cells instead of {len(expected)}, or others"
    other = [name for name in expected if expected[name] != found[name]]
    if not other:
        return f"{SAME} ({len(found)} cells, to the last bit)"
    scenario, _, replication = other[0].rpartition(" ")
    return (
        f"differs: {len(other)} of {len(found)} cells, the first is {scenario} in replication {replication}; "
        "summary.csv says by how much"
    )


def _svg(expected: str, path: Path, before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """What is to be said of a drawing, whose bytes are compared besides."""
    if path.is_file() and file_digest(path) == expected:
        return "SVG identical"
    changed = [
        f"{name} {now.get(name)} instead of {before.get(name)}" for name in DRAWING if now.get(name) != before.get(name)
    ]
    return f"SVG not identical ({', '.join(changed)})" if changed else "SVG not identical"
