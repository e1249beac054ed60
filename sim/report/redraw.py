"""The report of an experiment: drawn at the end of a run, or again from results that are stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiment.folder import FIGURES, FINDINGS, MANIFEST, PAGE, REPLICATIONS, WORKBOOKS, Folder, told
from sim.experiment.manifest import figure_digests, manifest_text
from sim.report.told import Told, altered, read_told

if TYPE_CHECKING:
    import pandas as pd

    from sim.report.evidence import Evidence


def draw(folder: Path, evidence: Evidence, language: str, beside: Mapping[str, pd.DataFrame], asked: int) -> None:
    """Draw the figures and write the findings into a folder.

    Args:
        folder: where they go.
        evidence: what was run, and what came of it.
        language: of figures and findings.
        beside: tables that are not made from the replications alone, by the names of their files.
        asked: how many replications were asked for.
    """
    from sim.report.figures import draw_figures
    from sim.report.findings import write_findings
    from sim.report.style import ENDINGS

    figures = folder / FIGURES
    figures.mkdir(parents=True, exist_ok=True)
    draw_figures(figures, evidence, language, ENDINGS, beside)
    write_findings(folder, evidence, language, beside, asked)


def write_pages(folder: Path, experiment: Told, language: str) -> None:
    """Write the page and the workbook of each language into a folder that holds the figures already."""
    from sim.report.page.build import write_page
    from sim.report.workbook import write_workbook

    write_page(folder, experiment, language)
    for each in WORKBOOKS:
        write_workbook(folder, experiment, each)


def redraw(folder: Path, language: str | None = None, warn: Callable[[str], None] = lambda text: None) -> list[str]:
    """Draw the report of stored results again; nothing is simulated, and tables stay as they are.

    Args:
        folder: Where a run has written its results.
        language: Of figures and findings, which the page opens in; as it was when absent.
        warn: Told of tables that are not as the run wrote them, and that no report is drawn from.

    Returns:
        The names of what was written.

    Raises:
        InputError: the folder does not hold what a report needs.
        OutputError: it cannot be written.
    """
    stored = read_told(folder)
    for problem in altered(folder, stored.manifest):
        warn(f"{problem}\n    the report is right without it: it is drawn from {REPLICATIONS}")
    manifest, evidence = dict(stored.manifest), stored.evidence
    chosen = language or str(manifest["language"])
    with told(folder), Folder.prepare(folder).staging() as staging:
        staging.new.mkdir(parents=True, exist_ok=True)
        draw(staging.new, evidence, chosen, stored.tables, manifest["replications"]["asked"])
        manifest |= {"language": chosen, "figures": figure_digests(staging.new)}
        staging.write(MANIFEST, manifest_text(manifest))
        write_pages(staging.new, Told(evidence, manifest, stored.tables), chosen)
        staging.commit(beside=True)
    return [PAGE, FINDINGS, *WORKBOOKS.values(), f"{FIGURES}/"]
