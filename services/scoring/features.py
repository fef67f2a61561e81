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
    starts, kinds = goods.starts, goods.product_class
    samples = np.diff(starts, append=len(goods.times))
    ends = starts + samples - 1
    steps = np.diff(goods.times, prepend=goods.times[:1])
    steps[starts] = 0.0
    pace = rates(np.repeat(kinds, samples), goods.celsius)
    # Between two samples the temperature, and so the rate, is taken to go straight from the one to the other.
    used = np.add.reduceat(_between(pace) * steps, starts)
    seconds = goods.times[ends] - goods.times[starts]
    watched = seconds > 0
    length = np.where(watched, seconds, 1.0)
    mean = np.where(watched, np.add.reduceat(_between(goods.celsius) * steps, starts) / length, goods.celsius[starts])
    excess = (used - seconds) / DAY
    kept_at = KEPT_AT[kinds]
    rows = np.zeros((len(starts), len(NAMES)), np.float32)
    rows[np.arange(len(starts)), kinds] = 1.0
    rows[:, len(CLASSES) :] = np.stack(
        [
            np.log1p(goods.days_left),
            np.log1p(seconds / DAY),
            np.clip(excess / np.maximum(goods.days_left, 0.1), -2.0, 20.0),
            np.clip(excess / np.maximum(goods.days_left + seconds / DAY, 0.1), -2.0, 20.0),
            np.sign(excess) * np.log1p(np.abs(excess)),
            mean - kept_at,
            np.maximum.reduceat(goods.celsius, starts) - kept_at,
            goods.celsius[ends] - kept_at,
            np.maximum.reduceat(steps, starts) / length,
            np.log(samples),
        ],
        axis=1,
    )
    return rows


def _between(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of each value and the one before it."""
    means = values.copy()
    means[1:] += values[:-1]
    means *= 0.5
    return means
