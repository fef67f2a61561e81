// Grants that others wrote: Istio's AuthorizationPolicy, one or several in a file.

import { isMap, LineCounter, parseAllDocuments } from "yaml";
import { InputError } from "../input-error.ts";
import type { Grant } from "./grants.ts";

interface AuthorizationPolicy {
  readonly kind?: string;
  readonly spec?: {
    readonly action?: string;
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly rules?: readonly {
      readonly from?: readonly { readonly source?: { readonly principals?: readonly string[] } }[];
      readonly to?: readonly { readonly operation?: { readonly paths?: readonly string[] } }[];
    }[];
  };
}

const labels = ["app.kubernetes.io/name", "app", "k8s-app", "service.istio.io/canonical-name"];

/** What the policies of a file allow; rules that deny are left to those who wrote them. Throws InputError for bad YAML. */
export function grantsInPolicies(text: string, name: string): Grant[] {
  const lines = new LineCounter();
  return parseAllDocuments(text, { lineCounter: lines, prettyErrors: false }).flatMap((document) => {
    const [error] = document.errors;
    if (error) throw new InputError(`${name}:${lines.linePos(error.pos[0]).line}: ${error.message}`);
    if (!isMap(document.contents)) return [];
    const policy = document.toJS() as AuthorizationPolicy;
    if (policy.kind !== "AuthorizationPolicy" || (policy.spec?.action ?? "ALLOW") !== "ALLOW") return [];
    const place = `${name}:${lines.linePos(document.contents.range?.[0] ?? 0).line}`;
    const chosen = policy.spec?.selector?.matchLabels;
    const callee = chosen && labels.map((label) => chosen[label]).find((value) => value !== undefined);
    return (policy.spec?.rules ?? []).flatMap(({ from, to }) => {
      // What a rule does not name, it allows to everybody, or for every path.
      const callers = from?.flatMap(({ source }) => source?.principals ?? ["*"]) ?? ["*"];
      const paths = to?.flatMap(({ operation }) => operation?.paths ?? ["*"]) ?? ["*"];
      return callers.flatMap((caller) =>
        paths.map((path) => ({
          caller: workloadOf(caller),
          method: path.replace(/^\//, ""),
          place,
          ...(callee === undefined ? {} : { callee }),
        })),
      );
    });
  });
}

/** `cluster.local/ns/shop/sa/order` is the workload order; a principal with a star is everybody who fits, so everybody. */
const workloadOf = (principal: string): string =>
  principal.includes("*") ? "*" : (/\/sa\/([^/]+)$/.exec(principal)?.[1] ?? principal);
