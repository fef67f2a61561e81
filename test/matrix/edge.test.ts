// The row of the matrix for everybody outside: every method of every service, asked for at the edge with and without tokens.

import { beforeAll, expect, test } from "vitest";
import { type Method, readContract } from "../contract.ts";
import { handled } from "../counters.ts";
import { sharedMesh } from "../mesh.ts";
import { signedToken } from "../users.ts";
import { type Answer, Wire } from "../wire.ts";
import { requestOf } from "./callers.ts";

const mesh = sharedMesh();
const contract = readContract();
const atEdge = contract.methods.filter(({ callers }) => callers.includes("@edge"));
const scopes = [...new Set(atEdge.flatMap((method) => method.scopes))];
let wire: Wire;

beforeAll(async () => {
  wire = await Wire.plain(mesh.ports.edge, `127.0.0.1:${mesh.ports.edge}`);
  return () => wire.close();
});

/** No user may have all scopes: these tokens are signed with the issuer's own key. */
const bearer = async (granted: readonly string[]): Promise<Record<string, string>> => ({
  authorization: `Bearer ${await signedToken(mesh, { sub: "ada", scope: granted.join(" ") })}`,
});

/** Calls a method, and says how often its own handler and how often any handler of the gateway has counted. */
async function ask(method: Method, headers: Record<string, string>): Promise<Answer & { own: number; all: number }> {
  const counts = async () => {
    const counted = await handled(mesh, "gateway");
    return { own: counted.get(method.path) ?? 0, all: [...counted.values()].reduce((a, b) => a + b, 0) };
  };
  const before = await counts();
  const answer = await wire.call(method.path, headers, requestOf(method));
  const after = await counts();
  return { ...answer, own: after.own - before.own, all: after.all - before.all };
}

test("the methods of the edge are reached with the scopes that they ask for, and with no others", async () => {
  const every = await bearer(scopes);
  for (const method of atEdge) {
    expect(await ask(method, every), method.path).toMatchObject({ own: 1, all: 1 });
    const without = await ask(method, {});
    if (method.scopes.length === 0) expect(without, method.path).toMatchObject({ own: 1, all: 1 });
    else expect(without, method.path).toMatchObject({ code: "UNAUTHENTICATED", all: 0 });
    for (const scope of method.scopes) {
      const short = await ask(method, await bearer(scopes.filter((other) => other !== scope)));
      expect(short, `${method.path} without ${scope}`).toMatchObject({ code: "PERMISSION_DENIED", all: 0 });
    }
  }
  console.log(`edge matrix: ${atEdge.length} methods, ${scopes.length} scopes`);
  expect(scopes.length).toBeGreaterThan(3);
});

test("no other method of any service can be reached from outside, whatever the token", async () => {
  const every = await bearer(scopes);
  const inner = contract.methods.filter((method) => !atEdge.includes(method));
  expect(inner.length).toBeGreaterThan(30);
  const answers = await Promise.all(
    inner.flatMap((method) => [
      wire.call(method.path, every, requestOf(method)),
      wire.call(method.path, {}, requestOf(method)),
    ]),
  );
  expect(new Set(answers.map(({ code }) => code))).toEqual(new Set(["PERMISSION_DENIED"]));
});
