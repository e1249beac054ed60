"""The folder of results: each file is written beside its place and moved there when it is whole."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import __version__
from sim.errors import OutputError

if TYPE_CHECKING:
    from sim.experiment.job import Job
    from sim.experiment.run import Results

TABLES = ("summary.csv", "comparisons.csv", "replications.parquet", "assumptions.csv", "targets.csv")
LIBRARIES = ("simpy", "numpy", "scipy", "pandas", "pyarrow", "matplotlib", "pydantic")


@dataclass(frozen=True)
class Folder:
    """A folder that has been seen to be writable."""

    path: Path

    @classmethod
    def prepare(cls, path: Path) -> Folder:
        """Make the folder and try it.

        Raises:
            OutputError: it cannot be made or written to, or it is a file.
        """
        try:
            path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=path):
                pass
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputError(
                f"{path}: results cannot be written here: {reason}; choose another folder with --out"
            ) from error
        return cls(path)

    @property
    def journeys(self) -> Path:
        """Where journeys are kept."""
        return self.path / "journeys"

    @property
    def figures(self) -> Path:
        """Where figures go."""
        return self.path / "figures"

    def clear(self) -> None:
        """Remove what an earlier run wrote, the manifest first: without it a folder holds no complete results."""
        for name in ("manifest.json", *TABLES, "findings.md"):
            (self.path / name).unlink(missing_ok=True)
        for file in self.figures.glob("*") if self.figures.is_dir() else ():
            if file.suffix in (".svg", ".png", ".csv"):
                file.unlink()

    def write(self, name: str, content: bytes | str) -> Path:
        """Write a file whole or not at all.

        Raises:
            OutputError: the disk is full, or the folder has gone.
        """
        data = content.encode() if isinstance(content, str) else content
        target = self.path / name
        partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
        try:
            partial.write_bytes(data)
            os.replace(partial, target)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise OutputError(f"{target}: cannot be written: {error.strerror or error}") from error
        return target


def write_results(job: Job, results: Results, engine: str) -> None:
    """Write tables, figures, findings, assumptions and the manifest of the complete replications.

    Files of an earlier run in the folder are replaced; those that this run does not write are removed, so that all that
    is there belongs together.
    """
    from sim.experiment.summarise import comparisons, summary
    from sim.experiment.targets import against_targets
    from sim.report.figures import draw_figures
    from sim.report.findings import write_findings

    model, frame, folder = job.experiment.model, results.replications, job.folder
    names = list(job.plans)
    with _told_errors(folder.path):
        folder.clear()
        folder.write("replications.parquet", _parquet(frame))
        table = summary(frame, model.confidence, names)
        folder.write("summary.csv", _csv(table))
        folder.write("assumptions.csv", assumptions(job))
        if job.targets is not None:
            folder.write("targets.csv", _csv(against_targets(job.targets, table)))
        if job.compared is not None:
            baseline, main = job.compared
            told = frame, job.plans, baseline, main, job.language, model.confidence
            folder.write("comparisons.csv", _csv(comparisons(frame, baseline, model.confidence, names)))
            folder.figures.mkdir(exist_ok=True)
            draw_figures(folder.figures, *told)
            write_findings(folder.path, *told)
        folder.write("manifest.json", json.dumps(manifest(job, results, engine), indent=2, ensure_ascii=False) + "\n")


@contextmanager
def _told_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"{error.filename or path}: cannot be written: {error.strerror or error}") from error


def _parquet(frame: Any) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()


def _csv(frame: Any) -> bytes:
    text: str = frame.to_csv(index=False, lineterminator="\n", float_format="%.10g")
    return text.encode()


def assumptions(job: Job) -> str:
    """Every value that carries a basis, as CSV: scenario, path, value, range, basis, source, note, file and line.

    A value that all scenarios share stands once, under the scenario ``all``.
    """
    by_scenario = {name: dict(loaded.provenance.items()) for name, loaded in job.scenarios.items()}
    rows: list[list[str]] = []
    first = next(iter(by_scenario.values()))
    shared = {path for path in first if all(other.get(path) == first[path] for other in by_scenario.values())}
    for name, found in [("all", {p: first[p] for p in first if p in shared}), *by_scenario.items()]:
        for path, p in found.items():
            if name == "all" or path not in shared:
                low, high = p.range if p.range is not None else ("", "")
                file, line = p.where
                rows.append(
                    [
                        name,
                        path,
                        _plain(p.value),
                        _plain(low),
                        _plain(high),
                        p.basis,
                        p.source or "",
                        p.note or "",
                        f"{file}:{line}",
                    ]
                )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["scenario", "path", "value", "range_low", "range_high", "basis", "source", "note", "where"])
    writer.writerows(rows)
    return text.getvalue()


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def manifest(job: Job, results: Results, engine: str) -> dict[str, Any]:
    """What a reviewer needs to have the same numbers again, and digests to compare them by."""
    model = job.experiment.model
    folder = job.folder
    return {
        "experiment": model.name,
        "title": model.title,
        "question": model.question,
        "baseline": model.baseline,
        "main": job.compared[1] if job.compared else None,
        "scenarios": {
            name: {"title": job.plans[name].title, "configuration": loaded.digest}
            for name, loaded in job.scenarios.items()
        },
        "seed": job.seed,
        "engine": engine,
        "replications": {"asked": job.replications, "complete": len(results.complete)},
        "interrupted": results.interrupted,
        "same_applicants": results.people_compared,
        "confidence": model.confidence,
        "data": _data_digests(job),
        "tables": {name: file_digest(folder.path / name) for name in TABLES if (folder.path / name).exists()},
        "figures": {path.stem: file_digest(path) for path in sorted(folder.figures.glob("*.csv"))},
        "versions": {
            "simulator": __version__,
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in LIBRARIES},
        },
        "platform": {"system": platform.system(), "machine": platform.machine(), "byteorder": sys.byteorder},
    }


def _data_digests(job: Job) -> dict[str, str]:
    """Digest of each data file by its name in the configuration."""
    digests: dict[str, str] = {}
    for loaded in job.scenarios.values():
        for path, file in loaded.files.items():
            digests.setdefault(f"{path}: {file.name}", file_digest(file))
    return digests


def file_digest(path: Path) -> str:
    """BLAKE2b of a file's content."""
    return hashlib.blake2b(path.read_bytes(), digest_size=32).hexdigest()
