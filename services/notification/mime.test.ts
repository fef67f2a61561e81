import { simpleParser } from "mailparser";
import { expect, test } from "vitest";
import { composeMail, type Mail, mailboxOf } from "./mime.ts";

const usual: Mail = {
  from: "Larder <orders@larder.example>",
  to: "ada@example.test",
  subject: "Your order 7 is confirmed",
  text: "Dear Ada,\n.\nit comes.\n",
  html: "<p>Dear Ada</p>",
  messageId: "<7@larder.example>",
  time: new Date("2026-11-22T08:09:10Z"),
};
const read = (change: Partial<Mail>) => simpleParser(composeMail({ ...usual, ...change }));

test("a mail reads as it was written", async () => {
  const mail = await read({});
  expect(mail).toMatchObject({ subject: usual.subject, messageId: usual.messageId, date: usual.time });
  expect([mail.from?.text, mail.to]).toMatchObject([`"Larder" <orders@larder.example>`, { text: usual.to }]);
  expect([mail.text?.trim(), mail.html]).toEqual([usual.text.trim(), usual.html]);
});

test("letters of any alphabet, long lines and long subjects come through", async () => {
  const change = {
    from: "Épicerie “Larder”, Liège <orders@larder.example>",
    subject: `Crème brûlée 🍮 ${"мёд ".repeat(40)}`.trim(),
    text: `Crème ${"x".repeat(5000)} 🍮`,
    html: `<p>${"y".repeat(5000)}</p>`,
  };
  const mail = await read(change);
  expect([mail.subject, mail.text, mail.html]).toEqual([change.subject, change.text, change.html]);
  expect(mail.from?.value).toEqual([{ address: "orders@larder.example", name: "Épicerie “Larder”, Liège" }]);
  const lines = composeMail({ ...usual, ...change })
    .toString("latin1")
    .split("\r\n");
  expect(lines.every((line) => line.length < 998 && !/[\r\n]/.test(line))).toBe(true);
});

test("nothing in a mail adds a header or ends a part", async () => {
  const evil = "x\r\nBcc: eve@example.test\r\n\r\nbody\n--=_7larderexample--\n";
  for (const field of ["from", "to", "subject", "messageId"] as const) {
    const mail = await read({ [field]: evil });
    expect(mail.bcc).toBeUndefined();
    expect(mail.text?.trim()).toBe(usual.text.trim());
  }
  expect((await read({ subject: evil })).subject).toContain("Bcc");
  expect((await read({ subject: "=?UTF-8?B?eA==?=" })).subject).toBe("=?UTF-8?B?eA==?=");
});

test("a part may hold what looks like the end of one", async () => {
  const change = { text: "--=_7larderexample--\nit comes", html: "<p>--=_7larderexample</p>" };
  const mail = await read(change);
  expect([mail.text, mail.html]).toEqual([change.text, change.html]);
});

test("an address stands alone or behind a name", () => {
  expect(mailboxOf("Larder <orders@larder.example>")).toEqual({ name: "Larder", address: "orders@larder.example" });
  expect(mailboxOf("orders@larder.example")).toEqual({ name: "", address: "orders@larder.example" });
});
