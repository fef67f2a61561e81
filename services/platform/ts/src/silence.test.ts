// How a stream without a message ends. A second of silence is too much, as the contract of testdata/ says.

import { create, toBinary } from "@bufbuild/protobuf";
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type EchoHandler, EchoService, startEcho } from "../test/echo.ts";
import { Code } from "./index.ts";

const ends: (() => unknown)[] = [];
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(async () => {
  vi.useRealTimers();
  for (const end of ends.splice(0).reverse()) await end();
});

/** A stream of both sides that only a test keeps going. */
async function chat(handler: EchoHandler["chat"]) {
  const { address, stop } = await startEcho({ chat: handler });
  const client = new Client(address, credentials.createInsecure());
  ends.push(stop, () => client.close());
  const same = (bytes: Buffer) => bytes;
  const wire = client.makeBidiStreamRequest("/kit.echo.v1.EchoService/Chat", same, same, new Metadata());
  const ended = new Promise<ServiceError | undefined>((resolve) => {
    wire.on("error", resolve);
    wire.on("end", () => resolve(undefined));
  });
  const { input } = EchoService.methods.find(({ name }) => name === "Chat") ?? expect.fail("there is no Chat");
  const request = Buffer.from(toBinary(input, create(input, { text: "a" } as never)));
  return {
    ended,
    say: () => wire.write(request),
    told: () => new Promise((resolve) => wire.once("data", resolve)),
    wire,
  };
}

/** Something to wait for, again and again. */
function bell() {
  let { promise, resolve } = Promise.withResolvers<void>();
  return {
    ring: () => resolve(),
    async rung() {
      await promise;
      ({ promise, resolve } = Promise.withResolvers<void>());
    },
  };
}

test("a stream ends that had no message for as long as the contract says, and its handler is told", async () => {
  const aborted = bell();
  const { ended, told } = await chat(async function* (_, { signal }) {
    signal.addEventListener("abort", aborted.ring);
    yield { text: "one" };
    await aborted.rung();
    aborted.ring();
  });
  await told();
  vi.advanceTimersByTime(1000);
  expect(await ended).toMatchObject({ code: Code.DEADLINE_EXCEEDED, details: "the call was silent for too long" });
  await aborted.rung();
});

test("each request breaks the silence", async () => {
  const heard = bell();
  const { ended, say, told, wire } = await chat(async function* (requests) {
    for await (const _ of requests) heard.ring();
    yield { text: "all heard" };
  });
  for (let time = 0; time < 5; time++) {
    say();
    await heard.rung();
    vi.advanceTimersByTime(900);
  }
  wire.end();
  await told();
  expect(await ended).toBeUndefined();
});

test("each answer breaks the silence", async () => {
  const more = bell();
  const { ended, told } = await chat(async function* () {
    for (let time = 0; time < 5; time++) {
      yield { text: "on" };
      await more.rung();
    }
  });
  for (let time = 0; time < 5; time++) {
    await told();
    vi.advanceTimersByTime(900);
    more.ring();
  }
  expect(await ended).toBeUndefined();
});
