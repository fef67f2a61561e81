// meshc check --env against a real API server: what an environment names, and what is there of it.

import { afterAll, beforeAll, describe, expect } from "vitest";
import { repository } from "../../contract.ts";
import { type ApiServer, startApiServer } from "./api-server.ts";
import { noCluster, succeeds, withCluster } from "./cluster.ts";

let server: ApiServer;

describe("an environment", () => {
  beforeAll(async () => {
    if (noCluster) return;
    server = await startApiServer();
    for (const name of ["larder", "istio-ingress"]) await succeeds(server, ["create", "namespace", name]);
  }, 300_000);
  afterAll(() => server?.stop());

  const check = async () => {
    const { status, stdout, stderr } = await server.run("npx meshc check --env mesh/environments/staging.yaml", {
      cwd: repository,
    });
    return { status, stderr, found: stdout.split("\n").filter(Boolean) };
  };
  const unset = "mesh/environments/staging.yaml:1: secret-unset: ";
  /** Images are pinned where they are pushed, which these are not. */
  const byTag = expect.stringMatching(
    /image-unpinned \(warning\): 12 of 12 images are named by a tag, .*: aggregator, catalog, /,
  );

  withCluster("lacks everything at first, and then what is still missing or empty", async () => {
    const first = await check();
    expect(first.status).toBe(1);
    expect(first.found.filter((line) => !line.startsWith(unset))).toEqual([byTag]);
    expect(first.found).toContain(
      `${unset}Secret larder/order-database is not there, and is for order, as ORDER_DATABASE_URL. Mend: create it in the cluster.`,
    );
    const create = ["create", "-n", "larder"];
    await succeeds(server, [
      ...create,
      "secret",
      "generic",
      "order-database",
      "--from-literal=url=postgres://a-password",
    ]);
    await succeeds(server, [...create, "secret", "generic", "cache", "--from-literal=address=x"]);
    await succeeds(server, [...create, "secret", "generic", "event-log", "--from-literal=url="]);
    await succeeds(server, [...create, "configmap", "user-keys"]);
    const { found } = await check();
    expect(found.join("\n")).not.toContain("order-database");
    expect(found).toContainEqual(expect.stringContaining("Secret larder/cache has no url, and is for gateway"));
    expect(found).toContainEqual(expect.stringContaining("Secret larder/event-log has no url, and is for order"));
    expect(found).toContainEqual(expect.stringContaining("ConfigMap larder/user-keys is empty, and is for catalog"));
    expect(found.join("\n")).not.toContain("a-password");
  });

  withCluster("is well once all of it is there", async () => {
    for (let round = 0; round < 2; round++) {
      for (const line of (await check()).found.filter((line) => line.startsWith(unset))) {
        const [, kind = "", namespace = "", name = "", lack = ""] =
          /(Secret|ConfigMap) (\S+)\/(\S+) (.*), and is for/.exec(line) ?? [];
        const key = /has no (\S+)/.exec(lack)?.[1] ?? "url";
        const value = { ...(kind === "Secret" ? { stringData: { [key]: "x" } } : { data: { [key]: "x" } }) };
        const labelled = { apiVersion: "v1", kind, metadata: { name, namespace }, ...value };
        await server.apply(JSON.stringify(labelled));
      }
    }
    const { status, found, stderr } = await check();
    expect(found).toEqual([byTag]);
    expect(stderr).toContain("0 errors, 1 warning");
    expect(status).toBe(0);
  });

  withCluster("of one machine needs no cluster", async () => {
    const { status } = await server.run("KUBECONFIG=/dev/null npx meshc check --env mesh/environments/local.yaml", {
      cwd: repository,
    });
    expect(status).toBe(0);
  });

  withCluster("whose cluster does not answer is one clear line", async () => {
    const { status, stderr } = await server.run(
      "npx meshc check --env mesh/environments/staging.yaml --context nowhere",
      { cwd: repository },
    );
    expect(status).toBe(2);
    expect(stderr).toMatch(/^meshc: kubectl get: .*"nowhere" does not exist\n$/);
  });
});
