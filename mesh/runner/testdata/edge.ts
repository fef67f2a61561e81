// An environment with an edge, whose ports must be free.
import { smallEnvironment, workload } from "../test/world.ts";

export default smallEnvironment([workload("caller", { edge: true }), workload("echo")]);
