import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { workspaceFrom } from "../inline-protos.ts";
import { edit, meshc } from "../recorded-run.ts";

// Each test builds images in processes of their own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const stock = "proto/shop/v1/stock_service.proto";
let folder: string;
beforeEach(() => {
  folder = workspaceFrom("workspace");
  // As in the wild: what others own is put there at set-up and is not in git.
  writeFileSync(join(folder, ".gitignore"), "imports/\n");
  git("init", "--quiet", "--initial-branch=main");
  commit("contract");
});
afterEach(() => rmSync(folder, { recursive: true }));

function git(...args: string[]): void {
  execFileSync("git", args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}

function commit(message: string): void {
  git("add", "--all");
  git("-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message", message);
}

const shorten = () => edit(folder, stock, "deadline_ms: 300", "deadline_ms: 290");
const lengthen = () => edit(folder, stock, "deadline_ms: 300", "deadline_ms: 310");

test("answers 0 where no policy changed since a commit", async () => {
  edit(folder, stock, "service StockService", "// Stock.\nservice StockService");
  expect(await meshc("diff --against main", folder)).toEqual({
    code: 0,
    out: "",
    err: "against main: no change of policy\n",
  });
});

test("answers 1 for what breaks, with its place, its reason and a mend", async () => {
  shorten();
  const { code, out, err } = await meshc("diff --against HEAD", folder);
  expect(code).toBe(1);
  expect(out).toBe(
    `${stock}:22: deadline-shortened (breaking): shop.v1.StockService/Reserve has 290 ms, and had 300 ms: calls that took ` +
      "longer succeeded, and now end with DEADLINE_EXCEEDED. Mend: look at what calls really take first, or offer the " +
      "faster answer as a method of its own.\n",
  );
  expect(err).toBe("against HEAD: 1 breaking, 0 loosening, 0 safe\n");
});

test("answers 0 for what loosens, unless mesh.yaml says otherwise", async () => {
  lengthen();
  expect(await meshc("diff --against main", folder)).toMatchObject({
    code: 0,
    out: expect.stringContaining("deadline-lengthened (loosening): "),
  });
  edit(folder, "mesh.yaml", "version: 1", "version: 1\ndiff: {fail: [breaking, loosening]}");
  expect(await meshc("diff --against main", folder)).toMatchObject({ code: 1 });
});

test("answers 0 for what mesh.yaml accepts, and says why", async () => {
  shorten();
  const accepted = "{code: deadline-shortened, subject: shop.v1.StockService/Reserve, reason: nobody waits that long}";
  edit(folder, "mesh.yaml", "version: 1", `version: 1\ndiff: {accepted: [${accepted}]}`);
  const { code, out } = await meshc("diff --against main", folder);
  expect(code).toBe(0);
  expect(out).toMatch(/deadline-shortened \(breaking, accepted: nobody waits that long\): .*DEADLINE_EXCEEDED\.\n$/);
});

test("writes JSON for programs, and SARIF for code review", async () => {
  shorten();
  const json = JSON.parse((await meshc("diff --against main --format json", folder)).out);
  expect(json).toMatchObject({
    changes: [{ code: "deadline-shortened", effect: "breaking", file: stock, line: 22 }],
    breaking: 1,
    loosening: 0,
    safe: 0,
  });
  const [run] = JSON.parse((await meshc("diff --against main --format sarif", folder)).out).runs;
  expect(run.results).toMatchObject([{ ruleId: "deadline-shortened", level: "error" }]);
});

test("compares with an image, packed or not, and images with each other", async () => {
  const image = execFileSync("buf", ["build", "-o", "-"], { cwd: folder, maxBuffer: 1 << 28 });
  writeFileSync(join(folder, "old.binpb"), image);
  writeFileSync(join(folder, "old.binpb.gz"), gzipSync(image));
  shorten();
  expect(await meshc("diff --against old.binpb", folder)).toMatchObject({ code: 1 });
  expect(await meshc("diff --against old.binpb.gz", folder)).toMatchObject({ code: 1 });
  expect(await meshc("diff --against old.binpb old.binpb.gz", folder)).toMatchObject({ code: 0, out: "" });
});

test("compares a workspace that is a folder of its repository, and leaves nothing behind", async () => {
  const inner = join(folder, "system");
  mkdirSync(inner);
  for (const name of ["proto", "mesh.yaml", "buf.yaml"]) git("mv", name, join("system", name));
  execFileSync("mv", [join(folder, "imports"), inner]);
  commit("move");
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith("meshc-base-"));
  edit(inner, stock, "deadline_ms: 300", "deadline_ms: 290");
  expect(await meshc("diff --against main", inner)).toMatchObject({ code: 1, out: expect.stringMatching(`^${stock}`) });
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith("meshc-base-"))).toEqual(before);
});

test("says what to fetch where a shallow clone lacks the commit", async () => {
  shorten();
  commit("shorten");
  const clone = mkdtempSync(join(tmpdir(), "meshc-clone-"));
  try {
    execFileSync("git", ["clone", "--quiet", "--depth=1", `file://${folder}`, clone], { stdio: "ignore" });
    cpSync(join(folder, "imports"), join(clone, "imports"), { recursive: true });
    expect(await meshc("diff --against HEAD^1", clone)).toEqual({
      code: 2,
      out: "",
      err: expect.stringMatching(
        /^meshc: HEAD\^1 is no file, and this clone is shallow and lacks it: git fetch --unshallow/,
      ),
    });
  } finally {
    rmSync(clone, { recursive: true });
  }
});

test.each([
  ["nonsense", "nonsense is neither a file nor a commit of this clone: git fetch origin, or name an image"],
  ["--upload-pack=x", "unknown option"],
  ["mesh.yaml", "mesh.yaml is not a binary image"],
])("answers 2 for --against %s", async (against, message) => {
  const option = against.startsWith("-") ? against : `--against ${against}`;
  expect(await meshc(`diff ${option}`, folder)).toMatchObject({
    code: 2,
    out: "",
    err: expect.stringContaining(message),
  });
});

test("answers 2 for a commit that holds no workspace, or one that does not build", async () => {
  git("switch", "--quiet", "--orphan", "empty");
  git(
    "-c",
    "user.name=test",
    "-c",
    "user.email=test@example.com",
    "commit",
    "--quiet",
    "--allow-empty",
    "--message",
    "x",
  );
  git("switch", "--quiet", "main");
  expect(await meshc("diff --against empty", folder)).toMatchObject({
    code: 2,
    err: expect.stringContaining("empty holds no buf.yaml"),
  });
  const good = join(folder, "good");
  copyFileSync(join(folder, stock), good);
  edit(folder, stock, "message CheckStockRequest {}", "");
  commit("break");
  copyFileSync(good, join(folder, stock));
  expect(await meshc("diff --against HEAD", folder)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^meshc: HEAD: proto\/shop\/v1\/stock_service\.proto:\d+:\d+:/),
  });
});

test("answers 2 outside a git repository", async () => {
  rmSync(join(folder, ".git"), { recursive: true });
  expect(await meshc("diff --against main", folder)).toMatchObject({
    code: 2,
    err: expect.stringContaining("is not in a git repository"),
  });
});
