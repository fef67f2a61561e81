// larder trace: the recent traces, or one of them as a tree.
import { UsageError } from "../options.ts";
import { Refusal } from "../refusal.ts";
import type { SupervisorState } from "../state.ts";
import type { Summary, Trace } from "../traces/store.ts";
import { PLACE_USAGE } from "./place.ts";
import { runningMesh } from "./running.ts";
import { parseWords } from "./words.ts";

export const name = "trace";
export const summary = "Shows the recent traces, or one of them as a tree.";
export const usage = `[ID] [--service order] [--method PlaceOrder] [--min-ms 100] [--errors] [--json] ${PLACE_USAGE}`;

export async function run(args: readonly string[]): Promise<number> {
  const { place, text, on, words } = parseWords(args, ["service", "method", "min-ms"], ["errors", "json"], 1);
  const [id] = words;
  const filter = { service: text("service"), method: text("method"), min_ms: text("min-ms") };
  const asked = Object.entries({ ...filter, ...(on("errors") ? { errors: "1" } : {}) }).filter(([, value]) => value);
  if (id !== undefined && asked.length > 0) throw new UsageError("an id or a filter, not both");
  const path = id === undefined ? `?${new URLSearchParams(asked as [string, string][])}` : `/${encodeURIComponent(id)}`;
  const found = await fetched(runningMesh(place), path);
  if (on("json")) console.log(JSON.stringify(found, null, 2));
  else console.log(Array.isArray(found) ? asList(found) : asTree(found as Trace));
  return 0;
}

/** Throws a Refusal with what the store says where it has no answer, a UsageError where it was asked wrongly. */
async function fetched(state: SupervisorState, path: string): Promise<Trace | Summary[]> {
  const store = state.addresses.traces;
  if (!store) throw new Refusal("This mesh has no trace store: its spans go where OTEL_EXPORTER_OTLP_ENDPOINT says.");
  const response = await fetch(`${store}/api/traces${path}`);
  const answer = (await response.json()) as Trace | Summary[] | { error: string };
  if (!("error" in answer)) return answer;
  throw response.status === 400
    ? new UsageError(answer.error.replace("min_ms", "--min-ms"))
    : new Refusal(answer.error);
}

const asList = (traces: readonly Summary[]): string =>
  traces.length === 0
    ? "No such traces. An order that is always traced: npx larder demo"
    : traces
        .map(({ id, root, start, durationMs, spans, errors }) =>
          [id, start, ms(durationMs), `${spans} spans`.padStart(9), root, errors ? `${errors} failed` : ""]
            .join("  ")
            .trimEnd(),
        )
        .join("\n");

function asTree({ id, start, durationMs, tree, services }: Trace): string {
  const lines = tree.map(({ depth, service, name: what, kind, offsetMs, durationMs: took, error, message }) => {
    const failed = error ? ` FAILED ${message}`.trimEnd() : "";
    return `${ms(offsetMs)} ${ms(took)}  ${"  ".repeat(depth)}${service} ${what}${kind === "server" ? "" : ` (${kind})`}${failed}`;
  });
  const head = `${id}  ${start}  ${durationMs} ms, ${tree.length} spans of ${services.join(", ")}`;
  return [head, `${"began after".padStart(12)} ${"took".padStart(12)}`, ...lines].join("\n");
}

const ms = (value: number): string => `${value.toFixed(2)} ms`.padStart(12);
