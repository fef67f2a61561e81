// From descriptors to the model. Reads what is written and judges nothing: the rules do that.

import type { DescFile, DescMessage, DescService, FileRegistry } from "@bufbuild/protobuf";
import type { CodeGeneratorRequest } from "@bufbuild/protobuf/wkt";
import { type Image, type ImageBytes, joinFiles, loadImages } from "./image.ts";
import type { Contract, ExternalWorkload, Job, Location, Method, Problem, Service, Topic, Workload } from "./model.ts";
import { byName, compare, inPackage, place } from "./names.ts";
import {
  type ExternalWorkloadOption,
  type OptionReader,
  optionNumbers,
  optionReader,
  type ServiceOption,
  type WorkloadOption,
} from "./options.ts";
import { defaultHandlerMs, readCalls, readSlo } from "./read-calls.ts";
import { readMethod } from "./read-method.ts";
import { readTopic } from "./read-topic.ts";
import { readTypes } from "./read-types.ts";
import { Source, step } from "./source.ts";

/** Packages of others that a workspace often carries along. A service there counts only when it has options of ours. */
const foreignPackages = ["google", "grpc", "buf", "validate", "mesh"];

export interface ReadOptions {
  /** More packages whose services count only when they carry options: `acme.legacy` covers `acme.legacy.v1` too. */
  readonly foreignPackages?: readonly string[];
}

/**
 * Reads the contract from images: the output of `buf build` or of `protoc --descriptor_set_out --include_imports`.
 * Throws InputError for what is no image.
 */
export function readImage(
  images: Uint8Array | readonly (Uint8Array | ImageBytes)[],
  options: ReadOptions = {},
): Contract {
  const list = images instanceof Uint8Array ? [images] : images;
  const named = list.map((image, i) =>
    image instanceof Uint8Array ? { bytes: image, name: list.length > 1 ? `image ${i + 1}` : "the image" } : image,
  );
  return readContract(loadImages(named), options);
}

/** Reads the contract from what buf or protoc hands to a plugin. Throws InputError where files are missing. */
export function readRequest(request: CodeGeneratorRequest, options: ReadOptions = {}): Contract {
  return readContract(joinFiles([{ files: request.protoFile, name: "the request" }]), options);
}

function readContract(image: Image, options: ReadOptions): Contract {
  const reader = new ContractReader(image.registry);
  const foreign = [...foreignPackages, ...(options.foreignPackages ?? [])];
  for (const file of [...image.registry.files].sort((a, b) => compare(a.proto.name, b.proto.name))) {
    reader.file(file, !image.isImport(file.proto.name) && !foreign.some((name) => inPackage(file.proto.package, name)));
  }
  return reader.contract();
}

/** Collects what the files say. The first declaration of a name stands; each further one becomes a problem. */
class ContractReader {
  readonly #options: OptionReader;
  readonly #workloads = new Map<string, Workload & { services: Service[] }>();
  readonly #externals = new Map<string, ExternalWorkload>();
  readonly #services: Service[] = [];
  readonly #topics = new Map<string, Topic>();
  readonly #problems: Problem[] = [];
  readonly #messages: DescMessage[] = [];

  constructor(registry: FileRegistry) {
    this.#options = optionReader(registry);
  }

  /** Reads one file. `own` is false for files of others: they take part only as far as they carry options. */
  file(file: DescFile, own: boolean): void {
    const source = new Source(file);
    const workloads = this.#options.workloads(file);
    const only = workloads.length === 1 ? workloads[0]?.name : undefined;
    for (const [i, option] of workloads.entries()) this.#workload(option, fileOption(source, "workload", i));
    for (const [i, option] of this.#options.externalWorkloads(file).entries()) {
      this.#external(option, fileOption(source, "externalWorkload", i));
    }
    for (const [i, service] of file.services.entries()) {
      const option = this.#options.service(service);
      const stated =
        option !== undefined || workloads.length > 0 || service.methods.some((method) => this.#options.method(method));
      if (own || stated) this.#service(service, option, only, [step.fileService, i], source);
    }
    for (const [i, message] of file.messages.entries()) this.#message(message, [step.fileMessage, i], source);
  }

  contract(): Contract {
    const services = this.#services.sort((a, b) => compare(a.id, b.id));
    for (const service of services) this.#workloads.get(service.workload)?.services.push(service);
    return {
      workloads: [...this.#workloads.values()].sort(byName),
      externalWorkloads: [...this.#externals.values()].sort(byName),
      services,
      topics: [...this.#topics.values()].sort(byName),
      types: readTypes(this.#messages),
      problems: this.#problems,
    };
  }

  #workload(option: WorkloadOption, at: Location): void {
    const name = option.name ?? "";
    // Compilers locate each statement of a repeated option, and nothing inside it: a job stands where its workload does.
    const jobs = (option.jobs ?? []).map(
      (job): Job => ({
        name: job.name ?? "",
        limitMs: job.limitMs ?? 0,
        handlerMs: job.handlerMs || defaultHandlerMs,
        calls: readCalls(job.calls, () => at),
        at,
      }),
    );
    if (this.#isNew("workload-duplicate", `workload "${name}"`, name, at)) {
      this.#workloads.set(name, { name, summary: option.summary ?? "", jobs, services: [], at });
    }
  }

  #external(option: ExternalWorkloadOption, at: Location): void {
    const name = option.name ?? "";
    if (this.#isNew("workload-duplicate", `external workload "${name}"`, name, at)) {
      const trustDomain = option.trustDomain ? { trustDomain: option.trustDomain } : {};
      this.#externals.set(name, { name, namespace: option.namespace ?? "", ...trustDomain, at });
    }
  }

  #service(
    desc: DescService,
    option: ServiceOption | undefined,
    only: string | undefined,
    path: readonly number[],
    source: Source,
  ): void {
    const methods: Method[] = [];
    const slo = readSlo(option?.slo);
    const service: Service = {
      id: desc.typeName,
      name: desc.name,
      package: desc.file.proto.package,
      workload: option?.workload || only || "",
      ...(slo ? { slo } : {}),
      methods,
      at: source.at(path),
    };
    for (const [i, method] of desc.methods.entries()) {
      const result = readMethod(this.#options, method, service, [...path, step.serviceMethod, i], source);
      methods.push(result.method);
      if (result.method.http.length > 0) this.#messages.push(method.input, method.output);
      this.#problems.push(...result.problems);
    }
    methods.sort(byName);
    this.#services.push(service);
  }

  #message(desc: DescMessage, path: readonly number[], source: Source): void {
    const option = this.#options.topic(desc);
    if (option) {
      const topic = readTopic(desc, option, [...path, step.messageOptions, optionNumbers.topic], source);
      const known = this.#topics.get(topic.name);
      if (known) {
        const message = `topic "${topic.name}" of ${topic.message} is already that of ${known.message} (${place(known.at)})`;
        this.#problems.push({ code: "topic-duplicate", subject: topic.name, message, at: topic.at });
      } else {
        this.#topics.set(topic.name, topic);
      }
    }
    for (const [i, nested] of desc.nestedMessages.entries()) {
      this.#message(nested, [...path, step.messageNested, i], source);
    }
  }

  /** A caller is known by its name alone, so workloads and external workloads share one space of names. */
  #isNew(code: string, what: string, name: string, at: Location): boolean {
    const known = this.#workloads.get(name) ?? this.#externals.get(name);
    if (!known) return true;
    this.#problems.push({ code, subject: name, message: `${what} is already declared at ${place(known.at)}`, at });
    return false;
  }
}

const fileOption = (source: Source, option: "workload" | "externalWorkload", index: number): Location =>
  source.atElement([step.fileOptions, optionNumbers[option]], index);
