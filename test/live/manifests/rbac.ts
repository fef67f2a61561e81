// What Envoy's RBAC filter would answer: its rules, read from the configuration that Istio makes, applied to a request.

import type { Any } from "./manifests.ts";

/** A call as the proxy of the callee sees it. */
export interface Request {
  /** The SPIFFE id in the certificate of the caller. */
  readonly principal: string;
  readonly path: string;
  /** Absent: POST, as for every gRPC call. */
  readonly method?: string;
  /** The scopes of a token that was verified. Absent: there was none. */
  readonly scopes?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Where it came in. Absent: no rule may ask. */
  readonly port?: number;
}

/** Whether a filter with these rules (`ALLOW`, the default) lets the request in: some policy has to fit. */
export const allows = (rules: Any, request: Request): boolean => {
  if (rules.action !== undefined && rules.action !== "ALLOW") throw new Error(`the action is ${rules.action}`);
  return Object.values(rules.policies as Record<string, Any>).some(
    ({ permissions, principals }) =>
      permissions.some((permission: Any) => fits(permission, request)) &&
      principals.some((principal: Any) => fits(principal, request)),
  );
};

/** Permissions and principals are built alike; a kind that is not known here must not pass for one that fits. */
function fits(rule: Any, request: Request): boolean {
  const [[kind, value] = ["", undefined], ...others] = Object.entries<Any>(rule);
  if (others.length > 0) throw new Error(`a rule of several kinds: ${JSON.stringify(rule)}`);
  switch (kind) {
    case "any":
      return value === true;
    case "andRules":
    case "andIds":
      return (value.rules ?? value.ids).every((part: Any) => fits(part, request));
    case "orRules":
    case "orIds":
      return (value.rules ?? value.ids).some((part: Any) => fits(part, request));
    case "notRule":
    case "notId":
      return !fits(value, request);
    case "authenticated":
      return textFits(value.principalName, request.principal);
    case "urlPath":
      return textFits(value.path, pathOf(request));
    case "uriTemplate":
      return templateFits(value.typedConfig.pathTemplate, pathOf(request));
    case "destinationPort":
      if (request.port === undefined) throw new Error("a rule asks for the port, and the request has none");
      return value === request.port;
    case "header":
      return headerFits(value, request);
    case "metadata":
      return metadataFits(value, request);
    default:
      throw new Error(`a rule of a kind that is not known here: ${kind}`);
  }
}

const pathOf = ({ path }: Request): string => path.split("?")[0] ?? "";

function headerFits({ name, presentMatch, stringMatch }: Any, request: Request): boolean {
  const known: Record<string, string> = { ":method": request.method ?? "POST", ":path": request.path };
  const value = known[name] ?? request.headers?.[name];
  if (presentMatch) return value !== undefined;
  return value !== undefined && textFits(stringMatch, value);
}

/** A claim of the token: `scope`, split at its spaces, is the only one that rules ask for, beside who issued it to whom. */
function metadataFits({ filter, path, value }: Any, { scopes }: Request): boolean {
  const keys = path.map(({ key }: Any) => key).join(".");
  if (filter !== "envoy.filters.http.jwt_authn" || keys !== "payload.scope") {
    throw new Error(`metadata that is not known here: ${filter} ${keys}`);
  }
  const matchers: Any[] = value.orMatch?.valueMatchers ?? [value];
  return matchers.some(({ listMatch }) => {
    const wanted = listMatch?.oneOf.stringMatch;
    return wanted !== undefined && (scopes ?? []).some((scope) => textFits(wanted, scope));
  });
}

function textFits(match: Any, text: string): boolean {
  const [[kind, value] = ["", ""]] = Object.entries<string>(match);
  if (kind === "exact") return text === value;
  if (kind === "prefix") return text.startsWith(value);
  if (kind === "suffix") return text.endsWith(value);
  throw new Error(`a match that is not known here: ${kind}`);
}

/** `*` is one segment, `**` the rest. */
const templateFits = (template: string, path: string): boolean =>
  new RegExp(`^${template.replace(/\{?\*\*\}?|\{?\*\}?/g, (stars) => (stars.includes("**") ? ".*" : "[^/]+"))}$`).test(
    path,
  );
