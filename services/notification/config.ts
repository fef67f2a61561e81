// The settings of the notification service: the only place that reads the environment.
import { deadLetterHours, eventLogUrl } from "@larder/events";
import { group, optional, platformSettings, readEnv, type Setting, seconds, secretText, text } from "@larder/platform";
import { parseKeys, type SigningKey } from "./sms.ts";

function signingKeys(name: string): Setting<readonly SigningKey[]> {
  const secret = secretText(name);
  return {
    rows: secret.rows,
    read(env, problem) {
      const raw = secret.read(env, problem);
      const keys = raw && parseKeys(raw);
      if (raw && !keys) problem(`${name} must be one or two keys, id:secret, with at least 32 characters each`);
      return keys || [];
    },
  };
}

export const settings = {
  ...platformSettings("NOTIFICATION"),
  databaseUrl: secretText("NOTIFICATION_DATABASE_URL"),
  eventLogUrl: eventLogUrl("NOTIFICATION"),
  /** Where the queue of messages to send is. */
  cacheUrl: secretText("NOTIFICATION_CACHE_URL"),
  smtpUrl: secretText("NOTIFICATION_SMTP_URL"),
  /** Where the gateway for text messages takes them, and what signs them; absent: nobody gets any. */
  sms: optional(group({ url: secretText("NOTIFICATION_SMS_URL"), keys: signingKeys("NOTIFICATION_SMS_KEYS") })),
  sender: text("NOTIFICATION_SENDER", "Larder <orders@larder.example>"),
  /** Dead letters of events are kept for so long. */
  deadLetterHours: deadLetterHours("NOTIFICATION"),
  /** A message that waits longer than this is put into the queue again: the queue may have been lost. */
  requeueSeconds: seconds("NOTIFICATION_REQUEUE_SECONDS", 30),
};

export const loadConfig = (env = process.env) => readEnv(settings, env);
