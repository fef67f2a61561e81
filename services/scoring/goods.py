"""Goods as the rules see them, and several of them as the features need them."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from features import Histories, features, features_of

# As many samples as cost the same in plain numbers and in arrays; each of the goods counts as some more.
_FEW: Final = 110
_OF_EACH: Final = 10


class Goods(NamedTuple):
    """Goods whose temperatures are known.

    Attributes:
        product_class: Counted from 0, as spoilage.CLASSES does.
        days_left: How many days they keep from the end of the history, had they always been kept as they must.
        stock: How many packs there are; 0 means that the number does not matter.
        times: Seconds since any beginning, rising. At least one.
        celsius: The temperatures at these times.

    """

    product_class: int
    days_left: float
    stock: int
    times: Sequence[float]
    celsius: Sequence[float]


def rows_of(goods: Sequence[Goods]) -> NDArray[np.float32]:
    """Return a row of features for each of the goods."""
    if sum([len(each.times) + _OF_EACH for each in goods]) > _FEW:
        return features(join(goods))
    rows = [features_of(each.product_class, each.days_left, each.times, each.celsius) for each in goods]
    return np.array(rows, np.float32)


def join(goods: Sequence[Goods]) -> Histories:
    """Put the histories of several goods one after the other."""
    lengths = [len(each.times) for each in goods]
    starts = np.cumsum([0, *lengths[:-1]], dtype=np.intp)
    times = np.array([time for each in goods for time in each.times], np.float64)
    celsius = np.array([temperature for each in goods for temperature in each.celsius], np.float64)
    kinds = np.array([each.product_class for each in goods], np.intp)
    return Histories(kinds, np.array([each.days_left for each in goods], np.float64), starts, times, celsius)
