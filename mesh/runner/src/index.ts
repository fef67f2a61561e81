// The runner as a library, for suites that need the whole system.
export { buildAll, rustProgram } from "./build.ts";
export { Caller } from "./caller.ts";
export { type DeviceCertificate, deviceCertificate, writeDeviceCertificate } from "./certs/device.ts";
export type { CallerCertificate } from "./certs/operator.ts";
export type { MeshEnvironment, Ports, Program, WorkloadRun } from "./environment.ts";
export { loadMeshEnvironment } from "./local.ts";
export { Mesh, startMesh } from "./mesh.ts";
export type { LogEngine } from "./options.ts";
export type { MeshOptions } from "./prepare.ts";
export { Refusal } from "./refusal.ts";
export { linesInto } from "./simulator/lines.ts";
export { plansOf } from "./simulator/plan.ts";
export { type DeviceLine, DeviceSender, plainLine, Tally } from "./simulator/sender.ts";
export { type SimulationOptions, simulate } from "./simulator/simulate.ts";
export { StartFailure } from "./start-failure.ts";
export type { ChildRecord, SupervisorState } from "./state.ts";
