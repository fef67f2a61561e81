// Secrets are found wherever they stand, by what they are or by what they look like, and are not told again by who found them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { leaksIn, leaksInLogs, secretsOf } from "./secrets.ts";

const secrets = [{ what: "a password", text: "0123456789abcdef" }];

test("a log like ours holds none", () => {
  const line = `{"level":"info","message":"request","caller":"gateway","trace_id":"4e5e63e24aa981ea725150f3ddd27094","error":"connect /tmp/x.sock"}
kafka://127.0.0.1:9092 and http://127.0.0.1:8080/v1/orders`;
  expect(leaksIn("order-0.log", line, secrets)).toEqual([]);
});

test.each([
  ["a password", "password=0123456789abcdef"],
  ["something like a token", "got eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLW9mLWl0"],
  ["something like a private key", "-----BEGIN PRIVATE KEY-----"],
  ["an address with a password", "cannot connect to postgres://order:hunter2@/order"],
  ["something like an authorization header", "authorization: Bearer abcdefghijklmnopqrstuvwxyz"],
])("%s is found", (what, text) => {
  expect(leaksIn("order-0.log", `{"message":"${text}"}`, secrets)).toEqual([{ where: "order-0.log", what }]);
});

/** The folders of a mesh, as far as they hold secrets. */
function folders(): string {
  const place = mkdtempSync(join(tmpdir(), "chaos-secrets-"));
  onTestFinished(() => rmSync(place, { recursive: true }));
  const key = (body: string) =>
    `-----BEGIN PRIVATE KEY-----\nCommonToAllKeysOfAKind\n${body}\n-----END PRIVATE KEY-----\n`;
  const files = {
    "data/secrets.json": JSON.stringify({ databases: { order: "password-of-order" }, cache: "password-of-cache" }),
    "data/issuer/keys.json": JSON.stringify({
      signing: { kty: "EC", x: "public-part-of-it", d: "private-part-of-it" },
    }),
    "data/ca/ca-key.pem": key("LineOfTheAuthority"),
    "run/gateway-0/user-key.pem": key("LineOfTheUserKey"),
    "run/gateway-0/sds/svid.yaml": `  inline_string: |\n${key("LineOfTheGateway").replaceAll(/^/gm, "    ")}`,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(place, name, ".."), { recursive: true });
    writeFileSync(join(place, name), text);
  }
  return place;
}

test("the secrets of a mesh are its passwords, its keys, its tokens and its customers' addresses", () => {
  const texts = secretsOf(folders(), ["head.claims.signature-of-a-token"]).map(({ text }) => text);
  expect(texts).toEqual(
    expect.arrayContaining([
      ...["password-of-order", "password-of-cache", "private-part-of-it", "signature-of-a-token"],
      ...["LineOfTheAuthority", "LineOfTheUserKey", "LineOfTheGateway", "ada@customers.larder.example"],
    ]),
  );
  expect(texts).not.toContain("public-part-of-it");
  expect(texts).not.toContain("CommonToAllKeysOfAKind");
});

test("every log of a run folder is looked through, those that were moved aside too", () => {
  const place = folders();
  const run = join(place, "run");
  mkdirSync(join(run, "logs"));
  writeFileSync(join(run, "logs", "order-0.log"), "all is well\n");
  writeFileSync(join(run, "logs", "order-0.log.1"), "password-of-order\n");
  writeFileSync(join(run, "gateway-0", "access.log"), "ada@customers.larder.example\n");
  const found = leaksInLogs(run, secretsOf(place, []));
  expect(found.map(({ where, what }) => `${where}: ${what}`).sort()).toEqual([
    "gateway-0/access.log: an e-mail address",
    "logs/order-0.log.1: a password",
  ]);
});
