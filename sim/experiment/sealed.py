"""Files that are there whole or not at all, and that tell whether they are what was written.

A sealed file is one line with a digest of all that follows, one line of JSON that says what it is and how long its
parts are, and the parts. It is written beside its place, brought to the disk and renamed, so a run that is killed
leaves finished files and nothing else, and two runs in one folder at worst write the same file twice.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sim.errors import OutputError, SimError

_FIRST = b"passport-simulator cell 1 "
_UNFINISHED = ".part"


class DamagedCellError(SimError, ValueError):
    """A stored file that is not what was written; ``str`` names the file and says what is wrong with it."""


def write_sealed(path: Path, about: Mapping[str, Any], parts: Mapping[str, bytes]) -> None:
    """Write a sealed file.

    Raises:
        OutputError: the disk is full, or may not be written.
    """
    said = {**about, "parts": {part: len(data) for part, data in parts.items()}}
    body = b"".join([json.dumps(said).encode(), b"\n", *parts.values()])
    write_whole(path, _FIRST + digest_of(body).encode() + b"\n" + body)


def read_sealed(path: Path) -> tuple[dict[str, Any], dict[str, bytes]] | None:
    """What a sealed file says of itself, and its parts; None where there is none.

    Raises:
        DamagedCellError: it is cut short, changed, or something else.
        OutputError: it cannot be read.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OutputError(f"{path}: cannot be read: {error.strerror or error}") from error
    first, _, body = data.partition(b"\n")
    if not first.startswith(_FIRST):
        raise DamagedCellError(f"{path}: is not a cell of this program")
    if first.removeprefix(_FIRST) != digest_of(body).encode():
        raise DamagedCellError(f"{path}: is damaged: its content is not what was written")
    line, _, rest = body.partition(b"\n")
    about: dict[str, Any] = json.loads(line)
    parts, start = {}, 0
    for part, length in about.pop("parts").items():
        parts[part] = rest[start : start + length]
        start += length
    return about, parts


def write_whole(path: Path, content: bytes) -> None:
    """Put content in the place of a file, whole or not at all.

    Raises:
        OutputError: the disk is full, or may not be written.
    """
    with told(path), _unfinished(path.parent) as waiting:
        with waiting.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(waiting, path)


def clear_unfinished(folder: Path) -> None:
    """Remove what runs that were killed on this machine were writing."""
    import psutil

    host = _host()
    for path in folder.glob(f".*{_UNFINISHED}"):
        of, _, rest = path.name[1:].partition("~")
        number = rest.partition("~")[0]
        # An earlier process may have had this one's number.
        if of == host and number.isdecimal() and (int(number) == os.getpid() or not psutil.pid_exists(int(number))):
            with suppress(OSError):
                path.unlink()


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Errors of the operating system as an :class:`OutputError` that names the file."""
    try:
        yield
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(f"{error.filename or path}: cannot be written: {error.strerror or error}") from error


def digest_of(data: bytes) -> str:
    """BLAKE2b of some bytes, 32 hexadecimal digits."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


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


def _host() -> str:
    return "".join(letter for letter in socket.gethostname() if letter.isalnum() or letter == "-")
