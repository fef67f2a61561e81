// Methods of the contract by the names that people give them, and the workloads that serve them.
import { sep } from "node:path";
import { type DescFile, type DescMethod, type DescService, getOption } from "@bufbuild/protobuf";
import { service as servicePolicy, workload } from "@larder/contract/mesh/v1/policy_pb.js";
import { filesNamed, serviceFiles } from "./contract-files.ts";
import { Refusal } from "./refusal.ts";

/** The workload behind a method. */
export function workloadOf({ parent }: DescMethod): string {
  const [only] = parent.file.proto.options ? getOption(parent.file, workload) : [];
  return getOption(parent, servicePolicy).workload || (only?.name ?? "");
}

/**
 * Finds `package.Service/Method`, or `Service/Method` where the short name is the only one. Throws a Refusal that says what there is.
 * Loads the file of that service alone, where it has the name that files of services have.
 */
export async function findMethod(name: string): Promise<DescMethod> {
  const [serviceName = "", methodName = ""] = name.split("/");
  const service =
    serviceIn(await likelyFiles(serviceName), serviceName) ?? serviceIn(await serviceFiles(), serviceName);
  if (!service) {
    const there = servicesOf(await serviceFiles()).map((each) => each.name);
    throw new Refusal(`There is no service ${serviceName}: it is one of ${there.join(", ")}.`);
  }
  const method = service.methods.find((each) => each.name === methodName);
  if (method) return method;
  const there = service.methods.map((each) => each.name).join(", ");
  throw new Refusal(`${service.name} has no method ${methodName}: it has ${there}.`);
}

/** `inventory_service_pb.js` for `InventoryService`. */
function likelyFiles(service: string): Promise<readonly DescFile[]> {
  const words = (service.split(".").at(-1) ?? "").replace(/(?<!^)(?=[A-Z])/g, "_").toLowerCase();
  return filesNamed(`${sep}${words}_pb.js`);
}

const servicesOf = (files: readonly DescFile[]): DescService[] => files.flatMap(({ services }) => services);

const serviceIn = (files: readonly DescFile[], name: string): DescService | undefined =>
  servicesOf(files).find((each) => each.typeName === name || each.name === name);
