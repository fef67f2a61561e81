import unittest

import numpy as np

from features import DAY, NAMES, RISING, Histories, features
from goods import Goods, join, rows_of
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

    def test_in_plain_numbers_and_in_arrays_are_the_same(self) -> None:
        rng = np.random.default_rng(11)
        for _ in range(2000):
            length = int(rng.choice([1, 2, 3, 12, 60]))
            steps = rng.choice([1e-9, 1.0, 60.0, 3600.0, 40 * DAY], length)
            celsius = rng.choice([-100.0, -40.0, -18.04, 4.05, 60.0, 150.0], length) + rng.normal(0, 3) * rng.integers(
                0, 2
            )
            days_left = float(rng.choice([0.0, 1e-9, 0.05, 3.5, 1095.0]))
            kind = int(rng.integers(0, len(CLASSES)))
            goods = meat(np.cumsum(steps).tolist(), celsius.tolist(), days_left, kind)
            np.testing.assert_allclose(rows_of([goods]), features(join([goods])), rtol=1e-6, atol=1e-6)

    def test_of_many_are_worked_out_in_arrays_and_of_few_in_plain_numbers(self) -> None:
        few, many = [meat([0.0, 60.0], [4.0, 5.0])] * 2, [meat([0.0, 60.0], [4.0, 5.0])] * 40
        np.testing.assert_allclose(rows_of(few), features(join(few)), rtol=1e-6)
        np.testing.assert_allclose(rows_of(many), features(join(many)), rtol=0)
        self.assertEqual(rows_of(many).dtype, np.float32)

    def test_of_goods_that_share_a_history_are_as_with_one_each(self) -> None:
        times, celsius = [0.0, 600.0, 9000.0, 9001.0], [4.0, 11.0, 7.5, 3.0]
        left = [0.5, 4.0, 30.0]
        kinds = [CLASSES.index("FISH"), MEAT, CLASSES.index("FISH")]
        each = join([meat(times, celsius, days, kind) for days, kind in zip(left, kinds, strict=True)])
        of_two = join([meat(times, celsius, 0, kind) for kind in kinds[:2]])
        shared = Histories(
            of_two.product_class, np.array(left), of_two.starts, of_two.times, of_two.celsius, np.array([0, 1, 0])
        )
        np.testing.assert_array_equal(features(shared), features(each))
