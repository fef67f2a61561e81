// A folder outside the repository into which the compiler is installed as an adopter does it: by the commands of
// docs/adopt.md, from the tarball and a registry.

import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";

export const root = join(import.meta.dirname, "../..");

/** What a command did; `output` is all that it printed. */
export interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

/** A block of docs/adopt.md. */
export interface Block {
  readonly kind: string;
  readonly text: string;
  /** The file that the paragraph in front of a block in YAML or proto names. */
  readonly file?: string | undefined;
}

export const page = readFileSync(join(root, "docs/adopt.md"), "utf8");

export const blocks: Block[] = [...page.matchAll(/([^\n]+\n)*\n?^```(\w+)\n([\s\S]*?)^```$/gm)].map((found) => {
  const [whole, , kind = "", text = ""] = found;
  const names = [...whole.slice(0, whole.indexOf("```")).matchAll(/`([\w./]+\.(?:yaml|proto))`/g)].map(
    ([, name]) => name,
  );
  return { kind, text, file: kind === "yaml" || kind === "proto" ? names.at(-1) : undefined };
});

const [pack, install] = blocks.filter(({ kind }) => kind === "sh").map(({ text }) => text);

/** What npm says when it is not the package that is wrong. */
const noRegistry =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED)\b/;

export class Adopter {
  /** Holds `library`, where the package is installed, and further workspaces beside it. */
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "adoption-")));
  readonly library = join(this.folder, "library");

  /** Packs and installs. Answers why that is not possible here; throws when the package is to blame. */
  install(): string | undefined {
    mkdirSync(this.library);
    const packed = this.run(this.#here(pack), root);
    if (packed.status !== 0) throw new Error(packed.output);
    const { status, output } = this.run(this.#here(install));
    if (status === 0) return undefined;
    const [code] = noRegistry.exec(output) ?? [];
    if (code) return `npm reaches no registry (${code})`;
    throw new Error(output);
  }

  /** The commands with this folder in the place of the one that the page takes for the tarball. */
  readonly #here = (commands = ""): string => commands.replaceAll("/tmp", this.folder);

  /** Makes a workspace like the one in this folder. Answers its path. */
  workspace(source: string): string {
    const path = join(this.folder, basename(source));
    cpSync(source, path, { recursive: true });
    symlinkSync(join(this.library, "node_modules"), join(path, "node_modules"));
    return path;
  }

  /** Runs commands of a shell, by default where the package is installed. */
  run(script: string, cwd = this.library): Outcome {
    const { status, stdout, stderr } = spawnSync("bash", ["-ec", script], {
      cwd,
      encoding: "utf8",
      env: environment(cwd),
      timeout: 120_000,
    });
    return { status, output: stdout + stderr };
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** That of an adopter: what this repository installed is not on the path, but Envoy is. */
function environment(cwd: string): NodeJS.ProcessEnv {
  const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => cwd === root || !folder.startsWith(root));
  const envoy = globSync(join(root, ".venv/lib/python3*/site-packages/envoy/_bin/envoy")).map(dirname);
  // What npm tells the programs that it starts would make one that they start work in this repository.
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_(package|lifecycle|config_local_prefix)/.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    PATH: [join(cwd, "node_modules/.bin"), ...envoy, ...path].join(delimiter),
    npm_config_prefer_offline: "true",
    npm_config_fetch_retries: "1",
    npm_config_fetch_retry_mintimeout: "1000",
    npm_config_audit: "false",
  };
}
