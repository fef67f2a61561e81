// Settings of a service: declared once, read from the environment once, all problems reported together.

/** One row of a settings table. */
export interface SettingRow {
  readonly name: string;
  /** text, address, integer, seconds, milliseconds, flag, secret, or the allowed words separated by ` | `. */
  readonly type: string;
  /** As it would be written in the environment. Absent means that there is none. */
  readonly default?: string;
  readonly required: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A declared setting, or a group of them. */
export interface Setting<T> {
  readonly rows: readonly SettingRow[];
  /** Returns the value, or says what is wrong; then the value is not used. */
  read(env: Environment, problem: (text: string) => void): T;
}

/** The environment does not make sense. `problems` has a line for each setting that is wrong. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

type Values<S> = { -readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/** Reads every setting. Throws `ConfigError` with all problems at once. */
export function readEnv<S extends Record<string, Setting<unknown>>>(
  settings: S,
  env: Environment = process.env,
): Values<S> {
  const problems: string[] = [];
  const values = readAll(settings, env, (text) => problems.push(text));
  if (problems.length > 0) throw new ConfigError(problems);
  return values;
}

/** The rows of all settings, in the order of declaration: what the table in a README must say. */
export function describe(settings: Record<string, Setting<unknown>>): SettingRow[] {
  return Object.values(settings).flatMap((setting) => setting.rows);
}

/** Any text. No default: it must be set. */
export const text = (name: string, fallback?: string): Setting<string> => scalar(name, "text", fallback, (raw) => raw);

/** `unix:/absolute/path` or `host:port`. */
export const address = (name: string, fallback?: string): Setting<string> => {
  const parse = (raw: string) => (/^(unix:\/.+|[^/]+:\d+)$/.test(raw) ? raw : undefined);
  return scalar(name, "address", fallback, parse, "unix:/absolute/path or host:port");
};

/** Text that must never be shown, such as an address with a password in it. Problems do not repeat it. */
export const secretText = (name: string): Setting<string> => scalar(name, "secret", undefined, (raw) => raw);

/** A whole number, by default not negative. */
export const integer = (name: string, fallback?: number, range: Range = {}): Setting<number> =>
  number(name, "integer", /^-?\d+$/, fallback, range);

/** A time in seconds, not negative; fractions are allowed. */
export const seconds = (name: string, fallback?: number): Setting<number> =>
  number(name, "seconds", /^\d+(\.\d+)?$/, fallback, {});

/** A time in whole milliseconds, not negative. */
export const milliseconds = (name: string, fallback?: number): Setting<number> =>
  number(name, "milliseconds", /^\d+$/, fallback, {});

/** true or false. */
export const flag = (name: string, fallback?: boolean): Setting<boolean> =>
  scalar(
    name,
    "flag",
    fallback,
    (raw) => (raw === "true" ? true : raw === "false" ? false : undefined),
    "true or false",
  );

/** One of a few words. */
export const choice = <const T extends string>(name: string, words: readonly T[], fallback?: T): Setting<T> =>
  scalar(name, words.join(" | "), fallback, (raw) => words.find((word) => word === raw), `one of ${words.join(", ")}`);

/** The same setting, undefined where it is not set. */
export function optional<T>(setting: Setting<T>): Setting<T | undefined> {
  return {
    rows: setting.rows.map((row) => ({ ...row, required: false })),
    read: (env, problem) => (setting.rows.some(({ name }) => env[name]) ? setting.read(env, problem) : undefined),
  };
}

/** Several settings as one value. */
export function group<S extends Record<string, Setting<unknown>>>(settings: S): Setting<Values<S>> {
  return { rows: describe(settings), read: (env, problem) => readAll(settings, env, problem) };
}

/** What the kit itself needs to know. */
export type Platform = Values<ReturnType<typeof platformShape>>;

/** The kit's settings for a service: `readEnv({...platformSettings("ORDER"), ...})` gives `config.platform`. */
export const platformSettings = (prefix: string): { platform: Setting<Platform> } => ({
  platform: group(platformShape(prefix)),
});

const platformShape = (prefix: string) => ({
  listen: address(`${prefix}_LISTEN`),
  opsListen: address(`${prefix}_OPS_LISTEN`),
  drainSeconds: seconds(`${prefix}_DRAIN_SECONDS`, 10),
  logLevel: choice(`${prefix}_LOG_LEVEL`, ["debug", "info", "warn", "error"], "info"),
  /** Where every call goes out; absent: straight to the callee. */
  egress: optional(text("MESH_EGRESS")),
  namespace: text("MESH_NAMESPACE", "larder"),
  trustDomain: text("MESH_TRUST_DOMAIN", "larder.local"),
  /** The identity of the ingress that may speak for devices; absent: nobody does. */
  deviceIngress: optional(text("MESH_DEVICE_INGRESS")),
  deviceTrustDomain: text("MESH_DEVICE_TRUST_DOMAIN", "devices.larder.local"),
  /** Addresses of callees by upper-case workload, which go before `egress`. */
  addresses: addresses("LARDER_ADDR_"),
  /** The file with the keys of the user assertion; absent: assertions are refused. */
  userJwks: optional(text("LARDER_USER_JWKS")),
  otlpEndpoint: optional(text("OTEL_EXPORTER_OTLP_ENDPOINT")),
  build: text("LARDER_BUILD", "dev"),
});

interface Range {
  readonly min?: number;
  readonly max?: number;
}

function readAll<S extends Record<string, Setting<unknown>>>(
  settings: S,
  env: Environment,
  problem: (text: string) => void,
): Values<S> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, setting]) => [key, setting.read(env, problem)]),
  ) as Values<S>;
}

function scalar<T extends string | number | boolean>(
  name: string,
  type: string,
  fallback: T | undefined,
  parse: (raw: string) => T | undefined,
  expected = type,
): Setting<T> {
  const shown = fallback === undefined ? {} : { default: String(fallback) };
  return {
    rows: [{ name, type, ...shown, required: fallback === undefined }],
    read(env, problem) {
      const raw = env[name];
      // An empty variable counts as not set: shells and manifests cannot always take one away.
      if (!raw) {
        if (fallback === undefined) problem(`${name} is not set`);
        return fallback as T;
      }
      const value = parse(raw);
      if (value === undefined) problem(`${name} must be ${expected}, not "${raw}"`);
      return value as T;
    },
  };
}

function number(name: string, type: string, form: RegExp, fallback: number | undefined, range: Range): Setting<number> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = range;
  const bounds = max === Number.MAX_SAFE_INTEGER ? `at least ${min}` : `from ${min} to ${max}`;
  const unit =
    type === "integer"
      ? "a whole number"
      : type === "seconds"
        ? "a number of seconds"
        : "a whole number of milliseconds";
  const parse = (raw: string) => {
    const value = Number(raw);
    return form.test(raw) && value >= min && value <= max ? value : undefined;
  };
  return scalar(name, type, fallback, parse, `${unit}, ${bounds}`);
}

function addresses(prefix: string): Setting<Readonly<Record<string, readonly string[]>>> {
  return {
    rows: [{ name: `${prefix}<WORKLOAD>`, type: "text", required: false }],
    read: (env) =>
      Object.fromEntries(
        Object.entries(env)
          .filter(([name, value]) => name.startsWith(prefix) && value)
          .map(([name, value = ""]) => [name.slice(prefix.length), value.split(",").map((address) => address.trim())]),
      ),
  };
}
