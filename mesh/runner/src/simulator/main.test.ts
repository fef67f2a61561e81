// What stays in memory as long as a mesh runs is to be small.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const HOOKS = `
  import { registerHooks } from "node:module";
  registerHooks({ load: (url, context, next) => (console.log(url), next(url, context)) });
`;
/** All modules are loaded before the first is run, and that one ends the process. */
const END = "data:text/javascript,process.exit()";

/** Every module that a program takes along. It is not run. */
function modulesOf(program: URL): string[] {
  const hooks = `data:text/javascript,${encodeURIComponent(HOOKS)}`;
  const text = `import ${JSON.stringify(END)}; import ${JSON.stringify(program.href)};`;
  const started = ["--import", hooks, "--input-type=module", "--eval", text];
  return execFileSync(process.execPath, started, { encoding: "utf8" }).split("\n");
}

test("the simulator takes along neither the compiler, nor the kit, nor services that it does not call", () => {
  const modules = modulesOf(new URL("main.ts", import.meta.url));
  const ours = (folder: string) =>
    modules.filter((url) => url.startsWith(new URL(`../../../../${folder}`, import.meta.url).href));
  expect(ours("mesh/runner/src/simulator/")).toContain(new URL("sender.ts", import.meta.url).href);
  expect([...ours("mesh/compiler/"), ...ours("services/")]).toEqual([]);
  const files = modules
    .filter((url) => url.endsWith("_service_pb.js"))
    .map((url) => fileURLToPath(url).split("/").at(-1));
  expect(files.sort()).toEqual(["ingestion_service_pb.js", "inventory_service_pb.js"]);
});
