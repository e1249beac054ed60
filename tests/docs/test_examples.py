"""Examples in README and docs: commands that a reader would copy run, and what pages point to exists."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("configs/**/*.md")])
EXAMPLE = re.compile(r"<!-- example -->\s*```sh\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")


def examples() -> list[str]:
    """Every command of every block marked as an example."""
    blocks = (block for page in PAGES for block in EXAMPLE.findall(page.read_text(encoding="utf-8")))
    return [line for block in blocks for line in block.strip().splitlines()]


@pytest.mark.parametrize("command", examples())
def test_each_example_command_succeeds(command: str) -> None:
    words = shlex.split(command)
    assert words[0].endswith("python")
    done = subprocess.run(
        [sys.executable, *words[1:]], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_there_are_examples() -> None:
    assert len(examples()) >= 4


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_leads_to_a_file(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} points to {target}"
