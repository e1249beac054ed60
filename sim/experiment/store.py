"""The store of cells: a file for each finished cell, known by the key of all that it depends on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sim.experiment import sealed
from sim.experiment.packing import Coded, unpack_rows
from sim.experiment.sealed import DamagedCellError, digest_of, read_sealed, told, write_sealed, write_whole

_PARTS = ("rows", "gains", "people")
_ENDINGS = (".cell", ".point", ".parquet")


@dataclass(frozen=True)
class Name:
    """Which cell: its scenario and replication for people, its key for all that it depends on."""

    scenario: str
    replication: int
    key: str

    @property
    def stem(self) -> str:
        """The name of its files, without ending."""
        return f"{self.scenario}-{self.replication:04d}-{self.key}"


@dataclass(frozen=True)
class Record:
    """What is stored of a cell."""

    rows: bytes
    gains: bytes | None = None
    """Rows of gains against the baseline; None in the baseline, and where it had other people."""
    compared_with: str | None = None
    """The key of the baseline's cell, once the two have been compared."""
    people: bytes | None = None
    """What a comparison needs of each applicant: in the baseline, and in others until they have been compared."""
    journeys: str | None = None
    """Digest of the journeys file beside it, where journeys were kept."""
    audited: int = 0
    """Applicants who went through the SimPy model too, with equal journeys."""


def parts_of(record: Record) -> list[Coded]:
    """The rows of a cell, and those of its gains."""
    return [unpack_rows(data) for data in (record.rows, record.gains) if data is not None]


@dataclass(frozen=True)
class Store:
    """Cells in a folder, which is made when the first is written."""

    folder: Path

    def path(self, name: Name) -> Path:
        """The file of a cell."""
        return self.folder / f"{name.stem}.cell"

    def journeys_path(self, name: Name) -> Path:
        """The file with the journeys of a cell."""
        return self.folder / f"{name.stem}.parquet"

    def read(self, name: Name) -> Record | None:
        """A cell; None where it is not there.

        Raises:
            DamagedCellError: the file is cut short, changed, or of something else.
            OutputError: it cannot be read.
        """
        path = self.path(name)
        found = read_sealed(path)
        if found is None:
            return None
        about, parts = found
        cell = about.get("cell") or ["a point", "none", ""]
        if cell != [name.scenario, name.replication, name.key]:
            raise DamagedCellError(f"{path}: is another cell: {cell[0]}, replication {cell[1]}")
        texts = about["compared_with"], about["journeys"]
        return Record(parts["rows"], parts.get("gains"), texts[0], parts.get("people"), texts[1], about["audited"])

    def write(self, name: Name, record: Record) -> None:
        """Store a cell.

        Raises:
            OutputError: the disk is full, or may not be written.
        """
        parts = {part: data for part in _PARTS if (data := getattr(record, part)) is not None}
        about = {
            "cell": [name.scenario, name.replication, name.key],
            "compared_with": record.compared_with,
            "journeys": record.journeys,
            "audited": record.audited,
        }
        write_sealed(self.path(name), about, parts)

    def write_journeys(self, name: Name, journeys: bytes) -> str:
        """Store the journeys of a cell, and return their digest for its record.

        Raises:
            OutputError: the disk is full, or may not be written.
        """
        write_whole(self.journeys_path(name), journeys)
        return digest_of(journeys)

    def has_journeys(self, name: Name, digest: str | None) -> bool:
        """Whether the journeys of a cell are there, and whole."""
        try:
            return digest is not None and digest_of(self.journeys_path(name).read_bytes()) == digest
        except OSError:
            return False

    def read_point(self, key: str) -> tuple[str, bytes] | None:
        """What came out at a point of the ranges of inputs, see :mod:`sim.experiment.points`; None if it is not there.

        Returns:
            Why the configuration refuses it, empty where it does not; and the numbers.

        Raises:
            DamagedCellError: the file is cut short, changed, or of something else.
            OutputError: it cannot be read.
        """
        path = self._point_path(key)
        found = read_sealed(path)
        if found is None:
            return None
        about, parts = found
        if about.get("point") != key:
            raise DamagedCellError(f"{path}: is another point than its name says")
        return about["problem"], parts["values"]

    def write_point(self, key: str, problem: str, values: bytes) -> None:
        """Store what came out at a point.

        Raises:
            OutputError: the disk is full, or may not be written.
        """
        write_sealed(self._point_path(key), {"point": key, "problem": problem}, {"values": values})

    def clear(self) -> None:
        """Remove all cells, and nothing else that may lie in the folder.

        Raises:
            OutputError: one cannot be removed.
        """
        with told(self.folder):
            for path in self._kept():
                path.unlink(missing_ok=True)

    def holds_cells(self) -> bool:
        """Whether any cell or point is kept."""
        return any(True for _ in self._kept())

    def _kept(self) -> Iterator[Path]:
        for path in self.folder.glob("*"):
            if path.suffix in _ENDINGS and len(path.stem.rpartition("-")[2]) == len(digest_of(b"")):
                yield path

    def clear_unfinished(self) -> None:
        """Remove what runs that were killed on this machine were writing."""
        sealed.clear_unfinished(self.folder)

    def _point_path(self, key: str) -> Path:
        return self.folder / f"point-{key}.point"
