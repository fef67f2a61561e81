// A broker as a cluster has it: users log in by SCRAM, over TLS, and the broker must prove its name.

import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EventLog, LogRefused, LogUnavailable, openEventLog } from "@larder/events";
import { SESSION_MS, startKafka, type TestKafka, whyNotKafka } from "@larder/events/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Authority } from "../../../mesh/runner/src/certs/authority.ts";

const reason = whyNotKafka();

if (reason) test("a Kafka with TLS and SCRAM", (context) => context.skip(reason));
else describe("a Kafka with TLS and SCRAM", { timeout: 120_000 }, secure);

function secure(): void {
  const folder = mkdtempSync(join(tmpdir(), "larder-secure-"));
  const own = join(folder, "own.pem");
  const foreign = join(folder, "foreign.pem");
  let kafka: TestKafka;

  beforeAll(async () => {
    const authority = await Authority.open(join(folder, "own"));
    writeFileSync(own, authority.bundle);
    writeFileSync(foreign, (await Authority.open(join(folder, "foreign"))).bundle);
    const names = [{ type: "ip", value: "127.0.0.1" }] as const;
    kafka = await startKafka(
      [],
      await authority.issue({ commonName: "broker", names, lifetimeMs: 3_600_000, usage: "server" }),
    );
  }, 300_000);
  afterAll(async () => {
    await kafka?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const use = async <T>(url: string, work: (log: EventLog) => Promise<T>): Promise<T> => {
    const log = openEventLog(url);
    return work(log).finally(() => log.close());
  };
  const address = (query: string, password = "of-a-test") => `kafkas://admin:${password}@${kafka.secure}?${query}`;
  const failure = (url: string): Promise<unknown> => use(url, (log) => log.ping().catch((error: unknown) => error));

  test.each(["ca=CA", "sasl=SCRAM-SHA-512&ca=CA", "sasl=SCRAM-SHA-256&ca=CA"])(
    "events go and come with ?%s",
    async (query) => {
      const topic = `test.${randomUUID()}.v1`;
      const values = await use(address(query.replace("CA", own)), async (log) => {
        await log.createTopic(topic, 1);
        const records = [{ sequence: 1n, value: Buffer.from("one") }];
        await log.append([{ topic, partition: 0, producer: "a", records }]);
        return log.read(topic, new Map([[0, 0n]]));
      });
      expect(values.map(({ value }) => Buffer.from(value).toString())).toEqual(["one"]);
    },
  );

  test("a login that is good for a while only is renewed, and nobody sees it", async () => {
    const topic = `test.${randomUUID()}.v1`;
    await use(address(`ca=${own}`), async (log) => {
      await log.createTopic(topic, 1);
      const end = performance.now() + 2.5 * SESSION_MS;
      for (let next = 0n; performance.now() < end; next += 1n) {
        const records = [{ sequence: next + 1n, value: Buffer.from("one") }];
        await log.append([{ topic, partition: 0, producer: "a", records }]);
        // One waits for what is there, and the other for what is not.
        await log.read(topic, new Map([[0, next]]), { waitMs: 1000 });
        await log.read(topic, new Map([[0, next + 1n]]), { waitMs: 100 });
      }
    });
  });

  test("a wrong password is told as what it is", async () => {
    const error = await failure(address(`ca=${own}`, "another"));
    expect(error).toBeInstanceOf(LogRefused);
    expect(error).toMatchObject({
      reason: "EVENT_LOG_LOGIN_REFUSED",
      message: expect.stringMatching(/refuses admin: .*credentials/),
    });
    expect(String((error as Error).message)).not.toContain("another");
  });

  test("a mechanism that the broker does not have is told, with those that it has", async () => {
    expect(await failure(address(`sasl=PLAIN&ca=${own}`))).toMatchObject({
      reason: "EVENT_LOG_LOGIN_REFUSED",
      message: expect.stringMatching(/it has no PLAIN, but SCRAM/),
    });
  });

  test("a broker whose certificate nobody vouches for is not believed", async () => {
    for (const query of ["", `ca=${foreign}`])
      expect(await failure(address(query))).toMatchObject({ reason: "EVENT_LOG_NOT_TRUSTED" });
  });

  test("a broker under another name than its own is not believed", async () => {
    const url = `kafkas://admin:of-a-test@localhost:${kafka.secure?.split(":")[1]}?ca=${own}`;
    expect(await failure(url)).toMatchObject({
      reason: "EVENT_LOG_NOT_TRUSTED",
      message: expect.stringContaining("localhost"),
    });
  });

  test("where no TLS is spoken, and where nothing else is, there is no connection", async () => {
    const plain = kafka.url.replace(/^kafka:\/\/.*@/, "");
    expect(await failure(`kafkas://admin:of-a-test@${plain}?ca=${own}`)).toBeInstanceOf(LogUnavailable);
    expect(await failure(`kafka://admin:of-a-test@${kafka.secure}`)).toBeInstanceOf(LogUnavailable);
  });

  test("a file of certificates that is not there is a mistake at once", () => {
    expect(() => openEventLog(address(`ca=${folder}/none.pem`))).toThrow("cannot be read");
  });
}
