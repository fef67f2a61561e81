"""Goods as the rules see them, and several of them as the features need them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features import Histories


@dataclass(frozen=True, slots=True)
class Goods:
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
    times: list[float]
    celsius: list[float]


def join(goods: Sequence[Goods]) -> Histories:
    """Put the histories of several goods one after the other."""
    if len(goods) == 1:
        starts = np.zeros(1, np.intp)
        times, celsius = np.array(goods[0].times, np.float64), np.array(goods[0].celsius, np.float64)
    else:
        lengths = [len(each.times) for each in goods]
        starts = np.cumsum([0, *lengths[:-1]], dtype=np.intp)
        times = np.array([time for each in goods for time in each.times], np.float64)
        celsius = np.array([temperature for each in goods for temperature in each.celsius], np.float64)
    kinds = np.array([each.product_class for each in goods], np.intp)
    return Histories(kinds, np.array([each.days_left for each in goods], np.float64), starts, times, celsius)
