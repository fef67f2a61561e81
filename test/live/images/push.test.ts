// From a build to what a cluster would fetch: an image is pushed to a real registry under the digest that an environment then has.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownArchitecture } from "../../../deploy/images/architecture.ts";
import { findBuilder, pushImage } from "../../../deploy/images/builder.ts";
import { type Built, buildImages } from "../../../deploy/images/images.ts";
import { environmentFile, pin, placeOf } from "../../../deploy/images/pin.ts";
import { servicesOf } from "../../../deploy/images/services.ts";
import { loadEnvironment } from "../../../mesh/compiler/src/environment.ts";
import { repository } from "../../contract.ts";
import { type Registry, startRegistry, whyNoRegistry } from "./registry.ts";

const why = whyNot();
if (why) test("pushing images", (context) => context.skip(why));
else describe("an image that is pushed", { timeout: 120_000 }, suite);

function whyNot(): string | undefined {
  try {
    if (findBuilder() === "docker") return "docker tells no digest: this takes buildah or podman";
  } catch (error) {
    return (error as Error).message;
  }
  return ownArchitecture() === undefined ? `no images are made for ${process.arch}` : whyNoRegistry();
}

function suite(): void {
  const folder = mkdtempSync(join(tmpdir(), "larder-push-"));
  const builder = findBuilder() as "buildah" | "podman";
  const environment = join(folder, "staging.yaml");
  let registry: Registry;
  let built: Built;
  let target: string;

  beforeAll(async () => {
    registry = await startRegistry();
    process.env.SSL_CERT_FILE = registry.bundle;
    const text = readFileSync(environmentFile("staging"), "utf8");
    writeFileSync(environment, text.replace("registry.larder.example", registry.address));
    [built] = (await buildImages(builder, servicesOf(["catalog"]), [ownArchitecture() ?? "amd64"], folder)) as [Built];
    const place = placeOf(environment);
    target = `${place.registry}/catalog:${place.tag}`;
  }, 600_000);
  afterAll(async () => {
    delete process.env.SSL_CERT_FILE;
    await registry?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("is there under the digest that is pinned, to the last byte", async () => {
    const { digest = "" } = built;
    pushImage(builder, built.name, target, digest);
    pin(environment, new Map([["catalog", digest]]));
    const { image } = loadEnvironment(environment).workloads.catalog ?? {};
    expect(image).toBe(`${registry.address}/larder/catalog:0.1.0@${digest}`);
    const read = (path: string) => registry.read(`/v2/larder/catalog/${path}`);
    const sumOf = (bytes: Buffer) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    expect(sumOf(await read("manifests/0.1.0"))).toBe(digest);
    const { manifests } = JSON.parse(`${await read(`manifests/${digest}`)}`) as { manifests: { digest: string }[] };
    expect(manifests).toHaveLength(1);
    const { layers } = JSON.parse(`${await read(`manifests/${manifests[0]?.digest}`)}`) as {
      layers: { digest: string }[];
    };
    expect(layers.length).toBeGreaterThan(0);
    for (const layer of layers) expect(sumOf(await read(`blobs/${layer.digest}`))).toBe(layer.digest);
  });

  test("by another digest than it has here is refused", () => {
    const other = `sha256:${"0".repeat(64)}`;
    expect(() => pushImage(builder, built.name, target, other)).toThrow(/in its registry, and sha256:0+ here/);
  });

  test("to where no registry is, is one clear line", () => {
    const nowhere = target.replace(registry.address, "localhost:1");
    expect(() => pushImage(builder, built.name, nowhere, built.digest ?? "")).toThrow(
      /localhost:1\/larder\/catalog:0\.1\.0 was not pushed|manifest push failed: .*:1/s,
    );
  });
}

test.each([
  [["--push"], /images are pushed to the registry of an environment/],
  [["--push", "--pin", "local"], /local\.yaml names no registry/],
  [["--pin", "staging", "--arch", "amd64"], /a digest to pin is that of all architectures: leave out ARCH/],
  [["--pin", "nowhere"], /there is no environment mesh\/environments\/nowhere\.yaml/],
])("make images with %j builds nothing, and says why", { timeout: 60_000 }, (args, reason) => {
  const main = join(repository, "deploy/images/main.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args, "catalog"], { encoding: "utf8" });
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(reason);
});
