// What a person can get wrong when simulating sensors and watching them: one line says what, before anything is asked of a mesh.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { UsageError } from "../options.ts";
import { Refusal } from "../refusal.ts";
import * as simulate from "./simulate.ts";
import * as watch from "./watch.ts";

const nowhere = mkdtempSync(join(tmpdir(), "larder-nowhere-"));
const place = ["--run-folder", join(nowhere, "run"), "--data-folder", join(nowhere, "data")];
afterAll(() => rmSync(nowhere, { recursive: true }));

test.each([
  ["--devices 0", "--devices is a whole number from 1 to 10000"],
  ["--devices 10001", "--devices is a whole number from 1 to 10000"],
  ["--rate -1", "To specify an option argument starting with a dash use '--rate=-XYZ'"],
  ["--rate=-1", "--rate is a whole number from 1 to 100000"],
  ["--rate 0.5", "--rate is a whole number from 1 to 100000"],
  ["--seed x", "--seed is a whole number from 1 to 4294967295"],
  ["--fault fire", "--fault knows door-open"],
  ["--room north-chilled", "--room and --shipment say where a --fault is"],
  ["--fault door-open --room a --shipment b", "--room and --shipment exclude each other"],
  ["--fault door-open --duration 10", "--duration ends before the door opens, which is after 10 seconds"],
  ["sensors", "unexpected sensors"],
  ["--what", "Unknown option '--what'"],
])("simulate %s is refused: %s", async (args, message) => {
  const said = await simulate.run([...place, ...args.split(" ")]).catch((error: unknown) => error);
  expect(said).toBeInstanceOf(UsageError);
  expect((said as UsageError).message).toMatch(new RegExp(`^${RegExp.escape(message)}[^\n]*$`));
});

test.each([
  ["north-chilled", "north-chilled is no subject: rooms/..., shipments/... or devices/..."],
  ["rooms/", "rooms/ is no subject: rooms/..., shipments/... or devices/..."],
  ["--until doom", "--until waits for any of opened, closed, score, markdown, quote, mail, reading"],
  ["--seconds 0", "--seconds is a whole number above 0"],
])("watch %s is refused: %s", async (args, message) => {
  await expect(watch.run([...place, ...args.split(" ")])).rejects.toThrow(new UsageError(message));
});

test.each([
  ["simulate", simulate, ["--fault", "door-open", "--duration", "11"]],
  ["watch", watch, ["rooms/north-chilled", "--until", "quote,mail"]],
] as const)("%s says how to start the mesh that does not run", async (_, command, args) => {
  const refusal = new Refusal("Larder is not running: make up starts it.");
  await expect(command.run([...place, ...args])).rejects.toThrow(refusal);
});
