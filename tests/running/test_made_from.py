"""Claims of the digests in the manifest: every file that a run is made from is in, by a name that no machine is in."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from sim.errors import ConfigError
from sim.preparing.made_from import digests
from sim.running.job import Job
from tests.calibration.test_calibrate import HEADER
from tests.cli.cases import call, change

MEASURE = """\
def measure(plan, draws, journeys, outcomes):
    from sim.measures.rows import Rows

    rows = Rows()
    rows.add("districts", "province", "province", "count", float(len(plan.districts.code)))
    return rows
"""


def blake2b(file: Path) -> str:
    return hashlib.blake2b(file.read_bytes(), digest_size=32).hexdigest()


@pytest.fixture
def named(folder: Path) -> Path:
    """The experiment, with a table of known figures, a measure of its own, and districts of two provinces."""
    shutil.copytree(folder / "province", folder / "other")
    change(folder, "other/districts.csv", "0.5,15000", "0.5,16000")
    change(folder, "after.yaml", "extends: before.yaml", "extends: before.yaml\ndata: {districts: other/districts.csv}")
    (folder / "known.csv").write_text(HEADER + "need,before,need,province,province,count,400,,,no,made up\n")
    (folder / "measures").mkdir()
    (folder / "measures/districts.py").write_text(MEASURE)
    more = "targets: known.csv\nmeasures: {districts: measures/districts.py}\nseed: 1\n"
    change(folder, "impact.yaml", "seed: 1\n", more)
    return folder


def test_every_file_is_in_by_its_path_from_the_experiment(named: Path) -> None:
    result = call("run", "impact.yaml", "--workers", "1", "--replications", "2")
    assert result.exit_code == 0, result.output
    manifest = json.loads((named / "results/impact/manifest.json").read_text())
    assert {"province/districts.csv", "other/districts.csv", "known.csv"} <= set(manifest["data"])
    assert manifest["data"]["province/districts.csv"] != manifest["data"]["other/districts.csv"]
    assert set(manifest["files"]) == {"impact.yaml", "before.yaml", "after.yaml", "measures/districts.py"}
    for name, digest in (manifest["data"] | manifest["files"]).items():
        assert blake2b(named / name) == digest, name


def test_another_checkout_has_the_same_names_and_digests(
    named: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Job.load(named / "impact.yaml", out=named / "out").made_from
    other = tmp_path_factory.mktemp("another") / "checkout"
    shutil.copytree(named, other)
    monkeypatch.chdir(other.parent)
    assert Job.load(other / "impact.yaml", out=other / "out").made_from == here


def test_a_file_far_away_is_known_by_its_name_and_content(tmp_path: Path) -> None:
    folder = Path(tmp_path.anchor) / "experiments"
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "districts.csv").write_text(name)
    found = digests(folder, [tmp_path / "a/districts.csv", tmp_path / "b/districts.csv", tmp_path / "a/districts.csv"])
    assert list(found) == [f"elsewhere/{blake2b(tmp_path / name / 'districts.csv')[:8]}/districts.csv" for name in "ab"]
    assert str(tmp_path) not in json.dumps(found)


def test_what_happens_to_a_file_after_it_was_read_is_not_in_the_manifest(named: Path) -> None:
    job = Job.load(named / "impact.yaml", out=named / "out")
    before = blake2b(named / "known.csv")
    (named / "known.csv").write_text("nothing any more\n")
    assert job.made_from.data["known.csv"] == before


def test_a_file_that_is_gone_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the file cannot be read: No such file"):
        digests(tmp_path, [tmp_path / "gone.csv"])


def test_the_warm_up_of_every_scenario_is_told_and_null_where_it_is_too_short_to_be_judged(folder: Path) -> None:
    shorter = "extends: before.yaml\nperiod: {from: 2023-03-15, to: 2023-03-22, warm_up: 3 days, run_out: 5 days}"
    change(folder, "after.yaml", "extends: before.yaml", shorter)
    result = call("run", "impact.yaml", "--workers", "1", "--replications", "2")
    assert result.exit_code == 0, result.output
    told = json.loads((folder / "results/impact/manifest.json").read_text())["warm_up"]
    assert told["before"]["days"] == 7
    assert told["before"]["suffices"] in (True, False, None)
    assert told["before"]["longer"]["days"] == 7 + 30
    judged = {key: told["after"][key] for key in ("days", "mser5_leaves_out", "suffices", "unsettled")}
    assert judged == {"days": 3, "mser5_leaves_out": None, "suffices": None, "unsettled": None}


@pytest.mark.parametrize(
    ("stopped_by", "said"),
    [
        (KeyboardInterrupt(), "interrupted: the results are written, without what a longer warm-up would change"),
        (MemoryError(), "a longer warm-up could not be simulated: not enough memory"),
    ],
)
def test_what_stops_the_longer_warm_up_costs_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch, stopped_by: BaseException, said: str
) -> None:
    def stop(*_: object) -> None:
        raise stopped_by

    monkeypatch.setattr("sim.running.longer.longer_warm_up", stop)
    result = call("run", "impact.yaml", "--workers", "1", "--replications", "2")
    assert result.exit_code == 0, result.output
    assert said in " ".join(result.output.split())
    told = json.loads((folder / "results/impact/manifest.json").read_text())
    assert not told["interrupted"]
    assert told["warm_up"]["before"]["longer"] is None


def test_an_office_whose_books_pile_up_from_the_start_is_told_not_to_have_settled(folder: Path) -> None:
    change(folder, "after.yaml", "sites:\n", "sites:\n  kanim: {printing_per_day: 4}\n")
    result = call("run", "impact.yaml", "--workers", "1", "--replications", "2")
    assert result.exit_code == 0, result.output
    told = json.loads((folder / "results/impact/manifest.json").read_text())["warm_up"]["after"]
    assert not told["suffices"]
    assert told["mser5_leaves_out"] is None
    assert {"books_waiting province", "books_waiting kanim"} <= {*told["unsettled"]}
