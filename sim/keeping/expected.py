"""What an experiment is expected to give: digests, and the numbers behind them to four digits, in a small file.

Digests say whether a table is the same, and marks of groups of rows where it is not; the numbers say by how much. They
are rounded to 12 bits after the first and packed, less than three bytes each. Of a large table only the estimates are
kept, and those of districts and weeks left out, so that the file stays small enough to lie beside its experiment. Of a
small one the words are kept too, so that another experiment can cite it.
"""

from __future__ import annotations

import base64
import json
import lzma
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.config.loader import EXPECTED
from sim.errors import InputError
from sim.experiment.keys import digest
from sim.keeping.folder import CITED, FIGURES, MANIFEST, REPLICATIONS, file_digest
from sim.keeping.table_file import cell_digests
from sim.plan import Floats, Ints

if TYPE_CHECKING:
    import pandas as pd

LABELS = ("scenario", "baseline", "measure", "level", "unit", "statistic")
GROUPED_BY = ("scenario", "measure", "level")
FINE = ("district", "week", "site_day", "site_week")
LARGE = 5000
"""Rows above which a table is large."""
SMALL = 1000
"""Rows up to which a table is small."""
PRECISION = 2.0**-12
"""Twice the relative error of rounding: what differs by less cannot be told from the kept numbers."""
FROM_MANIFEST = ("experiment", "seed", "replications", "engine", "model", "versions", "platform")


def expected_file(experiment: Path) -> Path:
    """Where the expected numbers of an experiment are kept."""
    return experiment.with_name(f"{experiment.stem}{EXPECTED}")


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
    tables = [name for name in manifest["tables"] if name.endswith(".csv") and name != CITED]
    figures = {name: folder / FIGURES / f"{name}.csv" for name in manifest["figures"]}
    return {
        **{name: manifest[name] for name in FROM_MANIFEST},
        "tables": {name: read_sheet(folder / name).describe(folder / name) for name in tables},
        REPLICATIONS: cell_digests(folder / REPLICATIONS),
        "figures": {
            name: read_sheet(path).describe(path) | {"svg": file_digest(path.with_suffix(".svg"))}
            for name, path in figures.items()
        },
    }


@dataclass(frozen=True)
class Sheet:
    """A CSV table taken apart."""

    labels: list[str]
    """The text of each row that is no number."""
    groups: list[str]
    """What the rows of each group share: scenario, measure and level, or the label where there are no such columns."""
    marks: Ints
    """[groups]: a number below 65,536 made of all that stands in it."""
    kept: Ints
    """Rows whose numbers are kept."""
    values: dict[str, Floats]
    """Columns of numbers in those rows."""
    texts: dict[str, list[str]]
    """Columns of words, of all rows."""

    def describe(self, path: Path) -> dict[str, Any]:
        """What is kept of the table."""
        found = {
            "digest": file_digest(path),
            "rows": len(self.labels),
            "labels": self.labels_digest,
            "groups": pack_marks(self.marks),
            "values": {name: pack_numbers(column) for name, column in self.values.items()},
        }
        if len(self.labels) <= SMALL:
            found["texts"] = {name: pack_texts(column) for name, column in self.texts.items()}
        return found

    @property
    def labels_digest(self) -> str:
        """A digest of all labels."""
        return digest("\n".join(self.labels).encode())


def read_sheet(path: Path) -> Sheet:
    """A CSV table, taken apart."""
    import pandas as pd

    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    columns = [str(name) for name in frame.columns]
    values = {name: found for name in columns if name not in LABELS and (found := _numbers(frame[name])) is not None}
    texts = {name: frame[name].tolist() for name in columns if name not in values}
    labels = _joined(frame, list(texts))
    shared = [name for name in GROUPED_BY if name in columns]
    group = pd.Series(_joined(frame, shared) if shared else labels)
    number = (group != group.shift()).cumsum().to_numpy() - 1
    whole = pd.Series(_joined(frame, columns)).groupby(number).agg("\n".join)
    kept = np.arange(len(frame))
    if len(frame) > LARGE:
        if "level" in columns:
            kept = np.flatnonzero(~frame["level"].isin(FINE).to_numpy(dtype=bool))
        values = dict(list(values.items())[:1])
    return Sheet(
        labels=labels,
        groups=group.groupby(number).first().tolist(),
        marks=np.array([zlib.crc32(text.encode()) & 0xFFFF for text in whole], dtype=np.int64),
        kept=kept,
        values={name: column[kept] for name, column in values.items()},
        texts=texts,
    )


def kept_table(expected: Mapping[str, Any], name: str) -> pd.DataFrame | None:
    """A small table as far as it is kept: its words whole, its numbers to four digits; None where there is none.

    Raises:
        ValueError: the words are not those of the table that was described.
    """
    import pandas as pd

    table = expected["tables"].get(name)
    if table is None or "texts" not in table:
        return None
    words = {column: unpack_texts(packed) for column, packed in table["texts"].items()}
    frame = pd.DataFrame(words, dtype=str)
    if digest("\n".join(_joined(frame, list(words))).encode()) != table["labels"]:
        raise ValueError(f"the words of {name} are not those that its digest was made of")
    return frame.assign(**{column: unpack_numbers(packed) for column, packed in table["values"].items()})


def _joined(frame: pd.DataFrame, columns: list[str]) -> list[str]:
    texts = [frame[name].tolist() for name in columns]
    return [", ".join(row) for row in zip(*texts, strict=True)] if texts else [""] * len(frame)


def _numbers(column: pd.Series[str]) -> Floats | None:
    """A column as numbers, empty ones NaN; None where it is text."""
    import pandas as pd

    found: Floats = pd.to_numeric(column.replace("", "nan"), errors="coerce").to_numpy(dtype=np.float64)
    is_text = np.isnan(found) & ~column.isin(["", "nan"]).to_numpy(dtype=bool)
    return None if is_text.any() or np.isnan(found).all() else found


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


def pack_marks(marks: Ints) -> str:
    """Marks of groups as text, two bytes each."""
    return _pack(marks.astype("<u2").tobytes())


def unpack_marks(text: str) -> Ints:
    """The marks of groups from their text."""
    return np.frombuffer(_unpack(text), dtype="<u2").astype(np.int64)


def pack_texts(texts: list[str]) -> str:
    """Words as text."""
    return _pack(json.dumps(texts, ensure_ascii=False).encode())


def unpack_texts(text: str) -> list[str]:
    """Words from their text."""
    found: list[str] = json.loads(_unpack(text))
    return found


def _pack(data: bytes) -> str:
    return base64.b85encode(lzma.compress(data, preset=9)).decode()


def _unpack(text: str) -> bytes:
    return lzma.decompress(base64.b85decode(text))
