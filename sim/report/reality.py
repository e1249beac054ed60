"""How far the model was from known figures, in this run or in the experiments that it cites: sentences and a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.keeping.cited import CONCLUSION, FIGURE
from sim.keeping.concluded import Spread
from sim.keeping.folder import CITED
from sim.keeping.targets import FITTED_INPUTS
from sim.report.messages import Messages
from sim.report.robust import Standing, in_order, robust_sentence, standings_here, study_of
from sim.report.sentences import Sentence
from sim.report.tables import Table
from sim.report.told import TARGETS

if TYPE_CHECKING:
    import pandas as pd

NEAR = 10.0
"""Per cent within which a modelled figure is called near."""
NAMED = 3
"""Figures named that are furthest off."""


@dataclass(frozen=True)
class Source:
    """Known figures beside modelled ones, and the experiment that they are of."""

    rows: pd.DataFrame
    """figure, known, modelled, difference_percent, fitted; fitted_inputs, where that is known."""
    about: Mapping[str, str]
    """What is known of a cited experiment; empty for this run."""


def sources(tables: Mapping[str, pd.DataFrame], messages: Messages) -> Iterator[Source]:
    """The figures of this run, then those of each experiment that it cites."""
    if TARGETS in tables:
        own = tables[TARGETS]
        yield Source(named(own[own["difference_percent"].notna()], messages), {})
    for about, rows in _cited(tables, FIGURE):
        yield Source(rows.assign(figure=rows[f"text_{messages.language}"]), about)


def named(known: pd.DataFrame, messages: Messages) -> pd.DataFrame:
    """Known figures, as targets.csv, under their names in the language."""
    return known.assign(figure=known["figure_id"]) if messages.language == "id" else known


def _cited(tables: Mapping[str, pd.DataFrame], kind: str) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    if CITED not in tables:
        return
    of = tables[CITED][tables[CITED]["kind"] == kind]
    for _, rows in of.groupby("experiment", sort=False):
        yield {str(name): str(value) for name, value in rows.iloc[0].items()}, rows


def reality_section(tables: Mapping[str, pd.DataFrame], messages: Messages) -> Iterator[Sentence]:
    """How far modelled figures are from known ones; or that nothing was compared.

    Args:
        tables: by the names of their files.
        messages: of the language.
    """
    found = list(sources(tables, messages))
    for source in found:
        number = messages.number(len(source.rows), 0)
        if source.about:
            yield Sentence(_told_of("finding.reality.cited", source.about, messages, number=number))
        else:
            yield Sentence(messages.text("finding.reality.own", number=number))
        fitted = source.rows["fitted"] == "yes"
        inputs = _fitted_inputs(source.rows)
        if fitted.any():
            key, told = ("fitted_by", {"inputs": messages.number(inputs, 0)}) if inputs else ("fitted", {})
            yield Sentence(_how_far(f"finding.reality.{key}", source.rows[fitted], messages, **told))
        if not fitted.all():
            key = "held" if fitted.any() else "unfitted"
            yield Sentence(_how_far(f"finding.reality.{key}", source.rows[~fitted], messages))
    yield Sentence(messages.text("finding.reality.beyond" if found else "finding.reality.none"))


def _fitted_inputs(rows: pd.DataFrame) -> int:
    """How many inputs were fitted to the figures among these that are marked so; 0 where that is not known."""
    found = rows.get(FITTED_INPUTS, rows["known"].iloc[:0]).dropna()
    return int(found.iloc[0]) if len(found) else 0


def cited_conclusions(tables: Mapping[str, pd.DataFrame], messages: Messages) -> Iterator[Sentence]:
    """Which conclusions survived the ranges of the assumptions in experiments that are cited; see reality_section."""
    said = False
    for about, told in _standings_elsewhere(tables, messages):
        said = True
        how = messages.text("finding.robust.judged")
        yield Sentence(f"{_told_of('finding.robust.cited', about, messages)} {how}")
        for one in told:
            yield robust_sentence(messages, one)
    if not said:
        yield Sentence(messages.text("finding.robust.none"))


def _standings_elsewhere(
    tables: Mapping[str, pd.DataFrame], messages: Messages
) -> Iterator[tuple[dict[str, str], list[Standing]]]:
    """What is known of each experiment that is cited for its conclusions, and these."""
    for about, rows in _cited(tables, CONCLUSION):
        told = [
            Standing(
                str(row[f"text_{messages.language}"]),
                str(row["about"]),
                int(row["holds"]),
                int(row["points"]),
                tuple(str(row["turned_by"]).split()),
                str(row[f"elsewhere_{messages.language}"]),
                Spread.of({str(name): value for name, value in row.items()}),
            )
            for row in rows.to_dict("records")
        ]
        yield about, in_order(told)


def standings(tables: Mapping[str, pd.DataFrame], messages: Messages) -> list[Standing]:
    """The conclusions that were tested over the ranges of the assumptions, in this run or in those that it cites."""
    study = study_of(tables)
    if study is not None:
        return standings_here(study, messages)
    return in_order([one for _, told in _standings_elsewhere(tables, messages) for one in told])


def held_back(tables: Mapping[str, pd.DataFrame], messages: Messages) -> Iterator[str]:
    """How far the model is from known figures that nothing was fitted to, in a sentence for each experiment.

    Or that there are none: no known figures, or none but those that inputs were fitted to. Then how many inputs were
    fitted to how many figures.
    """
    found = list(sources(tables, messages))
    held = [source.rows[source.rows["fitted"] != "yes"] for source in found]
    for rows in held:
        if len(rows):
            yield messages.text("page.lead.held", **_distances(rows, messages))
    if not any(map(len, held)):
        yield messages.text("page.lead.all_fitted" if found else "page.lead.not_held")
    for source in found:
        fitted, inputs = int((source.rows["fitted"] == "yes").sum()), _fitted_inputs(source.rows)
        if fitted and inputs:
            numbers = {"number": messages.number(fitted, 0), "inputs": messages.number(inputs, 0)}
            yield messages.text("page.lead.fitted", **numbers)


def other_code(tables: Mapping[str, pd.DataFrame]) -> bool:
    """Whether anything that is cited was run with other model code than this run."""
    return CITED in tables and bool((tables[CITED]["same_code"] != "yes").any())


def _told_of(key: str, about: Mapping[str, str], messages: Messages, **values: str) -> str:
    """A sentence about a cited experiment, and whether its code was that of this run."""
    text = messages.text(
        key,
        title=about[f"title_{messages.language}"],
        experiment=about["experiment"],
        date=_date(about["kept"], messages),
        version=about["version"],
        **values,
    )
    code = "same" if about["same_code"] == "yes" else "other"
    return text + " " + messages.text(f"finding.reality.code.{code}", model=about["model"])


def _date(kept: str, messages: Messages) -> str:
    """The day on which numbers were kept, in words; that there is none where nobody noted it."""
    try:
        return messages.date(dt.date.fromisoformat(kept))
    except ValueError:
        return messages.text("finding.reality.no_date")


def _how_far(key: str, rows: pd.DataFrame, messages: Messages, **values: str) -> str:
    off = rows["difference_percent"]
    furthest = rows.loc[off.abs().sort_values(ascending=False, kind="stable").index[:NAMED]]
    names = [
        messages.text("finding.reality.figure", figure=row["figure"], off=signed(row["difference_percent"], messages))
        for row in furthest.to_dict("records")
    ]
    return messages.text(key, names=messages.names(names), **_distances(rows, messages), **values)


def _distances(rows: pd.DataFrame, messages: Messages) -> dict[str, str]:
    """Placeholders: how many figures, the ends of how far off they are, and how many are near."""
    off = rows["difference_percent"]
    return {
        "number": messages.number(len(rows), 0),
        "low": signed(off.min(), messages),
        "high": signed(off.max(), messages),
        "near": messages.number(int((off.abs() <= NEAR).sum()), 0),
        "limit": messages.percent(NEAR / 100.0, 0),
    }


def signed(percent: float, messages: Messages) -> str:
    """A difference in per cent with its sign."""
    text = messages.percent(percent / 100.0)
    return f"+{text}" if percent > 0 and text != messages.percent(0.0) else text


def known_figures(tables: Mapping[str, pd.DataFrame], messages: Messages) -> tuple[Table, ...]:
    """A table of known figures beside modelled ones for this run and for each experiment that it cites."""
    return tuple(_table(source, messages) for source in sources(tables, messages))


def _table(source: Source, messages: Messages) -> Table:
    rows, numbers = [], []
    order = source.rows.sort_values("fitted", ascending=False, kind="stable")
    for row in order.to_dict("records"):
        fitted = messages.text(f"page.known.{'fitted' if row['fitted'] == 'yes' else 'held'}")
        values = (float(row["known"]), float(row["modelled"]), float(row["difference_percent"]))
        decimals = 0 if abs(values[0]) >= WHOLE else 2
        cells = (*(messages.number(value, decimals) for value in values[:2]), signed(values[2], messages))
        rows.append((row["figure"], *cells, fitted))
        numbers.append((*values, float(row["fitted"] == "yes")))
    columns = tuple(messages.text(f"page.known.{key}") for key in ("figure", "known", "modelled", "off", "role"))
    title = messages.text("page.known.own")
    if source.about:
        title = messages.text("page.known.cited", title=source.about[f"title_{messages.language}"])
    return Table(title, columns, tuple(rows), (messages.text("page.known.note"),), tuple(numbers))


WHOLE = 100.0
"""From here on figures are written without decimals."""
