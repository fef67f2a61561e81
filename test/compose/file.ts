// compose.yaml as a container runtime reads it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { repository } from "../contract.ts";

export const composeFolder = join(repository, "mesh/compose");

/** A container: what of Compose's words the file uses. */
export interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly env_file?: readonly string[];
  readonly working_dir?: string;
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly secrets?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[] | Readonly<Record<string, { readonly aliases?: readonly string[] }>>;
  readonly network_mode?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

interface FileSource {
  readonly file: string;
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, object>>;
  readonly configs: Readonly<Record<string, FileSource>>;
  readonly secrets: Readonly<Record<string, FileSource>>;
}

export const readComposeFile = (): ComposeFile =>
  parse(readFileSync(join(composeFolder, "compose.yaml"), "utf8"), { maxAliasCount: -1 }) as ComposeFile;

/** The names of the networks of a container. */
export const networksOf = ({ networks = [] }: Service): readonly string[] =>
  Array.isArray(networks) ? (networks as readonly string[]) : Object.keys(networks);

/** The names under which a container sees the others, and itself: by name, and by the aliases on the networks that they share. */
export function visibleTo({ services }: ComposeFile, self: Service): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [name, service] of Object.entries(services)) {
    const shared = networksOf(service).filter((network) => networksOf(self).includes(network));
    if (shared.length === 0) continue;
    names.set(name, name);
    if (Array.isArray(service.networks)) continue;
    const attached = service.networks as Readonly<Record<string, { readonly aliases?: readonly string[] }>>;
    for (const alias of shared.flatMap((network) => attached[network]?.aliases ?? [])) names.set(alias, name);
  }
  return names;
}

/** Where a container has what, by the path inside: the volume, config or secret. */
export function placesOf(service: Service): Map<string, string> {
  return new Map([
    ...(service.volumes ?? []).map((volume) => {
      const [name = "", path = ""] = volume.split(":");
      return [path, `volume ${name}`] as const;
    }),
    ...(service.configs ?? []).map(({ source, target }) => [target, `config ${source}`] as const),
    ...(service.secrets ?? []).map((name) => [`/run/secrets/${name}`, `secret ${name}`] as const),
    ...(service.tmpfs ?? []).map((path) => [path.split(":")[0] ?? "", "tmpfs"] as const),
  ]);
}
