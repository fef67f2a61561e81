import { statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { Health, HealthCheckResponse_ServingStatus as Status } from "@larder/contract/grpc/health/v1/health_pb.js";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type EchoClient, EchoService, newPlatform, startEcho, until } from "../test/echo.ts";
import { ops, type Program, said, startProgram } from "../test/process.ts";
import { Code, client } from "./index.ts";

// A process takes a while to start on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const programs: Program[] = [];
const start = (...args: Parameters<typeof startProgram>) => {
  const program = startProgram(...args);
  programs.push(program);
  return program;
};
const serving = async (...args: Parameters<typeof startProgram>) => {
  const program = start(...args);
  await said(program, "serving");
  const platform = newPlatform({ LARDER_ADDR_ECHO: program.address });
  return {
    program,
    echo: client(EchoService, "echo", platform) as unknown as EchoClient,
    health: client(Health, "echo", platform),
  };
};
afterEach(async () => {
  for (const { child, exited } of programs.splice(0)) {
    child.kill("SIGKILL");
    await exited;
  }
});

describe("SIGTERM", () => {
  test("lets the call in progress finish, refuses new ones, stops in order and exits 0", async () => {
    const { program, echo } = await serving();
    const slow = echo.echo({ text: "wait" });
    await said(program, "waiting");
    program.child.kill("SIGTERM");
    await said(program, "draining");
    await until(() =>
      echo.echo({ text: "late" }).then(
        () => false,
        (error) => error.code === Code.UNAVAILABLE,
      ),
    );
    writeFileSync(program.release, "");
    expect((await slow).text).toBe("hello");
    expect(await program.exited).toBe(0);
    const order = ["draining", "request", "background stopped", "closed", "stopped"];
    expect(program.messages().filter((message) => order.includes(message))).toEqual(order);
  });

  test("tells watchers of health first, and waits for none of them", async () => {
    const { program, health, echo } = await serving();
    const slow = echo.echo({ text: "wait" });
    await said(program, "waiting");
    const told: Status[] = [];
    const watching = (async () => {
      for await (const { status } of health.watch({})) {
        told.push(status);
        if (status === Status.SERVING) program.child.kill("SIGTERM");
      }
    })().catch(() => {});
    await until(() => told.length === 2);
    expect(told).toEqual([Status.SERVING, Status.NOT_SERVING]);
    writeFileSync(program.release, "");
    await slow;
    expect(await program.exited).toBe(0);
    expect(program.messages()).not.toContain("not stopped in time");
    await watching;
  });

  test("ends what takes longer than the drain with UNAVAILABLE, streams too", async () => {
    const { program, echo } = await serving({ ECHO_DRAIN_SECONDS: "0.1" });
    const stream = echo.count({ text: "a" })[Symbol.asyncIterator]();
    expect((await stream.next()).value?.text).toBe("first");
    const stuck = echo.echo({ text: "ignore" }).catch((error) => error);
    await said(program, "waiting");
    program.child.kill("SIGTERM");
    const ended = { code: Code.UNAVAILABLE, reason: "SHUTTING_DOWN" };
    await expect(stream.next()).rejects.toMatchObject(ended);
    expect(await stuck).toMatchObject(ended);
    expect(await program.exited).toBe(0);
    expect(program.messages()).toContain("not stopped in time");
  });

  test("and SIGINT are the same", async () => {
    const { program } = await serving();
    program.child.kill("SIGINT");
    expect(await program.exited).toBe(0);
    expect(program.messages().at(-1)).toBe("stopped");
  });
});

test("what only the start needed is given back once, where Node is started for that", async () => {
  const collected: unknown[] = [];
  const { gc } = globalThis;
  globalThis.gc = ((how: unknown) => collected.push(how)) as unknown as NonNullable<typeof gc>;
  try {
    const { stop } = await startEcho();
    await stop();
  } finally {
    globalThis.gc = gc;
  }
  expect(collected).toEqual([{ type: "major", execution: "sync", flavor: "last-resort" }]);
});

describe("a bad start", () => {
  test("names every wrong setting on a line, exits 64, and never listens", async () => {
    const program = start({ ECHO_LISTEN: "", ECHO_GREETING: "", ECHO_DRAIN_SECONDS: "soon" });
    expect(await program.exited).toBe(64);
    expect(program.stderr().trim().split("\n")).toEqual([
      "ECHO_LISTEN is not set",
      'ECHO_DRAIN_SECONDS must be a number of seconds, at least 0, not "soon"',
      "ECHO_GREETING is not set",
    ]);
    expect(program.lines()).toEqual([]);
  });

  test("at an address in use is one line, and exit 1", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as { port: number };
    const program = start({ ECHO_LISTEN: `127.0.0.1:${port}` });
    expect(await program.exited).toBe(1);
    expect(program.messages()).toEqual(["start failed"]);
    expect(program.lines()[0]?.error).toContain("EADDRINUSE");
    taken.close();
  });
});

test("background work that fails ends the process with 1, after a drain", async () => {
  const program = start({ ECHO_CRASH: "no more" });
  expect(await program.exited).toBe(1);
  const failure = program.lines().find(({ message }) => message === "background work failed");
  expect(failure?.error).toContain("no more");
  expect(program.messages().slice(-3)).toEqual(["draining", "closed", "stopped"]);
});

describe("a Unix socket", () => {
  test("left by a process that was killed is replaced", async () => {
    const first = await serving();
    first.program.child.kill("SIGKILL");
    await first.program.exited;
    const { echo } = await serving({}, first.program.folder);
    expect((await echo.echo({ text: "again" })).text).toBe("again");
  });

  test("of a living process is left alone", async () => {
    const { program, echo } = await serving();
    const second = start({}, program.folder);
    expect(await second.exited).toBe(1);
    expect(second.lines()[0]?.error).toContain("is in use");
    expect((await echo.echo({ text: "still" })).text).toBe("still");
  });

  test("lies in a folder that is closed to others", async () => {
    const { program } = await serving();
    expect(statSync(join(program.folder, "run")).mode & 0o777).toBe(0o700);
  });
});

describe("the ops address", () => {
  test("answers whether the process lives and can work, what it counted, and what it is", async () => {
    const { program, echo } = await serving({ LARDER_BUILD: "b7" });
    await echo.echo({ text: "a" });
    expect((await ops(program, "/healthz")).status).toBe(200);
    expect((await ops(program, "/readyz")).status).toBe(200);
    expect(JSON.parse((await ops(program, "/version")).body)).toEqual({
      service: "echo",
      build: "b7",
      contract: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    const metrics = (await ops(program, "/metrics")).body;
    const labels = 'service="kit.echo.v1.EchoService",method="Echo",code="OK",workload="echo",version="b7"';
    expect(metrics).toContain(`larder_rpc_server_handled_total{${labels}} 1`);
    expect(metrics).toContain("larder_rpc_server_duration_seconds_bucket");
    expect(metrics).not.toContain("grpc.health"); // Probes are not traffic.
    expect((await ops(program, "/else")).status).toBe(404);
  });

  test("is not ready while the store is away, but alive", async () => {
    const { program } = await serving({ ECHO_UNREADY: "yes" });
    expect((await ops(program, "/readyz")).status).toBe(503);
    expect((await ops(program, "/healthz")).status).toBe(200);
  });

  test("listens on TCP as well, where the port may be found by the system", async () => {
    const { address, opsAddress, stop } = await startEcho(
      {},
      { ECHO_LISTEN: "127.0.0.1:0", ECHO_OPS_LISTEN: "127.0.0.1:0" },
    );
    expect(address).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
    expect((await fetch(`http://${opsAddress}/readyz`)).status).toBe(200);
    await stop();
    await expect(fetch(`http://${opsAddress}/readyz`)).rejects.toThrow();
  });
});

test("a service without a signal stops when it is told to, once", async () => {
  let closed = 0;
  const { stop } = await startEcho({}, {}, { close: () => closed++ });
  await Promise.all([stop(), stop()]);
  expect(closed).toBe(1);
});
