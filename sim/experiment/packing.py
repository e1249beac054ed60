"""What a cell found, as bytes: small enough to be sent and stored, the same for the same numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.measures.outcomes import Outcomes
from sim.measures.rows import Rows
from sim.measures.stages import MILESTONES
from sim.plan import Bools, Floats, Ints

if TYPE_CHECKING:
    import pyarrow as pa

LABELS = ("measure", "level", "unit", "statistic")
FATES = ("counted", "served", "deterred")
AMOUNTS = ("travel_hours", "wait_minutes", *MILESTONES, "cost_rupiah")


@dataclass(frozen=True)
class Compared:
    """What comparing each applicant with themselves needs: the columns of outcomes that gains are taken from."""

    who: bytes
    """A digest of who they are: the same for the same people in the same order."""
    counted: Bools
    served: Bools
    deterred: Bools
    travel_hours: Floats
    wait_minutes: Floats
    days_to_visit: Floats
    days_to_interviewed: Floats
    days_to_ready: Floats
    days_to_passport: Floats
    cost_rupiah: Floats
    district: Ints


@dataclass(frozen=True)
class Coded:
    """Rows of measures in columns of codes: ``names[label][codes[label]]`` is a column of text."""

    codes: Mapping[str, Ints]
    names: Mapping[str, Sequence[str]]
    value: Floats

    def column(self, label: str) -> list[str]:
        """A column of labels as text."""
        names = self.names[label]
        return [names[code] for code in self.codes[label]]


def pack_rows(rows: Rows) -> bytes:
    """Rows of measures as bytes."""
    import pyarrow as pa

    columns = {name: pa.array(getattr(rows, name), pa.string()).dictionary_encode() for name in LABELS}
    return _packed({**columns, "value": pa.array(rows.value, pa.float64())}, compressed=True)


def unpack_rows(data: bytes) -> Coded:
    """Rows of measures from their bytes."""
    columns, _ = _unpacked(data)
    return Coded(
        codes={name: columns[name].indices.to_numpy() for name in LABELS},
        names={name: columns[name].dictionary.to_pylist() for name in LABELS},
        value=columns["value"].to_numpy(),
    )


def pack_people(outcomes: Outcomes, compressed: bool) -> bytes:
    """What gains need of each applicant, as bytes."""
    import pyarrow as pa

    who = hashlib.blake2b(outcomes.need_ms.tobytes() + outcomes.district.tobytes(), digest_size=16).hexdigest()
    columns = {name: pa.array(getattr(outcomes, name)) for name in (*FATES, *AMOUNTS)}
    columns["district"] = pa.array(outcomes.district.astype(np.int32))
    return _packed(columns, compressed, {"who": who})


def unpack_people(data: bytes) -> Compared:
    """What gains need of each applicant, from its bytes."""
    columns, said = _unpacked(data)
    found: dict[str, Any] = {n: column.to_numpy(zero_copy_only=False) for n, column in columns.items()}
    found["district"] = found["district"].astype(np.int64)
    return Compared(who=said[b"who"], **found)


def _packed(columns: Mapping[str, pa.Array], compressed: bool, said: Mapping[str, str] | None = None) -> bytes:
    import pyarrow as pa

    batch = pa.RecordBatch.from_pydict(dict(columns), metadata=said)
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd" if compressed else None)
    with pa.ipc.new_stream(sink, batch.schema, options=options) as writer:
        writer.write_batch(batch)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _unpacked(data: bytes) -> tuple[dict[str, pa.Array], dict[bytes, bytes]]:
    import pyarrow as pa

    with pa.ipc.open_stream(data) as reader:
        batch = reader.read_next_batch()
    return dict(zip(batch.schema.names, batch.columns, strict=True)), batch.schema.metadata or {}
