import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { answer, minute, outside, product, python, root } from "./outside.ts";

const program = outside("go");
const contract = "larder.example/gen/go";
const version = "v0.1.0";

test("the Go module serves a program that gets it from a module proxy", { timeout: 5 * minute }, async () => {
  const proxy = await moduleProxy();
  const known = JSON.parse(await program.run("go", ["env", "-json", "GOPROXY", "GOMODCACHE"]));
  // A module cache of its own, or the next run would find this version there. What is downloaded already serves as a
  // second proxy; its sums are those of our go.sum, and our module stands in no checksum database.
  cpSync(join(root, "gen/go/go.sum"), join(program.folder, "go.sum"));
  const environment = {
    GOPROXY: `file://${proxy},file://${known.GOMODCACHE}/cache/download,${known.GOPROXY}`,
    GOMODCACHE: join(program.folder, "modules"),
    GONOSUMDB: "*",
    GOWORK: "off",
    // Without the paths of this module cache in it, what was built before serves again.
    GOFLAGS: "-mod=mod -modcacherw -buildvcs=false -trimpath",
  };
  await program.run("go", ["mod", "init", "outside.example/program"], environment);
  await program.run("go", ["mod", "edit", `-require=${contract}@${version}`], environment);
  await program.run("go", ["mod", "tidy"], environment);
  await program.run("go", ["build", "-o", "program", "."], environment);
  const said = await program.run("./program", [program.address, product]);
  expect(JSON.parse(said)).toEqual({ ...answer, refused: "NotFound" });
});

/** Makes a module proxy in the file system that serves one version of the contract. Returns its folder. */
async function moduleProxy(): Promise<string> {
  const source = join(root, "gen/go");
  const proxy = join(program.folder, "proxy");
  const versions = join(proxy, contract, "@v");
  mkdirSync(versions, { recursive: true });
  cpSync(join(source, "go.mod"), join(versions, `${version}.mod`));
  writeFileSync(join(versions, "list"), `${version}\n`);
  writeFileSync(join(versions, `${version}.info`), JSON.stringify({ Version: version, Time: "2026-01-01T00:00:00Z" }));
  // A zip whose paths start with module@version, as the protocol of module proxies wants it.
  const zip = `
import pathlib, sys, zipfile
source, target, prefix = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
with zipfile.ZipFile(target, "w") as archive:
    for path in source.rglob("*"):
        if path.is_file():
            archive.write(path, f"{prefix}/{path.relative_to(source)}")
`;
  await program.run(python, ["-c", zip, source, join(versions, `${version}.zip`), `${contract}@${version}`]);
  return proxy;
}
