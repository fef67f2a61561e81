import { expect, test } from "vitest";
import { smallEnvironment, workload } from "../test/world.ts";
import { plan } from "./plan.ts";
import type { PlanInput } from "./plan-input.ts";
import { inPhases, START_ORDER, STOP_ORDER } from "./supervisor/spec.ts";

const shop = smallEnvironment([
  workload("cold-chain", {
    program: { kind: "go", binary: "/clone/.build/cold-chain", source: "services/cold-chain" },
  }),
  workload("gateway", { edge: true, cache: true }),
  workload("order", { database: true, eventLog: true, settings: { ORDER_LOG_LEVEL: "warn", ORDER_LISTEN: "mine" } }),
]);

const input = (more: Partial<PlanInput> = {}): PlanInput => ({
  environment: shop,
  scale: {},
  mesh: "on",
  paths: { repository: "/clone", run: "/r", data: "/clone/.data" },
  tools: { node: "/node", python: "/python", envoy: "/envoy", valkey: "/valkey", postgres: "/pg" },
  ports: { edge: 8080, edgeTls: 8443, issuer: 8081, mail: 8025, traces: 8026, devices: 8444 },
  smtpPort: 2525,
  secrets: {
    postgres: "p0",
    databases: { order: "p1" },
    eventLog: "p2",
    eventLogUsers: { order: "p4" },
    cache: "p3",
    sms: "k",
  },
  bootstraps: "/clone/mesh/local",
  support: ["issuer", "mail", "traces"],
  uidOf: () => undefined,
  storeUser: { prefix: [] },
  ambient: {},
  seed: "demo",
  overrides: {},
  ...more,
});

const named = (name: string, more: Partial<PlanInput> = {}) => {
  const spec = plan(input(more)).find((one) => one.name === name);
  if (!spec) throw new Error(`no child ${name}`);
  return spec;
};

const namesIn = (order: typeof START_ORDER, more: Partial<PlanInput> = {}) =>
  inPhases(plan(input(more)), order).map((phase) => phase.map(({ name }) => name));

test("stores and the issuer start before sidecars, and sidecars before services", () => {
  expect(namesIn(START_ORDER)).toEqual([
    ["postgres", "event-log", "cache", "issuer", "mail", "traces"],
    ["cold-chain-0.sidecar", "gateway-0.sidecar", "order-0.sidecar"],
    ["cold-chain-0", "gateway-0", "order-0"],
  ]);
});

test("services stop first and stores last", () => {
  expect(namesIn(STOP_ORDER)).toEqual([
    ["cold-chain-0", "gateway-0", "order-0"],
    ["cold-chain-0.sidecar", "gateway-0.sidecar", "order-0.sidecar"],
    ["issuer", "mail", "traces"],
    ["postgres", "event-log", "cache"],
  ]);
});

test("sensors are simulated where that is asked for, start with the services and stop before them", () => {
  const more = { simulatedRate: 2 };
  expect(named("simulator", more)).toMatchObject({ role: "simulator", env: { RUN: "/r", RATE: "2" } });
  expect(namesIn(START_ORDER, more).at(-1)).toEqual(["cold-chain-0", "gateway-0", "order-0", "simulator"]);
  expect(namesIn(STOP_ORDER, more)[0]).toEqual(["simulator"]);
  expect(namesIn(START_ORDER).flat()).not.toContain("simulator");
});

test("a store that no workload uses does not run", () => {
  const environment = smallEnvironment([workload("order", { eventLog: true })]);
  expect(namesIn(START_ORDER, { environment, support: [] })[0]).toEqual(["event-log"]);
});

test("the event log may be a broker, which services then dial on its port under their own names", () => {
  const broker = { java: "/java", jars: "/jars", port: 9092, controllerPort: 9093 };
  const spec = named("event-log", { broker });
  expect(spec.command).toBe("/java");
  expect(spec.args.at(-1)).toBe("/r/log/broker.properties");
  expect(spec.probe).toEqual({ kind: "tcp", port: 9092 });
  expect(named("order-0", { broker }).env.ORDER_EVENT_LOG_URL).toBe("kafka://order:p4@127.0.0.1:9092");
  expect(namesIn(START_ORDER, { broker })).toEqual(namesIn(START_ORDER));
});

test("every instance has a sidecar and a folder of its own", () => {
  const names = plan(input({ scale: { order: 2 } })).map(({ name, cwd }) => `${name} ${cwd}`);
  expect(names.filter((name) => name.startsWith("order"))).toEqual([
    "order-0.sidecar /r/order-0",
    "order-1.sidecar /r/order-1",
    "order-0 /r/order-0",
    "order-1 /r/order-1",
  ]);
});

test("a sidecar runs on the generated configuration of its workload", () => {
  const { command, args, env, probe } = named("order-0.sidecar");
  expect(command).toBe("/envoy");
  expect(args.slice(0, 2)).toEqual(["-c", "/clone/mesh/local/order.yaml"]);
  expect(args).toContain("--reject-unknown-dynamic-fields");
  expect(env).toEqual({});
  expect(probe).toEqual({ kind: "http", socket: "/r/order-0/admin.sock", path: "/ready" });
});

test("a service is given its sockets, its stores and its way out", () => {
  const { command, env } = named("order-0");
  expect(command).toBe("/node");
  expect(env).toMatchObject({
    ORDER_LISTEN: "unix:/r/order-0/app.sock",
    ORDER_OPS_LISTEN: "unix:/r/order-0/ops.sock",
    ORDER_DATABASE_URL: "postgres://order:p1@/order?host=/r/pg",
    ORDER_EVENT_LOG_URL: "redis+unix://order:p4@/r/log/valkey.sock",
    ORDER_SEED: "demo",
    ORDER_LOG_LEVEL: "warn",
    MESH_EGRESS: "unix:/r/order-0/out.sock",
    MESH_NAMESPACE: "larder",
    LARDER_USER_JWKS: "/r/trust/user-jwks.json",
  });
  expect(Object.keys(env).filter((key) => /CACHE_URL|USER_KEY|LARDER_ADDR|SMTP|SMS/.test(key))).toEqual([]);
});

test("whatever runs on Node gives back what its start needed, and has one heap of the C library", () => {
  for (const name of ["order-0", "issuer", "mail", "traces"]) {
    const { args, env } = named(name);
    expect(args.slice(0, -1), name).toContain("--expose-gc");
    expect(env.MALLOC_ARENA_MAX, name).toBe("1");
  }
  expect(named("cold-chain-0").env).not.toHaveProperty("MALLOC_ARENA_MAX");
});

test("a hyphen in a name is an underscore in its variables, and a Go program is its binary", () => {
  const { command, args, env } = named("cold-chain-0");
  expect([command, ...args]).toEqual(["/clone/.build/cold-chain"]);
  expect(env.COLD_CHAIN_LISTEN).toBe("unix:/r/cold-chain-0/app.sock");
});

test("a Rust program is its binary, and one in Python is run by the interpreter of the clone", () => {
  const program = { kind: "rust", binary: "/clone/.build/vans", source: "services/vans", profile: "release" } as const;
  const environment = smallEnvironment([
    workload("score", { program: { kind: "python", entry: "/clone/services/score/main.py" } }),
    workload("vans", { program }),
  ]);
  expect(named("vans-0", { environment })).toMatchObject({ command: "/clone/.build/vans", args: [] });
  const { command, args, env } = named("score-0", { environment });
  expect([command, ...args]).toEqual(["/python", "/clone/services/score/main.py"]);
  expect(env).toMatchObject({ PYTHONPYCACHEPREFIX: "/clone/.data/compiled/score", PYTHONUNBUFFERED: "1" });
  expect(env).not.toHaveProperty("NODE_COMPILE_CACHE");
});

test("only the edge has the key of the user assertion and knows the issuer", () => {
  expect(named("gateway-0").env).toMatchObject({
    GATEWAY_USER_KEY: "/r/gateway-0/user-key.pem",
    GATEWAY_ISSUER: "http://127.0.0.1:8081",
    GATEWAY_ISSUER_JWKS: "unix:/r/issuer/app.sock",
  });
});

test("without sidecars services know each other's sockets, and the edge listens on its port", () => {
  const more = { mesh: "off", scale: { order: 2 } } as const;
  expect(
    namesIn(START_ORDER, more)
      .flat()
      .filter((name) => name.endsWith(".sidecar")),
  ).toEqual([]);
  const { env } = named("gateway-0", more);
  expect(env).toMatchObject({
    GATEWAY_LISTEN: "127.0.0.1:8080",
    LARDER_ADDR_ORDER: "unix:/r/order-0/app.sock,unix:/r/order-1/app.sock",
    LARDER_ADDR_COLD_CHAIN: "unix:/r/cold-chain-0/app.sock",
  });
  expect(env).not.toHaveProperty("MESH_EGRESS");
  expect(env).not.toHaveProperty("LARDER_ADDR_GATEWAY");
  expect(named("order-1", more).env.ORDER_LISTEN).toBe("unix:/r/order-1/app.sock");
});

test("without sidecars a workload with methods for devices listens for them itself", () => {
  const environment = smallEnvironment([workload("cold-chain", { devices: true }), workload("order")]);
  expect(named("cold-chain-0", { environment }).env.COLD_CHAIN_LISTEN).toBe("unix:/r/cold-chain-0/app.sock");
  expect(named("cold-chain-0", { environment, mesh: "off" }).env.COLD_CHAIN_LISTEN).toBe("127.0.0.1:8444");
});

test("settings of the shell reach the service they name, and nobody else's secrets do", () => {
  const ambient = {
    ORDER_LOG_LEVEL: "debug",
    ORDER_DATABASE_URL: "x",
    OTEL_SERVICE_NAME: "o",
    AWS_SECRET: "s",
    GATEWAY_X: "g",
  };
  const { env } = named("order-0", { ambient });
  expect(env).toMatchObject({ ORDER_LOG_LEVEL: "debug", OTEL_SERVICE_NAME: "o" });
  expect(env.ORDER_DATABASE_URL).toMatch(/^postgres:/);
  expect(env).not.toHaveProperty("AWS_SECRET");
  expect(env).not.toHaveProperty("GATEWAY_X");
});

test("the trace store is given its socket, and a service is told to send its spans there", () => {
  expect(named("traces")).toMatchObject({
    env: { LISTEN: "127.0.0.1:8026", SOCKET: "/r/traces/app.sock", OTLP_SOCKET: "/r/traces/otlp.sock" },
    sockets: ["/r/traces/app.sock", "/r/traces/otlp.sock"],
  });
  for (const name of ["order-0", "cold-chain-0"])
    expect(named(name).env).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: "unix:///r/traces/otlp.sock",
      OTEL_EXPORTER_OTLP_INSECURE: "true",
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    });
});

test("how much is traced is the reader's choice, and without a trace store where to as well", () => {
  const ambient = { OTEL_TRACES_SAMPLER: "always_on", OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4317" };
  expect(named("order-0", { ambient: { OTEL_TRACES_SAMPLER: "always_on" } }).env).toMatchObject({
    OTEL_TRACES_SAMPLER: "always_on",
    OTEL_EXPORTER_OTLP_ENDPOINT: "unix:///r/traces/otlp.sock",
  });
  const otel = Object.entries(named("order-0", { ambient, support: ["issuer", "mail"] }).env).filter(([name]) =>
    name.startsWith("OTEL_"),
  );
  expect(Object.fromEntries(otel)).toEqual(ambient);
});

test("overrides win over everything, for one workload or for all", () => {
  const overrides = { "*": { A: "all", B: "all" }, order: { A: "order", ORDER_LISTEN: "elsewhere" } };
  expect(named("order-0", { overrides }).env).toMatchObject({ A: "order", B: "all", ORDER_LISTEN: "elsewhere" });
  expect(named("gateway-0", { overrides }).env).toMatchObject({ A: "all" });
});

test("a service is given its drain time and a little more before it is killed", () => {
  expect(named("order-0").graceMs).toBe(15_000);
  expect(named("order-0", { ambient: { ORDER_DRAIN_SECONDS: "2" } }).graceMs).toBe(7000);
  expect(named("order-0", { ambient: { ORDER_DRAIN_SECONDS: "soon" } }).graceMs).toBe(15_000);
});

test("children run under the user ids they are given", () => {
  const uidOf = (owner: string) => ({ order: 70_001, issuer: 70_009 })[owner];
  expect(named("order-0", { uidOf }).uid).toBe(70_001);
  expect(named("order-0.sidecar", { uidOf }).uid).toBe(70_001);
  expect(named("issuer", { uidOf })).toMatchObject({ uid: 70_009, shared: ["/r/issuer/app.sock"] });
  expect(named("postgres", { uidOf }).uid).toBeUndefined();
});

test("what Node has compiled is kept for the next start, apart for each owner of a process", () => {
  const compiled = (name: string) => named(name).env.NODE_COMPILE_CACHE;
  expect(["order-0", "issuer"].map(compiled)).toEqual(["/clone/.data/compiled/order", "/clone/.data/compiled/issuer"]);
  expect(compiled("cold-chain-0")).toBeUndefined();
});

test("PostgreSQL runs behind what lets it run as root", () => {
  const { command, args } = named("postgres", { storeUser: { prefix: ["unshare", "-U"] } });
  expect([command, ...args].slice(0, 5)).toEqual(["unshare", "-U", "/pg/postgres", "-D", "/clone/.data/pg"]);
});
