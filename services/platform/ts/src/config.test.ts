import { readFileSync } from "node:fs";
import { expect, describe as suite, test } from "vitest";
import {
  ConfigError,
  choice,
  describe,
  flag,
  integer,
  milliseconds,
  optional,
  platformSettings,
  readEnv,
  seconds,
  secretText,
  text,
} from "./config.ts";

const settings = {
  name: text("X_NAME"),
  title: text("X_TITLE", "none"),
  workers: integer("X_WORKERS", 2, { min: 1, max: 8 }),
  pause: seconds("X_PAUSE_SECONDS", 1.5),
  step: milliseconds("X_STEP_MS", 20),
  loud: flag("X_LOUD", false),
  colour: choice("X_COLOUR", ["red", "green"], "red"),
  password: optional(secretText("X_PASSWORD")),
};

suite("readEnv", () => {
  test("takes what is set and fills in what is not", () => {
    expect(readEnv(settings, { X_NAME: "a", X_WORKERS: "8", X_PAUSE_SECONDS: "0.25", X_LOUD: "true" })).toEqual({
      name: "a",
      title: "none",
      workers: 8,
      pause: 0.25,
      step: 20,
      loud: true,
      colour: "red",
      password: undefined,
    });
  });

  test("counts an empty variable as not set", () => {
    expect(readEnv({ title: settings.title }, { X_TITLE: "" }).title).toBe("none");
    expect(() => readEnv({ name: settings.name }, { X_NAME: "" })).toThrow("X_NAME is not set");
  });

  test("reports all problems at once, each with what it expects", () => {
    const env = {
      X_WORKERS: "9",
      X_PAUSE_SECONDS: "-1",
      X_STEP_MS: "1.5",
      X_LOUD: "yes",
      X_COLOUR: "blue",
    };
    const problems = problemsOf(() => readEnv(settings, env));
    expect(problems).toEqual([
      "X_NAME is not set",
      'X_WORKERS must be a whole number, from 1 to 8, not "9"',
      'X_PAUSE_SECONDS must be a number of seconds, at least 0, not "-1"',
      'X_STEP_MS must be a whole number of milliseconds, at least 0, not "1.5"',
      'X_LOUD must be true or false, not "yes"',
      'X_COLOUR must be one of red, green, not "blue"',
    ]);
  });

  test("refuses what only begins like a number", () => {
    expect(problemsOf(() => readEnv({ workers: settings.workers }, { X_WORKERS: "2 of them" }))).toHaveLength(1);
    expect(problemsOf(() => readEnv({ pause: settings.pause }, { X_PAUSE_SECONDS: "1e3" }))).toHaveLength(1);
  });
});

suite("platformSettings", () => {
  const needed = { X_LISTEN: "unix:/a", X_OPS_LISTEN: "unix:/b" };

  test("gives the platform under its own name, with defaults", () => {
    const { platform } = readEnv(platformSettings("X"), needed);
    expect(platform).toMatchObject({ listen: "unix:/a", drainSeconds: 10, logLevel: "info", namespace: "larder" });
    expect(platform.egress).toBeUndefined();
  });

  test("collects the addresses of callees", () => {
    const { platform } = readEnv(platformSettings("X"), {
      ...needed,
      LARDER_ADDR_COLD_CHAIN: "unix:/c, 10.0.0.1:50051",
    });
    expect(platform.addresses).toEqual({ COLD_CHAIN: ["unix:/c", "10.0.0.1:50051"] });
  });

  test("reports its own problems together with the service's", () => {
    const all = { ...platformSettings("X"), name: text("X_NAME") };
    expect(problemsOf(() => readEnv(all, { X_LISTEN: "unix:/a", X_LOG_LEVEL: "loud" }))).toEqual([
      "X_OPS_LISTEN is not set",
      'X_LOG_LEVEL must be one of debug, info, warn, error, not "loud"',
      "X_NAME is not set",
    ]);
  });
});

suite("describe", () => {
  test("lists name, type, default and whether a setting must be there", () => {
    expect(describe({ name: settings.name, pause: settings.pause, password: settings.password })).toEqual([
      { name: "X_NAME", type: "text", required: true },
      { name: "X_PAUSE_SECONDS", type: "seconds", default: "1.5", required: false },
      { name: "X_PASSWORD", type: "secret", required: false },
    ]);
  });

  test("agrees with the table in the README", () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const rows = [...readme.matchAll(/^\| `([^`]+)`\s*\|\s*([^|]+?)\s*\|/gm)].map(([, name, fallback]) => [
      name,
      fallback?.trim(),
    ]);
    const declared = describe(platformSettings("X")).map((row) => [
      row.name,
      row.required ? "required" : (row.default ?? "none"),
    ]);
    expect(rows).toEqual(declared);
  });
});

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}
