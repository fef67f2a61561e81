// The settings of the customer service: the only place that reads the environment.
import { choice, optional, platformSettings, readEnv, secretText } from "@larder/platform";

export const settings = {
  ...platformSettings("CUSTOMER"),
  databaseUrl: secretText("CUSTOMER_DATABASE_URL"),
  seed: optional(choice("CUSTOMER_SEED", ["demo"])),
};

export const loadConfig = (env = process.env) => readEnv(settings, env);
