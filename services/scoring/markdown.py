"""What a risk makes of a price. A rule without a model, so that everybody can check a markdown by hand."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

HIGHEST: Final = 90
"""The most that is taken off, in percent."""

_STEP = 5
_HALF_URGENT_DAYS = 3.0
_HALF_FULL_PACKS = 20.0


def markdown_percent(risk: float, days_left: float, stock: int) -> int:
    """Return what to take off the price: `90 (1 - (1 - risk)^k)` percent, rounded down to a multiple of 5.

    k = (0.5 + urgency) * (0.75 + 0.5 * fullness), where urgency = 1 / (1 + days_left / 3) and fullness = stock / (stock + 20).
    Nothing is taken off where there is no risk; more never is for less risk, for more days left, or for fewer packs.

    Args:
        risk: From 0 to 1.
        days_left: Not negative.
        stock: How many packs there are. 0 means that the number does not matter: as for 20.

    """
    urgency = 1 / (1 + days_left / _HALF_URGENT_DAYS)
    packs = stock or _HALF_FULL_PACKS
    fullness = packs / (packs + _HALF_FULL_PACKS)
    exponent = (0.5 + urgency) * (0.75 + 0.5 * fullness)
    percent = HIGHEST * (1 - (1 - min(max(risk, 0.0), 1.0)) ** exponent)
    # A hair of rounding must not cost a step.
    return math.floor(percent / _STEP + 1e-9) * _STEP


def markdown_percents(
    risk: NDArray[np.float64], days_left: NDArray[np.float64], stock: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Return the same for many goods."""
    urgency = 1 / (1 + days_left / _HALF_URGENT_DAYS)
    packs = np.where(stock > 0, stock, _HALF_FULL_PACKS)
    fullness = packs / (packs + _HALF_FULL_PACKS)
    exponent = (0.5 + urgency) * (0.75 + 0.5 * fullness)
    percent = HIGHEST * (1 - (1 - np.clip(risk, 0.0, 1.0)) ** exponent)
    return np.floor(percent / _STEP + 1e-9).astype(np.intp) * _STEP
