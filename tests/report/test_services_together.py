"""What services cost, by themselves and together, against hand-made numbers of each."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.plan import NONE, Costs, Plan
from sim.report.evidence import Evidence, gather
from sim.report.findings import described
from sim.report.messages import NO_VALUE, Messages
from sim.report.page.lead import lead
from sim.report.prices import AMOUNTS, PRICES, Line, bill, more, price_range, total
from sim.report.service_table import services_of
from sim.report.services import SUMS, added_services, costs_more, services_in, services_section, together
from sim.stats.intervals import mean_interval
from tests.report.report_cases import REPLICATIONS, Experiment

EN = Messages("en")
KANIM = np.linspace(900.0, 1100.0, REPLICATIONS)
UKK = np.linspace(210.0, 190.0, REPLICATIONS)
YEAR, DAY = 10_000_000, 50_000
DAYS = {"kanim_palembang": 1000.0, "kanim_muara_enim": 600.0}
UKK_DAYS = 200.0
OF_KANIM, OF_UKK = 2 * YEAR + 1600 * DAY, 4 * (YEAR + 200 * DAY)
"""100 and 80 million."""
COLUMNS = ["scenario", "path", "value", "range_low", "range_high", "range_of", "basis", "where"]
SITES = ("kanim_palembang", "kanim_muara_enim", "ukk_lubuklinggau", "ukk_musi_rawas", "ukk_musi_banyuasin", "ukk_oku")


def ranges(year: tuple[str, str], day: tuple[str, str], handle: str = "") -> pd.DataFrame:
    """The same range of a price for each office."""
    rows = [
        ("all", f"sites.{site}.costs.{price}", value, *ends, handle, "assumption", "a.yaml:1")
        for site in SITES
        for price, value, ends in (("per_year", f"Rp {YEAR}", year), ("officer_day", f"Rp {DAY}", day))
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


RANGES = ranges(("Rp 5000000", "Rp 20000000"), ("Rp 25000", "Rp 100000"))


def with_prices(plan: Plan, kinds: tuple[str, ...] = ("kanim", "ukk")) -> Plan:
    """A plan in which offices of some kinds have prices."""
    priced, silent = Costs(YEAR, 0, DAY, 0, 0, stated=True), Costs(0, 0, 0, 0, 0, stated=False)
    prices = tuple(priced if kind in kinds else silent for kind in plan.sites.kind)
    return replace(plan, sites=replace(plan.sites, costs=prices))


def gathered(experiment: Experiment, kinds: tuple[str, ...] = ("kanim", "ukk")) -> Evidence:
    rows = []
    for scenario, plan in experiment.plans.items():
        for programme, passports, rupiah in (("kanim", KANIM, OF_KANIM), ("ukk", UKK, OF_UKK)):
            if scenario == "before_ukk" and programme == "ukk":
                continue
            for replication in range(REPLICATIONS):
                paid = rupiah if programme in kinds else 0.0
                numbers = {
                    ("passports", "count"): passports[replication],
                    ("team_days", "count"): 240.0,
                    ("officer_days", "count"): 1000.0,
                    ("team_km", "total"): 0.0,
                    ("officer_nights", "count"): 0.0,
                    ("operating_rupiah", "total"): paid,
                    ("rupiah_per_passport", "mean"): paid / passports[replication],
                }
                rows += [
                    (scenario, replication, measure, "programme", programme, statistic, value)
                    for (measure, statistic), value in numbers.items()
                ]
        for replication in range(REPLICATIONS):
            for site in plan.sites.id:
                rows.append((scenario, replication, "team_days", "site", site, "count", 240.0))
                officers = DAYS.get(site, UKK_DAYS)
                rows.append((scenario, replication, "officer_days", "site", site, "count", officers))
    frame = pd.DataFrame(rows, columns=experiment.replications.columns)
    frame = pd.concat([experiment.replications, frame], ignore_index=True)
    plans = {name: with_prices(plan, kinds) for name, plan in experiment.plans.items()}
    return gather(frame, plans, "before_ukk", "with_ukk", 0.95)


@pytest.fixture(scope="module")
def evidence(experiment: Experiment) -> Evidence:
    return gathered(experiment)


def test_offices_together_have_the_sums_of_what_each_has(evidence: Evidence) -> None:
    found = together(evidence, "with_ukk", frozenset({"kanim", "ukk"}), RANGES)
    assert found.estimate("passports", 0.95) == mean_interval(KANIM + UKK, 0.95)
    assert found.estimate("team_days", 0.95).estimate == 480
    assert found.estimate("operating_rupiah", 0.95).estimate == 180e6


def test_a_passport_costs_all_rupiah_over_all_passports(evidence: Evidence) -> None:
    found = together(evidence, "with_ukk", frozenset({"kanim", "ukk"}), RANGES).estimate("rupiah_per_passport", 0.95)
    assert found.estimate == pytest.approx(180e6 / (KANIM + UKK).mean())
    assert found.low < found.estimate < found.high


def test_price_by_price_a_bill_comes_to_the_running_costs_that_were_measured(evidence: Evidence) -> None:
    for scenario, programmes, rupiah in (
        ("before_ukk", {"kanim"}, OF_KANIM),
        ("with_ukk", {"ukk"}, OF_UKK),
        ("with_ukk", {"kanim", "ukk"}, OF_KANIM + OF_UKK),
    ):
        np.testing.assert_allclose(total(bill(evidence, scenario, RANGES, frozenset(programmes))), rupiah)


def test_a_bill_lies_between_all_prices_low_and_all_prices_high(evidence: Evidence) -> None:
    lines = bill(evidence, "with_ukk", RANGES, frozenset({"ukk"}))
    assert price_range(lines) == pytest.approx((OF_UKK / 2, OF_UKK * 2))
    exact = bill(evidence, "with_ukk", RANGES.iloc[:0], frozenset({"ukk"}))
    assert np.isnan(price_range(exact)).all() and total(exact) == pytest.approx(OF_UKK)


def test_what_both_scenarios_pay_drops_out_of_the_range_of_the_difference(evidence: Evidence) -> None:
    before, after = (
        bill(evidence, scenario, RANGES, frozenset(evidence.plans[scenario].sites.programme))
        for scenario in ("before_ukk", "with_ukk")
    )
    assert price_range(more(after, before)) == pytest.approx((OF_UKK / 2, OF_UKK * 2))
    assert price_range(more(before, after)) == pytest.approx((-OF_UKK * 2, -OF_UKK / 2))


def test_the_range_of_a_scenario_goes_before_nothing_else(evidence: Evidence) -> None:
    other = RANGES.assign(scenario="only_oku")
    assert np.isnan(price_range(bill(evidence, "with_ukk", other, frozenset({"ukk"})))).all()


def test_the_table_has_the_baseline_at_its_foot_and_both_kinds_of_doubt_beside_each_other(evidence: Evidence) -> None:
    table = services_of(evidence, EN, "with_ukk", RANGES)
    assert [row[0] for row in table.rows[-table.totals :]] == [
        "All offices together",
        "Before: immigration office (Kanim) (Two offices)",
    ]
    assert table.numbers[-2][5] == pytest.approx(180e6 / 1200)
    assert table.numbers[-1][5] == pytest.approx(100e6 / 1000)
    assert table.rows[1][-1] == "200,000 to 800,000"
    assert table.rows[1][-2].startswith("400,000 (")
    alone = services_of(evidence, EN, "before_ukk", RANGES)
    assert [row[0] for row in alone.rows] == ["immigration office (Kanim)"]


def test_an_additional_passport_is_told_by_chance_and_by_the_ranges_of_prices(evidence: Evidence) -> None:
    texts = [s.text for s in services_section(evidence, EN, RANGES)]
    added = mean_interval(UKK, 0.95)
    assert "cost Rp 80 million (Rp 40 million to Rp 160 million by the assumed ranges of prices) more" in texts[0]
    assert f"200 ({added.low:,.0f} to {added.high:,.0f} by chance) passports more" in texts[0]
    assert texts[1].startswith("An additional passport costs Rp 400,000 (")
    assert "by chance; Rp 200,000 to Rp 800,000 by the assumed ranges of prices)" in texts[1]
    others = [evidence.plans[name].title["en"] for name in evidence.scenarios if name not in evidence.pair]
    assert texts[3].startswith(f"In other scenarios an additional passport costs: “{others[0]}” Rp 400,000 (")
    assert all(f"“{title}” Rp 400,000 (" in texts[3] for title in others)
    assert "A passport costs Rp 150,000 (Rp 75,000 to Rp 300,000" in texts[5]
    assert "before it was Rp 100,000 (Rp 50,000 to Rp 200,000" in texts[5]
    assert texts[-1].startswith("“By the assumed ranges of prices” means")


def test_the_page_opens_with_what_all_services_cost_more_where_they_do(evidence: Evidence) -> None:
    in_full = [s.text for s in services_section(evidence, EN, RANGES)]
    points = lead(evidence, EN, described(evidence, EN), {"assumptions.csv": RANGES}).points
    (told,) = [point.text for point in points if point.heading == "What it costs to provide"]
    assert told.startswith(f"{in_full[0].split(' That is not the number of people')[0]} {in_full[1]}")
    # 200 passports more, and many more people than that in this made-up experiment: both prices are told.
    people = [evidence.difference("with_ukk", key, "count").difference for key in ("now_served", "no_longer_served")]
    assert f"{people[0] - people[1]:,.0f} more have a passport in the end: over these it is Rp " in told
    rows = evidence.replications.frame()
    rows.loc[(rows["measure"] == "operating_rupiah") & (rows["level"] == "programme"), "value"] = 0.0
    as_much = gather(rows, evidence.plans, "before_ukk", "with_ukk", 0.95)
    assert costs_more(as_much, EN, RANGES) == []


def test_passports_and_pay_that_new_services_take_from_others_are_told_beside_an_additional_one(
    evidence: Evidence,
) -> None:
    usual = " ".join(costs_more(evidence, EN, RANGES))
    assert "Services that are new" not in usual
    rows = evidence.replications.frame()
    of_kanim = (rows["scenario"] == "with_ukk") & (rows["level"] == "programme") & (rows["unit"] == "kanim")
    rows.loc[of_kanim & (rows["measure"] == "passports"), "value"] -= 120.0
    rows.loc[of_kanim & (rows["measure"] == "operating_rupiah"), "value"] -= 30e6
    told = costs_more(gather(rows, evidence.plans, "before_ukk", "with_ukk", 0.95), EN, RANGES)
    assert told[-2].startswith("Services that are new give 200 passports, and 120 fewer come of the others than before")
    assert told[-1].startswith("Services that are new cost Rp 80 million to run, and the others Rp 30 million less")


def test_pay_on_suspended_days_is_told_of_other_scenarios_whose_price_is_quoted(evidence: Evidence) -> None:
    plans = dict(evidence.plans)
    days = np.array([14, 0])
    plans["before_ukk"] = replace(plans["before_ukk"], sites=replace(plans["before_ukk"].sites, days_suspended=days))
    shut = gather(evidence.replications.frame(), plans, "before_ukk", "with_ukk", 0.95)
    texts = [
        s.text for s in services_section(shut, EN, RANGES) if "alone, where sessions are suspended before" in s.text
    ]
    others = [name for name in evidence.scenarios if name not in evidence.pair]
    assert len(texts) == len(others) > 0
    assert all(f"costs {EN.rupiah(14 * 3 * DAY)} more in this for officers at" in text for text in texts)
    assert not any("in this for officers" in s.text for s in services_section(evidence, EN, RANGES))


def test_an_hour_of_travel_saved_is_told_what_it_costs_where_hours_are_clearly_saved(evidence: Evidence) -> None:
    hours = evidence.difference("with_ukk", "travel_hours_saved", "total")
    each = OF_UKK / hours.difference
    (text,) = [s.text for s in services_section(evidence, EN, RANGES) if s.text.startswith("Set against nothing but")]
    told = [float(number.replace(",", "")) for number in re.findall(r"Rp ([\d,]+)", text)]
    value, low, high, cheap, dear = told
    assert (value, cheap, dear) == pytest.approx((each, each / 2, each * 2), rel=0.05)
    assert low < value < high
    others = [evidence.plans[name].title["en"] for name in evidence.scenarios if name not in evidence.pair]
    (elsewhere,) = [s.text for s in services_section(evidence, EN, RANGES) if "each of these hours costs: " in s.text]
    for name, title in zip(evidence.scenarios[2:], others, strict=True):
        each = OF_UKK / evidence.difference(name, "travel_hours_saved", "total").difference
        (told,) = re.findall(rf"“{title}” Rp ([\d,]+) \(.*?by chance; .*? by the assumed ranges", elsewhere)
        assert float(told.replace(",", "")) == pytest.approx(each, rel=0.05)
    rows = evidence.replications.frame()
    rows.loc[(rows["measure"] == "travel_hours_saved") & (rows["statistic"] != "count"), "value"] *= -1.0
    lost = gather(rows, evidence.plans, "before_ukk", "with_ukk", 0.95)
    assert not any("for each hour" in s.text or "of these hours" in s.text for s in services_section(lost, EN, RANGES))


def test_an_officer_who_goes_out_in_place_of_the_office_costs_one_wage_and_not_two() -> None:
    """Prices of a kind move together, whosever they are; those of other kinds by themselves."""
    days = np.full(3, 100.0)
    home = {"sites.office.costs.officer_day": Line("officer_day", 250.0, 150.0, 400.0, -days)}
    van = {"programmes.van.costs.officer_day": Line("officer_day", 250.0, 150.0, 400.0, days)}
    road = {"programmes.van.costs.per_km": Line("per_km", 3.0, 2.0, 6.0, 10 * days)}
    assert price_range(home | van) == (0.0, 0.0)
    assert price_range(home | van | road) == (2000.0, 6000.0)
    assert price_range(home | road) == (2000.0 - 40_000.0, 6000.0 - 15_000.0)


def test_what_a_bill_comes_to_as_prices_stand_lies_within_its_range() -> None:
    """A price may stand at an end of its range, and another of its kind in the midst of one that is as wide."""
    days = np.full(3, 100.0)
    taken, given = (Line("per_session", price, 900.0, 2280.0, days) for price in (1500.0, 2280.0))
    assert price_range(more({"given": given}, {"taken": taken})) == (0.0, 78_000.0)
    assert price_range(more({"taken": taken}, {"given": given})) == (-78_000.0, 0.0)


def test_a_price_that_differs_between_scenarios_is_low_or_high_in_both() -> None:
    years = np.ones(3)
    before, after = Line("per_year", 100.0, 90.0, 110.0, years), Line("per_year", 200.0, 180.0, 220.0, years)
    assert price_range(more({"rent": after}, {"rent": before})) == (180.0 - 90.0, 220.0 - 110.0)
    assert price_range(more({"rent": replace(before, amount=2 * years)}, {"rent": before})) == (90.0, 110.0)
    assert price_range(more({"rent": before}, {"rent": before})) == (0.0, 0.0)


def test_that_nothing_costs_more_is_told_with_the_reason(experiment: Experiment, evidence: Evidence) -> None:
    """Counters more at an office whose officers are paid anyway."""
    rows, free = evidence.replications.frame(), Costs(0, 0, 0, 0, 0, stated=True)
    rows.loc[(rows["unit"] == "ukk") & rows["measure"].isin(["operating_rupiah", "rupiah_per_passport"]), "value"] = 0.0
    plans = {}
    for name, plan in evidence.plans.items():
        sites = plan.sites
        costs = tuple(free if kind == "ukk" else paid for kind, paid in zip(sites.kind, sites.costs, strict=True))
        plans[name] = replace(plan, sites=replace(sites, costs=costs))
    said = "Nothing changes that has a price"
    found = gather(rows, plans, "before_ukk", "with_ukk", 0.95)
    (text,) = [s.text for s in services_section(found, EN, RANGES.iloc[:0]) if said in s.text]
    assert "cost as much to run over the counted days as before" in text and "overtime has no price" in text
    assert not any(said in s.text for s in services_section(evidence, EN, RANGES))


def test_that_longer_work_and_days_of_suspension_are_not_paid_is_told(evidence: Evidence) -> None:
    rows = evidence.replications.frame()
    of = (rows["measure"] == "overtime_minutes") & (rows["level"] == "site") & (rows["unit"] == "kanim_palembang")
    rows.loc[of, "value"] = 5.0
    chosen = of & (rows["scenario"] == "with_ukk")
    rows.loc[chosen, "value"] = 135.0 + np.linspace(-1.0, 1.0, chosen.sum())
    plans = dict(evidence.plans)
    sites = plans["with_ukk"].sites
    days = np.where(np.array(sites.id) == "kanim_muara_enim", 14, 0)
    plans["with_ukk"] = replace(plans["with_ukk"], sites=replace(sites, days_suspended=days))
    # Officer days differ for other reasons too: pay is that of three officers on 14 days all the same.
    of = (rows["measure"] == "officer_days") & (rows["unit"] == "kanim_muara_enim") & (rows["scenario"] == "with_ukk")
    rows.loc[of, "value"] -= 100.0
    assert set(plans["with_ukk"].sessions.officers) == {3}
    texts = [s.text for s in services_section(gather(rows, plans, "before_ukk", "with_ukk", 0.95), EN, RANGES)]
    (overtime,) = [text for text in texts if text.startswith("Overtime has no price")]
    assert "135 minutes of overtime a session day instead of 5 at Kantor Imigrasi Kelas I TPI Palembang" in overtime
    (suspended,) = [text for text in texts if "sessions are suspended" in text]
    assert "Muara Enim" in suspended and "Palembang" not in suspended
    assert f"{EN.rupiah(14 * 3 * DAY)} less" in suspended
    plans["before_ukk"], plans["with_ukk"] = (
        replace(plan, sites=replace(plan.sites, days_suspended=days[: len(plan.sites.id)] * told))
        for plan, told in ((plans["before_ukk"], 1), (plans["with_ukk"], 0))
    )
    texts = [s.text for s in services_section(gather(rows, plans, "before_ukk", "with_ukk", 0.95), EN, RANGES)]
    assert any(f"without such days {EN.rupiah(14 * 3 * DAY)} more are paid" in text for text in texts)
    usual = [s.text for s in services_section(evidence, EN, RANGES)]
    assert not any("Overtime has no price" in text or "sessions are suspended" in text for text in usual)


def test_what_applicants_save_stands_beside_it_and_says_what_is_not_priced(evidence: Evidence) -> None:
    (text,) = [s.text for s in services_section(evidence, EN, RANGES) if s.text.startswith("Beside that")]
    saved = evidence.difference("with_ukk", "cost_rupiah_saved", "total").difference
    assert EN.rupiah(saved) in text
    assert "Days of waiting for the appointment and for the book are not priced" in text


def test_a_range_by_a_factor_is_that_of_the_prices_it_makes(evidence: Evidence) -> None:
    by_factor = ranges(("0.5", "2"), ("0.5", "2"), "factor")
    by_ends, as_factor = ([s.text for s in services_section(evidence, EN, prices)] for prices in (RANGES, by_factor))
    assert by_ends == as_factor


def test_prices_without_a_range_are_told_without_one(evidence: Evidence) -> None:
    texts = [s.text for s in services_section(evidence, EN, RANGES.iloc[:0])]
    assert not any("assumed range" in text for text in texts)
    assert "cost Rp 80 million more to run" in texts[0]
    assert texts[-1].startswith(
        "The configuration gives no range for prices of Kantor Imigrasi Kelas I TPI Palembang, "
    )
    assert not any("gives no range" in s.text for s in services_section(evidence, EN, RANGES))


def test_one_price_without_a_range_leaves_every_sum_that_it_is_part_of_without_one(evidence: Evidence) -> None:
    """The ranges of the others would pass for all the doubt."""
    known = RANGES[RANGES["path"] != "sites.ukk_oku.costs.per_year"]
    texts = [s.text for s in services_section(evidence, EN, known)]
    (average,) = (text for text in texts if text.startswith("A passport costs Rp 150,000"))
    assert "Rp 150,000 to provide on average; before it was Rp 100,000 (Rp 50,000 to Rp 200,000" in average
    assert "cost Rp 80 million more to run" in texts[0]
    assert texts[-1].startswith("The configuration gives no range for prices of UKK Ogan Komering Ulu. ")
    cells = {row[0]: row[-1] for row in services_of(evidence, EN, "with_ukk", known).rows}
    assert cells["immigration office (Kanim)"] == "50,000 to 200,000"
    assert cells["sub-office (UKK)"] == cells["All offices together"] == NO_VALUE


def test_officers_saved_at_home_alone_make_no_range_of_a_team_at_plain_prices() -> None:
    """Else dear prices would come out as the low end."""
    days = np.full(3, 288.0)
    home, team = (Line("officer_day", 250.0, *ends, days) for ends in ((150.0, 400.0), (250.0, 250.0)))
    bills = ({"team": team}, {"home": home})
    assert np.isnan(price_range(more(*bills))).all() and total(more(*bills)) == pytest.approx(0.0)
    ranged = replace(team, low=150.0, high=400.0)
    assert price_range(more({"team": ranged}, {"home": home})) == (0.0, 0.0)
    assert price_range(more({"team": ranged}, {"home": replace(home, amount=days / 2)})) == (144 * 150.0, 144 * 400.0)
    # What costs nothing, and what both pay alike, needs none.
    assert price_range({"team": replace(team, price=0.0, low=0.0, high=0.0)}) == (0.0, 0.0)
    assert price_range(more({"team": team, "home": home}, {"team": team})) == (288 * 150.0, 288 * 400.0)


def test_savings_are_told_as_less_and_fewer_and_not_as_negative_ones(evidence: Evidence) -> None:
    back = replace(evidence, baseline=evidence.main, main=evidence.baseline)
    text = next(s.text for s in services_section(back, EN, RANGES) if s.text.startswith("All services"))
    assert "cost Rp 80 million (" in text and " less to run" in text and "passports fewer." in text
    assert "-" not in text.partition("That is not")[0]
    text = next(s.text for s in services_section(back, Messages("id"), RANGES) if s.text.startswith("Semua layanan"))
    assert "lebih sedikit daripada sebelumnya" in text and "paspor lebih sedikit" in text


def test_costs_that_nobody_stated_are_said_to_be_not_stated(experiment: Experiment) -> None:
    none = gathered(experiment, kinds=())
    nothing = RANGES.iloc[:0]
    texts = [s.text for s in services_section(none, EN, nothing)]
    assert texts[0] == "What the services cost to run is not stated in the configuration."
    assert not any("Rp" in text for text in texts)
    assert services_of(none, EN, "with_ukk", nothing).rows[0][-2:] == ("not stated", "not stated")
    new = gathered(experiment, kinds=("ukk",))
    texts = [s.text for s in services_section(new, EN, RANGES[RANGES["path"].str.startswith("sites.ukk")])]
    assert "cost Rp 80 million (" in texts[0]
    assert "What a passport cost to provide before is not stated in the configuration." in texts
    rows = services_of(new, EN, "with_ukk", RANGES[RANGES["path"].str.startswith("sites.ukk")]).rows
    assert [row[-1] for row in rows] == ["not stated", "200,000 to 800,000", "not stated", "not stated"]


def test_what_is_stated_to_cost_nothing_costs_nothing_and_one_silent_office_leaves_its_kind_unknown(
    experiment: Experiment,
) -> None:
    evidence, nothing = gathered(experiment, kinds=()), RANGES.iloc[:0]
    plan = evidence.plans["with_ukk"]

    def told(*silent: str) -> tuple[list[str], list[tuple[str, ...]]]:
        costs = tuple(Costs(0, 0, 0, 0, 0, stated=site not in silent) for site in plan.sites.id)
        plans = {
            name: replace(one, sites=replace(one.sites, costs=costs[: len(one.sites.id)]))
            for name, one in evidence.plans.items()
        }
        of = replace(evidence, plans=plans)
        assert together(of, "with_ukk", services_in(of, "with_ukk"), nothing).stated is not bool(silent)
        rows = services_of(of, EN, "with_ukk", nothing).rows
        return [s.text for s in services_section(of, EN, nothing)], [row[-2:] for row in rows]

    texts, cells = told()
    assert not any("not stated" in text for text in texts)
    assert cells == [("0", "0")] * 4
    ukk = [site for site, kind in zip(plan.sites.id, plan.sites.kind, strict=True) if kind == "ukk"]
    texts, cells = told(ukk[0])
    # The two kinds of offices, all together, and all of them before.
    assert cells == [("0", "0"), *[("not stated", "not stated")] * 2, ("0", "0")]
    assert "What the services cost to run is not stated in the configuration." in texts


VANS = ("ukk_musi_banyuasin", "ukk_oku")


def with_vans(evidence: Evidence, collect_at: int = NONE, **measured: tuple[float, float]) -> Evidence:
    """Two of the added offices as places of a team, with numbers of each by measure."""
    plan = evidence.plans["with_ukk"]
    sites = plan.sites
    vans = np.array([site in VANS for site in sites.id])
    sites = replace(
        sites,
        programme=tuple("van" if van else of for van, of in zip(vans, sites.programme, strict=True)),
        programme_name=tuple("The van" if van else of for van, of in zip(vans, sites.programme_name, strict=True)),
        home=np.where(vans, 0, sites.home),
        collect_at=np.where(vans, collect_at, sites.collect_at),
    )
    rows = evidence.replications.frame()
    rows = rows[~(rows["unit"].isin(VANS) & rows["measure"].isin(measured))]
    added = [rows[(rows["scenario"] == "with_ukk") & (rows["unit"] == "ukk")].assign(unit="van")]
    for measure, values in measured.items():
        for site, value in zip(VANS, values, strict=True):
            numbers = range(REPLICATIONS) if not np.isnan(value) else ()
            statistic = "mean" if measure.endswith("days") else "share"
            each = [("with_ukk", number, measure, "site", site, statistic, value) for number in numbers]
            added.append(pd.DataFrame(each, columns=rows.columns))
    plans = {**evidence.plans, "with_ukk": replace(plan, sites=sites)}
    return gather(pd.concat([rows, *added], ignore_index=True), plans, "before_ukk", "with_ukk", 0.95)


def of_the_van(evidence: Evidence) -> str:
    (text,) = (s.text for s in services_section(evidence, EN, RANGES) if s.text.startswith("The van: "))
    assert [text] == added_services(evidence, EN, RANGES)
    return text.partition(" running costs")[2]


def test_of_a_team_whose_places_are_full_the_fullest_is_told(evidence: Evidence) -> None:
    full = {"full_share": (0.9, 1.0), "quota_use": (0.95, 0.97), "no_slot_share": (0.0, 0.2)}
    text = of_the_van(with_vans(evidence, **full, next_slot_days=(30.0, 20.3)))
    assert text.endswith(
        "The fullest of its 2 places, UKK Ogan Komering Ulu, has 97% of its quota booked. At 100% of its sessions all "
        "ordinary slots are taken; whoever looks finds the next free one 20.3 days ahead on average, and 20% of the "
        "time there is none."
    )
    never = {**full, "no_slot_share": (0.0, 1.0)}
    text = of_the_van(with_vans(evidence, **never, next_slot_days=(30.0, np.nan)))
    assert text.endswith("whoever looks never finds a free one.")
    empty = {**full, "full_share": (0.1, 0.2)}
    assert "fullest" not in of_the_van(with_vans(evidence, **empty, next_slot_days=(2.0, 3.0)))


def test_a_service_is_told_with_how_long_its_people_wait_for_the_passport(evidence: Evidence) -> None:
    assert "has the passport" not in of_the_van(with_vans(evidence))
    vans = with_vans(evidence)
    rows = vans.replications.frame()
    one = rows[(rows["scenario"] == "with_ukk") & (rows["measure"] == "passports") & (rows["unit"] == "van")]
    of_van = one.assign(measure="days_to_passport", statistic="mean", value=40.2)
    frame = pd.concat([rows, of_van], ignore_index=True)
    waiting = gather(frame, vans.plans, "before_ukk", "with_ukk", 0.95)
    everybody = waiting.estimate("with_ukk", "days_to_passport", "mean").estimate
    text = of_the_van(waiting)
    assert f"Whoever books there has the passport 40 days after the need, and {everybody:.0f} over all" in text


def test_a_service_is_told_with_where_most_of_those_live_who_book_it(evidence: Evidence) -> None:
    vans, plan = with_vans(evidence), evidence.plans["with_ukk"]
    flows = vans.flows[(vans.flows["scenario"] == "with_ukk") & vans.flows["site"].isin(VANS)]
    regency = dict(zip(plan.districts.code, plan.districts.regency.tolist(), strict=True))
    people = flows.groupby(flows["district"].map(regency))["applicants"].sum().sort_values(ascending=False)
    first, share = plan.regencies.name[int(people.index[0])], people.iloc[0] / people.sum()
    assert f" Of those who book there most live in {first} ({100 * share:.0f}%)," in of_the_van(vans)
    nobody = replace(vans, flows=vans.flows[vans.flows["scenario"] != "with_ukk"])
    assert "most live in" not in of_the_van(nobody)


def test_that_what_a_team_brings_is_fetched_by_nobody_is_told_with_whom_it_flatters(evidence: Evidence) -> None:
    def told(of: Evidence) -> list[str]:
        return [s.text for s in services_section(of, EN, RANGES) if "makes no trip to fetch" in s.text]

    (text,) = told(with_vans(evidence))
    assert text.startswith("Whoever is served by The van makes no trip") and "The van may look better" in text
    assert not told(with_vans(evidence, collect_at=0)) and not told(evidence)


@pytest.mark.parametrize("pair", [("before_ukk", "only_oku"), ("with_ukk", "only_oku")])
def test_what_a_team_brings_in_another_scenario_or_in_the_baseline_is_told_once_with_how_full_it_is(
    evidence: Evidence, pair: tuple[str, str]
) -> None:
    full = {"full_share": (0.9, 1.0), "quota_use": (0.95, 0.97), "no_slot_share": (0.0, 0.2)}
    for numbers, told_full in ((full, True), (full | {"full_share": (0.1, 0.2)}, False)):
        of = with_vans(evidence, **numbers, next_slot_days=(30.0, 20.3))
        sites = of.plans["with_ukk"].sites
        # The same van once more, under another title, and less full.
        plans = {**of.plans, "only_musi_rawas": replace(of.plans["only_musi_rawas"], sites=sites)}
        rows = of.replications.frame()
        more_rows = rows[(rows["scenario"] == "with_ukk") & (rows["unit"] == "van")].assign(scenario="only_musi_rawas")
        other = gather(pd.concat([rows, more_rows], ignore_index=True), plans, *pair, 0.95)
        texts = [s.text for s in services_section(other, EN, RANGES)]
        (text,) = (text for text in texts if "makes no trip to fetch" in text)
        assert text.startswith(
            "Whoever is served by The van in “Two offices and four UKKs” and “Only UKK Musi Rawas added” makes no trip"
        )
        assert "and a scenario without The van worse beside that" in text
        of_the_fullest = (
            "The van in “Two offices and four UKKs”: The fullest of its 2 places, UKK Ogan Komering Ulu, has 97%"
        )
        assert (of_the_fullest in text) is told_full and text.count("The fullest") == told_full
    assert not any("makes no trip" in s.text for s in services_section(evidence, EN, RANGES))


def test_what_a_team_brings_where_other_people_are_in_need_is_no_matter_of_this_comparison(evidence: Evidence) -> None:
    of = with_vans(evidence)
    rows = of.replications.frame()
    rows = rows[~((rows["scenario"] == "with_ukk") & rows["measure"].str.endswith("_saved"))]
    other = gather(rows, of.plans, "before_ukk", "only_oku", 0.95)
    assert not any("makes no trip" in s.text for s in services_section(other, EN, RANGES))


def test_every_price_of_a_programme_is_paid_for_something_that_is_measured() -> None:
    assert set(PRICES) - {"per_year"} == set(AMOUNTS["programme"])
    assert {key for key, _ in AMOUNTS["programme"].values()} <= {measure for measure, _ in SUMS}
