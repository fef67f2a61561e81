// An environment whose second service refuses its settings.
import { smallEnvironment, workload } from "../test/world.ts";

const settings = { TEST_WORKLOAD: "echo", TEST_CRASH: "settings" };

export default smallEnvironment([workload("caller"), workload("echo", { settings })]);
