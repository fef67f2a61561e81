// The shop with its event log on Kafka, as `make up LOG=kafka` starts it: orders become e-mails and open doors
// excursions, whatever happens to the broker.

import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { whyNotKafka } from "@larder/events/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadMeshEnvironment, type Mesh, startMesh } from "../../../mesh/runner/src/index.ts";
import { folders, larder, start as startLarder } from "../../../mesh/runner/test/world.ts";
import { until } from "../../until.ts";

const reason = whyNotKafka();

if (reason) test("the shop on Kafka", (context) => context.skip(reason));
else describe("the shop on Kafka", shop);

function shop(): void {
  const place = folders();
  let mesh: Mesh;
  const start = async () =>
    startMesh({ environment: await loadMeshEnvironment(undefined, "debug"), log: "kafka", ports: "free", ...place });

  beforeAll(async () => {
    mesh = await start();
  }, 300_000);
  afterAll(async () => {
    await mesh?.stop();
    place.remove();
  }, 120_000);

  const mails = async (): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${mesh.ports.mail}/api/mails?to=ada@`);
    return ((await response.json()) as unknown[]).length;
  };
  /** Orders as Ada until an order is confirmed: a machine that is just starting all this may be late for the first. */
  const confirm = () =>
    until("an order to be confirmed", async () => (await larder(place, ["demo"])).code === 0, 120_000);
  const mailed = (before: number) => until("the e-mail", async () => (await mails()) > before, 120_000);
  const order = async () => {
    const before = await mails();
    await confirm();
    await mailed(before);
  };
  const limit = { timeout: 300_000 };

  test("an order becomes an e-mail, and no Valkey holds the event log", limit, async () => {
    await order();
    expect(existsSync(join(place.runFolder, "log", "valkey.sock"))).toBe(false);
    expect(existsSync(join(place.dataFolder, "kafka", "meta.properties"))).toBe(true);
  });

  test("an order is followed to its delivery by events", limit, async () => {
    const before = await mails();
    const demo = await larder(place, ["demo", "--deliver"]);
    expect(demo).toMatchObject({ code: 0, out: expect.stringMatching(/picking\s+dispatched\s+delivered/) });
    // Confirmed, on its way, delivered.
    await mailed(before + 2);
  });

  test("a door that stays open becomes an excursion, a lower price and a letter", limit, async () => {
    const sensors = startLarder(place, ["simulate", "--fault", "door-open", "--seed", "1"]);
    const ended = once(sensors, "exit");
    try {
      const watch = await larder(place, ["watch", "--until", "opened,score,quote,mail", "--seconds", "270"]);
      expect(watch, watch.out + watch.err).toMatchObject({ code: 0 });
    } finally {
      sensors.kill("SIGINT");
      // 0: all that was measured was taken.
      expect(await ended).toEqual([0, null]);
    }
  });

  test("whoever operates it reads the log by the command line", limit, async () => {
    const tail = await larder(place, ["events", "tail", "order.confirmed.v1", "--json"]);
    expect(tail).toMatchObject({ code: 0, out: expect.stringContaining("larder.order.v1.OrderConfirmed") });
    expect(await larder(place, ["dlq", "list"])).toMatchObject({ code: 1 });
  });

  test("the broker is a child like any other", limit, async () => {
    const status = await larder(place, ["status", "--json"]);
    const { children } = JSON.parse(status.out) as { children: { name: string; state: string; pid: number }[] };
    expect(children.find(({ name }) => name === "event-log")).toMatchObject({ state: "ready" });
    const logs = await larder(place, ["logs", "event-log"]);
    expect(logs).toMatchObject({ code: 0, out: expect.stringContaining("QuorumController") });
  });

  test("orders go on while the broker is away, and their e-mails come when it is back", limit, async () => {
    const before = await mails();
    await mesh.stopChild("event-log", "SIGKILL");
    await confirm();
    await mesh.startChild("event-log");
    await mailed(before);
  });

  test(
    "what was in the log is there after a stop and a start, and on the other engine the data are refused",
    limit,
    async () => {
      await mesh.stop();
      const environment = await loadMeshEnvironment();
      await expect(startMesh({ environment, ports: "free", ...place })).rejects.toThrow(
        "belong to an event log on kafka",
      );
      mesh = await start();
      await order();
    },
  );
}
