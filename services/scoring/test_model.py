"""What is committed is what the script makes, and it is as good as its card says."""

import json
import unittest
from pathlib import Path

import numpy as np

from features import DAY, NAMES, Histories, features
from goods import Goods, join
from model.export import to_onnx
from model.simulate import simulate
from model.train import BASELINES, COUNT, SEED, TEST_COUNT, TEST_SEEDS, fit, measures
from model_file import shipped
from scorer import Scorer
from spoilage import CLASSES, KEPT_AT

MODELS = Path(__file__).with_name("models")
MARGIN = 0.9
"""The Brier score of the model is at most this share of that of either baseline. README.md states it."""


class Committed(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        ((cls.known, cls.data),) = shipped(MODELS)
        cls.card = json.loads((MODELS / f"{cls.known.id}.json").read_text())
        cls.scorer = Scorer(cls.known.name, cls.data)
        cls.train = simulate(SEED, COUNT)
        cls.tests = [simulate(seed, TEST_COUNT) for seed in TEST_SEEDS]

    def test_has_the_checksum_and_the_features_of_its_card(self) -> None:
        self.assertTrue(self.known.is_file(self.data))
        self.assertFalse(self.known.is_file(self.data + b"\0"))
        self.assertEqual(self.card["features"], list(NAMES))
        self.assertEqual(self.card["trainedOn"]["seed"], SEED)

    def test_is_what_the_script_makes_and_the_same_as_onnx(self) -> None:
        trees = fit(self.train)
        again = Scorer("models/again", to_onnx(trees, NAMES, self.known.id))
        histories = self.tests[0].histories
        # On another kind of processor a sum may end in another last digit, and a tree then part elsewhere.
        self.assertLess(np.abs(again.risks(histories) - self.scorer.risks(histories)).mean(), 0.01)
        exact = trees.predict_proba(features(histories))[:, 1]
        np.testing.assert_allclose(again.risks(histories), exact, atol=1e-5)

    def test_beats_both_baselines_on_every_other_seed_by_the_stated_margin(self) -> None:
        baselines = {name: (fit(self.train, columns), columns) for name, columns in BASELINES.items()}
        figures = []
        for test in self.tests:
            rows = features(test.histories)
            own = measures(test.spoilt, self.scorer.risks(test.histories))
            figures.append(own)
            for name, (trees, columns) in baselines.items():
                other = measures(test.spoilt, trees.predict_proba(rows[:, columns])[:, 1])
                self.assertLess(own["brier"], MARGIN * other["brier"], name)
                self.assertGreater(own["auc"], other["auc"], name)
        # The loaded file reproduces the numbers of its card.
        for key, value in self.card["testedOn"]["model"].items():
            self.assertAlmostEqual(float(np.mean([each[key] for each in figures])), value, delta=0.005)

    def test_says_probabilities_that_come_true(self) -> None:
        for test in self.tests:
            risks = self.scorer.risks(test.histories)
            for low in (0.0, 0.2, 0.4, 0.6, 0.8):
                among = (risks >= low) & (risks < low + 0.2)
                self.assertLess(abs(risks[among].mean() - test.spoilt[among].mean()), 0.1)

    def test_never_calls_hotter_goods_safer(self) -> None:
        histories = self.tests[0].histories
        before = self.scorer.risks(histories)
        for degrees in (0.5, 2.0, 8.0, 40.0):
            hotter = Histories(
                histories.product_class,
                histories.days_left,
                histories.starts,
                histories.times,
                histories.celsius + degrees,
            )
            after = self.scorer.risks(hotter)
            self.assertTrue(np.all(after >= before - 1e-6))
            before = after

    def test_tells_goods_that_were_kept_well_from_goods_that_were_not(self) -> None:
        times = [hour * 3600.0 for hour in range(49)]
        for each, name in enumerate(CLASSES):
            left = {"FROZEN": 100.0, "AMBIENT": 20.0}.get(name, 4.0)
            well = Goods(each, left, 0, times, [KEPT_AT[each]] * 49)
            badly = Goods(each, left, 0, times, [KEPT_AT[each] + 45.0] * 49)
            low, high = self.scorer.risks(join([well, badly]))
            self.assertLess(low, 0.25, name)
            self.assertGreater(high, 0.6, name)
        self.assertEqual(times[-1], 2 * DAY)
