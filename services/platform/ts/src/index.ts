// The kit: everything about running a service, and nothing about what it sells.

export { type CallOptions, type Client, client } from "./client.ts";
export {
  address,
  ConfigError,
  choice,
  describe,
  flag,
  group,
  integer,
  milliseconds,
  optional,
  type Platform,
  platformSettings,
  readEnv,
  type Setting,
  type SettingRow,
  seconds,
  secretText,
  text,
} from "./config.ts";
export {
  Call,
  type CallContext,
  type CallInit,
  currentCall,
  originatingCall,
  runInCall,
  type User,
} from "./context.ts";
export {
  Code,
  CodedError,
  type FieldViolation,
  invalidRequest,
  RpcError,
  rpcError,
  violationsOf,
} from "./errors.ts";
export { Health, reflection } from "./introspection.ts";
export { type Lifecycle, type Listener, lifecycle, type Running, run } from "./lifecycle.ts";
export { type Handler, implement, type Route } from "./route.ts";
export { type ServiceOptions, serve } from "./server.ts";
export { beginSpan, duration, handled, log, metrics, traceId } from "./telemetry.ts";
export type { CallSpan, SpanOf } from "./tracing.ts";
export { validation } from "./validation.ts";
