// A broker for tests in another language: prints where it is, a line of JSON, does what it is told by lines on its standard input, and is gone
// with the end of that. It has a listener with TLS as well.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startKafka } from "@larder/events/testing";
import { Authority } from "../../../mesh/runner/src/certs/authority.ts";

const users = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "larder-broker-"));
const ca = join(folder, "ca.pem");
const say = (what: object) => console.log(JSON.stringify(what));

const authority = await Authority.open(join(folder, "authority"));
writeFileSync(ca, authority.bundle);
const names = [{ type: "ip", value: "127.0.0.1" }] as const;
const identity = await authority.issue({ commonName: "broker", names, lifetimeMs: 3_600_000, usage: "server" });
const kafka = await startKafka(users, identity);
try {
  say({ url: kafka.url, secure: kafka.secure, ca });
  for await (const line of createInterface(process.stdin)) {
    if (line === "kill") await kafka.kill();
    if (line === "start") await kafka.start();
    if (line === "pause") kafka.pause();
    if (line === "resume") kafka.resume();
    say({ done: line });
  }
} finally {
  await kafka.stop();
  rmSync(folder, { recursive: true, force: true });
}
