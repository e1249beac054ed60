"""Random numbers keyed by who they belong to.

A number is a function of (seed, replication, purpose, applicant) and of nothing else: the generator is counter-based
(Philox4x32-10; Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011). The key comes from
seed, replication and purpose; the counter from segment, district, date, place in that day, and member of the party.
So the same applicant meets the same fate in every scenario, whatever else the scenario adds or takes away, and a
purpose that is added leaves every other number as it was.

NumPy's own Philox hands out one stream at a time; here each applicant has a place of their own in each stream, for
which no kept library offers a vectorised generator.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import jit
from sim.plan import Floats, Ints

_MASK = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_DROPPED = np.uint64(12)
_MULTIPLIER0, _MULTIPLIER1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_WEYL0, _WEYL1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_ROUNDS = 10
_BITS_OF_ONE = np.uint64(1023 << 52)
_ONE_LESS_HALF = 1.0 - 2.0**-53
_LOW_BITS = 0xFFFFFFFF

Words = NDArray[np.uint64]
"""Words of 32 bits as the generator works with them: the upper halves are zero."""
Kept = NDArray[np.uint32]
"""Words as they are kept, in half the memory."""


def philox4x32(counter: Sequence[Words], key: tuple[int, int]) -> tuple[Words, Words, Words, Words]:
    """Ten rounds of Philox4x32 on four arrays of 32-bit words, one counter for each element.

    Source: Salmon et al. 2011, section 3.
    """
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(_ROUNDS):
        p0 = c0 * _MULTIPLIER0
        p1 = c2 * _MULTIPLIER1
        c0, c1, c2, c3 = (
            (p1 >> _SHIFT) ^ c1 ^ np.uint64(k0),
            p1 & _MASK,
            (p0 >> _SHIFT) ^ c3 ^ np.uint64(k1),
            p0 & _MASK,
        )
        k0 = (k0 + int(_WEYL0)) & _LOW_BITS
        k1 = (k1 + int(_WEYL1)) & _LOW_BITS
    return c0, c1, c2, c3


@functools.cache
def stable_hash(text: str) -> int:
    """64 bits that stand for ``text`` on every machine and in every run."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


@dataclass(frozen=True)
class Identity:
    """Who a number belongs to: four 32-bit words for each element, as arrays of one length."""

    words: tuple[Kept, Kept, Kept, Kept]

    @classmethod
    def of(cls, group: NDArray[np.uint64], date: Ints, index: Ints | int, member: Ints | int = 0) -> Identity:
        """Identity from a 64-bit group (segment and district), a date, a place in that day and a member of the party.

        ``date`` counts days since 1970-01-01 and must be below 65,536; ``member`` as well. There are as many as
        elements when all four are broadcast against each other, in the order of their rows.
        """
        words = np.broadcast_arrays(index, np.left_shift(date, 16) | member, group & _MASK, group >> _SHIFT)
        w0, w1, w2, w3 = (np.array(word, dtype=np.uint32, order="C").reshape(-1) for word in words)
        return cls((w0, w1, w2, w3))

    def __len__(self) -> int:
        return len(self.words[0])

    def further(self, members: Ints) -> Identity:
        """The identities of those who stand so many members further on in the party, or group."""
        w = self.words
        return Identity((w[0], w[1] + members.astype(np.uint32), w[2], w[3]))

    def take(self, rows: Ints | NDArray[np.bool_] | slice) -> Identity:
        """The identities of some elements."""
        w = self.words
        if isinstance(rows, slice) or rows.dtype == np.bool_:
            return Identity((w[0][rows], w[1][rows], w[2][rows], w[3][rows]))
        return Identity((w[0].take(rows), w[1].take(rows), w[2].take(rows), w[3].take(rows)))


@dataclass(frozen=True)
class Source:
    """The random numbers of one replication."""

    seed: int
    replication: int

    def key(self, purpose: str) -> tuple[int, int]:
        """The generator's key for a purpose: seed sequence of the root seed, spawned by purpose and replication."""
        sequence = np.random.SeedSequence(self.seed, spawn_key=(stable_hash(purpose), self.replication))
        low, high = sequence.generate_state(2, np.uint32)
        return int(low), int(high)

    def uniform(self, purpose: str, who: Identity, occasion: int = 0) -> Floats:
        """One uniform number for each identity, strictly between 0 and 1, with 52 random bits: the first of a pair."""
        key = self.key(purpose if occasion == 0 else f"{purpose}/{occasion}")
        if jit.available():
            first = np.empty(len(who))
            jit.compiled(fill_first)(*who.words, np.uint64(key[0]), np.uint64(key[1]), first)
            return first
        return self.pair(purpose, who, occasion)[0]

    def pair(self, purpose: str, who: Identity, occasion: int = 0) -> tuple[Floats, Floats]:
        """Two independent uniform numbers for each identity, for the price of one."""
        key = self.key(purpose if occasion == 0 else f"{purpose}/{occasion}")
        if jit.available():
            first, second = np.empty(len(who)), np.empty(len(who))
            jit.compiled(fill_pair)(*who.words, np.uint64(key[0]), np.uint64(key[1]), first, second)
            return first, second
        a, b, c, d = philox4x32([word.astype(np.uint64) for word in who.words], key)
        return _to_unit(a, b), _to_unit(c, d)


def fill_pair(
    w0: Kept, w1: Kept, w2: Kept, w3: Kept, key0: np.uint64, key1: np.uint64, first: Floats, second: Floats
) -> None:
    """Two uniform numbers for each of many counters, one by one: what :func:`philox4x32` gives, when compiled."""
    for i in range(len(w0)):
        a, b, c, d = _ten_rounds(w0[i], w1[i], w2[i], w3[i], key0, key1)
        first[i] = _one_to_unit(a, b)
        second[i] = _one_to_unit(c, d)


def fill_first(w0: Kept, w1: Kept, w2: Kept, w3: Kept, key0: np.uint64, key1: np.uint64, first: Floats) -> None:
    """The first of the two numbers alone."""
    for i in range(len(w0)):
        a, b, _, _ = _ten_rounds(w0[i], w1[i], w2[i], w3[i], key0, key1)
        first[i] = _one_to_unit(a, b)


def _ten_rounds(
    w0: np.uint32, w1: np.uint32, w2: np.uint32, w3: np.uint32, key0: np.uint64, key1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Four words; their upper halves are whatever they have become."""
    c0, c1, c2, c3 = np.uint64(w0), np.uint64(w1), np.uint64(w2), np.uint64(w3)
    k0, k1 = key0, key1
    for _ in range(_ROUNDS):
        # Upper halves are cut off only where they count: before a word is multiplied.
        p0 = (c0 & _MASK) * _MULTIPLIER0
        p1 = (c2 & _MASK) * _MULTIPLIER1
        c0, c1, c2, c3 = (p1 >> _SHIFT) ^ c1 ^ k0, p1, (p0 >> _SHIFT) ^ c3 ^ k1, p0
        k0 += _WEYL0
        k1 += _WEYL1
    return c0, c1, c2, c3


def _one_to_unit(high: np.uint64, low: np.uint64) -> float:
    """What :func:`_to_unit` gives, by its bits: those of a number from 1 to 2, less 1 and the half of the last one."""
    bits = np.uint64((((high << _SHIFT) | (low & _MASK)) >> _DROPPED) | _BITS_OF_ONE)
    return float(bits.view(np.float64) - _ONE_LESS_HALF)


def _to_unit(high: Words, low: Words) -> Floats:
    """52 bits of two words, at the middle of their interval, so that neither 0 nor 1 can come out."""
    bits = ((high << _SHIFT) | low) >> _DROPPED
    return (bits.astype(np.float64) + 0.5) * 2.0**-52
