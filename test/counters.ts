// What a handler counted, and what its sidecar let in: whether a call arrived is asked of those it would arrive at.

import { request } from "node:http";
import { join } from "node:path";
import type { SharedMesh } from "./mesh.ts";

/** Answered calls by `/package.Service/Method`; a method that was never called has no entry. */
export type Counts = ReadonlyMap<string, number>;

/** How often each handler of a workload has answered, with any code. */
export const handled = (mesh: SharedMesh, workload: string): Promise<Counts> => handledIn(mesh.run(`${workload}-0`));

/** The same of the instance in a folder. */
export async function handledIn(folder: string): Promise<Counts> {
  const counts = new Map<string, number>();
  for (const { label, value } of await samples(folder, "larder_rpc_server_handled_total")) {
    const path = `/${label("service")}/${label("method")}`;
    counts.set(path, (counts.get(path) ?? 0) + value);
  }
  return counts;
}

/** A counter of a workload by the values of one of its labels. */
export async function counted(mesh: SharedMesh, workload: string, name: string, by: string): Promise<Counts> {
  return new Map((await samples(mesh.run(`${workload}-0`), name)).map(({ label, value }) => [label(by), value]));
}

async function samples(folder: string, name: string): Promise<{ label: (name: string) => string; value: number }[]> {
  const text = await get(join(folder, "ops.sock"), "/metrics");
  return [...text.matchAll(new RegExp(`^${name}\\{(.*)\\} (\\d+)`, "gm"))].map(([, labels = "", value]) => ({
    label: (wanted) => new RegExp(`\\b${wanted}="([^"]*)"`).exec(labels)?.[1] ?? "",
    value: Number(value),
  }));
}

/** How many requests the inbound listener of a workload's sidecar has seen. */
export const inboundRequests = (mesh: SharedMesh, workload: string): Promise<number> =>
  statOf(mesh.run(`${workload}-0`), "http.inbound.downstream_rq_total");

/** A counter or gauge of the sidecar of the instance in a folder; 0 while it does not exist. */
export async function statOf(folder: string, name: string): Promise<number> {
  const text = await get(join(folder, "admin.sock"), `/stats?filter=^${name.replaceAll(".", "\\.")}$`);
  return Number(/: (\d+)/.exec(text)?.[1] ?? 0);
}

/** By how much each count has grown; what has not is left out. */
export function growth(before: Counts, after: Counts): Map<string, number> {
  const grown = [...after].map(([path, count]) => [path, count - (before.get(path) ?? 0)] as const);
  return new Map(grown.filter(([, by]) => by !== 0));
}

function get(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve(text));
      response.on("error", reject);
    });
    call.on("error", reject).end();
  });
}
