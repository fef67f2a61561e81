// Contracts for tests: proto text in, the model out, by the real tools.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Contract } from "../../model.ts";
import { readImage } from "../../read.ts";

export const repository = fileURLToPath(new URL("../../../../../", import.meta.url));

/** Reads the contract in proto files, given by their paths. They may import mesh/v1/policy.proto and google/api. */
export function contractOf(files: Readonly<Record<string, string>>): Contract {
  const folder = mkdtempSync(join(tmpdir(), "meshc-"));
  try {
    cpSync(join(repository, "proto/mesh/v1"), join(folder, "mesh/v1"), { recursive: true });
    cpSync(join(repository, "third_party/googleapis/google/api"), join(folder, "google/api"), { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const buf = join(repository, "node_modules/.bin/buf");
    const bytes = execFileSync(buf, ["build", folder, "-o", "-"], { maxBuffer: 1 << 26 });
    return readImage([{ bytes, name: "the test's image" }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A proto file: its package, what stands at its top, and its services. Requests and responses are added. */
export function proto(pkg: string, body: string): string {
  const names = [...body.matchAll(/rpc (\w+)/g)].map((match) => match[1] ?? "");
  const head = [
    'syntax = "proto3";',
    `package ${pkg};`,
    'import "google/api/annotations.proto";',
    'import "mesh/v1/policy.proto";',
  ];
  const messages = names.map(
    (name) => `message ${name}Request { string text = 1; }\nmessage ${name}Response { string text = 1; }`,
  );
  return [...head, body.trim(), ...messages, ""].join("\n");
}
