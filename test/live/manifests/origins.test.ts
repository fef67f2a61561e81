// Which pages may read what the edge answers: the ingress as Istio configures it for staging, in an Envoy of its own, before a process
// that refuses everything.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, type TestContext, test } from "vitest";
import { Sidecar } from "../../../mesh/compiler/src/emit/testing/sidecar.ts";
import { startGateway } from "../../../services/gateway/testing.ts";
import { readContract } from "../../contract.ts";
import { type Any, objectsIn, tool } from "./manifests.ts";
import { type ProxyConfig, translation } from "./translation.ts";

const ours = "https://console.staging.larder.example";
const others = "https://elsewhere.example";
const path = "/larder.storefront.v1.StorefrontService/PlaceOrder";

let scratch: string;
let process: Server;
let ingress: Sidecar | undefined;
const arrived: string[] = [];

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "larder-origins-"));
  process = createServer((request, response) => {
    arrived.push(`${request.method} ${request.url}`);
    response.writeHead(403).end();
  });
  await new Promise<void>((resolve) => process.listen(0, "127.0.0.1", resolve));
});

afterAll(async () => {
  await ingress?.stop();
  process.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** What the ingress answers, with the headers that are about origins. */
async function ask(context: TestContext, method: string, path: string, headers: Record<string, string>) {
  ingress ??= await started(context);
  arrived.length = 0;
  const response = await fetch(`http://127.0.0.1:${ingress.port}${path}`, { method, headers });
  return { status: response.status, ...originHeaders(response) };
}

const preflight = (context: TestContext, origin: string, on: string) =>
  ask(context, "OPTIONS", on, { origin, "access-control-request-method": "POST" });

const headers = ["allow-origin", "allow-methods", "allow-headers", "expose-headers", "max-age"] as const;

/** The parts of each header in one order and case; what is not there is left out. */
const originHeaders = (response: Response): Partial<Record<(typeof headers)[number], string[]>> =>
  Object.fromEntries(
    headers.flatMap((name) => {
      const value = response.headers.get(`access-control-${name}`);
      return value === null
        ? []
        : [
            [
              name,
              value
                .split(/, */)
                .map((part) => part.toLowerCase())
                .sort(),
            ],
          ];
    }),
  );

async function started(context: TestContext): Promise<Sidecar> {
  const manifests = [objectsIn("mesh/kubernetes/staging"), objectsIn("mesh/istio/staging")] as const;
  const config = translation(tool(context, "istio-translate"), "larder.staging", ...manifests).ingress as ProxyConfig;
  const bootstrap = join(scratch, "ingress.json");
  writeFileSync(bootstrap, JSON.stringify(bootstrapOf(config)));
  const sidecar = new Sidecar(scratch, bootstrap);
  await sidecar.ready();
  return sidecar;
}

/** The filters and routes of the port for TLS, on a port of its own without it; every cluster is the process of the test. */
function bootstrapOf({ listeners, routes }: ProxyConfig): Any {
  const listener = listeners.find(({ name }) => name === "0.0.0.0_443");
  const manager = listener.filterChains[0].filters[0].typedConfig;
  const table = routes.find(({ name }) => name === manager.rds.routeConfigName);
  const hosts = table.virtualHosts.map((host: Any) => ({ ...host, domains: ["*"] }));
  const clusters = new Set<string>(hosts.flatMap((host: Any) => host.routes.map(({ route }: Any) => route.cluster)));
  const at = (port: number) => ({ socketAddress: { address: "127.0.0.1", portValue: port } });
  const { port } = process.address() as AddressInfo;
  return {
    admin: { address: { pipe: { path: "admin.sock" } } },
    staticResources: {
      listeners: [
        {
          name: "inbound",
          address: at(0),
          filterChains: [
            {
              filters: [
                {
                  name: "http",
                  typedConfig: {
                    "@type": manager["@type"],
                    statPrefix: "ingress",
                    httpFilters: manager.httpFilters.filter(({ name }: Any) => /\.(cors|router)$/.test(name)),
                    routeConfig: { name: table.name, virtualHosts: hosts },
                  },
                },
              ],
            },
          ],
        },
      ],
      clusters: [...clusters].map((name) => ({
        name,
        loadAssignment: { clusterName: name, endpoints: [{ lbEndpoints: [{ endpoint: { address: at(port) } }] }] },
      })),
    },
  };
}

/** What the process itself tells pages. */
async function told() {
  const gateway = await startGateway({});
  try {
    return originHeaders(await fetch(`${gateway.url}${path}`, { method: "OPTIONS" }));
  } finally {
    await gateway.close();
  }
}

describe("a page", () => {
  test("of the origin that the environment names may call, and hears how as from the process itself", async (context) => {
    const own = await told();
    const rest = readContract().methods.flatMap(({ rest }) => rest.map(({ verb }) => verb.toLowerCase()));
    const verbs = [...new Set(["get", "post", ...rest])].sort();
    expect(own["allow-methods"]).toEqual(expect.arrayContaining(verbs));
    const answer = { ...own, status: 200, "allow-origin": [ours], "allow-methods": verbs };
    for (const on of [path, "/v1/orders", "/v1/orders/x:cancel"]) {
      expect(await preflight(context, ours, on), on).toEqual(answer);
      expect(arrived).toEqual([]);
    }
  });

  test("of another origin may not, and its question gets no further", async (context) => {
    for (const origin of [others, "http://console.staging.larder.example", `${ours}.elsewhere.example`, "null"]) {
      expect(await preflight(context, origin, path), origin).not.toHaveProperty("allow-origin");
      expect(arrived).toEqual([]);
    }
  });

  test("of that origin, and no other, reads that a call was refused", async (context) => {
    const { "expose-headers": exposed } = await told();
    expect(await ask(context, "POST", path, { origin: ours })).toEqual({
      status: 403,
      "allow-origin": [ours],
      "expose-headers": exposed,
    });
    expect(await ask(context, "POST", path, { origin: others })).toEqual({ status: 403 });
    expect(arrived).toEqual([`POST ${path}`]);
  });
});
