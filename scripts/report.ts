// What a suite of checks or tests came to, in a form that adds up over languages.

export type Report = {
  passed: number;
  /** The names of what failed. */
  failed: string[];
  /** What was left out, each with its reason. */
  skipped: { name: string; reason: string }[];
};

export const emptyReport = (): Report => ({ passed: 0, failed: [], skipped: [] });

export function add(reports: Report[]): Report {
  return {
    passed: reports.reduce((sum, report) => sum + report.passed, 0),
    failed: reports.flatMap((report) => report.failed),
    skipped: reports.flatMap((report) => report.skipped),
  };
}

/** Prints failures, skips by reason, and the closing line. */
export function print(report: Report): void {
  for (const name of report.failed) console.log(`failed: ${name}`);
  const byReason = new Map<string, string[]>();
  for (const { name, reason } of report.skipped) byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  for (const [reason, names] of byReason) {
    const more = names.length > 1 ? ` and ${names.length - 1} more` : "";
    console.log(`skipped: ${names[0]}${more}: ${reason}`);
  }
  console.log(`${report.passed} passed, ${report.failed.length} failed, ${report.skipped.length} skipped`);
}
