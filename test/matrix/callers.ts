// What the two matrices share: one group of calls from one caller to one callee, and what became of them.

import type { Method } from "../contract.ts";
import { type Counts, growth, handled } from "../counters.ts";
import type { SharedMesh } from "../mesh.ts";
import { until } from "../until.ts";
import type { Answer, Wire } from "../wire.ts";

/** The authority under which a workload is called. */
export const authorityOf = (workload: string): string => `${workload}.larder.svc.cluster.local:50051`;

// An empty request to watch the cold chain is answered for as long as its caller likes; with a subject "x" it is refused.
const WATCH_NOTHING = Buffer.from([0, 0, 0, 0, 3, 0x0a, 1, 0x78]);

/** The request with which a method is called: empty, where that is answered at once. */
export const requestOf = ({ path }: Method): Buffer | undefined =>
  path.endsWith("/WatchReadings") ? WATCH_NOTHING : undefined;

export interface Group {
  /** Whose calls these are, for the report. */
  readonly title: string;
  readonly callee: string;
  readonly methods: readonly Method[];
  readonly wire: Wire;
  readonly headers: Readonly<Record<string, string>>;
  readonly allowed: (method: Method) => boolean;
}

/**
 * Calls every method once and returns what was wrong, a line each. A call that is allowed must be counted by its own
 * handler, whatever it answers; any other must be refused, and no handler of the callee may count it.
 */
export async function wrongIn(mesh: SharedMesh, group: Group): Promise<string[]> {
  const { title, callee, methods, wire, headers, allowed } = group;
  const before = await handled(mesh, callee);
  const answers = await Promise.all(methods.map((method) => wire.call(method.path, headers, requestOf(method))));
  const expected = new Map(methods.filter(allowed).map(({ path }) => [path, 1]));
  const grown = await settled(mesh, callee, before, expected);
  const wrong = methods.flatMap((method, index) => wrongAnswer(method, answers[index], allowed(method)));
  for (const path of new Set([...grown.keys(), ...expected.keys()])) {
    const [is, should] = [grown.get(path) ?? 0, expected.get(path) ?? 0];
    if (is !== should) wrong.push(`${path}: its handler counted ${is} calls, not ${should}`);
  }
  return wrong.map((line) => `${title} -> ${line}`);
}

function wrongAnswer({ path }: Method, answer: Answer | undefined, allowed: boolean): string[] {
  const refused = answer?.code === "PERMISSION_DENIED";
  if (allowed || refused) return [];
  return [`${path}: ${answer?.code ?? `HTTP ${answer?.http}`} ${answer?.message}, not PERMISSION_DENIED`];
}

/** The growth of the counts, once it is what was expected, or else after two seconds: a late handler is waited for. */
async function settled(mesh: SharedMesh, callee: string, before: Counts, expected: Counts): Promise<Counts> {
  let grown: Counts = new Map();
  const complete = async () => {
    grown = growth(before, await handled(mesh, callee));
    return [...expected].every(([path, count]) => (grown.get(path) ?? 0) >= count);
  };
  // What is missing then is reported, call by call.
  await until("every handler to have counted", complete, 2000).catch(() => undefined);
  return grown;
}
