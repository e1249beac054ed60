"""Help pages: there at once, complete, and within the terminal."""

from __future__ import annotations

import json
import subprocess
import sys

import click
import pytest

from sim.cli import cli
from tests.cli.cases import ROOT, call

COMMANDS = ["run", "report", "reproduce", "check", "show", "sweep", "rank", "fit", "calibrate", "schema"]
PAGES = [[], *([name] for name in COMMANDS)]
LOADED = """
import json, runpy, sys
sys.argv = ["run_sim.py", *json.loads(sys.argv[1])]
try:
    runpy.run_path({program!r}, run_name="__main__")
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def loaded(*words: str) -> set[str]:
    """Packages, and modules of the simulator, that a command line reads."""
    code = LOADED.format(program=str(ROOT / "run_sim.py"))
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(words)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=True,
    )
    names = json.loads(done.stderr.splitlines()[-1])
    return {name if name.startswith("sim.") else name.partition(".")[0] for name in names}


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["run", "--help"]])
def test_help_reads_click_and_the_command_line_alone(words: list[str]) -> None:
    found = loaded(*words)
    assert {name for name in found if name.startswith("sim.")} == {
        *("sim.cli", "sim.cli_parts", "sim.engines", "sim.errors", "sim.help_pages", "sim.limits")
    }
    outside = found - set(sys.stdlib_module_names) - {"click", "sim", "__mp_main__"}
    heavy = {"numpy", "pydantic", "ruamel", "rich", "pygments", "markdown_it", "numba", "scipy", "pandas", "matplotlib"}
    assert not outside & heavy


@pytest.mark.parametrize("words", PAGES, ids=" ".join)
def test_every_option_and_command_stands_in_a_panel(words: list[str]) -> None:
    page = call(*words, "--help").output
    command = cli.commands[words[0]] if words else cli
    inside = [line[2:-2] for line in page.splitlines() if line.startswith("│")]
    for param in command.params:
        if isinstance(param, click.Option):
            assert any(line.startswith(param.opts[0]) for line in inside), param.opts
    assert "-h, --help" in "\n".join(inside)
    if not words:
        assert [line.split()[0] for line in inside if line.split()[0] in COMMANDS] == COMMANDS
    assert "`" not in page


@pytest.mark.parametrize("columns", [50, 61, 80, 200])
@pytest.mark.parametrize("words", PAGES, ids=" ".join)
def test_panels_have_straight_sides_in_a_terminal_of_any_width(
    monkeypatch: pytest.MonkeyPatch, words: list[str], columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    command = cli.commands[words[0]] if words else cli
    page = click.unstyle(command.make_context("run_sim.py", [], resilient_parsing=True).get_help())
    widths = {len(line) for line in page.splitlines() if line[:1] in "╭│╰" and line}
    assert len(widths) == 1
    assert max(len(line) for line in page.splitlines()) <= max(min(columns, 100), 50)


def test_a_terminal_without_box_letters_gets_plain_frames() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "run_sim.py"), "check", "--help"],
        capture_output=True,
        cwd=ROOT,
        env={"PYTHONIOENCODING": "ascii", "PATH": ""},
        timeout=60,
        check=True,
    )
    page = done.stdout.decode("ascii")
    assert "?" not in page
    assert "+- Options -" in page and "| --set PATH=VALUE" in page


def test_colour_is_for_terminals_whose_owner_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in cli.make_context("run_sim.py", ["check", "x"]).get_help()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in cli.make_context("run_sim.py", ["check", "x"]).get_help()
    assert "\x1b[" not in call("--help").output
