import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { afterEach, describe, expect, test } from "vitest";
import {
  decodeEcho,
  type EchoHandler,
  EchoService,
  newFolder,
  type RawAnswer,
  rawCall,
  startEcho,
} from "../test/echo.ts";
import { Code, client, RpcError } from "./index.ts";

// A request with text "a": field 1, one byte.
const REQUEST = Buffer.from([0x0a, 0x01, 0x61]);
const folder = newFolder();
const file = join(folder, "user-jwks.json");
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Key {
  readonly kid: string;
  readonly sign: CryptoKey;
  readonly jwk: object;
}

async function newKey(kid: string, alg = "ES256"): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, sign: privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
}

function publish(...keys: Key[]): void {
  writeFileSync(`${file}.new`, JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
  renameSync(`${file}.new`, file);
}

const seconds = () => Math.floor(Date.now() / 1000);
const claims = () => ({
  iss: "larder-gateway",
  aud: "larder-internal",
  sub: "ada",
  scope: "echo:read echo:write",
  exp: seconds() + 60,
});
const assertion = (key: Key, changed: JWTPayload = {}, alg = "ES256") =>
  new SignJWT({ ...claims(), ...changed }).setProtectedHeader({ alg, kid: key.kid }).sign(key.sign);

const start = async (handler: Partial<EchoHandler> = {}, env: Record<string, string> = { LARDER_USER_JWKS: file }) => {
  const echo = await startEcho(handler, env);
  stops.push(echo.stop);
  const call = (method: string, token?: string) =>
    rawCall(
      echo.address,
      `/kit.echo.v1.EchoService/${method}`,
      REQUEST,
      token === undefined ? {} : { "x-larder-user": token },
    );
  return { ...echo, call };
};
const reasonOf = ({ error }: RawAnswer) => [error?.code, reasonIn(error?.metadata.get("grpc-status-details-bin")[0])];
// The reason stands in the ErrorInfo as it is.
const reasonIn = (bytes: unknown) => String(bytes).match(/USER_[A-Z_]+/)?.[0];
// Decoded, since a random request id may hold the user's name.
const userOf = (answer: RawAnswer) => decodeEcho(answer).user;

describe("a method that requires the end user", async () => {
  const key = await newKey("one");

  test("learns who it is from a valid assertion", async () => {
    publish(key);
    const { call } = await start();
    expect(userOf(await call("Mine", await assertion(key)))).toBe("ada");
  });

  test("is UNAUTHENTICATED without one", async () => {
    publish(key);
    expect(reasonOf(await (await start()).call("Mine"))).toEqual([Code.UNAUTHENTICATED, "USER_ASSERTION_MISSING"]);
  });

  test("is UNAUTHENTICATED if the assertion is forged, expired, or made by or for somebody else", async () => {
    publish(key);
    const { call } = await start();
    const forger = await newKey("one");
    const [head, , signature] = (await assertion(key)).split(".");
    const altered = Buffer.from(JSON.stringify({ ...claims(), sub: "bob" })).toString("base64url");
    const refused = {
      "signed with another key": await assertion(forger),
      "with altered claims": `${head}.${altered}.${signature}`,
      unsigned: `${Buffer.from('{"alg":"none"}').toString("base64url")}.${altered}.`,
      expired: await assertion(key, { exp: seconds() - 10 }),
      "without end": await assertion(key, { exp: undefined as never }),
      "of another issuer": await assertion(key, { iss: "mallory" }),
      "for another audience": await assertion(key, { aud: "public" }),
      "without subject": await assertion(key, { sub: undefined as never }),
      garbage: "not.a.token",
    };
    for (const [what, token] of Object.entries(refused)) {
      expect([what, ...reasonOf(await call("Mine", token))]).toEqual([
        what,
        Code.UNAUTHENTICATED,
        "USER_ASSERTION_INVALID",
      ]);
    }
  });

  test("is UNAUTHENTICATED for an algorithm other than ES256, even if the key is published", async () => {
    const other = await newKey("two", "ES384");
    publish(key, other);
    const { call } = await start();
    expect(reasonOf(await call("Mine", await assertion(other, {}, "ES384")))[1]).toBe("USER_ASSERTION_INVALID");
  });

  test("is PERMISSION_DENIED if the user lacks a scope that the contract names", async () => {
    publish(key);
    const { call } = await start();
    const missing = await call("Mine", await assertion(key, { scope: "echo:write" }));
    expect(reasonOf(missing)).toEqual([Code.PERMISSION_DENIED, "USER_SCOPE_MISSING"]);
    const none = await call("Mine", await assertion(key, { scope: undefined }));
    expect(reasonOf(none)).toEqual([Code.PERMISSION_DENIED, "USER_SCOPE_MISSING"]);
  });

  test("knows a new key as soon as it is published, without a restart", async () => {
    publish(key);
    const { call } = await start();
    const next = await newKey("next");
    expect(reasonOf(await call("Mine", await assertion(next)))[1]).toBe("USER_ASSERTION_INVALID");
    publish(key, next);
    expect(userOf(await call("Mine", await assertion(next)))).toBe("ada");
  });

  test("refuses every assertion where no keys are configured", async () => {
    const { call } = await start({}, {});
    expect(reasonOf(await call("Mine", await assertion(key)))[1]).toBe("USER_ASSERTION_INVALID");
  });
});

describe("a method for which the end user is optional", async () => {
  const key = await newKey("one");

  test("is told the user if there is one, and works if there is none", async () => {
    publish(key);
    const { call } = await start();
    expect(userOf(await call("Maybe", await assertion(key)))).toBe("ada");
    expect(userOf(await call("Maybe"))).toBe("");
  });

  test("still refuses an assertion that is not valid", async () => {
    publish(key);
    const { call } = await start();
    expect(reasonOf(await call("Maybe", "forged"))[1]).toBe("USER_ASSERTION_INVALID");
  });
});

describe("further calls", async () => {
  const key = await newKey("one");
  type Mine = { mine(request: object, options?: object): Promise<{ user: string }> };

  // Echo needs no user and calls Mine, which does.
  const startFront = async (options: object) => {
    publish(key);
    const back = await start();
    const mine = client(EchoService, "echo", back.platform) as unknown as Mine;
    return start({
      echo: async () => {
        try {
          return { user: (await mine.mine({ text: "a" }, options)).user };
        } catch (error) {
          return { user: error instanceof RpcError ? error.reason : "?" };
        }
      },
    });
  };

  test("carry the assertion on, even through a method that does not ask for it", async () => {
    const { call } = await startFront({});
    expect(userOf(await call("Echo", await assertion(key)))).toBe("ada");
  });

  test("carry nothing if they are detached", async () => {
    const { call } = await startFront({ detached: true });
    expect(userOf(await call("Echo", await assertion(key)))).toBe("USER_ASSERTION_MISSING");
  });
});

test("a method that asks for no user is told none, so that nobody acts on an unverified one", async () => {
  const key = await newKey("one");
  publish(key);
  const { call } = await start();
  expect(userOf(await call("Echo", await assertion(key)))).toBe("");
  expect(userOf(await call("Echo", "forged"))).toBe("");
});
