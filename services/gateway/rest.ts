// JSON over plain HTTP, by the google.api.http options of the contract: path, query and body make the request message,
// and errors are written as google.rpc.Status in JSON.
import {
  create,
  createRegistry,
  type DescField,
  type DescMessage,
  fromJson,
  getOption,
  hasOption,
  type JsonObject,
  type JsonValue,
  type Message,
  type Registry,
  toJson,
} from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { http } from "@larder/contract/google/api/annotations_pb.js";
import { BadRequestSchema, ErrorInfoSchema } from "@larder/contract/google/rpc/error_details_pb.js";
import { StatusSchema } from "@larder/contract/google/rpc/status_pb.js";
import { Code, CodedError, RpcError } from "@larder/platform";
import { malformed, tooLarge } from "./errors.ts";
import type { EdgeRequest, EdgeResponse } from "./listener.ts";
import type { GatedMethod } from "./pipeline.ts";
import { readTemplate, type Template } from "./template.ts";

/** The largest body that is accepted, in bytes. */
export const maxBodyBytes = 1 << 20;

interface Binding {
  readonly verb: string;
  readonly template: Template;
  readonly body: string;
  readonly gate: GatedMethod;
}

/** Answers a request if its path is one of the contract's; says whether it did. */
export type Rest = (request: EdgeRequest, response: EdgeResponse) => boolean;

export function restServer(methods: readonly GatedMethod[]): Rest {
  const bindings = methods.flatMap(bindingsOf);
  return (request, response) => {
    const url = new URL(request.url ?? "/", "http://edge");
    const fitting = bindings.flatMap((binding) => {
      const variables = binding.template.match(url.pathname);
      return variables ? [{ binding, variables }] : [];
    });
    if (fitting.length === 0) return false;
    const found = fitting.find(({ binding }) => binding.verb === request.method);
    if (found) void answer(request, response, found.binding, found.variables, url.searchParams);
    else {
      const allowed = fitting.map(({ binding }) => binding.verb).join(", ");
      response.setHeader("allow", allowed);
      writeError(response, new CodedError(Code.UNIMPLEMENTED, "UNKNOWN_METHOD", `this path takes ${allowed}`), 405);
    }
    return true;
  };
}

function bindingsOf(gate: GatedMethod): Binding[] {
  if (!hasOption(gate.method, http)) return [];
  const rule = getOption(gate.method, http);
  return [rule, ...rule.additionalBindings].map(({ pattern, body }) => {
    const { case: verb, value } = pattern;
    if (!verb || verb === "custom") throw new Error(`${gate.method.name} has an HTTP rule without a verb`);
    return { verb: verb.toUpperCase(), template: readTemplate(value), body, gate };
  });
}

async function answer(
  request: EdgeRequest,
  response: EdgeResponse,
  { body, gate }: Binding,
  variables: Readonly<Record<string, string>>,
  query: URLSearchParams,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    const json = body ? bodyOf(gate.method.input, body, await readBody(request)) : {};
    for (const [path, value] of Object.entries(variables)) place(json, gate.method.input, path, [value]);
    for (const path of new Set(query.keys())) place(json, gate.method.input, path, query.getAll(path));
    const message = parse(gate.method.input, json);
    const result = await gate.unary(message, { headers: headersOf(request), signal: gone.signal });
    write(response, 200, toJson(gate.method.output, result as Message, { alwaysEmitImplicit: true }));
  } catch (error) {
    writeError(response, error);
  }
}

function bodyOf(input: DescMessage, body: string, text: string): JsonObject {
  if (text === "") return {};
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (cause) {
    throw malformed("the body is not JSON", cause);
  }
  if (body === "*") {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw malformed("the body is not a JSON object");
    return { ...value };
  }
  const field = input.fields.find(({ name }) => name === body);
  return { [field?.jsonName ?? body]: value };
}

/** Puts a value from path or query where the field path says: `preferences.email`. */
function place(json: JsonObject, input: DescMessage, path: string, values: readonly string[]): void {
  const [first = "", ...rest] = path.split(".");
  const field = input.fields.find(({ name, jsonName }) => name === first || jsonName === first);
  if (!field) throw malformed(`there is no field ${path.slice(0, 100)}`);
  if (rest.length > 0) {
    if (field.fieldKind !== "message") throw malformed(`${first} has no fields`);
    json[field.jsonName] ??= {};
    place(json[field.jsonName] as JsonObject, field.message, rest.join("."), values);
  } else if (field.fieldKind === "list") json[field.jsonName] = values.map((value) => scalar(field, value));
  else json[field.jsonName] = scalar(field, values.at(-1) ?? "");
}

// Numbers may stand as text in the JSON of Protobuf, but true and false may not.
const scalar = (field: DescField, value: string): JsonValue =>
  field.fieldKind === "scalar" && field.scalar === 8 && /^(true|false)$/.test(value) ? value === "true" : value;

function parse(input: DescMessage, json: JsonObject): Message {
  try {
    return fromJson(input, json);
  } catch (cause) {
    const why =
      cause instanceof Error ? cause.message.replace(/^cannot decode (message|field) larder\.\S+\.(\S+)/, "$2") : "";
    throw malformed(`the request does not fit: ${why.slice(0, 300)}`, cause);
  }
}

// A body above this is not even read to its end: the connection goes with it.
const patienceBytes = 16 * maxBodyBytes;

function readBody(request: EdgeRequest): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBodyBytes) chunks.push(chunk);
      else {
        // The rest is read and thrown away, so that the caller gets its answer and can go on.
        reject(tooLarge(maxBodyBytes));
        chunks.length = 0;
        if (size > patienceBytes) request.destroy();
      }
    });
    request.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.on("error", reject);
  });
}

function headersOf(request: EdgeRequest): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (!name.startsWith(":") && value !== undefined)
      headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  return headers;
}

const detailTypes: Registry = createRegistry(ErrorInfoSchema, BadRequestSchema);

// As google.rpc.Code maps to HTTP.
const httpStatus: Partial<Record<Code, number>> = {
  [Code.CANCELLED]: 499,
  [Code.INVALID_ARGUMENT]: 400,
  [Code.DEADLINE_EXCEEDED]: 504,
  [Code.NOT_FOUND]: 404,
  [Code.ALREADY_EXISTS]: 409,
  [Code.PERMISSION_DENIED]: 403,
  [Code.UNAUTHENTICATED]: 401,
  [Code.RESOURCE_EXHAUSTED]: 429,
  [Code.FAILED_PRECONDITION]: 400,
  [Code.ABORTED]: 409,
  [Code.OUT_OF_RANGE]: 400,
  [Code.UNIMPLEMENTED]: 501,
  [Code.UNAVAILABLE]: 503,
};

/** Writes an error as google.rpc.Status. `status` stands in for what the code maps to. */
export function writeError(response: EdgeResponse, thrown: unknown, status?: number): void {
  const error = thrown instanceof CodedError ? thrown : new CodedError(Code.INTERNAL, "", "internal error");
  const rpc = error instanceof RpcError ? error : undefined;
  const info = create(ErrorInfoSchema, {
    reason: error.reason,
    domain: rpc?.domain || "gateway",
    metadata: { ...rpc?.metadata },
  });
  const body = create(StatusSchema, {
    code: error.code,
    message: error.message,
    details: [...(error.reason ? [anyPack(ErrorInfoSchema, info)] : []), ...(rpc?.details ?? [])],
  });
  const large = error.reason === "REQUEST_TOO_LARGE" ? 413 : undefined;
  write(
    response,
    status ?? large ?? httpStatus[error.code] ?? 500,
    toJson(StatusSchema, body, { registry: detailTypes }),
  );
}

function write(response: EdgeResponse, status: number, body: JsonValue): void {
  if (response.destroyed || response.headersSent) return;
  response.statusCode = status;
  response.setHeader("content-type", "application/json");
  response.end(`${JSON.stringify(body)}\n`);
}
