// Where calls to a workload go, and how its channel behaves: through our own sidecar, to addresses that were given, or to
// the in-mesh name by DNS.

import { type ChannelOptions, credentials, experimental, Client as GrpcClient } from "@grpc/grpc-js";
import type { Platform } from "./config.ts";

const PORT = 50051;
const SCHEME = "addresses";

interface MethodConfig {
  readonly name: readonly { readonly service?: string; readonly method?: string }[];
  readonly timeout?: string;
}

interface ServiceConfig {
  readonly methodConfig?: readonly MethodConfig[];
}

/** A channel and the default deadlines of the methods that it is used for. */
export interface Channel {
  readonly client: GrpcClient;
  /** Milliseconds; undefined where the contract sets none. */
  timeoutOf(service: string, method: string): number | undefined;
}

/** Opens a channel to a workload. `serviceConfig` is the JSON of gRFC A6 that was made from the contract. */
export function openChannel(platform: Platform, workload: string, serviceConfig: string): Channel {
  const { target, sidecar } = targetOf(platform, workload);
  const config = JSON.parse(serviceConfig) as ServiceConfig;
  const options: ChannelOptions = {
    // What the sidecar routes by. For a Unix socket grpc-js would send a name that means nothing.
    "grpc.default_authority": `${workload}.${platform.namespace}.svc.cluster.local:${PORT}`,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1000,
    // Not below what gRPC servers in other languages tolerate by default; deadlines find a dead peer sooner.
    "grpc.keepalive_time_ms": 300_000,
    "grpc.keepalive_timeout_ms": 20_000,
    "grpc.enable_channelz": 0,
    "grpc.enable_http_proxy": 0,
    "grpc.service_config_disable_resolution": 1,
    // One layer retries: the sidecar if there is one. Two of two tries each would make four.
    ...(sidecar
      ? { "grpc.enable_retries": 0 }
      : { "grpc.service_config": JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }], ...config }) }),
  };
  return {
    client: new GrpcClient(target, credentials.createInsecure(), options),
    timeoutOf: (service, method) => timeoutOf(config, service, method),
  };
}

function targetOf(platform: Platform, workload: string): { target: string; sidecar: boolean } {
  const given = platform.addresses[workload.toUpperCase().replaceAll("-", "_")];
  // A sidecar that nobody dials takes calls on their way, wherever they go.
  const transparent = platform.egress === "transparent";
  if (given) return { target: `${SCHEME}:${given.join(",")}`, sidecar: transparent };
  if (platform.egress && !transparent) return { target: `${SCHEME}:${platform.egress}`, sidecar: true };
  return { target: `dns:///${workload}.${platform.namespace}.svc.cluster.local:${PORT}`, sidecar: transparent };
}

function timeoutOf(config: ServiceConfig, service: string, method: string): number | undefined {
  const matching = (wanted: string | undefined) =>
    config.methodConfig?.find(({ name }) =>
      name.some((it) => it.service === service && (it.method || undefined) === wanted),
    );
  const timeout = (matching(method) ?? matching(undefined))?.timeout;
  return timeout === undefined ? undefined : Number.parseFloat(timeout) * 1000;
}

/** Resolves a list of `unix:/path` and `host:port`, which no scheme of grpc-js can hold. */
class AddressResolver implements experimental.Resolver {
  readonly #endpoints: experimental.Endpoint[];
  readonly #listener: experimental.ResolverListener;
  #answered = false;

  constructor({ path }: experimental.GrpcUri, listener: experimental.ResolverListener) {
    this.#listener = listener;
    this.#endpoints = path.split(",").map((address) => {
      if (address.startsWith("unix:")) return { addresses: [{ path: address.slice("unix:".length) }] };
      const at = address.lastIndexOf(":");
      return { addresses: [{ host: address.slice(0, at), port: Number(address.slice(at + 1)) }] };
    });
  }

  // The channel asks again whenever a connection fails. The same answer would make it dial at once, without back-off.
  updateResolution(): void {
    if (this.#answered) return;
    this.#answered = true;
    process.nextTick(() => this.#listener(experimental.statusOrFromValue(this.#endpoints), {}, null, ""));
  }

  destroy(): void {
    this.#answered = false;
  }

  static getDefaultAuthority(): string {
    return "localhost";
  }
}

experimental.registerResolver(SCHEME, AddressResolver);
