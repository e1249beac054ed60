"""The figure of a sensitivity analysis can be read: drawn of the bundled one, in both languages."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import matplotlib
import pandas as pd
import pytest

from sim.config.texts import LANGUAGES
from sim.keeping.expected import expected_file, kept_table, read_expected
from sim.keeping.study import Study
from sim.report.messages import Messages
from sim.report.sensitivity import draw_sensitivity
from sim.report.style import RC

EXPERIMENT = Path(__file__).parents[2] / "experiments" / "sensitivity.yaml"


@pytest.fixture(scope="module")
def study() -> Study:
    """The study as its expected numbers tell it."""
    expected = read_expected(expected_file(EXPERIMENT))
    tables = [kept_table(expected, f"sensitivity{part}.csv") for part in ("", "_morris", "_sobol")]
    conclusions, morris, sobol = (table for table in tables if table is not None)
    return Study(pd.DataFrame(), conclusions, morris, sobol)


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_inputs_stand_apart_from_each_other_and_within_the_figure(study: Study, language: str) -> None:
    with matplotlib.rc_context(dict(RC)):  # type: ignore[arg-type]
        figure = draw_sensitivity(study, Messages(language)).figure
        figure.canvas.draw()
        for axes in figure.axes:
            boxes = [label.get_window_extent() for label in axes.get_yticklabels()]
            assert len(boxes) >= 6
            assert all(above.y0 >= below.y1 for above, below in pairwise(boxes))
            assert all(box.x0 >= 0 for box in boxes)
