import { whyNotKafka } from "@larder/events/testing";
import { test } from "vitest";
import { rightsMatrix } from "../../rights/rights.ts";

const reason = whyNotKafka();

if (reason) test("rights to topics on Kafka", (context) => context.skip(reason));
else rightsMatrix("kafka");
