"""Journeys on disk: one Parquet file for each scenario and replication, one row an applicant."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from sim.draws import Draws
from sim.journeys import Handover, Journeys, Status, columns
from sim.measures.outcomes import Outcomes
from sim.plan import NONE, Plan

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def journeys_file(scenario: str, replication: int) -> str:
    """The name of the file that holds the journeys of a scenario in a replication."""
    return f"{scenario}-{replication:04d}.parquet"


def pack_journeys(plan: Plan, draws: Draws, journeys: Journeys, outcomes: Outcomes) -> bytes:
    """The content of a journeys file."""
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(journeys_table(plan, draws, journeys, outcomes), buffer, compression="zstd")
    return buffer.getvalue()


def journeys_table(plan: Plan, draws: Draws, journeys: Journeys, outcomes: Outcomes) -> pa.Table:
    """The rows of a journeys file: who, what happened, and what each one spent and got.

    Times are milliseconds from midnight of the date in the table's metadata key ``origin``.

    Names stand in place of row numbers: districts and regencies by code, sites, channels and segments by id; sessions
    keep theirs.
    """
    import numpy as np
    import pyarrow as pa

    def named(index: np.ndarray, names: tuple[str, ...]) -> pa.Array:
        indices = pa.array(index, mask=index < 0, type=pa.int32())
        return pa.DictionaryArray.from_arrays(indices, pa.array(names))

    party = draws.party
    district = draws.district[party]
    table: dict[str, pa.Array] = {
        "applicant": pa.array(np.arange(journeys.applicants)),
        "party": pa.array(party),
        "need_ms": pa.array(draws.need_ms[party]),
        "district": named(district, plan.districts.code),
        "regency": named(plan.districts.regency[district], plan.regencies.code),
        "segment": named(draws.segment[party], tuple(s.id for s in plan.segments)),
        "channel": named(draws.channel[party], plan.channels.id),
        "electronic": pa.array(draws.electronic[party]),
        "replacement": pa.array(draws.replacement),
        "value_of_time_rupiah_per_hour": pa.array(draws.value_of_time[party]),
        "worth_rupiah": pa.array(draws.worth_rupiah[party]),
        "day_off_rupiah": pa.array(draws.day_off_rupiah[party]),
    }
    words = {name: tuple(one.name.lower() for one in of) for name, of in (("status", Status), ("handover", Handover))}
    for name, values in columns(journeys).items():
        if name in words:
            table[name] = named(values, words[name])
        elif name in ("site", "issued_at"):
            table[name] = named(values, plan.sites.id)
        elif name in ("slot_channel", "missed_channel"):
            table[name] = named(values, plan.channels.id)
        else:
            table[name] = pa.array(values, mask=values < 0)
    for name, values in outcomes._asdict().items():
        if name not in ("need_ms", "district"):
            missing = np.isnan(values) if values.dtype.kind == "f" else values == NONE if name.endswith("_ms") else None
            table[name] = pa.array(values, mask=missing)
    return pa.table(table).replace_schema_metadata({"origin": plan.origin.isoformat(), "scenario": plan.scenario})


def journeys_frame(table: pa.Table) -> pd.DataFrame:
    """A table of journeys as a frame, which says in ``attrs["origin"]`` from which date's midnight moments count."""
    frame: pd.DataFrame = table.to_pandas()
    frame.attrs["origin"] = table.schema.metadata[b"origin"].decode()
    return frame
