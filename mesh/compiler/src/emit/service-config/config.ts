// gRPC service configs (gRFC A6): deadlines and retries for clients that no sidecar stands beside.

import type { Contract, Method, Service } from "../../model.ts";
import { backOff, retryBudgetPercent } from "../back-off.ts";

/** A service and its config as JSON, a line for each method that has one. */
export interface ServiceConfig {
  readonly service: string;
  readonly json: string;
}

/**
 * The configs of all services, in the order of their names. A stream has neither deadline nor retry and no entry. Without
 * `timed` no method has a deadline.
 */
export const serviceConfigs = (contract: Contract, timed = true): ServiceConfig[] =>
  contract.services.map((service) => ({ service: service.id, json: json(service, timed) }));

/** The deadlines of all methods that have one, in milliseconds by path, in the order of their services. */
export const deadlines = (contract: Contract): [path: string, ms: number][] =>
  contract.services.flatMap(({ methods }) =>
    methods.flatMap(({ path, deadlineMs }): [string, number][] =>
      deadlineMs === undefined ? [] : [[path, deadlineMs]],
    ),
  );

function json(service: Service, timed: boolean): string {
  const methods = service.methods.filter(({ deadlineMs, retry }) => (timed && deadlineMs !== undefined) || retry);
  const entries = methods.map((method) => `    ${JSON.stringify(methodConfig(method, timed))}`);
  const list = entries.length > 0 ? `[\n${entries.join(",\n")}\n  ]` : "[]";
  const throttling = methods.some(({ retry }) => retry)
    ? `,\n  "retryThrottling": ${JSON.stringify(retryThrottling)}`
    : "";
  return `{\n  "methodConfig": ${list}${throttling}\n}`;
}

const methodConfig = ({ name, service, deadlineMs, retry }: Method, timed: boolean) => ({
  name: [{ service: service.id, method: name }],
  ...(deadlineMs === undefined || !timed ? {} : { timeout: seconds(deadlineMs) }),
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
