"""What services cost together, against hand-made numbers of each."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.report.evidence import Evidence, gather
from sim.report.messages import Messages
from sim.report.page.listings import services_of
from sim.report.services import ALL, OFFICES, services_section, together
from sim.stats.intervals import mean_interval
from tests.report.report_cases import REPLICATIONS, Experiment

EN = Messages("en")
KANIM = np.linspace(900.0, 1100.0, REPLICATIONS)
UKK = np.linspace(210.0, 190.0, REPLICATIONS)


@pytest.fixture(scope="module")
def evidence(experiment: Experiment) -> Evidence:
    rows = []
    for scenario in experiment.plans:
        for programme, passports, rupiah in (("kanim", KANIM, 100e6), ("ukk", UKK, 80e6)):
            if scenario == "before_ukk" and programme == "ukk":
                continue
            for replication in range(REPLICATIONS):
                numbers = {
                    ("passports", "count"): passports[replication],
                    ("team_days", "count"): 240.0,
                    ("officer_days", "count"): 1000.0,
                    ("team_km", "total"): 0.0,
                    ("operating_rupiah", "total"): rupiah,
                    ("rupiah_per_passport", "mean"): rupiah / passports[replication],
                }
                rows += [
                    (scenario, replication, measure, "programme", programme, statistic, value)
                    for (measure, statistic), value in numbers.items()
                ]
    frame = pd.DataFrame(rows, columns=experiment.replications.columns)
    frame = pd.concat([experiment.replications, frame], ignore_index=True)
    return gather(frame, experiment.plans, "before_ukk", "with_ukk", 0.95)


def test_offices_together_have_the_sums_of_what_each_has(evidence: Evidence) -> None:
    found = together(evidence, "with_ukk", OFFICES)
    assert found.estimate("passports", 0.95) == mean_interval(KANIM + UKK, 0.95)
    assert found.estimate("team_days", 0.95).estimate == 480
    assert found.estimate("operating_rupiah", 0.95).estimate == 180e6


def test_a_passport_costs_all_rupiah_over_all_passports(evidence: Evidence) -> None:
    found = together(evidence, "with_ukk", ALL).estimate("rupiah_per_passport", 0.95)
    assert found.estimate == pytest.approx(180e6 / (KANIM + UKK).mean())
    assert found.low < found.estimate < found.high


def test_the_table_ends_with_all_offices_here_and_before(evidence: Evidence) -> None:
    table = services_of(evidence, EN, "with_ukk")
    assert [row[0] for row in table.rows[-2:]] == ["All offices together", "Before: all offices together (Two offices)"]
    assert table.numbers[-2][-1] == pytest.approx(180e6 / 1200)
    assert table.numbers[-1][-1] == pytest.approx(100e6 / 1000)
    alone = services_of(evidence, EN, "before_ukk")
    assert [row[0] for row in alone.rows[1:]] == ["All offices together"]


def test_what_all_services_cost_more_is_told_with_how_many_more_passports_they_give(evidence: Evidence) -> None:
    (text,) = [s.text for s in services_section(evidence, EN)]
    more = mean_interval(UKK, 0.95)
    assert "cost Rp 80,000,000 more to run over the counted days than before and give" in text
    assert f"200 ({more.low:,.0f} to {more.high:,.0f}) passports more" in text
    assert "a passport costs Rp 150,000 to provide on average, Rp 100,000 before" in text
