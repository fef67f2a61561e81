// What the command line needs of the contract: its services by name, and who calls from outside the mesh.
import { readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createRegistry, type DescFile, type DescMethod, getOption } from "@bufbuild/protobuf";
import { external_workload, service as servicePolicy, workload } from "@larder/contract/mesh/v1/policy_pb.js";
import { type Topic, topicsOf } from "@larder/events/topic";
import { Refusal } from "./refusal.ts";

/** An identity outside the mesh's namespace, as the contract declares it. */
export interface ExternalIdentity {
  readonly namespace: string;
  /** Absent: that of the mesh. */
  readonly trustDomain?: string;
}

/** Every file of the contract that declares services of the shop. */
export const contractFiles = (): Promise<readonly DescFile[]> => filesNamed("_service_pb.js");

/** The topics of the contract: events stand in files of their own. */
export const contractTopics = async (): Promise<Topic[]> => topicsOf(await filesNamed("_events_pb.js"));

async function filesNamed(end: string): Promise<readonly DescFile[]> {
  const inside = fileURLToPath(import.meta.resolve("@larder/contract/mesh/v1/policy_pb.js"));
  const root = inside.slice(0, inside.indexOf(join("mesh", "v1")));
  const modules = readdirSync(join(root, "larder"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(end))
    .sort()
    .map((file) => import(pathToFileURL(root + ["larder", file].join(sep)).href) as Promise<Record<string, unknown>>);
  const exported = (await Promise.all(modules)).flatMap((module) => Object.values(module));
  return exported.filter((value): value is DescFile => (value as DescFile | undefined)?.kind === "file");
}

/** The workloads that have services. */
export const workloadsOf = (files: readonly DescFile[]): string[] =>
  files.flatMap((file) => (file.proto.options ? getOption(file, workload).map(({ name }) => name) : []));

/** The callers from outside the mesh, by name. */
export function externalIdentities(files: readonly DescFile[]): ReadonlyMap<string, ExternalIdentity> {
  const declared = files.flatMap((file) => (file.proto.options ? getOption(file, external_workload) : []));
  return new Map(
    declared.map(({ name, namespace, trustDomain }) => [name, { namespace, ...(trustDomain ? { trustDomain } : {}) }]),
  );
}

/**
 * Finds `package.Service/Method`, or `Service/Method` where the short name is the only one, and the workload behind it.
 * Throws a Refusal that says what there is.
 */
export function findMethod(files: readonly DescFile[], name: string): { method: DescMethod; workload: string } {
  const services = [...createRegistry(...files)].filter((type) => type.kind === "service");
  const [serviceName = "", methodName = ""] = name.split("/");
  const service = services.find((each) => each.typeName === serviceName || each.name === serviceName);
  if (!service)
    throw new Refusal(
      `There is no service ${serviceName}: it is one of ${services.map((each) => each.name).join(", ")}.`,
    );
  const method = service.methods.find((each) => each.name === methodName);
  if (!method)
    throw new Refusal(
      `${service.name} has no method ${methodName}: it has ${service.methods.map((each) => each.name).join(", ")}.`,
    );
  const [only] = service.file.proto.options ? getOption(service.file, workload) : [];
  return { method, workload: getOption(service, servicePolicy).workload || (only?.name ?? "") };
}
