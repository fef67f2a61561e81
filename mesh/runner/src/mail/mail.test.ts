import { createHmac } from "node:crypto";
import { mkdtemp, rm, stat, truncate } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Mail, openInbox } from "./inbox.ts";
import { inboxPages } from "./pages.ts";
import { openSmsInbox } from "./sms.ts";
import { startSmtp } from "./smtp.ts";

let folder: string;
let web: Server;
let smtp: Awaited<ReturnType<typeof startSmtp>>;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mail-"));
  const inbox = openInbox(folder);
  smtp = await startSmtp(inbox, "127.0.0.1:0");
  web = createServer(inboxPages(inbox, openSmsInbox(folder), "test:secret"));
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
});

afterAll(async () => {
  smtp.close();
  web.close();
  web.closeAllConnections();
  await rm(folder, { recursive: true });
});

const send = (mail: object) =>
  createTransport({ host: "127.0.0.1", port: smtp.port, ignoreTLS: true }).sendMail({
    from: "shop@larder.example",
    subject: "Your order",
    text: "It comes.",
    ...mail,
  });
const mails = async (to: string) => (await (await fetch(`${url}/api/mails?to=${to}`)).json()) as Mail[];

test("a mail that is sent can be read in a browser, and is still there after a restart", async () => {
  await send({ to: "ada@example.test", html: "<b>It comes.</b>", messageId: "<one@larder>" });
  const [mail] = await mails("ada@");
  expect(mail).toMatchObject({ subject: "Your order", to: ["ada@example.test"], html: "<b>It comes.</b>" });
  expect(await (await fetch(url)).text()).toContain(`href="/mails/${mail?.id}"`);
  expect(await (await fetch(`${url}/mails/${mail?.id}`)).text()).toContain("It comes.");
  expect(await openInbox(folder).find(mail?.id ?? "")).toEqual(mail);
});

test("a repeat of the same message is kept once, another message to the same address is kept too", async () => {
  for (const messageId of ["<a@larder>", "<a@larder>", "<b@larder>"])
    await send({ to: "bela@example.test", messageId });
  expect(await mails("bela@")).toHaveLength(2);
  openInbox(folder).add(["bela@example.test"], Buffer.from("MESSAGE-ID:\r\n <a@larder>\r\n\r\nAgain."));
  expect(await openInbox(folder).list("bela@")).toHaveLength(2);
});

test("a mail goes to those of its envelope, whatever its own headers say", async () => {
  const envelope = { from: "shop@larder.example", to: ["carl@example.test", "dina@example.test"] };
  await send({ envelope, to: "nobody@example.test", headers: { "X-Envelope-To": '["erik@example.test"]' } });
  const [mail] = await mails("dina@");
  expect(mail).toMatchObject({
    to: envelope.to,
    from: "shop@larder.example",
    messageId: expect.stringMatching(/^<.+>$/),
  });
  expect(Math.abs(Date.parse(mail?.time ?? "") - Date.now())).toBeLessThan(60_000);
  expect(await openInbox(folder).list("carl@")).toEqual([mail]);
  expect([...(await mails("nobody@")), ...(await openInbox(folder).list("erik@"))]).toEqual([]);
});

test("only the newest thousand are kept, and the file does not grow for ever", async () => {
  const crowd = await mkdtemp(join(tmpdir(), "mail-"));
  const inbox = openInbox(crowd);
  const sizes: number[] = [];
  for (let n = 0; n < 2500; n++) {
    inbox.add(["ada@example.test"], Buffer.from(`Message-ID: <${n}>\r\n\r\nNumber ${n}.`));
    sizes.push((await stat(join(crowd, "mails"))).size);
  }
  const kept = await inbox.list();
  expect([kept.length, kept[0]?.messageId, kept.at(-1)?.messageId]).toEqual([1000, "<2499>", "<1500>"]);
  expect(kept.every(({ text, messageId }) => text === `Number ${messageId.slice(1, -1)}.`)).toBe(true);
  expect(await openInbox(crowd).list()).toEqual(kept);
  expect(sizes.at(-1)).toBeLessThan(Math.max(...sizes));
  await rm(crowd, { recursive: true });
});

test("a mail that was cut off by a crash is left out, and what comes later is kept", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mail-"));
  const put = (id: string) =>
    openInbox(folder).add(["ada@example.test"], Buffer.from(`Message-ID: <${id}>\r\n\r\n${id}`));
  const ids = async () => (await openInbox(folder).list()).map(({ messageId }) => messageId);
  put("one");
  const whole = (await stat(join(folder, "mails"))).size;
  for (const size of [whole + 5, 2 * whole - 1]) {
    put("two");
    await truncate(join(folder, "mails"), size);
    expect(await ids()).toEqual(["<one>"]);
  }
  put("three");
  expect(await ids()).toEqual(["<three>", "<one>"]);
  await rm(folder, { recursive: true });
});

test("markup in a mail stays text in the page", async () => {
  await send({ to: "eve@example.test", subject: "<script>alert(1)</script>", text: "</pre><img src=x>" });
  const [mail] = await mails("eve@");
  const page = await (await fetch(`${url}/mails/${mail?.id}`)).text();
  expect(page).not.toContain("<script>");
  expect(page).not.toContain("<img");
});

test("text messages have a page of their own, as text", async () => {
  const body = JSON.stringify({ id: "<1>", to: "+3225550101", text: "<b>It comes.</b>" });
  const seconds = Math.floor(Date.now() / 1000);
  const hex = createHmac("sha256", "secret").update(`${seconds}.${body}`).digest("hex");
  const post = (signature: string) =>
    fetch(`${url}/sms`, { method: "POST", body, headers: { "larder-signature": signature } });
  expect([(await post(`t=${seconds},test=${hex}`)).status, (await post(`t=${seconds},test=00`)).status]).toEqual([
    200, 401,
  ]);
  expect(await (await fetch(`${url}/api/sms?to=0101`)).json()).toMatchObject([
    { to: "+3225550101", text: "<b>It comes.</b>" },
  ]);
  expect(await (await fetch(`${url}/api/sms?to=0102`)).json()).toEqual([]);
  expect(await (await fetch(`${url}/sms`)).text()).toContain("&lt;b&gt;It comes.");
});

test("a mail above the limit is refused, an unknown page is not found", async () => {
  await expect(send({ to: "big@example.test", text: "x".repeat(2 << 20) })).rejects.toThrow();
  expect(await mails("big@")).toEqual([]);
  expect((await fetch(`${url}/mails/none`)).status).toBe(404);
});
