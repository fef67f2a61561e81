// A catalog for outside programs to call: the contract's own service on a free port, with one product.

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Server, ServerCredentials, type ServiceDefinition, type sendUnaryData, status } from "@grpc/grpc-js";
import {
  CatalogService,
  GetProductRequestSchema,
  GetProductResponseSchema,
} from "@larder/contract/larder/catalog/v1/catalog_service_pb.js";

export const product = {
  name: "products/oat-milk",
  displayName: "Oat milk",
  price: { currencyCode: "EUR", units: 2n },
};

const { getProduct } = CatalogService.method;
const definition: ServiceDefinition = {
  getProduct: {
    path: `/${CatalogService.typeName}/${getProduct.name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: (value: Buffer) => value,
    requestDeserialize: (bytes: Buffer) => fromBinary(GetProductRequestSchema, bytes),
    responseSerialize: (value) => Buffer.from(toBinary(GetProductResponseSchema, value)),
    responseDeserialize: (bytes: Buffer) => bytes,
  },
};

export async function startCatalog(): Promise<{ address: string; stop: () => void }> {
  const server = new Server();
  server.addService(definition, {
    getProduct: ({ request }: { request: { name: string } }, answer: sendUnaryData<unknown>) =>
      request.name === product.name
        ? answer(null, create(GetProductResponseSchema, { product }))
        : answer({ code: status.NOT_FOUND, details: `${request.name} does not exist` }),
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { address: `127.0.0.1:${port}`, stop: () => server.forceShutdown() };
}
