"""What a model is told of goods: numbers that sum up a history of temperatures, irregular and with gaps as it may be.

Training and service share this file, so that a model is asked in the words that it learned.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spoilage import CLASSES, KEPT_AT, rates

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

RISING: Final = frozenset(
    {"excess_of_left", "excess_of_known", "log_excess_days", "mean_above", "highest_above", "last_above"}
)
"""Those that grow with every temperature, and with which the risk may not fall."""


@dataclass(frozen=True, slots=True)
class Histories:
    """The histories of several goods, one after the other.

    Attributes:
        product_class: Of each of the goods, counted from 0 as CLASSES does.
        days_left: How many days each keeps from the end of its history, had it always been kept as it must.
        starts: Where each one's samples begin.
        times: Seconds, rising within each history.
        celsius: The temperatures.

    """

    product_class: NDArray[np.intp]
    days_left: NDArray[np.float64]
    starts: NDArray[np.intp]
    times: NDArray[np.float64]
    celsius: NDArray[np.float64]


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
    values = (
        np.log1p(goods.days_left),
        np.log1p(days),
        _share(excess, goods.days_left),
        _share(excess, goods.days_left + days),
        np.sign(excess) * np.log1p(np.abs(excess)),
        mean - kept_at,
        np.maximum.reduceat(celsius, starts) - kept_at,
        celsius[ends] - kept_at,
        np.maximum.reduceat(steps, starts) / length,
        np.log(samples),
    )
    for column, each in enumerate(values, len(CLASSES)):
        rows[:, column] = each
    return rows


def _share(excess: NDArray[np.float64], days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what part of these days the excess is, within bounds beyond which it does not matter."""
    return np.minimum(np.maximum(excess / np.maximum(days, 0.1), -2.0), 20.0)


def _between(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of each value and the one before it."""
    means = values.copy()
    means[1:] += values[:-1]
    means *= 0.5
    return means
