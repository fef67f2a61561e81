// How likely goods are to spoil, asked at the edge with an access token: one call for one class of goods, one for many.

import { create } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { credentials, Metadata } from "@grpc/grpc-js";
import { GoodsSchema, ProductClass, type SpoilageScore } from "@larder/contract/larder/scoring/v1/score_pb.js";
import {
  BatchScoreGoodsRequestSchema,
  ColdChainService,
  ScoreGoodsRequestSchema,
} from "@larder/contract/larder/storefront/v1/cold_chain_service_pb.js";
import { openChannel, unary } from "./channel.ts";
import { file, setting, temperatures, UsageError } from "./settings.ts";

const DAY_MS = 86_400_000;
const HALF_HOUR_MS = 1_800_000;

/** Prints a line for each class. The temperatures are half an hour apart; 10 packs keep for three days more. */
export async function score([classes = "", ...words]: string[]): Promise<boolean> {
  const names = classes.split(",");
  const celsius = temperatures(words);
  const start = Date.UTC(2026, 0, 1);
  const history = celsius.map((value, i) => ({ time: timestampFromMs(start + i * HALF_HOUR_MS), celsius: value }));
  const goods = names.map((name) =>
    create(GoodsSchema, {
      productClass: classOf(name),
      history,
      remainingShelfLife: durationFromMs(3 * DAY_MS),
      stock: 10,
    }),
  );

  const authority = credentials.createSsl(file("LARDER_EDGE_CA"));
  const headers = new Metadata();
  headers.set("authorization", `Bearer ${setting("LARDER_TOKEN")}`);
  const channel = openChannel(setting("LARDER_EDGE"), authority, ColdChainService.typeName);
  try {
    const { scoreGoods, batchScoreGoods } = ColdChainService.method;
    const [only, ...others] = goods;
    if (only && others.length === 0) {
      const answer = await unary(channel, scoreGoods, create(ScoreGoodsRequestSchema, { goods: only }), headers);
      print(classes, answer.score);
    } else {
      const request = create(BatchScoreGoodsRequestSchema, { goods });
      const { scores } = await unary(channel, batchScoreGoods, request, headers);
      for (const [i, name] of names.entries()) print(name, scores[i]);
    }
    return true;
  } finally {
    channel.close();
  }
}

function classOf(name: string): ProductClass {
  const value = ProductClass[name.toUpperCase() as keyof typeof ProductClass];
  if (!value) throw new UsageError(`${name} is no class of products`);
  return value;
}

function print(name: string, answer: SpoilageScore | undefined): void {
  if (!answer) throw new Error("an answer without a score");
  console.log(`${name}: risk ${answer.spoilageRisk.toFixed(3)}, markdown ${answer.markdownPercent} %, ${answer.model}`);
}
