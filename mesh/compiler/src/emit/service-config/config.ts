// gRPC service configs (gRFC A6): deadlines and retries for clients that no sidecar stands beside.

import type { Contract, Method, Service } from "../../model.ts";
import { backOff, retryBudgetPercent } from "../back-off.ts";

/** A service and its config as JSON, a line for each method that has one. */
export interface ServiceConfig {
  readonly service: string;
  readonly json: string;
}

/** The configs of all services, in the order of their names. A stream has neither deadline nor retry and no entry. */
export const serviceConfigs = (contract: Contract): ServiceConfig[] =>
  contract.services.map((service) => ({ service: service.id, json: json(service) }));

function json(service: Service): string {
  const methods = service.methods.filter(({ deadlineMs, retry }) => deadlineMs !== undefined || retry);
  const entries = methods.map((method) => `    ${JSON.stringify(methodConfig(method))}`);
  const list = entries.length > 0 ? `[\n${entries.join(",\n")}\n  ]` : "[]";
  const throttling = methods.some(({ retry }) => retry)
    ? `,\n  "retryThrottling": ${JSON.stringify(retryThrottling)}`
    : "";
  return `{\n  "methodConfig": ${list}${throttling}\n}`;
}

const methodConfig = ({ name, service, deadlineMs, retry }: Method) => ({
  name: [{ service: service.id, method: name }],
  ...(deadlineMs === undefined ? {} : { timeout: seconds(deadlineMs) }),
  ...(retry
    ? {
        retryPolicy: {
          maxAttempts: retry.maxAttempts,
          initialBackoff: seconds(backOff.baseMs),
          maxBackoff: seconds(backOff.maxMs),
          backoffMultiplier: backOff.multiplier,
          retryableStatusCodes: retry.on,
        },
      }
    : {}),
});

/**
 * A failed try costs one token and a success gives back a part of one, so that in the long run no more than the budget is
 * retried. Retries stop while half of the tokens are gone.
 */
const retryThrottling = { maxTokens: 100, tokenRatio: retryBudgetPercent / 100 };

/** With all nine digits: grpc-js reads "0.25s" as 25 nanoseconds. */
const seconds = (ms: number): string => `${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, "0")}000000s`;
