import unittest

import numpy as np

from spoilage import CLASSES, KEPT_AT, rates


def rate(name: str, celsius: float) -> float:
    return float(rates(CLASSES.index(name), np.array([celsius]))[0])


class Rates(unittest.TestCase):
    def test_are_one_where_goods_must_be_kept(self) -> None:
        np.testing.assert_allclose([rate(name, KEPT_AT[each]) for each, name in enumerate(CLASSES)], 1.0)

    def test_are_those_of_the_published_relations(self) -> None:
        for celsius, root in ((0, 1.0), (5, 1.5), (10, 2.0)):
            self.assertAlmostEqual(rate("FISH", celsius) / rate("FISH", 0), root**2)
        for name in ("MEAT", "DAIRY"):
            self.assertAlmostEqual(rate(name, 10) / rate(name, 0), (17.6 / 7.6) ** 2)
        for celsius, velocity in ((0, 1.0), (10, 3.0), (20, 7.5), (30, 15.0), (40, 22.5)):
            self.assertAlmostEqual(rate("PRODUCE", celsius) / rate("PRODUCE", 0), velocity)
        self.assertAlmostEqual(rate("FROZEN", -8) / rate("FROZEN", -18), 5.0)
        self.assertAlmostEqual(rate("AMBIENT", 30) / rate("AMBIENT", 20), 2.0)

    def test_never_fall_with_the_temperature_and_stay_finite(self) -> None:
        celsius = np.linspace(-100, 150, 5001)
        for each in range(len(CLASSES)):
            found = rates(each, celsius)
            self.assertTrue(np.all(np.diff(found) >= 0) and np.all(np.isfinite(found)) and found[0] >= 0)

    def test_of_several_classes_are_those_of_each(self) -> None:
        mixed = rates(np.array([0, 4, 0]), np.array([10.0, -8.0, 0.0]))
        np.testing.assert_allclose(mixed, [rate("FISH", 10), rate("FROZEN", -8), rate("FISH", 0)])
