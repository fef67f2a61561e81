// Every rule, in the order of the table in the README.

import { callerRules } from "./callers.ts";
import { cycleRules } from "./cycles.ts";
import { deadlineRules } from "./deadlines.ts";
import { edgeRules } from "./edge.ts";
import { effectRules } from "./effects.ts";
import { httpRules } from "./http.ts";
import { nameRules } from "./names.ts";
import { presenceRules } from "./presence.ts";
import { retryRules } from "./retries.ts";
import type { Rule } from "./rule.ts";
import { streamRules } from "./streams.ts";
import { topicRules } from "./topics.ts";
import { waiverRules } from "./waivers.ts";

export const rules: readonly Rule[] = [
  ...presenceRules,
  ...callerRules,
  ...deadlineRules,
  ...streamRules,
  ...retryRules,
  ...cycleRules,
  ...edgeRules,
  ...httpRules,
  ...effectRules,
  ...topicRules,
  ...nameRules,
  ...waiverRules,
];
