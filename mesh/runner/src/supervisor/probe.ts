// Looks once whether a child is ready. Never throws: not ready is false.
import { execFile } from "node:child_process";
import { request } from "node:http";
import { createConnection } from "node:net";
import type { Probe } from "./spec.ts";

const PROBE_MS = 3000;

/** One look at `probe`. */
export function isReady(probe: Probe): Promise<boolean> {
  switch (probe.kind) {
    case "http":
      return httpGet(probe.socket, probe.path).then(
        ({ status }) => status === 200,
        () => false,
      );
    case "tcp":
      return connects(probe.port);
    case "command":
      return new Promise((resolve) => {
        execFile(probe.command, [...probe.args], { timeout: PROBE_MS, env: {} }, (error) => resolve(!error));
      });
    case "valkey":
      return valkeyPing(probe.socket, probe.password);
  }
}

/** A GET over a Unix socket. Throws when nothing answers within 3 s. */
export function httpGet(socketPath: string, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    // Its own connection, so that nothing pooled keeps a draining server open.
    const call = request({ socketPath, path, agent: false, timeout: PROBE_MS }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        body += part;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      response.on("error", reject);
    });
    call.on("timeout", () => call.destroy(new Error(`no answer from ${socketPath}`)));
    call.on("error", reject);
    call.end();
  });
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = createConnection({ host: "127.0.0.1", port });
    const end = (ready: boolean): void => {
      connection.destroy();
      resolve(ready);
    };
    connection.setTimeout(PROBE_MS, () => end(false));
    connection.on("error", () => end(false));
    connection.on("connect", () => end(true));
  });
}

function valkeyPing(socket: string, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = createConnection(socket);
    let answer = "";
    const end = (ready: boolean): void => {
      connection.destroy();
      resolve(ready);
    };
    connection.setTimeout(PROBE_MS, () => end(false));
    connection.on("error", () => end(false));
    connection.on("close", () => end(false));
    connection.on("connect", () => connection.write(`AUTH ${password}\r\nPING\r\n`));
    connection.on("data", (part) => {
      answer += part.toString("latin1");
      // While it replays its file it answers PING with -LOADING.
      if (answer.includes("+PONG\r\n")) end(true);
      else if (answer.split("\r\n").some((line) => line.startsWith("-"))) end(false);
    });
  });
}
