// The life of a service: NOT_SERVING, listen, background work, SERVING; at SIGTERM NOT_SERVING, drain, stop, exit.

import { mkdirSync, readFileSync, unlinkSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { closeClients } from "./client.ts";
import { ConfigError, type Platform } from "./config.ts";
import { flushLogs, log, metrics, startTelemetry, stopTelemetry } from "./telemetry.ts";

// What is not done by then (a store that does not close, a background job that does not heed its signal) is left behind.
const LAST_WAIT_MS = 2000;
const READY_WAIT_MS = 1000;

/** Where requests come in. */
export interface Listener {
  /** Listens at `unix:/path` or `host:port`; returns the address with the port that was found for 0. */
  listen(address: string): Promise<string>;
  /** Says by the health protocol whether requests are welcome. */
  serving(up: boolean): void;
  /** Takes no more requests; resolves when those in progress have been answered. */
  drain(): Promise<void>;
  /** Answers what is still in progress with UNAVAILABLE and closes all connections. */
  abort(): void | Promise<void>;
}

/** What a service is made of. */
export interface Lifecycle {
  /** The name under which the contract knows the workload. */
  readonly workload: string;
  readonly listener: Listener;
  /** Throws while the service cannot do its work. Asked by /readyz. */
  readonly ready?: () => unknown;
  /** Work that no caller starts. Runs until the signal aborts; if one fails, the process drains and ends with 1. */
  readonly background?: readonly ((signal: AbortSignal) => Promise<unknown>)[];
  /** Closes stores, after the last request and the last background work. */
  readonly close?: () => unknown;
}

/** A service that is SERVING. */
export interface Running {
  readonly address: string;
  readonly opsAddress: string;
  /** Drains and stops, without ending the process. Repeated calls wait for the same end. */
  stop(): Promise<void>;
}

/** Runs a service; returns when it is SERVING. SIGTERM and SIGINT then stop it and end the process with 0. */
export async function lifecycle(platform: Platform, service: Lifecycle): Promise<Running> {
  const { workload, listener, background = [], ready = () => {}, close = () => {} } = service;
  await startTelemetry(platform, workload);
  const state = { serving: false };
  const ops = opsServer(platform, workload, async () => {
    if (!state.serving) throw new Error("not serving");
    await within(READY_WAIT_MS, Promise.resolve().then(ready), "ready()");
  });
  await clearSocket(platform.opsListen);
  const opsAddress = await listenHttp(ops, platform.opsListen);
  await clearSocket(platform.listen);
  const address = await listener.listen(platform.listen);

  const ending = new AbortController();
  const jobs = background.map(async (job) => {
    try {
      await job(ending.signal);
    } catch (error) {
      if (ending.signal.aborted) return;
      log.error("background work failed", { error: error instanceof Error ? error.stack : String(error) });
      void end(1);
    }
  });

  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      log.info("draining");
      state.serving = false;
      listener.serving(false);
      await within(platform.drainSeconds * 1000, listener.drain(), "drain").catch(logWarning);
      await listener.abort();
      ending.abort();
      await within(LAST_WAIT_MS, Promise.all(jobs), "background work").catch(logWarning);
      await within(LAST_WAIT_MS, Promise.resolve().then(close), "close()").catch(logWarning);
      closeClients(platform);
      await within(LAST_WAIT_MS, stopTelemetry(), "export of spans").catch(logWarning);
      ops.close();
      ops.closeAllConnections();
      process.off("SIGTERM", onSignal).off("SIGINT", onSignal);
      log.info("stopped");
    })();
    return stopping;
  };
  const end = async (code: number) => {
    await stop();
    await flushLogs();
    process.exit(code);
  };
  const onSignal = () => void end(0);
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal);

  collectGarbage();
  state.serving = true;
  listener.serving(true);
  log.info("serving", { address, ops: opsAddress });
  return { address, opsAddress, stop };
}

/**
 * Runs the main function of a program. If the settings are wrong it prints each problem on a line and ends the process
 * with 64, before anything listens; any other failure to start is logged and ends it with 1.
 */
export async function run(main: () => Promise<unknown>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (error instanceof ConfigError) {
      process.stderr.write(`${error.problems.join("\n")}\n`);
      process.exit(64);
    }
    log.error("start failed", { error: error instanceof Error ? error.stack : String(error) });
    await flushLogs();
    process.exit(1);
  }
}

/**
 * Gives back what only the start needed, a third of a small service, where Node was started with `--expose-gc`. By itself Node keeps it for
 * a minute, or until there is more to do: collecting at ordinary times leaves the room of what was freed for what may come.
 */
function collectGarbage(): void {
  globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
}

const logWarning = (error: Error) => log.warn("not stopped in time", { error: error.message });

async function within<T>(milliseconds: number, work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Makes way for a Unix socket: its folder is there, closed to others, and what a dead process left is gone. */
async function clearSocket(address: string): Promise<void> {
  if (!address.startsWith("unix:")) return;
  const path = address.slice("unix:".length);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const alive = await new Promise<boolean>((resolve) => {
    const probe = connect(path, () => resolve(true)).on("error", () => resolve(false));
    probe.on("connect", () => probe.destroy());
  });
  if (alive) throw new Error(`${address} is in use`);
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function opsServer(platform: Platform, workload: string, ready: () => Promise<void>): Server {
  const version = { service: workload, build: platform.build, contract: contractVersion() };
  return createServer(async (request, response) => {
    switch (request.url) {
      case "/healthz":
        return reply(response, 200, { alive: true });
      case "/readyz":
        return ready().then(
          () => reply(response, 200, { ready: true }),
          (error: Error) => {
            log.debug("not ready", { error: error.message });
            reply(response, 503, { ready: false });
          },
        );
      case "/metrics":
        response.writeHead(200, { "content-type": metrics.contentType }).end(await metrics.metrics());
        return;
      case "/version":
        return reply(response, 200, version);
      default:
        return reply(response, 404, { error: "there are /healthz, /readyz, /metrics and /version" });
    }
  });
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
}

function listenHttp(server: Server, address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const at = address.lastIndexOf(":");
    const where = address.startsWith("unix:")
      ? { path: address.slice("unix:".length) }
      : { host: address.slice(0, at), port: Number(address.slice(at + 1)) };
    server.once("error", reject).listen(where, () => {
      const bound = server.address() as AddressInfo | string;
      resolve(typeof bound === "string" ? address : `${address.slice(0, at)}:${bound.port}`);
    });
  });
}

// The contract's version is that of its package, whose manifest lies beside the generated folder.
function contractVersion(): string {
  const inside = import.meta.resolve("@larder/contract/mesh/v1/policy_pb.js");
  const manifest = readFileSync(fileURLToPath(new URL("../../../package.json", inside)), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
