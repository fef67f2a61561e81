// The blocks of a page of examples/, so that a test runs what the page says.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./programs.ts";

/** The blocks of code under a heading of the third level that are of one language. Throws if there is none. */
export function block(page: string, heading: string, language: string): string {
  const section = readFileSync(join(root, "examples", page), "utf8")
    .split(/^### /m)
    .find((part) => part.startsWith(`${heading}\n`));
  const found = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "ms").exec(section ?? "");
  if (!found?.[1]) throw new Error(`${page} has no ${language} under ${heading}`);
  return found[1];
}

/** What the pages call the folder of a clone is this one. */
export const here = (text: string): string => text.replaceAll("../larder", root);
