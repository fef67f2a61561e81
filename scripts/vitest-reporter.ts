// Writes what vitest found as a report that adds up with the other languages, to the file that LARDER_REPORT names.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Reporter, SerializedError, TestModule } from "vitest/node";
import { emptyReport } from "./report.ts";

export default class SummingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const report = emptyReport();
    for (const module of modules) {
      const file = module.relativeModuleId;
      for (const error of module.errors()) report.failed.push(`${file}: ${error.message}`);
      const broken = new Set<string>();
      for (const suite of module.children.allSuites()) {
        if (suite.errors().length === 0) continue;
        broken.add(suite.fullName);
        report.failed.push(`${file}: ${suite.fullName}: ${suite.errors()[0]?.message}`);
      }
      for (const test of module.children.allTests()) {
        const name = `${file}: ${test.fullName}`;
        const { state } = test.result();
        if (state === "passed") report.passed++;
        else if (state === "failed") report.failed.push(name);
        else if ([...broken].some((suite) => test.fullName.startsWith(`${suite} > `))) continue;
        else {
          // A test says why it is left out: context.skip("the reason").
          const result = test.result();
          const reason = "note" in result ? result.note : undefined;
          if (reason) report.skipped.push({ name, reason });
          else report.failed.push(`${name}: skipped without a reason: use context.skip("reason")`);
        }
      }
    }
    for (const error of unhandled) report.failed.push(`unhandled: ${error.message}`);
    const path = process.env.LARDER_REPORT;
    if (!path) return;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(report));
  }
}
