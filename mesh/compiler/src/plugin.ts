// The compiler as a plugin of buf and protoc, also installed as protoc-gen-meshc. In buf.gen.yaml:
//
//   - local: protoc-gen-meshc
//     out: gen/ts
//     strategy: all
//     opt: target=service-config-ts
//
// Options: target (required), env (an environment file; absent means the first one of mesh.yaml).

import { join, resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type CodeGeneratorRequest,
  CodeGeneratorRequestSchema,
  type CodeGeneratorResponse,
  CodeGeneratorResponse_Feature,
  CodeGeneratorResponseSchema,
  Edition,
} from "@bufbuild/protobuf/wkt";
import { filesFor, RefusedContract } from "./generate.ts";
import { InputError } from "./input-error.ts";
import { readRequest } from "./read.ts";
import { version } from "./version.ts";
import { openWorkspace, reasonOf } from "./workspace.ts";

/** Answers a request; what is wrong with it goes into `error`, as the protocol has it. */
export function respond(request: CodeGeneratorRequest, folder: string): CodeGeneratorResponse {
  try {
    const { target, env } = optionsOf(request.parameter);
    const workspace = openWorkspace(folder);
    const first = workspace.settings.environments[0];
    const environment = env ? resolve(folder, env) : first && join(workspace.root, first);
    if (!environment) throw new InputError("name an environment: opt: env=FILE, or environments in mesh.yaml");
    const contract = readRequest(request, workspace.settings);
    const files = filesFor(target, contract, workspace.environment(environment), workspace.settings);
    return create(CodeGeneratorResponseSchema, {
      ...supported,
      file: [...files].map(([name, content]) => ({ name, content })),
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // Without it, buf asks once for each folder, and then every name of another folder is unknown.
    const hint = error instanceof RefusedContract ? " (in buf.gen.yaml, the plugin needs strategy: all)" : "";
    return create(CodeGeneratorResponseSchema, { ...supported, error: error.message + hint });
  }
}

/** Nothing in the options depends on the edition of a file. */
const supported = {
  supportedFeatures: BigInt(
    CodeGeneratorResponse_Feature.PROTO3_OPTIONAL | CodeGeneratorResponse_Feature.SUPPORTS_EDITIONS,
  ),
  minimumEdition: Edition.EDITION_PROTO2,
  maximumEdition: Edition.EDITION_2024,
};

function optionsOf(parameter: string): { target: string; env?: string } {
  const options = new Map<string, string>();
  for (const part of parameter.split(",").filter(Boolean)) {
    const [key = "", ...value] = part.split("=");
    if (key !== "target" && key !== "env") throw new InputError(`unknown option ${key}: there are target and env`);
    options.set(key, value.join("="));
  }
  const target = options.get("target");
  const env = options.get("env");
  if (!target) throw new InputError("name a target: opt: target=local");
  return { target, ...(env ? { env } : {}) };
}

/** Answers the request on standard input, as buf and protoc run a plugin. */
export async function main(args: readonly string[]): Promise<void> {
  if (args[0] === "--version") {
    console.log(`protoc-gen-meshc ${version}`);
    return;
  }
  if (args.length > 0) {
    console.error("protoc-gen-meshc: is run by buf or protoc and takes no arguments; its options stand under opt");
    process.exitCode = 2;
    return;
  }
  let request: CodeGeneratorRequest;
  try {
    request = fromBinary(CodeGeneratorRequestSchema, await buffer(process.stdin));
  } catch (error) {
    console.error(`protoc-gen-meshc: standard input holds no CodeGeneratorRequest: ${reasonOf(error)}`);
    process.exitCode = 2;
    return;
  }
  process.stdout.write(toBinary(CodeGeneratorResponseSchema, respond(request, process.cwd())));
}

if (import.meta.main) await main(process.argv.slice(2));
