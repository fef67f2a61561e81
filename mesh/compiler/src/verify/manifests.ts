// What meshc generated for a cluster, as objects with the place of each.

import { join } from "node:path";
import { isMap, LineCounter, parseAllDocuments } from "yaml";
import type { Location } from "../model.ts";
import type { ClusterObject } from "./kubectl.ts";

export interface Wanted {
  readonly object: ClusterObject;
  readonly at: Location;
}

/** The objects in the files of a target; what only says which files there are is left out. */
export function wantedIn(folder: string, files: ReadonlyMap<string, string>): Wanted[] {
  return [...files].flatMap(([name, text]) => {
    const lines = new LineCounter();
    return parseAllDocuments(text, { lineCounter: lines }).flatMap((document) => {
      if (!isMap(document.contents)) return [];
      // The text is our own: what it repeats by name is no attack.
      const object = document.toJS({ maxAliasCount: -1 }) as ClusterObject;
      if (object.kind === "Kustomization") return [];
      const { line } = lines.linePos(document.contents.range?.[0] ?? 0);
      return [{ object, at: { file: join(folder, name), line } }];
    });
  });
}

/** What an object is in sentences, and by what it is known. */
export const nameOf = ({ kind, metadata: { namespace, name } }: ClusterObject): string =>
  `${kind} ${namespace ? `${namespace}/` : ""}${name}`;
