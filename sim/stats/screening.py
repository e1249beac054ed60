"""Screening of many inputs by elementary effects: which matter at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RESAMPLES = 1000


@dataclass(frozen=True)
class Trajectories:
    """Paths through the unit cube, each of which moves every input once."""

    points: Floats
    """[trajectories, inputs + 1, inputs], each between 0 and 1."""
    moved: Ints
    """[trajectories, inputs]: the input that each step moves."""


@dataclass(frozen=True)
class Effects:
    """Elementary effects of each input, ``[inputs]`` each; NaN where no step could be taken."""

    mean: Floats
    size: Floats
    """Mean of the absolute effects (mu*)."""
    size_low: Floats
    size_high: Floats
    spread: Floats
    """Standard deviation of the effects: large where an input works through others, or not in a line."""
    steps: Ints


def trajectories(inputs: int, count: int, levels: int, seed: int) -> Trajectories:
    """Random trajectories of the design of Morris: steps of levels / (2 (levels - 1)) on a grid, in random order.

    Raises:
        ValueError: There is nothing to move, or the number of levels is odd.

    Source: Morris, M. D. (1991), Factorial sampling plans for preliminary computational experiments, Technometrics 33,
    161-174.
    """
    if inputs < 1 or count < 1 or levels < 2 or levels % 2:
        raise ValueError(f"needs inputs, trajectories and an even number of levels, found {inputs}, {count}, {levels}")
    rng = np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=(1991,)))
    step = levels / (2.0 * (levels - 1.0))
    points = np.empty((count, inputs + 1, inputs))
    moved = np.empty((count, inputs), dtype=np.int64)
    for row in range(count):
        start = rng.integers(0, levels // 2, inputs) / (levels - 1.0)
        up = rng.random(inputs) < 0.5
        at = np.where(up, start, start + step)
        moved[row] = rng.permutation(inputs)
        points[row, 0] = at
        for place, which in enumerate(moved[row].tolist()):
            at = at.copy()
            at[which] += step if up[which] else -step
            points[row, place + 1] = at
    return Trajectories(np.clip(points, 0.0, 1.0), moved)


def elementary_effects(design: Trajectories, values: ArrayLike, confidence: float, seed: int) -> Effects:
    """Effects of moving each input through the whole of its range, from the steps of the trajectories.

    Args:
        design: the trajectories.
        values: ``[trajectories, inputs + 1]``: the outcome at each point; NaN where there is none, which spoils only
            the steps from and to it.
        confidence: of the percentile interval of mu*, from trajectories drawn with replacement.
        seed: of that drawing.

    Source: Morris (1991); Campolongo, F., Cariboni, J. & Saltelli, A. (2007), An effective screening design for
    sensitivity analysis of large models, Environmental Modelling & Software 22, 1509-1518 (mu*).
    """
    outcome = np.asarray(values, dtype=np.float64)
    count, inputs = design.moved.shape
    effects = np.empty((count, inputs))
    rows = np.arange(count)
    for place in range(inputs):
        which = design.moved[:, place]
        distance = design.points[rows, place + 1, which] - design.points[rows, place, which]
        effects[rows, which] = (outcome[:, place + 1] - outcome[:, place]) / distance
    rng = np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=(2007,)))
    drawn = np.abs(effects)[rng.integers(0, count, (RESAMPLES, count))]
    steps = (~np.isnan(effects)).sum(axis=0)
    tails = 0.5 - confidence / 2.0, 0.5 + confidence / 2.0
    low, high = _quantiles(_mean(drawn, 1), tails)
    mean = _mean(effects, 0)
    squares = np.nansum((effects - mean) ** 2, axis=0)
    spread = np.where(steps > 1, np.sqrt(squares / np.maximum(steps - 1, 1)), np.nan)
    return Effects(mean, _mean(np.abs(effects), 0), low, high, spread, steps)


def _mean(values: Floats, axis: int) -> Floats:
    """The mean without the NaN; NaN where there is nothing else."""
    present = ~np.isnan(values)
    count = present.sum(axis=axis)
    total = np.where(present, values, 0.0).sum(axis=axis)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _quantiles(values: Floats, levels: tuple[float, float]) -> tuple[Floats, Floats]:
    """Quantiles over the first axis without the NaN."""
    low, high = np.full(values.shape[1], np.nan), np.full(values.shape[1], np.nan)
    for column in range(values.shape[1]):
        some = values[~np.isnan(values[:, column]), column]
        if len(some):
            low[column], high[column] = np.quantile(some, levels)
    return low, high
