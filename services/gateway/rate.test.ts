// Rates are counted in a real Valkey, and do not stand in the way when it is gone.
import { startValkey } from "@larder/events/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rateLimit } from "./rate.ts";

let valkey: Awaited<ReturnType<typeof startValkey>>;

beforeAll(async () => {
  valkey = await startValkey();
});
afterAll(() => valkey.stop());

/** Until the limit is felt, nothing is counted: the connection is made in the background. */
const connected = (limit: ReturnType<typeof rateLimit>) =>
  expect
    .poll(
      () =>
        limit.count("probe").then(
          () => "passed",
          () => "refused",
        ),
      { timeout: 10_000 },
    )
    .toBe("refused");

test("each user has a limit of their own, shared by all instances", async () => {
  const [one, two] = [rateLimit(valkey.url, 4), rateLimit(valkey.url, 4)];
  await Promise.all([connected(one), connected(two)]);
  // A minute may end in between: then the count begins anew, and more calls are needed to reach the limit.
  const results = await Promise.allSettled(Array.from({ length: 12 }, (_, n) => (n % 2 ? one : two).count("user:ada")));
  const refused = results.filter(({ status }) => status === "rejected");
  expect(refused.length).toBeGreaterThanOrEqual(4);
  expect(refused[0]).toMatchObject({ reason: { reason: "RATE_EXCEEDED" } });
  await one.count("user:bela");
  one.close();
  two.close();
});

test("without Valkey every call passes", async () => {
  const limit = rateLimit("redis+unix://:x@/nowhere/valkey.sock", 1);
  for (let calls = 0; calls < 5; calls++) await limit.count("user:ada");
  limit.close();
});
