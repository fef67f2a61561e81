import unittest

import numpy as np

from features import DAY, NAMES, RISING, features
from goods import Goods, join
from spoilage import CLASSES, KEPT_AT

MEAT = CLASSES.index("MEAT")


def meat(times: list[float], celsius: list[float], days_left: float = 5.0, product_class: int = MEAT) -> Goods:
    return Goods(product_class, days_left, 0, times, celsius)


def row(goods: Goods) -> dict[str, float]:
    return dict(zip(NAMES, features(join([goods]))[0].tolist(), strict=True))


class Features(unittest.TestCase):
    def test_show_no_excess_where_goods_were_kept_as_they_must(self) -> None:
        for each, name in enumerate(CLASSES):
            found = row(meat([0, DAY, 2 * DAY], [KEPT_AT[each]] * 3, product_class=each))
            for rising in RISING:
                self.assertAlmostEqual(found[rising], 0, places=5, msg=name)
            self.assertEqual([found[f"is_{other.lower()}"] for other in CLASSES].index(1), each)

    def test_count_shelf_life_that_was_used_up_too_fast(self) -> None:
        found = row(meat([0, DAY], [10.0, 10.0]))
        excess = (17.6 / 11.6) ** 2 - 1
        self.assertAlmostEqual(found["excess_of_left"], excess / 5, places=5)
        self.assertAlmostEqual(found["excess_of_known"], excess / 6, places=5)
        self.assertAlmostEqual(found["mean_above"], 6, places=5)

    def test_weigh_irregular_samples_by_their_time(self) -> None:
        dense = row(meat([hour * 3600.0 for hour in range(25)], [4.0 + hour / 4 for hour in range(25)]))
        odd = [0, 1, 2, 3, 12, 13, 24]
        sparse = row(meat([hour * 3600.0 for hour in odd], [4.0 + hour / 4 for hour in odd]))
        self.assertAlmostEqual(dense["mean_above"], sparse["mean_above"], places=4)
        self.assertAlmostEqual(dense["excess_of_left"], sparse["excess_of_left"], delta=0.02)
        self.assertAlmostEqual(sparse["longest_gap_share"], 11 / 24, places=5)

    def test_are_finite_for_one_sample_and_for_no_days_left(self) -> None:
        found = row(meat([0.0], [7.0], days_left=0.0))
        self.assertTrue(all(np.isfinite(list(found.values()))))
        self.assertEqual((found["mean_above"], found["last_above"], found["longest_gap_share"]), (3, 3, 0))

    def test_of_several_goods_are_those_of_each(self) -> None:
        rng = np.random.default_rng(7)
        goods = []
        for length in (1, 5, 2, 40, 1):
            times = np.cumsum(rng.uniform(1, 9000, length)).tolist()
            celsius = rng.normal(4, 5, length).tolist()
            goods.append(meat(times, celsius, float(rng.uniform(0, 9)), int(rng.integers(0, len(CLASSES)))))
        together = features(join(goods))
        alone = np.concatenate([features(join([each])) for each in goods])
        np.testing.assert_allclose(together, alone, rtol=1e-5, atol=1e-6)
