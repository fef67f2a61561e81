"""Turns the contract into goods and back: the rpcs of ScoringService."""

from collections.abc import AsyncIterator
from typing import Any

import numpy as np
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
from protobuf.wkt import Timestamp

from batch import Batcher, Risk
from errors import page_token_invalid
from goods import Goods
from histories import batch_of, goods_of
from markdown import markdown_percent, markdown_percents
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
        goods, stock = batch_of(request)
        risks, model = self._batcher.score_all(goods)
        percents = markdown_percents(risks.astype(np.float64), goods.days_left, stock)
        scores = [
            contract.SpoilageScore(spoilage_risk=risk, markdown_percent=percent, model=model)
            for risk, percent in zip(risks.tolist(), percents.tolist(), strict=True)
        ]
        return ScoreBatchResponse(scores=scores)

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
                raise page_token_invalid()
        end = begin + min(request.page_size or _PAGE, _LARGEST_PAGE)
        page = models[begin:end]
        token = page[-1].id if end < len(models) else ""
        return ListModelsResponse(models=[_model(each, active) for each in page], next_page_token=token)

    async def activate_model(self, request: ActivateModelRequest, context: Any) -> ActivateModelResponse:
        """Make a model the active one."""
        known = await self._registry.activate(request.model.removeprefix("models/"))
        return ActivateModelResponse(model=_model(known, known.id))


def _score(goods: Goods, scored: Risk) -> contract.SpoilageScore:
    risk, model = scored
    percent = markdown_percent(risk, goods.days_left, goods.stock)
    return contract.SpoilageScore(spoilage_risk=risk, markdown_percent=percent, model=model)


def _model(known: Known, active: str) -> contract.Model:
    time = Timestamp(seconds=known.created)
    return contract.Model(name=known.name, sha256=known.sha256, active=known.id == active, create_time=time)
