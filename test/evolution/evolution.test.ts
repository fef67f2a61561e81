// What was written yesterday is read today, and what is written today by who was built yesterday: services are replaced one after the
// other, and the log keeps events for days.
import { fromBinary, toBinary, toJson } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { events, filled, messageOf, namesOfSamples, samplesOf, schemaOf } from "./samples.ts";

const today = new Map((await events()).map((event) => [event.typeName, event]));

test("no event that ever was is gone", () => {
  expect([...today.keys()].sort()).toEqual(namesOfSamples());
});

describe.each([...today])("%s", (typeName, event) => {
  test("has a sample of its shape: node test/evolution/samples.ts adds it", () => {
    expect(samplesOf(typeName).at(-1)?.schema).toBe(schemaOf(event));
  });

  const samples = samplesOf(typeName).map((sample, index) => ({ number: index + 1, sample }));
  test.each(samples)("is read as it was written as sample $number", ({ sample }) => {
    const bytes = Buffer.from(sample.bytes, "hex");
    expect(toJson(event, fromBinary(event, bytes))).toMatchObject(sample.message as object);
    expect(fromBinary(event, bytes).$unknown).toBeUndefined();
  });

  test.each(samples)("that is written today is read by who knows sample $number", ({ sample }) => {
    const then = messageOf(sample, typeName);
    expect(toJson(then, fromBinary(then, toBinary(event, filled(event))))).toEqual(sample.message);
  });
});
