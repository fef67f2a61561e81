// Refusals of the edge in the form that the client's protocol has for errors: gRPC, gRPC-Web, Connect, or JSON over HTTP.

import { named, note, type Yaml, type YamlMap } from "../yaml.ts";
import { grpcReply, overLimit, silenceMessage, silent, status, tooLongMessage } from "./local-replies.ts";

/** A refusal that a sidecar gives by itself. */
interface Refusal {
  /** An access log filter that finds it. */
  readonly when: Yaml;
  /** The HTTP status for Connect and JSON. */
  readonly http: number;
  /** The canonical code: number and name. */
  readonly code: number;
  readonly name: string;
  /** Absent: what Envoy says. */
  readonly message?: string;
  /** Envoy would give gRPC callers another code. */
  readonly mend?: true;
}

function refusals(maxRequestBytes: number, full: string): Refusal[] {
  const tooSlow = "the call took too long";
  const tooLong = tooLongMessage(maxRequestBytes);
  return [
    { when: overLimit, http: 429, code: 8, name: "RESOURCE_EXHAUSTED", message: full, mend: true },
    { when: status("EQ", 400), http: 400, code: 3, name: "INVALID_ARGUMENT" },
    { when: status("EQ", 401), http: 401, code: 16, name: "UNAUTHENTICATED" },
    { when: status("EQ", 403), http: 403, code: 7, name: "PERMISSION_DENIED" },
    { when: status("EQ", 408), http: 504, code: 4, name: "DEADLINE_EXCEEDED", message: tooSlow },
    { when: status("EQ", 413), http: 413, code: 8, name: "RESOURCE_EXHAUSTED", message: tooLong, mend: true },
    { when: status("EQ", 429), http: 429, code: 8, name: "RESOURCE_EXHAUSTED", message: "too many requests" },
    { when: silent, http: 504, code: 4, name: "DEADLINE_EXCEEDED", message: silenceMessage, mend: true },
    { when: status("EQ", 504), http: 504, code: 4, name: "DEADLINE_EXCEEDED", message: tooSlow },
    { when: status("GE", 500), http: 503, code: 14, name: "UNAVAILABLE", message: "the service cannot be reached" },
  ];
}

/**
 * The mappers of the edge; the first that fits a refusal is used.
 * `services` are those whose methods Connect clients call at `/package.Service/Method`.
 */
export function edgeReplies(services: readonly string[], maxRequestBytes: number, full: string): Yaml[] {
  const all = refusals(maxRequestBytes, full);
  const grpc = contentType("is-grpc", "application/grpc");
  const web = contentType("is-grpc-web", "application/grpc-web");
  const connect = named("is-connect", atMethodOf(services));
  const both = (a: Yaml, b: Yaml): Yaml => ({ and_filter: { filters: [a, b] } });
  return [
    ...all
      .map((refusal) => both(web, refusal.when))
      .map((filter, i) =>
        comment(
          i,
          "gRPC-Web: HTTP status 200, and a frame of trailers with the gRPC status (base64 of the bytes).",
          grpcWeb(filter, all[i] as Refusal),
        ),
      ),
    ...all
      .filter(({ mend }) => mend)
      .map((refusal, i) =>
        comment(
          i,
          "gRPC: Envoy's own mapping, but where it would mislead.",
          grpcReply(both(grpc, refusal.when), refusal.code, refusal.message ?? ""),
        ),
      ),
    { filter: grpc },
    ...all.map((refusal, i) =>
      comment(
        i,
        "Connect: an error in JSON at the path of a method.",
        json(both(connect, refusal.when), refusal, connectBody),
      ),
    ),
    ...all.map((refusal, i) =>
      comment(i, "Everything else: google.rpc.Status in JSON.", json(refusal.when, refusal, statusBody)),
    ),
  ];
}

function atMethodOf(services: readonly string[]): Yaml {
  const filters = services.map((service) => ({
    header_filter: { header: { name: ":path", string_match: { prefix: `/${service}/` } } },
  }));
  return filters.length > 1 ? { or_filter: { filters } } : { ...filters[0] };
}

const contentType = (name: string, prefix: string): Yaml =>
  named(name, { header_filter: { header: { name: "content-type", string_match: { prefix } } } });

const said = ({ message }: Refusal): string => message ?? "%LOCAL_REPLY_BODY%";
const connectBody = (refusal: Refusal): YamlMap => ({ code: refusal.name.toLowerCase(), message: said(refusal) });
const statusBody = (refusal: Refusal): YamlMap => ({
  code: refusal.code,
  status: refusal.name,
  message: said(refusal),
});

const json = (filter: Yaml, refusal: Refusal, body: (refusal: Refusal) => YamlMap): YamlMap => ({
  filter,
  status_code: refusal.http,
  body_format_override: { json_format: body(refusal) },
});

/** What Envoy says depends on the case; the length of this has to be known. */
const webMessage: Readonly<Record<string, string>> = {
  INVALID_ARGUMENT: "the request is malformed",
  UNAUTHENTICATED: "a valid access token is needed",
  PERMISSION_DENIED: "access denied",
};

/** A body of one frame, which holds what gRPC has in trailers: its kind, its length, its text. */
function grpcWeb(filter: Yaml, refusal: Refusal): YamlMap {
  const message = refusal.message ?? webMessage[refusal.name] ?? "";
  const text = Buffer.from(`grpc-status:${refusal.code}\r\ngrpc-message:${encodeURI(message)}\r\n`);
  const head = Buffer.from([0x80, 0, 0, 0, 0]);
  head.writeUInt32BE(text.length, 1);
  return {
    filter,
    status_code: 200,
    body: { inline_bytes: Buffer.concat([head, text]).toString("base64") },
    body_format_override: named("grpc-web-body", {
      text_format_source: { inline_string: "%LOCAL_REPLY_BODY%" },
      content_type: "application/grpc-web+proto",
    }),
  };
}

const comment = (index: number, text: string, value: Yaml): Yaml => (index === 0 ? note(text, value) : value);
