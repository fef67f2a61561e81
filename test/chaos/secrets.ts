// What must not stand in a log file or a span: every password, key and token of this very run, what customers have said of themselves, and
// whatever has the form of such.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { demoUsers } from "../../mesh/runner/src/issuer/users.ts";

/** A secret that was found. It does not say the secret itself. */
export interface Leak {
  /** A file, or a trace. */
  readonly where: string;
  /** What kind of secret. */
  readonly what: string;
}

export interface Secret {
  readonly what: string;
  readonly text: string;
}

const FORMS: readonly (readonly [what: string, form: RegExp])[] = [
  ["something like a token", /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/],
  ["something like a private key", /-----BEGIN [A-Z ]*PRIVATE KEY/],
  ["an address with a password", /\b[a-z][a-z0-9+]*:\/\/[^\s:@/"]*:[^\s:@/"]+@/],
  ["something like an authorization header", /\bbearer\s+[\w.~+/-]{16,}/i],
];

/** Those of a mesh that runs in `place`, and the tokens that its customers were given. */
export function secretsOf(place: string, tokens: Iterable<string>): Secret[] {
  const data = (...parts: string[]) => readFileSync(join(place, "data", ...parts), "utf8");
  const run = (...parts: string[]) => readFileSync(join(place, "run", ...parts), "utf8");
  const instances = readdirSync(join(place, "run")).filter((name) => /-\d$/.test(name));
  return [
    ...textsIn(JSON.parse(data("secrets.json"))).map((text) => ({ what: "a password", text })),
    ...privateParts(JSON.parse(data("issuer", "keys.json"))).map((text) => ({ what: "a key of the issuer", text })),
    ...keyLines(data("ca", "ca-key.pem")).map((text) => ({ what: "the key of the authority", text })),
    ...keyLines(run("gateway-0", "user-key.pem")).map((text) => ({ what: "the key of the user assertion", text })),
    ...instances.flatMap((name) =>
      keyLines(run(name, "sds", "svid.yaml")).map((text) => ({ what: `the key of ${name}`, text })),
    ),
    // The signature is what nobody else can make.
    ...[...tokens].map((token) => ({ what: "a token", text: token.slice(token.lastIndexOf(".") + 1) })),
    ...demoUsers().map(({ email }) => ({ what: "an e-mail address", text: email })),
  ];
}

/** Which secrets, and which texts that look like one, stand in a text. */
export function leaksIn(where: string, text: string, secrets: readonly Secret[]): Leak[] {
  const found = new Set<string>();
  for (const secret of secrets) if (text.includes(secret.text)) found.add(secret.what);
  for (const [what, form] of FORMS) if (form.test(text)) found.add(what);
  return [...found].map((what) => ({ where, what }));
}

/** Looks through every log in the run folder, those that were moved aside included. */
export function leaksInLogs(runFolder: string, secrets: readonly Secret[]): Leak[] {
  const logs = readdirSync(runFolder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.log(\.\d)?$/.test(name),
  );
  return logs.flatMap((name) => leaksIn(name, readFileSync(join(runFolder, name), "utf8"), secrets));
}

/** Looks through every span that the trace store at that port still has. */
export async function leaksInTraces(
  port: number,
  secrets: readonly Secret[],
): Promise<{ traces: number; leaks: Leak[] }> {
  const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}/api/traces${path}`)).text();
  const traces = JSON.parse(await get("?limit=1000")) as { id: string }[];
  const leaks: Leak[] = [];
  for (const { id } of traces) leaks.push(...leaksIn(`trace ${id}`, await get(`/${id}`), secrets));
  return { traces: traces.length, leaks };
}

const SHORTEST = 16;

/** Every text in a value that is long enough to be a secret. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return value.length >= SHORTEST ? [value] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The private parts of JSON Web Keys, and other secrets, anywhere in a value. */
function privateParts(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    typeof part === "string" ? (name === "d" ? [part] : []) : privateParts(part),
  );
}

/** The lines of the private keys in a text, but for their first ones, which all keys of a kind have in common. */
function keyLines(text: string): string[] {
  return [...text.matchAll(/-----BEGIN PRIVATE KEY-----([^-]+)-----END/g)].flatMap(([, body = ""]) =>
    body
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line.length >= SHORTEST)
      .slice(1),
  );
}
