"""The Parquet files of results are read alike by pandas, Polars and DuckDB: the same columns, rows, order and bits."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

from sim.experiment import table as table_module
from sim.keeping.table_file import read_parquet, write_parquet


@pytest.fixture(scope="module")
def results(finished: Path) -> Path:
    return finished / "results/impact"


def columns_of(file: Path) -> dict[str, dict[str, list[object]]]:
    """The columns of a file by each library, as plain values; a missing number and a NaN are both None."""
    query = duckdb.sql(f"SELECT * FROM read_parquet('{file}')")
    read = {
        "pandas": pd.read_parquet(file).astype(object).to_dict("list"),
        "Polars": pl.read_parquet(file).to_dict(as_series=False),
        "DuckDB": dict(zip(query.columns, map(list, zip(*query.fetchall(), strict=True)), strict=True)),
    }
    return {
        library: {str(name): [None if value != value else value for value in column] for name, column in found.items()}
        for library, found in read.items()
    }


@pytest.mark.parametrize(
    "name", ["replications.parquet", "journeys/before-0000.parquet", "journeys/after-0002.parquet"]
)
def test_pandas_polars_and_duckdb_read_the_same(results: Path, name: str) -> None:
    found = columns_of(results / name)
    assert len(next(iter(found["pandas"].values()))) > 100
    for library in ("Polars", "DuckDB"):
        assert list(found[library]) == list(found["pandas"])
        for column, values in found["pandas"].items():
            assert found[library][column] == values, f"{column} by {library}"


def test_they_read_the_same_where_the_file_has_many_groups_of_rows(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_module, "ROWS_AT_ONCE", 1500)
    write_parquet(read_parquet(results / "replications.parquet"), tmp_path / "many.parquet")
    whole, many = columns_of(results / "replications.parquet"), columns_of(tmp_path / "many.parquet")
    assert many == whole
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "many.parquet"), pd.read_parquet(results / "replications.parquet"), check_exact=True
    )


def test_a_mean_taken_by_each_of_them_is_that_of_the_summary(results: Path) -> None:
    file = results / "replications.parquet"
    where = {"scenario": "after", "measure": "wait_minutes", "level": "province", "statistic": "p90"}
    summary = pd.read_csv(results / "summary.csv", dtype={"unit": str})
    expected = summary.loc[np.all([summary[name] == text for name, text in where.items()], axis=0), "estimate"].item()
    frame = pd.read_parquet(file)
    rows = frame[np.all([frame[name] == text for name, text in where.items()], axis=0)]
    lazy = pl.scan_parquet(file).filter(*(pl.col(name).cast(pl.String) == text for name, text in where.items()))
    condition = " AND ".join(f"{name} = '{text}'" for name, text in where.items())
    query = f"SELECT avg(value) FROM read_parquet('{file}') WHERE {condition}"
    found = [
        rows["value"].mean(),
        lazy.select(pl.col("value").mean()).collect().item(),
        duckdb.sql(query).fetchall()[0][0],
    ]
    assert found == pytest.approx([expected] * 3, rel=1e-9)
