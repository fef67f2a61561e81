// The small environment as a module, for tests of the command line: larder up --environment mesh/runner/testdata/small.ts.
import { smallEnvironment } from "../test/world.ts";

export default smallEnvironment();
