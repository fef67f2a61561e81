// larder call: any internal method through mTLS, as any workload, so that the policy can be seen at work.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DescMethod, fromJsonString, type Message, toBinary, toJsonString } from "@bufbuild/protobuf";
import { Metadata, type ServiceError } from "@grpc/grpc-js";
import { clientOn, type Line, lineTo, refusalIn, send } from "../caller.ts";
import { findMethod, workloadOf } from "../method.ts";
import { UsageError } from "../options.ts";
import { Refusal } from "../refusal.ts";
import type { SupervisorState } from "../state.ts";
import { PLACE_USAGE } from "./place.ts";
import { runningMesh } from "./running.ts";
import { parseWords } from "./words.ts";

export const name = "call";
export const summary = "Calls an internal method through mTLS as a workload: 0 when it answers OK.";
export const usage = `SERVICE/METHOD [JSON] --as WORKLOAD [--user ada] ${PLACE_USAGE}

  --as WORKLOAD   whose certificate to show, such as order, notification, or backoffice
  --user NAME     the user on whose behalf, for methods that need one`;

export async function run(args: readonly string[]): Promise<number> {
  const { place, text, words } = parseWords(args, ["as", "user"], [], 2);
  const [target, json = "{}"] = words;
  const caller = text("as");
  if (!target?.includes("/")) throw new UsageError("the first argument is SERVICE/METHOD");
  if (!caller) throw new UsageError("--as WORKLOAD is missing");
  const state = runningMesh(place);
  const method = await findMethod(target);
  const request = read(method, json);
  const line = await lineTo(state, workloadOf(method), caller);
  const metadata = new Metadata();
  const user = text("user");
  if (user) metadata.set("x-larder-user", await assertionOf(state, user));
  if (state.mesh === "off") console.error("# MESH=off: nobody asks who calls");
  console.error(`# ${grpcurl(line, method, json, metadata)}`);
  const client = clientOn(line);
  try {
    const show = (message: Message) => console.log(toJsonString(method.output, message, { prettySpaces: 2 }));
    await send(client, method, request, metadata, show);
    return 0;
  } catch (error) {
    console.error(refusalIn(error as ServiceError));
    return 1;
  } finally {
    client.close();
  }
}

function read(method: DescMethod, json: string): Uint8Array {
  try {
    return toBinary(method.input, fromJsonString(method.input, json));
  } catch (error) {
    throw new UsageError(`the request is no ${method.input.name}: ${(error as Error).message}`);
  }
}

/** The same call for who has grpcurl. */
function grpcurl({ address, authority, files }: Line, method: DescMethod, json: string, metadata: Metadata): string {
  const options = files
    ? `-cacert ${files.bundle} -cert ${files.certificate} -key ${files.key} -authority ${authority}`
    : "-plaintext -unix";
  const headers = Object.entries(metadata.getMap()).map(([key, value]) => ` -H '${key}: ${value}'`);
  return `grpcurl ${options}${headers.join("")} -d '${json}' ${address} ${method.parent.typeName}/${method.name}`;
}

/** An assertion as the gateway makes it, signed with the gateway's key: only who owns the run folder can do that. */
async function assertionOf(state: SupervisorState, user: string): Promise<string> {
  const keyFile = join(state.runFolder, "gateway-0", "user-key.pem");
  try {
    readFileSync(keyFile);
  } catch {
    throw new Refusal(`${keyFile} cannot be read: the mesh belongs to another user.`);
  }
  // Loaded only here: it takes the kit along.
  const { assertionSigner } = await import("../../../../services/gateway/assertion.ts");
  return (await assertionSigner(keyFile))({ subject: user, scopes: [] }, []);
}
