import { readFileSync } from "node:fs";

const about: { readonly name: string; readonly version: string } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
);

/** The version of this package. */
export const { version } = about;

/** The name under which it is installed. */
export const packageName = about.name;
