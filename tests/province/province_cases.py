"""Cases shared by the tests of the province: a small one as CSV, the folder of the bundled one, road settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sim.config.schema import Roads

DATA = Path(__file__).parents[2] / "configs" / "south_sumatra" / "data"

SMALL = {
    "regencies": (
        "code,name,kind,working_area,people,status\n"
        "1,East,kota,office_a,1000,cited\n2,West,kabupaten,office_b,400,cited\n"
    ),
    "districts": "code,name,regency_code,lat,lon,population\n1.1,Harbour,1,0,0,1000\n2.1,Hill,2,0,1,400\n",
    "road_nodes": "id,name,lat,lon,kind\nA,A town,0,0,town\nB,B town,0,1,town\nC,C town,1,1,town\n",
    "roads": (
        "from_node,to_node,distance_km,road_class,in_service_from,in_service_to\n"
        "A,B,120,national,,\nB,C,60,national,,\nA,C,150,toll,2023-08-30,2024-06-01\n"
    ),
    "holidays": "date,name,kind\n2023-01-01,New Year,holiday\n2023-01-02,Leave,collective_leave\n",
    "fasting": "year,first_day,last_day\n2023,2023-03-23,2023-04-21\n",
}


def make_roads(
    speeds: Mapping[str, float] | None = None,
    *,
    speed: float = 20,
    circuity: float = 1.5,
    own_district_km: float = 0,
    limit_km: float = 50,
) -> Roads:
    """Road settings, in km/h and km."""
    access = {"speed": f"{speed} km/h", "circuity": circuity, "own_district": f"{own_district_km} km"}
    by_class = speeds or {"national": 60, "toll": 100}
    return Roads.model_validate(
        {
            "speeds": {name: f"{value} km/h" for name, value in by_class.items()},
            "access": {**access, "limit": f"{limit_km} km"},
        }
    )


BUNDLED_SPEEDS = {"toll": 90, "national": 46, "provincial": 41, "local": 30, "urban": 28, "congested": 38}
BUNDLED_ROADS = make_roads(BUNDLED_SPEEDS, speed=25, circuity=1.35, own_district_km=4, limit_km=80)
"""The settings that the bundled province is documented with."""
