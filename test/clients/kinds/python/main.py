"""A program with both kinds of messages in one process: those of the package, and those of google.protobuf.

Prints what came of each attempt to mix them, as JSON.
"""

import json
import os
import sys
from collections.abc import Callable

import grpc
from google.protobuf import descriptor_pool
from google.protobuf.json_format import MessageToDict
from grpc_status import rpc_status
from larder.scoring.v1 import score_pb2
from larder.storefront.v1 import cold_chain_service_pb2, cold_chain_service_pb2_grpc
from larder_contract.larder.scoring.v1 import score_pb
from larder_contract.larder.storefront.v1 import cold_chain_service_pb, cold_chain_service_pb_grpc

NAME = "larder.scoring.v1.Goods"


def attempt(action: Callable[[], object]) -> str:
    """Return the name of the error with which an action ends, or an empty string."""
    try:
        action()
    except (TypeError, grpc.RpcError) as error:
        return type(error).__name__
    return ""


def main() -> None:
    """Mix what can be mixed."""
    ours = score_pb.Goods(product_class=score_pb.ProductClass.FISH, stock=3)
    theirs = score_pb2.Goods.FromString(ours.to_binary())
    result = {
        "registered": descriptor_pool.Default().FindMessageTypeByName(NAME) is score_pb2.Goods.DESCRIPTOR,
        "throughBytes": score_pb.Goods.from_binary(theirs.SerializeToString()) == ours,
        "throughJson": score_pb.Goods.from_json(json.dumps(MessageToDict(theirs))) == ours,
        "oursInTheirs": attempt(lambda: cold_chain_service_pb2.ScoreGoodsRequest(goods=ours)),
        "theirsInOurs": attempt(lambda: cold_chain_service_pb.ScoreGoodsRequest(goods=theirs).to_binary()),
    }

    # One channel serves stubs of both kinds.
    with open(os.environ["LARDER_EDGE_CA"], "rb") as authority:
        credentials = grpc.ssl_channel_credentials(authority.read())
    headers = (("authorization", f"Bearer {os.environ['LARDER_TOKEN']}"),)
    with grpc.secure_channel(os.environ["LARDER_EDGE"], credentials) as channel:
        our_stub = cold_chain_service_pb_grpc.ColdChainServiceClientSync(channel)
        their_stub = cold_chain_service_pb2_grpc.ColdChainServiceStub(channel)
        our_request = cold_chain_service_pb.ScoreGoodsRequest.from_json(sys.argv[1])
        their_request = cold_chain_service_pb2.ScoreGoodsRequest.FromString(our_request.to_binary())
        result["oursCalled"] = our_stub.score_goods(our_request, metadata=headers, timeout=10).score.model
        result["theirsCalled"] = their_stub.ScoreGoods(their_request, metadata=headers, timeout=10).score.model
        result["theirsInOurStub"] = attempt(lambda: our_stub.score_goods(their_request, metadata=headers, timeout=10))
        result["oursInTheirStub"] = attempt(lambda: their_stub.ScoreGoods(our_request, metadata=headers, timeout=10))
        # Error details are read by what comes with grpcio-status.
        their_request.goods.history[0].celsius = 999
        try:
            their_stub.ScoreGoods(their_request, metadata=headers, timeout=10)
        except grpc.RpcError as error:
            details = rpc_status.from_call(error).details
            result["details"] = [detail.TypeName() for detail in details]
    print(json.dumps(result))


if __name__ == "__main__":
    main()
