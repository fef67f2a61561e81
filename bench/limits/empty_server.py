"""What the Python service is measured against: Score answered from a constant, by grpc.aio alone, on the socket given."""

import asyncio
import sys

import grpc
from larder_contract.larder.scoring.v1.score_pb import SpoilageScore
from larder_contract.larder.scoring.v1.scoring_service_pb import ScoreResponse


async def main(address: str) -> None:
    score = SpoilageScore(spoilage_risk=0.5, markdown_percent=45, model="models/spoilage-1")
    answer = ScoreResponse(score=score).to_binary()

    async def empty(_: bytes, __: grpc.aio.ServicerContext) -> bytes:
        return answer

    handlers = {"Score": grpc.unary_unary_rpc_method_handler(empty)}
    server = grpc.aio.server()
    service = grpc.method_handlers_generic_handler("larder.scoring.v1.ScoringService", handlers)
    server.add_generic_rpc_handlers((service,))
    server.add_insecure_port(address)
    await server.start()
    print("ready", flush=True)
    await server.wait_for_termination()


asyncio.run(main(sys.argv[1]))
