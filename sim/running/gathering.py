"""Cells on their way into the store: which are missing, and the gains of each against the baseline of its replication.

Of a cell nothing stays in memory once it is stored. What gains need of each applicant of the baseline is kept while
cells of its replication are still to come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from sim.experiment.cells import Cell, Work
from sim.experiment.packing import Compared, pack_rows, unpack_people
from sim.experiment.sealed import DamagedCellError
from sim.experiment.store import Name, Record, Store
from sim.measures.gains import gains

Todo = list[tuple[str, int]]
"""Scenario and replication of each cell."""


class Gathering:
    """The cells of an experiment, as far as they are stored."""

    def __init__(self, work: Work, replications: int, store: Store, tell: Callable[[str], None]) -> None:
        self.work = work
        self.replications = replications
        self.store = store
        self.tell = tell
        self.scenarios = tuple(work.plans)
        self._stored: Counter[int] = Counter()
        """Cells of each replication of which nothing is missing."""
        self._to_come: Counter[int] = Counter()
        self._bases: dict[int, Compared | None] = {}
        """Of replications that are in hand; None while the baseline is still to come."""
        self._waiting: dict[int, list[str]] = {}
        """Scenarios that are stored, and that wait for their baseline to be compared with."""

    def missing(self) -> Todo:
        """Look through the store: the cells that are to be run, each replication's baseline first."""
        order = sorted(self.scenarios, key=lambda name: name != self.work.baseline)
        for of_replications in (self._stored, self._bases, self._waiting):
            of_replications.clear()
        todo: Todo = []
        for replication in range(self.replications):
            found = {scenario: self._read(scenario, replication) for scenario in order}
            todo += self._missing_of(replication, found)
        self._to_come = Counter(replication for _, replication in todo)
        return todo

    def _missing_of(self, replication: int, found: dict[str, Record | None]) -> Todo:
        """The cells of a replication that are to be run. Those that can be compared with what is stored are."""
        baseline = self.work.baseline
        base = found[baseline] if baseline is not None else None
        absent = [scenario for scenario, record in found.items() if record is None]
        waiting = [
            s for s, record in found.items() if record is not None and not self._is_compared(s, replication, record)
        ]
        absent += [s for s in waiting if (record := found[s]) is None or record.people is None]
        waiting = [s for s in waiting if s not in absent]
        if baseline is not None and base is not None and len(absent) + len(waiting) > 0 and base.people is None:
            absent.append(baseline)
        self._stored[replication] = len(found) - len(absent) - len(waiting)
        if waiting and baseline not in absent and base is not None and base.people is not None:
            compared = unpack_people(base.people)
            for scenario in waiting:
                self._compare_stored(scenario, replication, compared)
        elif waiting:
            self._waiting[replication] = waiting
        return [(scenario, replication) for scenario in found if scenario in absent]

    def add(self, cell: Cell) -> None:
        """Store a cell, and with it its gains as soon as its baseline is there."""
        replication = cell.replication
        journeys = None
        if cell.journeys is not None:
            journeys = self.store.write_journeys(self.name(cell.scenario, replication), cell.journeys)
        record = Record(cell.rows, people=cell.people, journeys=journeys, audited=cell.audited)
        if cell.scenario == self.work.baseline and cell.people is not None:
            self._write(cell.scenario, replication, record)
            self._bases[replication] = base = unpack_people(cell.people)
            for scenario in self._waiting.pop(replication, ()):
                self._compare_stored(scenario, replication, base)
        elif cell.people is None:
            self._write(cell.scenario, replication, record)
        else:
            found = self._base(replication)
            if found is None:
                self.store.write(self.name(cell.scenario, replication), record)
                self._waiting.setdefault(replication, []).append(cell.scenario)
            else:
                self._compare(cell.scenario, replication, record, found)
        self._to_come[replication] -= 1
        if not self._to_come[replication]:
            self._bases.pop(replication, None)

    def complete(self) -> tuple[int, ...]:
        """Replications of which nothing is missing."""
        return tuple(r for r in range(self.replications) if self._stored[r] == len(self.scenarios))

    def name(self, scenario: str, replication: int) -> Name:
        """Which cell that is, with its key."""
        return Name(scenario, replication, self.work.key(scenario, replication))

    def _read(self, scenario: str, replication: int) -> Record | None:
        """A stored cell; None where there is none that can be used."""
        name = self.name(scenario, replication)
        try:
            record = self.store.read(name)
        except DamagedCellError as error:
            self.tell(f"{error}; it is run again")
            return None
        if record is not None and self.work.keep_journeys and not self.store.has_journeys(name, record.journeys):
            if record.journeys is not None:
                self.tell(f"{self.store.journeys_path(name)}: is missing or damaged; its cell is run again")
            return None
        return record

    def _is_compared(self, scenario: str, replication: int, record: Record) -> bool:
        baseline = self.work.baseline
        if baseline is None or scenario == baseline:
            return True
        return record.compared_with == self.work.key(baseline, replication)

    def _base(self, replication: int) -> Compared | None:
        """The people of the baseline in a replication, if it has been run; None where it is still to come."""
        if replication not in self._bases and self.work.baseline is not None:
            record = self._read(self.work.baseline, replication)
            people = record.people if record is not None else None
            self._bases[replication] = unpack_people(people) if people is not None else None
        return self._bases[replication]

    def _compare_stored(self, scenario: str, replication: int, base: Compared) -> None:
        record = self._read(scenario, replication)
        if record is None:
            return
        if self._is_compared(scenario, replication, record):
            # Another run in the same folder was first.
            self._stored[replication] += 1
        elif record.people is not None:
            self._compare(scenario, replication, record, base)

    def _compare(self, scenario: str, replication: int, record: Record, base: Compared) -> None:
        """Store a cell with its gains, and let its people go."""
        own = unpack_people(record.people or b"")
        same = own.who == base.who
        packed = pack_rows(gains(self.work.plans[scenario], base, own)) if same else None
        key = self.work.key(self.work.baseline or "", replication)
        self._write(scenario, replication, replace(record, gains=packed, compared_with=key, people=None))

    def _write(self, scenario: str, replication: int, record: Record) -> None:
        self.store.write(self.name(scenario, replication), record)
        self._stored[replication] += 1
