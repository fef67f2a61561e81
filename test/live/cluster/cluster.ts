// A cluster as the manifests need one: an API server that knows the kinds of Istio, Gateway API, Linkerd and the
// prometheus-operator. Nothing runs in it.

import { existsSync } from "node:fs";
import { expect, type TestContext, test } from "vitest";
import { repository } from "../../contract.ts";
import { type Any, objectsIn } from "../manifests/manifests.ts";
import { definitionFiles, linkerdDefinitions } from "../manifests/schemas.ts";
import { type ApiServer, startApiServer, whyNotApiServer } from "./api-server.ts";

/** Why Linkerd's kinds are unknown to it. Undefined: they are known. */
export const whyNotLinkerd = (): string | undefined =>
  existsSync(linkerdDefinitions)
    ? undefined
    : "the definitions of Linkerd are in no registry, and not at ../shared/data/linkerd/crds.yaml";

const INGRESS = "istio-ingress";

/** Why there is no cluster here. Undefined: there can be one. */
export const noCluster = whyNotApiServer();

/** A test that needs a cluster; where there is none it is skipped, and says why. */
export const withCluster = (name: string, body: (context: TestContext) => void | Promise<void>): void =>
  test(name, { timeout: 900_000 }, async (context) => {
    if (noCluster) context.skip(noCluster);
    await body(context);
  });

/** Whose kinds a cluster can know. */
export type Source = Parameters<typeof definitionFiles>[0];

/** Starts it. Takes half a minute: once per test file. Absent sources: all that can be had. */
export async function startCluster(sources?: readonly Source[]): Promise<ApiServer> {
  const all: Source[] = ["istio", "gateway", "prometheus", ...(whyNotLinkerd() ? [] : (["linkerd"] as const))];
  const server = await startApiServer();
  try {
    const files = (sources ?? all).flatMap(definitionFiles);
    await succeeds(server, ["apply", "--server-side", ...files.map((file) => `--filename=${file}`)]);
    await succeeds(server, ["wait", "--for=condition=Established", "--timeout=120s", "crd", "--all"]);
    // Where the ingress runs, which is there before.
    await succeeds(server, ["create", "namespace", INGRESS]);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** What a command of kubectl prints, run in the repository. Throws where it fails, or has anything else to say. */
export async function succeeds(server: ApiServer, args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await server.kubectl(args, { cwd: repository });
  if (status !== 0 || stderr) throw new Error(`kubectl ${args.join(" ")}: ${stderr || stdout}`);
  return stdout;
}

/** The version of each object of a folder after it was applied, by its kind and name. */
export async function applied(server: ApiServer, folder: string): Promise<Record<string, string>> {
  const said = await succeeds(server, ["apply", "--server-side", "-o", "json", "-k", folder]);
  const { items } = JSON.parse(said) as { items: Any[] };
  return Object.fromEntries(items.map((object) => [keyOf(object), object.metadata.resourceVersion]));
}

export const keyOf = ({ kind, metadata }: Any): string => `${kind}/${metadata.name}`;

/** The objects that stand in the files of a folder. */
export const keysIn = (folder: string): string[] => objectsIn(folder).map(keyOf).sort();

/** The objects of a target that are in the cluster. `kinds` as kubectl names them. */
export async function keysThere(server: ApiServer, target: string, kinds: readonly string[]): Promise<string[]> {
  const selected = ["--all-namespaces", "-l", `mesh.v1/target=${target}`, "-o", "json"];
  const { items } = JSON.parse(await succeeds(server, ["get", kinds.join(","), ...selected])) as { items: Any[] };
  return items.map(keyOf).sort();
}

/** A line of a document is run, and says nothing on standard error. */
export async function runs(server: ApiServer, line: string, cwd: string = repository): Promise<string> {
  const { status, stdout, stderr } = await server.run(line, { cwd });
  expect({ line, status, stderr }).toEqual({ line, status: 0, stderr: "" });
  return stdout;
}
