"""What an experiment is expected to give: digests, and the numbers behind them to four digits, in a small file.

Digests say whether a table is the same; where it is not, the numbers say by how much and where. They are rounded to 12
bits after the first and packed, about two bytes each, so that the file of an experiment is kept beside it.
"""

from __future__ import annotations

import base64
import json
import lzma
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import InputError
from sim.experiment.folder import FIGURES, MANIFEST, file_digest
from sim.experiment.keys import digest
from sim.plan import Floats

if TYPE_CHECKING:
    import pandas as pd

    from sim.plan import Ints

LABELS = ("scenario", "baseline", "measure", "level", "unit", "statistic")
REPLICATIONS = "replications.parquet"
PRECISION = 2.0**-12
"""Twice the relative error of rounding: what differs by less cannot be told from the kept numbers."""
FROM_MANIFEST = ("experiment", "seed", "replications", "engine", "model", "versions", "platform")


def expected_file(experiment: Path) -> Path:
    """Where the expected numbers of an experiment are kept."""
    return experiment.with_name(f"{experiment.stem}.expected.json")


def read_expected(file: Path) -> dict[str, Any]:
    """The expected numbers of an experiment.

    Raises:
        InputError: there are none, or the file is not one of them.
    """
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if not all(isinstance(found[name], dict) for name in ("tables", "figures", "versions", REPLICATIONS)):
            raise TypeError
    except FileNotFoundError as error:
        raise InputError(
            f"{file}: there are no expected numbers for this experiment; reproduce --update writes them"
        ) from error
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file}: is not a file of expected numbers; reproduce --update writes one") from error
    return found


def describe(folder: Path) -> dict[str, Any]:
    """What is kept of the results in a folder."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    tables = [name for name in manifest["tables"] if name.endswith(".csv")]
    figures = {name: folder / FIGURES / f"{name}.csv" for name in manifest["figures"]}
    return {
        **{name: manifest[name] for name in FROM_MANIFEST},
        "tables": {name: describe_sheet(folder / name) for name in tables},
        REPLICATIONS: cell_digests(folder / REPLICATIONS),
        "figures": {
            name: describe_sheet(path) | {"svg": file_digest(path.with_suffix(".svg"))}
            for name, path in figures.items()
        },
    }


def describe_sheet(path: Path) -> dict[str, Any]:
    """What is kept of a CSV table: its digest, its size, and labels and numbers in short."""
    labels, values = read_sheet(path)
    return {
        "digest": file_digest(path),
        "rows": len(labels),
        "labels": pack_labels(labels),
        "values": {name: pack_numbers(column) for name, column in values.items()},
    }


def read_sheet(path: Path) -> tuple[list[str], dict[str, Floats]]:
    """A CSV table as the text that labels each row, and its columns of numbers."""
    import pandas as pd

    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    columns = [str(name) for name in frame.columns]
    values = {name: found for name in columns if name not in LABELS and (found := _numbers(frame[name])) is not None}
    texts = [frame[name].tolist() for name in columns if name not in values]
    labels = [", ".join(row) for row in zip(*texts, strict=True)] if texts else [""] * len(frame)
    return labels, values


def _numbers(column: pd.Series[str]) -> Floats | None:
    """A column as numbers, empty ones NaN; None where it is text."""
    import pandas as pd

    found: Floats = pd.to_numeric(column.replace("", "nan"), errors="coerce").to_numpy(dtype=np.float64)
    is_text = np.isnan(found) & ~column.isin(["", "nan"]).to_numpy(dtype=bool)
    return None if is_text.any() or np.isnan(found).all() else found


def cell_digests(path: Path) -> dict[str, str]:
    """A digest of the rows of each cell in the table of replications, by scenario and replication; bits count."""
    import pandas as pd

    frame = pd.read_parquet(path)
    names = [name for name in frame if name not in ("scenario", "replication", "value")]
    found = {}
    for key, part in frame.groupby(["scenario", "replication"], observed=True, sort=False):
        scenario, replication = key
        texts = ["\n".join(part[name].astype(str)).encode() for name in names]
        found[f"{scenario} {replication}"] = digest(*texts, part["value"].to_numpy(dtype="<f8").tobytes())
    return found


def pack_numbers(values: Floats) -> str:
    """Numbers rounded to 13 binary digits, as text."""
    bits = values.astype("<f4").view("<u4")
    rounded = np.where(np.isfinite(values), (bits + np.uint32(1 << 10)) & np.uint32(0xFFFFF800), bits).astype("<u4")
    # Bytes of one kind side by side pack best.
    return _pack(rounded.view(np.uint8).reshape(-1, 4).T.tobytes())


def unpack_numbers(text: str) -> Floats:
    """Numbers from their text."""
    columns = np.frombuffer(_unpack(text), dtype=np.uint8).reshape(4, -1)
    found: Floats = np.ascontiguousarray(columns.T).view("<f4").reshape(-1).astype(np.float64)
    return found


def pack_labels(labels: list[str]) -> str:
    """Two bytes for each row's label: enough to find the first that is another."""
    return _pack(label_marks(labels).tobytes())


def unpack_labels(text: str) -> Ints:
    """The marks of labels from their text."""
    return np.frombuffer(_unpack(text), dtype="<u2").astype(np.int64)


def label_marks(labels: list[str]) -> Any:
    """A number below 65,536 for each label."""
    return np.array([zlib.crc32(label.encode()) & 0xFFFF for label in labels], dtype="<u2")


def _pack(data: bytes) -> str:
    return base64.b85encode(lzma.compress(data, preset=9)).decode()


def _unpack(text: str) -> bytes:
    return lzma.decompress(base64.b85decode(text))
