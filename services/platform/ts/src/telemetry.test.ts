import perfHooks from "node:perf_hooks";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type EchoClient, EchoService, newPlatform, until } from "../test/echo.ts";
import { type Program, said, startProgram } from "../test/process.ts";
import { Call, client, metrics, runInCall } from "./index.ts";
import { startTelemetry } from "./telemetry.ts";

// A process takes a while to start on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanUp.splice(0)) await clean();
});

async function serving(env: Record<string, string> = {}) {
  const program = startProgram(env);
  cleanUp.push(() => {
    program.child.kill("SIGKILL");
    return program.exited;
  });
  await said(program, "serving");
  const platform = newPlatform({ LARDER_ADDR_ECHO: program.address });
  return { program, echo: client(EchoService, "echo", platform) as unknown as EchoClient };
}

const requests = (program: Program) => program.lines().filter(({ message }) => message === "request");
const requestLine = async (program: Program) => {
  await until(() => requests(program).length === 1);
  return requests(program)[0];
};
const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

describe("the log line of a request", () => {
  test("has these fields and no others", async () => {
    const { program, echo } = await serving({ LARDER_BUILD: "b7" });
    const call = new Call({ method: "test", requestId: "r-1", userAssertion: "secret-token", traceparent });
    await runInCall(call, () => echo.echo({ text: "secret-body" }));
    expect(await requestLine(program)).toEqual({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      level: "info",
      message: "request",
      workload: "echo",
      build: "b7",
      method: "kit.echo.v1.EchoService/Echo",
      code: "OK",
      duration_ms: expect.any(Number),
      request_id: "r-1",
      trace_id: "0af7651916cd43dd8448eb211c80319c",
    });
    expect(JSON.stringify(program.lines())).not.toContain("secret");
  });

  test("has the reason of a refusal", async () => {
    const { program, echo } = await serving();
    await echo.echo({ text: "refuse" }).catch(() => {});
    expect(await requestLine(program)).toMatchObject({ level: "info", code: "FAILED_PRECONDITION", reason: "NOT_NOW" });
  });

  test("has an error that nobody foresaw, with its causes, once", async () => {
    const { program, echo } = await serving();
    await echo.echo({ text: "crash" }).catch(() => {});
    const line = await requestLine(program);
    expect(line).toMatchObject({ level: "error", code: "INTERNAL" });
    expect(line?.error).toMatch(/a bug[\s\S]*beneath it/);
    const mentions = program.lines().filter((it) => JSON.stringify(it).includes("a bug"));
    expect(mentions).toHaveLength(1);
  });

  test("is left out below the level that is asked for", async () => {
    const { program, echo } = await serving({ ECHO_LOG_LEVEL: "info" });
    await echo.echo({ text: "a" });
    await requestLine(program);
    const quiet = startProgram({ ECHO_LOG_LEVEL: "error" });
    const platform = newPlatform({ LARDER_ADDR_ECHO: quiet.address });
    const other = client(EchoService, "echo", platform) as unknown as EchoClient;
    await until(() =>
      other.echo({ text: "a" }).then(
        () => true,
        () => false,
      ),
    );
    await other.echo({ text: "crash" }).catch(() => {});
    await requestLine(quiet);
    quiet.child.kill("SIGTERM");
    expect(await quiet.exited).toBe(0);
    expect(quiet.lines().map(({ code }) => code)).toEqual(["INTERNAL"]);
  });
});

test("a line of a handler says which request it belongs to", async () => {
  const { program, echo } = await serving({ ECHO_RELEASE: "/" });
  await runInCall(new Call({ method: "test", requestId: "r-2" }), () => echo.echo({ text: "wait" }));
  await said(program, "waiting");
  const line = program.lines().find(({ message }) => message === "waiting");
  expect(line).toMatchObject({ request_id: "r-2", method: "kit.echo.v1.EchoService/Echo" });
});

describe("spans", () => {
  /** An OTLP receiver that keeps what it gets, as bytes. */
  async function startCollector() {
    const received: Buffer[] = [];
    const server = new Server();
    const same = (bytes: Buffer) => bytes;
    const keep = (call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>) => {
      received.push(call.request);
      respond(null, Buffer.alloc(0));
    };
    server.register("/opentelemetry.proto.collector.trace.v1.TraceService/Export", keep, same, same, "unary");
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, found) =>
        error ? reject(error) : resolve(found),
      );
    });
    cleanUp.push(() => server.forceShutdown());
    return { endpoint: `http://127.0.0.1:${port}`, all: () => Buffer.concat(received).toString("latin1") };
  }
  const id = (hex: string) => Buffer.from(hex, "hex").toString("latin1");

  test("are exported by the time the process has stopped, in the trace of the caller", async () => {
    const collector = await startCollector();
    const next = await serving();
    const { program, echo } = await serving({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      LARDER_ADDR_NEXT: next.program.address,
    });
    await runInCall(new Call({ method: "test", traceparent }), () => echo.echo({ text: "further" }));
    program.child.kill("SIGTERM");
    expect(await program.exited).toBe(0);
    const spans = collector.all();
    expect(spans).toContain("kit.echo.v1.EchoService/Echo");
    expect(spans).toContain(id("0af7651916cd43dd8448eb211c80319c"));
    expect(spans).toContain(id("b7ad6b7169203331")); // The caller's span is the parent.
    expect(spans).toContain("service.name");
    // The next service is told the span of this one's call, not that of the first caller.
    const line = await requestLine(next.program);
    expect(line?.trace_id).toBe("0af7651916cd43dd8448eb211c80319c");
  });

  test("are recorded as the caller and OTEL_TRACES_SAMPLER say", async () => {
    const collector = await startCollector();
    const { program, echo } = await serving({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0",
    });
    const call = (context: string | undefined) =>
      runInCall(new Call({ method: "test", traceparent: context }), () => echo.echo({ text: "a" }));
    await call(undefined);
    await call(traceparent.replace(/01$/, "00").replace("0af7", "0bf7"));
    await call(traceparent);
    program.child.kill("SIGTERM");
    expect(await program.exited).toBe(0);
    const spans = collector.all();
    expect(spans).toContain(id("0af7651916cd43dd8448eb211c80319c"));
    expect(spans.split("kit.echo.v1.EchoService/Echo")).toHaveLength(2); // One span.
  });

  test("of a service that exports none still reach the next one, by the caller's trace context", async () => {
    const next = await serving();
    const { echo } = await serving({ LARDER_ADDR_NEXT: next.program.address });
    await runInCall(new Call({ method: "test", traceparent }), () => echo.echo({ text: "further" }));
    expect((await requestLine(next.program))?.trace_id).toBe("0af7651916cd43dd8448eb211c80319c");
  });

  test("do not hold up the end if nobody takes them", async () => {
    const { program, echo } = await serving({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" });
    await echo.echo({ text: "a" });
    program.child.kill("SIGTERM");
    expect(await program.exited).toBe(0);
  });
});

describe("the metrics of a process", () => {
  test("tell the delay of the event loop without waking the process for it", async () => {
    const histogram = vi.spyOn(perfHooks, "monitorEventLoopDelay");
    cleanUp.push(() => histogram.mockRestore());
    await startTelemetry(newPlatform(), "idle");
    const names = (await metrics.getMetricsAsJSON()).map(({ name }) => name);
    expect(names.filter((name) => name.includes("eventloop"))).toEqual(["nodejs_eventloop_lag_seconds"]);
    for (const [options] of histogram.mock.calls) expect(options?.resolution).toBeGreaterThanOrEqual(3_600_000);
    expect(names).toContain("process_cpu_seconds_total");
  });
});
