"""What findings say of the stages of the way, of side effects and of evenness, where the answer is known."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.measures.stages import STAGES
from sim.measures.team_days import DAYS, OUT, REST
from sim.plan import Plan
from sim.report.by_week import Weeks
from sim.report.effects import effects_section, growths, side_effects, teams_of
from sim.report.evenness import evenness_section
from sim.report.evidence import Evidence, gather
from sim.report.findings import described, queueing
from sim.report.load import load_section
from sim.report.messages import Messages
from sim.report.page.lead import lead
from sim.report.stages import days_to_prepare, sent_to, stages_by_site, stages_of, stages_section
from tests.report.report_cases import REGENCIES, REPLICATIONS, WEEKS, Experiment
from tests.report.told_cases import opening_of

EN = Messages("en")
REGENCY_NAMES = [row[1] for row in REGENCIES]
BEFORE = dict(zip(STAGES, (5.5, 0.4, 4.3, 6.0), strict=True))
NOISE = np.linspace(-0.02, 0.02, REPLICATIONS)


def row(scenario: str, replication: int, measure: str, level: str, unit: str, value: float) -> tuple[object, ...]:
    return scenario, replication, measure, level, unit, "mean", value


def with_stages(experiment: Experiment, saved: Mapping[str, float], scenario: str = "with_ukk") -> Evidence:
    """The experiment with days saved in each stage, and days of stages at each site."""
    kept = experiment.replications[experiment.replications["measure"] != "days_saved"]
    rows = []
    for replication, noise in enumerate(NOISE):
        for stage, days in BEFORE.items():
            of_all = ("province", "province")
            rows.append(row(scenario, replication, f"{stage}_before", *of_all, days))
            rows.append(row(scenario, replication, f"{stage}_saved", *of_all, saved[stage] + noise / 10))
            for site in experiment.plans[scenario].sites.id:
                more = 3.0 if site.startswith("ukk") and stage == "days_of_issue" else 0.0
                rows.append(row(scenario, replication, stage, "site", site, days + more + noise))
        total = sum(saved.values()) + 4 * noise / 10
        rows.append(row(scenario, replication, "days_saved", *of_all, total))
        for site in experiment.plans[scenario].sites.id:
            rows.append(row(scenario, replication, "days_to_passport", "site", site, sum(BEFORE.values())))
            rows.append((scenario, replication, "served", "site", site, "count", 100.0))
    frame = pd.concat([kept, pd.DataFrame(rows, columns=kept.columns)], ignore_index=True)
    sent = {name: _sent(plan) for name, plan in experiment.plans.items()}
    return gather(frame, sent, "before_ukk", scenario, 0.95)


def _sent(plan: Plan) -> Plan:
    """A plan whose sub-offices wait a working day for the books that their parent sends."""
    days = tuple({1: 1.0} if site.startswith("ukk") else {0: 1.0} for site in plan.sites.id)
    return replace(plan, sites=replace(plan.sites, sending_days=days))


def days(*saved: float) -> dict[str, float]:
    return dict(zip(STAGES, saved, strict=True))


def test_stages_that_take_longer_are_named_the_longest_first(experiment: Experiment) -> None:
    _, *texts = [s.text for s in stages_section(with_stages(experiment, days(-0.3, 0.0, -0.9, -0.1)), EN)]
    assert texts[0].startswith("Longer")
    places = [texts[0].index(name) for name in ("printing and sending 0.9", "first appointment 0.3", "in hand 0.1")]
    assert places == sorted(places)
    assert "visits" in texts[1] and texts[1].startswith("Changed by less than 0.05 days")


@pytest.mark.parametrize("share", [1.0, 0.97])
def test_the_promised_day_is_told_where_it_is_not_always_kept(experiment: Experiment, share: float) -> None:
    evidence = with_stages(experiment, days(-0.3, 0.0, -0.9, -0.1))
    rows = evidence.replications.frame()
    like = rows[(rows["measure"] == "deterred_share") & (rows["level"] == "province")].assign(
        measure="as_promised_share", value=1.0
    )
    of_main = like["scenario"] == evidence.main
    like.loc[of_main, "value"] = share - 0.001 * (1.0 - share) * np.arange(of_main.sum())
    found = gather(pd.concat([rows, like]), evidence.plans, evidence.baseline, evidence.main, 0.95)
    said = [s for s in stages_section(found, EN) if s.text.startswith("By the day for which it was promised")]
    assert len(said) == (share < 1.0)
    for sentence in said:
        assert "lies ready for 100.0% of those served before and for 97.0% after (change -3.0" in sentence.text
        assert sentence.short


def test_the_stages_are_told_in_the_order_in_which_they_are_passed_before_and_after(experiment: Experiment) -> None:
    text = next(s.text for s in stages_section(with_stages(experiment, days(-0.3, 0.0, -0.9, -0.1)), EN))
    assert "16.20 days before, 17.50 after" in text
    told = [
        "first appointment from 5.50 to 5.80",
        "referral) from 0.40 to 0.40",
        "sending from 4.30 to 5.20",
        "in hand from 6.00 to 6.10",
    ]
    places = [text.index(words) for words in told]
    assert places == sorted(places)


def test_where_the_way_by_the_new_offices_is_longer_is_told_against_the_others(experiment: Experiment) -> None:
    texts = [s.text for s in stages_section(with_stages(experiment, days(0, 0, -1, 0)), EN)]
    (text,) = [text for text in texts if text.startswith("Of all who are served at offices")]
    # Four of six offices serve 100 people each, and take 3 days more to print and send.
    assert text.startswith("Of all who are served at offices, 67% have their appointment at UKK Lubuklinggau, UKK Musi")
    assert text.endswith("against the others: printing and sending 7.3 against 4.3.")


def test_a_new_office_with_a_long_wait_for_a_slot_is_named_with_how_full_it_is(experiment: Experiment) -> None:
    evidence = with_stages(experiment, days(0, 0, -1, 0))
    rows = evidence.replications.frame()
    lead = (rows["measure"] == "lead_days") & (rows["statistic"] == "mean") & (rows["scenario"] == "with_ukk")
    used = (rows["measure"] == "quota_use") & (rows["scenario"] == "with_ukk")
    rows.loc[lead, "value"] = np.where(rows.loc[lead, "unit"] == "ukk_oku", 9.0, 0.5)
    rows.loc[used & (rows["unit"] == "ukk_oku"), "value"] = 0.91
    full = gather(rows, evidence.plans, "before_ukk", "with_ukk", 0.95)
    texts = [s.text for s in stages_section(full, EN)]
    (text,) = [text for text in texts if "at UKK Ogan Komering Ulu: 9.0 days, with 91% of its quota booked." in text]
    assert re.search(r"At \d+% of its sessions all ordinary slots are taken; .* \d+\.\d days ahead on average\.$", text)
    none = (rows["measure"] == "no_slot_share") & (rows["unit"] == "ukk_oku")
    rows.loc[none, "value"] = 0.25
    scarce = gather(rows, evidence.plans, "before_ukk", "with_ukk", 0.95)
    assert any(s.text.endswith("and 25% of the time there is none.") for s in stages_section(scarce, EN))
    rows.loc[lead, "value"] = 0.5
    idle = gather(rows, evidence.plans, "before_ukk", "with_ukk", 0.95)
    assert not any("slot takes longest" in s.text for s in stages_section(idle, EN))


def test_a_new_office_by_itself_is_not_told_as_one_of_several(experiment: Experiment) -> None:
    evidence = with_stages(experiment, days(0, 0, -1, 0), "only_oku")
    rows = evidence.replications.frame()
    rows.loc[(rows["measure"] == "lead_days") & (rows["unit"] == "ukk_oku"), "value"] = 9.0
    alone = gather(rows, evidence.plans, "before_ukk", "only_oku", 0.95)
    texts = [s.text for s in stages_section(alone, EN)]
    assert any(text.startswith("Waiting for a slot at UKK Ogan Komering Ulu takes 9.0 days, with ") for text in texts)
    assert not any("Of the new offices" in text for text in texts)


@pytest.mark.parametrize("grows", range(len(STAGES)))
def test_whichever_stage_grows_is_the_one_that_is_named(experiment: Experiment, grows: int) -> None:
    saved = {stage: -0.7 if place == grows else 0.0 for place, stage in enumerate(STAGES)}
    evidence = with_stages(experiment, saved)
    longer = next(s.text for s in stages_section(evidence, EN) if s.text.startswith("Longer"))
    assert EN.text(f"finding.stages.of.{STAGES[grows]}") in longer
    assert not any(EN.text(f"finding.stages.of.{stage}") in longer for stage in STAGES if saved[stage] == 0.0)
    opening = opening_of(evidence)
    assert f"What takes longer, in days per person: {EN.text(f'finding.stages.of.{STAGES[grows]}')} 0.70." in opening


def test_a_passport_that_comes_sooner_is_told_by_what_gets_shorter(experiment: Experiment) -> None:
    evidence = with_stages(experiment, days(1.0, 0.2, -0.3, 0.0))
    opening = opening_of(evidence)
    assert "What gets shorter, in days per person: the time until the first appointment 1.00" in opening
    assert (
        opening.index("The passport comes") < opening.index("What gets shorter") < opening.index("The cost of travel")
    )
    assert "What takes longer, in days per person: printing and sending 0.30." in opening
    assert opening.index("What gets shorter") < opening.index("What takes longer")
    assert any(
        s.text.startswith("Longer") and "printing and sending 0.3" in s.text for s in stages_section(evidence, EN)
    )


def test_the_stages_in_the_table_add_up_to_all_together(experiment: Experiment) -> None:
    table = stages_of(with_stages(experiment, days(-0.3, 0.0, -0.9, -0.1)), EN)
    numbers = np.array(table.numbers)
    np.testing.assert_allclose(numbers[:-1].sum(axis=0), numbers[-1])
    assert numbers[-1, 2] == pytest.approx(1.3)
    np.testing.assert_allclose(numbers[:, 0] + numbers[:, 2], numbers[:, 1])
    assert table.totals == 1 and table.sorts == (), "sorting would lose the order of the stages and move their sum"
    assert table.rows[1][-1].endswith("≈") and not table.rows[2][-1].endswith("≈")


def test_the_changes_of_all_stages_have_as_many_decimals(experiment: Experiment) -> None:
    table = stages_of(with_stages(experiment, days(-0.3, 0.0004, -0.9, -0.1)), EN)
    decimals = {len(number.partition(".")[2]) for row in table.rows for number in re.findall(r"[\d.]+", row[-1])}
    assert len(decimals) == 1, [row[-1] for row in table.rows]


def test_what_people_take_until_they_can_come_is_told_apart_from_waiting_for_a_slot(experiment: Experiment) -> None:
    plan = experiment.plans["with_ukk"]
    # Every day is a working day there, and half of the people can come after one, half after three.
    assert days_to_prepare(plan) == pytest.approx((2.0, 1.5))
    weekdays = plan.working_days[plan.working_days % 7 < 5]
    assert days_to_prepare(replace(plan, working_days=weekdays))[1] > 1.5
    assert days_to_prepare(replace(plan, prepare_days={0: 1.0})) == (0.0, 0.0)


@pytest.mark.parametrize(("first", "said"), [(2.5, "Most of the days"), (3.5, "Of the days")])
def test_most_of_the_first_stage_is_called_preparing_only_where_it_is(
    experiment: Experiment, first: float, said: str
) -> None:
    rows = with_stages(experiment, days(0, 0, -1, 0)).replications.frame()
    own = [
        row(scenario, replication, measure, "province", "province", value)
        for scenario in ("before_ukk", "with_ukk")
        for replication in range(REPLICATIONS)
        for measure, value in ((STAGES[0], first), ("lead_days", first - 1.5))
    ]
    told = ~((rows["measure"] == "lead_days") & (rows["level"] == "province"))
    frame = pd.concat([rows[told], pd.DataFrame(own, columns=rows.columns)], ignore_index=True)
    texts = [s.text for s in stages_section(gather(frame, experiment.plans, "before_ukk", "with_ukk", 0.95), EN)]
    (text,) = [text for text in texts if "2.0 working days on average" in text]
    assert text.startswith(said)
    # Whoever missed an appointment has no wait for a slot that is known.
    waits = f"{first - 1.5:.1f} days before and {first - 1.5:.1f} after"
    assert text.endswith(f"{waits}, for those who kept the first appointment they made.")


def test_books_printed_elsewhere_are_said_to_be_sent_and_how_long_that_takes(experiment: Experiment) -> None:
    evidence = with_stages(experiment, days(0, 0, -1, 0))
    assert [evidence.plans["with_ukk"].sites.id[site] for site in sent_to(evidence.plans["with_ukk"])] == [
        *("ukk_lubuklinggau", "ukk_musi_rawas", "ukk_musi_banyuasin", "ukk_oku")
    ]
    sent = [s.text for s in stages_section(evidence, EN) if "printed at" in s.text]
    assert len(sent) == 2
    assert "UKK Musi Banyuasin" in sent[1] and "Kantor Imigrasi Kelas I TPI Palembang" in sent[1]
    assert "1 working days more" in sent[0] and "wait 7.3 days" in sent[0] and sent[0].endswith("4.3.")
    assert len(stages_by_site(evidence, EN).rows) == 6


def test_a_service_that_goes_to_people_has_its_days_from_the_need_to_the_passport_beside_the_offices(
    experiment: Experiment,
) -> None:
    evidence = with_stages(experiment, days(0, 0, -1, 0))
    plan = evidence.plans["with_ukk"]
    near = [row for row, site in enumerate(plan.sites.id) if site in ("ukk_oku", "ukk_musi_rawas")]
    programme, name, home = list(plan.sites.programme), list(plan.sites.programme_name), plan.sites.home.copy()
    for place in near:
        programme[place], name[place], home[place] = "van", "The van", 0
    moved = replace(plan.sites, programme=tuple(programme), programme_name=tuple(name), home=home)
    own = [
        row("with_ukk", number, measure, "programme", "van", value)
        for number in range(REPLICATIONS)
        for measure, value in (*BEFORE.items(), ("days_to_passport", 16.2))
    ]
    rows = evidence.replications.frame()
    plans = {**evidence.plans, "with_ukk": replace(plan, sites=moved)}
    frame = pd.concat([rows, pd.DataFrame(own, columns=rows.columns)], ignore_index=True)
    table = stages_by_site(gather(frame, plans, "before_ukk", "with_ukk", 0.95), EN)
    assert [line[0] for line in table.rows][-1] == "The van"
    assert len(table.rows) == 5, "both places of the van are one"
    assert table.numbers[-1][-1] == pytest.approx(16.2)


def test_where_every_office_prints_its_own_books_nothing_is_said_of_sending(experiment: Experiment) -> None:
    plans = {
        name: replace(plan, sites=replace(plan.sites, parent=np.arange(len(plan.sites.id))))
        for name, plan in experiment.plans.items()
    }
    assert sent_to(plans["with_ukk"]) == []


# ----------------------------------------------------------------------------------------------------- side effects


def slower(
    experiment: Experiment, measure: str, by: float, spread: float = 0.0, scenario: str = "with_ukk"
) -> Evidence:
    """The experiment with a longer mean at Palembang in a scenario than in the baseline."""
    rows = experiment.replications.copy()
    chosen = (rows["measure"] == measure) & (rows["statistic"] == "mean") & (rows["unit"] == "kanim_palembang")
    base = rows.loc[chosen & (rows["scenario"] == "before_ukk"), "value"].to_numpy()
    more = by + np.linspace(-spread, spread, REPLICATIONS)
    for each in experiment.plans:
        rows.loc[chosen & (rows["scenario"] == each), "value"] = base + (more if each == scenario else 0.0)
    return gather(rows, experiment.plans, "before_ukk", "with_ukk", 0.95)


def test_a_queue_that_grows_is_told_with_its_site_and_in_the_opening_paragraph(experiment: Experiment) -> None:
    evidence = slower(experiment, "wait_minutes", 30.0, 1.0)
    how, first, *rest = [s.text for s in effects_section(evidence, EN)]
    assert "grows by 5 minutes or more" in how
    assert first.startswith(
        "“Two offices and four UKKs” has such a side effect. Kantor Imigrasi Kelas I TPI Palembang:"
    )
    assert "the mean time queueing in the office (minutes)" in first
    assert "rises from" in first
    assert "No such side effect shows in “Only UKK Lubuklinggau added”, " in rest[0]
    assert "Side effect at the offices that were there before. Kantor" in opening_of(evidence)


def test_a_longer_wait_for_a_slot_is_said_to_be_chosen_in_part_where_weekends_save_a_days_work(
    experiment: Experiment,
) -> None:
    said = "Some of the wait for a slot is chosen"
    longer = slower(experiment, "lead_days", 2.0, 0.1)
    lost = [
        (*row(scenario, number, "days_off", "province", "province", 9.0)[:5], "total", 9.0)
        for scenario in ("before_ukk", "with_ukk")
        for number in range(REPLICATIONS)
    ]
    rows = longer.replications.frame()
    counted = pd.concat([rows, pd.DataFrame(lost, columns=rows.columns)], ignore_index=True)
    weekends = {
        name: replace(plan, working_days=plan.working_days[plan.working_days % 7 != 1])
        for name, plan in experiment.plans.items()
    }
    for frame, plans, told in (
        (counted, weekends, True),
        (counted, experiment.plans, False),
        (rows, weekends, False),
    ):
        evidence = gather(frame, plans, "before_ukk", "with_ukk", 0.95)
        texts = [s.text for s in effects_section(evidence, EN)]
        assert any("waiting for a slot" in text for text in texts)
        assert any(said in text for text in texts) == told


def test_the_side_effect_of_another_scenario_stands_with_what_it_saves(experiment: Experiment) -> None:
    evidence = slower(experiment, "wait_minutes", 30.0, 1.0, scenario="only_oku")
    told = {
        s.text for section in described(evidence, EN).sections if section.key == "others" for s in section.sentences
    }
    (text,) = [text for text in told if "Side effect at the offices" in text]
    assert text.startswith("“Only UKK OKU added”") and "Kantor Imigrasi Kelas I TPI Palembang: the mean time" in text
    assert "Side effect" not in opening_of(evidence)


def test_a_rise_that_does_not_stand_after_the_adjustment_is_told_with_its_interval(experiment: Experiment) -> None:
    evidence = slower(experiment, "wait_minutes", 8.0, 16.0)
    found = evidence.difference("with_ukk", "wait_minutes", "mean", "site", "kanim_palembang")
    assert found.low > 0 and not evidence.direction(found), "the case is one that Holm's adjustment takes back"
    texts = [s.text for s in load_section(evidence, EN)]
    (text,) = [text for text in texts if "Palembang" in text]
    assert "(minutes) rises from" in text and "which is not clear after Holm's adjustment" in text


def test_overtime_that_grows_by_half_an_hour_a_session_day_is_a_side_effect(experiment: Experiment) -> None:
    text = next(
        s.text for s in effects_section(slower(experiment, "overtime_minutes", 31.0, 0.5), EN) if "has" in s.text
    )
    assert "the mean overtime on a session day (minutes) rises from" in text
    assert growths(slower(experiment, "overtime_minutes", 29.0, 0.5), "with_ukk") == []


def busy_in(
    experiment: Experiment, growth: Sequence[float], spread: float = 0.5, measure: str = "wait_minutes"
) -> Evidence:
    """The experiment with a mean that grows so much at Palembang in the weeks from the tenth on, and else nowhere."""
    rows = experiment.replications.copy()
    chosen = (rows["measure"] == measure) & rows["level"].isin(["site", "site_week"]) & (rows["statistic"] == "mean")
    base = rows[chosen & (rows["scenario"] == "before_ukk")].set_index(["replication", "unit"])["value"]
    for each in experiment.plans:
        mine = chosen & (rows["scenario"] == each)
        at = pd.MultiIndex.from_frame(rows.loc[mine, ["replication", "unit"]])
        rows.loc[mine, "value"] = base.reindex(at).fillna(20.0).to_numpy()
    noise = np.linspace(-spread, spread, REPLICATIONS)
    for week, more in zip(WEEKS[10:], growth, strict=False):
        busy = chosen & (rows["scenario"] == "with_ukk") & (rows["unit"] == f"kanim_palembang {week}")
        rows.loc[busy, "value"] += more + noise[rows.loc[busy, "replication"].to_numpy()]
    return gather(rows, experiment.plans, "before_ukk", "with_ukk", 0.95)


def weeks_of(evidence: Evidence) -> Weeks:
    (growth,) = growths(evidence, "with_ukk")
    assert growth.weeks is not None
    assert growth.proven == bool(growth.weeks.clear)
    return growth.weeks


def test_a_queue_that_grows_in_some_weeks_is_told_with_them_though_the_mean_of_all_does_not_grow(
    experiment: Experiment,
) -> None:
    evidence = busy_in(experiment, (20.0, 40.0, 0.0, 10.0, 4.0))
    assert evidence.difference("with_ukk", "wait_minutes", "mean", "site", "kanim_palembang").difference == 0
    weeks = weeks_of(evidence)
    assert list(weeks.differences) == [str(WEEKS[10]), str(WEEKS[11]), str(WEEKS[13])]
    assert (weeks.worst, weeks.more, len(weeks.clear)) == (str(WEEKS[11]), pytest.approx(40.0), 3)
    first, worst, last = (EN.date(WEEKS[10 + week]) for week in (0, 1, 3))
    said = (
        f"in 3 of {weeks.compared} weeks, between those beginning {first} and {last}, the mean time queueing in the "
        f"office (minutes) grows by 5 or more as estimated, clearly in all of them; most in that beginning {worst}"
    )
    assert said in opening_of(evidence)
    alone = busy_in(experiment, (40.0,))
    assert weeks_of(alone).worst == str(WEEKS[10])
    assert f"in the week beginning {first} the mean time queueing" in opening_of(alone)


def closed_in(plan: Plan, site: str, week: dt.date) -> Plan:
    """A plan without the sessions of a site in a week."""
    sessions, first = plan.sessions, (week - plan.origin).days
    shut = (sessions.site == plan.sites.id.index(site)) & (sessions.day >= first) & (sessions.day < first + 7)
    assert shut.any()
    each = {field.name: getattr(sessions, field.name) for field in fields(sessions)}
    kept = {name: values[~shut] for name, values in each.items() if len(values) == len(shut)}
    return replace(plan, sessions=replace(sessions, **kept))


@pytest.mark.parametrize(("measure", "told"), [("lead_days", [10, 11]), ("wait_minutes", [10])])
def test_needs_of_a_week_in_which_the_scenario_alone_is_closed_wait_and_nobody_queues_in_it(
    experiment: Experiment, measure: str, told: list[int]
) -> None:
    busy = busy_in(experiment, (20.0, 40.0), measure=measure)
    shut = {name: closed_in(plan, "kanim_palembang", WEEKS[11]) for name, plan in busy.plans.items()}
    closed = replace(busy, plans=busy.plans | {"with_ukk": shut["with_ukk"]})
    assert list(weeks_of(closed).differences) == [str(WEEKS[week]) for week in told]
    assert list(weeks_of(replace(busy, plans=shut)).differences) == [str(WEEKS[10])], "nobody wants what never is"


def test_of_weeks_of_which_some_are_clear_the_worst_of_these_is_told(experiment: Experiment) -> None:
    """The week that grows most is so uneven that chance may have made it, where 41 weeks of another office differ."""
    rows = busy_in(experiment, (20.0, 60.0)).replications.frame()
    noise = np.linspace(-1, 1, REPLICATIONS)
    far = noise / (noise.std(ddof=1) / np.sqrt(REPLICATIONS)) * 60.0 / stats.t.ppf(1 - 0.04 / 2, REPLICATIONS - 1)
    uneven = (rows["measure"] == "wait_minutes") & (rows["scenario"] == "with_ukk")
    others = uneven & rows["unit"].isin([f"kanim_muara_enim {week}" for week in WEEKS[:41]])
    rows.loc[others, "value"] += noise[rows.loc[others, "replication"].to_numpy()]
    uneven &= rows["unit"] == f"kanim_palembang {WEEKS[11]}"
    rows.loc[uneven, "value"] += far[rows.loc[uneven, "replication"].to_numpy()]
    evidence = gather(rows, experiment.plans, "before_ukk", "with_ukk", 0.95)
    weeks = weeks_of(evidence)
    assert (weeks.worst, weeks.clear) == (str(WEEKS[10]), {str(WEEKS[10])})
    assert weeks.more == pytest.approx(60.0)
    said = f"clearly in 1 of them; of these most in that beginning {EN.date(WEEKS[10])}"
    assert said in opening_of(evidence)


def test_the_interval_of_a_week_holds_together_with_those_of_all_weeks_that_differ(experiment: Experiment) -> None:
    """Five weeks at one site differ, of more than a hundred; each by itself has the interval of the tables."""
    evidence = busy_in(experiment, (20.0, 40.0, 0.0, 10.0, 4.0), spread=2.0)
    found = weeks_of(evidence).differences[str(WEEKS[11])]
    alone = evidence.difference("with_ukk", "wait_minutes", "mean", "site_week", f"kanim_palembang {WEEKS[11]}")
    df = REPLICATIONS - 1
    wider = stats.t.ppf(1 - 0.05 / 10, df) / stats.t.ppf(0.975, df)
    assert found.high - found.difference == pytest.approx(wider * (alone.high - alone.difference))
    assert found.difference - found.low == pytest.approx(found.high - found.difference)


def test_weeks_that_stand_alone_and_not_among_all_that_differ_are_told_and_said_not_to_be_clear(
    experiment: Experiment,
) -> None:
    """Where 41 weeks of another office differ too, a week must be surer than where it alone does."""
    df = REPLICATIONS - 1
    noise = np.linspace(-1, 1, REPLICATIONS)
    se = noise.std(ddof=1) / np.sqrt(REPLICATIONS)
    spread = 20.0 / (se * stats.t.ppf(1 - 0.02 / 2, df))
    assert weeks_of(busy_in(experiment, (20.0,), spread)).clear == {str(WEEKS[10])}
    assert growths(busy_in(experiment, (20.0, *[0.0] * 41), spread), "with_ukk") == []
    rows = busy_in(experiment, (20.0,), spread).replications.frame()
    others = [f"kanim_muara_enim {week}" for week in WEEKS[:41]]
    chosen = (rows["measure"] == "wait_minutes") & (rows["scenario"] == "with_ukk") & rows["unit"].isin(others)
    rows.loc[chosen, "value"] += noise[rows.loc[chosen, "replication"].to_numpy()]
    many = gather(rows, experiment.plans, "before_ukk", "with_ukk", 0.95)
    weeks = weeks_of(many)
    assert list(weeks.differences) == [str(WEEKS[10])] and not weeks.clear
    texts = [s.text for s in effects_section(many, EN)]
    assert texts[1].startswith("“Two offices and four UKKs” may have such a side effect, though that is not clear.")
    assert "Two offices and four UKKs" not in texts[2]
    assert "Side effect" not in opening_of(many)


@pytest.mark.parametrize(("by", "spread"), [(4.0, 0.1), (-40.0, 0.1), (40.0, 90.0)])
def test_weeks_that_hardly_differ_or_may_be_chance_by_themselves_are_no_side_effect(
    experiment: Experiment, by: float, spread: float
) -> None:
    assert growths(busy_in(experiment, (by, by, by), spread), "with_ukk") == []


def and_on_average(evidence: Evidence, by: float, spread: float) -> Evidence:
    """The same with a mean over all weeks that grows so much at Palembang."""
    rows = evidence.replications.frame()
    of_all = (rows["measure"] == "wait_minutes") & (rows["level"] == "site") & (rows["statistic"] == "mean")
    of_all &= (rows["unit"] == "kanim_palembang") & (rows["scenario"] == "with_ukk")
    noise = np.linspace(-spread, spread, REPLICATIONS)
    rows.loc[of_all, "value"] += by + noise[rows.loc[of_all, "replication"].to_numpy()]
    return gather(rows, evidence.plans, "before_ukk", "with_ukk", 0.95)


def test_weeks_are_not_told_where_it_clearly_grows_as_much_in_all_and_are_where_that_is_not_clear(
    experiment: Experiment,
) -> None:
    busy = busy_in(experiment, (40.0, 40.0, 40.0))
    (growth,) = growths(and_on_average(busy, 30.0, 0.5), "with_ukk")
    assert growth.weeks is None
    unclear = growths(and_on_average(busy, 30.0, 120.0), "with_ukk")
    assert [(each.weeks is not None, each.proven) for each in unclear] == [(True, True), (False, False)]


def test_days_with_a_team_out_explain_weeks_where_these_days_are_clear(experiment: Experiment) -> None:
    busy = busy_in(experiment, (40.0, 40.0, 40.0))
    for spread, told in ((0.5, [OUT]), (200.0, ["wait_minutes", OUT])):
        out = with_team_days(replace(experiment, replications=busy.replications.frame()), 50.0, spread)
        assert sorted(each.measure for each in growths(out, "with_ukk")) == sorted(told)


def test_what_grows_in_the_same_week_alone_is_told_together_and_of_many_sites_the_worst_in_full(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = busy_in(experiment, (40.0,)).replications.frame()
    week, sites = str(WEEKS[10]), ["kanim_palembang", "kanim_muara_enim"]
    more = [
        (scenario, number, "overtime_minutes", "site_week", f"{site} {week}", "mean", value + noise)
        for scenario, value in (("before_ukk", 0.0), ("with_ukk", 60.0))
        for number, noise in enumerate(np.linspace(-1, 1, REPLICATIONS) * (value > 0))
        for site in sites
    ]
    both = pd.concat([rows, pd.DataFrame(more, columns=rows.columns)], ignore_index=True)
    evidence = gather(both, experiment.plans, "before_ukk", "with_ukk", 0.95)
    (text,) = side_effects(evidence, EN, "with_ukk")
    assert len(re.findall(f"in the week beginning {EN.date(WEEKS[10])}", text)) == 2
    assert re.search(r"in the week beginning [^;:]*the mean time queueing [^;]* and the mean overtime", text)
    monkeypatch.setattr("sim.report.effects.IN_FULL", 1)
    (text,) = side_effects(evidence, EN, "with_ukk")
    assert text.endswith("for fewer people or by less, at Kantor Imigrasi Kelas II Non TPI Muara Enim too.")


def test_a_wait_for_a_slot_is_told_of_those_whose_need_arose_in_the_weeks_and_not_with_queues(
    experiment: Experiment,
) -> None:
    evidence = busy_in(experiment, (3.0,), 0.05, "lead_days")
    rows = busy_in(experiment, (40.0,)).replications.frame()
    queues = rows["measure"] == "wait_minutes"
    kept = evidence.replications.frame()
    both = pd.concat([kept[kept["measure"] != "wait_minutes"], rows[queues]], ignore_index=True)
    (text,) = side_effects(gather(both, experiment.plans, "before_ukk", "with_ukk", 0.95), EN, "with_ukk")
    monday = EN.date(WEEKS[10])
    assert f"; of those whose need arose in the week beginning {monday} the mean time waiting for a slot" in text
    assert re.search(f"in the week beginning {monday} the mean time queueing[^;]*;", text)


@pytest.mark.parametrize(("by", "spread"), [(4.0, 0.1), (-30.0, 0.1)])
def test_what_hardly_anybody_would_notice_is_no_side_effect(experiment: Experiment, by: float, spread: float) -> None:
    assert growths(slower(experiment, "wait_minutes", by, spread), "with_ukk") == []


def test_growth_that_is_not_clear_is_told_apart_from_none_and_is_not_in_the_opening(experiment: Experiment) -> None:
    evidence = slower(experiment, "wait_minutes", 8.0, 40.0)
    texts = [s.text for s in effects_section(evidence, EN)]
    assert texts[1].startswith("“Two offices and four UKKs” may have such a side effect, though that is not clear.")
    assert "Two offices and four UKKs" not in texts[2]
    assert "Side effect" not in opening_of(evidence)


def with_team_days(
    experiment: Experiment, out: float, spread: float = 0.5, scenarios: tuple[str, ...] = ("with_ukk",)
) -> Evidence:
    """The experiment with a team out on 48 days, when people at Palembang queue so long, and else 20 minutes."""
    rows = experiment.replications
    own = [
        (scenario, number, measure, "site", "kanim_palembang", statistic, value)
        for scenario in scenarios
        for number, noise in enumerate(np.linspace(-spread, spread, REPLICATIONS))
        for measure, statistic, value in ((OUT, "mean", out + noise), (REST, "mean", 20.0), (DAYS, "count", 48.0))
    ]
    frame = pd.concat([rows, pd.DataFrame(own, columns=rows.columns)], ignore_index=True)
    return gather(frame, experiment.plans, "before_ukk", "with_ukk", 0.95)


def test_a_queue_on_days_of_a_team_is_told_though_the_mean_over_all_days_hardly_grows(experiment: Experiment) -> None:
    evidence = with_team_days(experiment, 153.0)
    said = "people queue 153 minutes on average on the 48 days on which a team is out, and 20 on all others"
    _, first, *_ = [s.text for s in effects_section(evidence, EN)]
    assert first.startswith(
        "“Two offices and four UKKs” has such a side effect. Kantor Imigrasi Kelas I TPI Palembang:"
    )
    assert said in first and said in opening_of(evidence)


def test_days_of_a_team_are_no_side_effect_where_hardly_anybody_notices_or_the_baseline_has_them_too(
    experiment: Experiment,
) -> None:
    assert growths(with_team_days(experiment, 24.0), "with_ukk") == []
    assert growths(with_team_days(experiment, 153.0, scenarios=("before_ukk", "with_ukk")), "with_ukk") == []


def test_a_queue_on_days_of_a_team_whose_interval_holds_that_of_other_days_is_not_clear(experiment: Experiment) -> None:
    assert [each.proven for each in growths(with_team_days(experiment, 30.0, 40.0), "with_ukk")] == [False]
    assert [each.proven for each in growths(with_team_days(experiment, 30.0, 0.5), "with_ukk")] == [True]


def test_the_worst_growth_comes_first(experiment: Experiment) -> None:
    rows = slower(experiment, "wait_minutes", 6.0, 0.1).replications.frame()
    lead_days = (rows["measure"] == "lead_days") & (rows["unit"] == "kanim_muara_enim") & (rows["statistic"] == "mean")
    base = rows.loc[lead_days & (rows["scenario"] == "before_ukk"), "value"].to_numpy()
    rows.loc[lead_days & (rows["scenario"] == "with_ukk"), "value"] = base + 9.0 + NOISE
    evidence = gather(rows, experiment.plans, "before_ukk", "with_ukk", 0.95)
    assert [(each.site, each.measure) for each in growths(evidence, "with_ukk")] == [
        ("kanim_muara_enim", "lead_days"),
        ("kanim_palembang", "wait_minutes"),
    ]


def test_growth_at_an_office_that_is_suspended_in_the_baseline_alone_is_told_with_that(experiment: Experiment) -> None:
    evidence = slower(experiment, "wait_minutes", 6.0, 0.1)
    (usual,) = side_effects(evidence, EN, "with_ukk")
    assert "its sessions are suspended" not in usual
    before = evidence.plans["before_ukk"]
    days = np.where(np.array(before.sites.id) == "kanim_palembang", 60, 0)
    shut = replace(before, sites=replace(before.sites, days_suspended=days))
    (text,) = side_effects(replace(evidence, plans={**evidence.plans, "before_ukk": shut}), EN, "with_ukk")
    assert "In “Two offices” its sessions are suspended on 60 days on which they are held here" in text


def test_teams_are_named_only_where_counters_close_for_them(experiment: Experiment) -> None:
    base = experiment.plans["before_ukk"]
    out = _with_team(base)
    assert teams_of(out, "kanim_palembang", base) == []
    fewer = np.array(out.sessions.counters)
    fewer[out.sessions.site == 0] -= 1
    short = replace(out, sessions=replace(out.sessions, counters=fewer))
    assert teams_of(short, "kanim_palembang", base) == ["The van"]
    assert teams_of(short, "kanim_muara_enim", base) == []


def _with_team(plan: Plan) -> Plan:
    """Two offices of which the second has become a place that a team of the first visits, and the second again."""
    sites, sessions = plan.sites, plan.sessions
    van = {"id": "place", "name": "Place", "programme": "van", "programme_name": "The van", "kind": "outreach"}
    more = {name: (*getattr(sites, name), value) for name, value in van.items()}
    moved = {"home": np.append(sites.home, 0)}
    last = sessions.site == 1
    columns = {
        name: np.concatenate([value, np.full_like(value[last], 2) if name == "site" else value[last]])
        for name, value in vars(sessions).items()
        if name != "first"
    }
    return replace(
        plan,
        sites=replace(sites, **more, **moved),
        sessions=replace(sessions, **columns, first=np.append(sessions.first, len(columns["site"]))),
    )


# --------------------------------------------------------------------------------------------------------- evenness


@pytest.mark.parametrize(
    ("change", "spread", "said"),
    [
        (-0.05, 0.001, "more evenly than before: the Gini coefficient over districts falls from 0.400 to 0.350"),
        (0.05, 0.001, "less evenly than before: the Gini coefficient over districts rises from 0.400 to 0.450"),
        (-0.004, 0.001, "A change below 0.01 is too small to matter"),
        (0.0, 0.001, "A change below 0.01 is too small to matter"),
        (-0.03, 0.1, "no change is clear: the Gini coefficient"),
    ],
)
def test_a_gini_is_put_into_plain_words_and_a_tiny_change_is_said_to_be_too_small(
    experiment: Experiment, change: float, spread: float, said: str
) -> None:
    rows = experiment.replications.copy()
    of = (rows["measure"] == "gini_district_travel_hours") & (rows["level"] == "province")
    rows.loc[of, "value"] = 0.4
    chosen = of & (rows["scenario"] == "with_ukk")
    rows.loc[chosen, "value"] = 0.4 + change + np.linspace(-spread, spread, REPLICATIONS)
    evidence = gather(rows, experiment.plans, "before_ukk", "with_ukk", 0.95)
    text = next(s.text for s in evenness_section(evidence, EN))
    assert said in text
    assert "differ on average by 80% of the mean before" in text


@pytest.mark.parametrize(
    ("saved", "worst", "told"), [(-2.0, 0.0, True), (-2.0, 3.0, True), (-2.0, -3.0, False), (2.0, 0.0, False)]
)
def test_more_even_is_no_relief_where_the_near_bear_more_and_the_worst_off_no_less(
    experiment: Experiment, saved: float, worst: float, told: bool
) -> None:
    rows, around = experiment.replications.copy(), np.linspace(-0.01, 0.01, REPLICATIONS)
    province, main = rows["level"] == "province", rows["scenario"] == "with_ukk"
    for measure, before, after in (
        ("gini_district_travel_hours", 0.4, 0.3),
        ("worst_tenth_travel_hours", 10.0, 10.0 + worst),
        ("travel_hours_saved", None, saved),
    ):
        of = province & (rows["measure"] == measure) & (rows["statistic"] == "mean")
        if before is not None:
            rows.loc[of & ~main, "value"] = before
        rows.loc[of & main, "value"] = after + around
    evidence = gather(rows, experiment.plans, "before_ukk", "with_ukk", 0.95)
    text = next(s.text for s in evenness_section(evidence, EN))
    assert "more evenly than before" in text
    assert ("That is no relief" in text) == told
    assert ("in the worst-off tenth too" in text) == (told and worst > 0)


def queueing_rows(experiment: Experiment, more: float, spread: float = 0.5) -> pd.DataFrame:
    """The experiment with the province's queue longer by so many minutes."""
    rows = experiment.replications.copy()
    of = (rows["measure"] == "wait_minutes") & (rows["level"] == "province") & (rows["statistic"] == "mean")
    for scenario, minutes in (("before_ukk", 20.0), ("with_ukk", 20.0 + more)):
        chosen = of & (rows["scenario"] == scenario)
        sign = 1.0 if scenario == "with_ukk" else 0.0
        rows.loc[chosen, "value"] = minutes + sign * np.linspace(-spread, spread, REPLICATIONS)
    return rows


@pytest.mark.parametrize(
    ("more", "spread", "place"),
    [(140.0, 0.5, 0), (10.0, 0.5, 2), (-10.0, 0.5, 2), (4.0, 0.5, None), (10.0, 90.0, None)],
)
def test_a_queue_is_part_of_what_changes_for_a_person_and_stands_first_where_it_is_much(
    experiment: Experiment, more: float, spread: float, place: int | None
) -> None:
    evidence = gather(queueing_rows(experiment, more, spread), experiment.plans, "before_ukk", "with_ukk", 0.95)
    points = lead(evidence, EN, described(evidence, EN)).points
    found = next((row for row, point in enumerate(points) if point.heading == "In the office"), None)
    assert found == place
    person = [
        s.text for section in described(evidence, EN).sections if section.key == "person" for s in section.sentences
    ]
    told = [text for text in person if text.startswith("At their first appointment")]
    if place is None:
        assert not told
    else:
        way = "more" if more > 0 else "less"
        assert (
            f"{20 + more:.1f} minutes in the office on average, where it was 20.0 before ({abs(more):.1f} {way}"
            in told[0]
        )


@pytest.mark.parametrize(
    ("saved", "spread", "said"),
    [
        (
            -8.0,
            0.1,
            "those served both before and after queue 8.00 minutes more (7.95 to 8.05), each against themselves",
        ),
        (
            3.0,
            0.1,
            "those served both before and after queue 3.00 minutes less (2.95 to 3.05), each against themselves",
        ),
        (0.0, 9.0, "of those served both before and after it is not clear whether they queue more or less"),
        (float("nan"), 0.0, ""),
    ],
)
def test_beside_whoever_comes_stands_how_long_the_same_people_queue(
    experiment: Experiment, saved: float, spread: float, said: str
) -> None:
    rows = queueing_rows(experiment, 10.0)
    of = (rows["measure"] == "wait_minutes_saved") & (rows["level"] == "province") & (rows["statistic"] == "mean")
    of &= rows["scenario"] == "with_ukk"
    rows.loc[of, "value"] = saved + np.linspace(-spread, spread, REPLICATIONS)
    if np.isnan(saved):
        rows = rows[~of]
    evidence = gather(rows, experiment.plans, "before_ukk", "with_ukk", 0.95)
    (text,) = queueing(evidence, EN)
    assert said in text
    assert ("whoever comes" in text) == bool(said)


def test_evenness_is_told_of_people_too_whom_no_district_outweighs(evidence: Evidence) -> None:
    (text,) = [s.text for s in evenness_section(evidence, EN) if "each with their own hours" in s.text]
    for scenario in evidence.pair:
        assert EN.number(evidence.estimate(scenario, "gini_travel_hours", "mean").estimate, 3) in text


def spread_at(experiment: Experiment, **values: tuple[float, float]) -> Evidence:
    """The experiment with some measures of the spread of hours of travel as they are before and after."""
    rows = experiment.replications.copy()
    for measure, ends in values.items():
        of = (rows["measure"] == f"{measure}_travel_hours") & rows["level"].isin(["province", "tenth"])
        of &= (rows["level"] != "tenth") | (rows["unit"] == "9")
        for scenario, value in zip(("before_ukk", "with_ukk"), ends, strict=True):
            chosen = of & (rows["scenario"] == scenario)
            noise = np.linspace(-0.001, 0.001, REPLICATIONS) if scenario == "with_ukk" else 0.0
            rows.loc[chosen, "value"] = value + noise
    return gather(rows, experiment.plans, "before_ukk", "with_ukk", 0.95)


def test_the_worst_off_tenth_is_told_by_its_share_of_all_and_by_its_mean(experiment: Experiment) -> None:
    evidence = spread_at(experiment, lorenz=(0.7, 0.75), worst_tenth=(16.0, 12.0))
    (text,) = [s.text for s in evenness_section(evidence, EN) if "of all hours before" in s.text]
    assert text.startswith("If every inhabitant made the trips that those served from the district make")
    assert "would carry 30.0% of all hours before and 25.0% after (change -5.0" in text
    assert "takes 16.0 hours of travel, in the worst-off tenth after 12.0 (change -4.0" in text
    # The worst are picked by the same numbers that are told of them.
    for messages, chance in ((EN, "the worst by chance too"), (Messages("id"), "terberat karena kebetulan")):
        told = [s.text for s in evenness_section(evidence, messages) if chance in s.text]
        assert len(told) == 2, "of hours and of cost"


def test_the_gap_of_regencies_names_the_worst_and_the_best(experiment: Experiment) -> None:
    evidence = spread_at(experiment, regency_gap=(18.0, 8.0))
    hours = {
        name: evidence.estimate("before_ukk", "travel_hours", "mean", "regency", code).estimate
        for code, name in zip(evidence.plans["before_ukk"].regencies.code, REGENCY_NAMES, strict=True)
    }
    worst, best = max(hours, key=lambda name: hours[name]), min(hours, key=lambda name: hours[name])
    (text,) = [s.text for s in evenness_section(evidence, EN) if "takes most hours of travel" in s.text]
    assert "lie 18.0 hours before and 8.0 after (change -10.00" in text
    assert f"before {worst} {hours[worst]:.1f} and {best} {hours[best]:.1f}, after" in text


@pytest.mark.parametrize(("wider", "told"), [((0.0, 0.0), False), ((0.0, 0.7), True), ((-0.7, 0.0), True)])
def test_a_gap_that_does_not_lie_between_the_regencies_named_is_told_with_why(
    experiment: Experiment, wider: tuple[float, float], told: bool
) -> None:
    codes = experiment.plans["before_ukk"].regencies.code
    rows = experiment.replications.copy()
    for scenario, most in (("before_ukk", 12.0), ("with_ukk", 8.0)):
        here = (rows["scenario"] == scenario) & (rows["measure"] == "travel_hours") & (rows["level"] == "regency")
        for code, hours in zip(codes, np.linspace(2.0, most, len(codes)), strict=True):
            rows.loc[here & (rows["unit"] == code) & (rows["statistic"] == "mean"), "value"] = hours
    gaps = (10.0 + wider[0], 6.0 + wider[1])
    evidence = spread_at(replace(experiment, replications=rows), regency_gap=gaps)
    for messages, most, why in (
        (EN, "takes most hours of travel", "its mean need not be what lies between those named"),
        (Messages("id"), "jam perjalanan terbanyak untuk satu paspor", "tidak harus sama dengan beda antara"),
    ):
        (text,) = [s.text for s in evenness_section(evidence, messages) if most in s.text]
        assert f"{REGENCY_NAMES[-1]} {messages.number(12.0)}" in text
        assert (why in text) == told


def test_concentration_says_what_people_are_put_in_order_by(experiment: Experiment) -> None:
    evidence = spread_at(experiment, concentration=(0.365, 0.263))
    (text,) = [s.text for s in evenness_section(evidence, EN) if "the hours of travel is 0.365" in s.text]
    assert "in order of the way from their district to the nearest office that prints its own books" in text
    assert "0.365 before and 0.263 after (change -0.102" in text


def test_a_change_of_spread_that_is_not_clear_says_so(experiment: Experiment) -> None:
    rows = experiment.replications.copy()
    of = (rows["measure"] == "concentration_travel_hours") & (rows["level"] == "province")
    rows.loc[of, "value"] = 0.4
    rows.loc[of & (rows["scenario"] == "with_ukk"), "value"] = 0.39 + np.linspace(-0.1, 0.1, REPLICATIONS)
    evidence = gather(rows, experiment.plans, "before_ukk", "with_ukk", 0.95)
    (text,) = [s.text for s in evenness_section(evidence, EN) if "the hours of travel is 0.400" in s.text]
    assert ", not clear)" in text


def test_side_effects_begin_where_people_have_most_of_them_in_all(experiment: Experiment) -> None:
    """A few people who wait much longer stand behind many who wait a little longer."""
    rows, spread = experiment.replications.copy(), np.linspace(-0.5, 0.5, REPLICATIONS)
    site, main = rows["level"] == "site", rows["scenario"] == "with_ukk"
    for unit, minutes, passports in (("kanim_palembang", 6.0, 20_000), ("kanim_muara_enim", 60.0, 100)):
        of = site & (rows["unit"] == unit)
        rows.loc[of & (rows["measure"] == "passports"), "value"] = passports
        waits = of & (rows["measure"] == "wait_minutes") & (rows["statistic"] == "mean")
        rows.loc[waits, "value"] = 10.0
        rows.loc[waits & main, "value"] = 10.0 + minutes + spread
    evidence = gather(rows, experiment.plans, "before_ukk", "with_ukk", 0.95)
    found = [each.site for each in growths(evidence, "with_ukk") if each.measure == "wait_minutes"]
    assert found == ["kanim_palembang", "kanim_muara_enim"]
