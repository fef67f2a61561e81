// The programs that build images: buildah and podman, which are used alike, or docker.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Architecture, ownArchitecture } from "./architecture.ts";
import { ImagesError } from "./error.ts";
import type { Service } from "./services.ts";

const programs = ["buildah", "podman", "docker"] as const;
export type Builder = (typeof programs)[number];

/** What one image is made from. */
export interface Recipe {
  readonly service: Service;
  readonly architecture: Architecture;
  readonly context: string;
  readonly version: string;
  /** What logs, metrics and `/version` of the service name. */
  readonly build: string;
}

/** Every image has this in front of its name until it is pushed elsewhere. */
export const localName = ({ name }: Service, tag: string): string => `localhost/larder/${name}:${tag}`;

const works = (program: Builder): boolean => spawnSync(program, ["info"], { stdio: "ignore" }).status === 0;

/** The builder of this machine. Throws ImagesError, which says how to get one, where there is none. */
export function findBuilder(): Builder {
  const found = programs.find(works);
  if (found) return found;
  const client = spawnSync("docker", ["--version"], { stdio: "ignore" }).status === 0;
  throw new ImagesError(
    `nothing here builds images: apt-get install buildah, or podman${client ? "; docker is here, but its daemon does not answer" : ", or docker"}`,
  );
}

/** The architectures that the builder can make: docker keeps one image under a name. */
export function architecturesOf(builder: Builder, wanted: readonly Architecture[]): readonly Architecture[] {
  if (builder !== "docker") return wanted;
  const own = ownArchitecture();
  return wanted.filter((each) => each === own);
}

/** Builds one image and returns its local name. */
export function buildImage(builder: Builder, recipe: Recipe): string {
  const { service, architecture, context, version, build } = recipe;
  const name = localName(service, builder === "docker" ? version : `${version}-${architecture}`);
  const given = { SERVICE: service.name, VERSION: version, BUILD: build };
  const args = [
    ...["--platform", `linux/${architecture}`, "--tag", name],
    ...["--file", join(import.meta.dirname, `${service.runtime}.Dockerfile`)],
    ...Object.entries(given).flatMap(([key, value]) => ["--build-arg", `${key}=${value}`]),
  ];
  // Nothing in an image says when and by what it was made, so that the same content has the same digest.
  if (builder === "docker") {
    const output = ["--build-arg", "SOURCE_DATE_EPOCH=0", "--output", "type=docker,rewrite-timestamp=true"];
    run("docker", ["buildx", "build", "--quiet", "--provenance=false", ...output, ...args, context]);
  } else {
    const alike = ["--format", "oci", "--timestamp", "0", "--identity-label=false", "--layers=false"];
    run(builder, ["build", "--quiet", ...alike, ...args, context]);
  }
  return name;
}

/** Puts the images of a service, one an architecture, under one name into a folder in OCI's layout; returns the digest of all. */
export function exportImages(
  builder: Exclude<Builder, "docker">,
  folder: string,
  name: string,
  images: string[],
): string {
  spawnSync(builder, ["manifest", "rm", name], { stdio: "ignore" });
  run(builder, ["manifest", "create", name]);
  for (const image of images) run(builder, ["manifest", "add", name, `containers-storage:${image}`]);
  return push(builder, name, `oci:${folder}:${name.slice(name.lastIndexOf("/") + 1)}`);
}

/**
 * Pushes what was exported under a name to a registry as `target`: registry, name and tag. Throws ImagesError where the registry does not take
 * it, and where it would have another digest there.
 */
export function pushImage(builder: Exclude<Builder, "docker">, name: string, target: string, digest: string): void {
  const there = push(builder, name, `docker://${target}`);
  // Some versions of buildah say neither by words nor by their exit code that they failed.
  if (!there)
    throw new ImagesError(`${target} was not pushed: is the registry there, and does ${builder} login suffice?`);
  if (there !== digest) throw new ImagesError(`${target} has the digest ${there} in its registry, and ${digest} here`);
}

/** Returns the digest of what was pushed. */
function push(builder: Builder, name: string, place: string): string {
  const folder = mkdtempSync(join(tmpdir(), "larder-push-"));
  const digest = join(folder, "digest");
  try {
    run(builder, ["manifest", "push", "--all", "--quiet", "--digestfile", digest, name, place]);
    return readFileSync(digest, "utf8").trim();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(program: string, args: string[]): void {
  const result = spawnSync(program, args, { encoding: "utf8" });
  if (result.status !== 0) {
    throw new ImagesError(`${program} ${args[0]} failed: ${result.error?.message ?? result.stderr.trim()}`);
  }
}
