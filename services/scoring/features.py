"""What a model is told of goods: numbers that sum up a history of temperatures, irregular and with gaps as it may be.

Training and service share this file, so that a model is asked in the words that it learned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import copysign, log, log1p
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spoilage import CLASSES, KEPT_AT, rates, rates_of

DAY: Final = 86400.0

NAMES: Final = (
    *(f"is_{name.lower()}" for name in CLASSES),
    "log_days_left",
    "log_days_watched",
    "excess_of_left",
    "excess_of_known",
    "log_excess_days",
    "mean_above",
    "highest_above",
    "last_above",
    "longest_gap_share",
    "log_samples",
)
"""The features, in the order that a model takes them."""

(_LEFT, _WATCHED, _OF_LEFT, _OF_KNOWN, _EXCESS, _MEAN, _HIGHEST, _LAST, _GAP, _SAMPLES) = range(
    len(CLASSES), len(NAMES)
)

RISING: Final = frozenset(
    {"excess_of_left", "excess_of_known", "log_excess_days", "mean_above", "highest_above", "last_above"}
)
"""Those that grow with every temperature, and with which the risk may not fall."""


_KEPT_AT: Final = KEPT_AT.tolist()


@dataclass(frozen=True, slots=True)
class Histories:
    """The histories of several goods, one after the other.

    Attributes:
        product_class: Of the goods with each history, counted from 0 as CLASSES does.
        days_left: How many days each of the goods keeps from the end of its history, had it always been kept as it must.
        starts: Where each history's samples begin.
        times: Seconds, rising within each history.
        celsius: The temperatures.
        of: Which history each of the goods had. None: each its own, in their order.

    """

    product_class: NDArray[np.intp]
    days_left: NDArray[np.float64]
    starts: NDArray[np.intp]
    times: NDArray[np.float64]
    celsius: NDArray[np.float64]
    of: NDArray[np.intp] | None = None


def features(goods: Histories) -> NDArray[np.float32]:
    """Return a row of features for each of the goods."""
    starts, kinds, times, celsius = goods.starts, goods.product_class, goods.times, goods.celsius
    # Plain operations, since the wrappers around some (diff, clip, stack) take longer than the work for one history.
    ends = np.empty_like(starts)
    ends[:-1], ends[-1] = starts[1:], len(times)
    samples = ends - starts
    ends -= 1
    steps = np.empty_like(times)
    np.subtract(times[1:], times[:-1], out=steps[1:])
    steps[starts] = 0.0
    pace = rates(np.repeat(kinds, samples), celsius)
    # Between two samples the temperature, and so the rate, is taken to go straight from the one to the other.
    used = np.add.reduceat(_between(pace) * steps, starts)
    seconds = times[ends] - times[starts]
    watched = seconds > 0
    length = np.where(watched, seconds, 1.0)
    mean = np.where(watched, np.add.reduceat(_between(celsius) * steps, starts) / length, celsius[starts])
    days = seconds / DAY
    excess = (used - seconds) / DAY
    kept_at = KEPT_AT[kinds]
    rows = np.zeros((len(starts), len(NAMES)), np.float32)
    rows[np.arange(len(starts)), kinds] = 1.0
    rows[:, _WATCHED] = np.log1p(days)
    rows[:, _EXCESS] = np.sign(excess) * np.log1p(np.abs(excess))
    rows[:, _MEAN] = mean - kept_at
    rows[:, _HIGHEST] = np.maximum.reduceat(celsius, starts) - kept_at
    rows[:, _LAST] = celsius[ends] - kept_at
    rows[:, _GAP] = np.maximum.reduceat(steps, starts) / length
    rows[:, _SAMPLES] = np.log(samples)
    if goods.of is not None:
        rows, excess, days = rows[goods.of], excess[goods.of], days[goods.of]
    rows[:, _LEFT] = np.log1p(goods.days_left)
    rows[:, _OF_LEFT] = _share(excess, goods.days_left)
    rows[:, _OF_KNOWN] = _share(excess, goods.days_left + days)
    return rows


def features_of(product_class: int, days_left: float, times: Sequence[float], celsius: Sequence[float]) -> list[float]:
    """Return the row of one history, which is the same in plain numbers: for a short one, arrays cost several times the work."""
    steps = [after - before for before, after in pairwise(times)]
    pace = rates_of(product_class, celsius)
    seconds = times[-1] - times[0]
    length = seconds or 1.0
    mean = _area(celsius, steps) / length if seconds else celsius[0]
    days = seconds / DAY
    excess = (_area(pace, steps) - seconds) / DAY
    kept_at = _KEPT_AT[product_class]
    row = [0.0] * len(NAMES)
    row[product_class] = 1.0
    row[_LEFT] = log1p(days_left)
    row[_WATCHED] = log1p(days)
    row[_OF_LEFT] = _share_of(excess, days_left)
    row[_OF_KNOWN] = _share_of(excess, days_left + days)
    row[_EXCESS] = copysign(log1p(abs(excess)), excess)
    row[_MEAN] = mean - kept_at
    row[_HIGHEST] = max(celsius) - kept_at
    row[_LAST] = celsius[-1] - kept_at
    row[_GAP] = max(steps, default=0.0) / length
    row[_SAMPLES] = log(len(times))
    return row


def _share(excess: NDArray[np.float64], days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what part of these days the excess is, within bounds beyond which it does not matter."""
    return np.minimum(np.maximum(excess / np.maximum(days, 0.1), -2.0), 20.0)


def _share_of(excess: float, days: float) -> float:
    return min(max(excess / max(days, 0.1), -2.0), 20.0)


def _area(values: Sequence[float], steps: Sequence[float]) -> float:
    """Return the sum of values over time, each going straight to the next."""
    return 0.5 * sum([step * (before + after) for step, (before, after) in zip(steps, pairwise(values), strict=True)])


def _between(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of each value and the one before it."""
    means = values.copy()
    means[1:] += values[:-1]
    means *= 0.5
    return means
