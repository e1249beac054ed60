"""Claims of the findings and tables: they say what the numbers say, and nothing stronger."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.experiment.summarise import OWN_DIFFERENCES
from sim.plan import Outage
from sim.report.evidence import Evidence, gather
from sim.report.findings import described, write_findings
from sim.report.gainers import by_verdict, regencies_section
from sim.report.load import sessions_held
from sim.report.maps.regencies import draw as draw_regencies
from sim.report.messages import Messages
from sim.report.page.lead import lead
from sim.report.page.listings import run_of
from sim.report.ranking import CRITERIA, best_single_section, not_told_apart
from sim.report.recovery import recovery
from sim.report.robust import Standing
from sim.report.scenarios import offices_section
from sim.report.sentences import interval
from sim.report.stages import gain_tables
from sim.report.tables import measures_of, need_of, regencies_of
from sim.report.vain import vain_trips
from sim.report.verdicts import verdict
from sim.report.written import formatter
from sim.stats.intervals import Difference
from tests.report.report_cases import SESSIONS, Experiment
from tests.report.told_cases import made_up, opening_of

EN = Messages("en")
EN_TITLES = dict.fromkeys(("en", "id"), "Fares up by 30%")


def changed(experiment: Experiment, change: Callable[[pd.DataFrame], None]) -> Evidence:
    """The experiment with some numbers replaced."""
    rows = experiment.replications.copy()
    change(rows)
    return gather(rows, experiment.plans, "before_ukk", "with_ukk", 0.95)


def where(rows: pd.DataFrame, **values: str) -> pd.Series:
    chosen = pd.Series(True, index=rows.index)
    for column, value in values.items():
        chosen &= rows[column] == value
    return chosen


def sentences(evidence: Evidence, heading: str) -> list[str]:
    found = described(evidence, EN).sections
    return [
        s.text
        for section in found
        if section.heading == EN.text(f"finding.heading.{heading}")
        for s in section.sentences
    ]


def containing(texts: list[str], part: str) -> str:
    found = [text for text in texts if part in text]
    assert len(found) == 1, f"{part!r} is in {len(found)} of {texts}"
    return found[0]


def test_what_one_person_saves_stands_with_its_interval(evidence: Evidence) -> None:
    found = evidence.difference("with_ukk", "travel_hours_saved", "mean")
    total = evidence.difference("with_ukk", "travel_hours_saved", "total")
    text = containing(sentences(evidence, "person"), "Travel falls")
    assert f"{found.difference:.2f} hours per person ({found.low:.2f} to {found.high:.2f})" in text
    assert f"{total.difference:,.0f} hours in all" in text


def test_the_regencies_that_gain_most_are_named_first(evidence: Evidence) -> None:
    table = evidence.comparisons
    rows = table[where(table, scenario="with_ukk", measure="travel_hours_saved", statistic="mean", level="regency")]
    best = rows.sort_values("difference", ascending=False)["unit"].iloc[0]
    regencies = evidence.plans["with_ukk"].regencies
    name = regencies.name[regencies.code.index(best)]
    assert containing(sentences(evidence, "regencies"), "most hours are saved per person").startswith(
        f"Where travel clearly falls, most hours are saved per person in {name} with "
    )


def test_no_gain_is_claimed_where_the_interval_includes_zero(experiment: Experiment) -> None:
    def noisy(rows: pd.DataFrame) -> None:
        chosen = where(rows, scenario="with_ukk", measure="travel_hours_saved", statistic="mean", unit="16.01")
        rows.loc[chosen, "value"] = np.linspace(-2.0, 3.0, 10)

    texts = sentences(changed(experiment, noisy), "regencies")
    assert "in Ogan Komering Ulu with 0.5 (-0.7 to 1.7)" in containing(texts, "above 0 means hours saved")
    assert not any("the numbers point to" in text for text in texts)
    assert "Of the 17 regencies, travel clearly falls in 10, " in containing(texts, "travel clearly falls in")


def test_no_gain_is_claimed_that_does_not_survive_holms_adjustment(experiment: Experiment) -> None:
    # Alone its p-value is 0.03; among 17 regencies and 5 scenarios it is not enough.
    values = np.array([-1.0, 0.2, 0.5, 1.0, 1.0, 1.0, 1.0, 1.5, 2.0, 0.0])

    def weak(rows: pd.DataFrame) -> None:
        chosen = where(rows, scenario="with_ukk", measure="travel_hours_saved", statistic="mean", unit="16.01")
        rows.loc[chosen, "value"] = values

    evidence = changed(experiment, weak)
    found = evidence.difference("with_ukk", "travel_hours_saved", "mean", "regency", "16.01")
    assert found.low > 0
    assert evidence.direction(found) == 0
    texts = sentences(evidence, "regencies")
    assert "Ogan Komering Ulu" in containing(texts, "It is not clear, though the numbers point to hours saved")
    assert "would have shown clearly four times in five" in containing(texts, "hours per person would have")


def test_nothing_is_said_of_what_would_have_been_clear_where_that_may_be_anything(experiment: Experiment) -> None:
    def changes(widest: float) -> Callable[[pd.DataFrame], None]:
        def change(rows: pd.DataFrame) -> None:
            for code, half in (("16.01", 0.5), ("16.02", widest)):
                chosen = where(rows, scenario="with_ukk", measure="travel_hours_saved", statistic="mean", unit=code)
                rows.loc[chosen, "value"] = np.linspace(-half, half, 10)

        return change

    told = [sentences(changed(experiment, changes(widest)), "regencies") for widest in (5.0, 500.0)]
    said = [any("hours per person would have shown clearly" in text for text in texts) for texts in told]
    assert said == [True, False]


def test_a_loss_is_called_a_loss_and_written_without_a_minus(experiment: Experiment) -> None:
    def reverse(rows: pd.DataFrame) -> None:
        chosen = (rows["measure"] == "travel_hours_saved") & (rows["statistic"] != "count")
        rows.loc[chosen, "value"] *= -1

    evidence = changed(experiment, reverse)
    found = evidence.difference("with_ukk", "travel_hours_saved", "mean")
    text = containing(sentences(evidence, "person"), "Travel rises")
    assert f"{-found.difference:.2f} hours per person ({-found.high:.2f} to {-found.low:.2f})" in text
    texts = sentences(evidence, "regencies")
    assert "Of the 17 regencies, travel clearly rises in 11 and " in containing(texts, "travel clearly rises in 11")
    assert "Lubuklinggau" in containing(texts, "Where travel clearly rises, most hours per person")
    assert not any("hours are saved" in text for text in texts)


@pytest.mark.parametrize(
    ("sign", "interval"),
    [(1, "(0.0042 to 0.0047 days saved)"), (-1, "(0.0042 to 0.0047 days later)")],
)
def test_a_change_that_would_be_written_as_zero_is_called_small_and_told_which_way(
    experiment: Experiment, sign: int, interval: str
) -> None:
    def tiny(rows: pd.DataFrame) -> None:
        chosen = where(rows, scenario="with_ukk", measure="days_saved", statistic="mean", level="province")
        rows.loc[chosen, "value"] = sign * (0.004 + 0.0001 * np.arange(10))

    text = containing(sentences(changed(experiment, tiny), "person"), "time to the passport")
    assert f"changes by less than 0.05 days per person, as estimated {interval}" in text


def test_ends_of_an_interval_that_are_next_to_nothing_are_not_written(experiment: Experiment) -> None:
    def tiny(rows: pd.DataFrame) -> None:
        chosen = where(rows, scenario="with_ukk", measure="days_saved", statistic="mean", level="province")
        rows.loc[chosen, "value"] = 0.00001 * np.arange(10)

    text = containing(sentences(changed(experiment, tiny), "person"), "time to the passport")
    assert "changes by less than 0.05 days per person, as estimated." in text


@pytest.mark.parametrize(
    ("measure", "statistic", "low", "high", "en", "indonesian"),
    [
        ("days_saved", "mean", 0.27, 0.33, "0.27 to 0.33", "0,27 sampai 0,33"),
        ("days_saved", "mean", 0.3101, 0.3104, "0.3101 to 0.3104", "0,3101 sampai 0,3104"),
        ("days_saved", "mean", 0.2, 0.4, "0.2 to 0.4", "0,2 sampai 0,4"),
        ("days_saved", "mean", -0.03, 0.04, "-0.03 to 0.04", "-0,03 sampai 0,04"),
        ("now_apply", "count", 12.25, 12.5, "12 to 13", "12 sampai 13"),
        ("cost_rupiah_saved", "mean", 16_900, 17_200, "Rp 16,900 to Rp 17,200", "Rp 16.900 sampai Rp 17.200"),
        (
            "deterred_share",
            "share",
            0.0832,
            0.0834,
            "8.32 to 8.34 percentage points",
            "8,32 sampai 8,34 poin persentase",
        ),
        ("now_apply", "count", 0.0, 0.0, "0", "0"),
        ("days_saved", "mean", 0.04, 0.4, "0.04 to 0.40", "0,04 sampai 0,40"),
        ("days_saved", "mean", 0.0, 0.4, "0.0 to 0.4", "0,0 sampai 0,4"),
    ],
)
def test_an_interval_has_the_digits_that_tell_its_ends_apart(
    measure: str, statistic: str, low: float, high: float, en: str, indonesian: str
) -> None:
    found = Difference((low + high) / 2, low, high, 0.0, 10, math.nan, math.nan)
    for language, expected in (("en", en), ("id", indonesian)):
        assert interval(Messages(language), measure, statistic, found)["interval"] == expected


def test_a_value_has_the_digits_of_its_interval_and_so_lies_within_it() -> None:
    found = interval(EN, "days_saved", "mean", Difference(0.13, 0.12, 0.14, 0.0, 10, math.nan, math.nan))
    assert found == {"value": "0.13", "interval": "0.12 to 0.14"}


def test_no_finding_and_no_table_has_an_interval_of_one_number(experiment: Experiment, tmp_path: Path) -> None:
    for language, word in (("en", "to"), ("id", "sampai")):
        arguments = (gather(experiment.replications, experiment.plans, "before_ukk", "with_ukk", 0.95), language)
        text = write_findings(tmp_path, *arguments).read_text(encoding="utf-8")
        ends = re.findall(rf"([-\d.,]+)(?: \w+)? {word} (?:Rp )?([-\d.,]+)", text)
        assert len(ends) > 100
        assert [pair for pair in ends if pair[0] == pair[1]] == []


def test_two_scenarios_that_do_not_differ_give_no_claims(experiment: Experiment) -> None:
    def same(rows: pd.DataFrame) -> None:
        people = rows["measure"].str.contains("saved") & (rows["statistic"] == "count")
        rows.loc[rows["measure"].str.contains("saved|now_|no_longer") & ~people, "value"] = 0.0

    evidence = changed(experiment, same)
    text = " ".join(sentences(evidence, "person") + sentences(evidence, "regencies") + sentences(evidence, "deterred"))
    assert "Travel falls by" not in text
    assert "Of the 17 regencies, travel changes by less than 0.05 hours in all." in text
    assert " in 0" not in text
    assert EN.text("finding.deterred.nobody") in text
    assert "would have shown" not in text


def test_the_offices_of_the_baseline_are_reported_whatever_they_are_called(experiment: Experiment) -> None:
    plans = {
        scenario: replace(plan, sites=replace(plan.sites, name=tuple(f"Office {site}" for site in plan.sites.id)))
        for scenario, plan in experiment.plans.items()
    }
    evidence = gather(experiment.replications, plans, "before_ukk", "with_ukk", 0.95)
    texts = sentences(evidence, "load")
    assert [text.split(":")[0] for text in texts] == ["Office kanim_palembang", "Office kanim_muara_enim"]
    assert len(sentences(evidence, "new_sites")) == 4


def test_load_is_per_session_day_and_says_up_down_or_unclear(evidence: Evidence) -> None:
    days = sessions_held(evidence, "before_ukk", "kanim_muara_enim")
    assert days == SESSIONS
    before = evidence.estimate("before_ukk", "passports", "count", "site", "kanim_muara_enim").estimate
    palembang, muara_enim = sentences(evidence, "load")
    assert f"instead of {before / days:.1f};" in muara_enim
    assert "use of the interview counters falls from" in muara_enim
    assert "the mean time queueing in the office (minutes): no clear change" in palembang


def test_offices_at_which_nothing_is_seen_to_change_are_told_together_and_not_one_by_one(
    experiment: Experiment,
) -> None:
    def still(rows: pd.DataFrame) -> None:
        for site in ("kanim_palembang", "kanim_muara_enim"):
            here = where(rows, level="site", unit=site)
            before = rows[here & (rows["scenario"] == "before_ukk")].set_index(["replication", "measure", "statistic"])
            after = rows[here & (rows["scenario"] == "with_ukk")]
            keys = pd.MultiIndex.from_frame(after[["replication", "measure", "statistic"]])
            rows.loc[after.index, "value"] = before["value"].reindex(keys).to_numpy()

    evidence = changed(experiment, still)
    (text,) = sentences(evidence, "load")
    assert text.startswith("Passports, queues, waits for a slot, use and overtime are the same before and after")
    names = [evidence.plans["before_ukk"].sites.name[row] for row in (0, 1)]
    assert text.endswith(f"{names[0]} and {names[1]}.")


def test_where_no_regency_has_a_clear_change_none_is_said_to_have_any(experiment: Experiment) -> None:
    def noisy(rows: pd.DataFrame) -> None:
        chosen = where(rows, scenario="with_ukk", measure="travel_hours_saved", statistic="mean", level="regency")
        rows.loc[chosen, "value"] = np.random.default_rng(3).normal(0, 5, chosen.sum())

    text = " ".join(sentences(changed(experiment, noisy), "regencies"))
    assert "Of the 17 regencies, travel shows no clear change in any." in text


def test_a_site_that_the_main_scenario_closes_is_said_to_be_closed(experiment: Experiment) -> None:
    evidence = gather(experiment.replications, experiment.plans, "with_ukk", "before_ukk", 0.95)
    assert "UKK Lubuklinggau is not open in this scenario." in sentences(evidence, "load")


def test_the_best_single_site_is_named_only_if_it_can_be_told_from_the_next(experiment: Experiment) -> None:
    def settle(values: dict[str, np.ndarray]) -> Evidence:
        def change(rows: pd.DataFrame) -> None:
            for scenario, numbers in values.items():
                chosen = where(
                    rows, scenario=scenario, measure="travel_hours_saved", statistic="total", level="province"
                )
                rows.loc[chosen, "value"] = numbers

        return changed(experiment, change)

    noise = np.random.default_rng(1).normal(0, 1000, (2, 10))
    base = {"only_lubuklinggau": 90_000 + noise[0], "only_musi_rawas": 90_100 + noise[1]}
    tied = containing(sentences(settle(base), "single"), "Hours of travel:")
    assert "UKK Musi Rawas and UKK Lubuklinggau cannot be told apart" in tied or (
        "UKK Lubuklinggau and UKK Musi Rawas cannot be told apart" in tied
    )
    clear = containing(sentences(settle(base | {"only_oku": 120_000 + noise[0]}), "single"), "Hours of travel:")
    assert (
        "with the places of one office or service at a time added to “Two offices”, UKK Ogan Komering Ulu saves most"
        in clear
    )
    assert " alone " not in clear
    assert "Ahead of" in clear
    assert "assumptions" not in clear
    noise -= noise.mean(axis=1, keepdims=True)
    close = {
        "only_lubuklinggau": 90_000 + noise[0],
        "only_oku": 89_900 + noise[0],
        "only_musi_rawas": 89_500 + 3 * noise[1],
    }
    mixed = containing(sentences(settle(close), "single"), "Hours of travel:")
    assert "UKK Lubuklinggau and UKK Musi Rawas cannot be told apart" in mixed
    assert "UKK Ogan Komering Ulu, in between, can be told from UKK Lubuklinggau all the same" in mixed


def test_the_main_scenario_is_in_the_order_of_single_sites_where_it_is_one(experiment: Experiment) -> None:
    single = {name: f"{row}" for name, row in gather_main(experiment, "with_ukk").single_additions().items()}
    for main in single:
        found = gather_main(experiment, main)
        text = containing([s.text for s in best_single_section(found, EN)], "Hours of travel:")
        saved = {one: found.difference(one, *CRITERIA[0]).difference for one in single}
        names = {one: found.plans[one].sites.name[row] for one, row in found.single_additions().items()}
        told = text.partition("In order: ")[2]
        assert sorted(names.values(), key=told.index) == [names[one] for one in sorted(saved, key=lambda s: -saved[s])]


def test_a_service_alone_is_in_the_order_under_its_name_however_many_places_it_visits(experiment: Experiment) -> None:
    plan = experiment.plans["only_oku"]
    van = np.array([site == "ukk_oku" for site in plan.sites.id])
    sites = replace(
        plan.sites,
        programme=tuple("van" if here else of for here, of in zip(van, plan.sites.programme, strict=True)),
        programme_name=tuple(
            "The van" if here else of for here, of in zip(van, plan.sites.programme_name, strict=True)
        ),
        home=np.where(van, 0, plan.sites.home),
    )
    plans = {**experiment.plans, "only_oku": replace(plan, sites=sites)}
    found = gather(experiment.replications, plans, "before_ukk", "with_ukk", 0.95)
    assert set(found.single_additions()) == set(gather_main(experiment, "with_ukk").single_additions())
    order = containing([s.text for s in best_single_section(found, EN)], "Hours of travel:").partition("In order: ")[2]
    assert "; The van " in order and "UKK Ogan Komering Ulu" not in order


def test_sites_of_one_name_are_told_apart_by_their_scenarios_and_are_no_sum(experiment: Experiment) -> None:
    """Two scenarios that open the same sub-office, one with more slots: nobody opens both."""
    plans = dict(experiment.plans)
    twin = replace(
        plans["only_oku"], title={"en": "UKK OKU with more slots", "id": "UKK OKU dengan lebih banyak kuota"}
    )
    plans = {name: plans[name] for name in ("before_ukk", "with_ukk", "only_oku")} | {"only_musi_rawas": twin}
    rows = experiment.replications[experiment.replications["scenario"].isin(plans)]
    texts = [s.text for s in best_single_section(gather(rows, plans, "before_ukk", "with_ukk", 0.95), EN)]
    told = containing(texts, "Hours of travel:")
    assert "UKK OKU with more slots" in told and plans["only_oku"].title["en"] in told
    assert not any("does not add up" in text for text in texts)
    # As the rows are those of two sites, they add up to less together where both stand.
    other = {name: experiment.plans[name] for name in plans}
    texts = [s.text for s in best_single_section(gather(rows, other, "before_ukk", "with_ukk", 0.95), EN)]
    assert sum("does not add up" in text for text in texts) <= 1


def in_vain(experiment: Experiment, before: float, after: float, scenario: str, palembang: float = 0.0) -> Evidence:
    """Trips in vain in the baseline and in a scenario; so many of them by people of Palembang."""
    rows = experiment.replications
    like = rows[(rows["measure"] == "served") & (rows["statistic"] == "count")]
    like = like[like["level"].isin(["province", "regency"])]
    trips = like.assign(measure="vain_trips", statistic="total", value=before)
    trips.loc[trips["level"] == "regency", "value"] = 0.0
    here = trips["scenario"] == scenario
    trips.loc[here & (trips["level"] == "province"), "value"] = after
    trips.loc[here & (trips["unit"] == "16.71"), "value"] = palembang
    return gather(pd.concat([rows, trips], ignore_index=True), experiment.plans, "before_ukk", "with_ukk", 0.95)


def test_trips_in_vain_are_told_where_they_clearly_differ_and_whose_they_are(experiment: Experiment) -> None:
    (more,) = vain_trips(in_vain(experiment, 100.0, 900.0, "with_ukk", palembang=750.0), EN, "with_ukk")
    assert more.startswith("900 trips are made in vain, to fetch a passport that is not there yet, instead of 100 ")
    assert "the difference is greatest among people of Palembang with 750" in more
    (fewer,) = vain_trips(in_vain(experiment, 900.0, 100.0, "with_ukk"), EN, "with_ukk")
    assert fewer.startswith("100 trips") and "(800 fewer)" in fewer and "greatest" not in fewer
    assert not [*vain_trips(in_vain(experiment, 100.0, 120.0, "with_ukk"), EN, "with_ukk")]
    other = in_vain(experiment, 100.0, 900.0, "only_oku")
    assert "900 trips are made in vain" in containing(sentences(other, "others"), other.title("only_oku", EN))


def test_a_difference_of_trips_in_vain_that_chance_hides_is_named_beside_the_clear_ones(experiment: Experiment) -> None:
    rows = in_vain(experiment, 100.0, 900.0, "with_ukk", palembang=750.0).replications.frame()
    trips = where(rows, scenario="with_ukk", measure="vain_trips", level="regency")
    uneven = 10.0 * (np.arange(10) - 4.5)
    for code, more in (("16.73", 24.0), ("16.07", 68.0), ("16.02", 61.0), ("16.03", 50.0), ("16.04", 40.0)):
        by = 0.1 if code == "16.73" else 3.0
        rows.loc[trips & (rows["unit"] == code), "value"] = more + by * uneven
    rows.loc[trips & (rows["unit"] == "16.05"), "value"] = 20.0 + 3.0 * uneven
    (text,) = vain_trips(gather(rows, experiment.plans, "before_ukk", "with_ukk", 0.95), EN, "with_ukk")
    clear, _, hidden = text.partition(" As much or more by the estimate, though it is not clear: ")
    assert "Where it is clear, the difference is greatest among people of Palembang with 750 " in clear
    assert "and Lubuklinggau with 24 (" in clear
    assert hidden.startswith("Banyuasin with 68 (") and "Ogan Komering Ilir with 61 (" in hidden
    assert hidden.endswith(", and 1 more.") and "Musi Rawas" not in hidden


def test_where_most_hours_are_saved_in_all_rests_on_the_total_and_not_on_the_mean(experiment: Experiment) -> None:
    def change(rows: pd.DataFrame) -> None:
        uneven = np.arange(10) - 4.5
        saved = where(rows, scenario="with_ukk", measure="travel_hours_saved", level="regency")
        rows.loc[saved & (rows["statistic"] != "count"), "value"] = 0.0
        for code, mean, total, by in (
            ("16.08", 0.2 + 0.4 * uneven, 7073.0, 1.0),
            ("16.73", 9.0 + 0.1 * uneven, 8998.0, 1.0),
            ("16.01", 2.0 + 0.1 * uneven, 5386.0, 1.0),
            ("16.06", 3.0 + 0.1 * uneven, 5187.0, 1.0),
            ("16.03", 1.0 + 0.1 * uneven, 6000.0, 9000.0),
        ):
            of = saved & (rows["unit"] == code)
            rows.loc[of & (rows["statistic"] == "mean"), "value"] = mean
            rows.loc[of & (rows["statistic"] == "total"), "value"] = total + by * uneven

    texts = sentences(changed(experiment, change), "regencies")
    assert containing(texts, "neither way, in Ogan Komering Ulu Timur with 0.2 (")
    clear, _, hidden = containing(texts, "most hours in all").partition(" As much or more by the estimate")
    assert re.fullmatch(
        r"Where the total is clear, most hours in all are saved by the people of Lubuklinggau with 8,998 \(.+?\), "
        r"Ogan Komering Ulu Timur with 7,073 \(.+?\), and Ogan Komering Ulu with 5,386 \(.+?\)\.",
        clear,
    )
    assert hidden.startswith(", though it is not clear: Muara Enim with 6,000 (") and hidden.count(" with ") == 1


def test_the_worst_week_of_those_who_wait_and_the_last_clear_one_are_told_of_an_outage(experiment: Experiment) -> None:
    rows = experiment.replications
    weeks = rows[(rows["level"] == "week") & (rows["measure"] == "lead_days")]
    books = weeks.assign(measure="books_waiting", statistic="count", value=300.0)
    names = sorted(books["unit"].unique())
    for week, more in ((10, 900.0), (11, 400.0), (13, 50.0)):
        struck = (books["scenario"] == "with_ukk") & (books["unit"] == names[week])
        books.loc[struck, "value"] += more + books.loc[struck, "replication"]
    # More wait in another week by the estimate, but so unevenly that it is not clear.
    uneven = (books["scenario"] == "with_ukk") & (books["unit"] == names[12])
    books.loc[uneven, "value"] += 20_000.0 * (books.loc[uneven, "replication"] == 0)
    outage = Outage("power", False, True, True, np.array([0]), 70, 75, 0.01, {1: 1.0}, 0)
    plans = experiment.plans | {"with_ukk": replace(experiment.plans["with_ukk"], outages=(outage,))}
    together = pd.concat([rows, books], ignore_index=True)
    (text,) = recovery(gather(together, plans, "before_ukk", "with_ukk", 0.95), EN, "with_ukk")
    worst, last = (EN.date(dt.date.fromisoformat(names[week])) for week in (10, 13))
    assert text.startswith(f"At the end of the week beginning {worst}, 905 people more (")
    assert "wait for their book than in “Two offices”, the most of the weeks in which that is clear" in text
    assert text.endswith(f"; the last of these begins {last}.")
    # Of two later weeks the interval of each leaves out zero, and among all weeks it is not enough.
    for week, more in ((15, 800.0), (16, 400.0)):
        weak = (books["scenario"] == "with_ukk") & (books["unit"] == names[week])
        books.loc[weak, "value"] += more * (1.0 + 0.25 * (books.loc[weak, "replication"] - 4.5))
    evidence = gather(pd.concat([rows, books], ignore_index=True), plans, "before_ukk", "with_ukk", 0.95)
    (text,) = recovery(evidence, EN, "with_ukk")
    assert f"; the last of these begins {last}. In later weeks more may wait too, though that is not clear; " in text
    later = EN.date(dt.date.fromisoformat(names[16]))
    assert f"; the last of these begins {later}, with 400 more (" in text
    # Without an outage a sub-office has a backlog of its own, which is nothing to recover from.
    assert not [*recovery(gather(together, experiment.plans, "before_ukk", "with_ukk", 0.95), EN, "with_ukk")]


def test_why_some_apply_where_more_no_longer_do_is_told_where_slots_are_nearer_and_no_more(
    experiment: Experiment,
) -> None:
    def fewer(rows: pd.DataFrame) -> None:
        for measure, before, after in (("now_apply", 0, 40), ("no_longer_apply", 0, 4_000)):
            for scenario, people in (("before_ukk", before), ("with_ukk", after)):
                chosen = where(rows, scenario=scenario, measure=measure, level="province")
                rows.loc[chosen, "value"] = people + rows.loc[chosen, "replication"] % 3
        waits = where(rows, measure="lead_days", statistic="mean", level="province")
        rows.loc[waits & (rows["scenario"] == "before_ukk"), "value"] = 0.5
        rows.loc[waits & (rows["scenario"] == "with_ukk"), "value"] = 0.44

    rows = experiment.replications.copy()
    fewer(rows)
    said = "As fewer people look for a slot, the next one is nearer: they wait 0.44 days for it instead of 0.50"
    same = experiment.plans | {"with_ukk": replace(experiment.plans["before_ukk"], title=EN_TITLES)}
    texts = sentences(gather(rows, same, "before_ukk", "with_ukk", 0.95), "deterred")
    assert sum(said in text for text in texts) == 1
    # Four sub-offices have slots of their own.
    assert not any("is nearer" in text for text in sentences(changed(experiment, fewer), "deterred"))


def test_passports_a_session_stand_with_the_sessions_where_these_are_not_as_many(experiment: Experiment) -> None:
    def shut(rows: pd.DataFrame) -> None:
        held = where(rows, scenario="with_ukk", measure="sessions", unit="kanim_palembang")
        rows.loc[held, "value"] = 114

    name = "Kantor Imigrasi Kelas I TPI Palembang:"
    before = sessions_held(experiment.gathered(), "before_ukk", "kanim_palembang")
    text = containing(sentences(changed(experiment, shut), "load"), name)
    assert " passports a session instead of" in text and f", at 114 sessions instead of {before:,.0f};" in text
    assert "sessions instead of" not in containing(sentences(experiment.gathered(), "load"), name)


def gather_main(experiment: Experiment, main: str) -> Evidence:
    return gather(experiment.replications, experiment.plans, "before_ukk", main, 0.95)


def test_appointments_that_lead_to_no_passport_are_told_where_their_share_changes(experiment: Experiment) -> None:
    def lose(rows: pd.DataFrame) -> None:
        rows.loc[where(rows, scenario="with_ukk", measure="lost_share", level="province"), "value"] += 0.02

    # Most are lost by an appointment that they miss.
    said = "end without a passport though they had an appointment (an appointment missed, papers lacking, refusal, "
    assert any(said in text for text in sentences(changed(experiment, lose), "deterred"))
    assert not any(said in text for text in sentences(changed(experiment, lambda rows: None), "deterred"))

    def by_chance(rows: pd.DataFrame) -> None:
        lost = where(rows, scenario="with_ukk", measure="lost_share", level="province")
        swing = np.where(rows.loc[lost, "replication"] % 2, 0.07, -0.03)
        rows.loc[lost, "value"] = np.clip(rows.loc[lost, "value"] + swing, 0.0, 1.0)

    assert not any(said in text for text in sentences(changed(experiment, by_chance), "deterred"))


def test_the_best_single_site_is_told_with_the_points_at_which_it_is_the_best(evidence: Evidence) -> None:
    measure, statistic = CRITERIA[0]
    scenarios = evidence.single_additions()
    best = max(scenarios, key=lambda one: evidence.difference(one, measure, statistic).difference)
    about = f"{measure} ({statistic}) of {{}} - before_ukk is the largest of 4"
    tested = [
        Standing("This one", about.format(best), 577, 1400, ()),
        *(Standing("Another", about.format(other), 9, 9, ()) for other in scenarios if other != best),
        Standing("A number", f"{measure} ({statistic}) of {best} - before_ukk is above 0", 9, 9, ()),
    ]
    text = containing([s.text for s in best_single_section(evidence, EN, tested)], "Hours of travel:")
    assert text.endswith(
        "With the assumptions moved over their ranges: “This one” at 577 of 1,400 points. "
        "At the other points another of them is ahead."
    )
    assert "Another" not in text and "A number" not in text
    tested[0] = replace(tested[0], elsewhere="The second: 800; The third: 23")
    text = containing([s.text for s in best_single_section(evidence, EN, tested)], "Hours of travel:")
    assert text.endswith("at 577 of 1,400 points. Ahead at other points: The second: 800; The third: 23.")


def test_each_other_scenario_is_told_with_its_own_changes(evidence: Evidence) -> None:
    texts = sentences(evidence, "others")
    assert len(texts) == len(evidence.scenarios) - 2
    for scenario in set(evidence.scenarios) - set(evidence.pair):
        text = containing(texts, f"“{evidence.title(scenario, EN)}”")
        people, now = (
            evidence.difference(scenario, measure, "count").difference
            for measure in ("travel_hours_saved", "now_apply")
        )
        assert f"against “Two offices”, for the {people:,.0f} people" in text and f" {now:,.0f} people (" in text
        saved = evidence.difference(scenario, "travel_hours_saved", "total")
        assert verdict(evidence, "travel_hours_saved", saved) == "gain"
        assert f"{saved.difference:,.0f} hours in all ({saved.low:,.0f} to {saved.high:,.0f})" in text


def test_where_people_clearly_lose_by_another_scenario_is_told_with_how_many_live_there(experiment: Experiment) -> None:
    places = {"16.71": -2.0, "16.72": -3.0}

    def worse(rows: pd.DataFrame) -> None:
        for code, rupiah in places.items():
            at = where(rows, scenario="only_oku", measure="cost_rupiah_saved", statistic="mean", unit=code)
            rows.loc[at, "value"] = 1e4 * rupiah + 100 * (np.arange(10) - 4.5)

    evidence = changed(experiment, worse)
    people = {
        code: evidence.difference("only_oku", "travel_hours_saved", "count", "regency", code).difference
        for code in evidence.plans["only_oku"].regencies.code
    }
    share = sum(people[code] for code in places) / sum(people.values())
    texts = sentences(evidence, "others")
    assert (
        f"The cost clearly rises in 2 of the 17 regencies, where {100 * share:.0f}% of these people live, by most per "
        "person in Pagar Alam with Rp 30,000 (" in containing(texts, "The cost clearly rises")
    )
    assert "UKK OKU" in containing(texts, "The cost clearly rises")


def test_a_greater_loss_that_chance_hides_is_named_beside_the_clear_ones(experiment: Experiment) -> None:
    def worse(rows: pd.DataFrame) -> None:
        for code, rupiah, spread in (("16.71", -2e4, 100), ("16.72", -9e4, 1e5), ("16.73", -1e4, 1e5)):
            at = where(rows, scenario="only_oku", measure="cost_rupiah_saved", statistic="mean", unit=code)
            rows.loc[at, "value"] = rupiah + spread * (np.arange(10) - 4.5)

    text = containing(sentences(changed(experiment, worse), "others"), "The cost clearly rises")
    assert "The cost clearly rises in 1 of the 17 regencies" in text
    assert "As much or more by the estimate, though it is not clear: Pagar Alam with Rp 90,000 (" in text
    assert "Lubuklinggau" not in text.partition("As much or more")[2]


def test_where_most_live_who_apply_now_is_told_by_their_number_and_not_by_how_sure_that_is(
    experiment: Experiment,
) -> None:
    def lucky(rows: pd.DataFrame) -> None:
        for code, people in (("16.72", [3.0, 3.0]), ("16.06", [500.0, 900.0])):
            at = where(rows, scenario="with_ukk", measure="now_apply", unit=code)
            rows.loc[at, "value"] = people

    two = replace(experiment, replications=experiment.replications[experiment.replications["replication"] < 2])
    texts = sentences(changed(two, lucky), "deterred")
    told = containing(texts, "most people who now apply live in")
    assert "Pagar Alam" not in told
    assert "Musi Banyuasin with 700" in told


def losing(experiment: Experiment, places: Mapping[str, float]) -> Evidence:
    """The experiment with people who no longer apply in some regencies, and hardly anybody who applies only now."""

    def lose(rows: pd.DataFrame) -> None:
        for code, people in (places | {"province": sum(places.values())}).items():
            of = where(rows, scenario="with_ukk", measure="no_longer_apply", unit=code)
            rows.loc[of, "value"] = people + np.arange(10) - 4.5
        rows.loc[where(rows, scenario="with_ukk", measure="now_apply"), "value"] = 0.0
        few = where(rows, scenario="with_ukk", measure="now_apply")
        for code in ("province", "16.74"):
            rows.loc[few & (rows["unit"] == code), "value"] = 39.0 + np.arange(10) - 4.5

    return changed(experiment, lose)


def test_where_people_no_longer_apply_the_places_named_first_are_theirs(experiment: Experiment) -> None:
    evidence = losing(experiment, {"16.71": 2000.0, "16.02": 900.0, "16.08": 700.0, "16.72": 500.0})
    texts = sentences(evidence, "deterred")
    assert texts[0].startswith("4,100 people (") and texts[0].endswith("who applied before are now deterred.")
    lost, won = (containing(texts, f"most people who {way} live in") for way in ("no longer apply", "now apply"))
    assert "Palembang with 2,000 (1,998 to 2,002), Ogan Komering Ilir with 900 (" in lost
    assert "Ogan Komering Ulu Timur with 700 (" in lost and "Pagar Alam" not in lost
    assert "Prabumulih with 39 (" in won and texts.index(lost) < texts.index(won)
    opening = opening_of(evidence)
    assert lost in opening and won not in opening
    assert "the people who no longer apply" in containing(sentences(evidence, "sure"), "the widest interval")


def test_of_a_handful_of_people_it_is_not_told_where_most_live(experiment: Experiment) -> None:
    texts = sentences(losing(experiment, {"16.71": 7.0}), "deterred")
    assert "who applied before are now deterred" in " ".join(texts)
    assert not any("who no longer apply live in" in text for text in texts)


def test_whom_a_scenario_loses_is_told_first_of_those_who_are_served_too(experiment: Experiment) -> None:
    def cut(rows: pd.DataFrame) -> None:
        for measure, people in (("now_served", 38.0), ("no_longer_served", 4120.0)):
            of = where(rows, scenario="with_ukk", measure=measure, level="province")
            rows.loc[of, "value"] = people + np.arange(10)

    text = containing(sentences(changed(experiment, cut), "deterred"), "Served before, and not now")
    assert re.match(r"Served before, and not now: 4,12\d \(.*\); served now, and not before: 4\d \(", text)
    assert "More people apply than are served" not in text


def test_tables_of_regencies_tell_who_no_longer_applies_beside_who_applies_now(experiment: Experiment) -> None:
    heads = ("Deterred before, apply now", "Applied before, deterred now")
    evidence = losing(experiment, {"16.71": 2000.0})
    table = regencies_of(evidence, EN)
    now, gone = map(table.columns.index, heads)
    palembang = next(row for row in table.rows if row[0] == "Palembang")
    assert gone == now + 1 and palembang[gone].startswith("2,000") and palembang[now] == "0"
    assert heads[0] in regencies_of(experiment.gathered(), EN).columns
    assert heads[1] not in regencies_of(experiment.gathered(), EN).columns, "nobody is lost there"
    rows = experiment.replications.copy()
    rows.loc[rows["measure"].isin(["now_apply", "no_longer_apply"]), "value"] = 0.0
    nobody = gather(rows, experiment.plans, "before_ukk", "with_ukk", 0.95)
    assert not {*heads} & {*regencies_of(nobody, EN).columns}


def test_who_loses_is_said_to_have_chosen_so_only_where_nothing_but_more_differs(experiment: Experiment) -> None:
    def worse(rows: pd.DataFrame) -> None:
        at = where(rows, scenario="with_ukk", measure="travel_hours_saved", statistic="mean", unit="16.72")
        rows.loc[at, "value"] = -0.5 + 0.01 * np.arange(10)

    def told(evidence: Evidence) -> list[str]:
        return [s.text for s in regencies_section(evidence, EN) if "has to go elsewhere" in s.text]

    evidence = changed(experiment, worse)
    (text,) = told(replace(evidence, only_adds=True))
    assert "“Two offices and four UKKs” has every site and session of “Two offices”" in text
    # Whatever else differs, or where it is not known whether anything does: no cause is named.
    assert not told(evidence)


def test_who_gains_by_what_is_taken_away_is_said_to_have_preferred_that(experiment: Experiment) -> None:
    def told(evidence: Evidence) -> list[str]:
        return [s.text for s in regencies_section(evidence, EN) if "they lose what they preferred" in s.text]

    evidence = gather(experiment.replications, experiment.plans, "before_ukk", "with_ukk", 0.95)
    (text,) = told(replace(evidence, only_takes=True))
    assert text.startswith("“Two offices” has every site and session of “Two offices and four UKKs”, and more; nothing")
    assert not told(evidence)
    pairs = {("with_ukk", "before_ukk")}
    assert gather(experiment.replications, experiment.plans, "before_ukk", "with_ukk", 0.95, pairs).only_takes
    assert gather(experiment.replications, experiment.plans, "with_ukk", "before_ukk", 0.95, pairs).only_adds


def test_a_new_office_is_told_with_what_a_passport_of_it_costs(experiment: Experiment) -> None:
    rows = experiment.replications
    key = {"scenario": "with_ukk", "measure": "rupiah_per_passport", "level": "site", "unit": "ukk_oku"}
    numbers = pd.DataFrame({**key, "statistic": "mean", "replication": range(10), "value": 224_000.0 + np.arange(10)})
    priced = gather(pd.concat([rows, numbers]), experiment.plans, "before_ukk", "with_ukk", 0.95)
    texts = [text for text in sentences(priced, "new_sites") if "Running it costs Rp" in text]
    assert len(texts) == 1 and texts[0].startswith("UKK Ogan Komering Ulu: ")
    assert "for each passport (Rp" in texts[0].replace("\N{NO-BREAK SPACE}", " ") and "by chance)" in texts[0]


def test_the_homebound_to_whom_no_team_comes_are_not_passed_off_as_in_want_of_slots(experiment: Experiment) -> None:
    usual = experiment.replications
    home = usual[
        where(usual, measure="need", unit="province") | where(usual, measure="unserved_share", unit="province")
    ]
    home = home.assign(level="kind", unit="mobility:homebound")
    home.loc[home["measure"] == "need", "value"] *= 0.001
    home.loc[home["measure"] == "unserved_share", "value"] = 1.0
    evidence = gather(pd.concat([usual, home]), experiment.plans, "before_ukk", "with_ukk", 0.95)
    need = evidence.estimate("with_ukk", "need", "count").estimate
    text = containing(sentences(evidence, "deterred"), "find no slot")
    all_before, all_after = (
        f"{need * evidence.estimate(one, 'unserved_share', 'share').estimate:,.0f}" for one in evidence.pair
    )
    at_home = f"{0.001 * need:,.0f}"
    assert text.startswith(f"{all_before} people before and {all_after} after apply and find no slot; ")
    assert f"; {at_home} and {at_home} of them are homebound" in text
    assert not any("find no slot" in text for text in sentences(experiment.gathered(), "deterred"))


def test_what_pairing_was_worth_is_told_of_what_it_was_computed_from(evidence: Evidence) -> None:
    text = containing(sentences(evidence, "sure"), "independent runs")
    hours, deterred = (
        evidence.difference("with_ukk", *key).variance_reduction
        for key in (("travel_hours", "mean"), ("deterred_share", "share"))
    )
    digits = (
        EN.number(number, 1) if number < 10 else EN.number(float(f"{number:.2g}"), 0) for number in (hours, deterred)
    )
    of_hours, of_share = (f"about {one} times" if one != "more" else one for one in digits)
    assert f"needed {of_hours} as many" in text and "mean hours of travel of all who are served" in text
    assert f"and {of_share} for that of the share deterred." in text


def test_what_pairing_was_worth_has_no_more_digits_than_a_ratio_of_estimates_bears(experiment: Experiment) -> None:
    def told(noise: float) -> str:
        def close(rows: pd.DataFrame) -> None:
            of = where(rows, measure="travel_hours", statistic="mean", level="province")
            before = rows.loc[of & (rows["scenario"] == "before_ukk"), "value"].to_numpy()
            here = of & (rows["scenario"] == "with_ukk")
            rows.loc[here, "value"] = before - 1.0 + noise * np.resize([1.0, -1.0], len(before))

        return containing(sentences(changed(experiment, close), "sure"), "independent runs")

    assert "needed more than 1,000 times as many replications" in told(1e-6)
    assert re.search(r"needed about \d{2,3} times as many replications", told(0.01))


def test_one_person_and_less_are_written_as_such(experiment: Experiment) -> None:
    def told(people: float) -> list[str]:
        def few(rows: pd.DataFrame) -> None:
            for way in ("now", "no_longer"):
                of = where(rows, scenario="with_ukk", measure=f"{way}_apply", level="province")
                rows.loc[of, "value"] = people * (1 + 0.02 * (np.arange(10) - 4.5))

        return sentences(changed(experiment, few), "deterred")[:2]

    assert told(0.3) == [
        "Of those who were deterred before, fewer than 1 now applies (fewer than 1 to 1).",
        "Of those who applied before, fewer than 1 is now deterred (fewer than 1 to 1).",
    ]
    assert told(1.2)[1] == "Of those who applied before, 1 is now deterred (1 to 2)."
    assert re.match(r"20 people \(19 to 21\) who applied before are now deterred", told(20.0)[1])


def test_where_some_apply_otherwise_but_not_clearly_how_many_is_what_is_uncertain(experiment: Experiment) -> None:
    def told(now: list[float], no_longer: list[float]) -> list[str]:
        def unclear(rows: pd.DataFrame) -> None:
            for way, people in (("now", now), ("no_longer", no_longer)):
                for scenario in set(experiment.plans) - {"before_ukk"}:
                    for unit in ("province", "16.71"):
                        of = where(rows, scenario=scenario, measure=f"{way}_apply", unit=unit)
                        rows.loc[of, "value"] = people

        few = experiment.replications["replication"] < len(now)
        return sentences(changed(replace(experiment, replications=experiment.replications[few]), unclear), "deterred")

    now = r"It is uncertain how many who were deterred before now apply: by the estimate {}, [\d.]+% of those deterred "
    gone = "It is uncertain how many who applied before are now deterred: by the estimate {}."
    some = told([558.0, 321.0, 420.0], [0.0, 0.0, 0.0])
    assert re.match(now.format(r"433 \(137 to 729\)"), some[0]) and not any("now deterred" in text for text in some)
    # People are whole, and the more stand first.
    nine = [0.0] * 9
    more_lost = told([*nine, 10.0], [*nine, 800.0])
    assert more_lost[0] == gone.format("80 (0 to 261)") and re.match(now.format(r"1 \(0 to 3\)"), more_lost[1])
    assert "Palembang with 80 (" in containing(more_lost, "By the estimates, most people who no longer apply live in")
    assert not any("now deterred" in text for text in told([*nine, 10.0], [*nine, 80.0])), "a few are always lost"
    assert told([0.0] * 10, [0.0] * 10)[0] == "Nobody who was deterred before now applies."


def test_with_common_noise_a_small_lead_can_be_told(experiment: Experiment) -> None:
    common = np.random.default_rng(2).normal(0, 5000, 10)

    def change(rows: pd.DataFrame) -> None:
        for scenario, level in (("only_lubuklinggau", 90_000), ("only_oku", 90_500)):
            chosen = where(rows, scenario=scenario, measure="travel_hours_saved", statistic="total", level="province")
            rows.loc[chosen, "value"] = level + common + np.arange(10)

    evidence = changed(experiment, change)
    assert not_told_apart(evidence, "travel_hours_saved", "total", ["only_oku", "only_lubuklinggau"]) == []


def test_the_reader_is_told_how_many_replications_and_what_intervals_leave_out(experiment: Experiment) -> None:
    few = experiment.replications[experiment.replications["replication"] < 3]
    text = " ".join(sentences(gather(few, experiment.plans, "before_ukk", "with_ukk", 0.9), "sure"))
    assert "means over 3 replications, with 90% intervals" in text
    assert "fewer than 30 replications" in text
    assert "do not cover the assumptions" in text


def test_results_without_gains_person_by_person_claim_none(experiment: Experiment) -> None:
    rows = experiment.replications
    kept = rows[~rows["measure"].str.contains("saved|now_|no_longer")]
    evidence = gather(kept, experiment.plans, "before_ukk", "with_ukk", 0.95)
    assert sentences(evidence, "person")[0].startswith("The scenarios differ in need or period.")
    assert sentences(evidence, "regencies") == sentences(evidence, "deterred") == []
    assert len(sentences(evidence, "load")) == 2


def test_both_languages_say_the_same_things(evidence: Evidence) -> None:
    english, indonesian = described(evidence, EN), described(evidence, Messages("id"))
    assert [len(s.sentences) for s in english.sections] == [len(s.sentences) for s in indonesian.sections]
    assert len(english.short) == len(indonesian.short) > 5
    assert "jam per orang" in indonesian.to_markdown()
    assert "{" not in english.to_markdown() + indonesian.to_markdown()


def test_the_main_table_has_a_column_for_each_scenario_and_no_empty_row(evidence: Evidence) -> None:
    table = measures_of(evidence, EN)
    assert table.columns[1:] == tuple(evidence.title(scenario, EN) for scenario in evidence.scenarios)
    cells = dict(
        zip(("measure", *evidence.scenarios), next(row for row in table.rows if row[0] == "People served"), strict=True)
    )
    served = evidence.estimate("with_ukk", "served", "count")
    assert cells["with_ukk"] == f"{served.estimate:,.0f} ±{(served.high - served.low) / 2:,.0f}"
    assert {len(row) for row in table.rows} == {7}
    assert all(any(cell != "–" for cell in row[1:]) for row in table.rows)  # noqa: RUF001


def test_what_is_saved_has_a_mark_in_the_main_table_where_it_is_not_clear_or_too_small(experiment: Experiment) -> None:
    def told(of: Evidence) -> tuple[str, tuple[str, ...]]:
        table = measures_of(of, EN, ["before_ukk", "with_ukk"])
        (row,) = (row for row in table.rows if row[0] == "Hours of travel saved per person")
        return row[-1], table.notes

    def saves(mean: float, spread: float) -> Evidence:
        def change(rows: pd.DataFrame) -> None:
            of = where(rows, scenario="with_ukk", measure="travel_hours_saved", statistic="mean", unit="province")
            rows.loc[of, "value"] = mean + spread * np.linspace(-1.0, 1.0, int(of.sum()))

        return changed(experiment, change)

    for mean, spread, mark in ((0.1, 0.5, " °"), (0.01, 0.001, " ≈"), (1.0, 0.1, "")):
        cell, notes = told(saves(mean, spread))
        assert cell.endswith(mark) and (cell[-1] in "°≈") == bool(mark)
        assert any("°: not clear" in note for note in notes) == bool(mark)


@pytest.mark.parametrize("share", [1.0, 0.97])
def test_the_promised_day_is_told_where_it_is_not_always_kept(evidence: Evidence, share: float) -> None:
    rows = evidence.replications.frame()
    like = rows[(rows["measure"] == "deterred_share") & (rows["level"] == "province")].assign(
        measure="as_promised_share", value=1.0
    )
    like.loc[like["scenario"] == "with_ukk", "value"] = share
    found = gather(pd.concat([rows, like]), evidence.plans, evidence.baseline, evidence.main, 0.95)
    told = [row for row in measures_of(found, EN).rows if row[0] == "Book ready by the promised day"]
    assert [row[1:3] for row in told] == ([] if share == 1.0 else [("100.0%", "97.0%")])


def test_the_regency_table_ends_with_the_province_and_marks_what_is_too_small_or_not_clear(evidence: Evidence) -> None:
    table = regencies_of(evidence, EN)
    assert len(table.rows) == 18
    assert table.rows[-1][0] == "Province"
    palembang = next(row for row in table.rows if row[0] == "Palembang")
    assert palembang[3].endswith("≈")
    assert not table.rows[0][3].endswith(("°", "≈"))


def test_need_and_the_share_deterred_are_told_by_regency_and_its_range_in_words(evidence: Evidence) -> None:
    table = need_of(evidence, EN)
    assert [row[0] for row in table.rows] == [row[0] for row in regencies_of(evidence, EN).rows]
    shares = {row[0]: numbers for row, numbers in zip(table.rows, table.numbers, strict=True)}
    whole = shares.pop("Province")
    assert sum(need for need, _, _ in shares.values()) == pytest.approx(whole[0])
    assert whole[1:] == tuple(evidence.estimate(one, "deterred_share", "share").estimate for one in evidence.pair)
    of_palembang = ("deterred_share", "share", "regency", "16.71")
    assert shares["Palembang"][1:] == tuple(evidence.estimate(one, *of_palembang).estimate for one in evidence.pair)
    worst, best = (pick(shares, key=lambda name: shares[name][1]) for pick in (max, min))
    told = containing(sentences(evidence, "deterred"), "the share runs from")
    assert f"{EN.percent(shares[best][1])} in {best} to {EN.percent(shares[worst][1])} in {worst}" in told
    assert f"where it is {EN.percent(shares[worst][2])} after" in told


def test_need_that_differs_is_told_before_and_after_and_what_its_spread_does_to_the_province(
    experiment: Experiment, evidence: Evidence
) -> None:
    """More need where most are deterred: the share of the province may rise though it falls in every regency."""

    def more(rows: pd.DataFrame) -> None:
        regencies = where(rows, scenario="with_ukk", level="regency")
        before = rows[where(rows, scenario="before_ukk", level="regency", measure="deterred_share")]
        share = regencies & (rows["measure"] == "deterred_share")
        rows.loc[share, "value"] = 0.99 * before["value"].to_numpy()
        rows.loc[regencies & (rows["measure"] == "need") & (rows["unit"] == "16.13"), "value"] *= 3.0
        for measure, value in (("need", 90_000.0), ("deterred_share", 0.12)):
            rows.loc[where(rows, scenario="with_ukk", level="province", measure=measure), "value"] = value

    found = changed(experiment, more)
    table = need_of(found, EN)
    assert table.columns[1:3] == ("Need a passport before", "Need a passport after")
    utara = next(row for row in table.rows if row[0] == "Musi Rawas Utara")
    before, after = (found.estimate(scenario, "need", "count", "regency", "16.13").estimate for scenario in found.pair)
    assert after == pytest.approx(3 * before) and utara[1:3] == (EN.number(before, 0), EN.number(after, 0))
    share = found.estimate("before_ukk", "deterred_share", "share").estimate
    (note,) = (note for note in table.notes if "spread over the regencies as before" in note)
    assert note.startswith(f"In the whole province {EN.percent(share)} are deterred before and 12.0% after.")
    assert f"it would be {EN.percent(0.99 * share)} after" in note
    same = need_of(evidence, EN)
    assert same.columns[1] == "Need a passport" and not any("spread" in note for note in same.notes)


def mixed(experiment: Experiment) -> Evidence:
    """An experiment in which a regency of each verdict is sure to be, two of them by numbers that are not clear."""
    values = {
        "16.01": np.linspace(-2.0, 3.0, 10),
        "16.02": 0.01 + 0.001 * np.arange(10),
        "16.03": -1.0 - 0.01 * np.arange(10),
        "16.04": np.array([-1.0, 0.2, 0.5, 1.0, 1.0, 1.0, 1.0, 1.5, 2.0, 0.0]),
    }

    def change(rows: pd.DataFrame) -> None:
        for code, numbers in values.items():
            chosen = where(rows, scenario="with_ukk", measure="travel_hours_saved", statistic="mean", unit=code)
            rows.loc[chosen, "value"] = numbers

    return changed(experiment, change)


def test_text_table_and_map_put_each_regency_into_the_same_class(experiment: Experiment) -> None:
    evidence = mixed(experiment)
    groups = {
        kind: {row[0] for row in regencies_of(evidence, EN).rows[:-1] if row[3].endswith(mark)}
        for kind, mark in (("small", "≈"), ("unclear", "°"))
    }
    assert groups["unclear"] == {"Ogan Komering Ulu", "Lahat"}
    texts = sentences(evidence, "regencies")
    small = containing(texts, "Travel changes by less than 0.05 hours per person")
    listed = small.removesuffix(".").partition(" more or less, in ")[2]
    assert set(re.split(r", and |, | and ", listed)) == groups["small"]
    count = containing(texts, "travel clearly falls in")
    assert f"changes by less than 0.05 hours in {len(groups['small'])}, and shows no clear change in 2." in count
    assert "Lahat with" in containing(texts, "though the numbers point to hours saved")
    assert "Ogan Komering Ulu with" in containing(texts, "above 0 means hours saved")
    hover = list(draw_regencies(evidence, EN).hover.values())
    assert {text.split(":")[0] for text in hover if "no clear change" in text} == groups["unclear"]
    assert {text.split(":")[0] for text in hover if "less than 0.05 hours" in text} == groups["small"]


def test_a_column_of_the_regency_table_has_as_many_decimals_in_every_row(evidence: Evidence) -> None:
    rows = regencies_of(evidence, EN).rows
    for column in (3, 4, 7):
        numbers = [number for row in rows for number in re.findall(r"\d[\d,.]*", row[column])]
        assert len({len(number.partition(".")[2]) for number in numbers}) == 1, [row[column] for row in rows]


def test_a_regency_where_nobody_is_served_has_no_row(experiment: Experiment) -> None:
    def nobody(rows: pd.DataFrame) -> None:
        of = (rows["unit"] == "16.05") & (rows["level"] == "regency") & (rows["statistic"] != "count")
        rows.loc[of, "value"] = np.nan

    table = regencies_of(changed(experiment, nobody), EN)
    assert "Musi Rawas" not in [row[0] for row in table.rows] and len(table.rows) == 17


def test_a_mean_of_few_people_says_how_few(experiment: Experiment) -> None:
    def few(rows: pd.DataFrame) -> None:
        people = where(rows, scenario="with_ukk", measure="travel_hours_saved", statistic="count", unit="16.73")
        rows.loc[people, "value"] = 42.0

    texts = sentences(changed(experiment, few), "regencies")
    assert "; only 42 people)" in containing(texts, "most hours are saved per person")
    assert "Fewer than 100 people are compared in Lubuklinggau (42)" in containing(texts, "Fewer than 100 people")
    assert "people)" not in containing(texts, "most hours in all"), "a sum says itself how much it is"


def test_means_of_all_who_are_served_are_said_to_be_of_other_people(evidence: Evidence) -> None:
    text = containing(sentences(evidence, "person"), "Everybody who is served")
    for scenario in ("before_ukk", "with_ukk"):
        assert f"{evidence.estimate(scenario, 'travel_hours', 'mean').estimate:.1f}" in text
    assert "not what changes for one person" in text


def test_findings_of_a_run_that_was_stopped_open_with_how_much_there_is(experiment: Experiment, tmp_path: Path) -> None:
    few = experiment.replications[experiment.replications["replication"] < 3]
    evidence = gather(few, experiment.plans, "before_ukk", "with_ukk", 0.95)
    asked = {"asked": 10, "complete": 3}
    head = write_findings(tmp_path, evidence, "en", asked=asked).read_text(encoding="utf-8").split("\n\n")[1]
    assert head.startswith(
        "These results are partial: the run was stopped when 3 of 10 replications were complete in all 6"
    )
    assert opening_of(evidence, asked=asked).startswith("These results are partial")
    whole = write_findings(tmp_path, evidence, "en", asked={"asked": 3, "complete": 3})
    assert "partial" not in whole.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("stopped", "partial", "row"),
    [
        ("precision", False, "10: enough for the precision asked for (at least 3, at most 20)"),
        ("at_most", False, "10: as many as are allowed (at least 3, at most 20)"),
        ("interrupted", True, "10: stopped before there were enough for the precision asked for (at least 3, at most"),
    ],
)
def test_findings_and_page_say_why_a_run_to_a_precision_ended(
    experiment: Experiment, stopped: str, partial: bool, row: str
) -> None:
    replications = {"asked": 3, "at_most": 20, "complete": 10, "stopped": stopped}
    told = made_up(experiment, replications=replications)
    said = "partial: the run was stopped when 10 replications were complete in all 6 scenarios, before there were"
    assert (said in opening_of(told.evidence, asked=replications)) == partial
    assert dict(run_of(told, EN).rows)["Replications complete, to a precision"].startswith(row)


def test_savings_of_single_sites_are_said_not_to_add_up_where_they_do_not(experiment: Experiment) -> None:
    def less(rows: pd.DataFrame) -> None:
        rows.loc[where(rows, scenario="with_ukk", measure="travel_hours_saved", statistic="total"), "value"] /= 10

    evidence = changed(experiment, less)
    singles = [name for name in evidence.scenarios if name.startswith("only_")]
    total = sum(evidence.difference(name, "travel_hours_saved", "total").difference for name in singles)
    text = containing(sentences(evidence, "single"), "does not add up")
    assert f"{total:,.0f} hours" in text and "choose only one of them" in text


def test_the_opening_paragraph_tells_load_and_where_the_passport_comes_later(experiment: Experiment) -> None:
    def load(rows: pd.DataFrame) -> None:
        def put(scenario: str, measure: str, site: str, value: float) -> None:
            of = where(rows, scenario=scenario, measure=measure, unit=site, level="site") & (
                rows["statistic"].isin(["mean", "share", "count"])
            )
            assert of.any(), (scenario, measure, site)
            rows.loc[of, "value"] = value + 0.001 * np.arange(of.sum())

        put("before_ukk", "passports", "kanim_muara_enim", 13_394)
        put("with_ukk", "passports", "kanim_muara_enim", 9_070)
        put("before_ukk", "quota_use", "kanim_muara_enim", 0.62)
        put("with_ukk", "quota_use", "kanim_muara_enim", 0.40)
        put("with_ukk", "quota_use", "ukk_oku", 0.91)
        put("before_ukk", "lead_days", "kanim_muara_enim", 9.1)
        put("with_ukk", "lead_days", "kanim_muara_enim", 6.6)
        put("before_ukk", "lead_days", "kanim_palembang", 3.0)
        put("with_ukk", "lead_days", "kanim_palembang", 2.2)
        later = where(rows, scenario="with_ukk", measure="days_saved", statistic="mean", unit="16.01")
        rows.loc[later, "value"] = -10.6 - 0.01 * np.arange(10)

    evidence = changed(experiment, load)
    text = opening_of(evidence)
    office = "Kantor Imigrasi Kelas II Non TPI Muara Enim"
    assert (
        f"Interviews at {office} lead to 9,070 passports instead of 13,394; 40% of its quota is used instead of 62%."
        in text
    )
    assert f"For a slot at {office} people wait 6.6 days instead of 9.1." in text
    assert text.count("For a slot at") == 1, "less than a day is not told"
    assert "by most days in Ogan Komering Ulu with 10.6" in text
    assert "“Clearly” means beyond the chance of these 10 replications" in text


@pytest.mark.parametrize("idle", ["before_ukk", "with_ukk"])
def test_an_office_without_a_slot_is_told_without_a_share_of_its_quota(experiment: Experiment, idle: str) -> None:
    def load(rows: pd.DataFrame) -> None:
        for scenario, passports, used in (("before_ukk", 900, 0.6), ("with_ukk", 800, 0.5)):
            for measure, value in (("passports", passports), ("quota_use", used)):
                of = where(rows, scenario=scenario, measure=measure, unit="kanim_muara_enim")
                nothing = 0.0 if measure == "passports" else np.nan
                rows.loc[of, "value"] = nothing if scenario == idle else value
        # Who waits there is of the days after the counted ones.
        of = where(rows, scenario="with_ukk", measure="lead_days", statistic="mean", unit="kanim_muara_enim")
        rows.loc[of, "value"] += 20.0

    plan = experiment.plans[idle]
    shut = (plan.sessions.site == plan.sites.id.index("kanim_muara_enim"))[:, None]
    closed = replace(plan, sessions=replace(plan.sessions, quota=np.where(shut, 0, plan.sessions.quota)))
    evidence = replace(changed(experiment, load), plans={**experiment.plans, idle: closed})
    text = opening_of(evidence)
    assert "For a slot at Kantor Imigrasi Kelas II" not in text and "Side effect" not in text
    office = "Kantor Imigrasi Kelas II Non TPI Muara Enim"
    if idle == "with_ukk":
        assert f"{office} has no slot on any counted day; before, interviews there led to 900 passports." in text
    else:
        assert f"Interviews at {office} lead to 800 passports, 50% of its quota being used; before, it had no" in text


def test_what_a_page_opens_with_tells_who_lives_where_travel_falls_and_who_is_deterred_now(
    experiment: Experiment,
) -> None:
    def lose(rows: pd.DataFrame) -> None:
        of = where(rows, scenario="with_ukk", measure="no_longer_apply", statistic="count", level="province")
        rows.loc[of, "value"] = 321.0 + 3.0 * np.arange(of.sum())

    evidence = changed(experiment, lose)
    gaining = by_verdict(evidence, "travel_hours_saved")["gain"]
    people = sum(
        evidence.difference("with_ukk", "travel_hours_saved", "count", "regency", code).difference for code in gaining
    )
    text = opening_of(evidence)
    assert len(gaining) > 0 and f"Of the people compared, {people:,.0f} live where travel clearly falls." in text
    assert re.search(r"33\d people \(.*\) who applied before are now deterred", text)


@pytest.mark.parametrize("language", ["en", "id"])
def test_where_others_come_than_before_a_page_opens_with_what_changes_for_all_and_at_the_offices(
    experiment: Experiment, language: str
) -> None:
    rows = experiment.replications
    own = rows["measure"].isin(OWN_DIFFERENCES) | rows["measure"].str.endswith(("_saved", "_before"))
    evidence = gather(rows[~own], experiment.plans, "before_ukk", "with_ukk", 0.95)
    text, messages = opening_of(evidence, language), Messages(language)
    for measure, statistic in (("served", "count"), ("deterred_share", "share"), ("days_to_passport", "mean")):
        name = messages.text(f"finding.load.of.{measure}")
        assert name in text
        for scenario in ("before_ukk", "with_ukk"):
            estimate = evidence.estimate(scenario, measure, statistic).estimate
            assert formatter(measure, statistic, messages)(estimate) in text[text.index(name) :]
    assert "Palembang" in text
    assert [table.title for table in gain_tables(evidence, messages)] == [need_of(evidence, messages).title]
    together = opening_of(experiment.gathered(), language)
    assert messages.text("finding.load.of.days_to_passport") not in together


def test_what_a_page_opens_with_names_offices_that_are_shut_and_books_that_are_printed_for_others(
    experiment: Experiment,
) -> None:
    rows = experiment.replications.copy()
    own = where(rows, measure="passports", level="site", statistic="count", unit="kanim_muara_enim")
    printed = rows[own].assign(level="office")
    printed.loc[printed["scenario"] == "with_ukk", "value"] += 10_000
    back = rows[where(rows, scenario="with_ukk") & rows["measure"].str.contains("saved|now_|no_longer")]
    closing = pd.concat([rows, printed, back.assign(scenario="before_ukk")])
    text = opening_of(gather(closing, experiment.plans, "with_ukk", "before_ukk", 0.95))
    assert "Not open any more: UKK Lubuklinggau, UKK Musi Rawas, UKK Musi Banyuasin, and UKK Ogan Komering Ulu." in text
    before, after = (
        printed.loc[printed["scenario"] == scenario, "value"].mean() for scenario in ("with_ukk", "before_ukk")
    )
    assert f"Muara Enim has {after:,.0f} passports to print instead of {before:,.0f}." in text
    # By chance, in half of the replications more and in half of them fewer: the same means, and nothing that is clear.
    there = closing["level"] == "office"
    closing.loc[there, "value"] += np.where(closing.loc[there, "replication"] % 2, 90_000, -90_000) * (
        closing.loc[there, "scenario"] == "before_ukk"
    )
    assert "passports to print" not in opening_of(gather(closing, experiment.plans, "with_ukk", "before_ukk", 0.95))


def test_findings_end_with_the_tables_they_rest_on(experiment: Experiment, tmp_path: Path) -> None:
    evidence, messages = experiment.gathered(), Messages("id")
    text = write_findings(tmp_path, evidence, "id").read_text(encoding="utf-8")
    assert described(evidence, messages).to_markdown() in text
    assert measures_of(evidence, messages).to_markdown() in text
    assert regencies_of(evidence, messages).to_markdown() in text
    brief = measures_of(evidence, messages, ["before_ukk", "with_ukk"], brief=True)
    assert len(brief.rows) < len(measures_of(evidence, messages).rows)
    assert brief.to_rich().row_count == len(brief.rows)


def test_where_nothing_is_compared_each_scenario_tells_how_full_its_offices_are(experiment: Experiment) -> None:
    evidence = gather(experiment.replications, experiment.plans, None, "with_ukk", 0.95)
    said = [s.text for s in offices_section(evidence, EN)]
    for scenario in evidence.scenarios:
        (text,) = [one for one in said if one.startswith(f"“{evidence.title(scenario, EN)}”, by office: ")]
        used = evidence.estimate(scenario, "quota_use", "share", "site", "kanim_palembang").estimate
        assert f"Palembang {EN.percent(used, 0)} of its quota used" in text
        assert len([one for one in said if evidence.title(scenario, EN) in one]) >= 2
    assert not list(
        offices_section(gather(experiment.replications, experiment.plans, "before_ukk", "with_ukk", 0.95), EN)
    )


def test_where_nobody_is_served_that_is_said_and_no_mean_of_nobody(experiment: Experiment) -> None:
    def nobody(rows: pd.DataFrame) -> None:
        rows.loc[where(rows, measure="served", statistic="count", level="province"), "value"] = 0.0

    evidence = changed(experiment, nobody)
    alone = gather(evidence.replications, evidence.plans, None, "with_ukk", 0.95)
    said = [s.text for s in offices_section(alone, EN)]
    assert any("nobody is counted as served: none has a passport in hand." in text for text in said)
    assert not any("\N{EN DASH} hours" in text or "travel \N{EN DASH}" in text for text in said)


def test_the_fullest_new_office_is_the_one_that_is_full_at_most_sessions(experiment: Experiment) -> None:
    """Use of the quota is of all channels: that of another may be higher."""

    def full(rows: pd.DataFrame) -> None:
        for measure, here, elsewhere in (("full_share", 1.0, 0.2), ("quota_use", 0.5, 0.9)):
            of = where(rows, scenario="with_ukk", measure=measure, level="site")
            rows.loc[of, "value"] = np.where(rows.loc[of, "unit"] == "ukk_oku", here, elsewhere)

    rows = changed(experiment, full).replications.frame()
    days = rows[where(rows, measure="lead_days", statistic="mean", level="site")].assign(measure="days_to_passport")
    text = opening_of(gather(pd.concat([rows, days]), experiment.plans, "before_ukk", "with_ukk", 0.95))
    assert "The fullest of the new offices, UKK Ogan Komering Ulu, has 50% of its quota booked" in text
    assert "At 100% of its sessions all ordinary slots are taken" in text


def test_where_nothing_is_compared_nothing_is_claimed(experiment: Experiment, tmp_path: Path) -> None:
    found = described(gather(experiment.replications, experiment.plans, None, "with_ukk", 0.95), EN)
    assert [section.key for section in found.sections] == ["offices", "sure", "reality", "robust"]
    arguments = (gather(experiment.replications, experiment.plans, None, "with_ukk", 0.95), "en")
    text = write_findings(tmp_path, *arguments).read_text(encoding="utf-8")
    assert text.startswith("# Findings: “Two offices and four UKKs”\n")
    assert "What changes in each regency" not in text


def test_unknown_scenarios_are_named(experiment: Experiment) -> None:
    with pytest.raises(ValueError, match="'with_uk'; there are before_ukk, with_ukk"):
        gather(experiment.replications, experiment.plans, "before_ukk", "with_uk", 0.95)


def test_totals_and_means_of_those_served_are_not_passed_off_as_of_all_people() -> None:
    for messages, served, compared in ((EN, "served", "compared"), (Messages("id"), "terlayani", "dibandingkan")):
        assert served in messages.text("measure.travel_hours.total")
        assert compared in messages.text("measure.travel_hours_saved.total")
        for form in ("note", "note_alone"):
            assert served in messages.text(f"table.main.{form}", confidence="95%").rpartition(". ")[2]


def test_where_more_people_are_deterred_than_won_they_are_told_first_in_the_terminal_too(
    experiment: Experiment,
) -> None:
    def cut(rows: pd.DataFrame) -> None:
        gone = where(rows, scenario="with_ukk", measure="no_longer_apply", level="province")
        rows.loc[gone, "value"] = 588.0 + rows.loc[gone, "replication"]
        rows.loc[where(rows, scenario="with_ukk", measure="now_apply", level="province"), "value"] = 3.0

    found = described(changed(experiment, cut), EN)
    told = next(section for section in found.sections if section.key == "deterred").sentences
    assert told[0].short == told[0].text
    assert told[0].text.startswith("593 people (590 to 595) who applied before")
    assert told[1].text.startswith("3 people")


@pytest.mark.parametrize("language", ["en", "id"])
def test_what_was_warned_of_before_the_run_stands_behind_the_findings_as_far_as_it_is_little(
    evidence: Evidence, language: str
) -> None:
    warned = [f"a.yaml:{line}: sites.x.opened: has no effect\n    allowed: nothing" for line in range(1, 8)]
    messages = Messages(language)
    told = described(evidence, messages, warned=warned)
    assert told.first == () and told.warnings == 7
    text = next(section for section in told.sections if section.key == "sure").sentences[-1].text
    assert "a.yaml:5: sites.x.opened: has no effect; " in text
    assert messages.text("finding.warned_more", number="2") in text
    assert not {"allowed", "a.yaml:6"} & set(re.split(r"[:;] ", text))
    opening = lead(evidence, messages, told)
    assert messages.text("page.lead.warned", number="7") in opening.points[-1].text
    assert described(evidence, messages).warnings == 0
