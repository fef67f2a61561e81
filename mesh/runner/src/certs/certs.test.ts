import { createPrivateKey, createPublicKey, sign, verify, X509Certificate } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Authority, type Leaf } from "./authority.ts";
import { deviceAuthority, deviceCertificate, writeDeviceCertificate } from "./device.ts";
import { isDue, Rotation } from "./rotation.ts";
import { makeUserKey } from "./user-key.ts";

const HOUR = 3_600_000;
const request = {
  commonName: "order-0",
  names: [{ type: "url", value: "spiffe://larder.local/ns/larder/sa/order" }],
  lifetimeMs: HOUR,
  usage: "peer",
} as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "larder-certs-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a leaf has the SPIFFE id as its only name, lives as long as asked and fits its key", async () => {
  const authority = await Authority.open(join(folder, "ca"));
  const leaf = await authority.issue(request);
  const certificate = new X509Certificate(leaf.certificate);
  expect(certificate.subjectAltName).toBe("URI:spiffe://larder.local/ns/larder/sa/order");
  expect(certificate.ca).toBe(false);
  expect(certificate.serialNumber.toLowerCase()).toBe(leaf.serial);
  expect(certificate.validToDate.getTime()).toBe(Math.floor(leaf.expiresAt / 1000) * 1000);
  expect(certificate.checkPrivateKey(createPrivateKey(leaf.key))).toBe(true);
  expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
  expect(certificate.verify(new X509Certificate(authority.bundle).publicKey)).toBe(true);
  expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
});

test("the authority is kept, and only its owner can read it", async () => {
  const first = await Authority.open(join(folder, "ca"));
  const second = await Authority.open(join(folder, "ca"));
  expect(second.bundle).toBe(first.bundle);
  const leaf = new X509Certificate((await second.issue(request)).certificate);
  expect(leaf.verify(new X509Certificate(first.bundle).publicKey)).toBe(true);
  expect(statSync(join(folder, "ca")).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, "ca", "ca-key.pem")).mode & 0o777).toBe(0o600);
  chmodSync(join(folder, "ca"), 0o700);
});

test("an authority near its end is replaced", async () => {
  const first = await Authority.open(join(folder, "ca"));
  const later = Date.now() + 4.95 * 365 * 86_400_000;
  const second = await Authority.open(join(folder, "ca"), () => later);
  expect(second.bundle).not.toBe(first.bundle);
  expect(readFileSync(join(folder, "ca", "ca.pem"), "utf8")).toBe(second.bundle);
});

test("a certificate is due at half of its life, or when the clock stands before its issue", () => {
  const leaf = { issuedAt: 1000, expiresAt: 3000 };
  expect([999, 1000, 1999, 2000, 9999].map((now) => isDue(leaf, now))).toEqual([true, false, false, true, true]);
});

test("rotation replaces what is due, and after a jump of the clock everything", async () => {
  let now = Date.now();
  const authority = await Authority.open(join(folder, "ca"), () => now);
  const delivered: Record<string, Leaf[]> = { short: [], long: [] };
  const held = (["short", "long"] as const).map((name) => ({
    name,
    authority,
    request: { ...request, lifetimeMs: name === "short" ? HOUR : 10 * HOUR },
    deliver: (leaf: Leaf) => void delivered[name]?.push(leaf),
  }));
  const rotation = new Rotation(
    held,
    () => undefined,
    () => now,
  );
  await rotation.renewAll();
  const counts = () => [delivered.short?.length, delivered.long?.length];
  now += HOUR / 2 - 1;
  await rotation.tick();
  expect(counts()).toEqual([1, 1]);
  now += 1;
  await rotation.tick();
  expect(counts()).toEqual([2, 1]);
  // The lid was closed over the weekend.
  now += 60 * HOUR;
  await rotation.tick();
  expect(counts()).toEqual([3, 2]);
  // The clock was wrong and is set back.
  now -= 61 * HOUR;
  await rotation.tick();
  expect(counts()).toEqual([4, 3]);
  const serials = Object.values(delivered)
    .flat()
    .map(({ serial }) => serial);
  expect(new Set(serials).size).toBe(7);
  await rotation.stop();
});

test("a renewal that fails is reported and tried again at the next tick", async () => {
  const authority = await Authority.open(join(folder, "ca"));
  const said: string[] = [];
  let full = true;
  const held = {
    name: "order-0/svid",
    authority,
    request,
    deliver: () => {
      if (full) throw new Error("no space left");
    },
  };
  const rotation = new Rotation([held], (message) => said.push(message));
  await rotation.tick();
  expect(said).toEqual(["certificates not renewed: no space left"]);
  expect(rotation.serial("order-0/svid")).toBeUndefined();
  full = false;
  await rotation.tick();
  expect(rotation.serial("order-0/svid")).toMatch(/^[0-9a-f]{32}$/);
});

test("the key set of the user assertion checks what its private half signs, and holds no private part", () => {
  const { privateKey, jwks } = makeUserKey();
  const { keys } = JSON.parse(jwks);
  expect(keys).toHaveLength(1);
  expect(Object.keys(keys[0]).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
  const data = Buffer.from("claims");
  const signature = sign("sha256", data, privateKey);
  expect(verify("sha256", data, createPublicKey({ key: keys[0], format: "jwk" }), signature)).toBe(true);
  expect(makeUserKey().jwks).not.toBe(jwks);
});

describe("the certificate of a device", () => {
  const environment = { deviceTrustDomain: "devices.larder.local" };

  test("has the id of the device as its only name, is for clients, and of an authority apart from that of the mesh", async () => {
    const made = await deviceCertificate(environment, { data: folder }, "van-7");
    const certificate = new X509Certificate(made.certificate);
    expect(made.id).toBe("spiffe://devices.larder.local/van-7");
    expect(certificate.subjectAltName).toBe(`URI:${made.id}`);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(certificate.checkPrivateKey(createPrivateKey(made.key))).toBe(true);
    expect(made.bundle).toBe((await deviceAuthority({ data: folder })).bundle);
    const mesh = new X509Certificate((await Authority.open(join(folder, "ca"))).bundle);
    const devices = new X509Certificate(made.bundle);
    expect(certificate.verify(devices.publicKey)).toBe(true);
    expect(certificate.verify(mesh.publicKey)).toBe(false);
    expect(devices.subject).not.toBe(mesh.subject);
  });

  test.each(["", "Van-7", "van.7", "van/7", "van 7", "..", "van;URI=spiffe://x", "v".repeat(61)])(
    "is refused for an id that no device can have, and then nothing is made: %s",
    async (device) => {
      await expect(deviceCertificate(environment, { data: folder }, device)).rejects.toThrow(
        "cannot be the id of a device",
      );
      expect(existsSync(join(folder, "device-ca"))).toBe(false);
    },
  );

  test("is refused where the environment has no devices", async () => {
    await expect(deviceCertificate({}, { data: folder }, "van-7")).rejects.toThrow("has no devices");
  });

  test("is written for its owner alone, and a folder that was there stays as it is", async () => {
    const made = await deviceCertificate(environment, { data: folder }, "van-7");
    const files = writeDeviceCertificate(join(folder, "out", "van-7"), made);
    expect(statSync(join(folder, "out", "van-7")).mode & 0o777).toBe(0o700);
    for (const file of Object.values(files)) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(files.key, "utf8")).toBe(made.key);
    mkdirSync(join(folder, "mine"));
    chmodSync(join(folder, "mine"), 0o755);
    writeDeviceCertificate(join(folder, "mine"), made);
    expect(statSync(join(folder, "mine")).mode & 0o777).toBe(0o755);
  });
});
