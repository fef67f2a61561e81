// The settings of the pricing service: the only place that reads the environment.
import { choice, optional, platformSettings, readEnv, secretText } from "@larder/platform";

export const settings = {
  ...platformSettings("PRICING"),
  databaseUrl: secretText("PRICING_DATABASE_URL"),
  seed: optional(choice("PRICING_SEED", ["demo"])),
};

export const loadConfig = (env = process.env) => readEnv(settings, env);
