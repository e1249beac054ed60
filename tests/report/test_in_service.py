"""What is in service for a part of the counted days is told with how many and which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from sim.plan import Plan
from sim.report.evidence import Evidence, gather
from sim.report.findings import described
from sim.report.in_service import alike, not_throughout
from sim.report.messages import Messages
from tests.report.told_cases import opening_of

EN, ID = Messages("en"), Messages("id")
YEAR = 365
JULY = (dt.date(2023, 7, 1) - dt.date(2023, 1, 1)).days


def only_in(plan: Plan, spans: Mapping[str, tuple[int, int]]) -> Plan:
    """A plan in which some sites are in service from a day of the year to before another alone."""
    sites, sessions = plan.sites, plan.sessions
    keep = np.ones(len(sessions.day), dtype=np.bool_)
    days = sites.days_in_service.copy()
    for site, (first, end) in spans.items():
        row = sites.id.index(site)
        keep &= (sessions.site != row) | ((sessions.day >= first) & (sessions.day < end))
        days[row] = end - first
    each = {field.name: getattr(sessions, field.name) for field in fields(sessions)}
    kept = {name: values[keep] for name, values in each.items() if len(values) == len(keep)}
    return replace(plan, sites=replace(sites, days_in_service=days), sessions=replace(sessions, **kept))


def with_spans(evidence: Evidence, **spans: Mapping[str, tuple[int, int]]) -> Evidence:
    """By scenario."""
    plans = {name: only_in(plan, spans.get(name, {})) for name, plan in evidence.plans.items()}
    return replace(evidence, plans=plans)


def told(evidence: Evidence, messages: Messages = EN) -> list[str]:
    return list(not_throughout(evidence, messages, evidence.pair))


def test_nothing_is_told_where_all_are_there_throughout(evidence: Evidence) -> None:
    assert told(evidence) == []


def test_a_site_that_opens_in_july_is_told_with_its_days_in_findings_terminal_and_opening(evidence: Evidence) -> None:
    late = with_spans(evidence, with_ukk={"ukk_oku": (JULY, YEAR)})
    (text,) = told(late)
    assert text.startswith(
        "Not throughout: in “Two offices and four UKKs”, UKK Ogan Komering Ulu for 184 of the 365 days "
        "counted, with sessions on 130 of them (3 July 2023 to 29 December 2023). Totals hold what comes of the days"
    )
    (in_indonesian,) = told(late, ID)
    assert (
        "UKK Ogan Komering Ulu ada selama 184 dari 365 hari yang dihitung, dengan layanan pada 130 hari di antaranya"
        in in_indonesian
    )
    found = described(late, EN)
    assert [s.text for s in found.sections[0].sentences].count(text) == 1 and text in found.short
    assert text in opening_of(late) and "Not throughout" not in opening_of(evidence)


def test_sites_of_the_same_days_stand_together_and_others_beside_them(evidence: Evidence) -> None:
    spans = {"ukk_oku": (JULY, YEAR), "ukk_musi_rawas": (JULY, YEAR), "ukk_lubuklinggau": (0, JULY)}
    (text,) = told(with_spans(evidence, with_ukk=spans))
    assert "; in “Two offices and four UKKs”, UKK Musi Rawas and UKK Ogan Komering Ulu for 184 of" in text
    assert "throughout: in “Two offices and four UKKs”, UKK Lubuklinggau for 181 of the 365 days" in text


@pytest.mark.parametrize("scenario", ["before_ukk", "with_ukk"])
def test_an_office_of_both_is_told_where_it_is_not_there_at_the_same_time(evidence: Evidence, scenario: str) -> None:
    here, there = {"kanim_muara_enim": (0, 181)}, {"kanim_muara_enim": (184, YEAR)}
    same = with_spans(evidence, before_ukk=here, with_ukk=here)
    assert told(same) == []
    (text,) = alike(same, EN)
    assert text.startswith("In both scenarios alike: Kantor Imigrasi Kelas II Non TPI Muara Enim for 181 of the 365")
    (text,) = told(with_spans(evidence, **{scenario: here}))
    assert f"in “{evidence.plans[scenario].title['en']}”, Kantor Imigrasi Kelas II Non TPI Muara Enim for" in text
    (text,) = told(with_spans(evidence, before_ukk=here, with_ukk=there))
    assert text.count("181 of the 365 days") == 2


def test_what_is_suspended_in_one_scenario_is_told_and_not_where_it_is_so_in_both(evidence: Evidence) -> None:
    def suspended(*scenarios: str) -> Evidence:
        plans = dict(evidence.plans)
        for name in scenarios:
            sites = plans[name].sites
            days = np.where(np.array(sites.id) == "kanim_palembang", 13, 0)
            plans[name] = replace(plans[name], sites=replace(sites, days_suspended=days))
        return replace(evidence, plans=plans)

    (text,) = told(suspended("with_ukk"))
    assert text.startswith(
        "Not throughout: in “Two offices and four UKKs”, sessions of Kantor Imigrasi Kelas I TPI Palembang suspended "
        "on 13 days, with sessions on "
    )
    (in_indonesian,) = told(suspended("with_ukk"), ID)
    assert "layanan Kantor Imigrasi Kelas I TPI Palembang ditiadakan pada 13 hari, dengan layanan pada" in in_indonesian
    assert list(alike(suspended("with_ukk"), EN)) == []
    both = suspended("before_ukk", "with_ukk")
    assert told(both) == []
    (text,) = alike(both, EN)
    assert text.startswith("In both scenarios alike: sessions of Kantor Imigrasi Kelas I TPI Palembang suspended on 13")
    assert text in opening_of(both)


def test_what_another_scenario_adds_for_a_part_is_told_where_that_scenario_is(evidence: Evidence) -> None:
    late = with_spans(evidence, only_oku={"ukk_oku": (JULY, YEAR)})
    assert told(late) == []
    texts = [
        s.text for section in described(late, EN).sections for s in section.sentences if "Not throughout" in s.text
    ]
    assert len(texts) == 1 and texts[0].startswith("“Only UKK OKU added” against “Two offices”")
    assert "in “Only UKK OKU added”, UKK Ogan Komering Ulu for 184 of the 365 days counted" in texts[0]


def test_a_programme_is_told_once_however_many_places_it_visits(evidence: Evidence) -> None:
    late = with_spans(evidence, with_ukk=dict.fromkeys(("ukk_oku", "ukk_musi_rawas"), (JULY, YEAR)))
    sites = late.plans["with_ukk"].sites
    vans = np.isin(sites.id, ("ukk_oku", "ukk_musi_rawas"))
    sites = replace(
        sites,
        programme=tuple("van" if van else of for van, of in zip(vans, sites.programme, strict=True)),
        programme_name=tuple("The van" if van else of for van, of in zip(vans, sites.programme_name, strict=True)),
        home=np.where(vans, 0, sites.home),
    )
    plans = {**late.plans, "with_ukk": replace(late.plans["with_ukk"], sites=sites)}
    (text,) = told(replace(late, plans=plans))
    assert text.count("The van for 184 of the 365 days counted") == 1 and "UKK Ogan" not in text


def test_one_scenario_by_itself_changes_nothing_that_could_be_doubled(evidence: Evidence) -> None:
    late = with_spans(evidence, with_ukk={"ukk_oku": (JULY, YEAR)})
    assert told(replace(late, baseline="with_ukk")) == []


def test_that_whoever_is_deterred_waits_for_nothing_is_told_where_something_is_there_for_a_time(
    evidence: Evidence,
) -> None:
    late = with_spans(evidence, with_ukk={"ukk_oku": (JULY, YEAR)})
    assert "asks only once here" in opening_of(late)
    assert "hanya bertanya sekali di sini" in opening_of(late, "id")
    assert "asks only once here" not in opening_of(evidence)


def test_an_office_at_which_clearly_more_get_no_passport_is_told_with_why(evidence: Evidence) -> None:
    rows = evidence.replications.frame()
    key = ["scenario", "replication", "level", "unit"]
    at = rows[(rows["level"] == "site") & (rows["unit"] == "kanim_palembang")].drop_duplicates(key)
    after = at["scenario"].map({"with_ukk": 0.08}).fillna(0.045) + at["replication"] * 1e-4
    lost = at.assign(measure="lost_share", statistic="share", value=after)
    plans = dict(evidence.plans)
    found = gather(pd.concat([rows, lost], ignore_index=True), plans, "before_ukk", "with_ukk", 0.95)
    text = opening_of(found)
    told = "Of those whose last appointment is at Kantor Imigrasi Kelas I TPI Palembang, 8."
    assert told in text and "% get no passport instead of 4." in text
    assert "books that nobody can fetch" not in text and told not in opening_of(evidence)
    sites = plans["with_ukk"].sites
    plans["with_ukk"] = replace(plans["with_ukk"], sites=replace(sites, days_suspended=np.full(len(sites.id), 60)))
    assert "books that nobody can fetch there while they are kept are lost" in opening_of(replace(found, plans=plans))


def test_that_weekends_spare_nobody_a_day_of_work_is_told_of_who_applies_too(evidence: Evidence) -> None:
    plan = evidence.plans["with_ukk"]
    held = plan.sessions.day[len(plan.sessions.day) // 2]
    off = replace(plan, working_days=plan.working_days[plan.working_days != held])
    plans = {**evidence.plans, "with_ukk": off}
    text = opening_of(replace(evidence, plans=plans))
    assert "To nobody does a weekend spare a day of work here (see under Cost)" in text
    assert "are held on days that are no working days" in text
    assert "To nobody does a weekend" not in opening_of(evidence)


def test_an_office_that_takes_nobody_in_on_any_counted_day_is_closed_throughout(evidence: Evidence) -> None:
    def shut(*scenarios: str) -> Evidence:
        plans = dict(evidence.plans)
        for name in scenarios:
            sites, sessions = plans[name].sites, plans[name].sessions
            row = sites.id.index("kanim_muara_enim")
            days = np.where(np.arange(len(sites.id)) == row, 260, 0)
            quota = np.where((sessions.site == row)[:, None], 0, sessions.quota)
            closed = replace(sites, days_suspended=days), replace(sessions, quota=quota)
            plans[name] = replace(plans[name], sites=closed[0], sessions=closed[1])
        return replace(evidence, plans=plans)

    (text,) = told(shut("with_ukk"))
    assert text.startswith("Closed throughout: in “Two offices and four UKKs”, Kantor Imigrasi Kelas II Non TPI Muara")
    assert text.endswith("takes nobody in on any counted day, with books handed out on 260.")
    assert told(shut("before_ukk", "with_ukk")) == []
    (text,) = alike(shut("before_ukk", "with_ukk"), EN)
    assert text.endswith("takes nobody in on any counted day, with books handed out on 260.")


def test_other_days_of_printing_are_told(evidence: Evidence) -> None:
    plan = evidence.plans["with_ukk"]
    weekdays = (plan.origin.weekday() + np.arange(plan.sites.prints.shape[1])) % 7
    prints = np.array(plan.sites.prints)
    prints[plan.sites.id.index("kanim_palembang")] = np.isin(weekdays, [0, 5])
    plans = {**evidence.plans, "with_ukk": replace(plan, sites=replace(plan.sites, prints=prints))}
    other = replace(evidence, plans=plans)
    assert "TPI Palembang prints books on Monday and Saturday, where it was on Monday, Tuesday," in opening_of(other)
    assert "mencetak buku pada hari Senin dan Sabtu" in opening_of(other, "id")
    assert "prints books on" not in opening_of(evidence)
