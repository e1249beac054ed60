"""A generated nation in one process: 514 regencies, 7,196 districts, 150 offices and 5 million applicants.

The country is made up: seats of regencies lie at random on dry land of 4,800 by 1,700 km, districts around them, roads
lead from each seat to its neighbours, offices are in the largest regencies. Behaviour, service times and rates of need
are those of South Sumatra. What it shows is what such a size costs: time and peak memory of each step.

    python benchmarks/nation.py [--scale 1.0] [--limit-gib 6]

Exit status 1 where the peak is above the limit. ``--scale 0.1`` makes a tenth of the applicants of the same country.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SEED = 2024
DISTRICTS_EACH = 14
DEGREE_KM = 111.2
NEIGHBOURS = 4
SLOTS_A_PERSON = 4.4e-4
"""Slots a day at an office for each person who lives nearest to it: about a tenth more than come."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Size:
    """How large a country is."""

    regencies: int
    offices: int
    people: int
    wide_km: float
    high_km: float
    need: float
    """Times the passports of South Sumatra."""
    at_any_price: bool = False
    """Whether nobody is deterred, however far an office is."""


NATION = Size(514, 150, 280_000_000, 4800.0, 1700.0, 36.6)
"""5 million applicants come in a year with its warm-up and run-out."""


def country(rng: np.random.Generator, size: Size) -> dict[str, Any]:
    """Where everything lies: seats, people, districts, roads and the rows of the regencies that have an office."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import minimum_spanning_tree
    from scipy.spatial import cKDTree

    seats = rng.random((size.regencies, 2)) * (size.wide_km, size.high_km)
    weights = rng.lognormal(0.0, 0.8, size.regencies)
    people = np.round(size.people * weights / weights.sum())
    _, near = cKDTree(seats).query(seats, NEIGHBOURS + 1)
    roads = {(min(a, b), max(a, b)) for a, row in enumerate(near.tolist()) for b in row[1:]}
    apart = np.hypot(*(seats[:, None, axis] - seats[None, :, axis] for axis in (0, 1)))
    tree = minimum_spanning_tree(csr_matrix(apart)).tocoo()
    roads |= {(min(a, b), max(a, b)) for a, b in zip(tree.row.tolist(), tree.col.tolist(), strict=True)}
    around = rng.normal(0.0, 20.0, (size.regencies, DISTRICTS_EACH, 2)).clip(-45.0, 45.0)
    shares = rng.dirichlet(np.full(DISTRICTS_EACH, 3.0), size.regencies)
    return {
        "seats": seats,
        "people": people,
        "districts": seats[:, None, :] + around,
        "district_people": np.round(people[:, None] * shares),
        "roads": sorted(roads),
        "apart": apart,
        "offices": np.sort(np.argsort(-people)[: size.offices]),
        "size": size,
    }


def lat_lon(at: Floats) -> tuple[float, float]:
    """Degrees of a place, the country laid over the equator."""
    return round(6.0 - float(at[1]) / DEGREE_KM, 5), round(95.0 + float(at[0]) / DEGREE_KM, 5)


def write_tables(made: dict[str, Any], folder: Path) -> None:
    """The data tables of the country."""

    def table(name: str, head: str, rows: Iterable[Sequence[object]]) -> None:
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(head.split(","))
            writer.writerows(rows)

    seats, people, nearest = made["seats"], made["people"], nearest_office(made)
    codes = [f"{10 + r // 30}.{r % 30 + 1:02d}" for r in range(len(seats))]
    regencies = []
    districts = []
    for r, code in enumerate(codes):
        kind, live = "kota" if r % 5 == 0 else "kabupaten", int(people[r])
        regencies.append((code, f"Regency {r + 1}", kind, live, live // 60, f"office_{nearest[r] + 1}"))
        for d in range(DISTRICTS_EACH):
            named = f"{code}.{d + 1:02d}", f"District {r + 1}-{d + 1}", code
            districts.append((*named, *lat_lon(made["districts"][r, d]), int(made["district_people"][r, d])))
    table("regencies.csv", "code,name,kind,population_2024,hajj_waiting_list_2023,working_area", regencies)
    table("districts.csv", "code,name,regency_code,lat,lon,population_2024_estimate", districts)
    nodes = ((f"N{r + 1}", f"Seat {r + 1}", *lat_lon(seats[r]), "seat") for r in range(len(seats)))
    table("road_nodes.csv", "id,name,lat,lon,kind", nodes)
    table(
        "roads.csv",
        "from_node,to_node,distance_km,road_class,in_service_from,in_service_to",
        ((f"N{a + 1}", f"N{b + 1}", round(made["apart"][a, b] * 1.3, 1), "national", "", "") for a, b in made["roads"]),
    )


def nearest_office(made: dict[str, Any]) -> NDArray[np.int64]:
    """Row of the office nearest to each regency."""
    return np.asarray(made["apart"][:, made["offices"]].argmin(axis=1))


def scenario(made: dict[str, Any], folder: Path, scale: float) -> Path:
    """A scenario of the country, all that is not geography as in South Sumatra."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe")
    base = ROOT / "configs" / "south_sumatra" / "province.yaml"
    told = yaml.load(base.read_text(encoding="utf-8"))
    told |= {"name": "nation", "title": "A generated nation"}
    told["data"] = {name: f"{name}.csv" for name in ("regencies", "districts", "road_nodes", "roads")}
    told["data"] |= {name: str(base.parent / "data" / f"{name}.csv") for name in ("holidays", "fasting")}
    told.pop("programmes", None)
    told["choice"].pop("kind_constants", None)
    for segment in told["need"]["segments"].values():
        of = segment["per_year"]
        segment["per_year"] = round((of["value"] if isinstance(of, dict) else of) * made["size"].need * scale)
        if made["size"].at_any_price:
            segment["worth"] = {"constant": "Rp 1000000000"}
    served = np.bincount(nearest_office(made), made["people"], len(made["offices"])) * SLOTS_A_PERSON * scale
    told["sites"] = {
        f"office_{o + 1}": office(f"N{r + 1}", lat_lon(made["seats"][r]), float(served[o]))
        for o, r in enumerate(made["offices"].tolist())
    }
    path = folder / "nation.yaml"
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(told, file)
    return path


def office(node: str, at: tuple[float, float], slots: float) -> dict[str, Any]:
    """An office with so many slots a day, and the counters that these take."""
    ordinary, priority = max(round(slots * 0.82), 8), max(round(slots * 0.14), 3)
    counters = -(-(ordinary + priority) // 36)
    return {
        "name": f"Office at {node}",
        "kind": "kanim",
        "road_node": node,
        "position": {"lat": at[0], "lon": at[1]},
        "printing_per_day": round(slots * 1.5) + 10,
        "sessions": {
            "weekdays": {
                "days": ["mon", "tue", "wed", "thu", "fri"],
                "intake": {"from": "08:00", "to": "15:00"},
                "collection": {"from": "09:00", "to": "15:30"},
                "closes": "16:00",
                "seats_every": "30 min",
                "quota": {"ordinary": ordinary, "priority": priority, "accelerated": max(round(slots * 0.04), 1)},
                "counters": {"document": -(-counters // 2), "interview": counters, "collection": -(-counters // 3)},
            }
        },
    }


def peak_gib() -> float:
    """Peak memory of this process; NaN where the system does not tell."""
    try:
        import resource
    except ImportError:
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**30 if sys.platform == "darwin" else peak / 2**20


def step(name: str, work: Callable[[], Any]) -> Any:
    """Do a step, and print what it took."""
    wall, started = time.perf_counter(), time.process_time()
    made = work()
    seconds = time.process_time() - started, time.perf_counter() - wall
    print(f"{name:30}{seconds[0]:9.1f}{seconds[1]:9.1f}{peak_gib():12.2f}", flush=True)
    return made


def main() -> int:
    """Make the country, run a replication, print what each step took; exit status 1 above the limit of memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="times the applicants (default 1)")
    parser.add_argument("--limit-gib", type=float, default=6.0, help="greatest peak of memory (default 6)")
    given = parser.parse_args()

    from sim.build import build_plan
    from sim.building.loading import load_scenario
    from sim.drawing import draw
    from sim.engines import compiled
    from sim.measures.all import measure
    from sim.measures.check import check_identities
    from sim.randomness import Source

    print(f"{'':30}{'cpu s':>9}{'wall s':>9}{'peak GiB':>12}")
    with tempfile.TemporaryDirectory(prefix="nation-") as name:
        folder = Path(name)
        made = country(np.random.default_rng(SEED), NATION)
        write_tables(made, folder)
        path = scenario(made, folder, given.scale)
        loaded = step("read and check", lambda: load_scenario(path))
        plan = step("build the plan", lambda: build_plan(loaded.model))
    if not compiled.is_ready():
        step("compile", lambda: compiled.prepare(plan))
    draws = step("draw", lambda: draw(plan, Source(SEED, 0)))
    journeys = step("simulate", lambda: compiled.run(plan, draws))
    step("check", lambda: check_identities(plan, draws, journeys))
    rows, _ = step("measure", lambda: measure(plan, draws, journeys, (30, 60, 120)))
    booked = float((journeys.session >= 0).mean())
    print(f"{draws.applicants:,} applicants of {len(plan.districts.code):,} districts in {NATION.regencies} regencies")
    print(
        f"{NATION.offices} offices, {len(plan.sessions.site):,} sessions; {booked:.0%} found a slot; {len(rows):,} rows"
    )
    return 0 if not peak_gib() > given.limit_gib else 1


if __name__ == "__main__":
    sys.exit(main())
