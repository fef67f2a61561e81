// Finds what enforces a method in generated files: the comment that emitters leave behind each rule, and the name of the
// method in gRPC service configs.

import { type Dirent, existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Location, Method } from "./model.ts";
import { compare } from "./names.ts";

/** Every emitted rule for a method carries a comment with this text; a `#` or `//` stands in front. */
export const originOf = (method: Method): string => `from ${method.at.file}:${method.at.line} ${method.id}`;

/** The places in the folders, as paths from the root, that enforce the method; sorted. Folders that do not exist hold none. */
export function artefactsOf(root: string, folders: readonly string[], method: Method): Location[] {
  const marker = new RegExp(`\\bfrom \\S+ ${literally(method.id)}(?![\\w./])`, "g");
  // JSON on one line or many, also inside a string of another language.
  const config = new RegExp(
    `\\\\?"service\\\\?"\\s*:\\s*\\\\?"${literally(method.service.id)}\\\\?"\\s*,\\s*\\\\?"method\\\\?"\\s*:\\s*\\\\?"${literally(method.name)}\\\\?"`,
    "g",
  );
  const found = new Map<string, Location>();
  for (const file of new Set(folders.flatMap((folder) => filesBelow(join(root, folder))))) {
    const text = readFileSync(file, "utf8");
    if (!text.includes(method.name)) continue;
    for (const match of [...text.matchAll(marker), ...text.matchAll(config)]) {
      const at = { file: relative(root, file), line: lineAt(text, match.index) };
      found.set(`${at.file}:${at.line}`, at);
    }
  }
  return [...found.values()].sort((a, b) => compare(a.file, b.file) || a.line - b.line);
}

/** A name of a proto in a pattern: dots are all that means more there. */
const literally = (name: string): string => name.replaceAll(".", "\\.");

/** All files in a folder and below it, without hidden ones and installed packages; sorted. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const visible = (entry: Dirent) => !entry.name.startsWith(".") && entry.name !== "node_modules";
  return readdirSync(folder, { withFileTypes: true })
    .filter(visible)
    .sort((a, b) => compare(a.name, b.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
    });
}

function lineAt(text: string, index: number): number {
  let line = 1;
  for (let i = text.indexOf("\n"); i !== -1 && i < index; i = text.indexOf("\n", i + 1)) line++;
  return line;
}
