// Digests in environments: which very images a cluster runs.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, isMap, isScalar, parseDocument } from "yaml";
import { ImagesError } from "./error.ts";

const folder = join(import.meta.dirname, "../../mesh/environments");

/** The file of an environment that is called by its name: `staging`. */
export const environmentFile = (name: string): string => join(folder, `${name}.yaml`);

/** Where the images of an environment are. Throws ImagesError where it is for no cluster. */
export function placeOf(file: string): { readonly registry: string; readonly tag: string } {
  return placeIn(file, parseDocument(readFileSync(file, "utf8")));
}

function placeIn(file: string, document: Document): { registry: string; tag: string } {
  const images = document.getIn(["cluster", "images"]);
  const [registry, tag] = ["registry", "tag"].map((key) => (isMap(images) ? images.get(key) : undefined));
  if (registry === undefined || tag === undefined) throw new ImagesError(`${file} names no registry: cluster.images`);
  return { registry: String(registry), tag: String(tag) };
}

/**
 * Writes the digests of services into an environment file, each under the registry and tag that the environment names. Everything else in
 * it stays, comments included. Throws ImagesError where the environment is for no cluster or lacks a service.
 */
export function pin(file: string, digests: ReadonlyMap<string, string>): void {
  const text = readFileSync(file, "utf8");
  const document = parseDocument(text);
  const { registry, tag } = placeIn(file, document);
  const edits = [...digests].map(([service, digest]): Edit => {
    const workload = document.getIn(["workloads", service], true);
    if (!isMap(workload) || !workload.range) throw new ImagesError(`${file} has no workload ${service}`);
    if (workload.flow) throw new ImagesError(`${file} has workload ${service} in braces: give each setting a line`);
    const image = `${registry}/${service}:${tag}@${digest}`;
    const pinned = workload.get("image", true);
    if (isScalar(pinned) && pinned.range) return { from: pinned.range[0], to: pinned.range[1], text: image };
    const [start] = workload.range;
    return {
      from: start,
      to: start,
      text: `image: ${image}\n${" ".repeat(start - text.lastIndexOf("\n", start) - 1)}`,
    };
  });
  // From the end, so that places before stay where they are.
  edits.sort((a, b) => b.from - a.from);
  writeFileSync(
    file,
    edits.reduce((all, { from, to, text }) => all.slice(0, from) + text + all.slice(to), text),
  );
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}
