"""A small complete scenario and experiment, on disk, for the tests of the configuration layer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.config import checks
from sim.errors import ConfigError

SCENARIO = """\
name: small
title: A small province
period: {from: 2022-01-01, to: 2022-12-31, warm_up: 60 days, run_out: 60 days}
data:
  regencies: data/regencies.csv
  districts: data/districts.csv
  road_nodes: data/road_nodes.csv
  roads: data/roads.csv
  holidays: data/holidays.csv
  fasting: data/fasting.csv
roads:
  speeds: {national: 46 km/h, local: 30 km/h}
  access: {speed: 20 km/h, circuity: 1.4, own_district: 6 km, limit: 80 km}
travel:
  time_factor: {distribution: gamma, mean: 1, cv: 0.2}
  early: 30 min
  early_share: 10%
  fare_per_km: Rp 500
  fare_minimum: Rp 10.000
  overnight_after: 5 h
  overnight_cost: Rp 250_000
choice:
  catchment: any
  value_of_time: {distribution: lognorm, mean: Rp 20000, cv: 0.5}
  lead_day: Rp 5000
  taste: Rp 60000
  kind_constants: {kanim: Rp -5000}
channels:
  ordinary: {queue_class: 1}
  priority: {queue_class: 0, also_books: ordinary}
booking:
  window: 30 days
  notice: 12 h
  prepare_days: {0: 0.5, 1: 0.5}
  retry_every: 3 days
  patience: {distribution: gamma, mean: 30 days, cv: 0.5}
  no_show: {value: 0.08, range: [0.05, 0.12], basis: assumption, note: offices speak of one in twelve}
  rebook: 0.6
  rebook_after: {distribution: expon, mean: 7 days}
papers:
  missing_new: 0.1
  missing_replacement: 0.05
  come_back: 0.95
  back_after: {distribution: gamma, mean: 5 days, cv: 0.8}
issue:
  working_days: {value: {3: 0.7, 4: 0.3}, basis: regulation, source: "service standard, 3 working days"}
  ready_at: 08:00
  refused: 0.01
  referral_after: 5 days
collection:
  delay: {distribution: gamma, mean: 6 days, cv: 1.2}
  kept_for: 30 days
  never: 0.002
  promised_days: 4
  again_after: 4 days
need:
  level: {2022: 1.0, 2022-03: 0.8}
  weekdays: {sat: 0.5, sun: 0.5}
  day_cv: 0.1
  default_channel: ordinary
  segments:
    general:
      per_year: {value: 40000, range: [30000, 60000], basis: derived, source: population and issued books}
      weight: population
      months: {jan: 1.2}
      party_size: {1: 0.6, 2: 0.4}
      channels: {priority: 0.1}
      replacement: 0.4
      electronic: 0.1
      worth: {distribution: lognorm, mean: Rp 2000000, cv: 1}
service:
  document: {distribution: gamma, mean: 4 min, cv: 0.5}
  interview: {value: {distribution: gamma, mean: 8 min, cv: 0.5}, basis: assumption}
  collection: 2 min
breaks:
  fri: {from: 11:30, to: 13:30}
sites:
  kanim_palembang:
    name: Kanim Palembang
    kind: kanim
    road_node: palembang
    position: {lat: -2.98, lon: 104.75}
    sessions:
      weekdays:
        days: [mon, tue, wed, thu, fri]
        intake: {from: 08:00, to: 15:00}
        collection: {from: 10:00, to: 15:00}
        seats_every: 30 min
        quota: {ordinary: 120, priority: 20}
        counters: {document: 3, interview: 6, collection: 2}
"""

CHILD = """\
extends: small.yaml
name: with_ukk
title: The same with a UKK
booking:
  no_show: 0.06
sites:
  ukk_oku:
    name: UKK Baturaja
    kind: ukk
    road_node: baturaja
    position: {lat: -4.13, lon: 104.17}
    opened: 2022-07-25
    parent: kanim_palembang
    sending_days: {1: 0.5, 2: 0.5}
    sessions:
      weekdays:
        days: [mon, tue]
        intake: {from: 08:00, to: 12:00}
        seats_every: 30 min
        quota: {ordinary: 20}
        counters: {document: 1, interview: 1}
"""

EXPERIMENT = """\
name: impact
title: What the UKK did
scenarios: {small: small.yaml, with_ukk: with_ukk.yaml}
baseline: small
replications: 10
seed: 1
"""

TABLES = {
    "regencies": """\
code,name,kind,working_area,population
1,Palembang,kota,kanim_palembang,1800000
2,OKU,kabupaten,kanim_palembang,390000
""",
    "districts": """\
code,name,regency_code,lat,lon,population
1.01,Ilir,1,-2.98,104.75,1800000
2.01,Baturaja,2,-4.13,104.17,390000
""",
    "road_nodes": """\
id,name,lat,lon,kind
palembang,Palembang,-2.98,104.75,seat
baturaja,Baturaja,-4.13,104.17,seat
""",
    "roads": """\
from_node,to_node,distance_km,road_class,in_service_from,in_service_to
palembang,baturaja,190,national,,
""",
    "holidays": """\
date,name,kind
2021-12-25,Christmas,holiday
2022-12-25,Christmas,holiday
2023-12-25,Christmas,holiday
""",
    "fasting": """\
first_day,last_day
2021-04-13,2021-05-12
2022-04-03,2022-05-01
2023-03-23,2023-04-21
""",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working directory, with a scenario, one that extends it, an experiment and their data files."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    for table, text in TABLES.items():
        (tmp_path / "data" / f"{table}.csv").write_text(text)
    (tmp_path / "small.yaml").write_text(SCENARIO)
    (tmp_path / "with_ukk.yaml").write_text(CHILD)
    (tmp_path / "impact.yaml").write_text(EXPERIMENT)
    return tmp_path


@pytest.fixture(autouse=True)
def findings(monkeypatch: pytest.MonkeyPatch) -> list[checks.Finding]:
    """Return a list of findings that a test may fill, as if the checks across sections had found them too."""
    found: list[checks.Finding] = []
    real = checks.cross_checks
    monkeypatch.setattr(checks, "cross_checks", lambda sections: [*real(sections), *found])
    return found


@pytest.fixture
def refused() -> Callable[..., str]:
    """Return a function that calls another, expects a :class:`ConfigError`, and returns its text."""

    def text_of(function: Callable[..., object], *arguments: object) -> str:
        with pytest.raises(ConfigError) as caught:
            function(*arguments)
        return str(caught.value)

    return text_of
