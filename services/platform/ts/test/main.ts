// A service as a process, for what only a process can show: signals, exit codes, log lines. The text of a request says
// what to do; `wait` waits until the file ECHO_RELEASE exists.

import { existsSync } from "node:fs";
import {
  client,
  type Handler,
  log,
  optional,
  platformSettings,
  readEnv,
  rpcError,
  run,
  serve,
  text,
} from "../src/index.ts";
import { type EchoClient, type EchoHandler, EchoService, echoRoute, plain, until } from "./echo.ts";

await run(async () => {
  const config = readEnv({
    ...platformSettings("ECHO"),
    greeting: text("ECHO_GREETING"),
    release: text("ECHO_RELEASE", "/nowhere"),
    unready: optional(text("ECHO_UNREADY")),
    crash: optional(text("ECHO_CRASH")),
  });
  const released = () => existsSync(config.release);
  const next = client(EchoService as never, "next", config.platform) as unknown as EchoClient;

  const echo: EchoHandler["echo"] = async (request, context) => {
    switch (request.text) {
      case "wait":
        log.info("waiting");
        await until(() => released() || context.signal.aborted);
        return { text: config.greeting };
      case "ignore":
        log.info("waiting");
        return new Promise(() => {});
      case "refuse":
        throw rpcError("echo", 9, "NOT_NOW", "not now");
      case "crash":
        throw new Error("a bug", { cause: new Error("beneath it") });
      case "further":
        return next.echo({ text: "a" });
      default:
        return plain.echo(request, context);
    }
  };
  const count: EchoHandler["count"] = async function* (_, { signal }) {
    yield { text: "first" };
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  };

  await serve(config.platform, {
    workload: "echo",
    routes: [echoRoute({ echo, count } satisfies Partial<Handler<never> & EchoHandler>)],
    ready: () => {
      if (config.unready) throw new Error("not yet");
    },
    background: [
      async (signal) => {
        if (config.crash) throw new Error(config.crash);
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        log.info("background stopped");
      },
    ],
    close: () => log.info("closed"),
  });
});
