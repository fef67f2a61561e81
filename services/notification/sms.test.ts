// From here to the gateway that a mesh on one machine has: both sides of the signature.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { isSigned, openSmsInbox, takeSms } from "../../mesh/runner/src/mail/sms.ts";
import { loadConfig } from "./config.ts";
import { parseKeys, type SigningKey, signatureOf, smsCarrier } from "./sms.ts";

const secretOf = (letter: string) => letter.repeat(32);
const [oldKey, newKey] = ["old", "new"].map((id): SigningKey => ({ id, secret: secretOf(id[0] ?? "") }));
const textOf = (keys: readonly (SigningKey | undefined)[]) => keys.map((key) => `${key?.id}:${key?.secret}`).join(",");
const keysOf = (...keys: (SigningKey | undefined)[]) => keys.filter((key) => key !== undefined);

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function gateway(answer: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/sms`;
}

async function localGateway(keys: string) {
  const folder = mkdtempSync(join(tmpdir(), "sms-"));
  closing.push(() => rmSync(folder, { recursive: true }));
  const inbox = openSmsInbox(folder);
  return { folder, inbox, url: await gateway((request, response) => takeSms(inbox, keys, request, response)) };
}

const message = (event: string, recipient = "+3225550101") => ({
  ...{ id: "m", event, recipient, subject: "", text: "Larder: it comes.", html: "" },
  createTime: new Date(),
});

test("a text message arrives once, however often it is sent, and is there after a restart", async () => {
  const { url, inbox, folder } = await localGateway(textOf([oldKey]));
  const carrier = smsCarrier(url, keysOf(oldKey));
  const posted = await carrier.send([message("e1"), message("e1"), message("e2", "+3225550102")]);
  expect(posted.map(({ what }) => what)).toEqual(["taken", "taken", "taken"]);
  expect(inbox.list()).toHaveLength(2);
  expect(inbox.list("0102")).toMatchObject([{ id: "e2", to: "+3225550102", text: "Larder: it comes." }]);
  expect(openSmsInbox(folder).list()).toEqual(inbox.list());
});

test("keys can be changed without a pause: one of two that both sides know is enough", async () => {
  const stages: [sender: ReturnType<typeof keysOf>, receiver: string, taken: boolean][] = [
    [keysOf(oldKey, newKey), textOf([oldKey]), true],
    [keysOf(oldKey, newKey), textOf([newKey]), true],
    [keysOf(newKey), textOf([oldKey, newKey]), true],
    [keysOf(newKey), textOf([oldKey]), false],
  ];
  for (const [sender, receiver, taken] of stages) {
    const { url, inbox } = await localGateway(receiver);
    const [posted] = await smsCarrier(url, sender).send([message("e1")]);
    // A key that is not known there is our fault, not the message's.
    expect(posted?.what).toBe(taken ? "taken" : "later");
    expect(inbox.list()).toHaveLength(taken ? 1 : 0);
  }
});

test("a signature is of one body, one time and one key", () => {
  const now = Date.now();
  const seconds = Math.floor(now / 1000);
  const keys = textOf([oldKey]);
  const header = signatureOf(keysOf(oldKey), seconds, "body");
  expect(isSigned(header, "body", keys, now)).toBe(true);
  expect(isSigned(header, "another body", keys, now)).toBe(false);
  expect(isSigned(header.replace(`t=${seconds}`, `t=${seconds + 1}`), "body", keys, now)).toBe(false);
  expect(isSigned(header, "body", keys, now + 301_000)).toBe(false);
  expect(isSigned(header, "body", keys, now - 301_000)).toBe(false);
  for (const wrong of [
    "",
    "t=",
    `t=${seconds}`,
    `t=${seconds},old=`,
    `t=${seconds},old=00`,
    header.replace("old=", "new="),
  ])
    expect(isSigned(wrong, "body", keys, now)).toBe(false);
  expect(isSigned(signatureOf([{ id: "old", secret: secretOf("x") }], seconds, "body"), "body", keys, now)).toBe(false);
});

test("what the gateway says decides whether a message is tried again", async () => {
  const answers: Record<string, number> = {
    a: 200,
    b: 202,
    c: 400,
    d: 401,
    e: 403,
    f: 413,
    g: 422,
    h: 429,
    i: 302,
    j: 500,
  };
  const url = await gateway((request, response) => {
    response.writeHead(answers[String(request.headers["idempotency-key"])] ?? 0, { location: "/elsewhere" }).end();
  });
  const posted = await smsCarrier(url, keysOf(oldKey)).send(Object.keys(answers).map((event) => message(event)));
  const words = ["taken", "taken", "refused", "later", "later", "refused", "refused", "later", "later", "later"];
  expect(posted.map(({ what }) => what)).toEqual(words);
  const [away] = await smsCarrier("http://127.0.0.1:1/", keysOf(oldKey)).send([message("a")]);
  expect(away?.what).toBe("later");
});

test("the gateway takes nothing but text messages", async () => {
  const { url, inbox } = await localGateway(textOf([oldKey]));
  const post = async (body: string) => {
    const signature = signatureOf(keysOf(oldKey), Math.floor(Date.now() / 1000), body);
    return (await fetch(url, { method: "POST", body, headers: { "larder-signature": signature } })).status;
  };
  const good = { id: "e", to: "+3225550101", text: "hello" };
  for (const bad of [
    "",
    "null",
    "[]",
    "{",
    JSON.stringify({ ...good, to: "0101" }),
    JSON.stringify({ ...good, text: 1 }),
  ])
    expect(await post(bad)).toBe(400);
  expect(await post(JSON.stringify({ ...good, text: "x".repeat(20_000) }))).toBe(413);
  expect((await fetch(url, { method: "POST", body: JSON.stringify(good) })).status).toBe(401);
  expect(inbox.list()).toEqual([]);
});

test("keys are read from one setting, and what is none is refused without being shown", () => {
  expect(parseKeys(`a:${secretOf("a")}, b:${secretOf("b")}`)).toHaveLength(2);
  const wrong = ["a:short", secretOf("a"), `a:${secretOf("a")},a:${secretOf("b")}`, `t:${secretOf("t")}`];
  for (const text of [...wrong, ["a", "b", "c"].map((id) => `${id}:${secretOf(id)}`).join(",")])
    expect(parseKeys(text)).toBeUndefined();
  const env = { NOTIFICATION_SMS_URL: "http://gateway", NOTIFICATION_SMS_KEYS: "a:tooshort" };
  expect(() => loadConfig(env)).toThrow(/NOTIFICATION_SMS_KEYS must be/);
  expect(() => loadConfig(env)).not.toThrow(/tooshort/);
});
