"""The tidy table of replications: kept on disk, a few bytes a row, and read by the quantities that are wanted.

In memory are the names of quantities and where each cell lies, so what is held does not grow with replications but for
some dozen bytes a cell. Whoever reads it says how many quantities at once.
"""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment.packing import LABELS, Coded

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
COLUMNS = ("scenario", "replication", *LABELS, "value")
IN_MEMORY = 2**22
"""Bytes up to which a table needs no file."""
ROWS_AT_ONCE = 2**18
"""Rows that a piece of the table has at most, but for a cell that has more."""
_BITS = {"measure": 16, "level": 8, "unit": 31, "statistic": 8}
"""How many bits of a quantity's number tell each of its labels."""


class Table:
    """Rows of cells, one cell after the other."""

    def __init__(self, folder: Path | None = None) -> None:
        """An empty table.

        Args:
            folder: where it lies; its file has no name there and is gone with the table. The system's folder for such
                files when absent.
        """
        self.folder = folder
        # Closed with the table, which lives as long as anybody reads it.
        self._file: Any = tempfile.SpooledTemporaryFile(  # noqa: SIM115
            max_size=IN_MEMORY, dir=None if folder is None else str(folder)
        )
        weakref.finalize(self, self._file.close)
        self._names: dict[str, dict[str, int]] = {name: {} for name in LABELS}
        self._keys: Ints = np.zeros(0, dtype=np.int64)
        """[quantities]: the labels of each in one number, in the order in which they were first met."""
        self._sorted: tuple[Ints, Ints] = self._keys, self._keys
        """The same numbers ascending, and the place of each."""
        self._scenarios: dict[str, int] = {}
        self._there: list[NDArray[np.bool_]] = []
        """By scenario, [quantities]: whether any replication has it."""
        self._cells: list[tuple[int, int, int, int]] = []
        """Scenario, replication, where its rows lie and how many they are."""
        self._end = 0
        self.doubled = ""
        """The first quantity that has two values in one replication, in words; empty where there is none."""

    def add(self, scenario: str, replication: int, *parts: Coded) -> None:
        """Append the rows of a cell, whole.

        Raises:
            OSError: the disk is full.
        """
        ids = np.concatenate([np.zeros(0, dtype=np.int32), *(self._ids(part) for part in parts)])
        values = np.concatenate([np.zeros(0), *(part.value for part in parts)])
        number = self._scenarios.setdefault(scenario, len(self._scenarios))
        if number == len(self._there):
            self._there.append(np.zeros(0, dtype=np.bool_))
        grown = np.zeros(len(self._keys), dtype=np.bool_)
        grown[: len(self._there[number])] = self._there[number]
        grown[ids] = True
        self._there[number] = grown
        if not self.doubled:
            self._note_doubles(scenario, replication, ids)
        self._file.seek(self._end)
        self._file.write(values.tobytes())
        self._file.write(ids.tobytes())
        self._cells.append((number, replication, self._end, len(ids)))
        self._end += ids.nbytes + values.nbytes

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios, in the order in which they came."""
        return tuple(self._scenarios)

    @property
    def numbers(self) -> NDArray[Any]:
        """[replications]: their numbers, ascending."""
        return np.unique([replication for _, replication, _, _ in self._cells])

    def __len__(self) -> int:
        """How many rows there are."""
        return sum(rows for *_, rows in self._cells)

    def there(self, scenario: str) -> NDArray[np.bool_]:
        """[quantities]: whether any replication of a scenario has it."""
        found = np.zeros(len(self._keys), dtype=np.bool_)
        if scenario in self._scenarios:
            known = self._there[self._scenarios[scenario]]
            found[: len(known)] = known
        return found

    def labels(self, name: str) -> tuple[Ints, tuple[str, ...]]:
        """A label of all quantities: [quantities] places among the names, and the names."""
        return self._codes(name, np.arange(len(self._keys))), tuple(self._names[name])

    def quantity(self, *labels: str) -> int | None:
        """The number of the quantity with these LABELS; None where no row has them."""
        key = 0
        for (name, bits), text in zip(_BITS.items(), labels, strict=True):
            if text not in self._names[name]:
                return None
            key = key << bits | self._names[name][text]
        ordered, place = self._sorted
        at = int(np.searchsorted(ordered, key))
        return int(place[at]) if at < len(ordered) and ordered[at] == key else None

    def values(self, scenario: str, quantities: Ints, absent: float = np.nan) -> Floats:
        """Values of some quantities of a scenario.

        Args:
            scenario: its name.
            quantities: the number of each, none twice.
            absent: what stands where a replication has no row.

        Returns:
            ``[replications, quantities]``, the replications as in :attr:`numbers`.
        """
        numbers = self.numbers
        at = np.full(len(self._keys), -1, dtype=np.int64)
        at[quantities] = np.arange(len(quantities))
        found = np.full((len(numbers), len(quantities)), absent)
        for of, replication, start, rows in self._cells:
            if of == self._scenarios.get(scenario):
                ids, values = self._read(start, rows)
                column = at[ids]
                hit = column >= 0
                found[np.searchsorted(numbers, replication), column[hit]] = values[hit]
        return found

    def frame(
        self,
        scenarios: Collection[str] | None = None,
        levels: Collection[str] | None = None,
        measures: Collection[str] | None = None,
    ) -> pd.DataFrame:
        """Rows with COLUMNS, in the order of the cells: all, or those of some scenarios, levels or measures."""
        import pandas as pd

        wanted = self.chosen(levels, measures)
        cells = [cell for cell in self._cells if scenarios is None or tuple(self._scenarios)[cell[0]] in scenarios]
        return self._framed(cells, wanted) if cells else pd.DataFrame(columns=list(COLUMNS))

    def pieces(self) -> Iterator[pd.DataFrame]:
        """All rows as frames of ROWS_AT_ONCE rows or less, each of whole cells, and all with the same categories."""
        wanted = np.ones(len(self._keys), dtype=np.bool_)
        some: list[tuple[int, int, int, int]] = []
        for cell in self._cells:
            if some and sum(rows for *_, rows in some) + cell[3] > ROWS_AT_ONCE:
                yield self._framed(some, wanted)
                some = []
            some.append(cell)
        if some:
            yield self._framed(some, wanted)

    def chosen(
        self, levels: Collection[str] | None = None, measures: Collection[str] | None = None
    ) -> NDArray[np.bool_]:
        """[quantities]: whether it is of one of some levels, and of one of some measures; None stands for all."""
        found = np.ones(len(self._keys), dtype=np.bool_)
        for name, among in (("level", levels), ("measure", measures)):
            if among is not None:
                codes, names = self.labels(name)
                found &= np.array([text in among for text in names], dtype=np.bool_)[codes]
        return found

    def _framed(self, cells: Sequence[tuple[int, int, int, int]], wanted: NDArray[np.bool_]) -> pd.DataFrame:
        import pandas as pd

        parts = []
        for _, _, start, rows in cells:
            ids, values = self._read(start, rows)
            parts.append((ids[wanted[ids]], values[wanted[ids]]))
        ids, values = (np.concatenate(column) for column in zip(*parts, strict=True))
        lengths = [len(own) for own, _ in parts]
        columns: dict[str, Any] = {
            "scenario": _categories(np.repeat([of for of, *_ in cells], lengths), self._scenarios),
            "replication": np.repeat([replication for _, replication, _, _ in cells], lengths),
        }
        for name in LABELS:
            columns[name] = _categories(self._codes(name, ids), self._names[name])
        columns["value"] = values
        return pd.DataFrame(columns, copy=False)

    def _read(self, start: int, rows: int) -> tuple[NDArray[np.int32], Floats]:
        self._file.seek(start)
        data = self._file.read(rows * 12)
        return np.frombuffer(data, np.int32, rows, offset=rows * 8), np.frombuffer(data, np.float64, rows)

    def _codes(self, name: str, quantities: NDArray[np.signedinteger[Any]]) -> Ints:
        names = list(_BITS)
        after = sum(_BITS[other] for other in names[names.index(name) + 1 :])
        codes: Ints = (self._keys[quantities] >> after) & ((1 << _BITS[name]) - 1)
        return codes

    def _ids(self, part: Coded) -> NDArray[np.int32]:
        """The number of the quantity of each row; those that are new get one."""
        keys = np.zeros(len(part.value), dtype=np.int64)
        for name, bits in _BITS.items():
            known = self._names[name]
            place = np.array([known.setdefault(text, len(known)) for text in part.names[name]], dtype=np.int64)
            if len(known) > 1 << bits:
                raise ValueError(f"there are {len(known)} names of a {name}, and {1 << bits} can be told apart")
            keys = keys << bits | place[part.codes[name]]
        ordered, place = self._sorted
        at = np.searchsorted(ordered, keys)
        new = np.ones(len(keys), dtype=np.bool_)
        inside = at < len(ordered)
        new[inside] = ordered[at[inside]] != keys[inside]
        if new.any():
            _, first = np.unique(keys[new], return_index=True)
            self._keys = np.concatenate([self._keys, keys[new][np.sort(first)]])
            place = np.argsort(self._keys, kind="stable")
            self._sorted = ordered, place = self._keys[place], place
            at = np.searchsorted(ordered, keys)
        return place[at].astype(np.int32)

    def _note_doubles(self, scenario: str, replication: int, ids: NDArray[np.int32]) -> None:
        ordered = np.sort(ids)
        twice = ordered[1:][ordered[1:] == ordered[:-1]]
        if len(twice):
            labels = (tuple(self._names[name])[self._codes(name, twice[:1])[0]] for name in LABELS)
            self.doubled = " ".join((scenario, str(replication), *labels))


def as_table(rows: pd.DataFrame | Table) -> Table:
    """Rows as a table; a frame's cells come in the order of its scenarios and replications.

    Raises:
        ValueError: a column is missing, or a row has no label.
    """
    if isinstance(rows, Table):
        return rows
    import pandas as pd

    missing = [column for column in COLUMNS if column not in rows.columns]
    if missing:
        raise ValueError(f"the replications lack {', '.join(missing)}; found {', '.join(rows.columns)}")
    codes, names = {}, {}
    for column in ("scenario", "replication", *LABELS):
        codes[column], found = pd.factorize(rows[column], sort=column == "replication")
        names[column] = found.tolist() if column == "replication" else [str(text) for text in found]
        if (codes[column] < 0).any():
            raise ValueError(f"a row has no {column}")
    order = np.lexsort((codes["replication"], codes["scenario"]))
    cell = codes["scenario"][order] * max(len(names["replication"]), 1) + codes["replication"][order]
    values = rows["value"].to_numpy(dtype=np.float64)
    table = Table()
    for own in np.split(order, np.flatnonzero(np.diff(cell)) + 1) if len(order) else ():
        part = Coded({name: codes[name][own] for name in LABELS}, {name: names[name] for name in LABELS}, values[own])
        table.add(
            names["scenario"][codes["scenario"][own[0]]], names["replication"][codes["replication"][own[0]]], part
        )
    return table


def _categories(codes: NDArray[np.signedinteger[Any]], names: Mapping[str, int]) -> Any:
    """Codes and names as categories in the order of the alphabet."""
    import pandas as pd

    ordered = sorted(names)
    rank = np.empty(len(names), dtype=np.int32)
    rank[[names[name] for name in ordered]] = np.arange(len(names))
    return pd.Categorical.from_codes(rank[codes], categories=pd.Index(ordered))
