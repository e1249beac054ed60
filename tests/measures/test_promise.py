"""Whether books are ready on the promised day, against the rule by which engines tell people when to come."""

from __future__ import annotations

import numpy as np
import pytest

from sim.draws import VISITS
from sim.journeys import Status
from sim.measures.all import measure
from sim.measures.applicants import outcomes
from sim.plan import DAY_MS
from sim.rules import ready_after
from sim.sessions import SessionTables
from tests.measures.handmade import table
from tests.model.small_province import Tree, merged, plan_of, run

SENT: Tree = {"sites": {"ukk_near": {"sending_days": {1: 0.5, 6: 0.5}}}}
STRICT: Tree = {"collection": {"promised_days": 3}}
SLOW: Tree = {"sites": {"kanim": {"printing_per_day": 12}}}


@pytest.mark.parametrize("overrides", [{}, STRICT, merged(STRICT, SENT), merged(STRICT, SENT, SLOW)])
def test_a_book_is_as_promised_where_it_is_ready_by_the_day_that_the_rule_tells(overrides: Tree) -> None:
    plan = plan_of(overrides)
    draws, j = run(plan)
    o, s = outcomes(plan, draws, j), SessionTables(plan)
    ends = np.stack([j.by_visit("interview_end_ms")[:, visit] for visit in range(VISITS)]).max(axis=0)
    served = np.flatnonzero(j.status == int(Status.COLLECTED))
    expected = []
    for a in served.tolist():
        days = plan.behaviour.promised_days + max(plan.sites.sending_days[int(j.issued_at[a])])
        ready_at = plan.behaviour.ready_at_ms
        told = ready_after(int(ends[a]) // DAY_MS, days, s.working_days, s.worked, ready_at)
        expected.append(j.ready_ms[a] // DAY_MS <= told // DAY_MS)
    assert o.as_promised_share[served].tolist() == expected
    assert np.isnan(np.delete(o.as_promised_share, served)).all()
    assert len(served) > 100
    assert (0 < sum(expected) < len(expected)) == bool(overrides)


def test_a_shorter_promise_is_kept_less_often_and_one_without_an_end_always() -> None:
    shares = []
    for days in (0, 2, 4, 60):
        plan = plan_of({"collection": {"promised_days": days}})
        draws, j = run(plan)
        rows, _ = measure(plan, draws, j, (60,))
        shares.append(table(rows)["as_promised_share", "province", "province", "share"])
    assert shares == sorted(shares)
    assert shares[0] < 0.5
    assert shares[-1] == 1.0
