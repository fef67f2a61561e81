// Events: written with their cause, relayed to the log exactly once, and handled with their effect exactly once.

export {
  batchSubscription,
  type ConsumeOptions,
  consume,
  type Delivered,
  type DeliveredEvent,
  type Outcome,
  subscription,
} from "./consumer.ts";
export { contractVersion } from "./contract-version.ts";
export { bury, type Death, deadTopic, deathOf, type Failure, RejectEvent, UNREADABLE } from "./dead-letter.ts";
export {
  decodeEvent,
  type Event,
  EventFormatError,
  EventTooLarge,
  encodeEvent,
  MAX_EVENT_BYTES,
  UnknownEvent,
} from "./event.ts";
export { inboxMigrations, moveTo, type Place } from "./inbox.ts";
export { type KafkaAddress, parseKafkaUrl } from "./kafka/address.ts";
export { deadLetterHours, keepLetters, type LetterboxOptions } from "./letterbox.ts";
export {
  checkReplayable,
  dropLetter,
  type Letter,
  NotReplayable,
  openLetters,
  recordsOf,
  replayLetter,
} from "./letters.ts";
export {
  type Appended,
  type Batch,
  type EventLog,
  type GroupOptions,
  type Lag,
  type Lease,
  LogForbidden,
  type LogRecord,
  LogRefused,
  LogUnavailable,
  OffsetOutOfRange,
  type Range,
  type ReadOptions,
  type TrimOptions,
} from "./log.ts";
export { keyHash, murmur2, partitionOf } from "./murmur2.ts";
export { type EventLogOptions, eventLogUrl, openEventLog } from "./open.ts";
export { outboxColumns, outboxMigrations, outboxRows, wakeRelay, writeEvent, writeEvents } from "./outbox.ts";
export { openRelay, type Relay, type RelayOptions, type RelayStats } from "./relay.ts";
export { type RetainOptions, type Retention, retain, retentionOf } from "./retention.ts";
export { type NewEventOptions, newEvent, type OutgoingEvent, payload, type Topic, topicOf } from "./topic.ts";
