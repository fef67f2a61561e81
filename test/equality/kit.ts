// Both ends on the kit, in this process: the caller as a service is one, and the callee with handlers that only behave.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createFileRegistry, type DescService, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import {
  type CallContext,
  client,
  implement,
  Code as KitCode,
  platformSettings,
  RpcError,
  readEnv,
  serve,
} from "@larder/platform";
import { serviceConfigs } from "../../mesh/compiler/src/emit/service-config/config.ts";
import { type Callee, PAUSE_MS } from "./callee.ts";
import type { Rig } from "./cases.ts";
import type { Code } from "./client.ts";
import { CALLEE, CALLER, compiled, image, methods } from "./contract.ts";

const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
const service = registry.getService(methods.once.service) as DescService;
const configOf = (timed: boolean): string =>
  serviceConfigs(compiled, timed).find((config) => config.service === service.typeName)?.json ?? "";
/** The generated service config of the callee. */
export const serviceConfig = configOf(true);
/** The same as Python gets it. */
export const untimedServiceConfig = configOf(false);

const platformOf = (workload: string, settings: Readonly<Record<string, string>>) =>
  readEnv(platformSettings(workload.toUpperCase()), {
    [`${workload.toUpperCase()}_LISTEN`]: "unix:/none",
    [`${workload.toUpperCase()}_OPS_LISTEN`]: "unix:/none",
    [`${workload.toUpperCase()}_LOG_LEVEL`]: "error",
    ...settings,
  }).platform;

/** The caller, by the settings that say how a call gets out. */
export function kitCaller(settings: Readonly<Record<string, string>>): Rig["kit"] {
  type Unary = (request: { text: string }) => Promise<unknown>;
  const made = client(service, CALLEE, platformOf(CALLER, settings), serviceConfig) as unknown as Record<string, Unary>;
  return async (path) => {
    const method = service.methods.find(({ name }) => path.endsWith(`/${name}`));
    try {
      await made[method?.localName ?? ""]?.({ text: "hi" });
      return "OK";
    } catch (error) {
      if (error instanceof RpcError) return KitCode[error.code] as Code;
      throw error;
    }
  };
}

/** What a test sees of a callee on the kit. */
export type OnKit = Pick<Callee, "arrived" | "behaviour">;

/** Runs something while a process on the kit stands where the bare one stood. It answers, talks, or falls silent. */
export function calleeOnKit<T>(callee: Callee, use: (callee: OnKit) => Promise<T>): Promise<T> {
  return callee.without(async () => {
    const seen: OnKit = { arrived: [], behaviour: { does: "answer" } };
    const folder = mkdtempSync(join(tmpdir(), "lk-"));
    const name = CALLEE.toUpperCase();
    const settings = {
      [`${name}_LISTEN`]: callee.address,
      [`${name}_OPS_LISTEN`]: `unix:${join(folder, "ops.sock")}`,
      [`${name}_DRAIN_SECONDS`]: "1",
    };
    const routes = [implement(service, handlersOf(seen) as never)];
    const running = await serve(platformOf(CALLEE, settings), { workload: CALLEE, routes });
    try {
      return await use(seen);
    } finally {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/** Longer than any test. */
const ENDLESS_MS = 1e9;

function handlersOf(seen: OnKit) {
  const one = (_: unknown, { method }: CallContext) => {
    seen.arrived.push(method);
    return { text: "hi" };
  };
  async function* many(_: unknown, { method, signal }: CallContext) {
    seen.arrived.push(method);
    while (seen.behaviour.does !== "answer" && !signal.aborted) {
      yield { text: "hi" };
      const pause = seen.behaviour.does === "talk" ? PAUSE_MS : ENDLESS_MS;
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
  }
  return Object.fromEntries(
    service.methods.map(({ localName, methodKind }) => [localName, methodKind === "unary" ? one : many]),
  );
}
