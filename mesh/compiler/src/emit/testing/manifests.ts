// Manifests as tests read them.

import { parseAllDocuments } from "yaml";

// biome-ignore lint/suspicious/noExplicitAny: objects of a cluster have the shapes of many APIs, which have no types here.
export type Any = any;

/** The objects in the files, by `Kind/name`. */
export function objectsIn(files: ReadonlyMap<string, string>): Record<string, Any> {
  const objects: Record<string, Any> = {};
  for (const text of files.values()) {
    for (const document of parseAllDocuments(text)) {
      if (!("toJS" in document)) continue;
      const value: Any = document.toJS();
      objects[`${value.kind}/${value.metadata?.name ?? ""}`] = value;
    }
  }
  return objects;
}
