// The cluster as kubectl shows it. Nothing here changes anything.

import { spawnSync } from "node:child_process";
import { InputError } from "../input-error.ts";

/** An object of a cluster: as a manifest has it, or as the cluster answers. */
export interface ClusterObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly unknown[];
  };
  readonly [part: string]: unknown;
}

/** A kind that a cluster knows. */
export interface Served {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export class Kubectl {
  readonly #context: readonly string[];

  /** Of the current context where none is named. */
  constructor(context?: string) {
    this.#context = context === undefined ? [] : ["--context", context];
  }

  /** Throws InputError with the last line that kubectl wrote, where it failed or is missing. */
  run(args: readonly string[], input = ""): string {
    const { error, status, stdout, stderr } = spawnSync("kubectl", [...this.#context, ...args], {
      input,
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    if (error) throw new InputError(`kubectl cannot be run: ${error.message}`);
    if (status !== 0)
      throw new InputError(`kubectl ${args[0]}: ${stderr.trim().split("\n").at(-1) || `exit ${status}`}`);
    return stdout;
  }

  /** The objects that are there, of those that are asked for. */
  get(args: readonly string[], input?: string): ClusterObject[] {
    const text = this.run(["get", "-o", "json", "--ignore-not-found", ...args], input).trim();
    if (text === "") return [];
    const found = JSON.parse(text) as ClusterObject & { items?: ClusterObject[] };
    return found.kind.endsWith("List") ? (found.items ?? []) : [found];
  }

  served(): Served[] {
    const lines = this.run(["api-resources", "--verbs=list", "--no-headers"]).trim().split("\n");
    return lines.map((line) => {
      // A kind may have no short names: the columns are counted from the end.
      const [apiVersion = "", namespaced, kind = ""] = line.trim().split(/\s+/).slice(-3);
      return { apiVersion, kind, namespaced: namespaced === "true" };
    });
  }
}

/** How kubectl is asked for a kind of one version and group. */
export function resource({ apiVersion, kind }: Pick<Served, "apiVersion" | "kind">): string {
  const [version, group] = apiVersion.split("/").reverse();
  return group === undefined ? kind : `${kind}.${version}.${group}`;
}
