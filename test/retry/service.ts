// A service of the trial, on the kit: slow or failing as the text of a request says, and otherwise telling how it was called.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { createFileRegistry, type DescService, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import {
  type CallContext,
  Code,
  client,
  implement,
  platformSettings,
  readEnv,
  rpcError,
  run,
  serve,
} from "@larder/platform";

/** What a request asks for, as JSON in its text. */
export interface Wish {
  /** Fails with this code. */
  readonly fail?: keyof typeof Code;
  /** How often, for requests of this key; absent: always. */
  readonly times?: number;
  readonly key?: string;
  /** Only at this instance (`back-1`); absent: at each. */
  readonly at?: string;
  /** Answers when the caller has had enough. */
  readonly hang?: boolean;
  /** What `middle` is to call at `back`, and how. */
  readonly call?: { readonly method: string; readonly wish: Wish };
}

/** How a request arrived, as JSON in the text of the answer. */
export interface Told {
  readonly instance: string;
  readonly caller?: string;
  /** Milliseconds that were left of the deadline. */
  readonly remainingMs: number;
  /** What the callee told. */
  readonly next?: Told;
}

const workload = process.env.TRIAL_WORKLOAD ?? "";
const image = readFileSync(process.env.TRIAL_IMAGE ?? "");
const configs = JSON.parse(readFileSync(process.env.TRIAL_CONFIGS ?? "", "utf8")) as Record<string, string>;
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
const service = (name: string): DescService => {
  const found = registry.getService(name);
  if (!found) throw new Error(`the trial has no ${name}`);
  return found;
};

const instance = basename(process.cwd());
const failed = new Map<string, number>();

function fails({
  fail,
  times = Number.POSITIVE_INFINITY,
  key = "",
  at = instance,
}: Wish): keyof typeof Code | undefined {
  if (!fail || at !== instance) return undefined;
  const before = failed.get(key) ?? 0;
  failed.set(key, before + 1);
  return before < times ? fail : undefined;
}

await run(async () => {
  const { platform } = readEnv(platformSettings(workload.toUpperCase()));
  type Method = (request: { text: string }) => Promise<{ text: string }>;
  const backName = "trial.back.v1.BackService";
  const back = client(service(backName), "back", platform, configs[backName]) as unknown as Record<string, Method>;

  const answer = async ({ text }: { text: string }, context: CallContext) => {
    const wish = JSON.parse(text || "{}") as Wish;
    const { caller, signal } = context;
    const remainingMs = context.remainingMs();
    const code = fails(wish);
    if (code) throw rpcError(workload, Code[code], "ON_PURPOSE", "the trial wants it");
    if (wish.hang) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    const next = wish.call && (await back[wish.call.method]?.({ text: JSON.stringify(wish.call.wish) }));
    const told = { instance, caller, remainingMs, ...(next ? { next: JSON.parse(next.text) as Told } : {}) };
    return { text: JSON.stringify(told) };
  };

  const own = { back: backName, middle: "trial.middle.v1.MiddleService" }[workload];
  const routes = own
    ? [
        implement(
          service(own),
          Object.fromEntries(service(own).methods.map(({ localName }) => [localName, answer])) as never,
        ),
      ]
    : [];
  await serve(platform, { workload, routes });
});
