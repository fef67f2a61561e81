// Service configs, embedded in the generated package of each language.

import type { Contract } from "../../model.ts";
import { deadlines, type ServiceConfig, serviceConfigs } from "./config.ts";
import { go, python, rust, typescript } from "./languages.ts";

const emitter = (write: (configs: readonly ServiceConfig[]) => Map<string, string>) => (contract: Contract) =>
  write(serviceConfigs(contract));

/** By target. The paths are below the source folder of the language's package. */
export const serviceConfigEmitters = {
  "service-config-ts": emitter(typescript),
  "service-config-go": emitter(go),
  "service-config-rust": emitter(rust),
  "service-config-python": (contract: Contract) => python(serviceConfigs(contract, false), deadlines(contract)),
};
