// A call graph in the languages of Mermaid and of Graphviz.

import type { CallGraph, Edge, Node } from "./call-graph.ts";

/** A flowchart, for Markdown. */
export function asMermaid({ nodes, edges }: CallGraph): string {
  // Names hold what Mermaid takes for syntax, so nodes are numbered.
  const ids = new Map(nodes.map(({ id }, i) => [id, `n${i}`]));
  const shape = ({ id, label, kind }: Node): string =>
    `${ids.get(id)}${kind === "outside" ? `(["${quoted(label)}"])` : kind === "job" ? `{{"${quoted(label)}"}}` : `["${quoted(label)}"]`}`;
  const arrow = ({ from, to, kind, label }: Edge): string => {
    const line = kind === "event" ? "-.->" : "-->";
    return `${ids.get(from)} ${line}${label ? `|"${quoted(label)}"|` : ""} ${ids.get(to)}`;
  };
  const groups = [...grouped(nodes)].flatMap(([workload, members], i) =>
    workload === ""
      ? members.map(shape)
      : [`subgraph g${i}["${quoted(workload)}"]`, ...members.map((node) => `  ${shape(node)}`), "end"],
  );
  return ["flowchart LR", ...[...groups, ...drawn(edges, ids).map(arrow)].map((line) => `  ${line}`), ""].join("\n");
}

/** A digraph, for `dot -Tsvg`. */
export function asDot({ nodes, edges }: CallGraph): string {
  const ids = new Map(nodes.map(({ id }) => [id, id]));
  const shape = ({ id, label, kind }: Node): string => {
    const form = { outside: "oval", job: "hexagon", method: "box", workload: "box" }[kind];
    return `${literal(id)} [label=${literal(label)}, shape=${form}];`;
  };
  const arrow = ({ from, to, kind, label }: Edge): string => {
    const attributes = [...(label ? [`label=${literal(label)}`] : []), ...(kind === "event" ? ["style=dashed"] : [])];
    return `${literal(from)} -> ${literal(to)}${attributes.length > 0 ? ` [${attributes.join(", ")}]` : ""};`;
  };
  const groups = [...grouped(nodes)].flatMap(([workload, members], i) =>
    workload === ""
      ? members.map(shape)
      : [`subgraph cluster_${i} {`, `  label=${literal(workload)};`, ...members.map((node) => `  ${shape(node)}`), "}"],
  );
  const lines = ["rankdir=LR;", ...groups, ...drawn(edges, ids).map(arrow)];
  return ["digraph contract {", ...lines.map((line) => `  ${line}`), "}", ""].join("\n");
}

/** By workload; the empty name holds what stands for itself. */
function grouped(nodes: readonly Node[]): Map<string, Node[]> {
  const groups = new Map<string, Node[]>();
  for (const node of nodes) {
    const group = groups.get(node.workload ?? "");
    if (group) group.push(node);
    else groups.set(node.workload ?? "", [node]);
  }
  return groups;
}

/** A contract may name what it does not declare; a rule says so, and a drawing leaves it out. */
const drawn = (edges: readonly Edge[], ids: ReadonlyMap<string, string>): Edge[] =>
  edges.filter(({ from, to }) => ids.has(from) && ids.has(to));

const quoted = (text: string): string => text.replaceAll('"', "#quot;");
const literal = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
