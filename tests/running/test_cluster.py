"""Cells on a Dask cluster: the same numbers to the last bit, also where a worker is lost in the middle."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sim.experiment.cells import Cell
from sim.running import gathering
from tests.cli.cases import call, contents, refused, stored

distributed = pytest.importorskip("distributed")

from sim.running.cluster import cluster_crew  # noqa: E402


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A scheduler and two worker processes on free ports of this machine."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
    ) as made:
        yield made


def numbers(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in contents(folder / "results").items() if "manifest" not in name}


def run(*more: str) -> str:
    result = call("run", "impact.yaml", "--keep-journeys", "--fresh", *more)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.slow
def test_this_process_two_workers_and_dask_agree_to_the_last_bit(folder_with_page: Path, cluster: Any) -> None:
    folder, found = folder_with_page, []
    for where in (["--workers", "1"], ["--workers", "2"], ["--cluster", cluster.scheduler_address]):
        run(*where)
        cells = {path.name: path.read_bytes() for path in stored(folder)}
        found.append((numbers(folder), cells))
    assert len(found[0][1]) == 12
    assert found[0] == found[1] == found[2]


@pytest.mark.slow
def test_cells_of_a_worker_that_is_lost_are_run_by_another(
    folder: Path, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("--workers", "1", "--replications", "12")
    alone = numbers(folder)
    lost: list[int] = []
    real = gathering.Gathering.add

    def add(self: gathering.Gathering, cell: Cell) -> None:
        real(self, cell)
        if not lost:
            lost.append(next(iter(cluster.workers.values())).pid)
            os.kill(lost[0], signal.SIGKILL)

    monkeypatch.setattr(gathering.Gathering, "add", add)
    run("--cluster", cluster.scheduler_address, "--replications", "12")
    assert lost
    assert numbers(folder) == alone


@pytest.mark.slow
def test_a_run_that_has_had_no_worker_for_too_long_stops_and_says_for_how_long(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.running.cluster.cluster_crew", partial(cluster_crew, without_workers_s=1.0))
    monkeypatch.setattr("sim.experiment.crews.LOOK_EVERY_S", 0.2)
    real = gathering.Gathering.add
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
    ) as lonely:

        def add(self: gathering.Gathering, cell: Cell) -> None:
            real(self, cell)
            if len(stored(folder)) == 4:
                # Its nanny would start another in its place.
                lonely.scale(0)

        monkeypatch.setattr(gathering.Gathering, "add", add)
        words = ("--cluster", lonely.scheduler_address, "--replications", "200")
        result = call("run", "impact.yaml", *words)
    assert result.exit_code == 1, result.output
    told = " ".join(result.output.split())
    assert f"stopped: the Dask scheduler at {lonely.scheduler_address} has had no workers for 1 s" in told
    assert "What was finished is kept: the same command goes on from there." in told
    assert 4 <= len(stored(folder)) < 400


@pytest.mark.slow
def test_a_cluster_of_the_run_itself_leaves_no_process(folder: Path) -> None:
    run("--workers", "1")
    alone = numbers(folder)
    run("--cluster", "local", "--workers", "2")
    assert numbers(folder) == alone


def test_what_was_finished_elsewhere_is_not_sent_to_the_cluster(folder: Path) -> None:
    assert call("run", "impact.yaml", "--workers", "1").exit_code == 0
    output = call("run", "impact.yaml", "--cluster", "tcp://127.0.0.1:9").output
    assert "6 of 6 cells were already there" in output


def test_a_fresh_run_removes_nothing_where_the_cluster_cannot_be_reached(folder: Path) -> None:
    assert call("run", "impact.yaml", "--workers", "1").exit_code == 0
    refused("run", "impact.yaml", "--fresh", "--cluster", "tcp://127.0.0.1:9")
    assert "6 of 6 cells were already there" in call("run", "impact.yaml", "--workers", "1").output


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{port}", "nonsense://x:1", "somewhere"])
def test_an_address_where_nothing_answers_is_refused(folder: Path, address: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = address.format(port=free.getsockname()[1])
        said = refused("run", "impact.yaml", "--cluster", address)
    assert f"--cluster: no Dask scheduler answers at '{address}'" in said
    assert "tcp://127.0.0.1:8786" in said
    assert not (folder / "results").exists()


def test_workers_with_another_version_are_refused(folder: Path, cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.running.cluster.code_version", lambda engine: "here another model")
    said = refused("run", "impact.yaml", "--cluster", cluster.scheduler_address)
    assert "another version of the simulator" in said
    assert "here another" in said


def test_workers_on_another_kind_of_machine_are_refused(
    folder: Path, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.running.cluster.machine", lambda: "Linux abacus")
    said = refused("run", "impact.yaml", "--cluster", cluster.scheduler_address)
    assert "or is another kind of machine" in said
    assert "Linux abacus" in said


def test_without_dask_the_extra_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "sim.running.cluster", raising=False)
    said = refused("run", "impact.yaml", "--cluster", "local")
    assert "in the folder of the checkout, python -m pip install '.[cluster]'" in said
