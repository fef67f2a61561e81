// The real order, customer, inventory and shipping as processes on real databases, to be killed and started again.
// Prices come from the suite's own process; there is no sidecar.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { OrderService } from "@larder/contract/larder/order/v1/order_service_pb.js";
import { PricingService } from "@larder/contract/larder/pricing/v1/pricing_service_pb.js";
import { Call, type Client, client, implement, platformSettings, readEnv, runInCall, serve } from "@larder/platform";
import { startPostgres } from "@larder/store/testing";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import pg from "pg";

const root = join(import.meta.dirname, "..", "..");
const workloads = ["customer", "inventory", "shipping", "order"] as const;
type Workload = (typeof workloads)[number];

/** A pack of anything costs this, in cents. */
export const priceCents = 150;

/** One process of a service, started again after each kill. */
export class Instance {
  readonly name: string;
  readonly #workload: Workload;
  readonly #environment: Record<string, string>;
  #child: ChildProcess | undefined;
  #output = "";

  constructor(workload: Workload, name: string, environment: Record<string, string>) {
    this.name = name;
    this.#workload = workload;
    this.#environment = environment;
  }

  /** Starts it; resolves when it is SERVING. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [join(root, "services", this.#workload, "main.ts")], {
      env: { PATH: process.env.PATH, ...this.#environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    const serving = new Promise<void>((resolve) => {
      const hear = (chunk: Buffer) => {
        this.#output = (this.#output + chunk).slice(-20_000);
        if (String(chunk).includes('"message":"serving"')) resolve();
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
    });
    const ended = once(child, "exit").then(() => {
      throw new Error(`${this.name} ended while starting: ${this.#output}`);
    });
    ended.catch(() => {}); // It will end one day.
    await Promise.race([serving, ended]);
  }

  /** SIGKILL, and a new process. */
  async killAndStart(): Promise<void> {
    await this.end("SIGKILL");
    await this.start();
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }
}

export interface Shop {
  /** One of each owner, two of order. */
  readonly instances: readonly Instance[];
  readonly urls: Readonly<Record<Workload, string>>;
  /** Runs SQL in the database of a workload. */
  sql(workload: Workload, text: string, params?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Calls an instance of order for a user. */
  as<T>(user: string, call: (orders: Client<typeof OrderService>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export async function openShop(): Promise<Shop> {
  const folder = await mkdtemp(join(tmpdir(), "larder-books-"));
  const postgres = await startPostgres();
  const jwks = join(folder, "jwks.json");
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  await writeFile(jwks, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "test", alg: "ES256" }] }));

  const socket = (name: string) => `unix:${join(folder, `${name}.sock`)}`;
  const urls = {} as Record<Workload, string>;
  for (const workload of workloads) urls[workload] = await postgres.createDatabase(workload);
  const instance = (workload: Workload, name: string) => {
    const prefix = workload.toUpperCase();
    return new Instance(workload, name, {
      [`${prefix}_LISTEN`]: socket(name),
      [`${prefix}_OPS_LISTEN`]: socket(`${name}-ops`),
      [`${prefix}_DATABASE_URL`]: urls[workload],
      [`${prefix}_EVENT_LOG_URL`]: `redis+unix://${join(folder, "none.sock")}`,
      LARDER_USER_JWKS: jwks,
      LARDER_ADDR_CUSTOMER: socket("customer"),
      LARDER_ADDR_INVENTORY: socket("inventory"),
      LARDER_ADDR_SHIPPING: socket("shipping"),
      LARDER_ADDR_PRICING: socket("pricing"),
      ORDER_LEASE_MS: "1000",
      ORDER_RECOVERY_PAUSE_MS: "50",
    });
  };
  const instances = [
    instance("customer", "customer"),
    instance("inventory", "inventory"),
    instance("shipping", "shipping"),
    instance("order", "order-0"),
    instance("order", "order-1"),
  ];
  const pricing = await servePrices(socket("pricing"), socket("pricing-ops"), jwks);
  await Promise.all(instances.map((one) => one.start()));

  const { platform } = readEnv(platformSettings("GATEWAY"), {
    GATEWAY_LISTEN: "unused:0",
    GATEWAY_OPS_LISTEN: "unused:0",
    LARDER_ADDR_ORDER: [socket("order-0"), socket("order-1")].join(),
  });
  const orders = client(OrderService, "order", platform);
  return {
    instances,
    urls,
    async sql(workload, text, params = []) {
      const connection = new pg.Client({ connectionString: urls[workload] });
      await connection.connect();
      const { rows } = await connection.query(text, params);
      await connection.end();
      return rows;
    },
    async as(user, call) {
      const userAssertion = await new SignJWT({ scope: "" })
        .setProtectedHeader({ alg: "ES256", kid: "test" })
        .setIssuer("larder-gateway")
        .setAudience("larder-internal")
        .setSubject(user)
        .setExpirationTime("60s")
        .sign(privateKey);
      const request = new Call({ method: "test", userAssertion, deadline: Date.now() + 2000 });
      return runInCall(request, () => call(orders));
    },
    async close() {
      await Promise.all(instances.map((one) => one.end("SIGKILL")));
      await pricing.stop();
      await postgres.stop();
      await rm(folder, { recursive: true });
    },
  };
}

function servePrices(listen: string, opsListen: string, jwks: string) {
  const { platform } = readEnv(platformSettings("PRICING"), {
    PRICING_LISTEN: listen,
    PRICING_OPS_LISTEN: opsListen,
    PRICING_LOG_LEVEL: "error",
    LARDER_USER_JWKS: jwks,
  });
  const euros = (cents: number) => ({
    currencyCode: "EUR",
    units: BigInt(Math.trunc(cents / 100)),
    nanos: (cents % 100) * 10_000_000,
  });
  const route = implement(PricingService, {
    quote({ lines }) {
      const packs = lines.reduce((sum, { quantity }) => sum + quantity, 0);
      return {
        quote: {
          lines: lines.map((line) => ({
            ...{ product: line.product, quantity: line.quantity, displayName: line.product },
            ...{ unitPrice: euros(priceCents), total: euros(priceCents * line.quantity) },
          })),
          ...{ subtotal: euros(packs * priceCents), discount: euros(0), total: euros(packs * priceCents) },
        },
      };
    },
  });
  return serve(platform, { workload: "pricing", routes: [route] });
}

/** Waits until the condition holds. */
export async function eventually(condition: () => boolean, withinMs = 60_000): Promise<void> {
  for (const end = Date.now() + withinMs; !condition(); await sleep(10)) {
    if (Date.now() > end) throw new Error(`never: ${condition}`);
  }
}
