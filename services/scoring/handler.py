"""Turns the contract into goods and back: the rpcs of ScoringService."""

from collections.abc import AsyncIterator
from itertools import pairwise
from operator import lt
from typing import Any

from larder_contract.larder.scoring.v1 import score_pb as contract
from larder_contract.larder.scoring.v1.scoring_service_pb import (
    ActivateModelRequest,
    ActivateModelResponse,
    ListModelsRequest,
    ListModelsResponse,
    ScoreBatchRequest,
    ScoreBatchResponse,
    ScoreRequest,
    ScoreResponse,
    ScoreStreamRequest,
    ScoreStreamResponse,
)
from larder_contract.larder.scoring.v1.scoring_service_pb_grpc import ScoringServiceService
from larder_platform import invalid_request
from protobuf.wkt import Timestamp

from batch import Batcher, Risk
from errors import history_out_of_order
from features import DAY
from goods import Goods
from markdown import markdown_percent
from model_file import Known
from registry import Registry

_PAGE, _LARGEST_PAGE = 50, 200


class Scoring(ScoringServiceService):
    """Scores goods by the active model, and says which one there is."""

    def __init__(self, registry: Registry, batcher: Batcher) -> None:
        self._registry = registry
        self._batcher = batcher

    async def score(self, request: ScoreRequest, context: Any) -> ScoreResponse:
        """Score goods together with those of other calls of the moment."""
        goods = goods_of(request.goods, "goods")
        return ScoreResponse(score=_score(goods, await self._batcher.score(goods)))

    async def score_batch(self, request: ScoreBatchRequest, context: Any) -> ScoreBatchResponse:
        """Score all goods, by one model."""
        goods = [goods_of(each, f"goods[{index}]") for index, each in enumerate(request.goods)]
        risks = self._batcher.score_all(goods)
        return ScoreBatchResponse(scores=list(map(_score, goods, risks)))

    async def score_stream(
        self, request: AsyncIterator[ScoreStreamRequest], context: Any
    ) -> AsyncIterator[ScoreStreamResponse]:
        """Score goods as they come."""
        async for each in request:
            goods = goods_of(each.goods, "goods")
            yield ScoreStreamResponse(score=_score(goods, await self._batcher.score(goods)))

    async def list_models(self, request: ListModelsRequest, context: Any) -> ListModelsResponse:
        """List the models, newest first."""
        models, active = await self._registry.models()
        begin = 0
        if request.page_token:
            begin = next((index for index, each in enumerate(models) if each.id == request.page_token), -1) + 1
            if begin == 0:
                raise invalid_request([("page_token", "is not one that this method gave")])
        end = begin + min(request.page_size or _PAGE, _LARGEST_PAGE)
        page = models[begin:end]
        token = page[-1].id if end < len(models) else ""
        return ListModelsResponse(models=[_model(each, active) for each in page], next_page_token=token)

    async def activate_model(self, request: ActivateModelRequest, context: Any) -> ActivateModelResponse:
        """Make a model the active one."""
        known = await self._registry.activate(request.model.removeprefix("models/"))
        return ActivateModelResponse(model=_model(known, known.id))


def goods_of(goods: contract.Goods, field: str) -> Goods:
    """Return goods of the contract, which validation has passed, as the rules see them.

    Raises:
        RpcError: HISTORY_OUT_OF_ORDER; INVALID_REQUEST for a sample without a time.

    """
    history, left = goods.history, goods.remaining_shelf_life
    stamps = [sample.time for sample in history]
    try:
        # From the first on, so that nanoseconds of today are not lost in a float.
        begin = stamps[0].seconds
        times = [(each.seconds - begin) + each.nanos * 1e-9 for each in stamps]
    except AttributeError:
        missing = next(index for index, each in enumerate(stamps) if each is None)
        raise invalid_request([(f"{field}.history[{missing}].time", "value is required")]) from None
    if not all(map(lt, times, times[1:])):
        behind = next(index for index, (before, after) in enumerate(pairwise(times), 1) if before >= after)
        raise history_out_of_order(f"{field}.history[{behind}].time")
    days_left = (left.seconds + left.nanos * 1e-9) / DAY
    return Goods(goods.product_class - 1, days_left, goods.stock, times, [sample.celsius for sample in history])


def _score(goods: Goods, scored: Risk) -> contract.SpoilageScore:
    risk, model = scored
    percent = markdown_percent(risk, goods.days_left, goods.stock)
    return contract.SpoilageScore(spoilage_risk=risk, markdown_percent=percent, model=model)


def _model(known: Known, active: str) -> contract.Model:
    time = Timestamp(seconds=known.created)
    return contract.Model(name=known.name, sha256=known.sha256, active=known.id == active, create_time=time)
