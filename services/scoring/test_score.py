import asyncio
import math
import re
import unittest
from pathlib import Path

from larder_contract.larder.coldchain.v1.excursion_pb import TemperatureSample
from larder_contract.larder.scoring.v1 import score_pb as contract
from larder_contract.larder.scoring.v1.score_pb import Goods, Lot, ProductClass
from larder_contract.larder.scoring.v1.scoring_service_pb import ScoreBatchRequest, ScoreRequest, ScoreStreamRequest
from larder_platform import Env
from protobuf.wkt import Timestamp

import errors
from config import load_config
from markdown import markdown_percent
from running import NOON, Instance, TestValkey, goods, new_folder, refusal

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def lot(alone: Goods) -> Lot:
    return Lot(product_class=alone.product_class, remaining_shelf_life=alone.remaining_shelf_life, stock=alone.stock)


def together(celsius: list[float], lots: int) -> contract.KeptTogether:
    """Return so many of the same goods that had these temperatures."""
    alone = goods(celsius)
    return contract.KeptTogether(history=alone.history, lots=[lot(alone) for _ in range(lots)])


class WithValkey(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.valkey = TestValkey()
        await self.valkey.start()
        self.addAsyncCleanup(self.valkey.stop)

    async def running(self) -> Instance:
        instance = await self.enterAsyncContext(Instance(self.valkey.url))
        await instance.uses("spoilage-1")
        return instance


class Score(WithValkey):
    async def test_says_a_risk_a_markdown_and_the_model(self) -> None:
        scoring = await self.running()
        good = (await scoring.client.score(ScoreRequest(goods=goods([2.0] * 12)))).score
        bad = (await scoring.client.score(ScoreRequest(goods=goods([25.0] * 12, stock=30)))).score
        self.assertTrue(0 <= good.spoilage_risk < bad.spoilage_risk <= 1)
        self.assertEqual(bad.markdown_percent, markdown_percent(bad.spoilage_risk, 2, 30))
        self.assertGreater(bad.markdown_percent, good.markdown_percent)
        self.assertEqual((good.model, bad.model), ("models/spoilage-1", "models/spoilage-1"))

    async def test_is_the_same_alone_in_a_batch_and_in_a_stream_in_their_order(self) -> None:
        scoring = await self.running()
        several = [
            goods([float(each), 5.0, each / 2], product_class=name) for each in range(9) for name in ("MEAT", "FROZEN")
        ]
        alone = [(await scoring.client.score(ScoreRequest(goods=each))).score for each in several]
        batch = (await scoring.client.score_batch(ScoreBatchRequest(goods=several))).scores
        stream = scoring.client.score_stream(iter([ScoreStreamRequest(goods=each) for each in several]))
        streamed = [each.score async for each in stream]
        for scores in (batch, streamed):
            self.assertEqual([each.model for each in scores], [each.model for each in alone])
            for one, other in zip(scores, alone, strict=True):
                self.assertAlmostEqual(one.spoilage_risk, other.spoilage_risk, places=5)

    async def test_of_many_calls_at_once_is_that_of_each(self) -> None:
        scoring = await self.running()
        calls = [scoring.client.score(ScoreRequest(goods=goods([each / 10] * 3))) for each in range(200)]
        together = [each.score.spoilage_risk for each in await asyncio.gather(*calls)]
        self.assertEqual(sum(scoring.runs), 200)
        for each in (0, 77, 199):
            alone = (await scoring.client.score(ScoreRequest(goods=goods([each / 10] * 3)))).score
            self.assertAlmostEqual(together[each], alone.spoilage_risk, places=5)
            self.assertEqual(scoring.runs[-1], 1)

    async def test_takes_the_longest_history_and_one_sample(self) -> None:
        scoring = await self.running()
        for history in ([2.0], [2.0] * 2000):
            score = (await scoring.client.score(ScoreRequest(goods=goods(history, every=60)))).score
            self.assertTrue(0 <= score.spoilage_risk <= 1)


class KeptTogether(WithValkey):
    async def test_score_as_goods_with_the_same_history_each_in_the_order_of_the_request(self) -> None:
        scoring = await self.running()
        classes = ("FISH", "FROZEN", "DAIRY", "FISH")
        first, second = [4.0, 9.5, 12.0, 3.0], [2.0, -18.0]
        alone = [
            goods([7.0, 8.0]),
            *(goods(first, product_class=name, days=days) for days, name in enumerate(classes, 1)),
            *(goods(second, product_class=name, days=days, stock=50) for days, name in enumerate(classes)),
        ]
        shared = ScoreBatchRequest(
            goods=alone[:1],
            together=[
                contract.KeptTogether(history=each[0].history, lots=[lot(one) for one in each])
                for each in (alone[1:5], alone[5:])
            ],
        )
        one_by_one = (await scoring.client.score_batch(ScoreBatchRequest(goods=alone))).scores
        found = (await scoring.client.score_batch(shared)).scores
        self.assertEqual(found, one_by_one)
        self.assertGreater(len({each.spoilage_risk for each in found}), 5)
        without_own = (await scoring.client.score_batch(ScoreBatchRequest(together=shared.together))).scores
        self.assertEqual(without_own, one_by_one[1:])
        self.assertEqual(scoring.runs, [9, 9, 8])

    async def test_with_what_is_wrong_name_where(self) -> None:
        scoring = await self.running()
        good, back, no_time = together([2.0, 3.0], 2), together([2.0, 3.0, 4.0], 1), together([2.0, 3.0], 1)
        back.history[2].time = back.history[0].time
        no_time.history[1].time = None
        no_lots, too_hot, no_class = together([2.0], 1), together([2.0, 151.0], 1), together([2.0], 2)
        no_lots.lots = []
        no_class.lots[1].product_class = ProductClass.UNSPECIFIED
        for bad, reason, field in (
            (back, "HISTORY_OUT_OF_ORDER", "together[1].history[2].time"),
            (no_time, "INVALID_REQUEST", "together[1].history[1].time"),
            (no_lots, "INVALID_REQUEST", "together[1].lots"),
            (too_hot, "INVALID_REQUEST", "together[1].history[1].celsius"),
            (no_class, "INVALID_REQUEST", "together[1].lots[1].product_class"),
            (contract.KeptTogether(lots=good.lots), "INVALID_REQUEST", "together[1].history"),
        ):
            request = ScoreBatchRequest(goods=[goods([1.0])], together=[good, bad])
            code, found, metadata, fields = await refusal(scoring.client.score_batch(request))
            self.assertEqual((code, found, fields or [metadata["field"]]), ("INVALID_ARGUMENT", reason, [field]))
        self.assertEqual(scoring.runs, [])


class BadInput(WithValkey):
    async def test_is_refused_with_the_field_that_is_wrong(self) -> None:
        scoring = await self.running()
        history = goods([2.0, 3.0])
        no_life, no_time = goods([2.0]), goods([2.0, 3.0])
        no_life.remaining_shelf_life = None
        no_time.history[1].time = None
        negative = goods([2.0], days=-1)
        cases = {
            "NaN": (goods([2.0, math.nan]), "goods.history[1].celsius"),
            "infinite": (goods([math.inf]), "goods.history[0].celsius"),
            "too cold": (goods([-100.1]), "goods.history[0].celsius"),
            "too hot": (goods([150.1]), "goods.history[0].celsius"),
            "empty": (goods([]), "goods.history"),
            "too many": (goods([2.0] * 2001), "goods.history"),
            "no class": (
                Goods(history=history.history, remaining_shelf_life=history.remaining_shelf_life),
                "goods.product_class",
            ),
            "fewer than no packs": (goods([2.0], stock=-1), "goods.stock"),
            "no shelf life": (no_life, "goods.remaining_shelf_life"),
            "a shelf life below nothing": (negative, "goods.remaining_shelf_life"),
            "no time": (no_time, "goods.history[1].time"),
        }
        for what, (bad, field) in cases.items():
            code, reason, _, fields = await refusal(scoring.client.score(ScoreRequest(goods=bad)))
            self.assertEqual((code, reason, fields), ("INVALID_ARGUMENT", "INVALID_REQUEST", [field]), what)
        for exact in (-100.0, 150.0):
            await scoring.client.score(ScoreRequest(goods=goods([exact])))
        code, reason, _, fields = await refusal(scoring.client.score(ScoreRequest()))
        self.assertEqual((code, reason, fields), ("INVALID_ARGUMENT", "INVALID_REQUEST", ["goods"]))

    async def test_with_times_that_do_not_rise_names_the_first_that_does_not(self) -> None:
        scoring = await self.running()
        same, back = goods([2.0, 3.0, 4.0]), goods([2.0, 3.0, 4.0])
        same.history[2].time = same.history[1].time
        back.history[1].time = Timestamp(seconds=NOON - 1)
        for bad, index in ((same, 2), (back, 1)):
            code, reason, metadata, _ = await refusal(scoring.client.score(ScoreRequest(goods=bad)))
            self.assertEqual((code, reason), ("INVALID_ARGUMENT", "HISTORY_OUT_OF_ORDER"))
            self.assertEqual(metadata, {"field": f"goods.history[{index}].time"})
        _, reason, metadata, _ = await refusal(
            scoring.client.score_batch(ScoreBatchRequest(goods=[goods([1.0]), same]))
        )
        self.assertEqual((reason, metadata), ("HISTORY_OUT_OF_ORDER", {"field": "goods[1].history[2].time"}))

    async def test_of_a_nanosecond_is_told_apart_and_of_any_year_is_finite(self) -> None:
        scoring = await self.running()
        for first, second in (
            (Timestamp(seconds=NOON), Timestamp(seconds=NOON, nanos=1)),
            (Timestamp(seconds=-(2**55)), Timestamp(seconds=2**55)),
        ):
            odd = goods([2.0, 3.0])
            odd.history = [TemperatureSample(time=first, celsius=2.0), TemperatureSample(time=second, celsius=3.0)]
            score = (await scoring.client.score(ScoreRequest(goods=odd))).score
            self.assertTrue(0 <= score.spoilage_risk <= 1)

    async def test_in_a_batch_scores_none_and_too_many_are_refused(self) -> None:
        scoring = await self.running()
        code, reason, _, fields = await refusal(
            scoring.client.score_batch(ScoreBatchRequest(goods=[goods([2.0]), goods([math.nan])]))
        )
        self.assertEqual(
            (code, reason, fields), ("INVALID_ARGUMENT", "INVALID_REQUEST", ["goods[1].history[0].celsius"])
        )
        for count in (0, 1001):
            _, _, _, fields = await refusal(scoring.client.score_batch(ScoreBatchRequest(goods=[goods([2.0])] * count)))
            self.assertEqual(fields, ["goods"])
        _, _, _, fields = await refusal(
            scoring.client.score_batch(ScoreBatchRequest(goods=[goods([2.0])] * 501, together=[together([2.0], 500)]))
        )
        self.assertEqual(fields, ["together"])
        self.assertEqual(
            len((await scoring.client.score_batch(ScoreBatchRequest(goods=[goods([2.0])] * 1000))).scores), 1000
        )
        self.assertEqual(scoring.runs, [1000])

    async def test_in_a_stream_ends_it_after_what_was_answered_before(self) -> None:
        scoring = await self.running()
        bad = goods([2.0, 3.0])
        bad.history[1].time = bad.history[0].time
        requests = [ScoreStreamRequest(goods=each) for each in (goods([2.0]), bad, goods([2.0]))]
        answered = []

        async def read() -> None:
            async for each in scoring.client.score_stream(iter(requests)):
                answered.append(each)

        _, reason, _, _ = await refusal(read())
        self.assertEqual((reason, len(answered)), ("HISTORY_OUT_OF_ORDER", 1))


class Words(unittest.TestCase):
    def test_of_errors_are_those_of_the_contract_and_of_the_readme(self) -> None:
        given = set(re.findall(r'StatusCode\.(\w+), "(\w+)"', (HERE / "errors.py").read_text()))
        proto = (ROOT / "proto/larder/scoring/v1/scoring_service.proto").read_text()
        self.assertEqual(given, set(re.findall(r"- `(\w+)`, reason `(\w+)`", proto)))
        readme = (HERE / "README.md").read_text()
        self.assertEqual(given, set(re.findall(r"^\| (\w+) \| `(\w+)` \|", readme, re.MULTILINE)))
        functions = [name for name in vars(errors) if name.startswith(("model_", "history_", "page_"))]
        self.assertEqual(len(functions), len(given))

    def test_of_settings_are_those_of_the_readme(self) -> None:
        env = Env({"SCORING_LISTEN": "unix:/a", "SCORING_OPS_LISTEN": "unix:/b", "SCORING_CACHE_URL": "redis://x"})
        config = load_config(env)
        self.assertEqual(config.models, HERE / "models")
        declared = [(row.name, "required" if row.required else row.default or "none") for row in env.settings]
        readme = (HERE / "README.md").read_text()
        self.assertEqual(re.findall(r"^\| `([A-Z_]+)` \| (\S+) \|", readme, re.MULTILINE), declared)
        self.assertTrue(new_folder().exists())
