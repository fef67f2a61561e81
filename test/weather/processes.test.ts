// A service or a sidecar dies under the running shop: the supervisor starts it again, the others do not notice more than
// calls that fail in the meantime, and nobody else is started again.

import { create } from "@bufbuild/protobuf";
import {
  GetProductRequestSchema,
  type GetProductResponse,
  GetProfileRequestSchema,
} from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readContract } from "../contract.ts";
import { as, methods, product, responseOf } from "../edge/shop.ts";
import { type Headers, sharedWays, type Way } from "../edge/ways.ts";
import { sharedMesh } from "../mesh.ts";
import { until } from "../until.ts";
import { crash, openAgain, processes, replaced } from "./weather.ts";

const mesh = sharedMesh();
const ways = sharedWays(mesh);
const { workloads } = readContract();
let grpc: Way;
let headers: Headers;
let before: Record<string, string>;

beforeAll(async () => {
  grpc = ways[0] as Way;
  headers = await as(mesh, "rosa");
});

beforeEach(async () => {
  before = await processes(mesh);
});

/** Whether a child has a process; a program whose toolchain is missing has none. */
const runs = async (name: string): Promise<boolean> =>
  (await mesh.state()).children.some((child) => child.name === name && child.pid !== undefined);

test.for(workloads)("%s is killed: it starts again, and orders are confirmed as before", async (workload, context) => {
  if (!(await runs(`${workload}-0`))) context.skip("it is not built");
  await crash(mesh, `${workload}-0`);
  await openAgain(grpc, headers);
  expect(await replaced(mesh, before)).toEqual([`${workload}-0`]);
});

test.for(workloads)(
  "the sidecar of %s is killed: it starts again, and its service goes on in the same process",
  async (workload, context) => {
    if (!(await runs(`${workload}-0`))) context.skip("it is not built");
    await crash(mesh, `${workload}-0.sidecar`);
    await openAgain(grpc, headers);
    expect(await replaced(mesh, before)).toEqual([`${workload}-0.sidecar`]);
  },
);

describe("a service that is away", () => {
  const away = async (child: string, meanwhile: () => Promise<void>): Promise<void> => {
    await mesh.stopChild(child, "SIGKILL");
    try {
      await meanwhile();
    } finally {
      await mesh.startChild(child);
      await openAgain(grpc, headers);
    }
  };
  const profile = create(GetProfileRequestSchema);
  const page = create(GetProductRequestSchema, { name: product });

  test("makes the calls that need it UNAVAILABLE in every protocol, and says nothing of addresses", async () => {
    await away("customer-0", async () => {
      for (const way of ways) {
        const { code, message, http } = await way.call(methods.getProfile, profile, headers);
        expect({ way: way.name, code }).toEqual({ way: way.name, code: "UNAVAILABLE" });
        expect(message).not.toMatch(/ECONN|127\.0\.0\.1|\.sock|svc\.cluster/);
        if (http !== undefined) expect(http).toBe(503);
      }
    });
  });

  test("is done without where the contract says optional", async () => {
    const available = async () =>
      responseOf<GetProductResponse>(await grpc.call(methods.getProduct, page, {})).available;
    await until("the stock to be shown", async () => (await available()) !== undefined);
    await away("inventory-0", async () => {
      expect(await available()).toBeUndefined();
    });
    await until("the stock to be shown again", async () => (await available()) !== undefined);
  });

  test("behind a sidecar, or without one: UNAVAILABLE as well", async () => {
    await away("customer-0.sidecar", async () => {
      expect((await grpc.call(methods.getProfile, profile, headers)).code).toBe("UNAVAILABLE");
      expect((await grpc.call(methods.getProduct, page, {})).code).toBe("OK");
    });
  });
});
