// The gates for tests: their sidecar with its way in for devices, and the process behind it.

import type { Devices } from "../../environment-model.ts";
import { emitLocal } from "../local/index.ts";
import { freePorts } from "./edge.ts";
import { EdgeApp } from "./edge-app.ts";
import { library, libraryEnvironment } from "./library.ts";
import { RunFolder, type Sidecar } from "./sidecar.ts";

/** The path of a method of the gates. */
export const gates = (method: string): string => `/acme.gates.v1.GatesService/${method}`;

/** The id of a device. */
export const device = "spiffe://gates.library.test/door-7";

export class RealGates {
  readonly run: RunFolder;
  readonly sidecar: Sidecar;
  readonly app: EdgeApp;
  /** Where devices come in. */
  readonly port: number;

  private constructor(run: RunFolder, sidecar: Sidecar, app: EdgeApp, port: number) {
    this.run = run;
    this.sidecar = sidecar;
    this.app = app;
    this.port = port;
  }

  /** Starts the sidecar, on a port of its own for devices, and the process. */
  static async start(change: Partial<Devices> = {}): Promise<RealGates> {
    const environment = libraryEnvironment();
    if (!environment.devices) throw new Error("the library has no devices");
    const [port = 0] = await freePorts(1);
    const devices = { ...environment.devices, port, ...change };
    const run = await RunFolder.create(environment, emitLocal(library(), { ...environment, devices }));
    const sidecar = await run.sidecar("gates");
    return new RealGates(run, sidecar, await new EdgeApp(sidecar.folder).listen(), port);
  }

  async close(): Promise<void> {
    this.app.close();
    await this.run.close();
  }
}
