// What a contract is compared with: an image, or the workspace as it was in a commit.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { ImageBytes } from "./image.ts";
import { InputError } from "./input-error.ts";
import { bufBuild, modulesIn, readImages, reasonOf, type Workspace } from "./workspace.ts";

/**
 * The image in the file of this name, or that of the workspace in the commit of this name; a file comes first.
 * Throws InputError for what is neither, and for a workspace that does not build there.
 */
export function readBase(workspace: Workspace, folder: string, name: string): ImageBytes[] {
  const path = resolve(folder, name);
  if (existsSync(path) && statSync(path).isFile()) return readImages(workspace, folder, [name]);
  const copy = mkdtempSync(join(tmpdir(), "meshc-base-"));
  try {
    checkOut(workspace.root, name, copy);
    return [{ bytes: build(copy, workspace.root, name), name }];
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Says of each line that buf prints which contract it is about. */
function build(copy: string, original: string, name: string): Uint8Array {
  try {
    return bufBuild(copy, original);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.message.replace(/^(?=.)/gm, `${name}: `));
  }
}

/**
 * Copies the modules of a workspace into an empty folder, as they were in a commit. Those that are not in git (the protos
 * of others, copied or installed) are taken as they are now. Throws InputError for what is no commit of this clone.
 */
export function checkOut(root: string, commit: string, copy: string): void {
  const id = git(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${commit}^{commit}`]);
  if (id === undefined) throw new InputError(noCommit(root, commit));
  const text = git(root, ["show", `${id}:./buf.yaml`]);
  if (text === undefined)
    throw new InputError(`${commit} holds no buf.yaml in ${root}: there is nothing to compare with`);
  const modules = modulesOf(text, commit);
  const wanted = modules.length === 0 || modules.includes(".") ? ["."] : ["buf.yaml", "buf.lock", ...modules];
  // What a workspace names may lie outside its folder, where `ls-tree` from inside it shows nothing.
  const held = wanted.filter((path) => path === "." || git(root, ["ls-tree", "--name-only", id, path]));
  const archive = spawnSync("git", ["archive", "--format=tar", id, "--", ...held], { cwd: root, maxBuffer: 1 << 30 });
  if (archive.status !== 0) throw new InputError(`git archive ${commit}: ${archive.stderr.toString().trim()}`);
  const { status, error, stderr } = spawnSync("tar", ["-x", "-C", copy], { input: archive.stdout });
  if (status !== 0) throw new InputError(`tar: ${error?.message ?? stderr.toString().trim()}`);
  for (const module of modules) {
    const [from, to] = [join(root, module), join(copy, module)];
    if (!existsSync(to) && existsSync(from)) cpSync(from, to, { recursive: true, dereference: true });
  }
}

function modulesOf(bufYaml: string, commit: string): string[] {
  try {
    return modulesIn(bufYaml);
  } catch (error) {
    throw new InputError(`${commit}: buf.yaml cannot be read: ${reasonOf(error)}`);
  }
}

function noCommit(root: string, name: string): string {
  const shallow = git(root, ["rev-parse", "--is-shallow-repository"]);
  if (shallow === undefined) return `${name} is no file, and ${root} is not in a git repository`;
  const branch = name.replace(/^origin\//, "");
  return shallow === "true"
    ? `${name} is no file, and this clone is shallow and lacks it: git fetch --unshallow, or fetch it alone: ` +
        `git fetch --depth=1 origin ${branch} and compare with FETCH_HEAD`
    : `${name} is neither a file nor a commit of this clone: git fetch origin, or name an image`;
}

/** What git answers, without the last line break; undefined where it refuses. */
function git(root: string, args: readonly string[]): string | undefined {
  const { status, error, stdout } = spawnSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  if (error) throw new InputError(`git cannot be run: ${error.message}`);
  return status === 0 ? stdout.trimEnd() : undefined;
}
