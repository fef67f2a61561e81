// For tests: builds images from protos written in a test or lying in testdata.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

const repository = join(import.meta.dirname, "../../..");
export const testdata = join(import.meta.dirname, "../testdata");

/** Files by their path in the workspace's `proto` folder. */
export type Protos = Readonly<Record<string, string>>;

/** Makes a buf workspace in a temporary folder, with policy.proto and google.api beside the protos. Delete it when done. */
export function workspaceOf(protos: Protos): string {
  const folder = mkdtempSync(join(tmpdir(), "meshc-"));
  for (const [name, text] of Object.entries(protos)) {
    const path = join(folder, "proto", name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  copyImports(folder);
  return folder;
}

/** The same from a folder of testdata that holds a `proto` folder and what else a workspace has. */
export function workspaceFrom(folder: string): string {
  const workspace = mkdtempSync(join(tmpdir(), "meshc-"));
  cpSync(join(testdata, folder), workspace, { recursive: true });
  copyImports(workspace);
  return workspace;
}

/** The image of the protos. */
export function imageOf(protos: Protos): Uint8Array {
  return build(workspaceOf(protos));
}

/** One image for each of the protos; built in one go. */
export function imagesOf(protos: Protos): Map<string, Uint8Array> {
  return imagesIn(workspaceOf(protos), Object.keys(protos));
}

/** One image for each file below a folder of testdata, by its path there; built in one go. */
export function imagesBelow(folder: string): Map<string, Uint8Array> {
  const workspace = mkdtempSync(join(tmpdir(), "meshc-"));
  cpSync(join(testdata, folder), join(workspace, "proto"), { recursive: true });
  const names = readdirSync(join(testdata, folder), { recursive: true, encoding: "utf8" }).filter((n) =>
    n.endsWith(".proto"),
  );
  copyImports(workspace);
  return imagesIn(workspace, names);
}

function imagesIn(workspace: string, names: readonly string[]): Map<string, Uint8Array> {
  const files = new Map(fromBinary(FileDescriptorSetSchema, build(workspace)).file.map((file) => [file.name, file]));
  return new Map(names.map((name) => [name, closure(files, name)]));
}

/** The image of one file and all it imports. */
function closure(files: ReadonlyMap<string, FileDescriptorProto>, name: string): Uint8Array {
  const chosen = new Set<FileDescriptorProto>();
  const add = (file: FileDescriptorProto | undefined): void => {
    if (!file || chosen.has(file)) return;
    for (const dependency of file.dependency) add(files.get(dependency));
    chosen.add(file);
  };
  add(files.get(name));
  return toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file: [...chosen] }));
}

function copyImports(workspace: string): void {
  const googleapis = join(repository, "third_party/googleapis");
  if (!existsSync(googleapis)) throw new Error("third_party/ is missing: run make setup");
  const policy = "mesh/v1/policy.proto";
  cpSync(join(repository, "proto", policy), join(workspace, "imports", policy), { recursive: true });
  cpSync(googleapis, join(workspace, "imports"), { recursive: true });
  mkdirSync(join(workspace, "proto"), { recursive: true });
  writeFileSync(join(workspace, "buf.yaml"), "version: v2\nmodules:\n  - path: proto\n  - path: imports\n");
}

function build(workspace: string): Uint8Array {
  try {
    return execFileSync(join(repository, "node_modules/.bin/buf"), ["build", "-o", "-"], {
      cwd: workspace,
      maxBuffer: 1 << 28,
    });
  } finally {
    rmSync(workspace, { recursive: true });
  }
}
