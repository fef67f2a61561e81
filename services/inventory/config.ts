// The settings of the inventory service: the only place that reads the environment.
import { choice, optional, platformSettings, readEnv, seconds, secretText } from "@larder/platform";

export const settings = {
  ...platformSettings("INVENTORY"),
  databaseUrl: secretText("INVENTORY_DATABASE_URL"),
  /** How often lapsed reservations are looked for. */
  expirySeconds: seconds("INVENTORY_EXPIRY_SECONDS", 5),
  seed: optional(choice("INVENTORY_SEED", ["demo"])),
};

export const loadConfig = (env = process.env) => readEnv(settings, env);
