import { expect, test } from "vitest";
import { smallEnvironment, workload } from "../test/world.ts";
import { checkScale, parseScale, parseUp, portsFrom, UsageError } from "./options.ts";

test("without arguments the mesh runs in the foreground with sidecars, as the environment says", () => {
  expect(parseUp([])).toEqual({ detach: false, scale: {}, mesh: "on", log: "valkey", simulate: "on" });
});

test("every option is read", () => {
  const args = [
    "--detach",
    "--scale",
    "inventory=2,catalog=3",
    "--mesh",
    "off",
    "--log",
    "kafka",
    "--simulate",
    "off",
    "--port",
    "9080",
    "--environment",
    "e.yaml",
  ];
  expect(parseUp([...args, "--run-folder=/r", "--data-folder=/d"])).toEqual({
    detach: true,
    scale: { inventory: 2, catalog: 3 },
    mesh: "off",
    log: "kafka",
    simulate: "off",
    port: 9080,
    environment: "e.yaml",
    runFolder: "/r",
    dataFolder: "/d",
  });
});

test.each([
  [["--mesh", "ON"]],
  [["--log", "redis"]],
  [["--simulate", "no"]],
  [["--port", "0"]],
  [["--port", "65531"]],
  [["--port", "80a"]],
  [["--scale", "inventory"]],
  [["--scale", "Inventory=2"]],
  [["--verbose"]],
  [["order"]],
])("%j is refused as wrong arguments", (args) => {
  expect(() => parseUp(args)).toThrow(UsageError);
});

test("what make was given counts under make alone, and an argument wins", () => {
  const env = { DETACH: "1", SCALE: "inventory=2", MESH: "off", LOG: "kafka", SIMULATE: "off", PORT: "9080" };
  expect(parseUp([], env)).toEqual(parseUp([]));
  const given = { detach: true, scale: { inventory: 2 }, mesh: "off", log: "kafka", simulate: "off", port: 9080 };
  expect(parseUp([], { ...env, MAKELEVEL: "1" })).toEqual(given);
  expect(parseUp(["--port", "7000"], { ...env, MAKELEVEL: "1" })).toEqual({ ...given, port: 7000 });
  expect(parseUp([], { MAKELEVEL: "1", DETACH: "", SCALE: "", MESH: "", PORT: "" })).toEqual(parseUp([]));
});

test("a scale names each workload once, with 1 to 9 instances", () => {
  expect(parseScale("")).toEqual({});
  expect(parseScale(" a=1, b-c=9 ")).toEqual({ a: 1, "b-c": 9 });
  expect(() => parseScale("a=0")).toThrow("from 1 to 9");
  expect(() => parseScale("a=10")).toThrow("from 1 to 9");
  expect(() => parseScale("a=1,a=2")).toThrow("names a twice");
});

test("a port gives six in a row; none, or the environment's own, gives the environment's", () => {
  const environment = smallEnvironment();
  const [edge, edgeTls, issuer, mail, traces, devices] = [9080, 9081, 9082, 9083, 9084, 9085];
  expect(portsFrom(environment, 9080)).toEqual({ edge, edgeTls, issuer, mail, traces, devices });
  expect(portsFrom(environment, undefined)).toEqual(environment.ports);
  expect(portsFrom(environment, 8080)).toEqual(environment.ports);
});

test("a scale is held against the environment", () => {
  const environment = smallEnvironment([
    workload("echo"),
    workload("gateway", { edge: true }),
    workload("ingestion", { devices: true }),
  ]);
  expect(() => checkScale(environment, { echo: 2, gateway: 1 })).not.toThrow();
  expect(() => checkScale(environment, { ecko: 2 })).toThrow(
    "SCALE names ecko, which is no workload: use one of echo, gateway, ingestion.",
  );
  for (const name of ["gateway", "ingestion"]) {
    expect(() => checkScale(environment, { [name]: 2 })).toThrow(`${name} has fixed ports and runs once`);
  }
});
