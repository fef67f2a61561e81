import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import {
  InventoryService,
  type ListRoomsRequest,
  ListRoomsRequestSchema,
  type ListRoomsResponse,
  ListRoomsResponseSchema,
} from "@larder/contract/larder/inventory/v1/inventory_service_pb.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Caller, callAs } from "./caller.ts";
import { Refusal } from "./refusal.ts";
import type { SupervisorState } from "./state.ts";

let folder: string;
let servers: Server[];

beforeEach(() => {
  folder = mkdtempSync("/tmp/lc-");
  servers = [];
});
afterEach(() => {
  for (const server of servers) server.forceShutdown();
  rmSync(folder, { recursive: true });
});

const { listRooms } = InventoryService.method;

/** Inventory without a sidecar, in the run folder of that name, which has one room of that name; or says no to whoever asks for no rooms. */
async function inventory(run: string): Promise<SupervisorState> {
  const server = new Server();
  server.addService(
    {
      listRooms: {
        path: "/larder.inventory.v1.InventoryService/ListRooms",
        requestStream: false,
        responseStream: false,
        requestSerialize: (request) => Buffer.from(toBinary(ListRoomsRequestSchema, request)),
        requestDeserialize: (bytes) => fromBinary(ListRoomsRequestSchema, bytes),
        responseSerialize: (response) => Buffer.from(toBinary(ListRoomsResponseSchema, response)),
        responseDeserialize: (bytes) => fromBinary(ListRoomsResponseSchema, bytes),
      },
    },
    {
      listRooms: (
        call: ServerUnaryCall<ListRoomsRequest, ListRoomsResponse>,
        answer: sendUnaryData<ListRoomsResponse>,
      ) => {
        if (call.request.pageSize === 0) answer({ code: status.INVALID_ARGUMENT, details: "no rooms" });
        else answer(null, create(ListRoomsResponseSchema, { rooms: [{ name: `rooms/${call.getHost()}-${run}` }] }));
      },
    },
  );
  const runFolder = join(folder, run);
  mkdirSync(join(runFolder, "inventory-0"), { recursive: true });
  const address = `unix:${join(runFolder, "inventory-0", "app.sock")}`;
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error) => (error ? reject(error) : resolve()));
  });
  servers.push(server);
  return { mesh: "off", namespace: "shop", runFolder, dataFolder: folder, identities: {}, children: [] } as never;
}

test("calls are made where the workload listens, by its name, also after it listens elsewhere", async () => {
  let state = await inventory("one");
  const caller = new Caller(() => state, "backoffice");
  const room = async () => (await caller.call(listRooms, { pageSize: 1 })).rooms[0]?.name;
  expect(await Promise.all([room(), room()])).toEqual(Array(2).fill("rooms/inventory.shop.svc.cluster.local-one"));
  state = await inventory("two");
  expect(await room()).toBe("rooms/inventory.shop.svc.cluster.local-two");
  caller.close();
});

test("a call that is not OK rejects with its code, and as a single one with a refusal that names it", async () => {
  const state = await inventory("one");
  const caller = new Caller(() => state, "backoffice");
  await expect(caller.call(listRooms, {})).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  caller.close();
  const once = callAs(state, "backoffice", listRooms, {});
  await expect(once).rejects.toThrow(Refusal);
  await expect(once).rejects.toThrow("InventoryService/ListRooms: INVALID_ARGUMENT: no rooms");
});

test("a workload whose sidecar is down, and a caller that the mesh does not know, are refused, and the next call is made", async () => {
  const state = await inventory("one");
  let now: SupervisorState = { ...state, mesh: "on" };
  const caller = new Caller(() => now, "mallory");
  await expect(caller.call(listRooms, {})).rejects.toThrow("inventory has no sidecar that listens.");
  now = {
    ...now,
    identities: { order: "spiffe://x/order" },
    children: [{ name: "inventory-0.sidecar", port: 1 }],
  } as never;
  await expect(caller.call(listRooms, {})).rejects.toThrow("There is no workload mallory: it is one of order.");
  now = state;
  expect((await caller.call(listRooms, { pageSize: 1 })).rooms).toHaveLength(1);
  caller.close();
});
