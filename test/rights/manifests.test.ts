// The rights in the Kafka manifests, which the compiler makes, against those that the engine says it needs and the local broker is given.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { grantsOf } from "@larder/events/provision";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { loadMeshEnvironment } from "../../mesh/runner/src/index.ts";
import { readContract, repository } from "../contract.ts";

interface KafkaUser {
  readonly kind: string;
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly authorization: {
      readonly acls: readonly {
        readonly resource: { readonly type: string; readonly name: string };
        readonly operations: readonly string[];
      }[];
    };
  };
}

/** What goes without saying: to read, write or delete is to describe. */
const distinct = (rights: readonly string[]): string[] =>
  [...new Set(rights)].filter((right) => !/^topic .* describe$/.test(right)).sort();

test("the manifests give every workload the rights that it has on this machine, and no others", {
  timeout: 60_000,
}, async () => {
  const { topics = [] } = await loadMeshEnvironment();
  const folder = join(repository, "mesh/kafka");
  const objects = readdirSync(folder).flatMap((file) =>
    parseAllDocuments(readFileSync(join(folder, file), "utf8")).map((document) => document.toJS() as KafkaUser),
  );
  const users = new Map(
    objects
      .filter(({ kind }) => kind === "KafkaUser")
      .map(({ metadata, spec }) => [metadata.labels["app.kubernetes.io/name"], spec.authorization.acls]),
  );
  for (const workload of readContract().workloads) {
    const given = (users.get(workload) ?? []).flatMap(({ resource, operations }) =>
      operations.map((operation) => `${resource.type} ${resource.name} ${operation.toLowerCase()}`),
    );
    const needed = grantsOf(workload, topics).map(({ kind, name, operation }) => `${kind} ${name} ${operation}`);
    const reads = new Set(needed.filter((right) => right.startsWith("group ") && right.endsWith(" read")));
    // To read a group is to describe it.
    const described = [...reads].map((right) => right.replace(/read$/, "describe"));
    expect(distinct(given)).toEqual(distinct([...needed, ...described]));
  }
  expect(users.size).toBeGreaterThan(1);
});
