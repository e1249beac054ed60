"""A made-up experiment with the shape of the real one: 6 scenarios, 10 replications, 17 regencies, 241 districts.

The numbers follow from simple rules (nearest site, speed, a share that is deterred by distance), so that what a finding
must say is known; they are not results.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from sim.measures.weeks import settling_days
from sim.plan import (
    NONE,
    UNLIMITED,
    Behaviour,
    Catchment,
    Channels,
    Costs,
    Districts,
    Plan,
    Regencies,
    Roads,
    Sessions,
    Sites,
    Travel,
)
from sim.report.evidence import Evidence, gather

REGENCIES = [  # code, name, seat latitude and longitude, thousand people
    ("16.01", "Ogan Komering Ulu", -4.12, 104.17, 390),
    ("16.02", "Ogan Komering Ilir", -3.39, 104.83, 801),
    ("16.03", "Muara Enim", -3.65, 103.78, 654),
    ("16.04", "Lahat", -3.79, 103.54, 448),
    ("16.05", "Musi Rawas", -3.24, 103.01, 417),
    ("16.06", "Musi Banyuasin", -2.89, 103.84, 669),
    ("16.07", "Banyuasin", -2.76, 104.39, 877),
    ("16.08", "Ogan Komering Ulu Timur", -4.31, 104.37, 683),
    ("16.09", "Ogan Komering Ulu Selatan", -4.55, 104.07, 423),
    ("16.10", "Ogan Ilir", -3.22, 104.65, 440),
    ("16.11", "Empat Lawang", -3.79, 102.99, 350),
    ("16.12", "Penukal Abab Lematang Ilir", -3.28, 103.86, 205),
    ("16.13", "Musi Rawas Utara", -2.73, 102.87, 196),
    ("16.71", "Palembang", -2.99, 104.76, 1730),
    ("16.72", "Pagar Alam", -4.02, 103.25, 150),
    ("16.73", "Lubuklinggau", -3.29, 102.86, 250),
    ("16.74", "Prabumulih", -3.43, 104.24, 205),
]
SITES = {  # name, kind, latitude, longitude, parent
    "kanim_palembang": ("Kantor Imigrasi Kelas I TPI Palembang", "kanim", -3.01, 104.77, 0),
    "kanim_muara_enim": ("Kantor Imigrasi Kelas II Non TPI Muara Enim", "kanim", -3.65, 103.78, 1),
    "ukk_lubuklinggau": ("UKK Lubuklinggau", "ukk", -3.29, 102.86, 1),
    "ukk_musi_rawas": ("UKK Musi Rawas", "ukk", -3.24, 103.01, 1),
    "ukk_musi_banyuasin": ("UKK Musi Banyuasin", "ukk", -2.89, 103.84, 0),
    "ukk_oku": ("UKK Ogan Komering Ulu", "ukk", -4.12, 104.17, 1),
}
KANIM = ("kanim_palembang", "kanim_muara_enim")
SCENARIOS = {
    "before_ukk": ("Two offices", KANIM),
    "with_ukk": ("Two offices and four UKKs", tuple(SITES)),
    "only_lubuklinggau": ("Only UKK Lubuklinggau added", (*KANIM, "ukk_lubuklinggau")),
    "only_musi_rawas": ("Only UKK Musi Rawas added", (*KANIM, "ukk_musi_rawas")),
    "only_musi_banyuasin": ("Only UKK Musi Banyuasin added", (*KANIM, "ukk_musi_banyuasin")),
    "only_oku": ("Only UKK OKU added", (*KANIM, "ukk_oku")),
}
DISTRICTS_PER_REGENCY = (15, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 18, 14, 8, 18)
REPLICATIONS = 10
SESSIONS = 260
"""Of each site in the year."""
WEEKS = [dt.date(2023, 1, 2) + dt.timedelta(weeks=week) for week in range(52)]
MINUTE_MS = 60_000


@dataclass(frozen=True)
class Experiment:
    plans: dict[str, Plan]
    replications: pd.DataFrame

    def gathered(self, main: str = "with_ukk") -> Evidence:
        return gather(self.replications, self.plans, "before_ukk", main, 0.95)


def make_districts() -> Districts:
    rng = np.random.default_rng(16)
    regency = np.repeat(np.arange(17), DISTRICTS_PER_REGENCY)
    lat, lon = (np.array([row[axis] for row in REGENCIES])[regency] for axis in (2, 3))
    spread = np.where(regency >= 13, 0.05, 0.25)
    people = rng.lognormal(0.0, 0.6, len(regency))
    total = np.bincount(regency, people)[regency]
    return Districts(
        code=tuple(f"{REGENCIES[r][0]}.{i:02d}" for i, r in enumerate(regency)),
        name=tuple(f"District {i}" for i in range(len(regency))),
        regency=regency,
        lat=lat + rng.normal(0, spread),
        lon=lon + rng.normal(0, spread),
        population=people / total * np.array([row[4] for row in REGENCIES])[regency] * 1000.0,
        road_km=np.linspace(0.0, 60.0, len(regency)),
    )


def kilometres(lat_a: Any, lon_a: Any, lat_b: Any, lon_b: Any) -> Any:
    return 111.32 * np.hypot(lat_a - lat_b, (lon_a - lon_b) * np.cos(np.radians(3.4)))


def make_roads() -> Roads:
    lat, lon = (np.array([row[axis] for row in REGENCIES]) for axis in (2, 3))
    away = kilometres(lat[:, None], lon[:, None], lat, lon) + np.eye(17) * 1e9
    pairs = sorted({tuple(sorted((a, int(b)))) for a in range(17) for b in np.argsort(away[a])[:2]})
    a, b = np.array(pairs).T
    classes = np.array(["national", "provincial", "toll"])[np.arange(len(a)) % 3]
    return Roads(np.column_stack([lon[a], lon[b]]), np.column_stack([lat[a], lat[b]]), tuple(classes.tolist()))


def make_sessions(n_sites: int) -> Sessions:
    days = np.array([day for day in range(365) if (dt.date(2023, 1, 1) + dt.timedelta(day)).weekday() < 5])
    site = np.repeat(np.arange(n_sites), len(days))
    day = np.tile(days, n_sites)
    opens, closes = (day * 86_400_000 + hour * 3_600_000 for hour in (8, 15))
    empty = np.zeros(len(day), dtype=np.int64)
    quota = np.full((len(day), 1), 40)
    first = np.arange(n_sites + 1) * len(days)
    counters = np.ones((len(day), 3), dtype=np.int64)
    no = np.zeros(len(day), dtype=np.bool_)
    officers = np.full(len(day), 3)
    return Sessions(
        site,
        day,
        opens,
        closes,
        closes,
        *(empty,) * 5,
        quota,
        counters,
        no,
        empty - 1,
        np.zeros_like(counters),
        officers,
        no,
        first,
    )


def make_plan(scenario: str, districts: Districts, roads: Roads) -> Plan:
    title, ids = SCENARIOS[scenario]
    chosen = [SITES[site] for site in ids]
    lat, lon = (np.array([row[axis] for row in chosen]) for axis in (2, 3))
    distance = 1.3 * kilometres(districts.lat[:, None], districts.lon[:, None], lat, lon) + 3
    n = len(ids)
    sites = Sites(
        id=ids,
        name=tuple(row[0] for row in chosen),
        kind=tuple(row[1] for row in chosen),
        lat=lat,
        lon=lon,
        parent=np.array([row[4] for row in chosen]),
        electronic=np.ones(n, dtype=np.bool_),
        referral_share=np.zeros(n),
        sending_days=({0: 1.0},) * n,
        programme=tuple(row[1] for row in chosen),
        programme_name=tuple(row[1] for row in chosen),
        audience=np.zeros(n, dtype=np.int64),
        smallest_group=np.zeros(n, dtype=np.int64),
        reached=np.ones((n, len(districts.code)), dtype=np.bool_),
        held_at=np.arange(n),
        overnight_after_ms=np.full(n, NONE),
        collect_at=np.arange(n),
        home=np.arange(n),
        delivers=np.zeros(n, dtype=np.bool_),
        printing_per_day=np.full(n, UNLIMITED),
        prints=np.ones((n, 365), dtype=np.bool_),
        days_in_service=np.full(n, 365),
        days_suspended=np.zeros(n, dtype=np.int64),
        costs=(Costs(0, 0, 0, 0, 0, stated=False),) * n,
    )
    travel = Travel(
        starts=np.array([0]),
        duration_ms=np.rint(distance / 45 * 3_600_000).astype(np.int64)[None],
        distance_m=np.rint(distance * 1000).astype(np.int64)[None],
        fare_rupiah=np.rint(distance * 700).astype(np.int64)[None],
        team_ms=np.zeros_like(distance, dtype=np.int64)[None],
        team_m=np.zeros_like(distance, dtype=np.int64)[None],
    )
    day = 86_400_000
    return Plan(
        scenario=scenario,
        title={"en": title, "id": f"{title}, dalam bahasa Indonesia"},
        origin=dt.date(2023, 1, 1),
        n_days=365,
        counted_from_ms=0,
        counted_to_ms=365 * day,
        regencies=Regencies(tuple(row[0] for row in REGENCIES), tuple(row[1] for row in REGENCIES)),
        districts=districts,
        sites=sites,
        sessions=make_sessions(n),
        travel=travel,
        roads=roads,
        channels=Channels(("ordinary",), np.zeros(1, dtype=np.int64), np.array([-1]), 0, np.array([-1])),
        segments=(),
        day_cv=0.1,
        hour_weights=np.full(24, 1 / 24),
        outages=(),
        working_days=np.arange(365),
        prepare_days={1: 0.5, 3: 0.5},
        behaviour=cast(Behaviour, Catchment(True, np.zeros((0, 0), dtype=bool))),  # all that a report reads of it
    )


class Writer:
    """Collects rows of the replications frame."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, int, str, str, str, str, float]] = []

    def add(self, at: tuple[str, int], level: str, unit: str, measure: str, **statistics: float) -> None:
        self.rows.extend((*at, measure, level, unit, name, float(value)) for name, value in statistics.items())

    def frame(self) -> pd.DataFrame:
        columns = ["scenario", "replication", "measure", "level", "unit", "statistic", "value"]
        return pd.DataFrame(self.rows, columns=columns)


def simulate(plan: Plan, base: Plan, replication: int, out: Writer) -> None:
    """One scenario in one replication, by rules of thumb; what chance does is the same in every scenario."""
    at = (plan.scenario, replication)
    shared = np.random.default_rng([replication, 1])
    need = shared.poisson(plan.districts.population * 0.0095).astype(float)
    level = 1 + 0.02 * shared.normal()
    own = np.random.default_rng([replication, 2, list(SCENARIOS).index(plan.scenario)])
    hours, before = (p.travel.duration_ms[0].min(axis=1) / 3_600_000 for p in (plan, base))
    deterred, deterred_before = (np.floor(need * 0.05 * h) for h in (hours, before))
    served = need - deterred
    both = np.minimum(served, need - deterred_before)
    jitter = 1 + 0.003 * own.normal(size=len(need))
    regency = plan.districts.regency
    groups = [("province", "province", np.ones(len(need), dtype=np.bool_))]
    groups += [("regency", code, regency == row) for row, code in enumerate(plan.regencies.code)]
    for name, unit, rows in groups:
        weight = served[rows]
        mean_hours = 4.2 * np.average(hours[rows] * jitter[rows], weights=weight) * level
        cost = 350_000 + 65_000 * mean_hours
        total_need = need[rows].sum()
        out.add(at, name, unit, "need", count=total_need)
        out.add(at, name, unit, "applicants", count=weight.sum())
        out.add(at, name, unit, "served", count=weight.sum())
        out.add(at, name, unit, "served_share", share=weight.sum() / total_need)
        out.add(at, name, unit, "deterred_share", share=deterred[rows].sum() / total_need)
        out.add(at, name, unit, "unserved_share", share=0.01 * level)
        out.add(at, name, unit, "travel_hours", mean=mean_hours, median=0.8 * mean_hours, p90=2 * mean_hours,
                total=mean_hours * weight.sum())  # fmt: skip
        if name == "province":
            _spread(out, at, np.average(hours, weights=served))
        out.add(at, name, unit, "travel_km", mean=45 * mean_hours, total=45 * mean_hours * weight.sum())
        out.add(at, name, unit, "cost_rupiah", mean=cost, median=0.9 * cost, p90=1.8 * cost, total=cost * weight.sum())
        out.add(at, name, unit, "trips", mean=2.1)
        out.add(at, name, unit, "lead_days", mean=6 * level, median=5 * level, p90=14 * level)
        days = 12 * level + 0.5 * (len(plan.sites.id) - 2) / 4
        out.add(at, name, unit, "days_to_passport", mean=days, median=days - 1, p90=2 * days)
        minutes = 60 * np.average(hours[rows], weights=plan.districts.population[rows])
        out.add(at, name, unit, "nearest_minutes", mean=minutes)
        for limit in (60, 120):
            share = np.average(60 * hours[rows] <= limit, weights=plan.districts.population[rows])
            out.add(at, name, unit, f"coverage_{limit}_min", share=share)
        if plan.scenario == base.scenario:
            continue
        saved = 4.2 * (before - hours)[rows] * level
        people = both[rows]
        hours_saved = np.average(saved + 0.02 * own.normal(size=len(people)), weights=people)
        days_saved = -0.3 * (len(plan.sites.id) - 2) / 4 + 0.1 * own.normal()
        out.add(at, name, unit, "travel_hours_saved", mean=hours_saved, total=hours_saved * people.sum(),
                count=people.sum())  # fmt: skip
        out.add(at, name, unit, "days_saved", mean=days_saved, total=days_saved * people.sum())
        minutes_saved = 3.0 * (len(plan.sites.id) - 2) / 4 - 2.0 * days_saved
        out.add(at, name, unit, "wait_minutes_saved", mean=minutes_saved, total=minutes_saved * people.sum())
        out.add(
            at, name, unit, "cost_rupiah_saved", mean=65_000 * hours_saved, total=65_000 * hours_saved * people.sum()
        )
        out.add(at, name, unit, "now_apply", count=(deterred_before - deterred)[rows].sum())
        out.add(at, name, unit, "now_served", count=(deterred_before - deterred)[rows].sum())
        out.add(at, name, unit, "no_longer_apply", count=0)
        out.add(at, name, unit, "no_longer_served", count=0)
    out.add(at, "province", "province", "gini_travel_hours", mean=0.35 * level)
    out.add(at, "province", "province", "lost_share", share=0.01)
    out.add(at, "province", "province", "under_way", count=np.floor(0.002 * need.sum()))
    out.add(at, "province", "province", "under_way_share", share=np.floor(0.002 * need.sum()) / need.sum())
    for day in range(365):
        outstanding = 900 * level * (1 - np.exp(-day / 12))
        date = str(plan.origin + dt.timedelta(days=day))
        out.add(at, "day", date, "backlog", count=round(outstanding))
        out.add(at, "day", date, "books_waiting", count=round(outstanding / 2))
        # One office of which no level is in sight.
        if day < settling_days(plan):
            out.add(at, "site_day", f"kanim_palembang {date}", "backlog", count=10 * day)
    for code, minutes in zip(plan.districts.code, 60 * hours, strict=True):
        out.add(at, "district", code, "nearest_minutes", mean=minutes)
    for code, row, people in zip(plan.districts.code, plan.travel.duration_ms[0].argmin(axis=1), served, strict=True):
        out.add(at, "flow", f"{code} {plan.sites.id[row]}", "applicants", count=people)
    sites(plan, at, served, level, own, out)


def _spread(out: Writer, at: tuple[str, int], mean: float) -> None:
    """Lorenz curves and what stands beside them: the further people live, the less even."""
    for measure in ("travel_hours", "cost_rupiah"):
        for level, unit in (("province", "province"), ("kind", "channel:ordinary"), ("kind", "mobility:homebound")):
            out.add(at, level, unit, f"gini_district_{measure}", mean=mean / (2 + mean))
            out.add(at, level, unit, f"concentration_{measure}", mean=mean / (3 + mean))
            out.add(at, level, unit, f"worst_tenth_{measure}", mean=8 * mean)
            out.add(at, level, unit, f"regency_gap_{measure}", mean=6 * mean)
        for tenth in range(1, 10):
            out.add(at, "tenth", str(tenth), f"lorenz_{measure}", share=(tenth / 10) ** (1 + mean))


def sites(plan: Plan, at: tuple[str, int], served: Any, level: float, own: np.random.Generator, out: Writer) -> None:
    load = np.bincount(plan.travel.duration_ms[0].argmin(axis=1), served, minlength=len(plan.sites.id))
    season = 1 + 0.5 * np.sin(np.arange(len(WEEKS)) / 52 * 2 * np.pi)
    weekly = []
    for site, passports in zip(plan.sites.id, load, strict=True):
        wait = 10 + passports / 1500 * level * (1 + 0.05 * own.normal())
        out.add(at, "site", site, "passports", count=passports)
        out.add(at, "site", site, "wait_minutes", mean=wait, median=0.7 * wait, p90=2.2 * wait)
        out.add(at, "site", site, "office_minutes", mean=wait + 15, median=0.7 * wait + 15, p90=2.2 * wait + 15)
        lead = 3 + passports / 6000
        out.add(at, "site", site, "lead_days", mean=lead * level, median=lead, p90=2 * lead)
        out.add(at, "site", site, "utilisation", share=min(0.95, passports / 60_000))
        out.add(at, "site", site, "quota_use", share=min(1.0, passports / 50_000))
        out.add(at, "site", site, "full_share", share=min(1.0, passports / 40_000))
        out.add(at, "site", site, "next_slot_days", mean=2 * lead * level)
        out.add(at, "site", site, "no_slot_share", share=0.0)
        out.add(at, "site", site, "overtime_minutes", mean=wait / 4)
        out.add(at, "site", site, "sessions", count=SESSIONS)
        weeks = lead * season * level * (1 + 0.08 * own.normal(size=len(WEEKS)))
        weekly.append(weeks)
        for week, value, more in zip(WEEKS, weeks, season, strict=True):
            out.add(at, "site_week", f"{site} {week}", "lead_days", mean=value)
            out.add(at, "site_week", f"{site} {week}", "wait_minutes", mean=wait * more)
    for week, value in zip(WEEKS, np.average(weekly, axis=0, weights=load), strict=True):
        out.add(at, "week", str(week), "lead_days", mean=value)
        out.add(at, "week", str(week), "wait_minutes", mean=10 * value)
    wait = 10 + load.max() / 1500 * level
    out.add(at, "province", "province", "wait_minutes", mean=wait, median=0.7 * wait, p90=2.2 * wait)
    out.add(at, "province", "province", "passports", count=load.sum())


def run_experiment() -> Experiment:
    districts, roads = make_districts(), make_roads()
    plans = {scenario: make_plan(scenario, districts, roads) for scenario in SCENARIOS}
    out = Writer()
    for plan in plans.values():
        for replication in range(REPLICATIONS):
            simulate(plan, plans["before_ukk"], replication, out)
    return Experiment(plans, out.frame())
