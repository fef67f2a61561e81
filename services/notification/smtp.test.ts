// Against a real mail server, with and without what a server may lack.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { MailServer } from "./smtp.ts";

let folder: string;
let tls: { key: Buffer; cert: Buffer };
const closing: (() => Promise<unknown>)[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "smtp-"));
  const files = ["-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")];
  const name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const form = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  execFileSync("openssl", [...form, ...files, ...name], { stdio: "ignore" });
  tls = { key: readFileSync(join(folder, "key.pem")), cert: readFileSync(join(folder, "cert.pem")) };
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Taken {
  readonly from: string;
  readonly to: string[];
  readonly content: string;
  readonly session: string;
  readonly secure: boolean;
}

/** A mail server that refuses whom it is told to, by the code in the address: `450-ada@...`. */
async function mailServer(options: SMTPServerOptions = {}) {
  const taken: Taken[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    onRcptTo({ address }, _session, done) {
      const responseCode = Number(/^\d{3}/.exec(address)?.[0] ?? 0);
      done(responseCode ? Object.assign(new Error("not this one"), { responseCode }) : null);
    },
    onData: async (stream, session, done) => {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      const { mailFrom, rcptTo } = session.envelope;
      taken.push({
        from: mailFrom ? mailFrom.address : "",
        to: rcptTo.map(({ address }) => address),
        content: Buffer.concat(chunks).toString(),
        session: session.id,
        secure: session.secure,
      });
      done();
    },
    ...options,
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { taken, port: (server.server.address() as AddressInfo).port };
}

function client(url: string, options = {}) {
  const server = new MailServer(url, options);
  closing.unshift(async () => server.close());
  return server;
}

const letterTo = (to: string, content = `To: ${to}\r\n\r\nHello.\r\n`) => ({
  from: "orders@larder.example",
  to,
  content: Buffer.from(content),
});
const what = (posted: readonly { what: string }[]) => posted.map((each) => each.what);

for (const lacking of [[], ["hidePIPELINING"]] as const) {
  const form = lacking.length ? "command by command" : "in one piece each";

  test(`letters go over one connection, in order, ${form}`, async () => {
    const { taken, port } = await mailServer(Object.fromEntries(lacking.map((name) => [name, true])));
    const server = client(`smtp://127.0.0.1:${port}`);
    const people = Array.from({ length: 20 }, (_, n) => `p${n}@example.test`);
    expect(what(await server.post(people.slice(0, 15).map((to) => letterTo(to))))).toEqual(Array(15).fill("taken"));
    expect(what(await server.post(people.slice(15).map((to) => letterTo(to))))).toEqual(Array(5).fill("taken"));
    expect(taken.flatMap(({ to }) => to)).toEqual(people);
    expect(taken.every(({ to, content }) => content === `To: ${to[0]}\r\n\r\nHello.\r\n`)).toBe(true);
    expect(new Set(taken.map(({ session }) => session)).size).toBe(1);
  });

  test(`a letter that is refused, for now or for good, holds up no other, ${form}`, async () => {
    const { taken, port } = await mailServer(Object.fromEntries(lacking.map((name) => [name, true])));
    const people = [
      "450-a@example.test",
      "b@example.test",
      "550-c@example.test",
      "550-d@example.test",
      "e@example.test",
    ];
    const posted = await client(`smtp://127.0.0.1:${port}`).post(people.map((to) => letterTo(to)));
    expect(what(posted)).toEqual(["later", "taken", "refused", "refused", "taken"]);
    expect(posted[2]).toMatchObject({ reason: expect.stringContaining("550") });
    expect(taken.flatMap(({ to }) => to)).toEqual(["b@example.test", "e@example.test"]);
  });
}

test("lines that begin with a dot arrive as they are", async () => {
  const { taken, port } = await mailServer();
  const content = "To: a\r\n\r\n.\r\n..\r\n.x\r\nEnd.\r\n";
  await client(`smtp://127.0.0.1:${port}`).post([letterTo("a@example.test", content), letterTo("b@example.test")]);
  expect(taken.map((each) => each.content)[0]).toBe(content);
  expect(taken).toHaveLength(2);
});

test("an address cannot bring commands along", async () => {
  const { taken, port } = await mailServer();
  const evil = ["a@example.test>\r\nRCPT TO:<eve@example.test", "a b@example.test", "nobody", "ü@example.test", ""];
  const posted = await client(`smtp://127.0.0.1:${port}`).post([...evil, "a@bücher.example"].map((to) => letterTo(to)));
  expect(what(posted)).toEqual([...evil.map(() => "refused"), "taken"]);
  // Decoded again by the server: on the way it was xn--bcher-kva.example.
  expect(taken.flatMap(({ to }) => to)).toEqual(["a@bücher.example"]);
});

test("a server that is away, silent, or ends the session makes letters wait, and is asked again", async () => {
  const away = await client("smtp://127.0.0.1:1").post([letterTo("a@example.test")]);
  expect(what(away)).toEqual(["later"]);
  const sockets: Socket[] = [];
  const silent = createServer((socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const { port } = silent.address() as AddressInfo;
  const server = client(`smtp://127.0.0.1:${port}`, { patienceMs: 50 });
  expect(what(await server.post([letterTo("a@example.test"), letterTo("b@example.test")]))).toEqual(["later", "later"]);
  expect(await server.post([letterTo("a@example.test")])).toMatchObject([{ reason: expect.stringMatching("answer") }]);
});

test("what was taken before the connection broke is not sent again", async () => {
  let count = 0;
  const { port } = await mailServer({
    onData(stream, session, done) {
      stream.resume();
      stream.on("end", () => {
        if (++count < 3) return done();
        done(Object.assign(new Error("going down"), { responseCode: 421 }));
        void session;
      });
    },
  });
  const posted = await client(`smtp://127.0.0.1:${port}`).post(
    ["a", "b", "c", "d"].map((p) => letterTo(`${p}@example.test`)),
  );
  expect(what(posted)).toEqual(["taken", "taken", "later", "later"]);
});

test("with TLS offered nothing goes in the clear, and only to who has the certificate", async () => {
  const auth: Partial<SMTPServerOptions> = {
    ...tls,
    disabledCommands: [],
    authMethods: ["PLAIN"],
    onAuth: ({ username, password }, _session, done) =>
      username === "larder" && password === "se:cret"
        ? done(null, { user: username })
        : done(Object.assign(new Error("wrong password"), { responseCode: 535 })),
  };
  const { taken, port } = await mailServer(auth);
  const ca = tls.cert.toString();
  const login = "larder:se%3Acret";
  expect(what(await client(`smtp://${login}@localhost:${port}`, { ca }).post([letterTo("a@example.test")]))).toEqual([
    "taken",
  ]);
  expect(taken).toMatchObject([{ secure: true }]);
  for (const [url, options] of [
    [`smtp://localhost:${port}`, {}],
    [`smtp://127.0.0.1:${port}`, { ca }],
    [`smtp://larder:wrong@localhost:${port}`, { ca }],
  ] as const)
    expect(what(await client(url, options).post([letterTo("b@example.test")]))).toEqual(["later"]);
  const implicit = await mailServer({ ...auth, secure: true });
  expect(
    what(await client(`smtps://${login}@localhost:${implicit.port}`, { ca }).post([letterTo("a@example.test")])),
  ).toEqual(["taken"]);
  expect([taken.length, implicit.taken.length]).toEqual([1, 1]);
});

test("a password does not go to a server without TLS", async () => {
  const { taken, port } = await mailServer({ disabledCommands: ["STARTTLS"] });
  const posted = await client(`smtp://larder:secret@127.0.0.1:${port}`).post([letterTo("a@example.test")]);
  expect(posted).toMatchObject([{ what: "later", reason: expect.stringContaining("TLS") }]);
  expect(taken).toEqual([]);
});
