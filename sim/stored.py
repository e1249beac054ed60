"""Results that an experiment has written: its tables as frames, its journeys, and the figures of its report."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.arguments import a_number, a_path, in_python, one_of, refuse
from sim.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.figure import Figure

    from sim.plan import Plan
    from sim.report.told import Told


def results(folder: str | Path) -> Results:
    """The results in a folder that ``run_sim.py run`` or :func:`sim.run` has written.

    Raises:
        InputError: it holds none, or those of another version.
    """
    from sim.report.told import read_manifest

    path = a_path("folder", folder, "a folder that `run` has written to")
    return Results(path, read_manifest(path))


@dataclass(frozen=True, eq=False)
class Results:
    """Results in a folder; made by :func:`sim.run` and :func:`results`. Tables are read when they are asked for."""

    folder: Path
    manifest: Mapping[str, Any]
    """Seed, engine, versions and digests, which tell how it was run."""

    def __repr__(self) -> str:
        return f"Results({str(self.folder)!r})"

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios, in the order of tables."""
        return tuple(self._told.evidence.plans)

    @property
    def plans(self) -> Mapping[str, Plan]:
        """The plan of each scenario, as far as figures need it."""
        return self._told.evidence.plans

    @functools.cached_property
    def summary(self) -> pd.DataFrame:
        """Every measure of every scenario with its interval (summary.csv)."""
        return self.table("summary")

    @functools.cached_property
    def comparisons(self) -> pd.DataFrame:
        """Every scenario against the baseline, paired, with intervals and adjusted p-values (comparisons.csv)."""
        return self.table("comparisons")

    @functools.cached_property
    def replications(self) -> pd.DataFrame:
        """One row for each quantity of each scenario and replication (replications.parquet), all of them in memory."""
        return self.table("replications")

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables there are, without ending."""
        return tuple(Path(name).stem for name in self.manifest["tables"])

    def table(self, name: str) -> pd.DataFrame:
        """A table of the folder by its name without ending, such as ``assumptions`` or ``precision``.

        Raises:
            InputError: there is none of that name, it cannot be read, or it is not what the run wrote.
        """
        import pandas as pd

        from sim.report.told import read_table

        files = {Path(file).stem: self.folder / file for file in self.manifest["tables"]}
        file = files[self._known("table", name, files)]
        self._require_as_written("tables", file)
        try:
            rows: pd.DataFrame = pd.read_parquet(file) if file.suffix == ".parquet" else read_table(file)
            return rows
        except (OSError, ValueError) as error:
            raise InputError(f"{file}: cannot be read: {error}") from error

    @in_python
    def journeys(self, scenario: str, replication: int = 0) -> pd.DataFrame:
        """One row an applicant, where the experiment was run with ``keep_journeys``.

        Columns are those of :meth:`sim.runs.Run.journeys`.

        Raises:
            InputError: there is no such scenario or replication, or journeys were not kept.
        """
        import pyarrow.parquet as pq

        from sim.experiment.journey_files import journeys_file, journeys_frame
        from sim.keeping.folder import JOURNEYS

        replication = a_number("replication", replication, 0)
        file = self.folder / JOURNEYS / journeys_file(self._known("scenario", scenario, self.scenarios), replication)
        if not file.is_file():
            raise InputError(
                f"{file}: is not there: journeys are kept where asked for (--keep-journeys); replications count from 0"
            )
        self._require_as_written("journeys", file)
        return journeys_frame(pq.read_table(file))

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of the figures that :meth:`plot` draws."""
        from sim.report.figures import figures_of

        return tuple(figures_of(self._told.evidence, self._told.tables))

    def plot(self, name: str, *, language: str = "en") -> Figure:
        """A figure of the report, to show or to save.

        Args:
            name: one of :attr:`figures`.
            language: ``en`` or ``id``.

        Raises:
            InputError: there is no such figure, or no such language.
        """
        from sim.report.figures import draw_one

        one_of("language", language, ("en", "id"))
        return draw_one(self._known("figure", name, self.figures), self._told, language).figure

    def figure_data(self, name: str) -> pd.DataFrame:
        """The numbers that a figure shows, with codes as text: those of ``figures/<name>.csv``, read with care.

        Args:
            name: one of :attr:`figures`.

        Raises:
            InputError: there is no such figure.
        """
        from sim.report.figures import draw_one

        return draw_one(self._known("figure", name, self.figures), self._told, "en").data

    @functools.cached_property
    def _told(self) -> Told:
        from sim.report.told import read_told

        return read_told(self.folder)

    def _require_as_written(self, part: str, file: Path) -> None:
        """Refuse a file that is damaged, or was changed after the run.

        Raises:
            InputError: it is not what the run wrote, or not there.
        """
        from sim.report.told import altered

        known = self.manifest.get(part, {})
        digests = {name: known[name] for name in (file.name,) if name in known}
        problems = list(altered(file.parent, {part: digests}, part))
        if problems:
            raise InputError(problems)

    def _known(self, what: str, name: str, names: Any) -> str:
        """A name that there is.

        Raises:
            InputError: there is none like it.
        """
        from sim.config.rejection import nearest_name

        if not isinstance(name, str):
            raise refuse(what, name, ", ".join(names))
        if name in names:
            return name
        near = nearest_name(name, names)
        raise InputError(Problem(f"{self.folder}: no {what} {name!r}", allowed=", ".join(names), nearest=near))
