"""The report of an experiment: drawn at the end of a run, or again from results that are stored."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiment.folder import FIGURES, FINDINGS, MANIFEST, PAGE, WORKBOOK, Folder, told
from sim.experiment.manifest import figure_digests, manifest_text
from sim.report.told import ACCESS, Told, baseline_of, read_told

if TYPE_CHECKING:
    import pandas as pd

    from sim.plan import Plan

TARGETS = "targets.csv"
About = tuple["pd.DataFrame", "Mapping[str, Plan]", str | None, str, str, float]
"""Replications, plans, baseline, main scenario, language and confidence, as figures and findings take them."""


def draw(folder: Path, about: About, beside: Mapping[str, pd.DataFrame]) -> None:
    """Draw the figures and write the findings into a folder.

    Args:
        folder: where they go.
        about: what was run.
        beside: tables that are not made from the replications alone, by the names of their files.
    """
    from sim.report.figures import draw_figures, draw_sensitivity_figure, draw_targets_figure
    from sim.report.findings import write_findings
    from sim.report.robust import study_of
    from sim.report.style import ENDINGS

    figures = folder / FIGURES
    figures.mkdir(parents=True, exist_ok=True)
    draw_figures(figures, *about, ENDINGS, beside.get(ACCESS))
    study = study_of(beside)
    if study is not None:
        draw_sensitivity_figure(figures, study, about[4])
    if TARGETS in beside:
        draw_targets_figure(figures, beside[TARGETS], about[4], about[5])
    write_findings(folder, *about, beside)


def write_pages(folder: Path, experiment: Told, language: str) -> None:
    """Write the page and the workbook into a folder that holds the figures already."""
    from sim.report.page.build import write_page
    from sim.report.workbook import write_workbook

    write_page(folder, experiment, language)
    write_workbook(folder, experiment, language)


def redraw(folder: Path, language: str | None = None) -> list[str]:
    """Draw the report of stored results again; nothing is simulated, and tables stay as they are.

    Args:
        folder: Where a run has written its results.
        language: Of figures, findings and workbook, which the page opens in; as it was when absent.

    Returns:
        The names of what was written.

    Raises:
        InputError: the folder does not hold what a report needs.
        OutputError: it cannot be written.
    """
    stored = read_told(folder)
    manifest, evidence = dict(stored.manifest), stored.evidence
    chosen = language or str(manifest["language"])
    about = (evidence.replications, evidence.plans, baseline_of(manifest), evidence.main, chosen, evidence.confidence)
    with told(folder), Folder.prepare(folder).staging() as staging:
        staging.new.mkdir(parents=True, exist_ok=True)
        draw(staging.new, about, stored.tables)
        manifest |= {"language": chosen, "figures": figure_digests(staging.new)}
        staging.write(MANIFEST, manifest_text(manifest))
        write_pages(staging.new, Told(evidence, manifest, stored.tables), chosen)
        staging.commit(beside=True)
    return [PAGE, FINDINGS, WORKBOOK, f"{FIGURES}/"]
