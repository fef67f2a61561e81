// What every client says and how it ends, whatever its language.

import { Code, RpcError, rpcError } from "../../services/platform/ts/src/errors.ts";
import type { World } from "./world.ts";

export interface Case {
  readonly name: string;
  readonly words: string;
  /** Settings that differ; an empty one counts as none. */
  readonly settings?: (world: World) => Readonly<Record<string, string | undefined>>;
  /** What the servers are told before. */
  readonly given?: (world: World) => void;
  readonly out?: readonly string[];
  /** `(…)` stands for words of a library, which differ. */
  readonly err?: readonly string[];
  readonly exit: number;
  /** How long the calls may take by the contract, in milliseconds; absent: it does not matter. */
  readonly withinMs?: number;
  /** The methods that were called; absent: it does not matter. */
  readonly calls?: readonly string[];
}

const down = () =>
  rpcError("ingestion", Code.UNAVAILABLE, "LOG_UNAVAILABLE", "the event log cannot be written", { log: "telemetry" });
const accepted = "accepted 3 of 3 readings";

export const cases: readonly Case[] = [
  {
    name: "scores one class of goods by one call",
    words: "score fish 2.5 9.25",
    out: ["fish: risk 0.308, markdown 10 %, models/warmest-1"],
    exit: 0,
    calls: ["scoreGoods"],
  },
  {
    name: "scores several classes of goods by one call",
    words: "score fish,dairy -18 4",
    out: ["fish: risk 0.133, markdown 10 %, models/warmest-1", "dairy: risk 0.133, markdown 30 %, models/warmest-1"],
    exit: 0,
    withinMs: 2500,
    calls: ["batchScoreGoods"],
  },
  {
    name: "names the fields that are wrong",
    words: "score fish 3 999",
    err: [
      "INVALID_ARGUMENT: goods.history[1].celsius: must be greater than or equal to -100 and less than or equal to 150",
      "  reason INVALID_REQUEST of gateway",
      "  field goods.history[1].celsius: must be greater than or equal to -100 and less than or equal to 150",
    ],
    exit: 1,
    calls: ["scoreGoods"],
  },
  {
    name: "tells what a service adds to its reason",
    words: "score fish 3",
    given: ({ edge }) =>
      edge.failures.push(
        rpcError("scoring", Code.FAILED_PRECONDITION, "MODEL_UNFIT", "100 % unfit: ä, b", {
          model: "spoilage-1",
          class: "fish",
        }),
      ),
    err: [
      "FAILED_PRECONDITION: 100 % unfit: ä, b",
      "  reason MODEL_UNFIT of scoring",
      "  class = fish",
      "  model = spoilage-1",
    ],
    exit: 1,
  },
  {
    name: "is refused without the scope",
    words: "score fish 3",
    settings: () => ({ LARDER_TOKEN: "without-scope" }),
    err: ["PERMISSION_DENIED (…)"],
    exit: 1,
    calls: ["scoreGoods"],
  },
  {
    name: "gives up at the deadline of the contract",
    words: "score fish 3",
    given: ({ edge }) => edge.failures.push("silence"),
    err: ["DEADLINE_EXCEEDED (…)"],
    exit: 1,
    withinMs: 1000,
    calls: ["scoreGoods"],
  },
  {
    name: "does not repeat what the contract does not let it repeat",
    words: "score fish 3",
    given: ({ edge }) => edge.failures.push(new RpcError(Code.UNAVAILABLE, "", "overloaded", { domain: "" })),
    err: ["UNAVAILABLE (…)"],
    exit: 1,
    calls: ["scoreGoods"],
  },
  {
    name: "trusts no edge of another authority",
    words: "score fish 3",
    settings: ({ settings }) => ({ LARDER_EDGE_CA: settings.LARDER_DEVICE_CA }),
    err: ["UNAVAILABLE (…)"],
    exit: 1,
    calls: [],
  },
  {
    name: "hands in readings, one of which is refused",
    words: "report door-7 41 3.5 999 4",
    out: ["refused devices/door-7 42: TEMPERATURE_INVALID", "accepted 2 of 3 readings"],
    exit: 2,
    calls: ["batchIngestReadings"],
  },
  {
    name: "repeats what the contract lets it repeat",
    words: "report door-7 41 3 4 5",
    given: ({ ingestion }) => ingestion.server.failures.push(down()),
    out: [accepted],
    exit: 0,
    withinMs: 2000,
    calls: ["batchIngestReadings", "batchIngestReadings"],
  },
  {
    name: "repeats as often as the contract says and no more",
    words: "report door-7 41 3 4 5",
    given: ({ ingestion }) => ingestion.server.failures.push(down(), down()),
    err: ["UNAVAILABLE: the event log cannot be written", "  reason LOG_UNAVAILABLE of ingestion", "  log = telemetry"],
    exit: 1,
    calls: ["batchIngestReadings", "batchIngestReadings"],
  },
  {
    name: "streams within the window until all is acknowledged",
    words: "ingest door-7 1 3 4 -300 3 2 999 6",
    given: ({ ingestion }) => {
      ingestion.windows = [2, 1, 1];
    },
    out: [
      "refused devices/door-7 3: TEMPERATURE_INVALID",
      "refused devices/door-7 6: TEMPERATURE_INVALID",
      "accepted 5 of 7 readings in 4 batches",
    ],
    exit: 2,
    calls: ["streamReadings"],
  },
  {
    name: "streams what is taken",
    words: "ingest door-7 1 3 4 5",
    given: ({ ingestion }) => {
      ingestion.windows = [2];
    },
    out: ["accepted 3 of 3 readings in 2 batches"],
    exit: 0,
  },
  {
    name: "takes nothing for durable that was not acknowledged",
    words: "ingest door-7 1 3 4 5",
    given: ({ ingestion }) => {
      ingestion.windows = [1];
    },
    err: ["the stream ended with 1 of 2 batches acknowledged"],
    exit: 1,
  },
  {
    name: "tells why a stream was ended",
    words: "ingest door-7 1 3 4 5",
    given: ({ ingestion }) =>
      ingestion.server.failures.push(
        rpcError("ingestion", Code.RESOURCE_EXHAUSTED, "TOO_MANY_STREAMS", "1000 streams are open"),
      ),
    err: ["RESOURCE_EXHAUSTED: 1000 streams are open", "  reason TOO_MANY_STREAMS of ingestion"],
    exit: 1,
    calls: ["streamReadings"],
  },
  {
    name: "is no device with a certificate of another authority",
    words: "ingest door-7 1 3",
    settings: ({ stranger }) => stranger,
    err: ["UNAVAILABLE (…)"],
    exit: 1,
    calls: [],
  },
  {
    name: "says which setting is missing",
    words: "score fish 3",
    settings: () => ({ LARDER_TOKEN: "" }),
    err: ["LARDER_TOKEN is not set"],
    exit: 64,
    calls: [],
  },
  {
    name: "says which file it cannot read",
    words: "report door-7 1 3",
    settings: () => ({ LARDER_DEVICE_KEY: "/no/such.pem" }),
    err: ["LARDER_DEVICE_KEY names /no/such.pem, which cannot be read"],
    exit: 64,
    calls: [],
  },
  {
    name: "says what is no class of products",
    words: "score fish,sand 3",
    err: ["sand is no class of products"],
    exit: 64,
  },
  { name: "says what is no temperature", words: "ingest door-7 1 3 NaN", err: ["NaN is no temperature"], exit: 64 },
  {
    name: "says that there are no temperatures",
    words: "report door-7 1",
    err: ["there are no temperatures"],
    exit: 64,
  },
  {
    name: "says that a reading has no number",
    words: "report door-7 -1 3",
    err: ["FIRST is the number of the first reading"],
    exit: 64,
  },
  { name: "says what it can do", words: "guess", err: ["the command is one of score, report, ingest"], exit: 64 },
];
