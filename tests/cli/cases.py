"""A small experiment on disk, and ways to call the program on it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any, Self

import pytest
from click.testing import CliRunner, Result

from sim.cli import cli
from sim.report import figures, style
from tests.model.small_province import FOLDER as PROVINCE

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, str(ROOT / "run_sim.py")]
UNDRAWN = f"""\
import sys
sys.path.insert(0, {str(ROOT)!r})
import pytest
from tests.cli.cases import draw_no_report
draw_no_report(pytest.MonkeyPatch())
"""
"""For programs: see :func:`draw_no_report`."""
WITHOUT_REPORT = [sys.executable, "-c", f"{UNDRAWN}from sim.cli import main\nmain()\n"]
"""The program, but for figures, page and workbooks, which take most of the time of so small a run."""

BEFORE = """\
extends: province/small.yaml
name: before
title: Without the far sub-office
period: {from: 2023-03-15, to: 2023-05-13, warm_up: 7 days, run_out: 14 days}
need:
  segments:
    religious: {per_year: {value: 800, range: [500, 1200], basis: assumption, source: made up}}
    general: {per_year: 1200}
"""
AFTER = """\
extends: before.yaml
name: after
title: With the far sub-office
sites:
  ukk_far: {in_service: always}
"""
EXPERIMENT = """\
name: impact
title: What the far sub-office does
scenarios:
  before: before.yaml
  after: after.yaml
baseline: before
replications: 3
seed: 1
"""


def write_files(folder: Path) -> None:
    """Write the province, two scenarios and the experiment."""
    shutil.copytree(PROVINCE, folder / "province")
    for name, text in (("before", BEFORE), ("after", AFTER), ("impact", EXPERIMENT)):
        (folder / f"{name}.yaml").write_text(text)


def draw_no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs write everything but the figures; the page is made without them."""
    monkeypatch.setattr("sim.report.figures.draw_figures", lambda *told: [])


def draw_no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs write tables and findings alone, and neither figures nor the page and the workbooks."""
    draw_no_figures(monkeypatch)
    monkeypatch.setattr("sim.report.making.Report.write_pages", lambda *told: None)
    monkeypatch.setattr("sim.report.making.Beside", Nobody)


def draw_no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let figures be drawn and their data written, and neither pictures of them nor what is made of these."""
    draw_figures = figures.draw_figures

    def write_data(folder: Path, evidence: Any, language: str, endings: Any, tables: Any) -> list[Path]:
        return draw_figures(folder, evidence, language, ("csv",), tables)

    draw_no_report(monkeypatch)
    monkeypatch.setattr("sim.report.figures.draw_figures", write_data)
    monkeypatch.setattr("sim.report.style.save", partial(style.save, endings=("csv",)))


class Nobody(nullcontext[Any]):
    """In place of the second process of a report, which would begin with what nobody looks at."""

    def __enter__(self) -> Self:
        return self

    def begin(self, *piece: Any) -> Any:
        """Begin nothing."""


class Here(Nobody):
    """In place of the second process of a report: this one, in which other things may happen than in programs."""

    def begin(self, *piece: Any) -> Any:
        """Make a piece once it is waited for."""
        return partial(self.enter_result.run, *piece)


def call(*words: str | Path) -> Result:
    """Call the program in this process; nothing but an exit may come out of it."""
    result = CliRunner().invoke(cli, [str(word) for word in words], prog_name="run_sim.py")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def refused(*words: str | Path) -> str:
    """Call the program, expect it to refuse the input, and return what it says."""
    result = call(*words)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    return result.output


def call_apart(
    *words: str | Path, env: Mapping[str, str] | None = None, **more: Any
) -> subprocess.CompletedProcess[str]:
    """Call the program in a process of its own."""
    return subprocess.run(
        [*PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=300, env=env, check=False, **more
    )


def change(folder: Path, name: str, old: str, new: str) -> int:
    """Change a file and return the line of the change."""
    text = (folder / name).read_text()
    assert text.count(old) == 1, (name, old)
    (folder / name).write_text(text.replace(old, new))
    return text[: text.index(old)].count("\n") + 1


def contents(folder: Path) -> dict[str, bytes]:
    """All files under a folder, by their names from there; stored cells are left out."""
    found = {path.relative_to(folder): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {str(name): path.read_bytes() for name, path in found.items() if "cells" not in name.parts}


def stored(folder: Path, pattern: str = "*") -> list[Path]:
    """The files of stored cells of the experiment, in the order of their names."""
    return sorted((folder / "results" / "impact" / "cells").glob(pattern))
