// meshc explain: one method, from who may call it to the lines that enforce it.

import { relative, resolve } from "node:path";
import { artefactsOf } from "../artefacts.ts";
import { explain } from "../explain.ts";
import { explanationAsText } from "../explain-text.ts";
import { type Graph, graphOf } from "../graph.ts";
import { InputError } from "../input-error.ts";
import type { Method } from "../model.ts";
import { nearest } from "../names.ts";
import { readImage } from "../read.ts";
import { openWorkspace, readImages } from "../workspace.ts";
import type { ExitCode, Io } from "./command.ts";

export interface ExplainOptions {
  /** `package.Service/Method`, or as much of its end as makes it unique. */
  readonly method: string;
  readonly images: readonly string[];
  readonly format: "text" | "json";
}

/** Throws InputError for a name that fits no method or several. */
export function runExplain(io: Io, options: ExplainOptions): ExitCode {
  const workspace = openWorkspace(io.folder);
  const graph = graphOf(readImage(readImages(workspace, io.folder, options.images), workspace.settings));
  const method = find(graph, options.method);
  const enforcedBy = artefactsOf(workspace.root, workspace.settings.artefacts, method).map(({ file, line }) => ({
    file: relative(io.folder, resolve(workspace.root, file)),
    line,
  }));
  const explanation = explain(graph, method, enforcedBy);
  if (options.format === "json") {
    io.out(`${JSON.stringify(explanation, null, 2)}\n`);
  } else {
    io.out(explanationAsText(explanation, workspace.show, io.paint));
  }
  return 0;
}

function find(graph: Graph, name: string): Method {
  const exact = graph.methods.get(name.replace(/^\//, ""));
  if (exact) return exact;
  const fitting = [...graph.methods.values()].filter(({ id }) => id.endsWith(`/${name}`) || id.endsWith(`.${name}`));
  const [only, ...others] = fitting;
  if (only && others.length === 0) return only;
  if (only) throw new InputError(`${name} fits several methods: ${fitting.map(({ id }) => id).join(", ")}`);
  const meant = nearest(name, graph.methods.keys()) ?? nearestEnd(graph, name);
  throw new InputError(`the contract has no method ${name}${meant ? `: did you mean ${meant}?` : ""}`);
}

/** The method whose last words are nearest to the last words of a name. */
function nearestEnd(graph: Graph, name: string): string | undefined {
  const ends = new Map<string, string>();
  for (const { id, name: method, service } of graph.methods.values()) {
    ends.set(method, id);
    ends.set(`${service.name}/${method}`, id);
  }
  const meant = nearest(name, ends.keys()) ?? nearest(name.slice(name.lastIndexOf("/") + 1), ends.keys());
  return meant === undefined ? undefined : ends.get(meant);
}
