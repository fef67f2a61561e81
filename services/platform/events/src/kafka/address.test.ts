import { expect, test } from "vitest";
import { openEventLog } from "../open.ts";
import { parseKafkaUrl } from "./address.ts";

test.each([
  ["kafka://127.0.0.1", { nodes: [{ host: "127.0.0.1", port: 9092 }] }],
  ["kafka://[::1]:9094", { nodes: [{ host: "::1", port: 9094 }] }],
  [
    "kafka://order:s%40c@one:1,two:2",
    {
      nodes: [
        { host: "one", port: 1 },
        { host: "two", port: 2 },
      ],
      login: { username: "order", password: "s@c" },
    },
  ],
])("%s is understood", (url, address) => {
  expect(parseKafkaUrl(url)).toEqual(address);
});

test.each(["kafka://", "kafka://order@host", "kafka://host:port", "kafka://host:1,", "kafka:/host"])(
  "%s is refused",
  (url) => {
    expect(() => openEventLog(url)).toThrow("kafka://user:password@host:port");
  },
);
