// A Kafka cluster as the engine sees it: connections to its nodes, and who leads which partition.

import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "@platformatic/kafka";
import { LogRefused, LogUnavailable } from "../log.ts";
import { checkSecrecy, type KafkaAddress, type KafkaLogin } from "./address.ts";
import { check, Elsewhere, UNKNOWN_TOPIC } from "./codes.ts";

type Library = typeof import("@platformatic/kafka");
let loading: Promise<Library> | undefined;

/** Loaded by the first call: a service whose log is another engine need not wait for it. */
export const library = (): Promise<Library> => {
  loading ??= import("@platformatic/kafka");
  return loading;
};

/** A request of Kafka's protocol in one of its versions. */
export interface Request<Args extends unknown[], Answer> {
  readonly async: (connection: Connection, ...args: Args) => Promise<Answer>;
}

type Place = KafkaAddress["nodes"][number];

const CONNECT_MS = 3000;
const PAUSE_MS = 100;
const ANSWER_MS = 5000;
/** How long leaders may take to be known, as after the creation of a topic. */
export const SETTLE_MS = 5000;
/** In place of a node that leads a partition. */
export const NOBODY = -1;

export class Cluster {
  readonly #address: KafkaAddress;
  readonly #clientName: string;
  readonly #ca: Buffer | undefined;
  readonly #places = new Map<number, Place>();
  readonly #leaders = new Map<string, readonly number[]>();
  readonly #coordinators = new Map<string, number>();
  readonly #shared = new Map<string, Promise<Connection>>();
  // Those of them that were dialled with success.
  readonly #open = new Map<string, Connection>();
  // For requests that wait: a node answers those of one connection one after the other.
  readonly #idle = new Map<string, Connection[]>();
  readonly #all = new Set<Connection>();
  #closed = false;

  /** Throws where the file of who vouches for the cluster cannot be read. */
  constructor(address: KafkaAddress, clientName: string) {
    this.#address = address;
    this.#clientName = clientName;
    this.#ca = address.tls?.caFile === undefined ? undefined : readCa(address.tls.caFile);
  }

  /** The nodes that lead a topic's partitions, by partition; of one that has no leader now, `NOBODY`. Undefined if there is no such topic. */
  async leaders(topic: string): Promise<readonly number[] | undefined> {
    const known = this.#leaders.get(topic);
    if (known) return known;
    const { metadataV12 } = await library();
    const { brokers, topics } = await this.send(undefined, metadataV12.api, [topic], false, false);
    // Those that have gone are not asked any more.
    this.#places.clear();
    for (const { nodeId, host, port } of brokers) this.#places.set(nodeId, { host, port });
    const found = topics[0];
    if (!found || found.errorCode === UNKNOWN_TOPIC) return undefined;
    check(found.errorCode, `topic ${topic}`);
    const leaders = found.partitions
      .toSorted((a, b) => a.partitionIndex - b.partitionIndex)
      .map(({ leaderId }) => (this.#places.has(leaderId) ? leaderId : NOBODY));
    // A partition without a leader holds up no other, and is asked for again.
    if (!leaders.includes(NOBODY)) this.#leaders.set(topic, leaders);
    return leaders;
  }

  /** Partitions by the node that leads them, or `NOBODY`. Throws `Elsewhere` for a topic that is not there. */
  async byLeader<P extends { readonly topic: string; readonly partition: number }>(
    partitions: readonly P[],
  ): Promise<Map<number, P[]>> {
    const groups = new Map<number, P[]>();
    for (const one of partitions) {
      const leaders = await this.leaders(one.topic);
      if (!leaders) throw new Elsewhere(`there is no topic ${one.topic}`);
      const leader = leaders[one.partition];
      if (leader === undefined)
        throw new Error(`${one.topic} has ${leaders.length} partitions, and no ${one.partition}`);
      groups.set(leader, [...(groups.get(leader) ?? []), one]);
    }
    return groups;
  }

  /** The node that keeps a group's offsets. */
  async coordinator(group: string): Promise<number> {
    const known = this.#coordinators.get(group);
    if (known !== undefined) return known;
    const { findCoordinatorV5 } = await library();
    const { coordinators } = await this.send(undefined, findCoordinatorV5.api, 0, [group]);
    const found = coordinators[0];
    if (!found) throw new Elsewhere(`group ${group} has no coordinator yet`);
    check(found.errorCode, `group ${group}`);
    this.#places.set(found.nodeId, found);
    this.#coordinators.set(group, found.nodeId);
    return found.nodeId;
  }

  /** Repeats what throws `Elsewhere` until it succeeds; after a while that is an outage. */
  async settled<T>(work: () => Promise<T>): Promise<T> {
    const end = performance.now() + SETTLE_MS;
    for (let pause = 10; ; pause = Math.min(pause * 2, 200)) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Elsewhere)) throw error;
        this.#forget();
        if (performance.now() > end) throw new LogUnavailable(error);
      }
      await sleep(pause);
    }
  }

  /** Asks a node; undefined for any, of which several may come to be asked. Error codes are in the answer. Throws `LogUnavailable`. */
  async send<Args extends unknown[], Answer>(
    node: number | undefined,
    request: Request<Args, Answer>,
    ...args: Args
  ): Promise<Answer> {
    const ask = async (place: Place) => this.#ask(await this.#to(place), request, args);
    if (node !== undefined) return this.#orForget(ask(this.#place(node)));
    let last: unknown;
    for (const place of this.#anywhere()) {
      try {
        return await ask(place);
      } catch (error) {
        if (!(error instanceof LogUnavailable)) throw error;
        last = error;
      }
    }
    throw last;
  }

  /** The same on a connection of its own, for a request that waits in the node, and must not hold up others meanwhile. */
  async wait<Args extends unknown[], Answer>(
    node: number,
    request: Request<Args, Answer>,
    ...args: Args
  ): Promise<Answer> {
    const place = this.#place(node);
    const key = keyOf(place);
    const idle = this.#idle.get(key)?.pop();
    const connection = idle && (await isUsable(idle)) ? idle : await this.#orForget(this.#dial(place));
    const answer = await this.#orForget(this.#ask(connection, request, args));
    this.#idle.set(key, [...(this.#idle.get(key) ?? []), connection]);
    return answer;
  }

  async ping(): Promise<void> {
    const { metadataV12 } = await library();
    await this.send(undefined, metadataV12.api, [], false, false);
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#all) end(connection);
  }

  async #ask<Args extends unknown[], Answer>(
    connection: Connection,
    request: Request<Args, Answer>,
    args: Args,
  ): Promise<Answer> {
    const { ResponseError } = await library();
    try {
      return await request.async(connection, ...args);
    } catch (error) {
      if (error instanceof ResponseError) return error.response as Answer;
      end(connection);
      throw new LogUnavailable(error);
    }
  }

  #forget(): void {
    this.#leaders.clear();
    this.#coordinators.clear();
  }

  // When a node is lost, others may come to lead what it led: the next call asks who.
  async #orForget<T>(done: Promise<T>): Promise<T> {
    try {
      return await done;
    } catch (error) {
      if (error instanceof LogUnavailable) this.#forget();
      throw error;
    }
  }

  // The nodes that may be asked, first those to which there is a connection: a dial to one that has gone takes its time.
  #anywhere(): Place[] {
    const places = new Map([...this.#places.values(), ...this.#address.nodes].map((place) => [keyOf(place), place]));
    const isOpen = (key: string) => Number(this.#open.get(key)?.isConnected() ?? false);
    return [...places].sort(([a], [b]) => isOpen(b) - isOpen(a)).map(([, place]) => place);
  }

  #place(node: number): Place {
    const place = this.#places.get(node);
    if (!place) throw new Elsewhere(`node ${node} is not known`);
    return place;
  }

  async #to(place: Place): Promise<Connection> {
    const key = keyOf(place);
    const shared = this.#shared.get(key);
    if (shared) {
      const connection = await shared;
      if (await isUsable(connection)) return connection;
    }
    if (this.#shared.get(key) === shared) {
      const dialled = this.#dial(place);
      this.#shared.set(key, dialled);
      dialled.then(
        (connection) => this.#open.set(key, connection),
        () => this.#shared.delete(key),
      );
    }
    return this.#to(place);
  }

  async #dial({ host, port }: Place): Promise<Connection> {
    const { Connection } = await library();
    if (this.#closed) throw new Error("the event log was closed");
    const { login, tls } = this.#address;
    // The nodes that others name are as good as those in the address.
    checkSecrecy(this.#address, host);
    const connection = new Connection(this.#clientName, {
      connectTimeout: CONNECT_MS,
      requestTimeout: ANSWER_MS,
      ...(login ? { sasl: login } : {}),
      ...(tls ? { tls: this.#ca ? { ca: this.#ca } : {}, tlsServerName: isIP(host) === 0 } : {}),
    });
    this.#all.add(connection);
    // Each request reports a lost connection to its caller.
    connection.on("error", () => {});
    connection.on("close", () => this.#all.delete(connection));
    try {
      await connection.connect(host, port);
    } catch (error) {
      end(connection);
      this.#all.delete(connection);
      // Where nobody listens the answer comes at once: whoever tries again without a pause must not keep the machine busy.
      await sleep(PAUSE_MS);
      throw refusalOf(error, `${host}:${port}`, login) ?? new LogUnavailable(error);
    }
    if (this.#closed) end(connection);
    return connection;
  }
}

function readCa(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`the certificates of who vouches for the event log cannot be read: ${(error as Error).message}`);
  }
}

// OpenSSL's reasons to reject a certificate, as Node names them.
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|ALTNAME/;

/** What whoever set this up must know. Undefined: the node is not there, or not now. */
function refusalOf(error: unknown, node: string, login: KafkaLogin | undefined): LogRefused | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code = "", response } = cause as { code?: unknown; response?: SaslAnswer };
    const mechanisms = response?.mechanisms?.join(", ");
    const why = mechanisms ? `it has no ${login?.mechanism}, but ${mechanisms}` : response?.errorMessage;
    if (why) return new LogRefused(error, "EVENT_LOG_LOGIN_REFUSED", `${node} refuses ${login?.username}: ${why}`);
    if (UNTRUSTED.test(String(code)))
      return new LogRefused(error, "EVENT_LOG_NOT_TRUSTED", `${node} is not trusted: ${cause.message}`);
  }
  return undefined;
}

interface SaslAnswer {
  /** Those that the node has, where it has not the one that was asked for. */
  readonly mechanisms?: readonly string[];
  readonly errorMessage?: string | null;
}

// A login is good for as long as the broker says. The library renews it before that, and then the connection is of use again.
async function isUsable(connection: Connection): Promise<boolean> {
  if (connection.status === "reauthenticating") await connection.ready().catch(() => {});
  return connection.isConnected();
}

const keyOf = ({ host, port }: Place): string => `${host}:${port}`;

function end(connection: Connection): void {
  // A connection in error is not closed by `close`.
  connection.socket?.destroy();
  connection.close(() => {});
}
