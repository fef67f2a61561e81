"""Goods that never were: temperatures as sensors would have told them, and whether the goods spoilt before their date.

The goods themselves spoil by the relations of spoilage.py at the temperature in their middle. A model sees only what a sensor
says of the air: off by a little, rounded, at irregular times, with gaps. All of it follows from the seed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.signal import lfilter

from features import DAY, Histories
from spoilage import CLASSES, KEPT_AT, rates

STEP_SECONDS = 900

# How many days goods of a class keep, from and to.
_SHELF_LIFE = {
    "FISH": (4, 10),
    "MEAT": (5, 14),
    "DAIRY": (7, 28),
    "PRODUCE": (5, 21),
    "FROZEN": (90, 500),
    "AMBIENT": (60, 500),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """Histories with what became of the goods: 1 where they spoilt before their date."""

    histories: Histories
    spoilt: NDArray[np.int8]


def simulate(seed: int, count: int) -> Sample:
    """Return that many goods, the same for the same seed."""
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, len(CLASSES), count)
    all_times, all_celsius, lengths, left, spoilt = [], [], [], [], []
    for kind in kinds:
        label = rng.uniform(*_SHELF_LIFE[CLASSES[kind]])
        days = min(float(np.exp(rng.uniform(np.log(0.05), np.log(14)))), label * 0.9)
        # Histories begin when goods enter the cold chain, or a little later.
        before = rng.uniform(0, 0.3) * (label - days)
        days_left = label - days - before
        air, usual = _air(rng, int(kind), days)
        # Goods warm up and cool down more slowly than the air around them: by half in 20 to 90 minutes.
        keep = 0.5 ** (STEP_SECONDS / 60 / rng.uniform(20, 90))
        inside = lfilter([1 - keep], [1, -keep], air - air[0]) + air[0]
        used = before + rates(kind, inside).sum() * STEP_SECONDS / DAY
        future = rates(kind, np.full(1, usual + rng.normal(0, 0.3)))[0] * days_left
        # Producers date carefully, and no two packs are the same.
        keeps = label * np.exp(rng.normal(0.15, 0.06))
        times, celsius = _sensor(rng, air)
        all_times.append(times)
        all_celsius.append(celsius)
        lengths.append(len(times))
        left.append(days_left)
        spoilt.append(used + future > keeps)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.intp)
    histories = Histories(
        kinds.astype(np.intp), np.array(left), starts, np.concatenate(all_times), np.concatenate(all_celsius)
    )
    return Sample(histories, np.array(spoilt, np.int8))


def _air(rng: Generator, kind: int, days: float) -> tuple[NDArray[np.float64], float]:
    """Return the temperature of the air at every step, and what is usual in that place."""
    steps = max(2, int(days * DAY / STEP_SECONDS))
    hours = np.arange(steps) * STEP_SECONDS / 3600
    usual = KEPT_AT[kind] + rng.normal(0.2, 0.6)
    air = usual + rng.uniform(0, 1) * np.sin(2 * np.pi * (hours / 24 + rng.uniform()))
    air += lfilter([1], [1, -0.95], rng.normal(0, 0.12, steps))
    outside = rng.uniform(12, 34)
    for _ in range(rng.poisson(1.5 * days)):  # Doors that open: a jump that decays.
        since = hours - rng.uniform(0, hours[-1])
        air += np.where(since >= 0, rng.uniform(1, 6) * np.exp(-np.maximum(since, 0) / rng.uniform(0.2, 0.8)), 0)
    # A cooling that fails, or a pallet left standing: towards the temperature outside, for an hour up to a day and a half.
    for _ in range(rng.poisson(0.6)):
        since = hours - rng.uniform(0, hours[-1])
        lasts = np.exp(rng.uniform(np.log(1), np.log(36)))
        reached = 1 - np.exp(-np.clip(since, 0, lasts) / rng.uniform(0.5, 4))
        air += max(outside - usual, 0) * reached * np.exp(-np.maximum(since - lasts, 0))
    return air, usual


def _sensor(rng: Generator, air: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what a sensor tells of the air, and when."""
    end = (len(air) - 1) * STEP_SECONDS
    pause = rng.uniform(300, 3600)
    times = np.cumsum(rng.exponential(pause, int(end / pause * 1.5) + 20))
    times = np.concatenate([[0.0], times[times < end], [float(end)]])
    for _ in range(rng.poisson(0.6)):  # Gaps: nothing is heard for a while.
        begin, length = rng.uniform(0, end), rng.uniform(0.02, 0.3) * end
        keep = (times < begin) | (times > begin + length)
        keep[[0, -1]] = True
        times = times[keep]
    if len(times) > 400:
        times = times[np.linspace(0, len(times) - 1, 400).astype(int)]
    told = np.interp(times, np.arange(len(air)) * STEP_SECONDS, air)
    told += rng.normal(0, 0.3) + rng.normal(0, 0.2, len(times))
    return times, np.round(told, 1)
