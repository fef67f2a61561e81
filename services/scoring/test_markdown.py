import itertools
import unittest

import numpy as np

from markdown import HIGHEST, markdown_percent, markdown_percents

RISKS = [each / 200 for each in range(201)]
DAYS = [0, 0.25, 1, 2, 3, 7, 30, 400]
PACKS = [1, 2, 10, 20, 50, 1000, 2**31 - 1]


class Markdown(unittest.TestCase):
    def test_is_by_hand_what_the_formula_says(self) -> None:
        # k = (0.5 + 0.5) * (0.75 + 0.25) = 1 for 20 packs and 3 days.
        self.assertEqual(markdown_percent(0.5, 3, 20), 45)
        self.assertEqual(markdown_percent(0.2, 3, 20), 15)
        # k = 1.5 * 1.25: urgent and plenty.
        self.assertEqual(markdown_percent(0.2, 0, 2**31 - 1), 30)

    def test_is_nothing_without_risk_and_the_most_for_what_is_surely_spoilt(self) -> None:
        for days, packs in itertools.product(DAYS, PACKS):
            self.assertEqual(markdown_percent(0, days, packs), 0)
            self.assertEqual(markdown_percent(1, days, packs), HIGHEST)

    def test_is_a_multiple_of_five_that_never_falls_with_the_risk(self) -> None:
        for days, packs in itertools.product(DAYS, [0, *PACKS]):
            found = [markdown_percent(risk, days, packs) for risk in RISKS]
            self.assertEqual(found, sorted(found))
            self.assertTrue(all(each % 5 == 0 and 0 <= each <= HIGHEST for each in found))

    def test_never_falls_with_the_packs_and_never_rises_with_the_days_left(self) -> None:
        for risk in RISKS:
            for days in DAYS:
                found = [markdown_percent(risk, days, packs) for packs in PACKS]
                self.assertEqual(found, sorted(found))
            for packs in PACKS:
                found = [markdown_percent(risk, days, packs) for days in DAYS]
                self.assertEqual(found, sorted(found, reverse=True))

    def test_does_without_a_number_of_packs(self) -> None:
        self.assertEqual(
            [markdown_percent(risk, 2, 0) for risk in RISKS], [markdown_percent(risk, 2, 20) for risk in RISKS]
        )

    def test_of_many_is_that_of_each(self) -> None:
        # Where a step begins exactly, a hair decides: k = 1, so that the risks of steps are multiples of 5/90.
        edges = [(each / 18, 3.0, 20) for each in range(19)]
        cases = [*edges, *itertools.product([-0.1, *RISKS, 1.1], DAYS, [0, *PACKS])]
        risks, days, packs = (np.array(each, np.float64) for each in zip(*cases, strict=True))
        self.assertEqual(markdown_percents(risks, days, packs).tolist(), [markdown_percent(*each) for each in cases])
