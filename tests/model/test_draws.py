"""Draws: the same people meet the same fate in every scenario, and needs are the Poisson process they claim to be.

Statistical claims are made once, with replications 0, 1, 2... of a seed that was not chosen for its outcome, at an
error rate of 1 in 1000 each.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim import jit
from sim.drawing import choice, draw, people
from sim.drawing.needs import in_time, poisson_inverse, time_of_day
from sim.drawing.shares import from_shares, rows_of
from sim.draws import CLOSED, REFERRED, Draws
from sim.plan import DAY_MS, HOUR_MS, Plan
from sim.randomness import Source
from sim.rules import BILLION
from tests.model.small_province import merged, plan_of

SEED = 7
ERROR_RATE = 1e-3
OF_THE_PROVINCE = ("closed", "print_limit", "same_day_closed")
OF_PARTIES = [f.name for f in dataclasses.fields(Draws) if f.name not in ("first", "cost_rupiah", *OF_THE_PROVINCE)]
OF_APPLICANTS = [name for name in OF_PARTIES[OF_PARTIES.index("party") :] if name != "party"]
OF_PARTIES = [name for name in OF_PARTIES if name not in OF_APPLICANTS and name != "party"]
FAR_OPEN = {"sites": {"ukk_far": {"in_service": "always"}}}
DELIVERY = {"enabled": True, "fee": "Rp 30000", "taste": "Rp 20000", "days": {1: 0.5, 3: 0.5}}
ALONE = {"religious": {"per_year": 0}, "general": {"party_size": {1: 1.0}}}
"""One segment of parties of one, whose counts are Poisson as applicants too."""


def drawn(overrides: dict[str, Any] | None = None, replication: int = 0) -> tuple[Plan, Draws]:
    plan = plan_of(overrides)
    return plan, draw(plan, Source(SEED, replication))


def by_party(plan: Plan, draws: Draws) -> dict[tuple[str, str, int, int], tuple[Any, ...]]:
    """What became of each party, with its members, by segment, district, moment of need and value of its time."""
    out = {}
    for p in range(draws.parties):
        members = slice(draws.first[p], draws.first[p] + draws.size[p])
        key = (
            plan.segments[draws.segment[p]].id,
            plan.districts.code[draws.district[p]],
            int(draws.need_ms[p]),
            int(draws.value_of_time[p]),
        )
        assert key not in out
        out[key] = (
            *(getattr(draws, name)[p].tolist() for name in OF_PARTIES if name not in ("segment", "district")),
            *(getattr(draws, name)[members].tolist() for name in OF_APPLICANTS),
            draws.cost_rupiah[p].tolist(),
        )
    return out


# ---------------------------------------------------------------------------------------------- the same people


def test_opening_a_site_changes_no_draw_and_adds_its_column_of_costs() -> None:
    _, before = drawn()
    plan, after = drawn(FAR_OPEN)
    assert plan.sites.id == ("kanim", "ukk_near", "ukk_far")
    for name in (*OF_PARTIES, *OF_APPLICANTS, "party", "first"):
        assert np.array_equal(getattr(before, name), getattr(after, name)), name
    assert np.array_equal(before.cost_rupiah, after.cost_rupiah[:, :2])
    assert after.cost_rupiah.shape == (before.parties, 3)


def test_scenarios_that_differ_in_sites_alone_share_their_people() -> None:
    _, before = drawn()
    _, after = drawn(FAR_OPEN)
    for name in (*OF_PARTIES, "first", "party", "papers_missing", "collection_ms"):
        assert getattr(before, name) is getattr(after, name), name


@pytest.mark.parametrize(
    "overrides",
    [
        FAR_OPEN,
        {"sites": {"ukk_far": {"in_service": "always", "referral": 0.5}}},
        {"sites": {"ukk_near": {"referral": 0.0}}},
        {"booking": {"no_show": 0.4}},
        {"service": {"interview": "9 min"}},
        {"need": {"segments": {"general": {"electronic": 0.9}}}},
        {"need": {"day_cv": 0.3}},
        {"need": {"weekdays": {"sat": 0.1}}},
        {"period": {"warm_up": "2 days"}},
    ],
    ids=str,
)
def test_no_draw_depends_on_what_was_drawn_before(overrides: dict[str, Any]) -> None:
    plan, stranger = plan_of(overrides), plan_of({"booking": {"no_show": 0.9}})
    draw(stranger, Source(SEED, 0))
    fresh = draw(plan, Source(SEED, 0))
    drawn()
    again = draw(plan, Source(SEED, 0))
    for field in dataclasses.fields(Draws):
        assert np.array_equal(getattr(fresh, field.name), getattr(again, field.name)), field.name


def test_other_people_are_drawn_in_another_replication_and_with_another_seed() -> None:
    plan, first = drawn()
    for source in (Source(SEED, 1), Source(SEED + 1, 0)):
        assert not np.array_equal(draw(plan, source).need_ms, first.need_ms)


@pytest.mark.parametrize("name", [*OF_PARTIES, *OF_APPLICANTS, "first", "party"])
def test_what_scenarios_share_cannot_be_written_to(name: str) -> None:
    _, draws = drawn()
    with pytest.raises(ValueError, match="read-only"):
        getattr(draws, name)[:] = 0


def test_the_order_of_sites_changes_no_taste() -> None:
    plan, draws = drawn(FAR_OPEN)
    turned = dataclasses.replace(
        plan,
        sites=dataclasses.replace(
            plan.sites,
            id=plan.sites.id[::-1],
            parent=np.array([2, 2, 2]),
            electronic=plan.sites.electronic[::-1],
            referral_share=plan.sites.referral_share[::-1],
            sending_days=plan.sites.sending_days[::-1],
            reached=plan.sites.reached[::-1],
            collect_at=np.arange(3),
            home=np.arange(3),
        ),
        travel=dataclasses.replace(
            plan.travel,
            duration_ms=plan.travel.duration_ms[:, :, ::-1],
            fare_rupiah=plan.travel.fare_rupiah[:, :, ::-1],
        ),
        behaviour=dataclasses.replace(plan.behaviour, site_constant=plan.behaviour.site_constant[::-1]),
    )
    assert np.array_equal(draw(turned, Source(SEED, 0)).cost_rupiah[:, ::-1], draws.cost_rupiah)


def test_costs_are_the_same_however_many_parties_are_drawn_together(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, draws = drawn(FAR_OPEN)
    monkeypatch.setattr(choice, "AT_ONCE", 97)
    assert draws.parties > 2 * 97
    assert np.array_equal(draw(plan, Source(SEED, 0)).cost_rupiah, draws.cost_rupiah)


@pytest.mark.parametrize("overrides", [FAR_OPEN, {"collection": {"delivery": DELIVERY}}], ids=str)
def test_draws_are_the_same_compiled_or_not(overrides: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    plan, compiled = drawn(overrides)
    monkeypatch.setattr(people, "_LATEST", people._Latest())
    monkeypatch.setattr(jit, "available", lambda: False)
    monkeypatch.setattr(jit, "compiled", lambda loop: loop)
    plain = draw(plan, Source(SEED, 0))
    for field in dataclasses.fields(Draws):
        assert np.array_equal(getattr(plain, field.name), getattr(compiled, field.name)), field.name


def test_visits_that_a_new_site_makes_possible_change_no_visit_that_was_possible() -> None:
    _, before = drawn()
    _, after = drawn({"sites": {"ukk_far": {"in_service": "always", "referral": 0.5}}})
    had = before.service_ms[:, REFERRED, 0] > 0
    assert had.any()
    assert (after.service_ms[:, REFERRED, 0] > 0).sum() > 2 * had.sum()
    for name in ("service_ms", "visit_trip_ppm", "visit_place_ppb"):
        assert np.array_equal(getattr(before, name)[had], getattr(after, name)[had])
        assert np.array_equal(getattr(before, name)[:, :REFERRED], getattr(after, name)[:, :REFERRED])


def test_adding_a_segment_leaves_the_people_of_the_others_identical() -> None:
    before = by_party(*drawn())
    new = {"per_year": 900, "weight": "population_2023", "party_size": {1: 1.0}, "replacement": 0, "electronic": 0}
    segments = {"a_first_one": {**new, "worth": "Rp 500000"}}
    after = by_party(*drawn({"need": {"segments": segments}}))
    assert len(after) > len(before)
    assert {key: value for key, value in after.items() if key[0] != "a_first_one"} == before


def test_a_change_of_one_segment_leaves_the_people_of_the_others_identical() -> None:
    before = by_party(*drawn())
    change = {"per_year": 100, "party_size": {1: 1.0}, "channels": {"priority": 0.9}, "worth": "Rp 1"}
    after = by_party(*drawn({"need": {"segments": {"general": change}}}))
    assert {k: v for k, v in after.items() if k[0] == "religious"} == {
        k: v for k, v in before.items() if k[0] == "religious"
    }


def test_another_district_leaves_the_people_of_the_others_identical() -> None:
    plan, before = drawn()
    keep = np.array([0, 2, 3])
    d = plan.districts
    without = dataclasses.replace(
        plan,
        districts=dataclasses.replace(
            d,
            code=tuple(d.code[k] for k in keep),
            name=tuple(d.name[k] for k in keep),
            regency=d.regency[keep],
            lat=d.lat[keep],
            lon=d.lon[keep],
            population=d.population[keep],
        ),
        travel=dataclasses.replace(
            plan.travel,
            duration_ms=plan.travel.duration_ms[:, keep],
            distance_m=plan.travel.distance_m[:, keep],
            fare_rupiah=plan.travel.fare_rupiah[:, keep],
        ),
        sites=dataclasses.replace(plan.sites, reached=plan.sites.reached[:, keep]),
        segments=tuple(dataclasses.replace(s, parties_per_day=s.parties_per_day[keep]) for s in plan.segments),
        behaviour=dataclasses.replace(plan.behaviour, working_area=plan.behaviour.working_area[keep]),
    )
    after = by_party(without, draw(without, Source(SEED, 0)))
    assert after == {k: v for k, v in by_party(plan, before).items() if k[1] != "2.1"}


@settings(max_examples=15)
@given(st.floats(1.0, 4.0))
def test_more_need_keeps_every_party_that_was_there(factor: float) -> None:
    before = by_party(*drawn())
    segments = {"general": {"per_year": round(3000 * factor)}, "religious": {"per_year": round(2000 * factor)}}
    after = by_party(*drawn({"need": {"segments": segments}}))
    assert before.items() <= after.items()


def test_a_longer_warm_up_keeps_every_party_that_was_there() -> None:
    _, before = drawn()
    _, after = drawn({"period": {"warm_up": "20 days"}})
    shift = 6 * DAY_MS
    later = after.need_ms >= shift
    assert np.array_equal(after.need_ms[later] - shift, before.need_ms)
    assert np.array_equal(after.patience_ms[later], before.patience_ms)


def test_changing_a_distribution_keeps_the_ranks() -> None:
    _, before = drawn()
    _, after = drawn({"booking": {"patience": {"distribution": "gamma", "mean": "40 days", "cv": 0.5}}})
    np.testing.assert_allclose(after.patience_ms, 2 * before.patience_ms, atol=1)
    assert np.array_equal(after.retry_ms, before.retry_ms)


def test_replications_differ() -> None:
    _, first = drawn(replication=0)
    _, second = drawn(replication=1)
    assert first.need_ms[:5].tolist() != second.need_ms[:5].tolist()


# ------------------------------------------------------------------------------------------------------ arrivals


def _expected(plan: Plan) -> np.ndarray:
    """[days, hours]: expected parties in the province."""
    per_day = sum(segment.parties_per_day.sum(axis=0) for segment in plan.segments)
    return np.outer(per_day, plan.hour_weights)


def _counts(plan: Plan, draws: Draws) -> np.ndarray:
    """[days, hours]: parties that arose in the province."""
    return np.histogram2d(
        draws.need_ms // DAY_MS,
        draws.need_ms % DAY_MS // HOUR_MS,
        bins=(plan.n_days, 24),
        range=((0, plan.n_days), (0, 24)),
    )[0]


HOURS = [0.0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 4, 3, 2, 2, 3, 3, 2, 1, 1, 1, 1, 0.5, 0.2, 0]


def _observed(overrides: dict[str, Any], replications: int) -> tuple[Plan, np.ndarray]:
    plan = plan_of(merged({"need": {"segments": ALONE, "hours": HOURS}}, overrides))
    return plan, np.stack([_counts(plan, draw(plan, Source(SEED, r))) for r in range(replications)])


@pytest.mark.parametrize("per_year", [3000, 30_000])
def test_each_hour_and_each_day_has_its_poisson_count(per_year: int) -> None:
    plan, counts = _observed({"need": {"day_cv": 0, "segments": {"general": {"per_year": per_year}}}}, 40)
    expected = _expected(plan)
    assert not counts[:, expected == 0].any()
    for axis in (1, 2):
        seen, mean = counts.sum(axis=(0, axis)), 40 * expected.sum(axis=axis - 1)
        cells = mean > 0
        statistic = ((seen - mean)[cells] ** 2 / mean[cells]).sum()
        assert stats.chi2.sf(statistic, cells.sum()) > ERROR_RATE
        assert stats.chi2.cdf(statistic, cells.sum()) > ERROR_RATE
    days = counts.sum(axis=2)
    dispersion = ((days - expected.sum(axis=1)) ** 2 / expected.sum(axis=1)).sum()
    assert ERROR_RATE < stats.chi2.sf(dispersion, days.size) < 1 - ERROR_RATE


def test_hours_within_a_day_are_independent() -> None:
    _, counts = _observed({"need": {"day_cv": 0, "segments": {"general": {"per_year": 30_000}}}}, 40)
    morning, afternoon = counts[:, :, :11].sum(axis=2), counts[:, :, 11:].sum(axis=2)
    daily_mean = (morning - morning.mean(axis=0)).ravel(), (afternoon - afternoon.mean(axis=0)).ravel()
    assert stats.pearsonr(*daily_mean).pvalue > ERROR_RATE


def test_over_dispersion_makes_the_variance_of_a_day_the_mean_plus_cv_squared_mean_squared() -> None:
    plan, counts = _observed({"need": {"day_cv": 0.3, "segments": {"general": {"per_year": 30_000}}}}, 60)
    mean = _expected(plan).sum(axis=1)
    days = counts.sum(axis=2)
    scaled = (days - mean) ** 2 / (mean + 0.3**2 * mean**2)
    error = scaled.std(ddof=1) / np.sqrt(scaled.size)
    assert abs(scaled.mean() - 1.0) < 3.3 * error < 0.2
    assert abs((days / mean).mean() - 1.0) < 3.3 * (days / mean).std() / np.sqrt(days.size)


def test_the_day_factor_is_one_for_the_whole_province() -> None:
    plan = plan_of({"need": {"day_cv": 0.5, "segments": {"general": {"per_year": 200_000}}}})
    draws = draw(plan, Source(SEED, 0))
    days = np.stack(
        [np.bincount(draws.need_ms[draws.district == k] // DAY_MS, minlength=plan.n_days) for k in range(2)]
    )
    assert np.asarray(np.corrcoef(days))[0, 1] > 0.7


def test_months_weekdays_fasting_and_levels_multiply() -> None:
    need = {"level": {"2023": 1.0, "2023-04": 0.5}, "segments": {"religious": {"per_year": 3650}}}
    plan = plan_of({"need": need})
    religious = plan.segments[0]
    rate = religious.parties_per_day.sum(axis=0)
    mean_size = 0.4 * 1 + 0.4 * 2 + 0.2 * 4

    def on(date: str) -> float:
        return float(rate[(dt.date.fromisoformat(date) - plan.origin).days])

    weekday = 7 / (5 + 0.8 + 0.6)
    assert on("2023-03-15") == pytest.approx(10 / mean_size * weekday)
    assert on("2023-03-18") == pytest.approx(10 / mean_size * weekday * 0.8)
    assert on("2023-03-27") == pytest.approx(10 / mean_size * weekday * 0.6)
    assert on("2023-04-20") == pytest.approx(10 / mean_size * weekday * 0.9 * 0.6 * 0.5)
    assert on("2023-04-25") == pytest.approx(10 / mean_size * weekday * 0.9 * 0.5)


def test_the_trend_gives_the_level_of_years_and_months_without_one_and_of_no_others() -> None:
    def people(need: dict[str, object]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        plan = plan_of({"need": need})
        months = np.array([(plan.origin + dt.timedelta(days=day)).month for day in range(plan.n_days)])
        return np.bincount(months, plan.segments[0].parties_per_day.sum(axis=0), minlength=13)

    plain = people({})
    grown = people({"trend": {"per_year": 0.5, "year": 2021}, "level": {"2023-04": 0.7}})
    lived = [month for month in range(13) if plain[month] > 0]
    assert len(lived) == 4
    assert [grown[month] / plain[month] for month in lived] == pytest.approx(
        [0.7 if month == 4 else 1.5**2 for month in lived]
    )
    earlier = people({"trend": {"per_year": 0.5, "year": 2024}})
    assert earlier[5] / plain[5] == pytest.approx(1 / 1.5)
    assert people({"trend": {"per_year": 0.5, "year": 2021}, "level": {"2023": 1.1}})[3] == pytest.approx(
        1.1 * plain[3]
    )


def test_need_is_spread_by_weight_and_population_and_city_factor() -> None:
    plan = plan_of()
    religious, general = (s.parties_per_day.sum(axis=1) / s.parties_per_day.sum() for s in plan.segments)
    np.testing.assert_allclose(religious, [0.6, 0.15, 0.1, 0.15])
    np.testing.assert_allclose(general, np.array([120, 15, 10, 15]) / 160)


# ---------------------------------------------------------------------------------------------------- attributes


def test_what_can_happen_to_nobody_is_not_drawn() -> None:
    plan, draws = drawn()
    most = np.rint(plan.sites.referral_share.max() * BILLION)
    can_happen = {
        "books_again_after_ms": draws.misses[:, 0],
        "back_after_ms": draws.papers_missing,
        "referral_after_ms": draws.referral_ppb < most,
    }
    for name, those in can_happen.items():
        assert those.any(), name
        assert (getattr(draws, name)[those] > 0).all(), name
        assert not getattr(draws, name)[~those].any(), name
    assert not draws.misses[~draws.misses[:, 0]].any()
    assert not draws.books_again[~draws.misses[:, 0]].any()
    assert not draws.comes_back[~draws.papers_missing].any()
    assert not draws.delivery_rupiah.any()
    assert not draws.delivery_days.any()
    _, delivered = drawn({"collection": {"delivery": DELIVERY}})
    assert set(delivered.delivery_days.tolist()) == {1, 3}
    assert (delivered.delivery_rupiah != 0).all()


def test_members_of_a_party_stand_together_and_share_it() -> None:
    _, draws = drawn()
    assert np.array_equal(draws.party, np.repeat(np.arange(draws.parties), draws.size))
    assert np.array_equal(draws.party[draws.first], np.arange(draws.parties))
    assert (draws.size > 1).any()
    assert (np.diff(draws.need_ms) >= 0).all()


def test_members_of_a_party_have_fates_of_their_own() -> None:
    _, draws = drawn()
    pairs = np.flatnonzero(draws.size > 1)
    first, second = draws.first[pairs], draws.first[pairs] + 1
    for name in ("service_ms", "referral_ppb", "sending_ppb"):
        a, b = getattr(draws, name)[first], getattr(draws, name)[second]
        assert (a.reshape(len(pairs), -1)[:, 0] != b.reshape(len(pairs), -1)[:, 0]).all(), name


def test_shares_of_attributes_are_those_of_the_configuration() -> None:
    segments = {"general": {"per_year": 60_000}, "religious": {"per_year": 0}}
    plan, draws = drawn({"need": {"segments": segments}})
    n, applicants = draws.parties, draws.applicants
    size, channel = draws.size, draws.channel
    claims = {
        "pairs": ((size == 2).sum(), n, 0.3),
        "threes": ((size == 3).sum(), n, 0.1),
        "priority": ((channel == plan.channels.id.index("priority")).sum(), n, 0.1),
        "accelerated": ((channel == plan.channels.id.index("accelerated")).sum(), n, 0.05),
        "electronic": (draws.electronic.sum(), n, 0.3),
        "misses": (draws.misses[:, 0].sum(), n, 0.1),
        "books again": (draws.books_again.sum(), draws.misses[:, 0].sum(), 0.6),
        "never collects": (draws.never_collects.sum(), n, 0.01),
        "replacement": (draws.replacement.sum(), applicants, 0.4),
        "missing of new": (draws.papers_missing[~draws.replacement].sum(), (~draws.replacement).sum(), 0.1),
        "missing of old": (draws.papers_missing[draws.replacement].sum(), draws.replacement.sum(), 0.05),
        "comes back": (draws.comes_back.sum(), draws.papers_missing.sum(), 0.8),
        "refused": (draws.refused.sum(), applicants, 0.02),
        "three days": ((draws.issue_days == 3).sum(), applicants, 0.5),
    }
    for what, (hits, among, share) in claims.items():
        assert stats.binomtest(int(hits), int(among), share).pvalue > ERROR_RATE, what


def test_a_site_is_closed_to_the_homebound_to_other_passports_and_outside_the_working_area() -> None:
    _, draws = drawn(FAR_OPEN)
    assert (draws.cost_rupiah[draws.homebound] == CLOSED).all()
    mobile = ~draws.homebound
    assert (draws.cost_rupiah[mobile & draws.electronic, 2] == CLOSED).all()
    assert (draws.cost_rupiah[mobile & ~draws.electronic] < CLOSED).all()
    plan, draws = drawn({"choice": {"catchment": "working_area"}})
    other = dataclasses.replace(
        plan, behaviour=dataclasses.replace(plan.behaviour, working_area=np.array([[True, False]] * 4))
    )
    closed = draw(other, Source(SEED, 0)).cost_rupiah
    assert (closed[:, 1] == CLOSED).all()
    assert np.array_equal(closed[:, 0], draws.cost_rupiah[:, 0])


def test_a_site_that_attracts_beyond_measure_costs_as_little_as_can_be_written() -> None:
    _, draws = drawn({"choice": {"kind_constants": {"ukk": "Rp -900000000000"}}})
    costs = draws.cost_rupiah[~draws.homebound]
    assert set(np.unique(costs[:, 1]).tolist()) == {1 - CLOSED}
    assert (abs(costs[:, 0]) < CLOSED).all()


def test_the_cost_of_a_site_is_time_and_fares_of_all_trips_expected() -> None:
    plan, draws = drawn({"choice": {"taste": "Rp 0"}})
    p = int(np.flatnonzero((draws.size == 2) & (draws.district == 3) & ~draws.homebound & (draws.channel == 0))[0])
    stretch = int(np.searchsorted(plan.travel.starts, draws.need_ms[p], side="right")) - 1
    hours = plan.travel.duration_ms[stretch, 3] / HOUR_MS
    one_way = hours * draws.value_of_time[p] + plan.travel.fare_rupiah[stretch, 3]
    # There and back to the appointment, and half of the trip of the one of the two who fetches both passports.
    np.testing.assert_allclose(draws.cost_rupiah[p], 2 * one_way * 1.5 + [0, 20_000], atol=2 * hours.max() + 1)


def test_a_passport_issued_at_once_costs_no_second_trip_and_only_where_it_is_printed() -> None:
    plan, draws = drawn({"choice": {"taste": "Rp 0"}})
    at = plan.channels.id.index("accelerated")
    rows = np.flatnonzero((draws.channel == at) & (draws.size == 1) & ~draws.homebound)
    stretch = np.searchsorted(plan.travel.starts, draws.need_ms[rows], side="right") - 1
    where = stretch, draws.district[rows]
    one_way = (
        plan.travel.duration_ms[where] / HOUR_MS * draws.value_of_time[rows, None] + plan.travel.fare_rupiah[where]
    )
    trips = (draws.cost_rupiah[rows] - [0, 20_000]) / one_way
    np.testing.assert_allclose(trips, np.tile([2.0, 4.0], (len(rows), 1)), rtol=1e-2)


def test_taste_is_gumbel_of_mean_zero_and_belongs_to_party_and_site() -> None:
    segments = {"general": {"per_year": 60_000}}
    _, plain = drawn({"choice": {"taste": "Rp 0"}, "need": {"segments": segments}})
    _, spread = drawn({"choice": {"taste": "Rp 1000000"}, "need": {"segments": segments}})
    mobile = ~plain.homebound
    taste = (plain.cost_rupiah - spread.cost_rupiah)[mobile] / 1e6
    for site in range(2):
        assert stats.kstest(taste[:, site], "gumbel_r", (-np.euler_gamma,)).pvalue > ERROR_RATE
    assert stats.pearsonr(taste[:, 0], taste[:, 1]).pvalue > ERROR_RATE


def test_one_who_prepares_can_come_from_the_start_of_that_working_day_on() -> None:
    plan, draws = drawn({"booking": {"prepare_days": {0: 0.5, 3: 0.5}}})
    later = draws.wanted_ms != draws.need_ms
    assert 0.4 < later.mean() < 0.6
    need_day = (draws.need_ms[later] // DAY_MS).astype("datetime64[D]")
    open_days = plan.working_days.astype("datetime64[D]")
    closed = np.setdiff1d(np.arange(plan.working_days[-1]).astype("datetime64[D]"), open_days)
    # The count begins after the day of need, whatever day that is.
    expected = np.busday_offset(need_day + np.timedelta64(1, "D"), 2, roll="forward", weekmask=[1] * 7, holidays=closed)
    assert np.array_equal(draws.wanted_ms[later], expected.astype(np.int64) * DAY_MS)


# --------------------------------------------------------------------------------------------------- small tools


@given(
    st.lists(
        st.tuples(st.floats(1e-9, 1 - 1e-9), st.one_of(st.floats(0, 30), st.floats(30, 1e5))), min_size=1, max_size=30
    )
)
def test_poisson_quantiles_are_those_of_scipy(pairs: list[tuple[float, float]]) -> None:
    u, mean = (np.array(column) for column in zip(*pairs, strict=True))
    np.testing.assert_array_equal(poisson_inverse(u, mean), stats.poisson.ppf(u, mean))


@given(
    st.lists(st.integers(0, 9), min_size=24, max_size=24).filter(lambda hours: sum(hours) > 0),
    st.lists(st.floats(1e-9, 1 - 1e-9), min_size=1, max_size=30),
)
def test_times_of_day_lie_on_the_line_through_the_shares_of_the_hours(hours: list[int], u: list[float]) -> None:
    weights = np.array(hours) / sum(hours)
    edges = np.concatenate([[0.0], np.cumsum(weights)])
    got = time_of_day(weights, np.array(u))
    np.testing.assert_allclose(got, np.interp(u, edges, np.arange(25) * HOUR_MS), atol=1.001)
    assert weights.take(got // HOUR_MS).all()


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 9), min_size=1).filter(lambda d: sum(d.values()) > 0))
def test_values_are_drawn_by_their_shares(weights: dict[int, int]) -> None:
    total = sum(weights.values())
    u = (np.arange(total) + 0.5) / total
    got = from_shares({value: weight / total for value, weight in weights.items()}, u)
    values, counts = np.unique(got, return_counts=True)
    assert dict(zip(values.tolist(), counts.tolist(), strict=True)) == {k: w for k, w in weights.items() if w}


@pytest.mark.parametrize("shares", [1, 2, 5, 255, 256, 257, 300])
def test_a_number_lies_in_the_share_that_a_search_finds_also_on_its_edge(shares: int) -> None:
    edges = np.cumsum(np.full(shares, 1 / shares))[:-1]
    u = np.concatenate([edges, np.nextafter(edges, 0), np.nextafter(edges, 1), [0.0, np.nextafter(1, 0)]])
    np.testing.assert_array_equal(rows_of(edges, u), np.searchsorted(edges, u, side="right"))


@given(st.lists(st.integers(0, 9) | st.integers(0, 2**40) | st.integers(2**60, 2**62), max_size=60))
def test_needs_are_put_in_order_as_a_stable_sort_does_however_long_the_period(moments: list[int]) -> None:
    need_ms = np.array(moments, dtype=np.int64)
    np.testing.assert_array_equal(in_time(need_ms), np.argsort(need_ms, kind="stable"))
