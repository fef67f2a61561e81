// What the manifests tell a workload about its event log, against what its client makes of it and what Kafka's own manifests give.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseKafkaUrl } from "@larder/events";
import { REGISTER_SETTINGS, TOPIC_SETTINGS } from "@larder/events/provision";
import { readEnv } from "@larder/platform";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { repository } from "../contract.ts";

// biome-ignore lint/suspicious/noExplicitAny: manifests are looked at as they are.
type Any = any;

const objectsIn = (folder: string): Any[] =>
  readdirSync(join(repository, folder)).flatMap((file) =>
    parseAllDocuments(readFileSync(join(repository, folder, file), "utf8")).map((document) => document.toJS()),
  );
const kafka = objectsIn("mesh/kafka");
const topics = kafka.filter(({ kind }) => kind === "KafkaTopic");
const users = kafka.filter(({ kind }) => kind === "KafkaUser");

const istio = objectsIn("mesh/istio/production");
const production = objectsIn("mesh/kubernetes/production");
const deployments = production.filter(
  ({ kind, spec }) =>
    kind === "Deployment" &&
    spec.template.spec.containers[0].env.some(({ name }: Any) => name.endsWith("_EVENT_LOG_URL")),
);

test("every workload with events is looked at", () => {
  expect(deployments.length).toBeGreaterThan(1);
  expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual(
    users.map(({ metadata }) => metadata.labels["app.kubernetes.io/name"]).sort(),
  );
});

test.each(deployments.map((deployment) => [deployment.metadata.name, deployment]))(
  "%s logs in as the user that its manifest makes, by the mechanism and with the certificates of its cluster",
  async (name, { spec }) => {
    const user = users.find(({ metadata }) => metadata.labels["app.kubernetes.io/name"] === name);
    const cluster = user.metadata.labels["strimzi.io/cluster"];
    const [{ env, volumeMounts }] = spec.template.spec.containers;
    const password = env.find(({ name: variable }: Any) => variable.endsWith("_EVENT_LOG_PASSWORD")).valueFrom;
    // The operator keeps a user's password in a secret of the user's name.
    expect(password.secretKeyRef).toEqual({ name: user.metadata.name, key: "password" });

    // Programs in other languages read the same settings: what order reads stands for theirs.
    const reader = existsSync(join(repository, "services", name, "config.ts")) ? name : "order";
    const given = env.map(({ name: variable, value = "of-a-secret" }: Any) => [
      variable.replace(`${name}_EVENT_LOG`.toUpperCase(), `${reader}_EVENT_LOG`.toUpperCase()),
      value,
    ]);
    const { settings } = await import(join(repository, "services", reader, "config.ts"));
    const own = readEnv({ url: settings.eventLogUrl }, Object.fromEntries(given)) as { url: string };
    const { login, tls, nodes } = parseKafkaUrl(own.url);
    expect(user.spec.authentication.type).toBe(login?.mechanism.toLowerCase());
    expect(login).toMatchObject({ username: user.metadata.name, password: "of-a-secret" });
    const host = `${cluster}-kafka-bootstrap.${user.metadata.namespace}.svc.cluster.local`;
    expect(nodes).toEqual([{ host, port: 9093 }]);

    // Who vouches for the brokers, where the operator puts it.
    const mount = volumeMounts.find(({ mountPath }: Any) => tls?.caFile === `${mountPath}/ca.crt`);
    const volume = spec.template.spec.volumes.find((one: Any) => one.name === mount?.name);
    expect(volume?.secret.secretName).toBe(`${cluster}-cluster-ca-cert`);

    // Packets may go to where the brokers are.
    const policy = production.find(({ kind, metadata }) => kind === "NetworkPolicy" && metadata.name === name);
    const way = policy.spec.egress.find(({ ports }: Any) => ports?.some(({ port }: Any) => port === 9093));
    expect(way.to[0].namespaceSelector.matchLabels["kubernetes.io/metadata.name"]).toBe(user.metadata.namespace);
    // Its proxy knows them too: clients are sent on from the bootstrap address to brokers by name.
    const proxy = istio.find(({ kind, metadata }) => kind === "Sidecar" && metadata.name === name);
    const reached: string[] = proxy.spec.egress.flatMap(({ hosts }: Any) => hosts);
    for (const service of ["bootstrap", "brokers"])
      expect(reached).toContain(`${user.metadata.namespace}/${cluster}-kafka-${service}.kafka.svc.cluster.local`);
  },
);

test.each(topics.map(({ spec }) => [spec.topicName, spec.config]))(
  "the manifest of %s makes it what the engine wants it to be",
  (name, config) => {
    const wanted = name.endsWith(".leases") ? REGISTER_SETTINGS : TOPIC_SETTINGS;
    const { "min.insync.replicas": copies, ...rest } = config;
    expect(Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, String(value)]))).toEqual(wanted);
    expect(copies).toBeGreaterThan(1);
  },
);
