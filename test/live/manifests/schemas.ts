// JSON schemas of the objects that our manifests hold, strict: a field that no schema names is an error. They are made from
// what the projects publish in their Go modules, and from what is beside the clone for those that publish nothing there.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { repository } from "../../contract.ts";
import type { Any } from "./manifests.ts";

/** Where kubeconform looks for the schema of a kind. */
export const location = (folder: string): string =>
  join(folder, "{{.ResourceKind}}-{{.Group}}-{{.ResourceAPIVersion}}.json");

/** The modules that hold schemas, and where. */
export const modules = {
  kubernetes: { module: "k8s.io/kubernetes@v1.37.2", path: "api/openapi-spec/swagger.json" },
  istio: {
    module: "istio.io/istio@v0.0.0-20260827124520-eed52ebb66ad",
    path: "manifests/charts/base/files/crd-all.gen.yaml",
  },
  prometheus: {
    module: "github.com/prometheus-operator/prometheus-operator@v0.85.0",
    path: "example/prometheus-operator-crd",
  },
  gateway: { module: "sigs.k8s.io/gateway-api@v1.6.0", path: "config/crd/standard" },
} as const;

/** Linkerd publishes its definitions in no registry. */
export const linkerdDefinitions = join(repository, "../shared/data/linkerd/crds.yaml");

/** Writes the schemas of a source into the folder. Throws where its module cannot be had. */
export function writeSchemas(folder: string, source: keyof typeof modules | "linkerd"): void {
  mkdirSync(folder, { recursive: true });
  if (source !== "kubernetes") fromDefinitions(folder, definitionFiles(source));
  else fromSwagger(folder, join(moduleFolder(modules.kubernetes.module), modules.kubernetes.path));
}

/** The files with the custom resource definitions of a source. Throws where its module cannot be had. */
export function definitionFiles(source: Exclude<keyof typeof modules, "kubernetes"> | "linkerd"): string[] {
  if (source === "linkerd") return [linkerdDefinitions];
  const { module, path } = modules[source];
  const found = join(moduleFolder(module), path);
  if (found.endsWith(".yaml")) return [found];
  return readdirSync(found)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => join(found, name));
}

/** The folder of a module in the cache of Go, which fetches it once. */
export function moduleFolder(module: string): string {
  const env = { ...process.env, GOWORK: "off", GOFLAGS: "-mod=mod" };
  const said = execFileSync("go", ["mod", "download", "-json", module], { cwd: "/", env, encoding: "utf8" });
  const { Dir } = JSON.parse(said) as { Dir: string };
  if (!existsSync(Dir)) throw new Error(`${module} is not in ${Dir}`);
  return Dir;
}

/** From the custom resource definitions in YAML files. */
function fromDefinitions(folder: string, files: readonly string[]): void {
  for (const file of files) {
    for (const document of parseAllDocuments(readFileSync(file, "utf8"))) {
      const definition: Any = "toJS" in document ? document.toJS() : undefined;
      if (definition?.kind !== "CustomResourceDefinition") continue;
      const { group, names, versions } = definition.spec;
      for (const { name, schema } of versions) {
        write(folder, names.kind, group, name, strict(withHead(schema.openAPIV3Schema)));
      }
    }
  }
}

/** Every object has these, whether its definition says so or not. */
const withHead = (schema: Any): Any => ({
  ...schema,
  properties: {
    ...schema.properties,
    apiVersion: { type: "string" },
    kind: { type: "string" },
    metadata: { type: "object" },
  },
});

/** From the description of Kubernetes' own API: a schema for each kind, with the definitions that it needs. */
function fromSwagger(folder: string, file: string): void {
  const { definitions } = JSON.parse(readFileSync(file, "utf8")) as { definitions: Record<string, Any> };
  for (const [name, definition] of Object.entries(definitions)) {
    const [identity, ...others] = definition["x-kubernetes-group-version-kind"] ?? [];
    if (!identity || others.length > 0) continue;
    const needed: Record<string, Any> = {};
    collect(name, definitions, needed);
    write(folder, identity.kind, identity.group, identity.version, {
      $ref: `#/definitions/${name}`,
      definitions: needed,
    });
  }
}

function collect(name: string, all: Record<string, Any>, into: Record<string, Any>): void {
  if (into[name]) return;
  into[name] = name.endsWith(".IntOrString") ? { type: ["integer", "string"] } : strict(all[name]);
  for (const [, other = ""] of JSON.stringify(all[name]).matchAll(/"#\/definitions\/([^"]+)"/g)) {
    collect(other, all, into);
  }
}

/** The schema without what it leaves open by saying nothing. */
function strict(schema: Any): Any {
  if (typeof schema !== "object" || schema === null) return schema;
  if (schema["x-kubernetes-int-or-string"]) return { type: ["integer", "string"] };
  const { properties, additionalProperties, items, type, enum: values, required, pattern, $ref } = schema;
  const open = schema["x-kubernetes-preserve-unknown-fields"] === true;
  return {
    $ref,
    type,
    enum: values,
    required,
    pattern: schema.format ? undefined : pattern,
    properties: properties && each(properties, strict),
    additionalProperties:
      additionalProperties === undefined ? (properties && !open ? false : undefined) : strict(additionalProperties),
    items: items && strict(items),
  };
}

const each = (record: Record<string, Any>, to: (value: Any) => Any): Record<string, Any> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]));

/** As kubeconform names them: in lower case; for the core, which has no group, the version stands twice. */
function write(folder: string, kind: string, group: string, version: string, schema: Any): void {
  const name = `${kind}-${group || version}-${version}`.toLowerCase();
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(schema));
}
