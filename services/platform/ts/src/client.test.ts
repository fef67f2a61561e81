import { constants, createServer } from "node:http2";
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceError,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { afterEach, describe, expect, test } from "vitest";
import { type EchoClient, EchoService, newFolder, newPlatform, startEcho, until } from "../test/echo.ts";
import { openChannel } from "./channel.ts";
import { fromStatus } from "./errors.ts";
import { Call, Code, client, type Platform, RpcError, rpcError, runInCall } from "./index.ts";

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanUp.splice(0)) await clean();
});
const start = async (...args: Parameters<typeof startEcho>) => {
  const echo = await startEcho(...args);
  cleanUp.push(echo.stop);
  return echo;
};
const echoClient = (platform: Platform, serviceConfig?: string) =>
  client(EchoService, "echo", platform, serviceConfig) as unknown as EchoClient;
const timeout = (seconds: string, rest: object = {}) =>
  JSON.stringify({ methodConfig: [{ name: [{ service: "kit.echo.v1.EchoService" }], timeout: seconds, ...rest }] });

interface Seen {
  readonly authority: string;
  readonly metadata: Metadata;
  readonly remainingMs: number;
}

/** A server without kit that notes what arrives. It answers with what `answer` says, by default OK. */
async function startRaw(answer: (call: number) => { code: number } | undefined = () => undefined) {
  const seen: Seen[] = [];
  const server = new Server();
  const same = (bytes: Buffer) => bytes;
  const handle = (call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>) => {
    const deadline = Number(call.getDeadline());
    seen.push({ authority: call.getHost(), metadata: call.metadata, remainingMs: deadline - Date.now() });
    respond(answer(seen.length) ?? null, Buffer.alloc(0));
  };
  for (const name of ["Echo", "Mine"]) server.register(`/kit.echo.v1.EchoService/${name}`, handle, same, same, "unary");
  const address = `unix:${newFolder()}/raw.sock`;
  const listen = () =>
    new Promise<void>((resolve, reject) => {
      server.bindAsync(address, ServerCredentials.createInsecure(), (error) => (error ? reject(error) : resolve()));
    });
  await listen();
  cleanUp.push(() => server.forceShutdown());
  return { seen, address, stop: () => server.forceShutdown() };
}

/** A server that begins each answer and resets the stream, as a sidecar does whose time is over. */
async function startCutting(): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/grpc" });
    response.write("\0", () => response.stream.close(constants.NGHTTP2_INTERNAL_ERROR));
  });
  const address = `${newFolder()}/cutting.sock`;
  await new Promise<void>((resolve) => server.listen(address, resolve));
  cleanUp.push(() => server.close());
  return `unix:${address}`;
}

const NOT_THERE = { LARDER_ADDR_ECHO: "" };

describe("where a call goes", () => {
  test("is the sidecar if there is one, under the in-mesh name of the callee", async () => {
    const { seen, address } = await startRaw();
    await echoClient(newPlatform({ ...NOT_THERE, MESH_EGRESS: address, MESH_NAMESPACE: "shop" })).echo({ text: "a" });
    expect(seen[0]?.authority).toBe("echo.shop.svc.cluster.local:50051");
  });

  test("is the address that was given, whatever the sidecar", async () => {
    const [given, sidecar] = [await startRaw(), await startRaw()];
    await echoClient(newPlatform({ LARDER_ADDR_ECHO: given.address, MESH_EGRESS: sidecar.address })).echo({
      text: "a",
    });
    expect([given.seen.length, sidecar.seen.length]).toEqual([1, 0]);
    expect(given.seen[0]?.authority).toBe("echo.larder.svc.cluster.local:50051");
  });

  test("is each of several addresses in turn, and those that are left when one dies", async () => {
    const [one, two] = [await startRaw(), await startRaw()];
    const echo = echoClient(newPlatform({ LARDER_ADDR_ECHO: `${one.address},${two.address}` }));
    await until(async () => {
      await echo.echo({ text: "a" });
      return one.seen.length > 0 && two.seen.length > 0;
    });
    one.stop();
    await until(async () => (await echo.echo({ text: "a" }).catch(() => undefined)) !== undefined);
    const before = two.seen.length;
    for (let n = 0; n < 4; n++) await echo.echo({ text: "a" });
    expect(two.seen.length).toBe(before + 4);
  });

  test("is the in-mesh name by DNS otherwise", () => {
    const channel = openChannel(newPlatform({ ...NOT_THERE, MESH_NAMESPACE: "shop" }), "cold-chain", "{}");
    cleanUp.push(() => channel.client.close());
    expect(channel.client.getChannel().getTarget()).toBe("dns:///cold-chain.shop.svc.cluster.local:50051");
  });
});

describe("a deadline", () => {
  test("comes from the service config", async () => {
    const { seen, address } = await startRaw();
    await echoClient(newPlatform({ LARDER_ADDR_ECHO: address }), timeout("2.500000000s")).echo({ text: "a" });
    expect(seen[0]?.remainingMs).toBeGreaterThan(1500);
    expect(seen[0]?.remainingMs).toBeLessThanOrEqual(2501);
  });

  test("is shortened by withinMs, and never lengthened", async () => {
    const { seen, address } = await startRaw();
    const echo = echoClient(newPlatform({ LARDER_ADDR_ECHO: address }), timeout("10.000000000s"));
    await echo.echo({ text: "a" }, { withinMs: 5000 });
    await echo.echo({ text: "a" }, { withinMs: 60_000 });
    expect(seen[0]?.remainingMs).toBeLessThanOrEqual(5001);
    expect(seen[1]?.remainingMs).toBeLessThanOrEqual(10_001);
    expect(seen[1]?.remainingMs).toBeGreaterThan(5001);
  });

  test("is capped by what is left of the request in progress, unless the call is detached", async () => {
    const { seen, address } = await startRaw();
    const echo = echoClient(newPlatform({ LARDER_ADDR_ECHO: address }), timeout("10.000000000s"));
    const call = new Call({ method: "test", deadline: Date.now() + 3000 });
    await runInCall(call, () => echo.echo({ text: "a" }));
    await runInCall(call, () => echo.echo({ text: "a" }, { detached: true }));
    await echo.echo({ text: "a" }, { call });
    expect(seen[0]?.remainingMs).toBeLessThanOrEqual(3001);
    expect(seen[1]?.remainingMs).toBeGreaterThan(3001);
    expect(seen[2]?.remainingMs).toBeLessThanOrEqual(3001);
  });

  test("travels from service to service", async () => {
    const { seen, address } = await startRaw();
    const next = echoClient(newPlatform({ LARDER_ADDR_ECHO: address }));
    const front = await start({ echo: () => next.mine({ text: "a" }) });
    await echoClient(front.platform).echo({ text: "a" }, { withinMs: 4000 });
    expect(seen[0]?.remainingMs).toBeGreaterThan(1000);
    expect(seen[0]?.remainingMs).toBeLessThanOrEqual(4001);
  });

  test("is none if neither the contract nor the request has one", async () => {
    const { seen, address } = await startRaw();
    await echoClient(newPlatform({ LARDER_ADDR_ECHO: address })).echo({ text: "a" });
    expect(seen[0]?.remainingMs).toBe(Number.POSITIVE_INFINITY);
  });

  test("that passes is DEADLINE_EXCEEDED", async () => {
    const slow = await start({ echo: () => new Promise(() => {}) });
    const late = echoClient(slow.platform).echo({ text: "a" }, { withinMs: 40 });
    await expect(late).rejects.toMatchObject({ code: Code.DEADLINE_EXCEEDED });
  });
});

describe("retries", () => {
  const retryPolicy = {
    maxAttempts: 3,
    initialBackoff: "0.001s",
    maxBackoff: "0.002s",
    backoffMultiplier: 1,
    retryableStatusCodes: ["UNAVAILABLE"],
  };
  const failing = () => startRaw((n) => (n < 3 ? { code: status.UNAVAILABLE } : undefined));

  test("follow the service config where there is no sidecar", async () => {
    const { seen, address } = await failing();
    await echoClient(newPlatform({ LARDER_ADDR_ECHO: address }), timeout("5.000000000s", { retryPolicy })).echo({
      text: "a",
    });
    expect(seen.length).toBe(3);
  });

  test.each([
    ["that is dialled", (address: string) => ({ ...NOT_THERE, MESH_EGRESS: address })],
    ["that takes calls on their way", (address: string) => ({ LARDER_ADDR_ECHO: address, MESH_EGRESS: "transparent" })],
  ])("are left to a sidecar %s", async (_, egress) => {
    const { seen, address } = await failing();
    const echo = echoClient(newPlatform(egress(address)), timeout("5.000000000s", { retryPolicy }));
    await expect(echo.echo({ text: "a" })).rejects.toMatchObject({ code: Code.UNAVAILABLE });
    expect(seen.length).toBe(1);
  });
});

describe("a request in progress", () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const call = () => new Call({ method: "test", requestId: "r-1", userAssertion: "signed", traceparent });
  const value = (seen: Seen | undefined, name: string) => seen?.metadata.get(name)[0];

  test("lends its id, user and trace to the calls made for it", async () => {
    const { seen, address } = await startRaw();
    const echo = echoClient(newPlatform({ LARDER_ADDR_ECHO: address }));
    await runInCall(call(), () => echo.echo({ text: "a" }));
    expect(value(seen[0], "x-request-id")).toBe("r-1");
    expect(value(seen[0], "x-larder-user")).toBe("signed");
    expect(value(seen[0], "traceparent")).toBe(traceparent);
  });

  test("lends only its id and its trace to a detached call", async () => {
    const { seen, address } = await startRaw();
    const echo = echoClient(newPlatform({ LARDER_ADDR_ECHO: address }));
    await runInCall(call(), () => echo.echo({ text: "a" }, { detached: true }));
    expect(value(seen[0], "x-request-id")).toBe("r-1");
    expect(value(seen[0], "x-larder-user")).toBeUndefined();
    expect(value(seen[0], "traceparent")).toBe(traceparent);
  });

  test("lends nothing after its end, to what it may have started", async () => {
    const { seen, address } = await startRaw();
    const echo = echoClient(newPlatform({ LARDER_ADDR_ECHO: address }));
    const ended = call();
    ended.ended = true;
    await runInCall(ended, () => echo.echo({ text: "a" }));
    expect(value(seen[0], "x-larder-user")).toBeUndefined();
    expect(value(seen[0], "traceparent")).toBeUndefined();
    // A detached call is told where it comes from all the same.
    await runInCall(ended, () => echo.echo({ text: "a" }, { detached: true }));
    expect(value(seen[1], "x-request-id")).toBe("r-1");
    expect(value(seen[1], "traceparent")).toBe(traceparent);
    expect(value(seen[1], "x-larder-user")).toBeUndefined();
  });

  test("takes its calls along when it is cancelled, but not the detached ones", async () => {
    const gone: string[] = [];
    const arrived: string[] = [];
    const forever = ({ text }: { text: string }, { signal }: { signal: AbortSignal }) =>
      new Promise<never>(() => {
        arrived.push(text);
        signal.addEventListener("abort", () => gone.push(text));
      });
    const back = await start({ echo: forever, maybe: () => ({}) }, { ECHO_DRAIN_SECONDS: "0" });
    const echo = echoClient(back.platform);
    const request = call();
    const attached = runInCall(request, () => echo.echo({ text: "attached" })).catch((error) => error);
    const detached = runInCall(request, () => echo.echo({ text: "detached" }, { detached: true })).catch(() => {});
    await until(() => arrived.length === 2);
    request.abort(new Error("gone"));
    expect(await attached).toMatchObject({ code: Code.CANCELLED });
    await until(() => gone.length > 0);
    await echo.maybe({ text: "a" }); // What was sent before this on the connection has arrived.
    expect(gone).toEqual(["attached"]);
    await back.stop();
    await detached;
  });

  test("is cancelled by the caller's own signal, too", async () => {
    const back = await start({ echo: () => new Promise(() => {}) }, { ECHO_DRAIN_SECONDS: "0" });
    const [now, later] = [AbortSignal.abort(), new AbortController()];
    const echo = echoClient(back.platform);
    await expect(echo.echo({ text: "a" }, { signal: now })).rejects.toMatchObject({ code: Code.CANCELLED });
    const pending = echo.echo({ text: "a" }, { signal: later.signal });
    later.abort();
    await expect(pending).rejects.toMatchObject({ code: Code.CANCELLED });
  });
});

describe("an error", () => {
  test("has code, reason, domain, message and metadata of the callee", async () => {
    const back = await start({
      echo: () => {
        throw rpcError("shop", Code.FAILED_PRECONDITION, "STOCK_SHORT", "2 missing: a, b (50%)", { missing: "2" });
      },
    });
    const error = await echoClient(back.platform)
      .echo({ text: "a" })
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject({
      code: Code.FAILED_PRECONDITION,
      reason: "STOCK_SHORT",
      domain: "shop",
      message: "2 missing: a, b (50%)",
      metadata: { missing: "2" },
    });
  });

  test("has no reason if it comes from a sidecar", async () => {
    const { address } = await startRaw(() => ({ code: status.PERMISSION_DENIED }));
    const denied = echoClient(newPlatform({ LARDER_ADDR_ECHO: address })).echo({ text: "a" });
    await expect(denied).rejects.toMatchObject({ code: Code.PERMISSION_DENIED, reason: "", domain: "" });
  });

  test("of a stream that was cut off says that nobody knows, or that the time was over", async () => {
    const { echo } = echoClient(newPlatform({ LARDER_ADDR_ECHO: await startCutting() }), timeout("60s"));
    const error = await echo({ text: "a" }).catch((thrown: RpcError) => thrown);
    expect(error).toMatchObject({ code: Code.UNAVAILABLE, reason: "", remote: true });
    const wire = (error as RpcError).cause as ServiceError;
    expect(fromStatus(wire, Date.now() - 1)).toMatchObject({ code: Code.DEADLINE_EXCEEDED });
  });

  test("of a dependency is INTERNAL for the caller's caller, unless it says to try again", async () => {
    const throwing = (code: Code, reason: string) => () => {
      throw rpcError("back", code, reason, "as the back says");
    };
    const back = await start({
      echo: throwing(Code.PERMISSION_DENIED, "NOT_YOU"),
      mine: () => ({}),
      maybe: throwing(Code.UNAVAILABLE, "STORE_UNAVAILABLE"),
    });
    const next = echoClient(back.platform);
    const front = await start({ echo: () => next.echo({ text: "a" }), maybe: () => next.maybe({ text: "a" }) });
    const echo = echoClient(front.platform);
    await expect(echo.echo({ text: "a" })).rejects.toMatchObject({ code: Code.INTERNAL, message: "internal error" });
    await expect(echo.maybe({ text: "a" })).rejects.toMatchObject({
      code: Code.UNAVAILABLE,
      reason: "STORE_UNAVAILABLE",
    });
  });

  test("of a connection names no address to the caller's caller", async () => {
    const next = echoClient(newPlatform({ LARDER_ADDR_ECHO: "127.0.0.1:1" }));
    const front = await start({ echo: () => next.echo({ text: "a" }) });
    const error = await echoClient(front.platform)
      .echo({ text: "a" })
      .catch((thrown: RpcError) => thrown);
    expect(error).toMatchObject({ code: Code.UNAVAILABLE, reason: "DEPENDENCY_UNAVAILABLE", domain: "echo" });
    expect((error as RpcError).message).not.toContain("127.0.0.1");
  });
});

describe("a stream", () => {
  async function* texts(...all: string[]) {
    for (const text of all) yield { text };
  }
  const read = async (responses: AsyncIterable<{ text?: string }>) => {
    const all: (string | undefined)[] = [];
    for await (const { text } of responses) all.push(text);
    return all;
  };

  test("of answers, of requests, and of both", async () => {
    const echo = echoClient((await start()).platform);
    expect(await read(echo.count({ text: "a", count: 3 }))).toEqual(["a 1", "a 2", "a 3"]);
    expect((await echo.collect(texts("a", "b"))).text).toBe("a,b");
    expect(await read(echo.chat(texts("a", "b")))).toEqual(["a!", "b!"]);
  });

  test("fails with the reason of the callee, and with what the writer throws", async () => {
    const echo = echoClient((await start()).platform);
    await expect(read(echo.count({ text: "" }))).rejects.toMatchObject({ reason: "INVALID_REQUEST" });
    await expect(echo.collect(texts("a", ""))).rejects.toMatchObject({ reason: "INVALID_REQUEST" });
    async function* broken() {
      yield { text: "a" };
      throw new Error("no more");
    }
    await expect(echo.collect(broken())).rejects.toThrow("no more");
    await expect(read(echo.chat(broken()))).rejects.toThrow("no more");
  });

  test("belongs to the request in which it was opened, wherever it is read", async () => {
    const echo = echoClient(
      (
        await start({
          async *count(_, { requestId }) {
            yield { text: requestId };
          },
        })
      ).platform,
    );
    const responses = runInCall(new Call({ method: "test", requestId: "r-7" }), () => echo.count({ text: "a" }));
    expect(await read(responses)).toEqual(["r-7"]);
  });
});

test("works again after the callee was away, without a new client", async () => {
  const first = await start();
  const echo = echoClient(first.platform);
  await echo.echo({ text: "a" });
  await first.stop();
  await expect(echoClient(first.platform).echo({ text: "a" })).rejects.toMatchObject({ code: Code.UNAVAILABLE });
  await start({}, { ECHO_LISTEN: first.address });
  await until(async () => (await echo.echo({ text: "b" }).catch(() => undefined))?.text === "b");
});
