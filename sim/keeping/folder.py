"""The folder of results: what a run writes is gathered beside its place and moved there when all of it is whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from filelock import FileLock, UnixFileLock

from sim.errors import OutputError, SimError
from sim.experiment.interrupts import held
from sim.experiment.sealed import told

MANIFEST = "manifest.json"
FINDINGS = "findings.md"
CRATE = "ro-crate-metadata.json"
PAGE, PLANS = "report.html", "plans.npz"
WORKBOOKS = {"en": "tables.xlsx", "id": "tabel.xlsx"}
"""The workbook of each language; a run writes all of them."""
CITED = "cited.csv"
"""What other experiments gave; their own expected numbers hold it, so that those of this one say nothing of it."""
REPLICATIONS = "replications.parquet"
TABLES = (
    *("summary.csv", "comparisons.csv", REPLICATIONS, "assumptions.csv", "targets.csv", "factorial.csv"),
    *("access.csv", "flows.csv", CITED),
    *("precision.csv", "sensitivity.csv", "sensitivity_morris.csv", "sensitivity_sobol.csv", "sensitivity_points.csv"),
)
FIGURES, JOURNEYS, CELLS, CONFIGURATION = "figures", "journeys", "cells", "configuration"
FIGURE_ENDINGS = ("svg", "png", "csv")
_NAMES = (MANIFEST, FINDINGS, CRATE, PAGE, *WORKBOOKS.values(), PLANS, *TABLES)
MOST_NAMED = 5
"""Files that an error names one by one."""


@dataclass(frozen=True)
class Folder:
    """A folder that has been seen to be writable."""

    path: Path

    @classmethod
    def prepare(cls, path: Path) -> Folder:
        """Try the folder, and leave no trace of it.

        Raises:
            OutputError: it cannot be made or written to, or something else stands where results go.
        """
        try:
            _try(path)
        except (FileExistsError, NotADirectoryError) as error:
            at = next((part for part in (path, *path.parents) if part.exists() and not part.is_dir()), path)
            raise OutputError(f"{at}: is a file, so results cannot go to {path}; choose a folder with --out") from error
        except OSError as error:
            raise OutputError(
                f"{path}: results cannot be written here: {error.strerror or error}; choose another folder with --out"
            ) from error
        for name in _NAMES:
            if (path / name).is_dir():
                raise OutputError(f"{path / name}: is a folder where a file of results goes; choose another --out")
        for name in (FIGURES, JOURNEYS, CELLS, CONFIGURATION):
            if (path / name).exists() and not (path / name).is_dir():
                raise OutputError(f"{path / name}: is a file where a folder of results goes; choose another --out")
        return cls(path)

    def require_free(self, experiment: str) -> None:
        """See that results of an experiment would neither replace nor stand among what is not its own.

        Its own are those that its manifest names. Files that bear no name of results may lie beside them.

        Raises:
            OutputError: the folder holds results of another experiment, or files where results go.
        """
        of = experiment_in(self.path)
        if of not in ("", experiment):
            raise OutputError(
                f"{self.path}: holds the results of another experiment, {of!r}; choose another folder with --out, "
                "or move these away"
            )
        places = [self.path, *(place / part for place in self.path.glob(f"{_STAGING}*") for part in ("old", "new"))]
        own = {name for place in places for name in earlier_files(place)}
        strange = [name for name in _NAMES if (self.path / name).is_file() and name not in own]
        if not own:
            strange += [f"{part}/{name}" for part in (FIGURES, JOURNEYS) for name in _files(self.path / part)]
        if strange:
            more = f" and {len(strange) - MOST_NAMED} more" if len(strange) > MOST_NAMED else ""
            raise OutputError(
                f"{self.path}: holds files that no run of this experiment has written, where its results go "
                f"({', '.join(strange[:MOST_NAMED])}{more}); choose another folder with --out, or move them away"
            )

    @property
    def cells(self) -> Path:
        """Where finished cells are stored."""
        return self.path / CELLS

    @property
    def journeys(self) -> Path:
        """Where journeys are kept."""
        return self.path / JOURNEYS

    @property
    def figures(self) -> Path:
        """Where figures go."""
        return self.path / FIGURES

    @contextmanager
    def staging(self) -> Iterator[Staging]:
        """A place for the results of one run, on the same disk; whatever is still there at the end is removed.

        Raises:
            OutputError: it cannot be made.
        """
        with told(self.path), _made(self.path):
            with _alone_in(self.path):
                _remove_left_behind(self.path)
                place = Path(tempfile.mkdtemp(prefix=_STAGING, dir=self.path))
                in_use = FileLock(place / _LOCK)
                in_use.acquire()
            try:
                yield Staging(self.path, place)
            finally:
                with held():
                    in_use.release()
                    shutil.rmtree(place, ignore_errors=True)


@dataclass
class Staging:
    """Results on their way into a folder."""

    folder: Path
    place: Path
    committed: bool = False
    """Whether they are there."""

    @property
    def new(self) -> Path:
        """Where files wait; their names from here are those that they will have in the folder."""
        return self.place / "new"

    def path(self, name: str) -> Path:
        """Where a file waits, in a folder that is there.

        Raises:
            OSError: the folder cannot be made.
        """
        target = self.new / name
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def write(self, name: str, content: bytes | str) -> Path:
        """Write a file.

        Raises:
            OutputError: the disk is full, or may not be written.
        """
        with told(self.folder / name):
            target = self.path(name)
            target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def staying(self) -> list[str]:
        """What an earlier run wrote that stays where its report is drawn again: all but figures, and the crate."""
        return [name for name in earlier_files(self.folder) if name != CRATE and not name.startswith(f"{FIGURES}/")]

    def commit(self, beside: str = "") -> None:
        """Put the files in place of those of an earlier run; on an error all is as it was before.

        Ctrl-C is heard when the files are in place, and not before. What an earlier run wrote is known from its
        manifest. Other people's files stay where they are.

        Args:
            beside: digest of the manifest of the earlier run to which these files belong, where what is
                :meth:`staying` of it stays.

        Raises:
            OutputError: a file cannot be moved.
            SimError: these files belong to an earlier run, and another one has written there meanwhile.
        """
        with held() as came, told(self.folder), _alone_in(self.folder):
            if beside:
                require_manifest(self.folder, beside)
            new = sorted(_files(self.new), key=lambda name: (name == MANIFEST, name))
            earlier = set(earlier_files(self.folder)).difference(self.staying() if beside else ())
            old = sorted(name for name in {*earlier, *new} if (self.folder / name).is_file())
            # Without a manifest a folder holds no complete results: it goes first and comes last.
            old.sort(key=lambda name: name != MANIFEST)
            moves = [(self.folder / name, self.place / "old" / name) for name in old]
            moves += [(self.new / name, self.folder / name) for name in new]
            done: list[tuple[Path, Path]] = []
            try:
                for source, target in moves:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    os.replace(source, target)
                    done.append((source, target))
            except BaseException:
                for source, target in reversed(done):
                    with suppress(OSError):
                        os.replace(target, source)
                raise
            finally:
                for name in (FIGURES, JOURNEYS, CONFIGURATION):
                    with suppress(OSError):
                        (self.folder / name).rmdir()
            self.committed = True
        for number in came[:1]:
            signal.raise_signal(number)


def experiment_in(folder: Path) -> str:
    """The experiment whose results lie in a folder, by its manifest; empty where there is no manifest of ours."""
    return str(_manifest(folder).get("experiment", ""))


def changed_in(folder: Path) -> list[str] | None:
    """What the command line changed for the results in a folder, by their manifest; None where none says so."""
    changed = _manifest(folder).get("changed")
    return [str(one) for one in changed] if isinstance(changed, list) else None


def earlier_files(folder: Path) -> list[str]:
    """Files of results that a run has left in a folder, by its manifest; none where there is no manifest of ours."""
    manifest = _manifest(folder)
    try:
        names = [*manifest["tables"], FINDINGS, PAGE, *WORKBOOKS.values(), PLANS, MANIFEST]
        names += [f"{FIGURES}/{name}.{ending}" for name in manifest["figures"] for ending in FIGURE_ENDINGS]
        names += [f"{JOURNEYS}/{name}" for name in manifest.get("journeys", ())]
        names += manifest.get("crate", ())
    except (KeyError, TypeError):
        return []
    return [name for name in names if ".." not in PurePosixPath(name).parts and not PurePosixPath(name).is_absolute()]


def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder; empty where it is none of ours."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return dict(found) if found["experiment"] and "simulator" in found["versions"] else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def file_digest(path: Path) -> str:
    """BLAKE2b of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=32)).hexdigest()


def require_manifest(folder: Path, digest: str) -> None:
    """See that a folder still holds the results of a manifest.

    Raises:
        SimError: another run has taken their place.
    """
    with suppress(FileNotFoundError):
        if file_digest(folder / MANIFEST) == digest:
            return
    raise SimError("another run has written results there meanwhile; the same command draws them")


_STAGING, _LOCK = ".unfinished-", ".lock"
_TRIES = 5


def _try(path: Path) -> None:
    """Make a folder and write to it. Another run that tries it at the same moment may take it away again."""
    for last in (False,) * _TRIES + (True,):
        try:
            with _made(path), tempfile.TemporaryFile(dir=path):
                return
        except FileNotFoundError:
            if last:
                raise


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other run is here in the same folder. The system lets go of a lock when its process is gone."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / _LOCK)
    with lock:
        try:
            yield
        finally:
            # Whoever waits for a lock of the kernel sees that its file is gone, and begins anew. Windows removes the
            # file itself; on network disks without such locks the file is the lock.
            if isinstance(lock, UnixFileLock):
                with suppress(OSError):
                    os.unlink(lock.lock_file)


@contextmanager
def _made(path: Path) -> Iterator[None]:
    """A folder that exists inside; what had to be made for it, and is still empty at the end, is removed again."""
    made = [part for part in (path, *path.parents) if not part.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        for part in made:
            with suppress(OSError):
                part.rmdir()


def _files(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]


def _remove_left_behind(folder: Path) -> None:
    """Remove what runs that were killed, on whichever machine, have left behind: nobody holds its lock any more."""
    for place in folder.glob(f"{_STAGING}*"):
        with suppress(OSError):
            FileLock(place / _LOCK, blocking=False).acquire().lock.release()
            shutil.rmtree(place, ignore_errors=True)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """What cannot be written into a folder as an :class:`OutputError`."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{error.filename or folder}: {error.strerror or error}") from error
