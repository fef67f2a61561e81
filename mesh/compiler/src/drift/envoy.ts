// What a sidecar counted: the calls that its workload made, by Envoy's grpc_stats filter with upstream statistics.

import { request } from "node:http";
import { clusters } from "../emit/local/names.ts";
import { InputError } from "../input-error.ts";
import type { Grant } from "./grants.ts";

interface ServerInfo {
  readonly node?: {
    readonly id?: string;
    readonly cluster?: string;
    readonly metadata?: Readonly<Record<string, unknown>>;
  };
}

interface Stats {
  readonly stats?: readonly { readonly name?: string; readonly value?: number }[];
}

const LIMIT_MS = 10_000;

/**
 * The calls of one sidecar since it started. `url` is where its administration answers: `http://HOST:PORT`, or
 * `unix:PATH`. Throws InputError where nobody answers, or it is the sidecar of no workload.
 */
export async function callsOfSidecar(
  url: string,
  workloads: ReadonlySet<string>,
): Promise<{ readonly workload: string; readonly grants: readonly Grant[] }> {
  const { node = {} } = (await ask(url, "/server_info")) as ServerInfo;
  // Istio says the workload in the metadata; others by --service-cluster, or by the id.
  const names = [node.metadata?.WORKLOAD_NAME, node.cluster, node.id].filter((name) => typeof name === "string");
  const workload = names.find((name) => workloads.has(name));
  if (workload === undefined) {
    throw new InputError(`${url}: the contract has no workload of this sidecar, whose node is ${names.join(", ")}`);
  }
  const { stats = [] } = (await ask(url, "/stats?format=json&filter=%5Ecluster%5C..*%5C.grpc%5C.")) as Stats;
  const grants = stats.flatMap(({ name = "", value = 0 }) => {
    const [, cluster = "", service, method] = counter.exec(name) ?? [];
    if (service === undefined || value === 0 || isOwn(cluster)) return [];
    return [{ caller: workload, method: `${service}/${method}`, place: url }];
  });
  return { workload, grants };
}

/** The name of a cluster may have dots, but not `.grpc.`; that of a service may have both. */
const counter = /^cluster\.(.+?)\.grpc\.(.+)\.([^.]+)\.total$/;

/** Calls that came to the workload itself, by the name here and by Istio's. */
const isOwn = (cluster: string): boolean => cluster === clusters.app || cluster.startsWith("inbound|");

async function ask(url: string, path: string): Promise<unknown> {
  const text = await get(url, path);
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(`${url}${path} is no answer of Envoy's administration`);
  }
}

function get(url: string, path: string): Promise<string> {
  const where = url.startsWith("unix:") ? { socketPath: url.slice("unix:".length) } : addressIn(url);
  return new Promise((resolve, reject) => {
    const failed = (reason: string) => reject(new InputError(`${url} cannot be asked: ${reason}`));
    const call = request({ ...where, path, timeout: LIMIT_MS }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => {
        text += part;
      });
      response.on("error", (error) => failed(error.message));
      response.on("end", () => (response.statusCode === 200 ? resolve(text) : failed(`HTTP ${response.statusCode}`)));
    });
    call.on("timeout", () => call.destroy(new Error(`no answer within ${LIMIT_MS} ms`)));
    call.on("error", ({ message, cause }) => failed(message || String(cause)));
    call.end();
  });
}

function addressIn(url: string): { host: string; port: string } {
  const { protocol, hostname, port } = URL.canParse(url) ? new URL(url) : { protocol: "", hostname: "", port: "" };
  if (protocol !== "http:") throw new InputError(`${url} is neither http://HOST:PORT nor unix:PATH`);
  return { host: hostname.replace(/^\[(.*)\]$/, "$1"), port: port || "80" };
}
