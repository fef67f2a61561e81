// Runs test/main.ts as a process of its own and reads what it says.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { IMAGE, newFolder, until } from "./echo.ts";

export type Line = Readonly<Record<string, string | number>>;

export interface Program {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly address: string;
  readonly release: string;
  /** The log so far. */
  lines(): Line[];
  messages(): string[];
  stderr(): string;
  /** Resolves with the exit code. */
  readonly exited: Promise<number | null>;
}

const main = fileURLToPath(new URL("./main.ts", import.meta.url));

export function startProgram(env: Record<string, string> = {}, folder = newFolder()): Program {
  const address = `unix:${folder}/run/app.sock`;
  const release = join(folder, "release");
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH,
      [IMAGE]: process.env[IMAGE],
      ECHO_LISTEN: address,
      ECHO_OPS_LISTEN: `unix:${folder}/run/ops.sock`,
      ECHO_GREETING: "hello",
      ECHO_RELEASE: release,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout?.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    err += chunk;
  });
  const lines = () =>
    out
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  return {
    child,
    folder,
    address,
    release,
    lines,
    messages: () => lines().map(({ message }) => String(message)),
    stderr: () => err,
    exited: new Promise((resolve) => child.on("close", (code) => resolve(code))),
  };
}

/** Waits until a line with this message has been written. */
export const said = (program: Program, message: string) =>
  until(() => {
    if (program.child.exitCode !== null) throw new Error(`ended with ${program.child.exitCode}: ${program.stderr()}`);
    return program.messages().includes(message);
  });

/** Gets a page from the ops socket. */
export function ops(program: Program, path: string): Promise<{ status: number | undefined; body: string }> {
  const socketPath = join(program.folder, "run/ops.sock");
  if (!existsSync(socketPath)) throw new Error("no ops socket");
  return new Promise((resolve, reject) => {
    request({ socketPath, path }, (response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode, body }));
    })
      .on("error", reject)
      .end();
  });
}
