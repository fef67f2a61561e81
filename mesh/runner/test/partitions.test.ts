// How many partitions topics have is the environment's to say, once: what it says later must be the same.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEventLog } from "@larder/events";
import type { Topic } from "@larder/events/topic";
import { afterAll, expect, test } from "vitest";
import { loadMeshEnvironment, type Mesh, Refusal, startMesh } from "../src/index.ts";
import { repository } from "../src/paths.ts";
import { folders, smallEnvironment, workload } from "./world.ts";

const place = folders();
const scratch = mkdtempSync(join(tmpdir(), "larder-partitions-"));
afterAll(() => {
  place.remove();
  rmSync(scratch, { recursive: true });
});

test("the number stands in the environment", { timeout: 60_000 }, async () => {
  const text = readFileSync(join(repository, "mesh/environments/local.yaml"), "utf8");
  const written = Number(/^events: \{ partitions: (\d+) \}$/m.exec(text)?.[1]);
  expect((await loadMeshEnvironment()).partitions).toBe(written);
  const file = join(scratch, "environment.yaml");
  writeFileSync(file, text.replace(/^events: .*$/m, `events: { partitions: ${written + 3} }`));
  expect((await loadMeshEnvironment(file)).partitions).toBe(written + 3);
});

const topic: Topic = {
  name: "partitions.told.v1",
  key: "id",
  producers: ["caller"],
  consumers: ["echo"],
  maxDeliveries: 1,
  retentionHours: 0,
};
const start = (partitions: number): Promise<Mesh> => {
  const workloads = [workload("caller", { eventLog: true }), workload("echo", { eventLog: true })];
  const environment = { ...smallEnvironment(workloads), topics: [topic], partitions };
  return startMesh({ environment, mesh: "off", ports: "free", ...place });
};

test("topics are created with it, and another number is refused with what to do", { timeout: 120_000 }, async () => {
  const mesh = await start(3);
  const log = openEventLog(mesh.eventLogUrl("caller"));
  const actual = await log.partitions(topic.name);
  await log.close();
  await mesh.stop();
  expect(actual).toBe(3);
  const refused = start(5);
  await expect(refused).rejects.toThrow(Refusal);
  await expect(refused).rejects.toThrow(
    /partitions.told.v1 was created with 3 partitions and cannot have 5: set events.partitions of the environment back to 3/,
  );
  await (await start(3)).stop();
});
