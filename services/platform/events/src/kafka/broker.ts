// A broker of one node on this machine: its settings, and how its programs are started. For tests and the local mesh.

import { join } from "node:path";

/** Who runs the cluster, and may do everything. */
export const KAFKA_ADMIN = "admin";

export interface BrokerSettings {
  /** Where it keeps its data. */
  readonly dataFolder: string;
  /** On 127.0.0.1, for clients. */
  readonly port: number;
  /** On 127.0.0.1, for itself. */
  readonly controllerPort: number;
  /** The password of `KAFKA_ADMIN` among them. */
  readonly passwords: Readonly<Record<string, string>>;
}

/** The settings file. It holds passwords. */
export function brokerSettings({ dataFolder, port, controllerPort, passwords }: BrokerSettings): string {
  const users = Object.entries(passwords).map(([user, password]) => `user_${user}="${password}"`);
  const self = `username="${KAFKA_ADMIN}" password="${passwords[KAFKA_ADMIN]}"`;
  const login = `org.apache.kafka.common.security.plain.PlainLoginModule required ${[self, ...users].join(" ")};`;
  const settings = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@127.0.0.1:${controllerPort}`,
    listeners: `CLIENT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    "listener.security.protocol.map": "CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "CLIENT",
    "sasl.enabled.mechanisms": "PLAIN",
    "sasl.mechanism.inter.broker.protocol": "PLAIN",
    "sasl.mechanism.controller.protocol": "PLAIN",
    "listener.name.client.plain.sasl.jaas.config": login,
    "listener.name.controller.plain.sasl.jaas.config": login,
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": `User:${KAFKA_ADMIN}`,
    "log.dirs": dataFolder,
    // Nobody else has a copy: what is acknowledged is on disk.
    "log.flush.interval.messages": 1,
    "default.replication.factor": 1,
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "auto.create.topics.enable": false,
    // Of topics that say nothing about it, such as those from before they did.
    "compression.type": "uncompressed",
    // What a group has noted holds up the retention, however long ago that was.
    "offsets.retention.minutes": 2 ** 31 - 1,
    "offsets.topic.num.partitions": 1,
    "group.initial.rebalance.delay.ms": 0,
    // After a crash it need not wait long for its own old session.
    "broker.session.timeout.ms": 3000,
    "broker.heartbeat.interval.ms": 500,
    // A small machine.
    "log.cleaner.dedupe.buffer.size": 4 << 20,
    "log.index.size.max.bytes": 1 << 20,
    "num.network.threads": 2,
    "num.io.threads": 4,
    "num.recovery.threads.per.data.dir": 2,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

const JAVA = ["-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-XX:TieredStopAtLevel=1"];
const LOGGING = "-Dorg.apache.logging.log4j.level=WARN";

const java = (jars: string, program: string, ...args: string[]): string[] => [
  ...JAVA,
  LOGGING,
  "-cp",
  join(jars, "*"),
  program,
  ...args,
];

/** Java's arguments to prepare the data folder; does nothing where that was done. `more` are options of Kafka's own. */
export const formatArguments = (jars: string, settingsFile: string, more: readonly string[] = []): string[] => {
  const id = "larder-0000000000000001";
  return java(jars, "kafka.tools.StorageTool", "format", "--ignore-formatted", "-t", id, "-c", settingsFile, ...more);
};

/** Java's arguments to run it until SIGTERM. */
export const brokerArguments = (jars: string, settingsFile: string): string[] =>
  java(jars, "kafka.Kafka", settingsFile);

/** Its address for a user. */
export const kafkaUrl = (port: number, user: string, password: string): string =>
  `kafka://${user}:${password}@127.0.0.1:${port}`;
