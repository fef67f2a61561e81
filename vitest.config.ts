// How tests run, unit tests beside the code and whole-system suites in test/ alike.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Costs nothing in a run that has no suite of the whole system: the mesh starts when the first of them asks for it.
    globalSetup: ["test/shared-mesh.ts"],
    // Services drain before they stop.
    teardownTimeout: 60_000,
  },
});
