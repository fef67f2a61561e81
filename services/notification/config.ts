// The settings of the notification service: the only place that reads the environment.
import { platformSettings, readEnv, seconds, secretText, text } from "@larder/platform";

export const settings = {
  ...platformSettings("NOTIFICATION"),
  databaseUrl: secretText("NOTIFICATION_DATABASE_URL"),
  eventLogUrl: secretText("NOTIFICATION_EVENT_LOG_URL"),
  /** Where the queue of messages to send is. */
  cacheUrl: secretText("NOTIFICATION_CACHE_URL"),
  smtpUrl: secretText("NOTIFICATION_SMTP_URL"),
  sender: text("NOTIFICATION_SENDER", "Larder <orders@larder.example>"),
  /** A message that waits longer than this is put into the queue again: the queue may have been lost. */
  requeueSeconds: seconds("NOTIFICATION_REQUEUE_SECONDS", 30),
};

export const loadConfig = (env = process.env) => readEnv(settings, env);
