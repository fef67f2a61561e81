// The stores as they really run: durable settings, a role for each database, nothing on TCP, back after a crash.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Mesh, startMesh } from "../src/index.ts";
import { repository } from "../src/paths.ts";
import { findTools } from "../src/tools.ts";
import { folders, smallEnvironment, until, workload } from "./world.ts";

const place = folders();
const environment = smallEnvironment([
  workload("caller", { database: true }),
  workload("echo", { database: true, eventLog: true, cache: true }),
]);
let mesh: Mesh;

beforeAll(async () => {
  mesh = await startMesh({ environment, mesh: "off", ports: "free", ...place });
}, 60_000);

afterAll(async () => {
  await mesh?.stop();
  place.remove();
});

/** What the supervisor gave a service, read from the process itself. */
async function environmentOf(name: string): Promise<Record<string, string>> {
  const { httpGet } = await import("../src/supervisor/probe.ts");
  const { body } = await httpGet(join(place.runFolder, name, "ops.sock"), "/env");
  return JSON.parse(body) as Record<string, string>;
}

/** Runs SQL with psql over a connection URL; rejects with what psql says. */
async function psql(url: string, sql: string): Promise<string> {
  const program = join(findTools(repository, false).postgres, "psql");
  const { stdout } = await promisify(execFile)(program, ["-X", "-A", "-t", "-d", url, "-c", sql]);
  return stdout.trim();
}

/** Sends commands to a Valkey and returns what it answers. */
function valkey(socket: string, ...commands: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = createConnection(socket);
    let answer = "";
    connection.on("error", reject);
    connection.on("data", (part) => {
      answer += part.toString();
    });
    connection.on("close", () => resolve(answer));
    connection.write(`${[...commands, "QUIT"].join("\r\n")}\r\n`);
  });
}

test("PostgreSQL commits durably and listens on its socket alone", async () => {
  const read = async (name: string): Promise<string> => (await mesh.query(`show ${name}`)).trim();
  expect(await read("fsync")).toBe("on");
  expect(await read("synchronous_commit")).toBe("on");
  expect(await read("full_page_writes")).toBe("on");
  expect(await read("listen_addresses")).toBe("");
  expect(await read("password_encryption")).toBe("scram-sha-256");
  // A session of the superuser cannot loosen them for the server either: they stand on the command line.
  await mesh.query("alter system set fsync = off; select pg_reload_conf()");
  expect(await read("fsync")).toBe("on");
  await mesh.query("alter system reset fsync");
});

test("a workload uses its own database, and no other's", async () => {
  const { CALLER_DATABASE_URL: own = "", MESH_EGRESS } = await environmentOf("caller-0");
  expect(MESH_EGRESS).toBeUndefined();
  expect(
    await psql(
      own,
      "create table stock (n int); insert into stock values (1); select current_user, count(*) from stock",
    ),
  ).toMatch(/caller\|1$/);
  const foreign = own.replace("/caller?", "/echo?");
  await expect(psql(foreign, "select 1")).rejects.toThrow(/permission denied for database "echo"/);
  await expect(psql(own.replace("/caller?", "/postgres?"), "select 1")).rejects.toThrow(/permission denied/);
  await expect(psql(own.replace("/caller?", "/template1?"), "select 1")).rejects.toThrow(/permission denied/);
});

test("a wrong password, or another role's name with one's own, is refused", async () => {
  const { CALLER_DATABASE_URL: own = "" } = await environmentOf("caller-0");
  await expect(psql(own.replace("//caller:", "//echo:").replace("/caller?", "/echo?"), "select 1")).rejects.toThrow(
    /authentication failed/,
  );
  await expect(psql(own.replace(/:[0-9a-f]+@/, ":guess@"), "select 1")).rejects.toThrow(/authentication failed/);
});

test("a role has no rights over the server", async () => {
  expect(
    (await mesh.query("select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = 'caller'")).trim(),
  ).toBe("f|f|f");
});

test("the event log writes every append to disk, and neither Valkey answers without its password", async () => {
  const { ECHO_EVENT_LOG_URL: log = "", ECHO_CACHE_URL: cache = "" } = await environmentOf("echo-0");
  const secrets = JSON.parse(readFileSync(join(place.dataFolder, "secrets.json"), "utf8"));
  for (const [url, password, appendfsync] of [
    [log, secrets.eventLog, "always"],
    [cache, secrets.cache, "everysec"],
  ] as const) {
    const [, user = "", own = "", socket = ""] = /^redis\+unix:\/\/([a-z]*):([0-9a-f]+)@(\/.*)$/.exec(url) ?? [];
    expect(await valkey(socket, "PING")).toContain("-NOAUTH");
    expect(await valkey(socket, `AUTH ${user || "default"} ${own}`, "PING")).toContain("+PONG");
    const answer = await valkey(
      socket,
      `AUTH ${password}`,
      "CONFIG GET appendfsync",
      "CONFIG GET maxmemory-policy",
      "CONFIG GET port",
    );
    expect(answer).toContain(`\r\n${appendfsync}\r\n`);
    expect(answer).toContain("\r\nnoeviction\r\n");
    expect(answer).toMatch(/port\r\n\$1\r\n0\r\n/);
  }
  expect(log).not.toBe(cache);
});

test("a workload has no power over the event log, and no right to what the contract does not give it", async () => {
  const { ECHO_EVENT_LOG_URL: url = "" } = await environmentOf("echo-0");
  const [, password = "", socket = ""] = /^redis\+unix:\/\/echo:([0-9a-f]+)@(\/.*)$/.exec(url) ?? [];
  for (const command of [
    "CONFIG GET port",
    "FUNCTION LIST",
    "FLUSHALL",
    "ACL WHOAMI",
    "SET topic:partitions 1",
    "KEYS *",
  ])
    expect(await valkey(socket, `AUTH echo ${password}`, command)).toContain("-NOPERM");
});

test("no command line shows a password", async () => {
  const secrets = JSON.parse(readFileSync(join(place.dataFolder, "secrets.json"), "utf8"));
  const all = [secrets.postgres, secrets.eventLog, secrets.cache];
  all.push(...Object.values(secrets.databases), ...Object.values(secrets.eventLogUsers));
  expect(all).toHaveLength(6);
  const { stdout } = await promisify(execFile)("ps", ["-eo", "args"]);
  for (const secret of all) expect(stdout).not.toContain(secret);
});

test("a killed database comes back with its rows, and the services keep running", async () => {
  const before = mesh.state();
  const pidOf = (state: typeof before, name: string) => state.children.find((child) => child.name === name)?.pid;
  await mesh.kill("postgres");
  await mesh.waitReady("postgres");
  const { CALLER_DATABASE_URL: own = "" } = await environmentOf("caller-0");
  expect(await until("the row", () => psql(own, "select count(*) from stock").catch(() => undefined))).toBe("1");
  const after = mesh.state();
  expect(pidOf(after, "postgres")).not.toBe(pidOf(before, "postgres"));
  expect(pidOf(after, "caller-0")).toBe(pidOf(before, "caller-0"));
});

test("what was written is there after a stop and a start, and the passwords are the same", async () => {
  const { CALLER_DATABASE_URL: first } = await environmentOf("caller-0");
  await mesh.stop();
  mesh = await startMesh({ environment, mesh: "off", ports: "free", ...place });
  const { CALLER_DATABASE_URL: own = "" } = await environmentOf("caller-0");
  expect(own).toBe(first);
  expect(await psql(own, "select count(*) from stock")).toBe("1");
}, 30_000);
