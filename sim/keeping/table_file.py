"""The file of the table of replications, replications.parquet: written and read in pieces, never held whole."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.experiment.keys import digest
from sim.experiment.packing import LABELS, Coded
from sim.experiment.table import ROWS_AT_ONCE, Table

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

Cell = tuple[str, int, list[Coded]]
"""Scenario, replication and rows."""


def write_parquet(table: Table, path: Path) -> None:
    """Write the table, a group of rows for each of its pieces.

    Raises:
        OSError: the disk is full, or may not be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer: pq.ParquetWriter | None = None
    try:
        for piece in table.pieces():
            rows = pa.Table.from_pandas(piece, preserve_index=False)
            writer = writer or pq.ParquetWriter(path, rows.schema, compression="zstd")
            writer.write_table(rows, row_group_size=max(len(piece), 1))
    finally:
        if writer is not None:
            writer.close()


def read_parquet(path: Path, folder: Path | None = None) -> Table:
    """Read a table.

    Args:
        path: its file.
        folder: where it lies while it is used, see :class:`~sim.experiment.table.Table`.

    Raises:
        OSError, ValueError: it cannot be read.
    """
    table = Table(folder)
    for scenario, replication, parts in cells_of(path):
        table.add(scenario, replication, *parts)
    return table


def cells_of(path: Path) -> Iterator[Cell]:
    """The cells of a table in a file, one after the other.

    Raises:
        OSError, ValueError: it cannot be read.
    """
    import pyarrow.parquet as pq

    waiting: Cell | None = None
    with pq.ParquetFile(path, read_dictionary=["scenario", *LABELS]) as file:
        for scenario, replication, part in _parts(file):
            if waiting is not None and waiting[:2] == (scenario, replication):
                waiting[2].append(part)
                continue
            if waiting is not None:
                yield waiting
            waiting = scenario, replication, [part]
    if waiting is not None:
        yield waiting


def cell_digests(path: Path) -> dict[str, str]:
    """A digest of the rows of each cell in the table of replications, by scenario and replication; bits count."""
    found = {}
    for scenario, replication, parts in cells_of(path):
        texts = ["\n".join(text for part in parts for text in part.column(name)).encode() for name in LABELS]
        values = np.concatenate([part.value for part in parts]).astype("<f8")
        found[f"{scenario} {replication}"] = digest(*texts, values.tobytes())
    return found


def _parts(file: pq.ParquetFile) -> Iterator[tuple[str, int, Coded]]:
    """The parts of cells in a file, group of rows by group: read all together, the groups' buffers stay to the end."""
    for group in range(file.num_row_groups):
        for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, row_groups=[group]):
            yield from _split(batch)


def _split(batch: pa.RecordBatch) -> Iterator[tuple[str, int, Coded]]:
    """The part of each cell in some rows of the file."""
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    scenario, replication = columns["scenario"].indices.to_numpy(), columns["replication"].to_numpy()
    codes = {name: columns[name].indices.to_numpy() for name in LABELS}
    names = {name: columns[name].dictionary.to_pylist() for name in LABELS}
    values = columns["value"].to_numpy(zero_copy_only=False)
    scenarios = columns["scenario"].dictionary.to_pylist()
    changes = np.flatnonzero((np.diff(scenario) != 0) | (np.diff(replication) != 0)) + 1
    starts = [0, *changes.tolist(), len(values)]
    for start, end in itertools.pairwise(starts):
        own = {name: column[start:end] for name, column in codes.items()}
        if end > start:
            yield scenarios[scenario[start]], int(replication[start]), Coded(own, names, values[start:end])
