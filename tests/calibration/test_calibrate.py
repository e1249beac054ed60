"""Claims of the command ``calibrate``, from an experiment file to its lines."""

from __future__ import annotations

import math
import re
from contextlib import chdir
from pathlib import Path

import pandas as pd
import pytest

from sim.building.loading import load_scenario
from sim.calibration.precision import UNTOLD
from sim.calibration.run import Calibrated, calibrate
from sim.calibration.told import values
from sim.config.ranges import Range
from sim.running.job import Job, run_job
from tests.calibration.cases import write_experiment
from tests.cli.cases import call, change, draw_no_report, refused

RELIGIOUS, GENERAL = "need.segments.religious.per_year", "need.segments.general.per_year"
TRUE = {RELIGIOUS: 1300, GENERAL: 2000}
"""The need from which the known figures come; the scenarios stand at 800 and 1,200."""
HEADER = "figure,scenario,measure,level,unit,statistic,known,low,high,fitted,source\n"
FIGURES = {
    "religious": ("before", "need", "kind", "segment:religious", "count"),
    "general": ("before", "need", "kind", "segment:general", "count"),
    "passports": ("before", "passports", "office", "kanim", "count"),
    "after": ("after", "passports", "office", "kanim", "count"),
}


def write_known(known: dict[str, float], fitted: tuple[str, ...] = ("religious", "general", "passports")) -> None:
    rows = [
        f"{name},{','.join(FIGURES[name])},{value},,,{'yes' if name in fitted else 'no'},made up\n"
        for name, value in known.items()
    ]
    Path("known.csv").write_text(HEADER + "".join(rows))


def truth(seed: int, replications: int = 2) -> dict[str, float]:
    """What the model gives with the true need."""
    write_known(dict.fromkeys(FIGURES, 1.0))
    changed = [f"{path}={value}" for path, value in TRUE.items()]
    job = Job.load(Path("impact.yaml"), changed, seed=seed, replications=replications, workers=1, out=Path("truth"))
    results = run_job(job).results
    rows = results.replications.frame()
    found = {}
    for name, key in FIGURES.items():
        here = rows
        for column, value in zip(("scenario", "measure", "level", "unit", "statistic"), key, strict=True):
            here = here[here[column] == value]
        found[name] = float(here["value"].mean())
    return found


def fit(**more: int) -> Calibrated:
    return calibrate(Path("impact.yaml"), engine="compiled", workers=1, **more)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """What the experiment as it is gives with the true need, in the draws of seed 1."""
    folder = tmp_path_factory.mktemp("truth")
    write_experiment(folder)
    with chdir(folder), pytest.MonkeyPatch.context() as quick:
        draw_no_report(quick)
        return truth(seed=1)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    draw_no_report(monkeypatch)


def test_need_is_recovered_from_a_wrong_start_with_the_same_draws(folder: Path, known: dict[str, float]) -> None:
    write_known(known)
    result = fit()
    fitted = dict(zip((one.path for one in result.aim.inputs), result.values, strict=True))
    # With the same draws the truth itself misses nothing; a person more or less is a quarter of a percent.
    assert fitted == {path: pytest.approx(value, rel=0.01) for path, value in TRUE.items()}
    assert result.misfits[0] > 5
    assert result.misfits[1] < 0.1
    # The figure that was held back comes out too.
    assert result.after[3] == pytest.approx(result.aim.targets.known[3], rel=0.02)


@pytest.mark.slow
def test_need_is_recovered_within_the_noise_of_other_draws(folder: Path) -> None:
    many = 20
    write_known(truth(seed=99, replications=many))
    result = fit(replications=many)
    days = 60 / 365
    for one, value in zip(result.aim.inputs, result.values, strict=True):
        people = TRUE[one.path] * days
        # Parties of up to 5 and a day factor: a variance of at most 8 times Poisson's; two independent means of 20.
        error = math.sqrt(2 * 8 / (people * many))
        assert value == pytest.approx(TRUE[one.path], rel=4 * error)


def test_the_same_command_gives_the_same_answer(folder: Path, known: dict[str, float]) -> None:
    write_known(known)
    once, again = (call("calibrate", "impact.yaml", "--workers", "1") for _ in range(2))
    assert once.exit_code == 0, once.output
    assert once.output == again.output


def test_fitted_values_stay_in_their_ranges_and_the_end_is_told(folder: Path, known: dict[str, float]) -> None:
    write_known({name: 9.0 * value for name, value in known.items()})
    result = call("calibrate", "impact.yaml", "--workers", "1")
    assert result.exit_code == 0, result.output
    assert re.search(rf"{RELIGIOUS} +800 +2000 +\d+ +\d+  500 to 2000  at the end of its range", result.output)
    assert re.search(rf"{GENERAL} +1200 +3000 +\d+ +\d+  600 to 3000  at the end of its range", result.output)


def test_what_the_figures_tell_has_its_error_and_what_they_do_not_tell_is_told(folder: Path) -> None:
    """Two figures of passports tell the need, as no-show changes them little over its whole range."""
    ranged = "\nbooking: {no_show: {value: 0.05, range: [0.01, 0.2], basis: assumption, note: who does not come}}"
    change(folder, "before.yaml", "note: who travels}}", f"note: who travels}}}}{ranged}")
    change(folder, "before.yaml", "range: [600, 3000]", "range: [600, 6000]")
    change(folder, "impact.yaml", f"[{RELIGIOUS}, {GENERAL}]", f"[{GENERAL}, booking.no_show]")
    write_known(truth(seed=1), fitted=("passports", "after"))
    result = fit(replications=6)
    need, no_show = range(2)
    assert result.precision.hardly_told.tolist() == [False, True]
    assert 0 < result.precision.chance[need] < result.precision.error[need]
    (row,) = [line for line in values(result) if line.startswith(GENERAL)]
    after, error, chance = (float(cell) for cell in row.split()[2:5])
    assert error == pytest.approx(result.precision.error[need] * 5400, rel=0.05)
    assert chance == pytest.approx(result.precision.chance[need] * 5400, rel=0.05)
    assert after == pytest.approx(result.values[need], abs=0.05 * error)
    assert "hardly" not in row
    assert result.precision.error[no_show] < UNTOLD


@pytest.mark.parametrize(
    ("replications", "said"),
    [
        (1, "one replication at each point: how far chance moves the values is not known and in no error"),
        (2, "only 2 replications at each point: how far chance moves the values is told roughly"),
        (5, ""),
    ],
)
def test_what_few_replications_do_not_tell_is_said(
    folder: Path, known: dict[str, float], replications: int, said: str
) -> None:
    write_known(known)
    told = call("calibrate", "impact.yaml", "--workers", "1", "--replications", str(replications)).output
    assert said in told
    assert ("warning: " in told) == bool(said)
    assert bool(re.search(rf"{GENERAL} +1200 +\d+ +\d+ +-  600 to 3000", told)) == (replications == 1)


def test_inputs_in_one_entry_move_together(folder: Path, known: dict[str, float]) -> None:
    write_known(known)
    apart = fit().before
    change(folder, "impact.yaml", f"[{RELIGIOUS}, {GENERAL}]", f"[[{RELIGIOUS}, {GENERAL}]]")
    result = fit()
    # They stand at different shares, and what they give as they stand is told as it is.
    assert result.before.tolist() == apart.tolist()
    (share,) = result.found.point
    assert result.values == (round(500 + share * 1500), round(600 + share * 2400))


def test_a_held_back_figure_has_no_part_in_the_fit(folder: Path, known: dict[str, float]) -> None:
    write_known(known)
    once = fit().values
    write_known({**known, "after": 9.0 * known["after"]})
    assert fit().values == once


def test_the_written_file_gives_what_the_table_says(folder: Path, known: dict[str, float]) -> None:
    write_known(known)
    result = call("calibrate", "impact.yaml", "--workers", "1", "--write", "fitted.yaml")
    assert result.exit_code == 0, result.output
    loaded = load_scenario("fitted.yaml")
    fitted = loaded.provenance[GENERAL]
    assert fitted.basis == "calibrated"
    assert fitted.range == Range(600, 3000)
    assert fitted.source == dict.fromkeys(("en", "id"), "run_sim.py calibrate impact.yaml")
    assert fitted.note == dict.fromkeys(("en", "id"), "who travels")
    assert f"general:\n      per_year: {{value: {fitted.value}, range: [600, 3000], basis: calibrated" in result.output
    change(folder, "impact.yaml", "before: before.yaml", "before: fitted.yaml")
    change(folder, "impact.yaml", "  after: after.yaml\n", "")
    write_known({"passports": 1.0})
    run = call("run", "impact.yaml", "--workers", "1")
    assert run.exit_code == 0, run.output
    modelled = pd.read_csv(folder / "results/impact/targets.csv").loc[0, "modelled"]
    assert re.search(rf"passports .* {modelled:,.5g} +[-+0-9.]+%  yes", result.output)
    said = refused("calibrate", "impact.yaml", "--write", "fitted.yaml")
    assert "fitted.yaml: exists already; choose another name with --write" in said
    said = refused("calibrate", "impact.yaml", "--write", "nowhere/fitted.yaml")
    assert "nowhere/fitted.yaml: there is no folder nowhere" in said


@pytest.mark.parametrize("by_hand", [[GENERAL], [GENERAL, RELIGIOUS]])
def test_the_written_file_extends_the_one_that_holds_the_values_where_the_fit_begins_from_others(
    folder: Path, by_hand: list[str]
) -> None:
    write_known(dict.fromkeys(FIGURES, 100.0))
    begun = [f"--set={path}={{value: 1000, range: [600, 1900]}}" for path in by_hand]
    few = ("--workers", "1", "--set", "calibration.points=2")
    result = call("calibrate", "impact.yaml", *few, *begun, "--write", "fitted.yaml")
    assert result.exit_code == 0, result.output
    assert "extends: before.yaml\n" in Path("fitted.yaml").read_text()
    assert load_scenario("fitted.yaml").provenance[GENERAL].range == Range(600, 1900)


def test_ctrl_c_at_once_claims_no_errors(
    folder: Path, known: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.calibration.search import _Trail

    def interrupted(self: object, point: object) -> object:
        raise KeyboardInterrupt

    write_known(known)
    monkeypatch.setattr(_Trail, "slopes", interrupted)
    result = call("calibrate", "impact.yaml", "--workers", "1")
    assert result.exit_code == 130
    assert "(errors are not known: it ended before it was looked how the figures hang on the inputs)" in result.output
    assert "hardly tell" not in result.output and "missed by more than" not in result.output


def test_ctrl_c_tells_the_best_so_far(folder: Path, known: dict[str, float], monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.calibration.run import Simulation

    write_known(known)
    figures, calls = Simulation.figures, []

    def interrupted(self: Simulation, *told: object) -> object:
        calls.append(told)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return figures(self, *told)  # type: ignore[arg-type]

    monkeypatch.setattr(Simulation, "figures", interrupted)
    result = call("calibrate", "impact.yaml", "--workers", "1")
    assert result.exit_code == 130
    assert "interrupted: the best so far" in result.output
    assert "basis: calibrated" in result.output
    assert re.search(r"source: .*\(cut short by hand after \d+ points: the best so far, not settled\)", result.output)
    before, after = map(float, re.findall(r"misfit ([0-9.]+) before, ([0-9.]+) after", result.output)[0])
    assert after < before / 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (RELIGIOUS, "need.segments.religous.per_year", f"did you mean '{RELIGIOUS}'"),
        (RELIGIOUS, GENERAL, f"{GENERAL} stands twice"),
        (
            RELIGIOUS,
            "need.day_cv",
            "no value with a range stands at 'need.day_cv' in any scenario with a fitted figure",
        ),
        ("targets: known.csv\n", "", "calibration: there are no known figures to fit to"),
        ("  replications: 2", "  points: 1", "calibration.points: found 1"),
        ("  replications: 2", "  tolerance: 0", "calibration.tolerance: found 0"),
        ("calibration:", "calibrations:", "did you mean 'calibration'?"),
    ],
)
def test_a_wrong_section_is_refused_at_its_line(folder: Path, old: str, new: str, said: str) -> None:
    write_known(dict.fromkeys(FIGURES, 100.0))
    change(folder, "impact.yaml", old, new)
    for command in ("check", "calibrate"):
        output = " ".join(refused(command, "impact.yaml").split())
        assert said in output
        assert "impact.yaml:" in output


def test_an_experiment_without_anything_to_fit_is_refused(folder: Path) -> None:
    write_known(dict.fromkeys(FIGURES, 100.0))
    text = (folder / "impact.yaml").read_text()
    (folder / "impact.yaml").write_text(text[: text.index("calibration:")] + "seed: 1\n")
    assert "impact.yaml: has nothing to fit" in refused("calibrate", "impact.yaml")


def test_wrong_figures_are_refused_at_their_lines(folder: Path) -> None:
    write_known(dict.fromkeys(FIGURES, 100.0), fitted=())
    assert "known.csv: column 'fitted': no figure is marked as fitted" in refused("calibrate", "impact.yaml")
    write_known(dict.fromkeys(FIGURES, 100.0), fitted=("general",))
    assert "2 inputs to fit to 1 figures" in refused("calibrate", "impact.yaml")
    write_known({**dict.fromkeys(FIGURES, 100.0), "general": 0.0})
    assert "known.csv:3: column 'known': a figure of 0 has no size of its own" in refused("calibrate", "impact.yaml")
    Path("known.csv").write_text(HEADER + f"general,{','.join(FIGURES['general'])},100,,90,yes,made up\n")
    assert "known.csv:2: column 'known': 100 is above high 90" in refused("calibrate", "impact.yaml")


def test_a_value_that_scenarios_do_not_share_is_refused(folder: Path) -> None:
    write_known(dict.fromkeys(FIGURES, 100.0), fitted=tuple(FIGURES))
    own = "need: {segments: {general: {per_year: {value: 900, range: [600, 3000], basis: assumption}}}}\nsites:"
    change(folder, "after.yaml", "sites:", own)
    assert f"{GENERAL}: stands differently in before and after" in refused("calibrate", "impact.yaml")


def test_an_entry_of_a_list_is_refused(folder: Path) -> None:
    """Written by itself it would be a map, and the list would be lost."""
    write_known(dict.fromkeys(FIGURES, 100.0))
    hours = ", ".join(["1"] * 23)
    change(folder, "before.yaml", "need:\n", f"need:\n  hours: [{hours}, {{value: 2, range: [1.0, 9.0]}}]\n")
    change(folder, "impact.yaml", f"[{RELIGIOUS}, {GENERAL}]", f"[{RELIGIOUS}, 'need.hours[23]']")
    for command in ("check", "calibrate"):
        assert "need.hours[23]: is an entry of a list" in refused(command, "impact.yaml")


def test_a_whole_number_of_few_values_is_refused(folder: Path) -> None:
    write_known(dict.fromkeys(FIGURES, 100.0))
    change(folder, "before.yaml", "range: [600, 3000]", "range: [1195, 1205]")
    said = refused("calibrate", "impact.yaml")
    assert f"{GENERAL}: has only 11 values from 1195 to 1205" in said


def test_a_run_says_beside_its_known_figures_how_many_inputs_are_fitted_a_group_counted_once(folder: Path) -> None:
    write_known({"religious": 100, "general": 200})
    assert call("run", "impact.yaml", "--workers", "1").exit_code == 0
    assert pd.read_csv("results/impact/targets.csv")["fitted_inputs"].tolist() == [2, 2]
    said = Path("results/impact/findings.md").read_text(encoding="utf-8")
    assert "To 2 of them inputs were fitted, 2 inputs in all" in said
    change(folder, "impact.yaml", f"[{RELIGIOUS}, {GENERAL}]", f"[[{RELIGIOUS}, {GENERAL}]]")
    assert call("run", "impact.yaml", "--workers", "1").exit_code == 0
    assert pd.read_csv("results/impact/targets.csv")["fitted_inputs"].tolist() == [1, 1]
