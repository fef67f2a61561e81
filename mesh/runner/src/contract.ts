// What the environment of a mesh has from the contract: its workloads, its topics, and who calls from outside the mesh.
import { type DescFile, getOption } from "@bufbuild/protobuf";
import { external_workload, workload } from "@larder/contract/mesh/v1/policy_pb.js";
import { type Topic, topicsOf } from "@larder/events/topic";
import { filesNamed } from "./contract-files.ts";

/** An identity outside the mesh's namespace, as the contract declares it. */
export interface ExternalIdentity {
  readonly namespace: string;
  /** Absent: that of the mesh. */
  readonly trustDomain?: string;
}

/** The topics of the contract: events stand in files of their own. */
export const contractTopics = async (): Promise<Topic[]> => topicsOf(await filesNamed("_events_pb.js"));

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
