// The generated files of the contract, of which those are loaded that somebody asks for.
import { readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { DescFile } from "@bufbuild/protobuf";

/** Those of the shop whose names end so. */
export async function filesNamed(end: string): Promise<readonly DescFile[]> {
  const inside = fileURLToPath(import.meta.resolve("@larder/contract/mesh/v1/policy_pb.js"));
  const root = inside.slice(0, inside.indexOf(join("mesh", "v1")));
  const modules = readdirSync(join(root, "larder"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(end))
    .sort()
    .map((file) => import(pathToFileURL(root + ["larder", file].join(sep)).href) as Promise<Record<string, unknown>>);
  const exported = (await Promise.all(modules)).flatMap((module) => Object.values(module));
  return exported.filter((value): value is DescFile => (value as DescFile | undefined)?.kind === "file");
}

/** Every file of the contract that declares services of the shop. */
export const serviceFiles = (): Promise<readonly DescFile[]> => filesNamed("_service_pb.js");
