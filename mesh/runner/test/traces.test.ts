// The trace store as a child of the mesh: there by default, back after a crash, and absent where the spans go elsewhere.
import { afterEach, expect, test } from "vitest";
import { type Mesh, startMesh } from "../src/index.ts";
import type { MeshOptions } from "../src/prepare.ts";
import { folders, larder, smallEnvironment, until } from "./world.ts";

const place = folders();
let mesh: Mesh | undefined;

afterEach(async () => {
  await mesh?.stop();
  mesh = undefined;
  place.remove();
});

const environment = { ...smallEnvironment([]), support: ["traces"] } as const;
const startWith = (options: Partial<MeshOptions> = {}) =>
  startMesh({ environment, mesh: "off", ports: "free", ...place, ...options });
const traces = async () => {
  const response = await fetch(`${mesh?.addresses.traces}/api/traces`).catch(() => undefined);
  return response?.json();
};

test("the store runs, is started again when it dies, and the command line reads it", async () => {
  mesh = await startWith();
  expect(mesh.addresses).toEqual({ traces: `http://127.0.0.1:${mesh.ports.traces}` });
  expect(await traces()).toEqual([]);
  await mesh.kill("traces");
  await until("an answer after the crash", traces);

  const [list, json, unknown, wrong, both] = await Promise.all([
    larder(place, ["trace"]),
    larder(place, ["trace", "--json"]),
    larder(place, ["trace", "0123"]),
    larder(place, ["trace", "--min-ms", "soon"]),
    larder(place, ["trace", "0123", "--errors"]),
  ]);
  expect(list).toMatchObject({ code: 0, out: expect.stringContaining("No such traces") });
  expect(JSON.parse(json.out)).toEqual([]);
  expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining("There is no such trace") });
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining("--min-ms is a number of milliseconds") });
  expect(both).toMatchObject({ code: 2, err: expect.stringContaining("an id or a filter, not both") });
}, 30_000);

test("the store does not run where the spans go elsewhere, and that is said", async () => {
  const said: string[] = [];
  const settings = { "*": { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4317" } };
  mesh = await startWith({ settings, progress: (line) => said.push(line) });
  expect(mesh.addresses).toEqual({});
  expect(mesh.state().children).toEqual([]);
  expect(said.join("\n")).toContain("traces      go where OTEL_EXPORTER_OTLP_ENDPOINT says");
  expect(await larder(place, ["trace"])).toMatchObject({
    code: 1,
    err: expect.stringContaining("This mesh has no trace store"),
  });
}, 30_000);
