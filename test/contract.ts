// The contract as the whole-system suites see it: read from the protos by buf and protobuf-es alone, so that what the
// policy compiler makes of them is held against something that shares none of its code.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import {
  createFileRegistry,
  type DescExtension,
  type DescMessage,
  type DescMethod,
  type DescService,
  fromBinary,
  getOption,
  hasOption,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import {
  type Call,
  EndUser,
  type ExternalWorkload,
  external_workload,
  method as methodPolicy,
  type RetryCode,
  service as servicePolicy,
  topic,
  type Workload,
  workload,
} from "@larder/contract/mesh/v1/policy_pb.js";

export const repository = join(import.meta.dirname, "..");

export interface Method {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly service: string;
  readonly name: string;
  /** The workload that serves it. */
  readonly workload: string;
  /** As the contract says: names of workloads and external workloads, `@edge`, `@any`, `@device`. */
  readonly callers: readonly string[];
  readonly scopes: readonly string[];
  readonly endUser: EndUser;
  /** Unary, or a stream in one direction or both. */
  readonly kind: DescMethod["methodKind"];
  /** The longest that a caller waits, or that a stream lasts, in milliseconds; 0 where nothing ends it. */
  readonly limitMs: number;
  /** All tries, the first included. */
  readonly tries: number;
  readonly retryOn: readonly RetryCode[];
  /** How it is reached by HTTP and JSON (google.api.http): `GET`, `/v1/{name=orders/*}`. */
  readonly rest: readonly { readonly verb: string; readonly template: string }[];
}

export interface Topic {
  readonly name: string;
  readonly producers: readonly string[];
  readonly consumers: readonly string[];
}

export interface Contract {
  /** Sorted. */
  readonly workloads: readonly string[];
  readonly externals: readonly ExternalWorkload[];
  readonly methods: readonly Method[];
  readonly topics: readonly Topic[];
  /** The paths of the methods that a workload declares to call, by workload: for its methods, its jobs and its events. */
  readonly calls: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Builds the protos of this clone and reads their policy. */
export function readContract(): Contract {
  const buf = join(repository, "node_modules/.bin/buf");
  return contractIn(execFileSync(buf, ["build", "-o", "-"], { cwd: repository, maxBuffer: 1 << 26 }));
}

/** Reads the policy of the protos in an image. */
export function contractIn(image: Uint8Array): Contract {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
  const files = [...registry.files];
  const http = registry.getExtension("google.api.http");
  const declared = files.map((file) => (hasOption(file, workload) ? getOption(file, workload) : []));
  const workloads = declared.flat();
  const methods = files.flatMap((file, index) =>
    file.services.flatMap((service) => {
      const owner = ownerOf(service, declared[index] ?? []);
      return service.methods.filter((each) => hasOption(each, methodPolicy)).map((each) => methodOf(each, owner, http));
    }),
  );
  const calls = new Map(workloads.map(({ name }) => [name, new Set<string>()]));
  const declare = (caller: string, made: readonly Call[]) => {
    for (const { method } of made) calls.get(caller)?.add(`/${method}`);
  };
  for (const { name, jobs } of workloads) for (const job of jobs) declare(name, job.calls);
  for (const file of files) {
    for (const service of file.services) {
      for (const each of service.methods.filter((each) => hasOption(each, methodPolicy)))
        declare(methods.find(({ path }) => path === pathOf(each))?.workload ?? "", getOption(each, methodPolicy).calls);
    }
    for (const message of file.messages.filter((each) => hasOption(each, topic)))
      for (const consumer of getOption(message, topic).consumers) declare(consumer.workload, consumer.calls);
  }
  return {
    workloads: workloads.map(({ name }) => name).sort(),
    externals: files.flatMap((file) => (hasOption(file, external_workload) ? getOption(file, external_workload) : [])),
    methods,
    topics: files.flatMap(({ messages }) => messages.filter((each) => hasOption(each, topic)).map(topicOf)),
    calls,
  };
}

function ownerOf(service: DescService, ofFile: readonly Workload[]): string {
  const named = hasOption(service, servicePolicy) ? getOption(service, servicePolicy).workload : "";
  return named || (ofFile.length === 1 ? (ofFile[0]?.name ?? "") : "");
}

function topicOf(message: DescMessage): Topic {
  const { name, producers, consumers } = getOption(message, topic);
  return { name, producers, consumers: consumers.map(({ workload }) => workload) };
}

const pathOf = (method: DescMethod): string => `/${method.parent.typeName}/${method.name}`;

function methodOf(method: DescMethod, owner: string, http: DescExtension | undefined): Method {
  const { callers, scopes, endUser, deadlineMs, stream, retry } = getOption(method, methodPolicy);
  if (!owner) throw new Error(`${pathOf(method)} belongs to no workload`);
  return {
    path: pathOf(method),
    service: method.parent.typeName,
    name: method.name,
    workload: owner,
    callers,
    scopes,
    endUser,
    kind: method.methodKind,
    limitMs: deadlineMs || stream?.maxMs || 0,
    tries: retry?.maxAttempts || 1,
    retryOn: retry?.on ?? [],
    rest: http && hasOption(method, http) ? bindingsOf(getOption(method, http) as HttpRule) : [],
  };
}

/** What is read of google.api.HttpRule, for which there is no generated code. */
interface HttpRule {
  readonly pattern: { readonly case?: string; readonly value?: string };
  readonly additionalBindings: readonly HttpRule[];
}

const bindingsOf = ({ pattern, additionalBindings }: HttpRule): Method["rest"] => [
  ...(pattern.case ? [{ verb: pattern.case.toUpperCase(), template: pattern.value ?? "" }] : []),
  ...additionalBindings.flatMap(bindingsOf),
];

/** An identity that may dial, and the caller of the contract that it stands for; absent: for none. */
export interface Identity {
  readonly id: string;
  readonly caller?: string;
  /** Whether it belongs to the namespace of the mesh. */
  readonly inside: boolean;
}

const NAMESPACE = "larder";
const TRUST_DOMAIN = "larder.local";

const spiffe = (name: string, namespace = NAMESPACE, trustDomain = TRUST_DOMAIN): string =>
  `spiffe://${trustDomain}/ns/${namespace}/sa/${name}`;

/** The identity of a workload of the mesh, or of the operator. */
export const identityOf = (name: string): Identity => ({ id: spiffe(name), caller: name, inside: true });

/** Every identity of the contract, the operator, and some that look like one of them and are not; `own` is the trust domain. */
export function identities({ workloads, externals }: Contract, own = TRUST_DOMAIN): Identity[] {
  const id = (name: string, namespace = NAMESPACE, trustDomain = own) => spiffe(name, namespace, trustDomain);
  return [
    ...[...workloads, "operator"].map((name) => ({ id: id(name), caller: name, inside: true })),
    ...externals.map(({ name, namespace, trustDomain }) => ({
      id: id(name, namespace, trustDomain || undefined),
      caller: name,
      inside: false,
    })),
    { id: id("order", "elsewhere"), inside: false },
    { id: id("order", NAMESPACE, "other.local"), inside: false },
    { id: id("order2"), inside: true },
    { id: id("backoffice"), inside: true },
  ];
}

/** Whether the contract lets an identity call a method within the mesh. */
export const mayCall = ({ caller, inside }: Identity, { callers }: Method): boolean =>
  (caller !== undefined && callers.includes(caller)) || (inside && callers.includes("@any"));

export const needsUser = ({ endUser }: Method): boolean => endUser === EndUser.REQUIRED;
