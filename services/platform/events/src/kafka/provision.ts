// What a Kafka cluster must have before workloads with rights of their own use it: the topics, and the rights.

import type { Acl } from "@platformatic/kafka";
import type { Topic } from "../topic.ts";
import { parseKafkaUrl } from "./address.ts";
import { Cluster, library } from "./cluster.ts";
import { check } from "./codes.ts";
import { KafkaEventLog } from "./engine.ts";
import { leasesTopic } from "./leases.ts";
import { Register } from "./register.ts";
import { type Grant, grantsOf, type Operation } from "./rights.ts";

/**
 * Creates those of the names that are not there, and what belongs to the topics; makes the rights of the workloads what the contract says. Returns
 * how many partitions each of the names has. The user at the address may do everything.
 */
export async function provisionKafka(
  url: string,
  names: readonly string[],
  partitions: number,
  topics: readonly Topic[],
  workloads: readonly string[],
): Promise<Map<string, number>> {
  const cluster = new Cluster(parseKafkaUrl(url), "provision");
  const log = new KafkaEventLog(url, { clientName: "provision", defaultPartitions: partitions });
  try {
    const actual = new Map<string, number>();
    for (const name of names) actual.set(name, await log.createTopic(name, partitions));
    for (const { name, consumers } of topics)
      for (const group of consumers) await Register.create(cluster, leasesTopic(name, group));
    const wanted = workloads.flatMap((workload) => grantsOf(workload, topics).map((grant) => aclOf(workload, grant)));
    await setAcls(cluster, wanted);
    return actual;
  } finally {
    cluster.close();
    await log.close();
  }
}

const ANY = 1;
const KIND: Record<Grant["kind"], Acl["resourceType"]> = { topic: 2, group: 3 };
const OPERATION: Record<Operation, Acl["operation"]> = {
  read: 3,
  write: 4,
  delete: 6,
  describe: 8,
  describeconfigs: 10,
};
const LITERAL = 3;
const ALLOW = 3;

const aclOf = (workload: string, { kind, name, operation }: Grant): Acl => ({
  resourceType: KIND[kind],
  resourceName: name,
  resourcePatternType: LITERAL,
  principal: `User:${workload}`,
  host: "*",
  operation: OPERATION[operation],
  permissionType: ALLOW,
});

const keyOf = ({ resourceType, resourceName, principal, operation, permissionType }: Acl): string =>
  [resourceType, resourceName, principal, operation, permissionType].join(" ");

async function setAcls(cluster: Cluster, wanted: readonly Acl[]): Promise<void> {
  const { createAclsV3, deleteAclsV3, describeAclsV3 } = await library();
  const every = { resourceType: ANY, resourcePatternType: ANY, operation: ANY, permissionType: ANY } as const;
  const filter = { ...every, resourceName: null, principal: null, host: null };
  const held = await cluster.send(undefined, describeAclsV3.api, filter);
  check(held.errorCode, "the rights");
  const present = held.resources.flatMap(({ acls, ...resource }) => acls.map((acl): Acl => ({ ...resource, ...acl })));
  const keys = new Set(wanted.map(keyOf));
  const gone = present.filter((acl) => !keys.has(keyOf(acl)));
  const missing = new Map(wanted.map((acl) => [keyOf(acl), acl]));
  for (const acl of present) missing.delete(keyOf(acl));
  if (gone.length > 0) {
    const { filterResults } = await cluster.send(undefined, deleteAclsV3.api, gone);
    for (const { errorCode } of filterResults) check(errorCode, "the rights");
  }
  if (missing.size > 0) {
    const { results } = await cluster.send(undefined, createAclsV3.api, [...missing.values()]);
    for (const { errorCode } of results) check(errorCode, "the rights");
  }
}
