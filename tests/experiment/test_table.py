"""Claims of the table of replications: nothing is lost on the way, whoever reads it, and memory does not grow."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiment import layout
from sim.experiment import table as table_module
from sim.experiment.flows import flow_table
from sim.experiment.keys import digest
from sim.experiment.packing import LABELS, Coded, pack_rows, unpack_rows
from sim.experiment.summarise import comparisons, summary
from sim.experiment.table import COLUMNS, Table, as_table
from sim.keeping import table_file
from sim.keeping.table_file import cell_digests, cells_of, read_parquet, write_parquet
from sim.measures.rows import Rows

NAMES = st.text(st.characters(codec="utf-8"), max_size=5)
ROWS = st.lists(st.tuples(NAMES, NAMES, NAMES, NAMES, st.floats(allow_nan=False)), max_size=20)
CELLS = st.lists(st.tuples(st.sampled_from("ab"), ROWS), max_size=4)


def coded(told: list[Any]) -> Coded:
    rows = Rows()
    for row in told:
        rows.add(*row)
    return unpack_rows(pack_rows(rows))


def table_of(told: list[tuple[str, list[Any]]]) -> tuple[Table, list[tuple[Any, ...]]]:
    """A table, each cell's rows twice, as rows and as gains; and the rows in their order."""
    table, expected = Table(), []
    for number, (scenario, rows) in enumerate(told):
        table.add(scenario, number, coded(rows), coded(rows))
        expected += [(scenario, number, *row) for row in (*rows, *rows)]
    return table, expected


def made_up(replications: int, scenarios: str = "abc") -> pd.DataFrame:
    """Means, their counts, percentiles, flows and gains of a few districts; some are missing in some replications."""
    rng = np.random.default_rng(replications)
    rows: list[tuple[Any, ...]] = []
    for replication in range(replications):
        for scenario in scenarios:
            where = scenario, replication
            for unit in range(12):
                mean, people = rng.normal(5.0 + unit, 1.0), float(rng.poisson(3.0))
                at = ("district", f"16.{unit:02d}")
                if people:
                    rows.append((*where, "travel_hours", *at, "mean", mean))
                rows += [(*where, "served", *at, "count", people), (*where, "wait_minutes", *at, "p90", 9.0 * mean)]
                if scenario != "a" and replication % 5:
                    rows.append((*where, "travel_hours_saved", *at, "mean", mean - 4.0))
                if rng.random() < 0.5:
                    rows.append((*where, "applicants", "flow", f"16.{unit:02d} kanim_{unit % 3}", "count", people))
    return pd.DataFrame(rows, columns=list(COLUMNS))


@given(CELLS)
def test_the_table_holds_all_rows_in_the_order_of_the_cells(told: list[tuple[str, list[Any]]]) -> None:
    table, expected = table_of(told)
    frame = table.frame()
    assert list(frame.columns) == list(COLUMNS)
    assert [tuple(row) for row in frame.itertuples(index=False)] == expected
    assert len(table) == len(expected)
    for name in LABELS if told else ():
        assert list(frame[name].cat.categories) == sorted(frame[name].cat.categories)


@pytest.mark.slow
@given(CELLS, st.integers(1, 30))
def test_a_file_of_it_gives_the_same_table_again_however_many_rows_are_read_at_once(
    told: list[tuple[str, list[Any]]], at_once: int
) -> None:
    table, expected = table_of(told)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        file = Path(folder) / "replications.parquet"
        patch.setattr(table_module, "ROWS_AT_ONCE", at_once)
        write_parquet(table, file)
        patch.setattr(table_file, "ROWS_AT_ONCE", max(at_once // 3, 1))
        if told:
            again = read_parquet(file).frame()
            assert [tuple(row) for row in again.itertuples(index=False)] == expected
            assert [tuple(row) for row in pd.read_parquet(file).itertuples(index=False)] == expected


def test_digests_of_cells_are_of_all_labels_and_of_every_bit_of_the_values(tmp_path: Path) -> None:
    frame = made_up(3)
    write_parquet(as_table(frame), tmp_path / "replications.parquet")
    expected = {}
    for (scenario, replication), part in frame.groupby(["scenario", "replication"]):
        texts = ["\n".join(part[name]).encode() for name in LABELS]
        expected[f"{scenario} {replication}"] = digest(*texts, part["value"].to_numpy(dtype="<f8").tobytes())
    assert cell_digests(tmp_path / "replications.parquet") == expected
    frame.loc[7, "value"] = np.nextafter(frame.loc[7, "value"], np.inf)
    write_parquet(as_table(frame), tmp_path / "changed.parquet")
    found = cell_digests(tmp_path / "changed.parquet")
    assert [name for name in found if found[name] != expected[name]] == ["a 0"]


def test_groups_of_rows_in_the_file_are_of_whole_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow.parquet as pq

    monkeypatch.setattr(table_module, "ROWS_AT_ONCE", 100)
    table = as_table(made_up(10))
    write_parquet(table, tmp_path / "replications.parquet")
    file = pq.ParquetFile(tmp_path / "replications.parquet")
    lengths = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
    cells = [sum(len(part.value) for part in parts) for *_, parts in cells_of(tmp_path / "replications.parquet")]
    assert len(lengths) > 10
    assert max(lengths) <= 100
    assert set(np.cumsum(lengths)) <= set(np.cumsum(cells))


@pytest.mark.parametrize("replications", [4, 25])
def test_tables_do_not_depend_on_how_many_quantities_are_read_at_once(
    replications: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = made_up(replications)

    def tables() -> Iterator[pd.DataFrame]:
        yield summary(frame, 0.9, "cab")
        yield comparisons(frame, "a", 0.9, "cab", together=True)
        yield flow_table(frame, 0.9, "cab")

    whole = list(tables())
    assert all(len(table) > 30 for table in whole)
    for few in (1, 7 * replications):
        monkeypatch.setattr(layout, "AT_ONCE", few)
        for table, expected in zip(tables(), whole, strict=True):
            pd.testing.assert_frame_equal(table, expected, check_exact=True)


def test_no_more_values_are_held_at_once_with_more_replications(monkeypatch: pytest.MonkeyPatch) -> None:
    most: dict[int, int] = {}
    read = Table.values

    def counted(self: Table, *told: Any, **more: Any) -> Any:
        found = read(self, *told, **more)
        most[len(found)] = max(most.get(len(found), 0), found.size)
        return found

    monkeypatch.setattr(Table, "values", counted)
    monkeypatch.setattr(layout, "AT_ONCE", 1000)
    for replications in (25, 100):
        frame = made_up(replications)
        summary(frame, 0.95)
        comparisons(frame, "a", 0.95, together=True)
        flow_table(frame, 0.95, "abc")
    # Means are read with the counts of their people.
    assert most[100] <= 2000
    assert most[25] <= 2000


def test_a_replication_more_costs_a_few_bytes_of_memory_whatever_its_rows() -> None:
    part = coded([("m" * 50, "l" * 50, f"{n} " * 20, "s" * 50, float(n)) for n in range(1000)])

    def held(cells: int) -> int:
        tracemalloc.start()
        table = Table()
        for number in range(cells):
            table.add("a", number, part)
        size = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert len(table) == 1000 * cells
        return size

    few, many = held(500), held(1500)
    assert many - few < 1000 * 300, "a cell of 12,000 bytes has its place alone in memory"


def test_a_quantity_that_stands_twice_in_a_replication_is_named() -> None:
    rows = [("x", "province", "province", "mean", 1.0), ("y", "site", "1", "count", 2.0)]
    table = Table()
    table.add("a", 0, coded(rows))
    assert table.doubled == ""
    table.add("a", 1, coded(rows), coded(rows[1:]))
    with pytest.raises(ValueError, match="two values in one replication for a 1 y site 1 count"):
        summary(table, 0.95)


def test_values_of_a_quantity_that_some_replications_lack_have_gaps() -> None:
    table = Table()
    table.add("a", 0, coded([("x", "province", "province", "mean", 1.0)]))
    table.add("b", 0, coded([("y", "province", "province", "mean", 2.0)]))
    table.add("a", 3, coded([("y", "province", "province", "mean", 3.0), ("x", "province", "province", "mean", 4.0)]))
    x, y = (table.quantity(name, "province", "province", "mean") for name in "xy")
    assert x is not None
    assert y is not None
    assert table.quantity("x", "province", "province", "p90") is None
    assert table.numbers.tolist() == [0, 3]
    np.testing.assert_array_equal(table.values("a", np.array([y, x])), [[np.nan, 1.0], [3.0, 4.0]])
    np.testing.assert_array_equal(table.values("b", np.array([x, y]), absent=0.0), [[0.0, 2.0], [0.0, 0.0]])
    assert table.there("b").tolist() == [n == y for n in range(2)]


def test_a_frame_without_a_label_is_refused() -> None:
    frame = made_up(2)
    frame.loc[3, "unit"] = None
    with pytest.raises(ValueError, match="a row has no unit"):
        as_table(frame)
