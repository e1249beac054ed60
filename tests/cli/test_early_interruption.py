"""Ctrl-C before there is anything to keep: while modules are read, and while a command begins."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.cases import ROOT

AT_IMPORT = """
import runpy, sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupting())
sys.argv = ["run_sim.py", "check", "experiments/outage_2024.yaml"]
runpy.run_path({program!r}, run_name="__main__")
"""


@pytest.mark.parametrize("module", ["sim.cli", "click", "sim.errors", "sim.config.inheritance", "sim.outline"])
def test_ctrl_c_while_a_module_is_read_ends_without_a_traceback(module: str) -> None:
    code = AT_IMPORT.format(module=module, program=str(ROOT / "run_sim.py"))
    words = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 130, done.stderr
    assert done.stderr.startswith("interrupted")
    assert "Traceback" not in done.stderr
