// larder logs: what the children wrote, and with -f what they write.
import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { holder, lastRunFolder } from "../lock.ts";
import { pathsOf } from "../paths.ts";
import { Refusal } from "../refusal.ts";
import { lastLines } from "../supervisor/log-file.ts";
import { parsePlace } from "./place.ts";

export const name = "logs";
export const summary = "Shows the logs of all children, of a workload (order), or of one child (order-0.sidecar).";
export const usage = "[NAME] [-f] [--run-folder DIR] [--data-folder DIR]";

const LINES_OF_ALL = 20;
const LINES_OF_ONE = 200;
const LOOK_MS = 200;
const CHUNK = 65_536;

interface Source {
  /** The child, or `order-0.access` for the calls that a sidecar saw. */
  readonly name: string;
  readonly file: string;
}

export async function run(args: readonly string[]): Promise<number> {
  const { place, on, words } = parsePlace(args, { follow: "f" }, 1);
  const paths = pathsOf(place);
  const folder = holder(paths)?.runFolder ?? lastRunFolder(paths) ?? paths.run;
  const all = sources(folder);
  const chosen = choose(all, words[0]);
  if (chosen.length === 0) {
    const names = all.map((source) => source.name).join(", ");
    throw new Refusal(
      all.length === 0
        ? "There are no logs yet: make up starts Larder."
        : `There is no log of ${words[0]}: it is one of ${names}.`,
    );
  }
  const only = chosen.length === 1;
  const print = (source: Source, line: string): void => console.log(only ? line : `${source.name} | ${line}`);
  const offsets = chosen.map(({ file }) => statSync(file).size);
  for (const source of chosen) {
    for (const line of lastLines(source.file, words[0] ? LINES_OF_ONE : LINES_OF_ALL)) print(source, line);
  }
  if (on("follow")) await follow(chosen, offsets, print);
  return 0;
}

/** Every log of a run folder, sorted by name. */
export function sources(runFolder: string): Source[] {
  const logs = join(runFolder, "logs");
  const found = existsSync(logs)
    ? readdirSync(logs)
        .filter((file) => file.endsWith(".log"))
        .map((file) => ({ name: basename(file, ".log"), file: join(logs, file) }))
    : [];
  for (const { name } of [...found]) {
    const file = join(runFolder, name, "access.log");
    if (existsSync(file)) found.push({ name: `${name}.access`, file });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The log of that name; for a workload those of its services; all children, access logs apart, when `name` is absent. */
export function choose(all: readonly Source[], name: string | undefined): Source[] {
  if (name === undefined) return all.filter((source) => !source.name.endsWith(".access"));
  const exact = all.filter((source) => source.name === name);
  if (exact.length > 0) return exact;
  return all.filter(
    (source) => source.name.startsWith(`${name}-`) && /^[0-9]+$/.test(source.name.slice(name.length + 1)),
  );
}

async function follow(
  chosen: readonly Source[],
  offsets: number[],
  print: (source: Source, line: string) => void,
): Promise<never> {
  const rests = chosen.map(() => "");
  for (;;) {
    for (const [index, source] of chosen.entries()) {
      const { text, offset } = readFrom(source.file, offsets[index] ?? 0);
      offsets[index] = offset;
      const lines = ((rests[index] ?? "") + text).split("\n");
      rests[index] = lines.pop() ?? "";
      for (const line of lines) print(source, line);
    }
    await delay(LOOK_MS);
  }
}

function readFrom(file: string, from: number): { text: string; offset: number } {
  try {
    const { size } = statSync(file);
    // Shorter than before: it was moved aside, or a new run began.
    let offset = size < from ? 0 : from;
    const parts: Buffer[] = [];
    const descriptor = openSync(file, "r");
    try {
      while (offset < size) {
        const buffer = Buffer.alloc(Math.min(CHUNK, size - offset));
        const count = readSync(descriptor, buffer, 0, buffer.length, offset);
        if (count === 0) break;
        parts.push(buffer.subarray(0, count));
        offset += count;
      }
    } finally {
      closeSync(descriptor);
    }
    return { text: Buffer.concat(parts).toString("utf8"), offset };
  } catch {
    return { text: "", offset: from };
  }
}
