// meshc graph: who calls whom, to be drawn.

import { methodGraph, workloadGraph } from "../call-graph.ts";
import { asDot, asMermaid } from "../call-graph-text.ts";
import { graphOf } from "../graph.ts";
import { readImage } from "../read.ts";
import { openWorkspace, readImages } from "../workspace.ts";
import type { ExitCode, Io } from "./command.ts";

export interface GraphOptions {
  readonly images: readonly string[];
  readonly format: "mermaid" | "dot" | "json";
  /** Draws methods and jobs in the place of workloads. */
  readonly methods: boolean;
}

export function runGraph(io: Io, { images, format, methods }: GraphOptions): ExitCode {
  const workspace = openWorkspace(io.folder);
  const graph = graphOf(readImage(readImages(workspace, io.folder, images), workspace.settings));
  const drawn = methods ? methodGraph(graph) : workloadGraph(graph);
  if (format === "json") io.out(`${JSON.stringify(drawn, null, 2)}\n`);
  else io.out(format === "dot" ? asDot(drawn) : asMermaid(drawn));
  return 0;
}
