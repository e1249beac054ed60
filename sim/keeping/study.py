"""The tables of a sensitivity analysis, as a run makes them and a report reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.errors import SimError

if TYPE_CHECKING:
    import pandas as pd

BASE, MORRIS, SOBOL = "as_it_stands", "morris", "sobol"
"""Stages; at the first every input has its own value."""


@dataclass
class Study:
    """The tables of a sensitivity analysis, as far as it came."""

    points: pd.DataFrame
    """Every point that was run: the conclusions' numbers, whether they hold, and the inputs' values."""
    conclusions: pd.DataFrame
    """A row a conclusion and stage: at how many points it holds."""
    morris: pd.DataFrame
    sobol: pd.DataFrame
    interrupted: bool = False
    failure: SimError | None = None

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """By the name of the file each goes to; a stage that was not reached has none."""
        named = {
            "sensitivity.csv": self.conclusions,
            "sensitivity_morris.csv": self.morris,
            "sensitivity_sobol.csv": self.sobol,
            "sensitivity_points.csv": self.points,
        }
        return {name: table for name, table in named.items() if len(table)}
