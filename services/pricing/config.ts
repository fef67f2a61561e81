// The settings of the pricing service: the only place that reads the environment.
import { deadLetterHours, eventLogUrl } from "@larder/events";
import { choice, integer, optional, platformSettings, readEnv, secretText } from "@larder/platform";

export const settings = {
  ...platformSettings("PRICING"),
  databaseUrl: secretText("PRICING_DATABASE_URL"),
  eventLogUrl: eventLogUrl("PRICING"),
  /** How many whole days the markdown of an excursion lasts at most. */
  markdownDays: integer("PRICING_MARKDOWN_DAYS", 3, { min: 0, max: 365 }),
  /** For topics to which the contract gives no retention of their own. */
  eventRetentionHours: integer("PRICING_EVENT_RETENTION_HOURS", 168, { min: 1 }),
  /** Dead letters of events are kept for so long. */
  deadLetterHours: deadLetterHours("PRICING"),
  seed: optional(choice("PRICING_SEED", ["demo"])),
};

export const loadConfig = (env = process.env) => readEnv(settings, env);
