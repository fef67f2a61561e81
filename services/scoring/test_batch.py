import asyncio
import unittest

from batch import MOST, Batcher
from errors import model_unavailable
from goods import Goods
from model_file import shipped
from running import SHIPPED
from scorer import Scorer


def warm(celsius: float) -> Goods:
    return Goods(0, 2.0, 0, [0.0, 3600.0], [celsius, celsius])


class Batches(unittest.IsolatedAsyncioTestCase):
    def setUp(self) -> None:
        ((known, data),) = shipped(SHIPPED)
        self.scorer = Scorer(known.name, data)
        self.runs: list[int] = []
        self.batcher = Batcher(lambda: self.scorer, self.runs.append)

    async def test_join_those_that_come_together_and_give_each_its_own(self) -> None:
        several = [warm(float(each)) for each in range(20)]
        found = await asyncio.gather(*map(self.batcher.score, several))
        self.assertEqual(self.runs, [20])
        alone = [(await self.batcher.score(each)) for each in several]
        self.assertEqual(self.runs, [20, *[1] * 20])
        for one, other in zip(found, alone, strict=True):
            self.assertAlmostEqual(one[0], other[0], places=6)
            self.assertEqual(one[1], "models/spoilage-1")

    async def test_wait_for_nobody_when_nobody_comes(self) -> None:
        turns = 0
        future = self.batcher.score(warm(4))
        while not future.done():
            turns += 1
            await asyncio.sleep(0)
        self.assertLessEqual(turns, 2)

    async def test_take_those_that_keep_coming_as_long_as_patience_lasts(self) -> None:
        for patience, runs in ((600.0, [6]), (-1.0, [2, 2, 2])):
            self.runs.clear()
            batcher = Batcher(lambda: self.scorer, self.runs.append, patience=patience)
            futures = []
            for _ in range(3):
                futures += [batcher.score(warm(4)), batcher.score(warm(5))]
                await asyncio.sleep(0)
            await asyncio.gather(*futures)
            self.assertEqual(self.runs, runs)

    async def test_have_a_size_at_most(self) -> None:
        await asyncio.gather(*[self.batcher.score(warm(4)) for _ in range(2 * MOST + 1)])
        self.assertEqual(self.runs, [MOST, MOST, 1])

    async def test_leave_out_who_has_gone(self) -> None:
        gone, here = self.batcher.score(warm(4)), self.batcher.score(warm(4))
        gone.cancel()
        await here
        self.assertEqual(self.runs, [1])

    async def test_fail_for_all_who_are_in_them(self) -> None:
        def none() -> Scorer:
            raise model_unavailable()

        batcher = Batcher(none)
        failed = await asyncio.gather(batcher.score(warm(4)), batcher.score(warm(4)), return_exceptions=True)
        self.assertEqual([each.reason for each in failed], ["MODEL_UNAVAILABLE"] * 2)
