"""Random numbers belong to who they are drawn for, and are what the generator's authors say they are.

Statistical claims are made once, with a seed that was not chosen for its outcome, at an error rate of 1 in 1000 each.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim import jit, randomness
from sim.randomness import Identity, Source, philox4x32, stable_hash

N = 100_000
ERROR_RATE = 1e-3
KNOWN_ANSWERS = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]
"""Counter, key and output, from the test vectors of Random123 (kat_vectors, philox4x32 10)."""


def people(n: int = N, group: str = "general/16.01", member: int = 0) -> Identity:
    """``n`` identities on 400 days of one segment and district."""
    rows = np.arange(n)
    return Identity.of(np.full(n, stable_hash(group), np.uint64), 19_000 + rows % 400, rows // 400, member)


@pytest.mark.parametrize(("counter", "key", "output"), KNOWN_ANSWERS)
def test_the_generator_gives_the_known_answers_of_its_authors(counter: str, key: str, output: str) -> None:
    words = [np.array([int(word, 16)] * 2, np.uint64) for word in counter.split()]
    low, high = (int(word, 16) for word in key.split())
    got = philox4x32(words, (low, high))
    assert [[f"{int(word):08x}" for word in part] for part in got] == [[word] * 2 for word in output.split()]


@given(st.permutations(range(60)), st.integers(0, 2**32), st.integers(0, 500))
def test_permuting_identities_permutes_their_numbers(order: list[int], seed: int, replication: int) -> None:
    source, who = Source(seed, replication), people(60)
    rows = np.array(order)
    assert np.array_equal(source.uniform("papers", who.take(rows)), source.uniform("papers", who)[rows])


@given(st.lists(st.booleans(), min_size=80, max_size=80))
def test_leaving_identities_out_leaves_the_numbers_of_the_others(kept: list[bool]) -> None:
    source, who, mask = Source(3, 1), people(80), np.array(kept)
    assert np.array_equal(source.uniform("papers", who.take(mask)), source.uniform("papers", who)[mask])


def test_identities_are_made_from_all_parts_together_or_from_those_of_rows_and_columns() -> None:
    groups, dates = np.array([2**63 + 5, 7, 2**40], np.uint64), np.array([19_000, 19_500])
    table = Identity.of(groups[:, None], dates, 3, 2)
    each = Identity.of(np.repeat(groups, 2), np.tile(dates, 3), np.full(6, 3), np.full(6, 2))
    assert len(table) == len(each) == 6
    assert all(np.array_equal(a, b) for a, b in zip(table.words, each.words, strict=True))


def test_each_part_of_the_key_changes_every_number() -> None:
    who = people(1000)
    base = Source(1, 0).uniform("papers", who)
    others = {
        "seed": Source(2, 0).uniform("papers", who),
        "replication": Source(1, 1).uniform("papers", who),
        "purpose": Source(1, 0).uniform("travel", who),
        "occasion": Source(1, 0).uniform("papers", who, 1),
        "group": Source(1, 0).uniform("papers", people(1000, "general/16.02")),
        "member": Source(1, 0).uniform("papers", people(1000, member=1)),
    }
    for part, numbers in others.items():
        assert not np.isclose(numbers, base).any(), part


def test_seed_and_replication_cannot_be_traded() -> None:
    who = people(100)
    drawn = {Source(seed, r).uniform("papers", who)[0] for seed in range(12) for r in range(12)}
    assert len(drawn) == 144


def test_identities_of_all_people_of_a_year_are_distinct() -> None:
    rows = np.arange(40_000)
    groups = np.array([stable_hash(f"general/{code}") for code in range(241)], np.uint64)[rows % 241]
    who = Identity.of(groups, 19_000 + rows // 241 % 365, rows % 7, rows % 5)
    assert len(set(zip(*(word.tolist() for word in who.words), strict=True))) == len(
        set(zip(rows % 241, rows // 241 % 365, rows % 7, rows % 5, strict=True))
    )


@pytest.mark.parametrize("purpose", ["need/time", "service/intake", "choice/ukk_oku"])
def test_numbers_are_uniform(purpose: str) -> None:
    for numbers in Source(20230101, 0).pair(purpose, people()):
        assert stats.kstest(numbers, "uniform").pvalue > ERROR_RATE


def _dependence(a: np.ndarray, b: np.ndarray) -> float:
    """p-value of independence: chi-square of the two numbers in a table of 10 by 10 cells."""
    table, _, _ = np.histogram2d(a, b, bins=10, range=((0, 1), (0, 1)))
    return float(stats.chi2_contingency(table).pvalue)


def test_purposes_are_independent_of_each_other() -> None:
    source, who = Source(20230101, 0), people()
    a, b = source.pair("papers", who)
    assert _dependence(a, b) > ERROR_RATE
    assert _dependence(a, source.uniform("travel", who)) > ERROR_RATE
    assert _dependence(a, source.uniform("papers", who, 1)) > ERROR_RATE


def test_neighbours_are_independent_of_each_other() -> None:
    source, who = Source(20230101, 0), people()
    a = source.uniform("papers", who)
    by_day, by_place = a[:-1:2], a[1::2]
    assert _dependence(by_day, by_place) > ERROR_RATE
    assert _dependence(a[:-400], a[400:]) > ERROR_RATE
    assert _dependence(a, source.uniform("papers", people(member=1))) > ERROR_RATE
    assert _dependence(a, Source(20230101, 1).uniform("papers", who)) > ERROR_RATE
    assert _dependence(a, Source(20230102, 0).uniform("papers", who)) > ERROR_RATE


@pytest.mark.parametrize("word", [0, 0xFFFFFFFF])
def test_the_ends_of_the_unit_interval_never_come_out(word: int) -> None:
    words = np.full(1, word, np.uint64)
    (number,) = randomness._to_unit(words, words)
    assert 0.0 < number < 1.0
    assert randomness._one_to_unit(words[0], words[0]) == number


def test_a_hash_stands_for_its_text_in_every_run() -> None:
    # BLAKE2b of 8 bytes, computed with the reference tool b2sum -l 64 and read from its lower end.
    assert stable_hash("") == int.from_bytes(bytes.fromhex("e4a6a0577479b2b4"), "little")


def test_compiled_numbers_are_those_of_the_plain_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    groups = rng.integers(0, 2**63, 5000).astype(np.uint64)
    who = Identity.of(groups, rng.integers(0, 60_000, 5000), rng.integers(0, 2**31, 5000), rng.integers(0, 9, 5000))
    compiled = Source(11, 7).pair("need/time", who, 2)
    first = Source(11, 7).uniform("need/time", who, 2)
    monkeypatch.setattr(jit, "available", lambda: False)
    plain = Source(11, 7).pair("need/time", who, 2)
    assert np.array_equal(compiled[0], plain[0])
    assert np.array_equal(compiled[1], plain[1])
    assert np.array_equal(first, plain[0])
    assert np.array_equal(Source(11, 7).uniform("need/time", who, 2), plain[0])
