"""The reference of the Python interface names what there is."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path

import pytest

from sim.journeys import Handover, Status

REFERENCE = Path(__file__).parents[2] / "docs" / "api.md"


@pytest.mark.parametrize("codes", [Status, Handover])
def test_each_code_of_journeys_is_told_in_words(codes: type[IntEnum]) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    section = text[text.index(f"sim.journeys.{codes.__name__}\n") :].partition("{eval-rst}")[0]
    told = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| ") and "`" in line]
    assert told == [f"{code.value} `{code.name.lower()}`" for code in codes]
