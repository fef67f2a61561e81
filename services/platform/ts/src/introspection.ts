// What tools ask a server: is it well (grpc.health.v1), and what does it offer (reflection v1 and v1alpha).

import { createRegistry, type DescFile, type DescService, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import {
  Health as HealthService,
  HealthCheckResponse_ServingStatus as Status,
} from "@larder/contract/grpc/health/v1/health_pb.js";
import { ServerReflection, type ServerReflectionRequest } from "@larder/contract/grpc/reflection/v1/reflection_pb.js";
import { ServerReflection as ServerReflectionAlpha } from "@larder/contract/grpc/reflection/v1alpha/reflection_pb.js";
import type { CallContext } from "./context.ts";
import { Code, rpcError } from "./errors.ts";
import { type Handler, implement, type Route } from "./route.ts";

/** The health of a server: NOT_SERVING until told otherwise. The empty name stands for the server as a whole. */
export class Health {
  readonly #names: ReadonlySet<string>;
  readonly #watchers = new Set<() => void>();
  #serving = false;

  constructor(services: readonly string[]) {
    this.#names = new Set(["", ...services]);
  }

  set(serving: boolean): void {
    this.#serving = serving;
    for (const wake of this.#watchers) wake();
  }

  readonly handler: Handler<typeof HealthService> = {
    check: ({ service }) => {
      if (this.#names.has(service)) return { status: this.#status() };
      throw rpcError("grpc.health.v1", Code.NOT_FOUND, "SERVICE_UNKNOWN", "the server has no service of that name");
    },
    list: () => ({ statuses: Object.fromEntries([...this.#names].map((name) => [name, { status: this.#status() }])) }),
    watch: ({ service }, context) => this.#watch(service, context),
  };

  #status(): Status {
    return this.#serving ? Status.SERVING : Status.NOT_SERVING;
  }

  async *#watch(service: string, { signal }: CallContext) {
    let told: Status | undefined;
    while (!signal.aborted) {
      const status = this.#names.has(service) ? this.#status() : Status.SERVICE_UNKNOWN;
      if (status !== told) yield { status };
      told = status;
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#watchers.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        if (signal.aborted || this.#changed(told, service)) return resolve();
        this.#watchers.add(wake);
        signal.addEventListener("abort", wake);
      });
    }
  }

  #changed(told: Status | undefined, service: string): boolean {
    return this.#names.has(service) && told !== this.#status();
  }
}

export const healthRoute = (health: Health): Route => ({ ...implement(HealthService, health.handler), quiet: true });

/** Both versions of reflection for the services given, and for itself. */
export function reflectionRoutes(services: readonly DescService[]): Route[] {
  const handler = reflection([...services, ServerReflection, ServerReflectionAlpha]);
  const route = { ...implement(ServerReflection, handler), quiet: true };
  // The two versions differ in nothing but their names.
  return [route, { ...route, service: ServerReflectionAlpha }];
}

/** The handler of reflection over these services and all that they import. */
export function reflection(services: readonly DescService[]): Handler<typeof ServerReflection> {
  const files = new Map<string, DescFile>();
  const visit = (file: DescFile): void => {
    if (files.has(file.proto.name)) return;
    files.set(file.proto.name, file);
    file.dependencies.forEach(visit);
  };
  for (const service of services) visit(service.file);
  const registry = createRegistry(...files.values());
  const names = services.map(({ typeName }) => ({ name: typeName })).sort((a, b) => (a.name < b.name ? -1 : 1));

  // A method, field or enum value is found in the file of the type that holds it.
  const fileOf = (symbol: string) =>
    (registry.get(symbol) ?? registry.get(symbol.slice(0, symbol.lastIndexOf("."))))?.file;
  const extensionOf = (type: string, number: number) => {
    const message = registry.getMessage(type);
    return message && registry.getExtensionFor(message, number)?.file;
  };
  const numbersOf = (type: string) =>
    [...registry].flatMap((found) =>
      found.kind === "extension" && found.extendee.typeName === type ? [found.number] : [],
    );
  const found = (file: DescFile | undefined) =>
    file
      ? { case: "fileDescriptorResponse" as const, value: { fileDescriptorProto: closure(file).map(bytesOf) } }
      : { case: "errorResponse" as const, value: { errorCode: Code.NOT_FOUND, errorMessage: "not found" } };

  const answer = ({ messageRequest: request }: ServerReflectionRequest) => {
    switch (request.case) {
      case "listServices":
        return { case: "listServicesResponse" as const, value: { service: names } };
      case "fileByFilename":
        return found(files.get(request.value));
      case "fileContainingSymbol":
        return found(fileOf(request.value));
      case "fileContainingExtension":
        return found(extensionOf(request.value.containingType, request.value.extensionNumber));
      case "allExtensionNumbersOfType":
        return registry.getMessage(request.value)
          ? {
              case: "allExtensionNumbersResponse" as const,
              value: { baseTypeName: request.value, extensionNumber: numbersOf(request.value) },
            }
          : found(undefined);
      default:
        return {
          case: "errorResponse" as const,
          value: { errorCode: Code.INVALID_ARGUMENT, errorMessage: "nothing asked" },
        };
    }
  };
  return {
    async *serverReflectionInfo(requests) {
      for await (const request of requests) {
        yield { validHost: request.host, originalRequest: request, messageResponse: answer(request) };
      }
    },
  };
}

function closure(file: DescFile, seen = new Set<DescFile>()): DescFile[] {
  if (!seen.has(file)) {
    seen.add(file);
    for (const dependency of file.dependencies) closure(dependency, seen);
  }
  return [...seen];
}

const bytesOf = (file: DescFile): Uint8Array => toBinary(FileDescriptorProtoSchema, file.proto);
