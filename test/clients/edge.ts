// An edge of the tests: ColdChainService over TLS. Its model is the highest temperature.

import { create } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Metadata, ServerCredentials } from "@grpc/grpc-js";
import { type Goods, SpoilageScoreSchema } from "@larder/contract/larder/scoring/v1/score_pb.js";
import {
  type BatchScoreGoodsRequest,
  BatchScoreGoodsResponseSchema,
  ColdChainService,
  type ScoreGoodsRequest,
  ScoreGoodsResponseSchema,
} from "@larder/contract/larder/storefront/v1/cold_chain_service_pb.js";
import type { Leaf } from "../../mesh/runner/src/certs/authority.ts";
import { Code, invalidRequest, RpcError, rpcError } from "../../services/platform/ts/src/errors.ts";
import { TestServer } from "./server.ts";

/** A token that has the scope. */
export const token = "scored";

export const startEdge = ({ certificate, key }: Leaf): Promise<TestServer> =>
  new TestServer("gateway")
    .serve(ColdChainService, {
      unary: {
        scoreGoods(request, { metadata }) {
          authorize(metadata);
          const { goods } = request as ScoreGoodsRequest;
          return create(ScoreGoodsResponseSchema, { score: scoreOf(goods, "goods") });
        },
        batchScoreGoods(request, { metadata }) {
          authorize(metadata);
          const { goods } = request as BatchScoreGoodsRequest;
          const scores = goods.map((one, i) => scoreOf(one, `goods[${i}]`));
          return create(BatchScoreGoodsResponseSchema, { scores });
        },
      },
    })
    .listen(
      ServerCredentials.createSsl(null, [{ cert_chain: Buffer.from(certificate), private_key: Buffer.from(key) }]),
    );

// As the sidecar of the edge does it: a code, words of its own and no details.
function authorize(metadata: Metadata): void {
  if (metadata.get("authorization")[0] !== `Bearer ${token}`)
    throw new RpcError(Code.PERMISSION_DENIED, "", "RBAC: access denied", { domain: "" });
}

function scoreOf(goods: Goods | undefined, field: string) {
  const celsius = goods?.history.map((sample) => sample.celsius) ?? [];
  const tooWarm = celsius.findIndex((value) => value > 150);
  if (tooWarm >= 0) {
    const description = "must be greater than or equal to -100 and less than or equal to 150";
    throw invalidRequest("gateway", [{ field: `${field}.history[${tooWarm}].celsius`, description }]);
  }
  const times = goods?.history.map(({ time }) => (time ? timestampMs(time) : 0)) ?? [];
  if (times.some((time, i) => i > 0 && time - (times[i - 1] ?? 0) !== 1_800_000))
    throw rpcError("gateway", Code.INVALID_ARGUMENT, "HISTORY_OUT_OF_ORDER", "the times do not rise by half an hour");
  const warmest = Math.max(...celsius);
  const days = Number(goods?.remainingShelfLife?.seconds ?? 0) / 86_400;
  return create(SpoilageScoreSchema, {
    spoilageRisk: Math.min(1, Math.max(0, warmest / (10 * days))),
    markdownPercent: (goods?.stock ?? 0) * (goods?.productClass ?? 0),
    model: "models/warmest-1",
  });
}
