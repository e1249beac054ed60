"""The store of cells: a file for each finished cell, written whole or not at all, known by the key of its content.

A file is one line with a digest of all that follows, one line of JSON that says what the parts are, and the parts. It
is written beside its place, brought to the disk and renamed, so a run that is killed leaves finished cells and
nothing else, and two runs in one folder at worst write the same file twice.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import OutputError, SimError
from sim.experiment.folder import is_running, told

_FIRST = b"passport-simulator cell 1 "
_UNFINISHED = ".part"
_PARTS = ("rows", "gains", "people")


class DamagedCellError(SimError, ValueError):
    """A stored cell that is not what was written; ``str`` names the file and says what is wrong with it."""


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
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OutputError(f"{path}: cannot be read: {error.strerror or error}") from error
        return _record(path, name, data)

    def write(self, name: Name, record: Record) -> None:
        """Store a cell.

        Raises:
            OutputError: the disk is full, or may not be written.
        """
        parts = {part: getattr(record, part) for part in _PARTS if getattr(record, part) is not None}
        about = {
            "cell": [name.scenario, name.replication, name.key],
            "compared_with": record.compared_with,
            "journeys": record.journeys,
            "audited": record.audited,
            "parts": {part: len(data) for part, data in parts.items()},
        }
        body = b"".join([json.dumps(about).encode(), b"\n", *parts.values()])
        self._replace(self.path(name), _FIRST + _digest(body) + b"\n" + body)

    def write_journeys(self, name: Name, journeys: bytes) -> str:
        """Store the journeys of a cell, and return their digest for its record.

        Raises:
            OutputError: the disk is full, or may not be written.
        """
        self._replace(self.journeys_path(name), journeys)
        return _digest(journeys).decode()

    def has_journeys(self, name: Name, digest: str | None) -> bool:
        """Whether the journeys of a cell are there, and whole."""
        try:
            return digest is not None and _digest(self.journeys_path(name).read_bytes()).decode() == digest
        except OSError:
            return False

    def clear(self) -> None:
        """Remove all cells, and nothing else that may lie in the folder.

        Raises:
            OutputError: one cannot be removed.
        """
        with told(self.folder):
            for path in self.folder.glob("*"):
                if path.suffix in (".cell", ".parquet") and len(path.stem.rpartition("-")[2]) == len(_digest(b"")):
                    path.unlink(missing_ok=True)

    def clear_unfinished(self) -> None:
        """Remove what runs that were killed on this machine were writing."""
        host = _host()
        for path in self.folder.glob(f".*{_UNFINISHED}"):
            of, _, rest = path.name[1:].partition("~")
            number = rest.partition("~")[0]
            if of == host and number.isdecimal() and not is_running(int(number)):
                with suppress(OSError):
                    path.unlink()

    def _replace(self, path: Path, content: bytes) -> None:
        with told(path), _unfinished(self.folder) as waiting:
            with waiting.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(waiting, path)


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """A name for a file that is being written; gone at the end, whatever happens."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".{_host()}~{os.getpid()}~{secrets.token_hex(4)}{_UNFINISHED}"
    try:
        yield path
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _record(path: Path, name: Name, data: bytes) -> Record:
    first, _, body = data.partition(b"\n")
    if not first.startswith(_FIRST):
        raise DamagedCellError(f"{path}: is not a cell of this program")
    if first.removeprefix(_FIRST) != _digest(body):
        raise DamagedCellError(f"{path}: is damaged: its content is not what was written")
    line, _, rest = body.partition(b"\n")
    about: dict[str, Any] = json.loads(line)
    if about["cell"] != [name.scenario, name.replication, name.key]:
        raise DamagedCellError(f"{path}: is another cell: {about['cell'][0]}, replication {about['cell'][1]}")
    parts, start = {}, 0
    for part, length in about["parts"].items():
        parts[part] = rest[start : start + length]
        start += length
    return Record(compared_with=about["compared_with"], journeys=about["journeys"], audited=about["audited"], **parts)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).hexdigest().encode()


def _host() -> str:
    return "".join(letter for letter in socket.gethostname() if letter.isalnum() or letter == "-")
