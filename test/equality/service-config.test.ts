// The cases against clients that have nothing but the generated service config: no kit, no sidecar, the callee at a port. In
// TypeScript all of them; in the other languages those that a client alone decides.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, vi } from "vitest";
import type { CaseName } from "../../mesh/compiler/src/emit/coverage/cases.ts";
import { coverages } from "../../mesh/compiler/src/emit/coverage/index.ts";
import { repository } from "../contract.ts";
import { Callee } from "./callee.ts";
import type { Observed, Rig } from "./cases.ts";
import { RawClient } from "./client.ts";
import { CALLEE } from "./contract.ts";
import { holdToItsWord } from "./equality.ts";
import { kitCaller, serviceConfig, untimedServiceConfig } from "./kit.ts";
import { ProcessClient } from "./process-client.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), "lc-"));
const goClient = join(folder, "client");
const clients = {
  typescript: (address: string) => RawClient.plain(address, CALLEE, serviceConfig),
  go: (address: string) => new ProcessClient([goClient], address, CALLEE, serviceConfig),
  python: (address: string) =>
    new ProcessClient(
      [join(repository, ".venv/bin/python"), join(import.meta.dirname, "client.py")],
      address,
      CALLEE,
      untimedServiceConfig,
    ),
};

const byTheClient: readonly CaseName[] = [
  "allowed",
  "slow",
  "slowCode",
  "endless",
  "silent",
  "failing",
  "failingLarge",
  "failingOther",
  "failingOnce",
  "unreached",
  "refused",
];

beforeAll(() => {
  const source = join(import.meta.dirname, "client.go");
  execFileSync("go", ["build", "-p=1", "-o", goClient, source], { cwd: repository, stdio: "inherit" });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { cases, inLanguage } = coverages["service-config"];

describe.each(["typescript", "go", "python"] as const)("%s", (language) => {
  let rig: Rig;
  const callee = new Callee();
  const ends: (() => unknown)[] = [() => callee.close()];

  beforeAll(async () => {
    const address = await callee.listen("127.0.0.1:0");
    const way = () => {
      const client = clients[language](address);
      ends.push(() => client.close());
      return client;
    };
    /** Nobody looks at tokens: whoever dials gets through. */
    const call = async (path: string, body?: Buffer): Promise<Observed> => {
      callee.reset();
      return { code: await way().call(path, body ? { body } : {}), tries: callee.arrived.length };
    };
    rig = {
      callee,
      out: way(),
      kit: kitCaller({ [`LARDER_ADDR_${CALLEE.toUpperCase()}`]: address }),
      dial: async () => way(),
      seen: async () => callee.arrived.length,
      edge: { call: (path, _scopes, body) => call(path, body), hurry: (path) => call(path) },
      devices: { call: (path) => call(path), inside: (path) => call(path), hurry: (path) => call(path) },
      audited: async (path) => ({ ...(await call(path)), code: "UNREPORTED" }),
    };
  });

  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  if (language === "typescript") holdToItsWord(cases, () => rig);
  else holdToItsWord({ ...cases, ...inLanguage?.[language] }, () => rig, byTheClient);
});
