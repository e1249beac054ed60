"""A report in the making: by one process, or by two at the same time.

The second process draws the figures of the languages that the first does not draw and then writes the workbooks, while
the first draws its figures and writes findings and page. It reads what it needs from the folder of results, as whoever
draws a stored report does: the same evidence gives the same bytes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.config.texts import LANGUAGES
from sim.experiment.beside import Beside
from sim.keeping.folder import FIGURES, PLANS, REPLICATIONS, WORKBOOKS, require_manifest
from sim.keeping.plan_files import read_additions, read_adds, read_plans
from sim.keeping.table_file import read_parquet
from sim.report.evidence import Evidence, gather
from sim.report.told import Told, read_side_tables

if TYPE_CHECKING:
    import pandas as pd

    from sim.report.page.pictures import Picture

Tables = Mapping[str, "pd.DataFrame"]
"""Those that are not made from the replications alone, by the names of their files."""
Make = Callable[..., Any]
"""Makes a part of a report from evidence, tables and whatever else it is given."""


@dataclass(frozen=True)
class Source:
    """What a report is made from, for a process that does not hold it."""

    folder: Path
    """Of results: with the replications, the plans and the tables."""
    room: Path
    """A folder for the table of replications while it is used."""
    baseline: str | None
    """None where nothing is compared."""
    main: str
    confidence: float
    manifest: str = ""
    """Digest of the manifest that belongs to it, where another run may take its place meanwhile."""

    @functools.cached_property
    def evidence(self) -> Evidence:
        """The evidence, read once."""
        rows, plans = read_parquet(self.folder / REPLICATIONS, self.room), read_plans(self.folder / PLANS)
        alike = read_adds(self.folder / PLANS), read_additions(self.folder / PLANS)
        return gather(rows, plans, self.baseline, self.main, self.confidence, *alike)

    def run(self, make: Make | None = None, *arguments: Any) -> Any:
        """Make a part; without one get ready, for which the replications and plans must be there, but no tables yet."""
        evidence, tables = self.evidence, {} if make is None else read_side_tables(self.folder)
        if self.manifest:
            require_manifest(self.folder, self.manifest)
        return None if make is None else make(evidence, tables, *arguments)


@dataclass
class Report:
    """A report on its way into a folder; made by :func:`making`."""

    folder: Path
    language: str
    """Of figures and findings, which the page opens in."""
    begin: Callable[..., Callable[[], Any]]
    """Given a :data:`Make` and what it is to be given, returns what waits for the part that is made."""
    told: Told | None = None
    """What is told, once it is drawn."""
    others: dict[str, Callable[[], dict[str, Picture]]] = field(default_factory=dict)
    """The figures of the other languages, once they are begun."""
    workbooks: Callable[[], Any] = field(default=lambda: None)
    """Waits for the workbooks, once they are begun."""

    def draw(self, told: Told) -> None:
        """Draw the figures and write the findings; figures of other languages, for the page, and workbooks are begun.

        The manifest need not know of the figures yet.
        """
        from sim.report.figures import draw_figures
        from sim.report.findings import OF_MANIFEST, write_findings
        from sim.report.page.pictures import drawn_pictures
        from sim.report.style import ENDINGS

        self.told, evidence, tables = told, told.evidence, told.tables
        for language in LANGUAGES:
            if language != self.language:
                self.others[language] = self.begin(drawn_pictures, evidence, tables, language)
        self.workbooks = self.begin(_write_workbooks, evidence, tables, told.manifest, self.folder)
        figures = self.folder / FIGURES
        figures.mkdir(parents=True, exist_ok=True)
        draw_figures(figures, evidence, self.language, ENDINGS, tables)
        asked, of_run = told.manifest["replications"], (told.manifest.get(key, ()) for key in OF_MANIFEST)
        write_findings(self.folder, evidence, self.language, tables, asked, *of_run)

    def write_pages(self, manifest: Mapping[str, Any]) -> None:
        """Write the page, once figures are drawn, and wait for the workbooks; the manifest knows the figures by now."""
        from sim.report.page.build import write_page

        assert self.told is not None, "figures are drawn first"
        others = {language: drawn() for language, drawn in self.others.items()}
        write_page(self.folder, replace(self.told, manifest=manifest), self.language, others)
        self.workbooks()


@contextmanager
def making(source: Source, folder: Path, language: str, workers: int) -> Iterator[Report]:
    """Make a report; at the end whatever a second process is still doing for it is given up.

    Args:
        source: what it is made from.
        folder: where it goes.
        language: of figures and findings.
        workers: with one, this process makes everything; with more, a second process makes some of it.
    """
    if workers <= 1:
        yield Report(folder, language, functools.partial)
        return
    with Beside(source) as beside:
        beside.begin()
        yield Report(folder, language, lambda make, evidence, tables, *more: beside.begin(make, *more))


def _write_workbooks(evidence: Evidence, tables: Tables, manifest: Mapping[str, Any], folder: Path) -> None:
    from sim.report.workbook import write_workbook

    for language in WORKBOOKS:
        write_workbook(folder, Told(evidence, manifest, tables), language)
