// The API server that the suites of clusters start: it answers, keeps out who has no token, and leaves nothing behind.

import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { startApiServer, whyNotApiServer } from "./api-server.ts";

const configMap = (name: string): string =>
  JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default" }, data: { b: "c" } });

test("an API server starts, answers its administrator alone, and is gone after it", {
  timeout: 300_000,
}, async (context) => {
  const reason = whyNotApiServer();
  if (reason) context.skip(reason);
  const server = await startApiServer();
  try {
    const { status, stdout } = await server.kubectl(["version", "-o", "json"]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout).serverVersion.gitVersion).toMatch(/^v1\.\d+\.\d+$/);
    await server.apply(configMap("a"));
    const read = await server.kubectl(["get", "configmap", "a", "-o", "jsonpath={.data.b}"]);
    expect(read.stdout).toBe("c");
    await expect(server.apply(configMap("A"))).rejects.toThrow("metadata.name");
    const stranger = await server.kubectl(["get", "configmaps", "--token=of-a-stranger"]);
    expect(stranger.status).toBe(1);
    expect(stranger.stderr).toContain("Unauthorized");
  } finally {
    await server.stop();
  }
  expect(existsSync(dirname(server.kubeconfig))).toBe(false);
});
