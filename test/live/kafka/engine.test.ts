import { eventLogContract } from "@larder/events/contract";
import { startKafka, whyNotKafka } from "@larder/events/testing";
import { test } from "vitest";

const reason = whyNotKafka();

if (reason) test("the event log on Kafka", (context) => context.skip(reason));
else eventLogContract("Apache Kafka", () => startKafka());
