// The settings of the shipping service: the only place that reads the environment.
import { deadLetterHours, eventLogUrl } from "@larder/events";
import { integer, platformSettings, readEnv, secretText } from "@larder/platform";

export const settings = {
  ...platformSettings("SHIPPING"),
  databaseUrl: secretText("SHIPPING_DATABASE_URL"),
  eventLogUrl: eventLogUrl("SHIPPING"),
  /** How many deliveries each new slot takes. */
  slotCapacity: integer("SHIPPING_SLOT_CAPACITY", 200),
  /** From which spoilage risk on, in percent, an excursion is noted with the shipment, and its customer told. */
  atRiskPercent: integer("SHIPPING_AT_RISK_PERCENT", 10, { min: 1, max: 100 }),
  /** Dead letters of events are kept for so long. */
  deadLetterHours: deadLetterHours("SHIPPING"),
  /** For topics to which the contract gives no retention of their own. */
  eventRetentionHours: integer("SHIPPING_EVENT_RETENTION_HOURS", 168, { min: 1 }),
};

export const loadConfig = (env = process.env) => readEnv(settings, env);
