// Who may call: callers, scopes, users, and the paths of HTTP.

import { ANY, EDGE, type EndUser, type HttpBinding, type Method } from "../model.ts";
import { at } from "../rules/places.ts";
import { type Comparison, type Contracts, missing, onMethods } from "./comparison.ts";

export const callerComparisons: readonly Comparison[] = [
  {
    code: "caller-removed",
    effect: "breaking",
    finds: "a caller that a method no longer lists",
    why: "what it still calls is refused",
    mend: "let the caller stop first: remove its calls, roll that out, then remove it here",
    fields: ["MethodPolicy.callers"],
    *compare(contracts) {
      for (const { old, now } of contracts.methods) {
        for (const caller of callersOnlyIn(old, now, contracts)) {
          yield { subject: now.id, at: at(now, "callers"), message: `${now.id} may no longer be called by ${caller}` };
        }
      }
    },
  },
  {
    code: "caller-added",
    effect: "loosening",
    finds: "a caller that a method did not list",
    why: "more may reach it than before",
    mend: "let the owner of the method agree",
    fields: ["MethodPolicy.callers", "MethodPolicy.any_caller"],
    *compare(contracts) {
      for (const { old, now } of contracts.methods) {
        for (const caller of callersOnlyIn(now, old, contracts)) {
          yield { subject: now.id, at: at(now, "callers"), message: `${now.id} may now be called by ${caller}` };
        }
      }
    },
  },
  {
    code: "scope-added",
    effect: "breaking",
    finds: "a scope that callers from outside did not need",
    why: "tokens without it are refused",
    mend: "have the issuer grant the scope first, and ask for it once the old tokens are over",
    fields: ["MethodPolicy.scopes"],
    compare: onMethods("scopes", (old, now) =>
      atTheEdge(old, now)
        ? missing(now.scopes, old.scopes).map((scope) => `${now.id} now needs the scope ${scope}`)
        : [],
    ),
  },
  {
    code: "scope-removed",
    effect: "loosening",
    finds: "a scope that callers from outside no longer need",
    why: "tokens that were refused are let in",
    mend: "let the owner of the method agree",
    fields: ["MethodPolicy.scopes"],
    compare: onMethods("scopes", (old, now) =>
      atTheEdge(old, now)
        ? missing(old.scopes, now.scopes).map((scope) => `${now.id} no longer needs the scope ${scope}`)
        : [],
    ),
  },
  {
    code: "end-user-required",
    effect: "breaking",
    finds: "an `end_user` that becomes REQUIRED",
    why: "calls without a user behind them are refused",
    mend: "state END_USER_OPTIONAL until every caller carries the user",
    fields: ["MethodPolicy.end_user"],
    compare: onMethods("end_user", (old, now) =>
      old.endUser !== "required" && now.endUser === "required"
        ? `${now.id} now needs a user behind the call`
        : undefined,
    ),
  },
  {
    code: "end-user-dropped",
    effect: "loosening",
    finds: "an `end_user` that is asked for, or verified, no longer",
    why: "calls are let in that were refused for their user",
    mend: "let the owner of the method agree",
    fields: ["MethodPolicy.end_user"],
    compare: onMethods("end_user", (old, now) =>
      strictness[now.endUser] < strictness[old.endUser]
        ? `${now.id} ${now.endUser === "optional" ? "no longer needs a user behind the call" : "no longer looks at the user behind the call"}`
        : undefined,
    ),
  },
  {
    code: "end-user-verified",
    effect: "safe",
    finds: "an `end_user` that becomes OPTIONAL where none was looked at",
    why: "calls without a user pass as before",
    fields: ["MethodPolicy.end_user"],
    compare: onMethods("end_user", (old, now) =>
      old.endUser === "none" && now.endUser === "optional"
        ? `${now.id} now verifies the user where a call carries one`
        : undefined,
    ),
  },
  {
    code: "http-removed",
    effect: "breaking",
    finds: "an HTTP verb and path that no longer lead to a method, or with another body",
    why: "clients of HTTP find nothing there, or send what is not understood",
    mend: "keep the old path as an additional binding",
    fields: [],
    compare: onMethods("http", (old, now) =>
      missing(old.http.map(shown), now.http.map(shown)).map((path) => `${now.id} no longer answers ${path}`),
    ),
  },
  {
    code: "http-added",
    effect: "safe",
    finds: "a new HTTP verb and path for a method",
    why: "nobody called it yet",
    fields: [],
    compare: onMethods("http", (old, now) =>
      missing(now.http.map(shown), old.http.map(shown)).map((path) => `${now.id} now answers ${path}`),
    ),
  },
];

/** `@any` stands for every workload of the mesh, so one that is listed beside it adds nothing. */
function callersOnlyIn(method: Method, other: Method, { old, now }: Contracts): string[] {
  const inMesh = (caller: string) =>
    [old, now].some(({ contract }) => contract.workloads.some(({ name }) => name === caller));
  return missing(method.callers, other.callers).filter((caller) => !other.callers.includes(ANY) || !inMesh(caller));
}

/** Scopes are looked at only where the call comes from outside; opening or closing the edge is a caller's change. */
const atTheEdge = (old: Method, now: Method): boolean => old.callers.includes(EDGE) && now.callers.includes(EDGE);

const strictness: Readonly<Record<EndUser, number>> = { none: 0, optional: 1, required: 2 };

const shown = ({ verb, template, body }: HttpBinding): string =>
  `${verb} ${template}${body ? ` with the body ${body}` : ""}`;
