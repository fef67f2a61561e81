import { readEnv } from "@larder/platform";
import { describe, expect, test } from "vitest";
import { eventLogUrl, openEventLog } from "../open.ts";
import { parseKafkaUrl } from "./address.ts";

const login = { username: "order", password: "s@c" };

test.each([
  ["kafka://127.0.0.1", { nodes: [{ host: "127.0.0.1", port: 9092 }] }],
  ["kafka://[::1]:9094", { nodes: [{ host: "::1", port: 9094 }] }],
  [
    "kafka://order:s%40c@127.0.0.1:1,localhost:2",
    {
      nodes: [
        { host: "127.0.0.1", port: 1 },
        { host: "localhost", port: 2 },
      ],
      login: { mechanism: "PLAIN", ...login },
    },
  ],
  [
    "kafkas://order:s%40c@one,two:2",
    {
      nodes: [
        { host: "one", port: 9093 },
        { host: "two", port: 2 },
      ],
      login: { mechanism: "SCRAM-SHA-512", ...login },
      tls: {},
    },
  ],
  [
    "kafkas://order:s%40c@one?sasl=PLAIN&ca=/etc/ca.pem",
    { nodes: [{ host: "one", port: 9093 }], login: { mechanism: "PLAIN", ...login }, tls: { caFile: "/etc/ca.pem" } },
  ],
  [
    "kafka://order:s%40c@one?sasl=SCRAM-SHA-256",
    { nodes: [{ host: "one", port: 9092 }], login: { mechanism: "SCRAM-SHA-256", ...login } },
  ],
])("%s is understood", (url, address) => {
  expect(parseKafkaUrl(url)).toEqual(address);
});

test.each(["kafka://", "kafka://order@host", "kafka://host:port", "kafka://host:1,", "kafka:/host", "kafkas://"])(
  "%s is refused",
  (url) => {
    expect(() => openEventLog(url)).toThrow("kafka://user:password@host:port");
  },
);

test.each([
  ["kafka://order:secret@10.0.0.1:1", "readable on the way to 10.0.0.1"],
  ["kafka://order:secret@127.0.0.1:1,broker.example:2", "readable on the way to broker.example"],
  ["kafka://order:secret@127.0.0.1.example:2", "readable on the way"],
  ["kafkas://order:secret@host?sasl=GSSAPI", "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512"],
  ["kafkas://host?sasl=PLAIN", "sasl belongs to a login"],
  ["kafka://127.0.0.1?ca=/etc/ca.pem", "ca belongs to a connection with TLS"],
  ["kafkas://host?acks=1", 'no "acks"'],
])("%s is refused, and says why without the password", (url, why) => {
  const open = () => parseKafkaUrl(url);
  expect(open).toThrow(why);
  expect(open).not.toThrow("secret");
});

describe("the settings of a workload", () => {
  const read = (env: Record<string, string>) => readEnv({ url: eventLogUrl("ORDER") }, env).url;

  test("bring the password in from a secret of its own", () => {
    const url = "kafkas://order@kafka:9093?ca=/etc/ca.pem";
    const whole = read({ ORDER_EVENT_LOG_URL: url, ORDER_EVENT_LOG_PASSWORD: "a:b@c/d" });
    expect(parseKafkaUrl(whole)).toMatchObject({ login: { username: "order", password: "a:b@c/d" } });
    expect(read({ ORDER_EVENT_LOG_URL: "redis+unix://:a@/b.sock" })).toBe("redis+unix://:a@/b.sock");
  });

  test.each([
    [{}, "ORDER_EVENT_LOG_URL"],
    [{ ORDER_EVENT_LOG_URL: "amqp://host" }, "a Redis server has an address like"],
    [{ ORDER_EVENT_LOG_URL: "kafka://order:secret@host" }, "readable on the way to host"],
    [{ ORDER_EVENT_LOG_URL: "kafkas://host", ORDER_EVENT_LOG_PASSWORD: "secret" }, "must name a user"],
    [{ ORDER_EVENT_LOG_URL: "kafkas://order:secret@host", ORDER_EVENT_LOG_PASSWORD: "secret" }, "must name a user"],
  ])("that make no sense are told before anything starts: %o", (env, why) => {
    expect(() => read(env)).toThrow(why);
    expect(() => read(env)).not.toThrow(/secret/);
  });
});
