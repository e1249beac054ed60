"""The report of an experiment drawn again, from results that are stored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.errors import InputError
from sim.experiment.sealed import told
from sim.keeping.crate import require_rocrate, write_crate
from sim.keeping.folder import (
    CRATE,
    FIGURES,
    FINDINGS,
    MANIFEST,
    PAGE,
    REPLICATIONS,
    WORKBOOKS,
    Folder,
    file_digest,
)
from sim.keeping.manifest import figure_digests, manifest_text
from sim.report.making import Source, making
from sim.report.told import altered, baseline_of, read_told


def redraw(
    folder: Path,
    language: str | None = None,
    main: str | None = None,
    warn: Callable[[str], None] = lambda text: None,
    workers: int = 1,
) -> list[str]:
    """Draw the report of stored results again; nothing is simulated, and tables stay as they are.

    Args:
        folder: Where a run has written its results.
        language: Of figures and findings, which the page opens in; as it was when absent.
        main: The scenario that it is about, beside the baseline; as it was when absent.
        warn: Told of tables that are not as the run wrote them, and that no report is drawn from.
        workers: Processes; a report is made by two at most.

    Returns:
        The names of what was written.

    Raises:
        InputError: the folder does not hold what a report needs, or no such scenario.
        OutputError: it cannot be written.
        WorkerError: the second process cannot be started, or died.
        SimError: another run has written results there meanwhile.
    """
    as_read = file_digest(folder / MANIFEST) if (folder / MANIFEST).is_file() else ""
    stored = read_told(folder, main)
    for problem in altered(folder, stored.manifest):
        warn(f"{problem}\n    the report is right without it: it is drawn from {REPLICATIONS}")
    manifest = dict(stored.manifest)
    chosen = language or str(manifest["language"])
    with told(folder), Folder.prepare(folder).staging() as staging:
        staging.new.mkdir(parents=True, exist_ok=True)
        source = Source(folder, folder, baseline_of(manifest), manifest["main"], manifest["confidence"], as_read)
        with making(source, staging.new, chosen, workers) as report:
            report.draw(stored)
            manifest |= {"language": chosen, "figures": figure_digests(staging.new)}
            staging.write(MANIFEST, manifest_text(manifest))
            report.write_pages(manifest)
        crate = CRATE in manifest.get("crate", ()) and _can_describe(folder, warn)
        if crate:
            write_crate(staging, staging.staying())
        staging.commit(beside=as_read)
    return [PAGE, FINDINGS, *WORKBOOKS.values(), f"{FIGURES}/", *([CRATE] if crate else [])]


def _can_describe(folder: Path, warn: Callable[[str], None]) -> bool:
    """Whether the crate of results can be written anew; else a warning that the one there goes with its report."""
    try:
        require_rocrate()
    except InputError as error:
        warn(f"{folder / CRATE}: is removed, as it tells of the report before this one\n    {error}, and draw it again")
        return False
    return True
