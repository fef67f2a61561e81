// larder status: what runs, in which state, and the last words of what keeps dying.
import { holder, lastRunFolder } from "../lock.ts";
import { pathsOf } from "../paths.ts";
import { isAlive, readState, type SupervisorState } from "../state.ts";
import { lastLines } from "../supervisor/log-file.ts";
import { parsePlace } from "./place.ts";

export const name = "status";
export const summary = "Shows what runs: 0 when all is ready, 1 when something is not, 3 when nothing runs.";
export const usage = "[--json] [--run-folder DIR] [--data-folder DIR]";

const SHOWN_LINES = 8;
const ALL_READY = 0;
const SOME_NOT = 1;
const NOT_RUNNING = 3;

export async function run(args: readonly string[]): Promise<number> {
  const { place, on } = parsePlace(args, { json: "" });
  const paths = pathsOf(place);
  const folder = holder(paths)?.runFolder ?? lastRunFolder(paths) ?? paths.run;
  const state = readState(folder);
  if (!state || !isAlive(state)) {
    const left = state?.children.filter((child) => isAlive(child)).map((child) => child.name) ?? [];
    if (on("json")) console.log(JSON.stringify({ running: false, left }, null, 2));
    else if (left.length > 0)
      console.log(`The supervisor was killed and left ${left.join(", ")}: make down ends them.`);
    else console.log("Larder is not running: make up starts it.");
    return NOT_RUNNING;
  }
  const ready = state.phase === "ready" && state.children.every((child) => child.state === "ready");
  console.log(on("json") ? JSON.stringify({ running: true, ready, ...state }, null, 2) : asText(state, Date.now()));
  return ready ? ALL_READY : SOME_NOT;
}

/** The table for people, as of `now` (epoch milliseconds). */
export function asText(state: SupervisorState, now: number): string {
  const lines = [
    `Larder is ${state.phase} for ${age(now - state.since)} (supervisor ${state.pid}, ${state.runFolder})`,
  ];
  lines.push(`Users: ${state.users}`);
  if (state.mesh === "off") lines.push("MESH=off: no sidecars run, so callers are NOT enforced");
  if (state.eventLog !== undefined)
    lines.push(`Event log: ${state.eventLog}, logins in ${state.dataFolder}/secrets.json`);
  for (const [title, address] of Object.entries(state.addresses)) lines.push(`  ${title.padEnd(14)} ${address}`);
  lines.push(
    "",
    `  ${"NAME".padEnd(24)} ${"STATE".padEnd(11)} ${"FOR".padEnd(8)} ${"PID".padEnd(8)} ${"DIED".padEnd(5)} PORT`,
  );
  for (const child of state.children) {
    const { name, state: its, since, pid, restarts, port } = child;
    const cells = [
      name.padEnd(24),
      its.padEnd(11),
      age(now - since).padEnd(8),
      String(pid ?? "").padEnd(8),
      String(restarts).padEnd(5),
    ];
    lines.push(`  ${cells.join(" ")} ${port ?? ""}`.trimEnd());
  }
  for (const { name, lastEnd } of state.children.filter((child) => child.state === "unbuilt")) {
    lines.push("", `${name} does not run: ${lastEnd}`);
  }
  for (const { name, log, lastEnd } of state.children.filter((child) => child.state === "failing")) {
    lines.push(
      "",
      `${name} keeps dying (${lastEnd}). The end of ${log}:`,
      ...lastLines(log, SHOWN_LINES).map((line) => `  ${line}`),
    );
  }
  return lines.join("\n");
}

function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
