"""Guides and README: their files are written, their commands run and their code executed, in their order."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.cli.cases import PROGRAM as RUN
from tests.cli.cases import WITHOUT_REPORT

ROOT = Path(__file__).resolve().parents[2]
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
README = ROOT / "README.md"
"""Its code runs here; that of docs/examples is executed as the site is built."""
BLOCK = re.compile(
    r"<!-- (?P<kind>file: (?P<path>\S+)|run|background) -->\n```\w+\n(?P<text>.*?)^```$", re.DOTALL | re.M
)
BATCH = re.compile(r"<!-- batch -->\n```sh\n(.*?)^```$", re.DOTALL | re.M)
MARK = re.compile(r"<!-- (?:file: \S+|run|background) -->")
CODE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.M)
PROGRAM = ".venv/bin/python"


UNDRAWN = (
    *("add-a-weekend-shift", "closed-for-renovation", "cluster", "fewer-counters-for-a-month"),
    "more-demand-in-some-regencies",
)
"""Guides that say nothing of figures and of the page, which take longer than what they are about; others have both."""


def words_of(command: str, drawn: bool) -> list[str]:
    """A command of a guide, for this Python and this checkout's program, with figures and page or without."""
    words = shlex.split(command)
    assert words[0] == PROGRAM, command
    if words[1] != "run_sim.py":
        return [sys.executable, *words[1:]]
    return [*(RUN if drawn else WITHOUT_REPORT), *words[2:]]


@contextmanager
def in_background(words: list[str], folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """A command that runs until the guide is at its end, by its words."""
    log = folder / "background.txt"
    with log.open("a") as file:
        process = subprocess.Popen(words, cwd=folder, env=environment, stdout=file, stderr=file)
        try:
            time.sleep(3)
            assert process.poll() is None, log.read_text()
            yield
        finally:
            process.terminate()
            process.wait(timeout=60)


def follow(guide: Path, folder: Path) -> int:
    """Do what a guide says, in a folder with the configurations; the number of commands that were run."""
    for name in ("configs", "experiments"):
        shutil.copytree(ROOT / name, folder / name)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"}
    text, commands = guide.read_text(encoding="utf-8"), 0
    blocks = list(BLOCK.finditer(text))
    assert len(blocks) == len(MARK.findall(text)), "a mark stands right above a fenced block"
    with ExitStack() as running:
        for block in blocks:
            if block["path"]:
                file = folder / block["path"]
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(block["text"], encoding="utf-8")
                continue
            for command in block["text"].strip().splitlines():
                commands += 1
                words = words_of(command, guide.stem not in UNDRAWN)
                if block["kind"] == "background":
                    running.enter_context(in_background(words, folder, environment))
                    continue
                done = subprocess.run(
                    words,
                    cwd=folder,
                    env=environment,
                    capture_output=True,
                    text=True,
                    timeout=500,
                    check=False,
                )
                assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
                assert done.stdout, command
    return commands


@pytest.mark.slow
@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_a_guide_can_be_followed_from_its_own_text(guide: Path, tmp_path: Path) -> None:
    assert follow(guide, tmp_path) >= 2


@pytest.mark.slow
def test_the_code_of_the_readme_runs() -> None:
    """As one program."""
    code = "\n\n".join(CODE.findall(README.read_text(encoding="utf-8")))
    assert code
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"}
    done = subprocess.run(
        [sys.executable, "-W", "error::FutureWarning", "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_script_for_a_batch_system_runs_where_srun_starts_what_it_is_given(tmp_path: Path) -> None:
    """On this machine: one node, two workers, two replications."""
    text = (ROOT / "docs" / "guides" / "cluster.md").read_text(encoding="utf-8")
    files = {block["path"]: block["text"] for block in BLOCK.finditer(text) if block["path"]}
    (script,) = BATCH.findall(text)
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    (tmp_path / "experiments").mkdir()
    for name, content in files.items():
        (tmp_path / name).write_text(content.replace("replications: 100", "replications: 2"), encoding="utf-8")
    (tmp_path / "run_sim.py").symlink_to(ROOT / "run_sim.py")
    tools = {
        PROGRAM: f'exec {shlex.quote(sys.executable)} "$@"',
        "bin/srun": 'exec "$@"',
        "bin/hostname": "echo 127.0.0.1",
    }
    for name, line in tools.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"#!/bin/sh\n{line}\n")
        (tmp_path / name).chmod(0o755)
    assert script.count("--nworkers 16") == 1
    (tmp_path / "job.sh").write_text(script.replace("--nworkers 16", "--nworkers 2"), encoding="utf-8")
    environment = os.environ | {
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "MPLBACKEND": "agg",
    }
    with (tmp_path / "job.txt").open("w") as log:
        job = subprocess.Popen(
            ["/bin/sh", "job.sh"], cwd=tmp_path, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            status = job.wait(timeout=500)
        finally:
            # As Slurm does with what a job has left running.
            with suppress(ProcessLookupError):
                os.killpg(job.pid, signal.SIGTERM)
    assert status == 0, (tmp_path / "job.txt").read_text()
    assert (tmp_path / "results/summer/report.html").is_file()


def test_there_is_a_guide_for_each_task_and_the_site_leads_to_all_pages() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    listed = {line.strip() for line in index.splitlines()}
    docs = ROOT / "docs"
    pages = {path.relative_to(docs).with_suffix("").as_posix() for path in docs.rglob("*.md")} - {"index"}
    assert pages <= listed
    tasks = {"add-a-sub-office", "move-a-van", "own-province", "add-a-measure", "cluster", "reproduce-a-figure"}
    assert tasks | {*UNDRAWN} <= {guide.stem for guide in GUIDES}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_every_block_of_commands_is_run(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh$", text, re.M)
    run = re.findall(r"<!-- (?:run|background|batch) -->\n```sh$", text, re.M)
    assert len(blocks) == len(run)
