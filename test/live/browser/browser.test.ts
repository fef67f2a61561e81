// The shop in a real browser: signing in, ordering by both protocols that a browser speaks, and the mail that follows.

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { openInbox } from "../../../mesh/runner/src/mail/inbox.ts";
import { inboxPages } from "../../../mesh/runner/src/mail/pages.ts";
import { openSmsInbox } from "../../../mesh/runner/src/mail/sms.ts";
import { product } from "../../edge/shop.ts";
import { sharedMesh } from "../../mesh.ts";
import { until } from "../../until.ts";
import { accessToken } from "../../users.ts";
import { chromiumPath, openBrowser, pageScript } from "./chromium.ts";
import type {} from "./page.ts";

const executable = chromiumPath();
const mesh = sharedMesh();
let browser: Browser | undefined;
let script: string;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  if (!executable) return;
  [browser, script] = await Promise.all([openBrowser(executable), pageScript()]);
});

afterAll(() => browser?.close());

beforeEach(async (test) => {
  if (!browser) return test.skip("there is no Chromium: apt install chromium, or set CHROMIUM");
  // A browser asks before it lets a page of elsewhere call this machine.
  context = await browser.newContext({ permissions: ["local-network-access"] });
  page = await context.newPage();
});

afterEach(() => context?.close());

const edge = () => `http://127.0.0.1:${mesh.ports.edge}`;
const issuer = () => `http://127.0.0.1:${mesh.ports.issuer}`;
const callback = () => `${edge()}/console/callback`;

const document = () =>
  `<!doctype html><title>A shop</title><script>${script.replaceAll("</script", "<\\/script")}</script>`;

/** Listens on a port of its own, which is an origin of its own, until the test is over. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Runs a function in the page. What it throws comes here without its stack, which names no file of this machine. */
async function inPage<A, R>(run: (args: A) => R, args: A): Promise<Awaited<R>> {
  try {
    return (await page.evaluate(run as never, args)) as Awaited<R>;
  } catch (error) {
    throw new Error((error as Error).message.split("\n")[0]);
  }
}

const read = async (url: string, ...labels: string[]): Promise<string> => {
  await page.goto(url);
  for (const label of labels) await page.getByRole("link", { name: label }).first().click();
  return (await page.locator("body").textContent()) ?? "";
};

test("a customer signs in, orders, and reads the mail that confirms it", async () => {
  // The page stands in for what the shop has there.
  await context.route(`${callback()}*`, (route) => route.fulfill({ contentType: "text/html", body: document() }));
  await page.goto(callback());
  await inPage(([issuer, callback]) => shop.signIn(issuer, callback), [issuer(), callback()] as const);
  await page.getByLabel("User").selectOption("ada");
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  expect(await page.getByRole("alert").textContent()).toBe("User or password is wrong.");

  await page.getByLabel("User").selectOption("ada");
  await page.getByLabel("Password").fill("larder");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.searchParams.has("code"));
  // Where a redirect leads is not served by us; the same address asked for once more is.
  await page.goto(page.url());
  const token = await inPage(([issuer, callback]) => shop.tokenFor(issuer, callback), [issuer(), callback()] as const);

  const placed = await inPage(([edge, token, product]) => shop.order("Connect", edge, token, product), [
    edge(),
    token,
    product,
  ] as const);
  expect(placed).toMatchObject({ state: "CONFIRMED" });
  const id = placed.name.replace("orders/", "");
  const inbox = `http://127.0.0.1:${mesh.ports.mail}/`;
  await until("the mail", async () => (await read(inbox)).includes(id));
  expect(await read(inbox, `Your Larder order ${id} is confirmed`)).toContain("1 x Abate Pears");
});

test.each(["Connect", "gRPC-Web"] as const)("a page of another origin orders with %s", async (protocol) => {
  await page.goto(await serve((_request, response) => response.setHeader("content-type", "text/html").end(document())));
  const token = await accessToken(mesh, "hana");
  const placed = await inPage(([protocol, edge, token, product]) => shop.order(protocol, edge, token, product), [
    protocol,
    edge(),
    token,
    product,
  ] as const);
  expect(placed).toMatchObject({ state: "CONFIRMED" });
  expect(placed.views).toBeGreaterThan(0);
  expect(await inPage(([protocol, edge]) => shop.refusal(protocol, edge), [protocol, edge()] as const)).toMatch(
    /^\[unauthenticated\] /,
  );
});

test("a mail may show itself, and do nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "inbox-"));
  const inbox = openInbox(folder);
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const asked: (string | undefined)[] = [];
  const elsewhere = await serve((request, response) => {
    asked.push(request.url);
    response.writeHead(404).end();
  });
  const harm = `<p>Hello</p><img src="${elsewhere}seen.png"><script>top.document.title = "taken"</script>`;
  const mail = `Subject: Harm <b>\r\nMessage-ID: <1@a>\r\nContent-Type: text/html\r\n\r\n${harm}`;
  inbox.add(["ada@example.test"], Buffer.from(mail));
  await page.goto(await serve(inboxPages(inbox, openSmsInbox(folder), "test:secret")));
  await page.getByRole("link", { name: "Harm <b>" }).click();
  expect(await page.frameLocator("iframe").locator("p").textContent()).toBe("Hello");
  expect(await page.title()).toBe("Harm <b>");
  const picture = page.frameLocator("iframe").locator("img");
  await until("the picture to be there, or given up", () =>
    picture.evaluate((image) => "complete" in image && image.complete),
  );
  expect(asked).toEqual([]);
});
