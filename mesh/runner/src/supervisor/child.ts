// One child process: started, watched until ready, started again when it dies, stopped.
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { startTime } from "../platform.ts";
import { Deaths } from "./deaths.ts";
import type { LogFile } from "./log-file.ts";
import { isReady } from "./probe.ts";
import type { ChildSpec } from "./spec.ts";

/**
 * `building`: its program is made first. `unbuilt`: that cannot be, for the reason in `lastEnd`. `failing`: died 5 times in 30 s and is
 * still started again, slowly.
 */
export type ChildState =
  | "waiting"
  | "building"
  | "unbuilt"
  | "starting"
  | "ready"
  | "restarting"
  | "failing"
  | "stopping"
  | "stopped";

/** The exit code of a service whose settings are wrong: starting it again cannot help. */
const BAD_SETTINGS = 64;

export interface ChildEvents {
  /** State or process changed; called before the new process can do harm unrecorded. */
  readonly changed: () => void;
  /** A process became ready; runs before the state says so. A rejection counts as not ready. */
  readonly becameReady: (child: Child) => Promise<void>;
  readonly died: (child: Child) => void;
}

export class Child {
  readonly spec: ChildSpec;
  readonly log: LogFile;
  restarts = 0;
  /** Epoch milliseconds of the last change of state. */
  since = Date.now();
  /** How the last process ended, in words, or why there is no program. Absent: none ended by itself. */
  lastEnd: string | undefined;
  startedAs: string | undefined;
  readonly #events: ChildEvents;
  readonly #deaths = new Deaths();
  #state: ChildState = "waiting";
  #process: ChildProcess | undefined;
  #killed: ChildProcess | undefined;
  #wanted = false;
  #exited: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | undefined;
  #waiters: (() => void)[] = [];

  constructor(spec: ChildSpec, log: LogFile, events: ChildEvents) {
    this.spec = spec;
    this.log = log;
    this.#events = events;
  }

  get state(): ChildState {
    return this.#state;
  }

  /** Absent: no process runs. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Its program is being made; `start` then waits for `built`. */
  building(): void {
    this.#enter("building");
  }

  /** Its program is there. */
  built(): void {
    this.#enter("waiting");
    if (this.#wanted) this.#launch();
  }

  /** There will be no program, for this reason. */
  unbuilt(reason: string): void {
    this.lastEnd = reason;
    this.#enter("unbuilt");
  }

  /** Starts it, once there is a program, and keeps it running until `stop`. */
  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    if (!this.isUnmade) this.#launch();
  }

  /** Whether there is no program to start, now or for good. */
  get isUnmade(): boolean {
    return this.#state === "building" || this.#state === "unbuilt";
  }

  /** Settles when it is ready. Rejects when it is stopped or cannot be built; with `patient` false also once it is failing. */
  async whenReady({ patient }: { patient: boolean }): Promise<void> {
    while (this.#state !== "ready") {
      if (this.#state === "unbuilt") throw new Error(`${this.spec.name} is not built: ${this.lastEnd}`);
      if (!this.#wanted) throw new Error(`${this.spec.name} was stopped`);
      if (this.#state === "failing" && !patient) throw new Error(`${this.spec.name} does not start: ${this.lastEnd}`);
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  /** Ends the process by `signal` and settles when it has ended; it starts again at once, and this death does not count. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const exited = this.#exited;
    if (this.#process?.pid === undefined) return;
    this.#killed = this.#process;
    this.#process.kill(signal);
    await exited;
  }

  /** Ends it at once and for good, for a supervisor that has no time left. */
  abandon(): void {
    this.#wanted = false;
    clearTimeout(this.#retry);
    if (this.#process) signalGroup(this.#process, "SIGKILL");
  }

  /** Stops it for good: its stop signal, then SIGKILL after its grace. `hurry` skips the grace. */
  async stop(hurry?: AbortSignal, signal: NodeJS.Signals = this.spec.stopSignal): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#retry);
    const running = this.#process;
    if (running?.pid !== undefined) {
      this.#enter("stopping");
      running.kill(signal);
      const kill = (): void => {
        this.log.note("did not stop in time, killed");
        signalGroup(running, "SIGKILL");
      };
      const timer = setTimeout(kill, this.spec.graceMs);
      const onHurry = (): void => void signalGroup(running, "SIGKILL");
      if (hurry?.aborted) onHurry();
      hurry?.addEventListener("abort", onHurry);
      await this.#exited;
      clearTimeout(timer);
      hurry?.removeEventListener("abort", onHurry);
    }
    this.#enter("stopped");
  }

  #launch(): void {
    for (const socket of this.spec.sockets) rmSync(socket, { force: true });
    const { command, args, cwd, env, uid } = this.spec;
    const child = spawn(command, [...args], {
      cwd,
      env: { ...env },
      stdio: ["ignore", this.log.descriptor, this.log.descriptor],
      // A session of its own: Ctrl-C in a terminal must reach the supervisor alone, which stops all in order.
      detached: true,
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    const startedAt = Date.now();
    this.#process = child;
    this.startedAs = child.pid === undefined ? undefined : startTime(child.pid);
    this.#exited = new Promise((resolve) => {
      let over = false;
      const ended = (how: string, code: number | null): void => {
        if (over) return;
        over = true;
        signalGroup(child, "SIGKILL");
        this.#process = undefined;
        if (this.#wanted) this.#plan(how, code, this.#killed === child ? undefined : Date.now() - startedAt);
        resolve();
      };
      child.once("error", (error) => ended(`cannot be started: ${error.message}`, null));
      child.once("exit", (code, signal) => ended(signal ? `ended by ${signal}` : `exit code ${code}`, code));
    });
    this.#enter(this.#deaths.failing(startedAt) ? "failing" : "starting");
    if (child.pid !== undefined) void this.#awaitReady(child);
  }

  async #awaitReady(process: ChildProcess): Promise<void> {
    for (let wait = 20; this.#process === process && this.#wanted; wait = Math.min(200, wait * 1.3)) {
      if ((await isReady(this.spec.probe)) && this.#process === process && this.#wanted) {
        try {
          for (const socket of this.spec.shared) chmodSync(socket, 0o666);
          await this.#events.becameReady(this);
          if (this.#process === process && this.#wanted) this.#enter("ready");
          return;
        } catch (error) {
          this.log.note(`ready, but ${(error as Error).message}`);
        }
      }
      await delay(wait);
    }
  }

  /** Plans the next start. `livedMs` absent: it was ended on purpose. */
  #plan(how: string, code: number | null, livedMs: number | undefined): void {
    this.lastEnd = how;
    this.restarts++;
    const now = Date.now();
    const wait = livedMs === undefined ? 0 : this.#deaths.note(now, livedMs);
    this.log.note(`${how}; starts again in ${wait} ms`);
    const hopeless = code === BAD_SETTINGS || this.#deaths.failing(now);
    this.#retry = setTimeout(() => this.#launch(), wait);
    this.#enter(hopeless ? "failing" : "restarting");
    this.#events.died(this);
  }

  #enter(state: ChildState): void {
    if (state !== this.#state) this.since = Date.now();
    this.#state = state;
    this.#events.changed();
    for (const wake of this.#waiters.splice(0)) wake();
  }
}

/** Signals the process and all that it started; what is gone is gone. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nothing of it is left.
  }
}
