// What an environment needs of a cluster before it starts. That a real cluster is asked for it is in test/live/cluster.

import { expect, test } from "vitest";
import { inCluster } from "../emit/cluster.ts";
import { libraryCluster, libraryWithGatesText } from "../emit/testing/library.ts";
import { parseEnvironment } from "../environment.ts";
import { meshc } from "../recorded-run.ts";
import { neededBy } from "./unset.ts";

test("workloads need what their secrets and files name, and the ingress its certificate", () => {
  const environment = inCluster(
    libraryCluster((text) => text.replace("desk: {", 'desk: { secrets: { DESK_SEAL: { name: seal, key: "wax" } },')),
    "check",
  );
  expect(neededBy(environment)).toEqual([
    {
      kind: "Secret",
      namespace: "ingress",
      name: "books-certificate",
      key: "tls.crt",
      by: "the ingress, for books.library.test",
    },
    {
      kind: "Secret",
      namespace: "ingress",
      name: "books-certificate",
      key: "tls.key",
      by: "the ingress, for books.library.test",
    },
    { kind: "ConfigMap", namespace: "reading", name: "user-keys", by: "stock, at /etc/library/keys" },
    { kind: "Secret", namespace: "reading", name: "seal", key: "wax", by: "desk, as DESK_SEAL" },
    { kind: "Secret", namespace: "reading", name: "stock-database", key: "url", by: "stock, as STOCK_DATABASE_URL" },
  ]);
});

test("the ingress needs a certificate and the authority of devices, where it has them", () => {
  const environment = inCluster(parseEnvironment(libraryWithGatesText, "library.yaml"), "check");
  const ofDevices = neededBy(environment).filter(({ name }) => name === "gates-certificate");
  expect(ofDevices.map(({ namespace, key }) => [namespace, key])).toEqual([
    ["ingress", "ca.crt"],
    ["ingress", "tls.crt"],
    ["ingress", "tls.key"],
  ]);
  expect(ofDevices[0]?.by).toBe("the ingress, for devices at gates.library.test");
});

test.each([
  ["check --context here", "--context is the cluster of an environment"],
  ["check --env a.yaml --write-baseline b.json", "--write-baseline takes no --env"],
])("%s is refused", async (line, problem) => {
  const { code, err } = await meshc(line, ".");
  expect(code).toBe(2);
  expect(err).toContain(problem);
});
