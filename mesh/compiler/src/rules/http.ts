// The HTTP form of methods.

import { EDGE, type Method } from "../model.ts";
import type { Rule } from "./rule.ts";

export const httpRules: readonly Rule[] = [
  {
    code: "http-duplicate",
    severity: "error",
    refuses: "two methods behind one HTTP verb and path",
    mend: "give one of them another path or verb",
    *check({ methods }) {
      const seen = new Map<string, Method>();
      for (const method of methods.values()) {
        for (const { verb, template } of method.http) {
          // The names of variables do not tell paths apart.
          const key = `${verb} ${template.replace(/\{[^=}]*=/g, "{").replace(/\{[^}/*]*\}/g, "{*}")}`;
          const known = seen.get(key);
          if (known) {
            const message = `${verb} ${template} leads to ${method.id} and to ${known.id}`;
            yield { subject: method.id, at: method.at, message };
          } else {
            seen.set(key, method);
          }
        }
      }
    },
  },
  {
    code: "http-get-mutates",
    severity: "error",
    refuses: "a GET on a method that may change something: browsers and caches repeat it at will",
    mend: "use POST, PUT, PATCH or DELETE, or state NO_SIDE_EFFECTS if it only reads",
    *check({ methods }) {
      for (const method of methods.values()) {
        if (method.idempotency === "no-side-effects") continue;
        const get = method.http.find((binding) => binding.verb === "GET");
        if (!get) continue;
        yield {
          subject: method.id,
          at: method.at,
          message: `GET ${get.template} leads to ${method.id}, which changes something`,
        };
      }
    },
  },
  {
    code: "http-not-public",
    severity: "warning",
    refuses: "an HTTP path for a method that is not open to `@edge`",
    mend: "remove google.api.http, or open the method to @edge",
    *check({ methods }) {
      for (const method of methods.values()) {
        const binding = method.http[0];
        if (!binding || !method.hasPolicy || method.callers.includes(EDGE)) continue;
        const message = `${binding.verb} ${binding.template} leads to ${method.id}, which nobody outside may call`;
        yield { subject: method.id, at: method.at, message };
      }
    },
  },
];
