"""Commands, options and their misspellings; check, show and schema."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

import sim.cli
from sim.building.loading import load_scenario
from sim.plan import DAY_MS
from tests.cli.cases import ROOT, call, change, draw_no_figures, refused


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rnu"], "No such command 'rnu'. Did you mean 'run'?"),
        (["impact.yaml"], "Did you mean 'run impact.yaml'?"),
        (["--verison"], "Did you mean '--version'?"),
        (["--workers", "1"], "No such option '--workers'. Did you mean 'run --workers 1'?"),
        (["reproduce", "impact.expected.json"], "and the experiment is wanted\n    allowed: impact.yaml"),
        (
            ["fit", "r.csv", "--column", "a", "--samples", "98"],
            "'--samples': found '98'; allowed: a whole number in digits, 99 to 100000",
        ),
        (["run", "impact.yaml", "--replicatons", "3"], "Did you mean '--replications'?"),
        (["check", "--sett", "a=1", "impact.yaml"], "Did you mean '--set'?"),
        (["show", "before.yaml", "--dif", "after.yaml"], "Did you mean '--diff'?"),
        (
            ["run", "impact.yaml", "--workers", "0"],
            "'--workers': found '0'; allowed: a whole number in digits, 1 or more",
        ),
        (
            ["run", "impact.yaml", "--workers", "two"],
            "'--workers': found 'two'; allowed: a whole number in digits, 1 or more",
        ),
        (
            ["run", "impact.yaml", "--replications", "1"],
            "'--replications': found '1'; allowed: a whole number in digits, 2 to 100000",
        ),
        (
            ["run", "impact.yaml", "--replications", "sepuluh"],
            "found 'sepuluh'; allowed: a whole number in digits, 2 to",
        ),
        (["calibrate", "impact.yaml", "--replications", "2.5"], "found '2.5'; allowed: a whole number in digits, 1 to"),
        (["run", "impact.yaml", "--seed", "-1"], "'--seed': found '-1'; allowed: a whole number in digits, 0 to"),
        (["run", "impact.yaml", "--seed", str(2**63)], "found '9223372036854775808'; allowed: a whole number"),
        (["run", "impact.yaml", "--engine", "fast"], "'fast' is not"),
        (["run", "impact.yaml", "--out", ""], "'--out': the path is empty"),
        (["run", ""], "the path is empty"),
        (["run", "impact.yaml", "after.yaml"], "unexpected extra argument"),
        (["check"], "Missing argument"),
        (["run", "province"], "province: is a folder"),
        (["check", "province"], "province: is a folder"),
        (["run", "impct.yaml"], "impct.yaml: there is no such file; did you mean 'impact.yaml'?"),
        (["show", "befor.yaml"], "befor.yaml: there is no such file; did you mean 'before.yaml'?"),
        (["run", "before.yaml"], "before.yaml: is a scenario, and an experiment is wanted"),
        (["reproduce", "before.yaml"], "before.yaml: is a scenario, and an experiment is wanted"),
        (["calibrate", "before.yaml"], "before.yaml: is a scenario, and an experiment is wanted"),
        (["show", "before.yaml", "--diff", "impact.yaml"], "compare like with like"),
        (["run", "impact.yaml", "--set", "foo"], "'foo' has no '='"),
        (["run", "impact.yaml", "--set", "sites.ukk_fr.in_service=never"], "did you mean 'ukk_far'?"),
        (["run", "impact.yaml", "--set", "replications=1"], "--set: replications: found 1"),
        (["run", "impact.yaml", "--set", "period.to=2022-01-01"], "the end 2022-01-01 is before the start 2023-03-15"),
    ],
)
def test_a_slip_of_the_hand_is_told_with_what_was_perhaps_meant(folder: Path, words: list[str], said: str) -> None:
    assert said in refused(*words)
    assert not (folder / "results").exists()


def test_no_argument_means_the_bundled_experiment(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def load(path: Path, *others: object, **named: object) -> None:
        asked.append(path)
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.running.job.Job.load", load)
    assert call("run").exit_code == 130
    assert call().exit_code == 130
    assert asked == [ROOT / "experiments" / "ukk_impact.yaml"] * 2


def test_where_the_bundled_experiment_is_not_there_one_is_to_be_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sim.cli, "__file__", str(folder / "lib" / "sim" / "cli.py"))
    said = refused("run")
    assert "ukk_impact.yaml; name one: run_sim.py run EXPERIMENT" in said


def test_check_says_what_sound_files_hold(folder: Path) -> None:
    result = call("check", "impact.yaml", "before.yaml")
    assert result.exit_code == 0
    first, second = result.output.splitlines()
    assert first == "impact.yaml: sound; 2 scenarios, 3 replications"
    # 7 days before the period and 14 after it.
    assert re.fullmatch(r"before\.yaml: sound; 2 places, \d+ sessions, 4 districts, 81 simulated days", second)
    assert not (folder / "results").exists()


def test_check_of_several_files_tells_all_errors_each_once(folder: Path) -> None:
    change(folder, "province/small.yaml", "no_show: 0.1", "no_show: 1.1")
    change(folder, "after.yaml", "in_service: always", "in_service: alwys")
    change(folder, "impact.yaml", "seed: 1", "sed: 1")
    said = refused("check", "impact.yaml", "before.yaml", "after.yaml", "gone.yaml")
    for words in ("1.1 is outside 0 to 1", "did you mean 'always'?", "did you mean 'seed'?", "gone.yaml: there is no"):
        assert said.count(words) == 1, said
    assert said.endswith("4 errors; more may show once these are mended\n")


def test_the_bundled_files_are_sound() -> None:
    """A scenario is looked at with the experiment that is of it, and by itself where there is none."""
    files = sorted((ROOT / "experiments").glob("*.yaml"))
    told = "".join(file.read_text(encoding="utf-8") for file in files)
    files += [file for file in sorted((ROOT / "configs/scenarios").glob("*.yaml")) if f"/{file.name}" not in told]
    result = call("check", *files)
    assert result.exit_code == 0, result.output
    assert result.output.count(": sound; ") == len(files)


@pytest.mark.parametrize("words", [(), ("--set", "sites.ukk_far.opened=2023-04-01")])
def test_a_date_that_a_decision_elsewhere_makes_void_is_warned_of(folder: Path, words: tuple[str, ...]) -> None:
    at = "--set"
    (folder / "later.yaml").write_text("extends: after.yaml\nname: later\ntitle: Later\n")
    if not words:
        with (folder / "later.yaml").open("a") as file:
            file.write("sites: {ukk_far: {opened: 2023-04-01}}\n")
        at = "later.yaml:4"
    said = " ".join(call("check", "later.yaml", *words).output.split())
    assert f"warning: {at}: sites.ukk_far.opened: has no effect: in_service is 'always', as after.yaml says" in said
    assert "in_service: by_date beside it" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("in_service: always, opened: 2023-04-01", "opened: has no effect: in_service is 'always' beside it"),
        ("in_service: always, closed: 2023-04-01", "closed: has no effect: in_service is 'always' beside it"),
        ("in_service: by_date, opened: 2023-04-01", ""),
        # It is kept for when the site is switched on.
        ("in_service: never, opened: 2023-04-01", ""),
    ],
)
@pytest.mark.parametrize("file", ["later.yaml", "latest.yaml"])
def test_a_date_beside_a_decision_that_makes_it_void_is_warned_of(
    folder: Path, file: str, words: str, told: str
) -> None:
    text = f"extends: after.yaml\nname: later\ntitle: Later\nsites: {{ukk_far: {{{words}}}}}\n"
    (folder / "later.yaml").write_text(text)
    (folder / "latest.yaml").write_text("extends: later.yaml\nname: latest\ntitle: Latest\n")
    said = " ".join(call("check", file).output.split())
    assert ("warning" in said) == bool(told)
    assert not told or f"warning: later.yaml:4: sites.ukk_far.{told}" in said


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        ("opened: 2023-05-14", "opened: 2023-05-14 is after the period, 2023-03-15 to 2023-05-13: the site is in"),
        ("opened: 2023-05-13", ""),
        ("closed: 2023-03-15", "closed: 2023-03-15 is not after the first day of the period, 2023-03-15 to"),
        ("closed: 2023-03-16", ""),
    ],
)
def test_a_date_of_a_site_outside_the_period_is_warned_of_at_the_file_that_gives_it(
    folder: Path, dates: str, told: str
) -> None:
    text = f"extends: after.yaml\nname: later\ntitle: Later\nsites: {{ukk_far: {{in_service: by_date, {dates}}}}}\n"
    (folder / "later.yaml").write_text(text)
    (folder / "latest.yaml").write_text("extends: later.yaml\nname: latest\ntitle: Latest\n")
    said = " ".join(call("check", "later.yaml").output.split())
    assert ("warning" in said) == bool(told)
    assert not told or f"warning: later.yaml:4: sites.ukk_far.{told}" in said
    assert "warning" not in call("check", "latest.yaml").output, "what is extended says when it opens, as many do"


def test_a_service_that_hands_its_books_out_at_home_by_the_command_line_is_told_how(folder: Path) -> None:
    van = (
        "programmes: {van: {name: Van, kind: van, home: kanim, days: [tue], intake: {from: '08:00', to: '12:00'}, "
        "seats_every: 30 min, quota: {ordinary: 8}, counters: {document: 1, interview: 1}, handover: brought, "
        "brought_days: {5: 1.0}}}\n"
    )
    with (folder / "before.yaml").open("a") as file:
        file.write(van)
    by_hand = "programmes.van.handover=home"
    said = refused("check", "before.yaml", "--set", by_hand)
    assert said.startswith(
        "--set programmes.van.handover: programmes.van: brought_days goes with handover: brought alone"
    )
    remedy = "programmes.van.brought_days=null"
    assert f"brought_days: null; --set {remedy} beside it\n" in said
    assert call("check", "before.yaml", "--set", by_hand, "--set", remedy).exit_code == 0
    # Of two, the one that is not what was set.
    change(folder, "before.yaml", "days: [tue], intake", "rotation: {places: ['2.1'], days: [tue]}, intake")
    said = refused("check", "before.yaml", "--set", "programmes.van.rotation.most_deterred=1")
    assert "has both places and most_deterred" in said
    assert said.split("\n")[0].endswith("--set programmes.van.rotation.places=null beside it")


def test_a_run_warns_first_as_check_does_and_keeps_it(folder: Path, without_report: None) -> None:
    with (folder / "before.yaml").open("a") as file:
        file.write("outages: {works: {affects: [intake], from: 2023-03-27, to: 2023-04-10, sites: [kanim]}}\n")
    many = ", ".join(f"late{n}: {{affects: [intake], from: 2024-01-01, to: 2024-01-02}}" for n in range(13))
    (folder / "after.yaml").write_text((folder / "after.yaml").read_text() + f"outages: {{{many}}}\n")
    checked = call("check", "impact.yaml").stderr
    assert checked.startswith("warning: before.yaml:9: outages.works: all who hold a slot at kanim on")
    assert checked.count("strikes no simulated day") == 10
    assert "warning: after.yaml: and 3 more of the same kind, the last in line 6" in checked
    done = call("run", "impact.yaml", "--replications", "2", "--workers", "1")
    assert done.exit_code == 0
    assert done.stderr.startswith(checked)
    assert "warning" not in done.stdout
    kept = json.loads((folder / "results" / "impact" / "manifest.json").read_text())["warnings"]
    assert "".join(f"warning: {text}\n" for text in kept) == checked
    findings = (folder / "results" / "impact" / "findings.md").read_text()
    assert "Warned of before the run, as by check: before.yaml:9: outages.works: all who hold a slot" in findings


def test_a_warning_of_some_scenarios_names_them_and_the_file_that_brought_it_about(folder: Path) -> None:
    hours = 'sites: {kanim: {sessions: {weekdays: {intake: {to: "08:20"}, closes: "08:20"}}}}\n'
    (folder / "short.yaml").write_text(f"extends: after.yaml\nname: short\n{hours}")
    text = (folder / "impact.yaml").read_text()
    (folder / "impact.yaml").write_text(
        text.replace("  after: after.yaml\n", "  after: after.yaml\n  short: short.yaml\n")
    )
    told = call("check", "impact.yaml").stderr
    assert "warning: short.yaml:3: sites.kanim.sessions.weekdays.intake: in short: " in told
    assert "cannot be served in the window at the station interview" in told


def test_a_change_that_suits_some_scenarios_alone_says_which_and_where_to_write_it(folder: Path) -> None:
    works = "outages: {works: {affects: [intake], from: 2023-04-03, to: 2023-04-03}}\n"
    (folder / "after.yaml").write_text((folder / "after.yaml").read_text() + works)
    told = refused("check", "impact.yaml", "--set", "outages.works.enabled=false")
    assert "--set: outages.works" in told and ": in before: " in told
    assert "--set changes every scenario; what is of after alone is written in a file of it" in told
    told = refused("check", "impact.yaml", "--set", "booking.no_show=7")
    assert "--set: booking.no_show: 7 is outside 0 to 1" in told and "every scenario" not in told, "it suits none"


def test_officers_alone_who_are_at_no_counter_are_warned_of(folder: Path) -> None:
    (folder / "officers.yaml").write_text("extends: before.yaml\nname: officers\nsites: {kanim: {staff: 40}}\n")
    text = (folder / "impact.yaml").read_text()
    (folder / "impact.yaml").write_text(text.replace("  after: after.yaml\n", "  officers: officers.yaml\n"))
    told = call("check", "impact.yaml").stderr
    assert "warning: officers.yaml:3: sites.kanim.staff: is 40 in officers and" in told
    assert "in before, and no counter or team of it differs: whoever is at none of these serves nobody" in told
    counters = "sites: {kanim: {staff: 40, sessions: {weekdays: {counters: {interview: 6}}}}}\n"
    (folder / "officers.yaml").write_text(f"extends: before.yaml\nname: officers\n{counters}")
    assert "serves nobody" not in call("check", "impact.yaml").stderr


def test_a_site_that_is_always_open_though_it_closed_before_is_warned_of(folder: Path) -> None:
    text = "extends: after.yaml\nname: later\ntitle: Later\nsites: {{ukk_far: {{closed: {}, in_service: {}}}}}\n"
    for closed, service, is_told in (
        ("2022-12-31", "always", True),
        ("2023-06-01", "always", False),
        ("2022-12-31", "by_date", False),
    ):
        (folder / "later.yaml").write_text(text.format(closed, service))
        said = " ".join(call("check", "later.yaml").output.split())
        told = f"sites.ukk_far.in_service: is 'always', though the site was closed on {closed}, by the first day"
        assert (told in said) == is_told


@pytest.mark.parametrize(
    ("need", "told"),
    [
        ("{trend: {per_year: 0.1, year: 2022}, level: {2023: 0.9}}", True),
        ("{trend: {per_year: 0.1, year: 2022}}", False),
        ("{trend: {per_year: 0.1, year: 2022}, level: {2023-01: 0.9}}", False),
        ("{level: {2023: 0.9}}", False),
    ],
)
def test_a_trend_that_levels_overrule_is_warned_of(folder: Path, need: str, told: bool) -> None:
    (folder / "later.yaml").write_text(f"extends: after.yaml\nname: later\ntitle: Later\nneed: {need}\n")
    said = " ".join(call("check", "later.yaml").output.split())
    assert ("need.trend.per_year: has no effect in the period: need.level says {2023: 0.9}" in said) == told


def test_scenarios_of_other_people_or_of_one_title_are_told_before_they_are_run(folder: Path) -> None:
    def checked(more: str) -> str:
        (folder / "after.yaml").write_text(text + more)
        return " ".join(call("check", "impact.yaml").output.split())

    text = (folder / "after.yaml").read_text()
    other = "after: need or period is not that of before, so nobody can be compared with themselves"
    assert other in checked("need: {day_cv: 0.123}\n")
    assert other not in checked("need: {segments: {general: {electronic: 0.9}}}\n")
    assert other not in checked("need: {segments: {general: {months: {nov: 2.0}}}}\n"), "not in the period"
    assert other in checked("need: {segments: {general: {months: {mar: 2.0}}}}\n")
    title = next(line for line in (folder / "before.yaml").read_text().splitlines() if line.startswith("title"))
    lines = [title if line.startswith("title") else line for line in text.splitlines()]
    (folder / "after.yaml").write_text("\n".join(lines) + "\n")
    assert "before and after have the same title" in " ".join(call("check", "impact.yaml").output.split())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("quota: {ordinary: 30}", "sessions: has no effect: in_service is never, as province/small.yaml says"),
        ("quota: {ordinary: 30}, in_service: never", ""),
        ("quota: {ordinary: 30}, in_service: always", ""),
    ],
)
def test_what_a_file_says_of_an_office_that_another_file_has_switched_off_is_warned_of(
    folder: Path, words: str, told: str
) -> None:
    quota, _, service = words.partition(", ")
    more = f", {service}" if service else ""
    office = f"sites: {{ukk_far: {{sessions: {{weekdays: {{{quota}}}}}{more}}}}}\n"
    (folder / "busy.yaml").write_text(f"extends: before.yaml\nname: busy\ntitle: Busy\n{office}")
    said = " ".join(call("check", "busy.yaml").output.split())
    assert ("has no effect" in said) == bool(told)
    assert not told or f"warning: busy.yaml:4: sites.ukk_far.{told}" in said


def test_what_a_file_says_of_a_service_that_is_off_is_warned_of_and_two_scenarios_that_are_one(folder: Path) -> None:
    """A suspension of a service that nobody has switched on is the likeliest way to compare nothing with nothing."""
    van = f"name: Van, enabled: false, days: [tue], team: {{other: 2}}, {TEAM}"
    with (folder / "before.yaml").open("a") as file:
        file.write(f"programmes: {{van: {{{van}}}}}\n")
    suspended = "programmes: {van: {suspended: [{from: 2023-04-03, to: 2023-04-21}]}}\n"
    (folder / "after.yaml").write_text(f"extends: before.yaml\nname: after\ntitle: Other\n{suspended}")
    said = " ".join(call("check", "impact.yaml").output.split())
    told = "after.yaml:4: programmes.van.suspended: in after: has no effect: enabled is false, as before.yaml says"
    assert told in said
    assert "scenarios.after: after is simulated as before is" in said
    by_line = ("--set", "programmes.van.quota.ordinary=9")
    assert "quota: has no effect" in " ".join(call("check", "impact.yaml", *by_line).output.split())
    (folder / "after.yaml").write_text(
        "extends: before.yaml\nname: after\ntitle: Other\nprogrammes: {van: {enabled: true}}\n"
    )
    assert "has no effect" not in " ".join(call("check", "impact.yaml", *by_line).output.split()), "it has one in after"
    (folder / "after.yaml").write_text(
        f"extends: before.yaml\nname: after\ntitle: Other\n{suspended}sites: {{ukk_far: {{in_service: always}}}}\n"
    )
    assert "is simulated as" not in " ".join(call("check", "impact.yaml").output.split())


def test_that_access_is_of_more_working_days_than_in_the_baseline_is_told(folder: Path) -> None:
    def checked(kanim: str) -> str:
        sites = f"sites:\n  kanim: {{sessions: {{weekdays: {{days: {kanim}}}}}}}\n  ukk_near: {{in_service: never}}\n"
        text = (folder / "before.yaml").read_text().partition("sites:\n")[0]
        (folder / "before.yaml").write_text(text + sites)
        return " ".join(call("check", "impact.yaml").output.split())

    told = "a session is held in after and none in before"
    assert told in checked("[tue]")
    assert told not in checked("[mon, tue, wed, thu, fri]")


TEAM = (
    "kind: outreach, home: kanim, intake: {from: '09:00', to: '12:00'}, seats_every: 30 min, quota: {ordinary: 20}, "
    "counters: {document: 1, interview: 1}, handover: home"
)


def test_a_programme_with_another_home_and_the_old_venue_is_warned_of(folder: Path) -> None:
    venue = "{road_node: MID, position: {lat: 0, lon: 0}}"
    shift = f"{{name: Shift, days: [tue], team: {{other: 2}}, venue: {venue}, {TEAM}}}"
    (folder / "mall.yaml").write_text(f"extends: after.yaml\nname: mall\ntitle: M\nprogrammes: {{shift: {shift}}}\n")
    told = "programmes.shift.home: is ukk_near now, and the venue is still at the road node 'MID', as mall.yaml says"
    for more, is_told in (("", True), (", venue: {road_node: OFFICE, position: {lat: 0, lon: 0}}", False)):
        text = f"extends: mall.yaml\nname: moved\ntitle: Moved\nprogrammes: {{shift: {{home: ukk_near{more}}}}}\n"
        (folder / "moved.yaml").write_text(text)
        assert (told in " ".join(call("check", "moved.yaml").output.split())) == is_told


def test_visits_on_days_that_are_not_simulated_are_warned_of(folder: Path) -> None:
    visits = "[{date: 2023-03-29, place: '2.1'}, {date: 2021-08-04, place: '2.1'}]"
    van = f"{{name: Van, visits: {visits}, {TEAM}}}"
    (folder / "van.yaml").write_text(f"extends: after.yaml\nname: van\ntitle: Van\nprogrammes: {{van: {van}}}\n")
    said = " ".join(call("check", "van.yaml").output.split())
    assert "programmes.van.visits: 1 of 2 dates are no simulated day, 2021-08-04 among them" in said


def test_outages_that_strike_nothing_are_warned_of(folder: Path) -> None:
    mistyped = "flood: {affects: [intake], from: 2022-04-03, to: 2022-04-05}"
    nowhere = "fire: {affects: [intake], from: 2023-04-03, to: 2023-04-05, sites: [ukk_far]}"
    for name, base in (("struck", "after"), ("spared", "before")):
        outages = f"outages: {{{mistyped}, {nowhere}}}\n"
        (folder / f"{name}.yaml").write_text(f"extends: {base}.yaml\nname: {name}\ntitle: {name}\n{outages}")
    late = "outages.flood.from: strikes no simulated day: it lasts from 2022-04-03 to 2022-04-05"
    closed = "outages.fire.sites: strikes ukk_far alone, where no session is held on any simulated day"
    said = {name: " ".join(call("check", f"{name}.yaml").output.split()) for name in ("struck", "spared")}
    assert late in said["struck"] and closed not in said["struck"]
    assert late in said["spared"] and closed in said["spared"]


def test_a_closure_of_weeks_as_an_outage_and_books_that_nobody_can_fetch_are_warned_of(folder: Path) -> None:
    weeks = "outages: {works: {affects: [intake], from: 2023-03-27, to: 2023-04-10, sites: [kanim]}}\n"
    (folder / "closed.yaml").write_text(f"extends: before.yaml\nname: closed\ntitle: Closed\n{weeks}")
    ends = "sites: {kanim: {sessions: {weekdays: {to: 2023-03-24}}}}\n"
    (folder / "ended.yaml").write_text(f"extends: before.yaml\nname: ended\ntitle: Ended\n{ends}")
    said = {name: " ".join(call("check", f"{name}.yaml").output.split()) for name in ("before", "closed", "ended")}
    assert "warning" not in said["before"]
    assert "outages.works: all who hold a slot at kanim on" in said["closed"]
    assert "come in the days after 2023-04-10, as many again on each as it has slots" in said["closed"]
    assert "sites.kanim.sessions: hands out no passports between 2023-03-24 and the end" in said["ended"]
    rule = "{days: [mon, thu], from: 2023-03-27, intake: {from: '08:00', to: '09:00'}, seats_every: 30 min, quota: "
    rule += "{ordinary: 0}, counters: {collection: 1}, collection: {from: '09:00', to: '12:00'}}"
    (folder / "ended.yaml").write_text(
        f"extends: before.yaml\nname: ended\ntitle: Ended\n{ends.replace('}}}}', f'}}, fetching: {rule}}}}}}}')}"
    )
    assert "warning" not in call("check", "ended.yaml").output


def test_an_office_that_is_shut_and_still_paid_for_is_warned_of_and_its_books_are_fetched_at_the_parent(
    folder: Path,
) -> None:
    """A sub-office whose sessions end in April costs rent to the end; given up on a day it does not."""
    paid = "costs: {per_year: Rp 300000000}"
    for name, words in {
        "ended": f"{{{paid}, sessions: {{weekdays: {{to: 2023-04-10}}}}}}",
        "given_up": f"{{{paid}, in_service: by_date, opened: 2020-01-01, closed: 2023-04-11}}",
        "costs_nothing": "{sessions: {weekdays: {to: 2023-04-10}}}",
    }.items():
        head = f"extends: after.yaml\nname: {name}\ntitle: {name}\n"
        (folder / f"{name}.yaml").write_text(f"{head}sites: {{ukk_far: {words}}}\n")
        said = " ".join(call("check", f"{name}.yaml").output.split())
        warned = "sites.ukk_far.sessions: holds its last session on 2023-04-" in said
        assert warned == (name == "ended"), said
        assert "hands out no passports" not in said
        made = sim.load(folder / f"{name}.yaml").simulate()
        journeys, sites = made.journeys(), made.scenario.plan.sites.id
        shut = (dt.date(2023, 4, 11) - made.scenario.plan.origin).days * DAY_MS
        there = journeys[(journeys["issued_at"] == "ukk_far") & (journeys["ready_ms"] > shut)]
        fetched = there[there["status"] == "collected"]
        rows = fetched["collect_session"].to_numpy(dtype=int)
        assert len(rows)
        assert {sites[row] for row in made.scenario.plan.sessions.site[rows]} == {"kanim"}


@pytest.mark.parametrize("drawn", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_period_without_sessions_is_warned_of_and_reported(
    folder: Path, monkeypatch: pytest.MonkeyPatch, drawn: bool
) -> None:
    if not drawn:
        draw_no_figures(monkeypatch)
    days = "from: 2023-03-25, to: 2023-03-26, warm_up: 7 days, run_out: 14 days"
    change(folder, "before.yaml", "from: 2023-03-15, to: 2023-05-13, warm_up: 7 days, run_out: 14 days", days)
    said = call("run", "impact.yaml", "--replications", "2", "--workers", "1")
    assert said.exit_code == 0, said.output
    told = " ".join(call("check", "before.yaml").output.split())
    assert "period: no session is held on any counted day, 2023-03-25 to 2023-03-26" in told
    assert (folder / "results" / "impact" / "report.html").exists()


def test_scenarios_that_are_the_same_but_for_their_names_are_told(folder: Path, without_report: None) -> None:
    twins = "later is simulated as after is"
    assert twins not in call("run", "impact.yaml", "--replications", "2", "--workers", "1").output
    (folder / "later.yaml").write_text("extends: after.yaml\nname: later\ntitle: Later\n")
    change(folder, "impact.yaml", "  after: after.yaml", "  after: after.yaml\n  later: later.yaml")
    for words in (("check", "impact.yaml"), ("run", "impact.yaml", "--replications", "2", "--workers", "1")):
        assert twins in " ".join(call(*words).output.split())


def test_show_prints_a_file_that_means_the_same(folder: Path) -> None:
    (folder / "shown.yaml").write_text(call("show", "after.yaml").stdout)
    tree = YAML(typ="safe").load(folder / "shown.yaml")
    assert "extends" not in tree
    assert load_scenario(folder / "shown.yaml").model == load_scenario(folder / "after.yaml").model
    result = call("show", "after.yaml", "--diff", "shown.yaml")
    assert (result.exit_code, result.output) == (0, "no difference\n")


def test_show_diff_prints_what_differs_and_nothing_else(folder: Path) -> None:
    result = call("show", "before.yaml", "--diff", "after.yaml")
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "- before.yaml",
        "+ after.yaml",
        "name:",
        "  - before",
        "  + after",
        "title:",
        "  - Without the far sub-office",
        "  + With the far sub-office",
        "sites.ukk_far.in_service:",
        "  - never",
        "  + always",
    ]


def test_show_prints_an_experiment_and_what_is_set(folder: Path) -> None:
    shown = YAML(typ="safe").load(call("show", "impact.yaml", "--set", "replications=7").stdout)
    assert shown["replications"] == 7
    assert shown["scenarios"] == {"before": "before.yaml", "after": "after.yaml"}


def test_schema_is_a_json_schema_that_accepts_the_files_and_not_others(folder: Path) -> None:
    schema = json.loads(call("schema").stdout)
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    yaml = YAML(typ="safe", pure=True)
    for name in ("impact.yaml", "after.yaml"):
        tree = json.loads(json.dumps(yaml.load(folder / name), default=str))
        assert not list(validator(schema).iter_errors(tree)), name
        assert list(validator(schema).iter_errors({**tree, "surprise": 1})), name


def test_show_diff_prints_values_as_yaml(folder: Path) -> None:
    change(folder, "after.yaml", "sites:\n", "breaks: {mon: null}\nsites:\n")
    rule = "sessions: {weekdays: {days: [mon, tue]}}"
    change(folder, "after.yaml", "{in_service: always}", f"{{in_service: always, {rule}}}")
    text = call("show", "before.yaml", "--diff", "after.yaml").output
    assert "sites.ukk_far.sessions.weekdays.days:\n  - [tue, thu]\n  + [mon, tue]\n" in text
    # What one of them does not have has no line.
    assert "breaks.mon:\n  + null\n" in text


def test_a_folder_above_results_is_told_with_those_that_hold_some(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(finished)
    assert "results: holds no results: manifest.json is not there\n    allowed: one of results/impact" in refused(
        "report", "results"
    )
    assert "allowed: a folder that `run` has written to" in refused("report", "province")


def test_a_warning_about_what_the_command_line_sets_names_it_and_the_slots_of_each_channel(folder: Path) -> None:
    path = "sites.kanim.sessions.weekdays.quota"
    result = call("check", "before.yaml", "--set", f"{path}.ordinary=900")
    assert result.exit_code == 0
    assert f"warning: --set {path}.ordinary: {path}: 9" in result.output
    assert "slots (900 ordinary + " in result.output
