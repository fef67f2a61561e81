import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { credentials, Client as GrpcClient, Metadata } from "@grpc/grpc-js";
import { Health, HealthCheckResponse_ServingStatus as Status } from "@larder/contract/grpc/health/v1/health_pb.js";
import {
  type ServerReflectionRequest,
  ServerReflectionRequestSchema,
  ServerReflectionResponseSchema,
} from "@larder/contract/grpc/reflection/v1/reflection_pb.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEcho, until } from "../test/echo.ts";
import { Code, client, Health as HealthState } from "./index.ts";

let echo: Awaited<ReturnType<typeof startEcho>>;
beforeAll(async () => {
  echo = await startEcho();
});
afterAll(() => echo.stop());

describe("health", () => {
  test("is SERVING for the server and for each of its services", async () => {
    const health = client(Health, "echo", echo.platform);
    expect((await health.check({})).status).toBe(Status.SERVING);
    expect((await health.check({ service: "kit.echo.v1.EchoService" })).status).toBe(Status.SERVING);
    expect(Object.keys((await health.list({})).statuses).sort()).toEqual(["", "kit.echo.v1.EchoService"]);
  });

  test("is NOT_FOUND for a service that is not there", async () => {
    const health = client(Health, "echo", echo.platform);
    await expect(health.check({ service: "kit.echo.v1.Other" })).rejects.toMatchObject({ code: Code.NOT_FOUND });
  });

  test("tells a watcher every change once", async () => {
    const state = new HealthState(["a"]);
    const ended = new AbortController();
    const told: Status[] = [];
    const watching = (async () => {
      for await (const { status } of state.handler.watch(
        { service: "a" } as never,
        { signal: ended.signal } as never,
      )) {
        told.push(status as Status);
      }
    })();
    await until(() => told.length === 1);
    state.set(true);
    await until(() => told.length === 2);
    state.set(true);
    state.set(false);
    await until(() => told.length === 3);
    ended.abort();
    await watching;
    expect(told).toEqual([Status.NOT_SERVING, Status.SERVING, Status.NOT_SERVING]);
  });

  test("says SERVICE_UNKNOWN to a watcher of a service that is not there", async () => {
    for await (const { status } of client(Health, "echo", echo.platform).watch({ service: "x" })) {
      expect(status).toBe(Status.SERVICE_UNKNOWN);
      break;
    }
  });
});

describe.each(["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"])("%s", (service) => {
  // As grpcurl does it: by a client that knows nothing but the protocol.
  const ask = (messageRequest: ServerReflectionRequest["messageRequest"]) =>
    new Promise<ReturnType<typeof decode>>((resolve, reject) => {
      const raw = new GrpcClient(echo.address, credentials.createInsecure());
      const encode = (request: ServerReflectionRequest) =>
        Buffer.from(toBinary(ServerReflectionRequestSchema, request));
      const wire = raw.makeBidiStreamRequest(`/${service}/ServerReflectionInfo`, encode, decode, new Metadata());
      wire.on("data", (answer) => {
        resolve(answer);
        wire.end();
      });
      wire.on("error", reject);
      wire.on("end", () => raw.close());
      wire.write(create(ServerReflectionRequestSchema, { host: "h", messageRequest }));
    });
  const decode = (bytes: Buffer) => fromBinary(ServerReflectionResponseSchema, bytes);
  const filesOf = ({ messageResponse }: ReturnType<typeof decode>) => {
    if (messageResponse.case !== "fileDescriptorResponse") throw new Error(`not files: ${messageResponse.case}`);
    return messageResponse.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name);
  };

  test("lists the services, health among them", async () => {
    const { messageResponse } = await ask({ case: "listServices", value: "" });
    const names =
      messageResponse.case === "listServicesResponse" ? messageResponse.value.service.map(({ name }) => name) : [];
    expect(names).toEqual([
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
      "kit.echo.v1.EchoService",
    ]);
  });

  test("finds the file of a service, a method and a field, with all that it imports", async () => {
    for (const value of ["kit.echo.v1.EchoService", "kit.echo.v1.EchoService.Echo", "kit.echo.v1.EchoRequest.text"]) {
      const files = filesOf(await ask({ case: "fileContainingSymbol", value }));
      expect(files[0]).toBe("kit/echo/v1/echo_service.proto");
      expect(files).toContain("buf/validate/validate.proto");
      expect(files).toContain("google/protobuf/descriptor.proto");
    }
  });

  test("finds a file by its name, and an extension by its number", async () => {
    const name = "mesh/v1/policy.proto";
    expect(filesOf(await ask({ case: "fileByFilename", value: name }))[0]).toBe(name);
    const containingType = "google.protobuf.MethodOptions";
    const value = { containingType, extensionNumber: 276310004 } as never;
    expect(filesOf(await ask({ case: "fileContainingExtension", value }))[0]).toBe(name);
    const { messageResponse } = await ask({ case: "allExtensionNumbersOfType", value: containingType });
    expect(messageResponse.value).toMatchObject({ extensionNumber: [276310004] });
  });

  test("answers NOT_FOUND for what is not there", async () => {
    for (const request of [
      { case: "fileContainingSymbol", value: "kit.echo.v1.Nothing" },
      { case: "fileByFilename", value: "no.proto" },
      { case: "allExtensionNumbersOfType", value: "kit.Nothing" },
    ] as const) {
      const { messageResponse } = await ask(request);
      expect(messageResponse).toMatchObject({ case: "errorResponse", value: { errorCode: Code.NOT_FOUND } });
    }
  });
});
