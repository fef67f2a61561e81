// What a rule is.

import type { Graph } from "../graph.ts";
import type { Location } from "../model.ts";

export type Severity = "error" | "warning";

/** One thing wrong with a contract. */
export interface Finding {
  /** The code of the rule, lower case with hyphens. It never changes its meaning. */
  readonly code: string;
  readonly severity: Severity;
  /** What it is about: `package.Service/Method`, `package.Service`, `workload/job`, or the name of a workload or topic. */
  readonly subject: string;
  readonly at: Location;
  /** What is wrong, and with which. */
  readonly message: string;
  /** What to do about it. */
  readonly mend: string;
}

/** What a rule answers for each place where it does not hold. */
export interface Violation {
  readonly subject: string;
  readonly at: Location;
  readonly message: string;
  /** Where the case calls for more than the rule's own mend. */
  readonly mend?: string;
}

export interface Rule {
  readonly code: string;
  readonly severity: Severity;
  /** What the rule refuses, as in a table. */
  readonly refuses: string;
  readonly mend: string;
  check(graph: Graph): Iterable<Violation>;
}
