// Server and bidirectional streams have limits of their own; every streaming method is called once.

import { at, isStream } from "./places.ts";
import type { Rule } from "./rule.ts";

export const streamRules: readonly Rule[] = [
  {
    code: "stream-without-limits",
    severity: "error",
    refuses: "a server or bidirectional stream without `idle_ms` and `max_ms`",
    mend: "state stream: {idle_ms: …, max_ms: …}",
    *check({ methods }) {
      for (const method of methods.values()) {
        if (!method.hasPolicy || !isStream(method)) continue;
        const missing = [method.stream?.idleMs ? "" : "idle_ms", method.stream?.maxMs ? "" : "max_ms"].filter(Boolean);
        if (missing.length === 0) continue;
        const message = `${method.id} is a ${method.kind} stream without ${missing.join(" and ")}`;
        yield { subject: method.id, at: at(method, "stream"), message };
      }
    },
  },
  {
    code: "stream-limits-crossed",
    severity: "error",
    refuses: "a stream whose `idle_ms` is longer than its `max_ms`",
    mend: "make idle_ms shorter than max_ms, or the two the same",
    *check({ methods }) {
      for (const method of methods.values()) {
        const { stream } = method;
        if (!stream || stream.maxMs === 0 || stream.idleMs <= stream.maxMs) continue;
        const message = `${method.id} may be idle for ${stream.idleMs} ms, but lasts ${stream.maxMs} ms at most`;
        yield { subject: method.id, at: at(method, "stream"), message };
      }
    },
  },
  {
    code: "stream-limits-misplaced",
    severity: "error",
    refuses: "stream limits on a unary or client-streaming method",
    mend: "remove stream and state deadline_ms",
    *check({ methods }) {
      for (const method of methods.values()) {
        if (isStream(method) || !method.stream) continue;
        const message = `${method.id} answers once, so it has a deadline and no stream limits`;
        yield { subject: method.id, at: at(method, "stream"), message };
      }
    },
  },
  {
    code: "stream-with-retry",
    severity: "error",
    refuses: "a retry on a method that streams in either direction",
    mend: "remove retry; let the client resume the stream from what it has seen",
    *check({ methods }) {
      for (const method of methods.values()) {
        if (method.kind === "unary" || !method.retry) continue;
        const message = `${method.id} is a ${method.kind} stream, which no layer can send again`;
        yield { subject: method.id, at: at(method, "retry"), message };
      }
    },
  },
];
