import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Mail, openInbox } from "./inbox.ts";
import { inboxPages } from "./pages.ts";
import { startSmtp } from "./smtp.ts";

let folder: string;
let web: Server;
let smtp: Awaited<ReturnType<typeof startSmtp>>;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mail-"));
  const inbox = await openInbox(folder);
  smtp = await startSmtp(inbox, "127.0.0.1:0");
  web = createServer(inboxPages(inbox));
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
  expect((await openInbox(folder)).find(mail?.id ?? "")).toEqual(mail);
});

test("a repeat of the same message is kept once, another message to the same address is kept too", async () => {
  for (const messageId of ["<a@larder>", "<a@larder>", "<b@larder>"])
    await send({ to: "bela@example.test", messageId });
  expect(await mails("bela@")).toHaveLength(2);
});

test("markup in a mail stays text in the page", async () => {
  await send({ to: "eve@example.test", subject: "<script>alert(1)</script>", text: "</pre><img src=x>" });
  const [mail] = await mails("eve@");
  const page = await (await fetch(`${url}/mails/${mail?.id}`)).text();
  expect(page).not.toContain("<script>");
  expect(page).not.toContain("<img");
});

test("a mail above the limit is refused, an unknown page is not found", async () => {
  await expect(send({ to: "big@example.test", text: "x".repeat(2 << 20) })).rejects.toThrow();
  expect(await mails("big@")).toEqual([]);
  expect((await fetch(`${url}/mails/none`)).status).toBe(404);
});
