// For tests: runs the command line in this process and keeps what it said.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "./cli.ts";
import { type Paint, plain } from "./report.ts";

export interface RecordedRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `meshc` with these arguments, parted by blanks, in this folder. */
export async function meshc(args: string, folder: string, paint: Paint = plain): Promise<RecordedRun> {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    folder,
    paint,
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
  };
  const code = await main(args.split(" ").filter(Boolean), io);
  return { code, out: out.join(""), err: err.join("") };
}

/** Replaces text in a file of the folder; throws where the text is not there. */
export function edit(folder: string, name: string, from: string, to: string): void {
  const path = join(folder, name);
  const text = readFileSync(path, "utf8");
  if (!text.includes(from)) throw new Error(`${name} does not hold ${from}`);
  writeFileSync(path, text.replace(from, to));
}
