// The shop of a run: a mesh of its own, with goods that last, and a few that do not.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import {
  ListSlotsRequestSchema,
  type ListSlotsResponse,
} from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import {
  linesInto,
  loadMeshEnvironment,
  type Mesh,
  type MeshEnvironment,
  startMesh,
} from "../../mesh/runner/src/index.ts";
import { demoCustomers } from "../../mesh/runner/src/issuer/users.ts";
import { Devices } from "../coldchain/devices.ts";
import { methods, responseOf } from "../edge/shop.ts";
import { type Way, waysInto } from "../edge/ways.ts";
import { until } from "../until.ts";
import { accessToken } from "../users.ts";
import type { Offers } from "./customers.ts";
import type { Options } from "./options.ts";
import type { Components, Plan } from "./plan.ts";

/** Short, so that several rotations fall into a run; replaced at half of it. */
const CERTIFICATE_SECONDS = 40;
/** After this time of a process its clock jumps. */
const CLOCK_AFTER_MS = 4000;
/** What can be ordered is of a narrow range of prices, in cents, so that nine packs of it are too dear for the poor. */
const PRICES = { from: 100, below: 300 };
const PRODUCTS = 60;
const SMALL_SLOT = 5;
/** As many as make it likely that every partition of readings has some of them. */
const DEVICES = Array.from({ length: 16 }, (_, index) => `devices/chaos-${index}`);
/** Whose wallet the demo data leave nearly empty. */
const POOR = "dora";

const load = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));

/** Programs in Rust are those that tests have built. */
export const environmentOfRuns = (): Promise<MeshEnvironment> => loadMeshEnvironment(undefined, "debug");

/** What can be killed in a mesh of that environment. The trace store is not: it remembers what the spans held. */
export function componentsOf(environment: MeshEnvironment, { log }: Pick<Options, "log">): Components {
  const { workloads } = environment;
  const services = workloads.map(({ name }) => `${name}-0`);
  const sidecars = services.map((name) => `${name}.sidecar`);
  return {
    all: [...services, ...sidecars, "postgres", "event-log", "cache", "issuer", "mail"],
    clocks: workloads.filter(({ program }) => program.kind === "node").map(({ name }) => name),
    slow: log === "kafka" ? ["event-log"] : [],
    busy: ["postgres", "order-0", "order-0.sidecar", "inventory-0", "customer-0", "gateway-0"],
  };
}

export interface Shop {
  readonly mesh: Mesh;
  readonly ways: readonly Way[];
  readonly offers: Offers;
  readonly tokens: ReadonlyMap<string, string>;
  /** Absent: no workload takes readings. */
  readonly devices: Devices | undefined;
  close(): Promise<void>;
}

/** Starts everything in the folders of `place` and fills the shelves. */
export async function openShop(place: string, { log }: Options, plan: Plan): Promise<Shop> {
  const environment = await environmentOfRuns();
  const mesh = await startMesh({
    environment,
    log,
    ports: "free",
    runFolder: join(place, "run"),
    dataFolder: join(place, "data"),
    certificateSeconds: CERTIFICATE_SECONDS,
    settings: settingsOf(plan),
  });
  const mine = { ports: mesh.ports, bundle: readFileSync(join(mesh.paths.run, "trust", "bundle.pem"), "utf8") };
  const ways = waysInto(mine).filter(({ name }) => /^(gRPC|gRPC over TLS|Connect .*)$/.test(name));
  let devices: Devices | undefined;
  const close = async () => {
    await devices?.close();
    await mesh.stop();
    // Last: a call by a way that is closed throws.
    for (const way of ways) way.close();
  };
  try {
    await mesh.waitReady();
    const offers = await fillShelves(mesh, ways[0] as Way);
    const customers = [...offers.customers, offers.poorCustomer];
    if (mesh.addresses.devices) devices = await Devices.open(DEVICES, linesInto(mesh.state()));
    const tokens = await Promise.all(customers.map(async (user) => [user, await accessToken(mine, user)] as const));
    return { mesh, ways, offers, devices, tokens: new Map(tokens), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function settingsOf({ clock }: Plan): Record<string, Record<string, string>> {
  const settings: Record<string, Record<string, string>> = {
    // More traces than usual, since what they hold is looked through.
    "*": { OTEL_TRACES_SAMPLER_ARG: "0.3" },
    notification: { NOTIFICATION_REQUEUE_SECONDS: "5" },
    shipping: { SHIPPING_SLOT_CAPACITY: "100000" },
  };
  settings[clock.workload] = {
    ...settings[clock.workload],
    NODE_OPTIONS: `--import=${new URL("clock.ts", import.meta.url).pathname}`,
    CLOCK_AHEAD_MS: String(clock.aheadMs),
    CLOCK_AFTER_MS: String(CLOCK_AFTER_MS),
  };
  return settings;
}

async function fillShelves(mesh: Mesh, way: Way): Promise<Offers> {
  const customers = demoCustomers()
    .map(({ id }) => id)
    .filter((id) => id !== POOR);
  const [shortProduct = "", ...products] = (load("services/catalog/seed/products.json") as Priced[])
    .filter(({ priceMinor }) => priceMinor >= PRICES.from && priceMinor < PRICES.below)
    .slice(0, PRODUCTS + 1)
    .map(({ id }) => id);
  await mesh.query(
    `select deposit('chaos', 'chaos-' || customer_id, '', customer_id, 100000000) from wallets where customer_id <> '${POOR}'`,
    "customer",
  );
  await mesh.query(
    `update stock set received = received + 1000000, available = available + 1000000 where product_id <> '${shortProduct}';
     update stock set received = 2, available = 2 where product_id = '${shortProduct}'`,
    "inventory",
  );
  const slots = await until("the slots", async () => {
    const outcome = await way.call(methods.listSlots, create(ListSlotsRequestSchema, { pageSize: 200 }), {});
    return outcome.response && responseOf<ListSlotsResponse>(outcome).slots.map(({ name }) => name);
  });
  // Those of the last days: none begins during the run.
  const [smallSlot = "", ...others] = slots.slice(-12);
  await mesh.query(
    `update slots set capacity = ${SMALL_SLOT} where id = '${smallSlot.replace("slots/", "")}'`,
    "shipping",
  );
  return {
    ...{ customers, products: products.map((id) => `products/${id}`), slots: others },
    ...{ shortProduct: `products/${shortProduct}`, smallSlot, poorCustomer: POOR },
  };
}

interface Priced {
  readonly id: string;
  readonly priceMinor: number;
}
