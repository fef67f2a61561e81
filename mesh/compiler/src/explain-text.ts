// An explanation as text for people.

import type { BudgetTree, CallLine, Explanation } from "./explain.ts";
import { ANY, DEVICE, EDGE, type Location } from "./model.ts";
import { place } from "./names.ts";
import { count, type Paint } from "./report.ts";

const kinds = {
  unary: "unary",
  client: "client stream",
  server: "server stream",
  bidi: "bidirectional stream",
} as const;

const idempotencies = {
  unset: "never to be repeated",
  idempotent: "idempotent",
  "no-side-effects": "without side effects",
} as const;

/** A row of the budget: what, how long, and a remark. */
type Row = readonly [label: string, ms: number | undefined, remark: string];

/** Sections of indented lines. `show` turns the place in a contract into a path that a reader can open. */
export function explanationAsText(explanation: Explanation, show: (at: Location) => Location, paint: Paint): string {
  const title = (text: string) => paint("bold", text);
  const sections = [
    [
      title(explanation.method),
      `  ${place(show(explanation.at))}`,
      `  ${kinds[explanation.kind]}, ${idempotencies[explanation.idempotency]}, run by ${explanation.workload || "no workload"}`,
    ],
    [title("Who may call"), ...indent(callers(explanation, show))],
    [title(`Time: ${limit(explanation)}`), ...indent(budget(explanation))],
    [title("Tries"), ...indent(tries(explanation))],
    [title("Undo"), ...indent(undo(explanation))],
    [title("Enforced by"), ...indent(enforcers(explanation))],
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

const indent = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

function callers({ callers, scopes, endUser }: Explanation, show: (at: Location) => Location): string[] {
  const width = Math.max(0, ...callers.map(({ name }) => name.length));
  const lines = callers.flatMap(({ name, calls }) => {
    const how = calls.map(({ from, at }) => `${from} (${place(show(at))})`);
    if (how.length === 0) how.push(from(name, scopes));
    return how.map((text, i) => `${(i === 0 ? name : "").padEnd(width)}  ${text}`);
  });
  if (lines.length === 0) lines.push("nobody");
  if (endUser === "required") lines.push("a user must stand behind the call");
  if (endUser === "optional") lines.push("a user may stand behind the call");
  return lines;
}

function from(name: string, scopes: readonly string[]): string {
  if (name === EDGE) {
    return scopes.length > 0
      ? `from outside, with the ${scopes.length > 1 ? "scopes" : "scope"} ${scopes.join(", ")}`
      : "from outside, anyone";
  }
  if (name === DEVICE) return "a device with a certificate of the device authority";
  if (name === ANY) return "every workload";
  return "declares no call";
}

function limit({ deadlineMs, noDeadlineReason, stream, budget }: Explanation): string {
  if (stream) return `a stream, idle for ${stream.idleMs} ms at most, ended after ${stream.maxMs} ms`;
  if (deadlineMs === undefined) return noDeadlineReason ? `no deadline: ${noDeadlineReason}` : "no deadline";
  const left = deadlineMs - budget.needMs;
  const rest = left < 0 ? `${-left} ms too little` : `${left} ms to spare`;
  return `deadline ${deadlineMs} ms, needs ${budget.needMs} ms, ${rest}`;
}

function budget({ budget }: Explanation): string[] {
  const rows = rowsOf(budget, "");
  const labels = Math.max(...rows.map(([label]) => label.length));
  const figures = Math.max(...rows.map(([, ms]) => String(ms ?? "").length));
  return rows.map(([label, ms, remark]) => {
    const figure = ms === undefined ? "".padStart(figures + 3) : `${String(ms).padStart(figures)} ms`;
    return `${label.padEnd(labels)}  ${figure}${remark ? `  ${remark}` : ""}`.trimEnd();
  });
}

function rowsOf(tree: BudgetTree, margin: string): Row[] {
  const rows: Row[] = [[`${margin}handler`, tree.handlerMs, ""]];
  for (const { stage, ms, calls } of tree.stages) {
    rows.push([`${margin}stage ${stage}`, ms, calls.length > 1 ? "the longest of" : ""]);
    for (const call of calls) rows.push(...callRows(call, `${margin}  `));
  }
  for (const method of tree.detached)
    rows.push([`${margin}${method}`, undefined, "detached: takes nothing of this time"]);
  return rows;
}

function callRows(call: CallLine, margin: string): Row[] {
  const ends = { within: "within_ms", deadline: "its deadline", nothing: "nothing ends it" }[call.endedBy];
  const remarks = [
    call.times > 1 && !call.detached ? `${call.times} times ${call.eachMs ?? "?"} ms, ${ends}` : ends,
    ...(call.detached ? ["goes on by itself"] : []),
    ...(call.optional ? ["may fail"] : []),
    ...(call.budget ? [`needs ${call.budget.needMs} ms`] : []),
  ];
  const row: Row = [
    `${margin}${call.method}`,
    call.eachMs === undefined ? undefined : call.totalMs,
    remarks.join(", "),
  ];
  // A callee that calls nobody has nothing more to show.
  return [row, ...(call.budget && call.budget.stages.length > 0 ? rowsOf(call.budget, `${margin}  `) : [])];
}

function tries({ tries, retryOn, kind, amplification, redeliveries }: Explanation): string[] {
  const own =
    tries > 1
      ? `${count(tries, "try").replace("trys", "tries")} at most, on ${retryOn.join(" and ")}`
      : kind === "unary"
        ? "one; a second only when the first provably reached no handler"
        : "one";
  return [own, worstPath(amplification), ...redeliveries.map(redelivered)];
}

function worstPath({ factor, path }: Explanation["amplification"]): string {
  if (factor === 1) return "no path through it multiplies tries";
  const steps = path.map(({ method, tries }) => (tries > 1 ? `${method} (${tries})` : method));
  return `worst path: ${factor} tries for one call: ${steps.join(" > ")}`;
}

const redelivered = ({ from, deliveries, runs }: Explanation["redeliveries"][number]): string =>
  deliveries === undefined
    ? `${from}: an event is delivered without end`
    : `${from}: ${deliveries} deliveries of an event at most, ${runs} tries in all`;

function undo({ compensatedBy, compensates }: Explanation): string[] {
  const lines = [
    ...(compensatedBy ? [`undone by ${compensatedBy}`] : []),
    ...compensates.map((method) => `undoes ${method}`),
  ];
  return lines.length > 0 ? lines : ["nothing undoes it, and it undoes nothing"];
}

const enforcers = ({ enforcedBy }: Explanation): string[] =>
  enforcedBy.length > 0 ? enforcedBy.map(place) : ["no generated file (see generate and artefacts in mesh.yaml)"];
