// A real Chromium, where this machine has one, and the program of the page that it opens.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { rolldown } from "rolldown";

const places = [process.env.CHROMIUM ?? "", "/usr/bin/chromium", "/usr/bin/google-chrome"];

/** Where the browser is; undefined if there is none. The variable CHROMIUM names another. */
export const chromiumPath = (): string | undefined => places.find((path) => path && existsSync(path));

export function openBrowser(executablePath: string): Promise<Browser> {
  const args = ["--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"];
  // Chromium refuses to keep its sandbox under root.
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  return chromium.launch({ executablePath, args });
}

/** The program of the page, as one script with everything that it imports. */
export async function pageScript(): Promise<string> {
  const bundle = await rolldown({
    input: join(import.meta.dirname, "page.ts"),
    platform: "browser",
    logLevel: "silent",
  });
  const { output } = await bundle.generate({ format: "iife" });
  await bundle.close();
  return output[0].code;
}
