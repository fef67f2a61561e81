import { readFileSync } from "node:fs";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { BadRequestSchema, ErrorInfoSchema } from "@larder/contract/google/rpc/error_details_pb.js";
import { StatusSchema } from "@larder/contract/google/rpc/status_pb.js";
import { afterEach, describe, expect, test } from "vitest";
import {
  decodeEcho,
  EchoService,
  echoRoute,
  newPlatform,
  type RawAnswer,
  rawCall,
  startEcho,
  until,
} from "../test/echo.ts";
import { Code, CodedError, rpcError, serve } from "./index.ts";
import { MAX_REQUEST_BYTES } from "./interceptors.ts";
import { metrics } from "./telemetry.ts";

/** Shared with the kits of the other languages. */
const callers: {
  device_ingress: string;
  device_trust_domain: string;
  cases: { about: string; header: string; caller: string; at_device_method: string }[];
} = JSON.parse(readFileSync(new URL("../../../../proto/testdata/callers.json", import.meta.url), "utf8"));

type Echo = Awaited<ReturnType<typeof startEcho>>;
const started: Echo[] = [];
const start = async (...args: Parameters<typeof startEcho>): Promise<Echo> => {
  const echo = await startEcho(...args);
  started.push(echo);
  return echo;
};
afterEach(async () => {
  for (const { stop } of started.splice(0)) await stop();
});

const method = EchoService.method.echo;
if (!method) throw new Error("no Echo");
const bytesOf = (request: object) => toBinary(method.input, create(method.input, request as never));
const echo = (to: Echo, request: object, headers = {}, deadline?: number) =>
  rawCall(to.address, "/kit.echo.v1.EchoService/Echo", bytesOf(request), headers, deadline);

describe("a request", () => {
  test("reaches the handler, and its answer comes back", async () => {
    expect(decodeEcho(await echo(await start(), { text: "hello" }))).toMatchObject({ text: "hello" });
  });

  test("of an unknown method is UNIMPLEMENTED", async () => {
    const { error } = await rawCall((await start()).address, "/kit.echo.v1.EchoService/Shout", bytesOf({ text: "a" }));
    expect(error?.code).toBe(Code.UNIMPLEMENTED);
  });

  test("keeps the id it came with", async () => {
    const answer = decodeEcho(await echo(await start(), { text: "a" }, { "x-request-id": "abc-1.2:3" }));
    expect(answer.requestId).toBe("abc-1.2:3");
  });

  test("gets an id of its own if it has none, or one that could upset a log", async () => {
    const to = await start();
    const without = decodeEcho(await echo(to, { text: "a" })).requestId;
    const bad = decodeEcho(await echo(to, { text: "a" }, { "x-request-id": '","level":"x' })).requestId;
    const long = decodeEcho(await echo(to, { text: "a" }, { "x-request-id": "a".repeat(129) })).requestId;
    for (const id of [without, bad, long]) expect(id).toMatch(/^[\da-f-]{36}$/);
  });
});

describe("the caller", () => {
  const ingress = {
    MESH_DEVICE_INGRESS: callers.device_ingress,
    MESH_DEVICE_TRUST_DOMAIN: callers.device_trust_domain,
  };
  const told = async (to: Echo, header: string, method = "Echo") => {
    const path = `/kit.echo.v1.EchoService/${method}`;
    return decodeEcho(await rawCall(to.address, path, bytesOf({ text: "a" }), { "x-forwarded-client-cert": header }))
      .caller;
  };

  test("is whom the sidecar proved, by what it wrote itself and nobody else could", async () => {
    const to = await start({}, ingress);
    for (const { about, header, caller } of callers.cases) expect(await told(to, header), about).toBe(caller);
  });

  test("is at a method for devices the one that their ingress speaks for, if the settings name an ingress", async () => {
    const [to, without] = [await start({}, ingress), await start()];
    for (const { about, header, caller, at_device_method } of callers.cases) {
      expect(await told(to, header, "Maybe"), about).toBe(at_device_method);
      expect(await told(without, header, "Maybe"), about).toBe(caller);
    }
  });

  test("is nobody without a sidecar, whatever other metadata says", async () => {
    const headers = { "x-caller": "order", caller: "order", "x-larder-caller": "order", "user-agent": "order" };
    expect(decodeEcho(await echo(await start(), { text: "a" }, headers)).caller).toBe("");
  });
});

describe("validation", () => {
  test("names every field that breaks a rule", async () => {
    const { error } = await echo(await start(), { text: "", count: 1001, parts: [{ name: "ok" }, { name: "NOT" }] });
    expect(error?.code).toBe(Code.INVALID_ARGUMENT);
    expect(infoOf(error)).toMatchObject({ reason: "INVALID_REQUEST", domain: "echo" });
    expect(badRequestOf(error)).toEqual(["text", "count", "parts[1].name"]);
  });

  test.each([
    [16, ""],
    [17, "; and 1 more"],
    [1000, "; and 984 more"],
  ])("names no more fields than an answer can hold, of %i", async (wrong, said) => {
    const parts = Array.from({ length: wrong }, () => ({ name: "NOT" }));
    const { error } = await echo(await start(), { text: "a", parts });
    expect(infoOf(error)).toMatchObject({ reason: "INVALID_REQUEST" });
    expect(badRequestOf(error)).toHaveLength(16);
    expect(/; and .* more$/.exec(error?.details ?? "")?.[0] ?? "").toBe(said);
  });

  test("comes before the handler", async () => {
    let handled = 0;
    const to = await start({ echo: () => ({ text: String(++handled) }) });
    expect((await echo(to, { text: "" })).error?.code).toBe(Code.INVALID_ARGUMENT);
    expect(handled).toBe(0);
    expect(decodeEcho(await echo(to, { text: "a" })).text).toBe("1");
  });

  test("holds for every message of a stream", async () => {
    const to = await start();
    const path = "/kit.echo.v1.EchoService/Collect";
    expect((await rawCall(to.address, path, bytesOf({ text: "a" }))).error).toBeUndefined();
    expect((await rawCall(to.address, path, bytesOf({ text: "" }))).error?.code).toBe(Code.INVALID_ARGUMENT);
  });

  test("refuses bytes that are no message", async () => {
    const { error } = await rawCall(
      (await start()).address,
      "/kit.echo.v1.EchoService/Echo",
      Buffer.from([0xff, 0xff]),
    );
    expect(error?.code).toBe(Code.INVALID_ARGUMENT);
    expect(infoOf(error)?.reason).toBe("MALFORMED_REQUEST");
  });

  test("refuses more than a mebibyte, and says how much there was", async () => {
    const to = await start();
    const room = MAX_REQUEST_BYTES - bytesOf({ text: "a".repeat(MAX_REQUEST_BYTES - 10) }).length;
    expect((await echo(to, { text: "a".repeat(MAX_REQUEST_BYTES - 10 + room) })).error).toBeUndefined();
    const { error } = await echo(to, { text: "a".repeat(MAX_REQUEST_BYTES - 9 + room) });
    expect(error?.code).toBe(Code.RESOURCE_EXHAUSTED);
    expect(error?.details).toContain(`has ${MAX_REQUEST_BYTES + 1} bytes`);
    expect(infoOf(error)?.reason).toBe("REQUEST_TOO_LARGE");
    expect((await echo(to, { text: "a".repeat(6 << 20) })).error?.code).toBe(Code.RESOURCE_EXHAUSTED);
  });
});

describe("an error", () => {
  test("of the contract arrives with code, reason, domain and metadata", async () => {
    const to = await start({
      echo: () => {
        throw rpcError("shop", Code.NOT_FOUND, "ORDER_NOT_FOUND", "orders/9: no such, at all", { name: "orders/9" });
      },
    });
    const { error } = await echo(to, { text: "a" });
    expect(error?.code).toBe(Code.NOT_FOUND);
    expect(infoOf(error)).toEqual({ reason: "ORDER_NOT_FOUND", domain: "shop", metadata: { name: "orders/9" } });
    expect(statusOf(error).message).toBe("orders/9: no such, at all");
  });

  test("of a library that knows no contract gets the domain of the service, and hides its cause", async () => {
    class StoreUnavailable extends CodedError {
      constructor(cause: unknown) {
        super(Code.UNAVAILABLE, "STORE_UNAVAILABLE", "the store cannot be reached", { cause });
      }
    }
    const to = await start({ echo: () => Promise.reject(new StoreUnavailable(new Error("password=hunter2"))) });
    const { error } = await echo(to, { text: "a" });
    expect(error?.code).toBe(Code.UNAVAILABLE);
    expect(infoOf(error)).toMatchObject({ reason: "STORE_UNAVAILABLE", domain: "echo" });
    expect(everythingIn(error)).not.toContain("hunter2");
  });

  test("that nobody foresaw is INTERNAL and says nothing", async () => {
    for (const thrown of [new Error("select * from secrets"), { code: 5, message: "select" }, "select", undefined]) {
      const to = await start({ echo: () => Promise.reject(thrown) });
      const { error } = await echo(to, { text: "a" });
      expect(error?.code).toBe(Code.INTERNAL);
      expect(error?.details).toBe("internal error");
      expect(everythingIn(error)).not.toContain("select");
    }
  });

  test("is an answer that does not fit its message", async () => {
    const to = await start({ echo: () => ({ text: Object.create(null) }) as never });
    expect((await echo(to, { text: "a" })).error?.code).toBe(Code.INTERNAL);
  });

  test("in a stream comes after what was sent before", async () => {
    const to = await start({
      async *count() {
        yield { text: "one" };
        throw rpcError("echo", Code.ABORTED, "ENOUGH", "enough");
      },
    });
    const { error } = await rawCall(to.address, "/kit.echo.v1.EchoService/Count", bytesOf({ text: "a" }));
    expect(error?.code).toBe(Code.ABORTED);
    expect(infoOf(error)?.reason).toBe("ENOUGH");
  });
});

describe("a deadline", () => {
  test("ends the call in time, and aborts the handler's signal", async () => {
    let aborted = false;
    const to = await start({
      echo: (_, { signal }) =>
        new Promise(() => {
          signal.addEventListener("abort", () => {
            aborted = true;
          });
        }),
    });
    const { error } = await echo(to, { text: "a" }, {}, Date.now() + 50);
    expect(error?.code).toBe(Code.DEADLINE_EXCEEDED);
    await until(() => aborted);
  });

  test("is known to the handler", async () => {
    const left = decodeEcho(await echo(await start(), { text: "a" }, {}, Date.now() + 60_000)).remainingMs;
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThanOrEqual(60_000);
  });

  test("is that of the contract for a caller that sets none", async () => {
    let aborted = false;
    const to = await start({
      maybe: (_, { signal, deadline = 0 }) =>
        new Promise(() => {
          expect(deadline - Date.now()).toBeLessThanOrEqual(300);
          signal.addEventListener("abort", () => {
            aborted = true;
          });
        }),
    });
    const { error } = await rawCall(to.address, "/kit.echo.v1.EchoService/Maybe", bytesOf({ text: "a" }));
    expect(error?.code).toBe(Code.DEADLINE_EXCEEDED);
    await until(() => aborted);
  });

  test("is counted as such, once, even if the handler answers later", async () => {
    let answered = false;
    const to = await start({
      echo: (_, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => {
            resolve({ text: "late" });
            answered = true;
          });
        }),
    });
    const before = await Promise.all(["DEADLINE_EXCEEDED", "CANCELLED", "OK"].map(counted));
    await echo(to, { text: "a" }, {}, Date.now() + 30);
    await until(() => answered);
    await echo(to, { text: "" }); // By its answer the late one has been dealt with.
    const after = await Promise.all(["DEADLINE_EXCEEDED", "CANCELLED", "OK"].map(counted));
    expect(after.map((count, at) => count - (before[at] ?? 0))).toEqual([1, 0, 0]);
  });
});

describe("a stream", () => {
  // Read by hand, so that a reader can be slow.
  const open = (to: Echo) => {
    const client = new Client(to.address, credentials.createInsecure());
    const same = (bytes: Buffer) => bytes;
    const request = Buffer.from(bytesOf({ text: "a" }));
    const path = "/kit.echo.v1.EchoService/Count";
    const wire = client.makeServerStreamRequest(path, same, same, request, new Metadata());
    wire.on("error", () => {});
    return { wire, client };
  };

  test("whose reader leaves ends its generator", async () => {
    let cleaned = false;
    const to = await start({
      async *count(_, { signal }) {
        try {
          yield { text: "one" };
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
        } finally {
          cleaned = true;
        }
      },
    });
    await rawCall(to.address, "/kit.echo.v1.EchoService/Count", bytesOf({ text: "a" }), {}, Date.now() + 50);
    await until(() => cleaned);
  });

  test("whose reader leaves ends its generator in the middle of sending, too", async () => {
    let cleaned = false;
    const to = await start({
      async *count() {
        try {
          for (;;) yield { text: "x".repeat(100_000) };
        } finally {
          cleaned = true;
        }
      },
    });
    const { wire, client } = open(to);
    await new Promise((resolve) => wire.once("readable", resolve));
    wire.cancel();
    client.close();
    await until(() => cleaned);
  });

  test("is not made faster than it is read", async () => {
    let made = 0;
    const to = await start({
      async *count() {
        for (; made < 1000; made++) yield { text: "x".repeat(100_000) };
      },
    });
    const { wire, client } = open(to);
    await new Promise((resolve) => wire.once("readable", resolve));
    let last = -1;
    await until(async () => {
      const still = last === made;
      last = made;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return still;
    });
    expect(made).toBeLessThan(200);
    wire.cancel();
    client.close();
  });
});

test("two handlers for one method, or none, are refused before anything listens", async () => {
  const platform = newPlatform();
  expect(() => serve(platform, { workload: "echo", routes: [echoRoute(), echoRoute()] })).toThrow("has two handlers");
  const route = { service: EchoService, handler: {} };
  expect(() => serve(platform, { workload: "echo", routes: [route] })).toThrow("has no handler");
});

test("every answer is counted once, with its code", async () => {
  const to = await start();
  const [good, bad] = [await counted("OK"), await counted("INVALID_ARGUMENT")];
  await echo(to, { text: "a" });
  await echo(to, { text: "a" });
  await echo(to, { text: "" });
  expect(await counted("OK")).toBe(good + 2);
  expect(await counted("INVALID_ARGUMENT")).toBe(bad + 1);
});

async function counted(code: string): Promise<number> {
  const text = await metrics.metrics();
  const line = text
    .split("\n")
    .find((it) => it.startsWith("larder_rpc_server_handled_total") && it.includes(`method="Echo",code="${code}"`));
  return Number(line?.split(" ").at(-1) ?? 0);
}

type Failure = RawAnswer["error"];

function statusOf(error: Failure) {
  const bytes = error?.metadata.get("grpc-status-details-bin")[0];
  return fromBinary(StatusSchema, bytes as Buffer);
}

// Read with the descriptors of the contract, but without the kit's own reading.
function detailsOf(error: Failure, type: string) {
  return statusOf(error).details.find(({ typeUrl }) => typeUrl === `type.googleapis.com/${type}`)?.value;
}

function infoOf(error: Failure) {
  const value = detailsOf(error, "google.rpc.ErrorInfo");
  const { reason, domain, metadata } = fromBinary(ErrorInfoSchema, value ?? new Uint8Array());
  return { reason, domain, metadata };
}

function badRequestOf(error: Failure): string[] {
  const value = detailsOf(error, "google.rpc.BadRequest");
  return fromBinary(BadRequestSchema, value ?? new Uint8Array()).fieldViolations.map(({ field }) => field);
}

function everythingIn(error: Failure): string {
  return `${error?.details} ${JSON.stringify(error?.metadata.toJSON())} ${Buffer.from(error?.metadata.get("grpc-status-details-bin")[0] as Buffer).toString("latin1")}`;
}
