"""How fast goods of a kind spoil at a temperature, as published relations have it. Rules only: no model, no contract.

A relative rate of spoilage is 1 at the temperature that the goods must be kept at, so that an hour there uses up an hour
of shelf life, and an hour at rate 4 uses up four. The relations, and what is our own choice in them:

- FISH: the square root of the rate is 1 + 0.1 T, seafood from temperate waters, T in degrees Celsius (Dalgaard 2002,
  after Olley and Ratkowsky 1973). Kept at 2 degrees: our choice, as are all temperatures of keeping below.
- MEAT, DAIRY: the square-root model of Ratkowsky et al. (1982) for the pseudomonads that spoil both, whose notional
  minimum is -7.6 degrees (Neumeyer, Ross and McMeekin 1997). Kept at 4 degrees.
- PRODUCE: Q10 falls from 3.0 below 10 degrees to 2.5, 2.0 and 1.5 in the next three tens (Saltveit 2016). Kept at 4 degrees.
- FROZEN, AMBIENT: a constant Q10, as Labuza (1982) has it for shelf life: 5 from -18 degrees and 2 from 20. The values are our
  choice, since they differ from food to food.

models/README.md has the full references.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

CLASSES: Final = ("FISH", "MEAT", "DAIRY", "PRODUCE", "FROZEN", "AMBIENT")
"""In the order of the contract, whose numbers begin at 1."""

KEPT_AT: Final = np.array([2.0, 4.0, 4.0, 4.0, -18.0, 20.0])
"""The temperature at which goods of each class keep as long as they should, in degrees Celsius."""

# Beyond these the relations say nothing; hotter goods spoil at least as fast, colder ones at most.
_COLDEST, _HOTTEST, _STEPS = -40.0, 60.0, 10


def _square_root(celsius: NDArray[np.float64], minimum: float) -> NDArray[np.float64]:
    return np.maximum(celsius - minimum, 0.0) ** 2


def _produce(celsius: NDArray[np.float64]) -> NDArray[np.float64]:
    tens = np.array([_COLDEST, 10.0, 20.0, 30.0, _HOTTEST])
    logs = np.concatenate([[0.0], np.cumsum(np.diff(tens) / 10 * np.log([3.0, 2.5, 2.0, 1.5]))])
    return np.exp(np.interp(celsius, tens, logs))


def _relation(product_class: int, celsius: NDArray[np.float64]) -> NDArray[np.float64]:
    match CLASSES[product_class]:
        case "FISH":
            return _square_root(celsius, -10.0)
        case "MEAT" | "DAIRY":
            return _square_root(celsius, -7.6)
        case "PRODUCE":
            return _produce(celsius)
        case "FROZEN":
            return 5.0 ** (celsius / 10)
        case _:
            return 2.0 ** (celsius / 10)


def _table() -> NDArray[np.float64]:
    celsius = np.arange(_COLDEST, _HOTTEST + 0.5 / _STEPS, 1 / _STEPS)
    rates = [_relation(each, celsius) / _relation(each, KEPT_AT[each : each + 1]) for each in range(len(CLASSES))]
    return np.array(rates)


# A rate for every tenth of a degree: sensors tell no more, and looking up costs less than any formula.
_TABLE: Final = _table()
_LISTS: Final = _TABLE.tolist()


def rates(product_class: ArrayLike, celsius: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the relative rates of spoilage. `product_class` counts from 0, as CLASSES does, one or one for each temperature."""
    steps = (np.minimum(np.maximum(celsius, _COLDEST), _HOTTEST) - _COLDEST) * _STEPS
    return _TABLE[product_class, np.rint(steps).astype(np.intp)]


def rates_of(product_class: int, celsius: Sequence[float]) -> list[float]:
    """Return the same for goods of one class in plain numbers, which is faster for a few."""
    table = _LISTS[product_class]
    # Comparing costs a third of calling min and max.
    within = [_COLDEST if each < _COLDEST else _HOTTEST if each > _HOTTEST else each for each in celsius]  # noqa: FURB136
    return [table[round((each - _COLDEST) * _STEPS)] for each in within]
