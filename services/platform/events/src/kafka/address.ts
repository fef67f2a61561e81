// Where a Kafka cluster is.

export interface KafkaAddress {
  /** Nodes to ask first; they name the others. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  /** Absent: nobody in particular. */
  readonly login?: { readonly username: string; readonly password: string };
}

const FORM = "a Kafka cluster has an address like kafka://user:password@host:port,host:port";

/** `kafka://user:password@host:port,host:port`; user and password may be absent, and so may a port (9092). */
export function parseKafkaUrl(url: string): KafkaAddress {
  const parts = /^kafka:\/\/(?:([^:@/]+):([^@/]+)@)?([^@/]+)$/.exec(url);
  const [, username, password, places = ""] = parts ?? [];
  const nodes = places.split(",").map((place) => {
    const match = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(place);
    if (!match) throw new Error(FORM);
    const [, host = "", port = "9092"] = match;
    return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
  });
  if (username === undefined || password === undefined) return { nodes };
  return { nodes, login: { username: decodeURIComponent(username), password: decodeURIComponent(password) } };
}
