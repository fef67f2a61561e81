// Where a Kafka cluster is, and how to come in.

/** How a user proves who it is. With PLAIN the password itself travels. */
export const MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const;
export type Mechanism = (typeof MECHANISMS)[number];

export interface KafkaLogin {
  readonly mechanism: Mechanism;
  readonly username: string;
  readonly password: string;
}

export interface KafkaAddress {
  /** Nodes to ask first; they name the others. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  /** Absent: nobody in particular. */
  readonly login?: KafkaLogin;
  /** The connection is encrypted, and the other side must prove its name. Absent: it is not. */
  readonly tls?: {
    /** A file with the certificates, in PEM, of who may vouch for it. Absent: those that the machine trusts. */
    readonly caFile?: string;
  };
}

const FORM =
  "a Kafka cluster has an address like kafka://user:password@host:port,host:port, or with TLS kafkas://user:password@host:port?ca=/path/of/ca.pem";
const DEFAULT_PORTS = { kafka: "9092", kafkas: "9093" };

/**
 * `kafka://user:password@host:port,host:port`, or `kafkas:` with TLS; user and password may be absent, and so may a port (9092, or 9093 with TLS).
 * `?sasl=` names a mechanism (absent: PLAIN, with TLS SCRAM-SHA-512), `ca=` a file. Errors do not repeat the address.
 */
export function parseKafkaUrl(url: string): KafkaAddress {
  const parts = /^(kafkas?):\/\/(?:([^:@/?]+):([^@/?]+)@)?([^@/?]+)(?:\?(.*))?$/.exec(url);
  const [, scheme, username, password, places = "", query = ""] = parts ?? [];
  if (scheme !== "kafka" && scheme !== "kafkas") throw new Error(FORM);
  const nodes = places.split(",").map((place) => nodeOf(place, DEFAULT_PORTS[scheme]));
  const { ca, sasl, ...unknown } = Object.fromEntries(new URLSearchParams(query)) as Record<string, string | undefined>;
  const [stranger] = Object.keys(unknown);
  if (stranger !== undefined) throw new Error(`a Kafka address has no "${stranger}": it may have sasl and ca`);
  if (ca !== undefined && scheme === "kafka") throw new Error("ca belongs to a connection with TLS: kafkas://");
  const tls = scheme === "kafkas" ? { tls: ca === undefined ? {} : { caFile: ca } } : {};
  if (username === undefined || password === undefined) {
    if (sasl !== undefined) throw new Error("sasl belongs to a login: kafka://user:password@host");
    return { nodes, ...tls };
  }
  const mechanism = mechanismOf(sasl ?? (scheme === "kafkas" ? "SCRAM-SHA-512" : "PLAIN"));
  const login = { mechanism, username: decodeURIComponent(username), password: decodeURIComponent(password) };
  const address = { nodes, login, ...tls };
  for (const { host } of nodes) checkSecrecy(address, host);
  return address;
}

function nodeOf(place: string, defaultPort: string) {
  const match = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(place);
  if (!match) throw new Error(FORM);
  const [, host = "", port = defaultPort] = match;
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

function mechanismOf(name: string): Mechanism {
  const found = MECHANISMS.find((mechanism) => mechanism === name);
  if (!found) throw new Error(`sasl must be one of ${MECHANISMS.join(", ")}`);
  return found;
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/** Throws if the password would travel readable to another machine. */
export function checkSecrecy({ login, tls }: KafkaAddress, host: string): void {
  if (login?.mechanism !== "PLAIN" || tls || LOOPBACK.test(host)) return;
  throw new Error(`the password would be readable on the way to ${host}: use TLS (kafkas://) or sasl=SCRAM-SHA-512`);
}
