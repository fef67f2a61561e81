// Building images, and what is to know of them afterwards.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import type { Architecture } from "./architecture.ts";
import { architecturesOf, type Builder, buildImage, exportImages, localName } from "./builder.ts";
import { makeContext } from "./context.ts";
import type { RustProfile } from "./rust.ts";
import type { Service } from "./services.ts";

const root = join(import.meta.dirname, "../..");

/** Where everything about images is kept that can be made again. */
export const imagesFolder = join(root, ".build/images");

export interface Built {
  readonly service: Service;
  /** Its name on this machine, for all architectures. */
  readonly name: string;
  /** The same by architecture. */
  readonly images: ReadonlyMap<Architecture, string>;
  /** Of all architectures together, as a registry will have it. Absent: docker finds it when it pushes. */
  readonly digest?: string;
}

/**
 * Builds images of services, with programs in Rust as makeContext has them. Throws ImagesError, having written nothing outside `folder`
 * but caches.
 */
export async function buildImages(
  builder: Builder,
  services: readonly Service[],
  wanted: readonly Architecture[],
  folder = imagesFolder,
  rust?: RustProfile,
): Promise<Built[]> {
  const context = join(folder, "context");
  const layout = join(folder, "oci");
  const possible = architecturesOf(builder, wanted);
  await makeContext(context, services, possible, rust);
  rmSync(layout, { recursive: true, force: true });
  mkdirSync(layout, { recursive: true });
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  return services.map((service) => {
    const images = new Map(
      possible.map((architecture) => {
        const build = `${version}-${contentOf(context, service, architecture).slice(0, 12)}`;
        return [architecture, buildImage(builder, { service, architecture, context, version, build })];
      }),
    );
    const name = localName(service, version);
    if (builder === "docker") return { service, name, images };
    return { service, name, images, digest: exportImages(builder, layout, name, [...images.values()]) };
  });
}

/** A hash of the files that make up an image: what tells one build of a service from another. */
function contentOf(context: string, { name, runtime }: Service, architecture: Architecture): string {
  const sum = createHash("sha256");
  const places = {
    node: [`${architecture}/libraries`, `${architecture}/node`, `${architecture}/packages`, "kits", `services/${name}`],
    runner: [`${architecture}/libraries`, `${architecture}/node`, `${architecture}/runner-packages`, "kits", "runner"],
    python: [`${architecture}/libraries`, `${architecture}/python`, "python-kits", `services/${name}`],
    rust: [`${architecture}/libraries`, `${architecture}/rust/${name}`],
    go: [`${architecture}/go/${name}`],
  }[runtime];
  for (const place of ["common", ...places].map((each) => join(context, each))) {
    const entries = readdirSync(place, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
    for (const path of paths.sort()) sum.update(relative(context, path)).update(contentsOf(path));
  }
  return sum.digest("hex");
}

function contentsOf(path: string): Buffer | string {
  try {
    return readlinkSync(path);
  } catch {
    return readFileSync(path);
  }
}

interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly architecture: string };
}

/** The bytes that a machine fetches for an image, by architecture: all of it, and what no other service has. */
export function sizesOf(digest: string, folder = imagesFolder): Map<string, { all: number; own: number }> {
  const blob = (of: string) => JSON.parse(readFileSync(join(folder, "oci/blobs", of.replace(":", "/")), "utf8"));
  const { manifests } = blob(digest) as { manifests: Descriptor[] };
  return new Map(
    manifests.map((manifest) => {
      const { layers } = blob(manifest.digest) as { layers: Descriptor[] };
      const all = layers.reduce((sum, { size }) => sum + size, 0);
      return [manifest.platform?.architecture ?? "", { all, own: layers.at(-1)?.size ?? 0 }];
    }),
  );
}
