// From descriptors to the model. Reads what is written and judges nothing: the rules do that.

import {
  type DescFile,
  type DescMessage,
  type DescMethod,
  type DescService,
  type FileRegistry,
  isFieldSet,
} from "@bufbuild/protobuf";
import { type CodeGeneratorRequest, MethodOptions_IdempotencyLevel, MethodOptionsSchema } from "@bufbuild/protobuf/wkt";
import { httpBindings } from "./http.ts";
import { type Image, type ImageBytes, joinFiles, loadImages } from "./image.ts";
import type {
  Call,
  Consumer,
  Contract,
  EndUser,
  ExternalWorkload,
  Idempotency,
  Job,
  Location,
  Method,
  Problem,
  Retry,
  RetryCode,
  Service,
  Slo,
  StreamKind,
  Topic,
  Workload,
} from "./model.ts";
import {
  type CallOption,
  type MethodOption,
  type OptionReader,
  optionNumbers,
  optionReader,
  type ServiceOption,
  type SloOption,
  type TopicOption,
  type WorkloadOption,
} from "./options.ts";
import { Source, step } from "./source.ts";

/** What a handler takes outside its calls where the contract does not say, in milliseconds. */
export const defaultHandlerMs = 20;

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

type Building<T, Lists extends keyof T> = Omit<T, Lists> & { -readonly [K in Lists]: T[K] };

class ContractReader {
  readonly #options: OptionReader;
  readonly #workloads = new Map<string, Building<Workload, "services">>();
  readonly #externals = new Map<string, ExternalWorkload>();
  readonly #services: Service[] = [];
  readonly #topics: Topic[] = [];
  readonly #problems: Problem[] = [];

  constructor(registry: FileRegistry) {
    this.#options = optionReader(registry);
  }

  /** Reads one file. `own` is false for files of others: they take part only as far as they carry options. */
  file(file: DescFile, own: boolean): void {
    const source = new Source(file);
    const workloads = this.#options.workloads(file);
    const only = workloads.length === 1 ? workloads[0]?.name : undefined;
    for (const [i, option] of workloads.entries()) this.#workload(option, this.#fileOption(source, "workload", i));
    for (const [i, option] of this.#options.externalWorkloads(file).entries()) {
      this.#external(option.name ?? "", option, this.#fileOption(source, "externalWorkload", i));
    }
    for (const service of file.services) {
      const option = this.#options.service(service);
      const stated =
        option !== undefined || workloads.length > 0 || service.methods.some((m) => this.#options.method(m));
      if (own || stated) this.#service(service, option, only, source);
    }
    for (const [i, message] of file.messages.entries()) this.#message(message, [step.fileMessage, i], source);
  }

  contract(): Contract {
    const services = this.#services.sort((a, b) => compare(a.id, b.id));
    for (const service of services) {
      const workload = this.#workloads.get(service.workload);
      if (workload) workload.services = [...workload.services, service];
    }
    return {
      workloads: [...this.#workloads.values()].sort(byName),
      externalWorkloads: [...this.#externals.values()].sort(byName),
      services,
      topics: this.#topics.sort(byName),
      problems: this.#problems,
    };
  }

  #fileOption(source: Source, option: "workload" | "externalWorkload", index: number): Location {
    return source.atElement([step.fileOptions, optionNumbers[option]], index);
  }

  #workload(option: WorkloadOption, at: Location): void {
    const name = option.name ?? "";
    const jobs = (option.jobs ?? []).map(
      (job): Job => ({
        name: job.name ?? "",
        limitMs: job.limitMs ?? 0,
        handlerMs: job.handlerMs || defaultHandlerMs,
        calls: calls(job.calls, () => at),
        at,
      }),
    );
    const known = this.#workloads.get(name);
    if (known) {
      this.#twice("workload-duplicate", name, `workload "${name}" is declared here and at ${place(known.at)}`, at);
    } else {
      this.#workloads.set(name, { name, summary: option.summary ?? "", jobs, services: [], at });
    }
  }

  #external(name: string, option: { namespace?: string; trustDomain?: string }, at: Location): void {
    const known = this.#externals.get(name);
    if (known) {
      this.#twice(
        "workload-duplicate",
        name,
        `external workload "${name}" is declared here and at ${place(known.at)}`,
        at,
      );
      return;
    }
    const trustDomain = option.trustDomain ? { trustDomain: option.trustDomain } : {};
    this.#externals.set(name, { name, namespace: option.namespace ?? "", ...trustDomain, at });
  }

  #service(desc: DescService, option: ServiceOption | undefined, only: string | undefined, source: Source): void {
    const path = [step.fileService, desc.file.services.indexOf(desc)];
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
      methods.push(this.#method(method, service, [...path, step.serviceMethod, i], source));
    }
    methods.sort(byName);
    this.#services.push(service);
  }

  #method(desc: DescMethod, service: Service, path: readonly number[], source: Source): Method {
    const option = this.#options.method(desc);
    const id = `${service.id}/${desc.name}`;
    const optionPath = [...path, step.methodOptions, optionNumbers.method];
    const at = source.at(path);
    const http = this.#options.http(desc);
    return {
      id,
      path: `/${id}`,
      name: desc.name,
      service,
      kind: streamKinds[desc.methodKind],
      idempotency: idempotencies[desc.idempotency] ?? "unset",
      idempotencyStated: hasIdempotency(desc),
      hasPolicy: option !== undefined,
      handlerMs: option?.handlerMs || defaultHandlerMs,
      http: http ? httpBindings(http) : [],
      request: desc.input.typeName,
      response: desc.output.typeName,
      comment: source.comment(path),
      at,
      lines: {
        ...source.fieldLines(optionPath, methodFields),
        ...source.fieldLines([...path, step.methodOptions], { idempotency_level: step.idempotencyLevel }),
      },
      ...this.#policy(option ?? {}, service, id, optionPath, source),
    };
  }

  #policy(option: MethodOption, service: Service, id: string, path: readonly number[], source: Source) {
    const { compensatedBy, stream } = option;
    const retry = option.retry && this.#retry(option.retry, id, source.at([...path, methodFields.retry]));
    const slo = readSlo(option.slo);
    return {
      callers: option.callers ?? [],
      ...(option.anyCaller ? { anyCallerReason: option.anyCaller.reason ?? "" } : {}),
      ...(option.deadlineMs ? { deadlineMs: option.deadlineMs } : {}),
      ...(option.noDeadline ? { noDeadlineReason: option.noDeadline.reason ?? "" } : {}),
      ...(stream ? { stream: { idleMs: stream.idleMs ?? 0, maxMs: stream.maxMs ?? 0 } } : {}),
      ...(retry ? { retry } : {}),
      calls: calls(option.calls, (i) => source.atElement([...path, methodFields.calls], i)),
      ...(compensatedBy
        ? { compensatedBy: compensatedBy.includes("/") ? compensatedBy : `${service.id}/${compensatedBy}` }
        : {}),
      scopes: option.scopes ?? [],
      endUser: endUsers[option.endUser ?? 0] ?? ("none" as const),
      ...(slo ? { slo } : {}),
    };
  }

  #retry(option: { maxAttempts?: number; on?: readonly number[] }, id: string, at: Location): Retry {
    const on: RetryCode[] = [];
    for (const number of option.on ?? []) {
      const code = retryCodes[number];
      if (code) {
        on.push(code);
      } else {
        const message = `${id} retries on ${number === 0 ? "RETRY_CODE_UNSPECIFIED" : `code ${number}`}, which is no code to retry on`;
        this.#problems.push({ code: "retry-code", subject: id, message, at });
      }
    }
    return { maxAttempts: option.maxAttempts ?? 0, on };
  }

  #message(desc: DescMessage, path: readonly number[], source: Source): void {
    const option = this.#options.topic(desc);
    if (option) this.#topic(desc, option, [...path, step.messageOptions, optionNumbers.topic], source);
    for (const [i, nested] of desc.nestedMessages.entries())
      this.#message(nested, [...path, step.messageNested, i], source);
  }

  #topic(desc: DescMessage, option: TopicOption, path: readonly number[], source: Source): void {
    const name = option.name ?? "";
    const at = source.at(path);
    const known = this.#topics.find((topic) => topic.name === name);
    if (known) {
      this.#twice(
        "topic-duplicate",
        name,
        `topic "${name}" is carried by ${desc.typeName} and by ${known.message}`,
        at,
      );
      return;
    }
    const consumers = (option.consumers ?? []).map((consumer, i): Consumer => {
      const consumerAt = source.atElement([...path, topicFields.consumers], i);
      return {
        workload: consumer.workload ?? "",
        limitMs: consumer.limitMs ?? 0,
        handlerMs: consumer.handlerMs || defaultHandlerMs,
        calls: calls(consumer.calls, () => consumerAt),
        at: consumerAt,
      };
    });
    this.#topics.push({
      name,
      message: desc.typeName,
      key: option.key ?? "",
      fields: desc.fields.map((field) => field.name),
      lines: source.fieldLines(path, topicFields),
      producers: option.producers ?? [],
      consumers,
      maxDeliveries: option.maxDeliveries ?? 0,
      ...(option.noDeadLetter ? { noDeadLetterReason: option.noDeadLetter.reason ?? "" } : {}),
      ...(option.retentionHours ? { retentionHours: option.retentionHours } : {}),
      at,
    });
  }

  #twice(code: string, subject: string, message: string, at: Location): void {
    this.#problems.push({ code, subject, message, at });
  }
}

/** Field numbers of MethodPolicy, by which lines are found. */
const methodFields = {
  callers: 1,
  any_caller: 2,
  deadline_ms: 3,
  no_deadline: 4,
  stream: 5,
  retry: 6,
  handler_ms: 7,
  calls: 8,
  compensated_by: 9,
  scopes: 10,
  end_user: 11,
  slo: 12,
} as const;

/** Field numbers of Topic. */
const topicFields = {
  name: 1,
  key: 2,
  producers: 3,
  consumers: 4,
  max_deliveries: 5,
  no_dead_letter: 6,
  retention_hours: 7,
} as const;

const streamKinds: Record<DescMethod["methodKind"], StreamKind> = {
  unary: "unary",
  client_streaming: "client",
  server_streaming: "server",
  bidi_streaming: "bidi",
};

const idempotencies: Readonly<Record<number, Idempotency>> = {
  [MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS]: "no-side-effects",
  [MethodOptions_IdempotencyLevel.IDEMPOTENT]: "idempotent",
};

const retryCodes: Readonly<Record<number, RetryCode>> = { 1: "UNAVAILABLE", 2: "RESOURCE_EXHAUSTED" };
const endUsers: Readonly<Record<number, EndUser>> = { 1: "required", 2: "optional" };

function calls(options: readonly CallOption[] | undefined, at: (index: number) => Location): Call[] {
  return (options ?? []).map((option, i) => ({
    method: option.method ?? "",
    stage: option.stage ?? 0,
    times: option.times || 1,
    ...(option.withinMs ? { withinMs: option.withinMs } : {}),
    optional: option.optional ?? false,
    detached: option.detached ?? false,
    at: at(i),
  }));
}

function readSlo(option: SloOption | undefined): Slo | undefined {
  if (!option) return undefined;
  return {
    ...(option.availabilityPercent ? { availabilityPercent: option.availabilityPercent } : {}),
    ...(option.latencyMs ? { latencyMs: option.latencyMs } : {}),
    ...(option.latencyPercent ? { latencyPercent: option.latencyPercent } : {}),
  };
}

/** Whether `idempotency_level` is written down at all: the option has presence, so its zero value can be stated. */
const hasIdempotency = (desc: DescMethod): boolean =>
  desc.proto.options !== undefined && isFieldSet(desc.proto.options, MethodOptionsSchema.field.idempotencyLevel);

const place = (at: Location): string => `${at.file}:${at.line}`;
const inPackage = (name: string, parent: string): boolean => name === parent || name.startsWith(`${parent}.`);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byName = (a: { name: string }, b: { name: string }): number => compare(a.name, b.name);
