// Who is taken for whom at an inbound port: handshakes, names forged in metadata, other spellings of a path, and the two
// services that every workload has besides its own, health and reflection.

import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus,
  HealthCheckResponseSchema,
} from "@larder/contract/grpc/health/v1/health_pb.js";
import {
  ServerReflectionRequestSchema,
  ServerReflectionResponseSchema,
} from "@larder/contract/grpc/reflection/v1/reflection_pb.js";
import { beforeAll, describe, expect, test } from "vitest";
import { Authority } from "../../mesh/runner/src/certs/authority.ts";
import { identities, identityOf, readContract } from "../contract.ts";
import { handled } from "../counters.ts";
import { sharedMesh } from "../mesh.ts";
import { until } from "../until.ts";
import { assertion } from "../users.ts";
import { framed, unframed, Wire } from "../wire.ts";
import { authorityOf } from "./callers.ts";

const mesh = sharedMesh();
const contract = readContract();
const health = "/grpc.health.v1.Health/Check";
const reflections = ["v1", "v1alpha"].map(
  (version) => `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
);
const reserve = "/larder.inventory.v1.InventoryService/Reserve";
let user: Record<string, string>;

beforeAll(async () => {
  user = { "x-larder-user": await assertion(mesh, "ada") };
});

async function dial(callee: string, options: ConnectionOptions): Promise<Wire> {
  return Wire.tls((await mesh.inboundPort(callee)) ?? 0, authorityOf(callee), { ca: mesh.bundle, ...options });
}

async function dialAs(id: string, callee: string): Promise<Wire> {
  const { certificate: cert, key } = await mesh.certificate(id);
  return dial(callee, { cert, key });
}

const workload = (name: string, callee: string) => dialAs(identityOf(name).id, callee);

describe("a connection", () => {
  test.each(contract.workloads)("to %s needs TLS 1.3 and a certificate of the mesh", async (callee) => {
    const { certificate: cert, key } = await mesh.certificate(identityOf("operator").id);
    const other = await (await Authority.open(mesh.data("another-ca"))).issue({
      commonName: "operator",
      names: [{ type: "url", value: identityOf("operator").id }],
      lifetimeMs: 60_000,
      usage: "peer",
    });
    const good = await dial(callee, { cert, key });
    expect((await good.call(health)).code).toBe("OK");
    good.close();
    await expect(dial(callee, {})).rejects.toThrow(/certificate required/);
    await expect(dial(callee, { cert: other.certificate, key: other.key })).rejects.toThrow(/unknown ca/);
    await expect(dial(callee, { cert, key, minVersion: "TLSv1.2", maxVersion: "TLSv1.2" })).rejects.toThrow(
      /protocol version/,
    );
    await expect(Wire.plain((await mesh.inboundPort(callee)) ?? 0, authorityOf(callee))).rejects.toThrow();
  });
});

describe("a caller's name in metadata", () => {
  const forged = (name: string): Record<string, string> => {
    const identity = `By=spiffe://larder.local/x;URI=${identityOf(name).id}`;
    return { "x-forwarded-client-cert": identity, "x-larder-caller": name, "x-envoy-peer-metadata-id": name };
  };

  test("opens nothing", async () => {
    const before = await handled(mesh, "inventory");
    const wire = await workload("notification", "inventory");
    expect((await wire.call(reserve, { ...user, ...forged("order") })).code).toBe("PERMISSION_DENIED");
    wire.close();
    expect(await handled(mesh, "inventory")).toEqual(before);
  });

  test("is not what the service takes the caller for", async () => {
    const requestId = `forged-${Date.now()}`;
    const wire = await workload("gateway", "customer");
    const path = "/larder.customer.v1.CustomerService/GetCustomer";
    await wire.call(path, { "x-request-id": requestId, ...forged("notification") });
    wire.close();
    const log = mesh.run("logs", "customer-0.log");
    const line = await until("the line of the request", () =>
      readFileSync(log, "utf8")
        .split("\n")
        .find((each) => each.includes(requestId)),
    );
    expect(JSON.parse(line)).toMatchObject({ method: path.slice(1), caller: "gateway" });
  });
});

test("no other spelling of a path, and no unknown method, reaches a handler", async () => {
  const before = await handled(mesh, "inventory");
  const wire = await workload("order", "inventory");
  const wrong = [
    "//larder.inventory.v1.InventoryService/Reserve",
    "/larder.inventory.v1.InventoryService//Reserve",
    "/larder.inventory.v1.InventoryService/Reserve/",
    "/larder.inventory.v1.InventoryService%2FReserve",
    "/larder.inventory.v1.InventoryService%2fReserve",
    "/larder.inventory.v1.InventoryService/%52eserve",
    "/larder.inventory.v1.InventoryService/reserve",
    "/larder.inventory.v1.inventoryservice/Reserve",
    "/LARDER.INVENTORY.V1.INVENTORYSERVICE/RESERVE",
    "/./larder.inventory.v1.InventoryService/Reserve",
    "/x/../larder.inventory.v1.InventoryService/Reserve",
    "/larder.inventory.v1.InventoryService/Reserve?x=1",
    "/larder.inventory.v1.InventoryService/Reserve;x=1",
    "/larder.inventory.v1.InventoryService/Reserve%00",
    "/larder.inventory.v1.InventoryService/Reserv",
    "/larder.inventory.v1.InventoryService/Reserved",
    "/larder.inventory.v1.InventoryService/Destroy",
    "/larder.inventory.v2.InventoryService/Reserve",
    "/InventoryService/Reserve",
    "/grpc.health.v1.Health/List",
    "/",
  ];
  for (const path of wrong)
    expect({ path, ...(await wire.call(path)) }).toMatchObject({ path, code: "PERMISSION_DENIED" });
  // The right spelling does, on the same connection.
  expect((await wire.call(reserve)).code).toBe("INVALID_ARGUMENT");
  wire.close();
  const after = await handled(mesh, "inventory");
  expect(after.get(reserve)).toBe((before.get(reserve) ?? 0) + 1);
  expect([...after.keys()].filter((path) => wrong.includes(path))).toEqual([]);
});

describe("health", () => {
  test("of every workload answers every identity of the mesh, and no other", async () => {
    const question = framed(toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema)));
    for (const { id, inside } of identities(contract)) {
      for (const callee of contract.workloads) {
        const wire = await dialAs(id, callee);
        const { code, body } = await wire.call(health, {}, question);
        wire.close();
        expect({ id, callee, code }).toEqual({
          id,
          callee,
          code: inside && !id.includes("other.local") ? "OK" : "PERMISSION_DENIED",
        });
        if (code !== "OK") continue;
        const { status } = fromBinary(HealthCheckResponseSchema, unframed(body));
        expect(status).toBe(HealthCheckResponse_ServingStatus.SERVING);
      }
    }
  });

  test("of the shop answers everybody outside", async () => {
    const wire = await Wire.plain(mesh.ports.edge, `127.0.0.1:${mesh.ports.edge}`);
    const { code, body } = await wire.call(health);
    wire.close();
    expect(code).toBe("OK");
    expect(fromBinary(HealthCheckResponseSchema, unframed(body)).status).toBe(
      HealthCheckResponse_ServingStatus.SERVING,
    );
  });
});

describe("reflection", () => {
  const message = create(ServerReflectionRequestSchema, { messageRequest: { case: "listServices", value: "" } });
  const question = framed(toBinary(ServerReflectionRequestSchema, message));

  /** The services that a server tells of, or the code with which it does not. */
  async function told(wire: Wire, path: string): Promise<string | string[]> {
    const { code, body } = await wire.call(path, {}, question);
    if (code !== "OK") return code ?? "";
    const { messageResponse } = fromBinary(ServerReflectionResponseSchema, unframed(body));
    if (messageResponse.case !== "listServicesResponse") return messageResponse.case ?? "";
    return messageResponse.value.service.map(({ name }) => name).sort();
  }

  const builtIn = [
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
  ];
  const servicesOf = (workload: string): string[] => {
    const own = contract.methods.filter((method) => method.workload === workload).map(({ service }) => service);
    return [...new Set([...own, ...builtIn])].sort();
  };

  test.each(contract.workloads)("of %s tells the operator its services, and nobody else", async (callee) => {
    for (const path of reflections) {
      for (const { id, caller } of identities(contract)) {
        const wire = await dialAs(id, callee);
        expect({ id, told: await told(wire, path) }).toEqual({
          id,
          told: caller === "operator" ? servicesOf(callee) : "PERMISSION_DENIED",
        });
        wire.close();
      }
    }
  });

  test("of the shop tells everybody outside of what is public, and of nothing behind it", async () => {
    const wire = await Wire.plain(mesh.ports.edge, `127.0.0.1:${mesh.ports.edge}`);
    for (const path of reflections) expect(await told(wire, path)).toEqual(servicesOf("gateway"));
    wire.close();
  });
});
