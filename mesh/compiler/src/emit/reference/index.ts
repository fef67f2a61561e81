// The target `reference`: what people and HTTP clients read of a contract.

import { coveragePage } from "../coverage/index.ts";
import type { Emitter } from "../index.ts";
import { contractPage } from "./contract-page.ts";
import { openApi } from "./openapi.ts";

export const emitReference: Emitter = (contract) => {
  const files = new Map([
    ["contract.md", contractPage(contract)],
    ["coverage.md", coveragePage(contract)],
  ]);
  const api = openApi(contract);
  if (api !== undefined) files.set("openapi.yaml", api);
  return files;
};
