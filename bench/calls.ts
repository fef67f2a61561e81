// The calls that are measured: lean grpc-js clients, so that the generator costs little beside what it measures.
import { randomUUID } from "node:crypto";
import { create, type DescMethod, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { type ChannelCredentials, Client, credentials, Metadata } from "@grpc/grpc-js";
import type { Mesh } from "@larder/runner";

/** Calls one method; answers are thrown away unread. */
export interface Caller {
  call<M extends DescMethod>(method: M, request: MessageInitShape<M["input"]>, metadata?: Metadata): Promise<Buffer>;
  close(): void;
}

export function dial(
  address: string,
  authority: string,
  channel: ChannelCredentials = credentials.createInsecure(),
): Caller {
  const client = new Client(address, channel, {
    "grpc.default_authority": authority,
    "grpc.ssl_target_name_override": authority,
    "grpc.enable_retries": 0,
    // Each caller is a connection of its own.
    "grpc.use_local_subchannel_pool": 1,
  });
  return {
    call(method, request, metadata = new Metadata()) {
      const bytes = Buffer.from(toBinary(method.input, create(method.input, request)));
      const path = `/${method.parent.typeName}/${method.name}`;
      return new Promise((resolve, reject) => {
        client.makeUnaryRequest(
          path,
          (value: Buffer) => value,
          (value: Buffer) => value,
          bytes,
          metadata,
          { deadline: Date.now() + 10_000 },
          (error, answer) => (error ? reject(error) : resolve(answer ?? Buffer.alloc(0))),
        );
      });
    },
    close: () => client.close(),
  };
}

const authorityOf = (workload: string) => `${workload}.larder.svc.cluster.local`;

/** Straight to the socket of a service, past its sidecar. */
export const dialService = (mesh: Mesh, workload: string): Caller =>
  dial(`unix:${mesh.paths.run}/${workload}-0/app.sock`, authorityOf(workload));

/** Through the inbound sidecar of a service, as `caller`. */
export async function dialInbound(mesh: Mesh, workload: string, caller: string): Promise<Caller> {
  const { certificate, key, bundle } = await mesh.certificateFor(caller);
  const channel = credentials.createSsl(Buffer.from(bundle), Buffer.from(key), Buffer.from(certificate));
  return dial(`127.0.0.1:${mesh.inboundPort(workload)}`, authorityOf(workload), channel);
}

/** Through both sidecars: out of the caller's and into the callee's. */
export const dialOutbound = (mesh: Mesh, caller: string, workload: string): Caller =>
  dial(`unix:${mesh.paths.run}/${caller}-0/out.sock`, `${authorityOf(workload)}:50051`);

export const newRequestId = (): string => randomUUID();
