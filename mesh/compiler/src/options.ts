// The options of mesh/v1/policy.proto as plain values. They are read through the definitions that the image itself carries,
// so the compiler needs no generated code, and an image built with an older policy.proto still reads: what it lacks is absent.

import type { DescMessage, DescService } from "@bufbuild/protobuf";
import {
  type DescExtension,
  type DescFile,
  type DescMethod,
  getOption,
  hasOption,
  type Registry,
} from "@bufbuild/protobuf";
import { InputError } from "./input-error.ts";

export interface WaiverOption {
  readonly reason?: string;
}

export interface CallOption {
  readonly method?: string;
  readonly stage?: number;
  readonly times?: number;
  readonly withinMs?: number;
  readonly optional?: boolean;
  readonly detached?: boolean;
}

export interface JobOption {
  readonly name?: string;
  readonly limitMs?: number;
  readonly handlerMs?: number;
  readonly calls?: readonly CallOption[];
}

export interface WorkloadOption {
  readonly name?: string;
  readonly summary?: string;
  readonly jobs?: readonly JobOption[];
}

export interface ExternalWorkloadOption {
  readonly name?: string;
  readonly namespace?: string;
  readonly trustDomain?: string;
}

export interface SloOption {
  readonly availabilityPercent?: number;
  readonly latencyMs?: number;
  readonly latencyPercent?: number;
}

export interface ServiceOption {
  readonly workload?: string;
  readonly slo?: SloOption;
}

export interface MethodOption {
  readonly callers?: readonly string[];
  readonly anyCaller?: WaiverOption;
  readonly deadlineMs?: number;
  readonly noDeadline?: WaiverOption;
  readonly stream?: { readonly idleMs?: number; readonly maxMs?: number };
  readonly retry?: { readonly maxAttempts?: number; readonly on?: readonly number[] };
  readonly handlerMs?: number;
  readonly calls?: readonly CallOption[];
  readonly compensatedBy?: string;
  readonly scopes?: readonly string[];
  readonly endUser?: number;
  readonly slo?: SloOption;
}

export interface ConsumerOption {
  readonly workload?: string;
  readonly limitMs?: number;
  readonly handlerMs?: number;
  readonly calls?: readonly CallOption[];
}

export interface TopicOption {
  readonly name?: string;
  readonly key?: string;
  readonly producers?: readonly string[];
  readonly consumers?: readonly ConsumerOption[];
  readonly maxDeliveries?: number;
  readonly noDeadLetter?: WaiverOption;
  readonly retentionHours?: number;
}

/** One rule of google.api.http. */
export interface HttpOption {
  readonly pattern?:
    | { readonly case: "get" | "put" | "post" | "delete" | "patch"; readonly value: string }
    | { readonly case: "custom"; readonly value: { readonly kind?: string; readonly path?: string } }
    | { readonly case: undefined };
  readonly body?: string;
  readonly additionalBindings?: readonly HttpOption[];
}

/** The numbers of the options, which are also the last step of their paths in the source information. */
export const optionNumbers = {
  workload: 276310001,
  externalWorkload: 276310002,
  service: 276310003,
  method: 276310004,
  topic: 276310005,
} as const;

/** Reads the options of descriptors; every function answers undefined, or an empty list, where the option is not set. */
export interface OptionReader {
  workloads(file: DescFile): readonly WorkloadOption[];
  externalWorkloads(file: DescFile): readonly ExternalWorkloadOption[];
  service(service: DescService): ServiceOption | undefined;
  method(method: DescMethod): MethodOption | undefined;
  topic(message: DescMessage): TopicOption | undefined;
  http(method: DescMethod): HttpOption | undefined;
}

/**
 * Finds the options in the image.
 * Throws InputError when the image defines an option of ours under another number: it was built with a foreign policy.proto.
 */
export function optionReader(registry: Registry): OptionReader {
  const find = (name: keyof typeof optionNumbers, protoName: string): DescExtension | undefined => {
    const extension = registry.getExtension(`mesh.v1.${protoName}`);
    if (extension && extension.number !== optionNumbers[name]) {
      throw new InputError(
        `the image defines mesh.v1.${protoName} with the number ${extension.number}, not ${optionNumbers[name]}: ` +
          "it was built with another mesh/v1/policy.proto",
      );
    }
    return extension;
  };
  const workload = find("workload", "workload");
  const externalWorkload = find("externalWorkload", "external_workload");
  const service = find("service", "service");
  const method = find("method", "method");
  const topic = find("topic", "topic");
  const http = registry.getExtension("google.api.http");
  return {
    workloads: (file) => optionOf<WorkloadOption[]>(file, workload) ?? [],
    externalWorkloads: (file) => optionOf<ExternalWorkloadOption[]>(file, externalWorkload) ?? [],
    service: (desc) => optionOf<ServiceOption>(desc, service),
    method: (desc) => optionOf<MethodOption>(desc, method),
    topic: (desc) => optionOf<TopicOption>(desc, topic),
    http: (desc) => optionOf<HttpOption>(desc, http),
  };
}

/** The value of an option; undefined where the element does not set it, or the image does not know it. */
function optionOf<T>(element: Parameters<typeof getOption>[0], option: DescExtension | undefined): T | undefined {
  if (!option || !hasOption(element, option)) return undefined;
  try {
    return getOption(element, option) as unknown as T;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`the image is damaged: ${option.typeName} of ${element} cannot be read: ${reason}`);
  }
}
