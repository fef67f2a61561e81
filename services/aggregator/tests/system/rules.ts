// Prints the rights that the contract gives the aggregator at a Valkey.

import {
  ExcursionChangedSchema,
  SensorAttachedSchema,
  WindowsClosedSchema,
} from "@larder/contract/larder/coldchain/v1/cold_chain_events_pb.js";
import { ReadingsIngestedSchema } from "@larder/contract/larder/telemetry/v1/reading_events_pb.js";
import { topicOf } from "@larder/events";
import { valkeyRules } from "@larder/events/provision";

const events = [ExcursionChangedSchema, SensorAttachedSchema, WindowsClosedSchema, ReadingsIngestedSchema];
console.log(valkeyRules("aggregator", events.map(topicOf)));
