// The settings of the dashboard service: the only place that reads the environment.
import { deadLetterHours, eventLogUrl } from "@larder/events";
import { integer, platformSettings, readEnv, secretText } from "@larder/platform";

export const settings = {
  ...platformSettings("DASHBOARD"),
  databaseUrl: secretText("DASHBOARD_DATABASE_URL"),
  eventLogUrl: eventLogUrl("DASHBOARD"),
  databaseConnections: integer("DASHBOARD_DATABASE_CONNECTIONS", 8, { min: 1, max: 100 }),
  /** Temperatures are kept for so long. A series reaches back 31 days. */
  retentionDays: integer("DASHBOARD_RETENTION_DAYS", 31, { min: 1, max: 366 }),
  /** Excursions that are over are kept for so long. */
  excursionDays: integer("DASHBOARD_EXCURSION_DAYS", 366, { min: 1 }),
  /** Dead letters of events are kept for so long. */
  deadLetterHours: deadLetterHours("DASHBOARD"),
};

export const loadConfig = (env = process.env) => readEnv(settings, env);
