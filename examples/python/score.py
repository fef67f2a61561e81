"""How likely goods are to spoil, asked at the edge with an access token: one call for one class of goods, one for many."""

from datetime import UTC, datetime, timedelta

import grpc
from channel import deadline, open_channel
from larder_contract.larder.coldchain.v1.excursion_pb import TemperatureSample
from larder_contract.larder.scoring.v1.score_pb import Goods, ProductClass, SpoilageScore
from larder_contract.larder.storefront.v1.cold_chain_service_pb import BatchScoreGoodsRequest, ScoreGoodsRequest
from larder_contract.larder.storefront.v1.cold_chain_service_pb_grpc import ColdChainServiceClientSync
from protobuf.wkt import Duration, Timestamp
from settings import UsageError, file, setting, temperatures

SERVICE = "larder.storefront.v1.ColdChainService"


def score(words: list[str]) -> bool:
    """Print a line for each class. The temperatures are half an hour apart; 10 packs keep for three days more."""
    names = (words[0] if words else "").split(",")
    celsius = temperatures(words[1:])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    history = [
        TemperatureSample(time=Timestamp.from_datetime(start + timedelta(minutes=30 * i)), celsius=value)
        for i, value in enumerate(celsius)
    ]
    goods = [
        Goods(
            product_class=class_of(name),
            history=history,
            remaining_shelf_life=Duration.from_timedelta(timedelta(days=3)),
            stock=10,
        )
        for name in names
    ]

    authority = grpc.ssl_channel_credentials(file("LARDER_EDGE_CA"))
    headers = (("authorization", f"Bearer {setting('LARDER_TOKEN')}"),)
    with open_channel(setting("LARDER_EDGE"), authority, SERVICE) as channel:
        cold_chain = ColdChainServiceClientSync(channel)
        if len(goods) == 1:
            request = ScoreGoodsRequest(goods=goods[0])
            answer = cold_chain.score_goods(request, timeout=deadline(SERVICE, "ScoreGoods"), metadata=headers)
            scores = [answer.score]
        else:
            request = BatchScoreGoodsRequest(goods=goods)
            timeout = deadline(SERVICE, "BatchScoreGoods")
            scores = cold_chain.batch_score_goods(request, timeout=timeout, metadata=headers).scores
    for name, answer in zip(names, scores, strict=True):
        show(name, answer)
    return True


def class_of(name: str) -> ProductClass:
    """Return the class of products that the command line names."""
    found = ProductClass.__members__.get(name.upper())
    if not found:
        raise UsageError(f"{name} is no class of products")
    return found


def show(name: str, answer: SpoilageScore) -> None:
    """Print a score."""
    print(f"{name}: risk {answer.spoilage_risk:.3f}, markdown {answer.markdown_percent} %, {answer.model}")
