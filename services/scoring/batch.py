"""Joins the calls of a moment into one run of the model: a run of many costs little more than a run of one."""

import asyncio
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features import Histories
from goods import Goods, rows_of
from scorer import Scorer

MOST: Final = 256
"""How many goods one run takes."""

Risk = tuple[float, str]
"""A probability, and the name of the model that gave it."""


class Batcher:
    """Scores goods. Nobody waits for others to come: a run has those that come in one turn of the loop after the other.

    `ran` is told the goods in each run. A run is put off for `patience` seconds at most, however many keep coming.
    """

    def __init__(
        self, scorer: Callable[[], Scorer], ran: Callable[[int], None] = lambda _: None, *, patience: float = 0.002
    ) -> None:
        self._scorer = scorer
        self._ran = ran
        self._patience = patience
        self._waiting: list[tuple[Goods, asyncio.Future[Risk]]] = []

    def score(self, goods: Goods) -> asyncio.Future[Risk]:
        """Return what will be the risk."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._gather, 1, loop.time() + self._patience)
        future = loop.create_future()
        self._waiting.append((goods, future))
        return future

    def _gather(self, seen: int, until: float) -> None:
        loop = asyncio.get_running_loop()
        if seen < len(self._waiting) < MOST and loop.time() < until:
            loop.call_soon(self._gather, len(self._waiting), until)
        else:
            self._run()

    def _run(self) -> None:
        batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._run)
        # Callers may have gone in the meantime.
        batch = [each for each in batch if not each[1].done()]
        if not batch:
            return
        try:
            scorer = self._scorer()
            self._ran(len(batch))
            risks = scorer.risks_of(rows_of([goods for goods, _ in batch])).tolist()
        except Exception as error:  # noqa: BLE001 (it is raised in every caller)
            for _, future in batch:
                future.set_exception(error)
            return
        for (_, future), risk in zip(batch, risks, strict=True):
            future.set_result((risk, scorer.name))

    def score_all(self, goods: Histories) -> tuple[NDArray[np.float32], str]:
        """Score goods at once, all by one model, and name it."""
        scorer = self._scorer()
        self._ran(len(goods.days_left))
        return scorer.risks(goods), scorer.name
