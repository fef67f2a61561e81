// An environment with every store.
import { smallEnvironment, workload } from "../test/world.ts";

export default smallEnvironment([
  workload("caller", { database: true }),
  workload("echo", { database: true, eventLog: true, cache: true }),
]);
