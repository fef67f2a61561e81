// The settings of the order service: the only place that reads the environment.
import { deadLetterHours, eventLogUrl } from "@larder/events";
import { integer, milliseconds, platformSettings, readEnv, secretText } from "@larder/platform";

export const settings = {
  ...platformSettings("ORDER"),
  databaseUrl: secretText("ORDER_DATABASE_URL"),
  eventLogUrl: eventLogUrl("ORDER"),
  databaseConnections: integer("ORDER_DATABASE_CONNECTIONS", 8, { min: 1, max: 100 }),
  // Inventory holds stock for 15 minutes, which must stay at least ten times the limit.
  forwardLimitMs: milliseconds("ORDER_FORWARD_LIMIT_MS", 8000),
  leaseMs: milliseconds("ORDER_LEASE_MS", 3000),
  recoveryPauseMs: milliseconds("ORDER_RECOVERY_PAUSE_MS", 500),
  recoveryLimit: integer("ORDER_RECOVERY_LIMIT", 16, { min: 1 }),
  // For topics to which the contract gives no retention of their own.
  eventRetentionHours: integer("ORDER_EVENT_RETENTION_HOURS", 168, { min: 1 }),
  /** Dead letters of events are kept for so long. */
  deadLetterHours: deadLetterHours("ORDER"),
};

export type Config = ReturnType<typeof loadConfig>;

export const loadConfig = (env = process.env) => readEnv(settings, env);
