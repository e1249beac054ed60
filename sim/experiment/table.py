"""The tidy table of replications, put together from the store: a few bytes a row, whatever the names in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment.packing import LABELS, Coded, unpack_rows
from sim.experiment.store import Record

if TYPE_CHECKING:
    import pandas as pd


class Table:
    """Columns that grow, one cell after the other."""

    def __init__(self) -> None:
        self._names: dict[str, dict[str, int]] = {name: {} for name in ("scenario", *LABELS)}
        self._codes: dict[str, list[NDArray[np.int32]]] = {name: [] for name in LABELS}
        self._values: list[Any] = []
        self._cells: list[tuple[int, int, int]] = []
        """Scenario, replication and number of rows of each cell."""

    def add(self, scenario: str, replication: int, record: Record) -> None:
        """Append the rows of a cell, and those of its gains."""
        parts = [unpack_rows(data) for data in (record.rows, record.gains) if data is not None]
        for part in parts:
            for name in LABELS:
                self._codes[name].append(self._coded(name, part))
            self._values.append(part.value)
        of = self._names["scenario"]
        self._cells.append((of.setdefault(scenario, len(of)), replication, sum(len(part.value) for part in parts)))

    def frame(self) -> pd.DataFrame:
        """One row for each scenario, replication, measure, level, unit and statistic, in the order of the cells."""
        import pandas as pd

        if not self._cells:
            return pd.DataFrame(columns=["scenario", "replication", *LABELS, "value"])
        scenario, replication, rows = (np.array(column) for column in zip(*self._cells, strict=True))
        columns: dict[str, Any] = {
            "scenario": _categories(np.repeat(scenario, rows), self._names["scenario"]),
            "replication": np.repeat(replication, rows),
        }
        for name in LABELS:
            columns[name] = _categories(np.concatenate(self._codes.pop(name)), self._names[name])
        columns["value"] = np.concatenate(self._values)
        return pd.DataFrame(columns, copy=False)

    def _coded(self, name: str, part: Coded) -> NDArray[np.int32]:
        known = self._names[name]
        place = np.array([known.setdefault(text, len(known)) for text in part.names[name]], dtype=np.int32)
        return place[part.codes[name]]


def _categories(codes: NDArray[np.signedinteger[Any]], names: Mapping[str, int]) -> Any:
    """Codes and names as categories in the order of the alphabet."""
    import pandas as pd

    ordered = sorted(names)
    rank = np.empty(len(names), dtype=np.int32)
    rank[[names[name] for name in ordered]] = np.arange(len(names))
    return pd.Categorical.from_codes(rank[codes], categories=pd.Index(ordered))
