// The settings of the inventory service: the only place that reads the environment.
import { eventLogUrl } from "@larder/events";
import { choice, integer, optional, platformSettings, readEnv, seconds, secretText } from "@larder/platform";

export const settings = {
  ...platformSettings("INVENTORY"),
  databaseUrl: secretText("INVENTORY_DATABASE_URL"),
  eventLogUrl: eventLogUrl("INVENTORY"),
  /** How often lapsed reservations are looked for. */
  expirySeconds: seconds("INVENTORY_EXPIRY_SECONDS", 5),
  /** For topics to which the contract gives no retention of their own. */
  eventRetentionHours: integer("INVENTORY_EVENT_RETENTION_HOURS", 168, { min: 1 }),
  seed: optional(choice("INVENTORY_SEED", ["demo"])),
};

export const loadConfig = (env = process.env) => readEnv(settings, env);
